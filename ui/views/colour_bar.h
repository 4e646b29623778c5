// SPDX-License-Identifier: Apache-2.0
// A colour bar with a title above and numbers below, and the looks "not captured" and "masked".
#pragma once

#include "ui/theme/theme.h"
#include "ui/views/colour_scale.h"

class QPainter;

namespace sinkscope::ui {

/// One colour bar.
struct ColourBar {
    QString title; ///< may be two lines, parted by a newline
    const ColourMap *map = nullptr;
    std::vector<ScaleTick> ticks;
};

inline constexpr int kColourBarPx = 8;

/// Height of a bar with `titleLines` lines above and numbers below.
int colourBarHeight(int titleLines, int axisHeightPx);

/// Paints into `rect` from the top; what does not fit in its width is left out between the ends.
void paintColourBar(QPainter &painter, const QRect &rect, const ColourBar &bar, const Theme &theme);

/// The look of what was not captured.
void paintHatched(QPainter &painter, const QRect &rect, const Theme &theme);

} // namespace sinkscope::ui
