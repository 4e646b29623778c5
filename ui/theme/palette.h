// SPDX-License-Identifier: Apache-2.0
// The colours of the window by role, light and dark, and the QPalette made from them.
#pragma once

#include <QColor>
#include <QPalette>

namespace sinkscope::ui {

enum class ThemeMode { Light, Dark };

/// Colours by what they are for. Values and contrast ratios: the design's palette table.
struct ThemeColours {
    QColor window; ///< docks, bars
    QColor canvas; ///< the centre, behind maps
    QColor base; ///< fields, lists
    QColor alternateRow;
    QColor text; ///< ink: text, baseline ticks
    QColor secondaryText;
    QColor accent; ///< what is being turned: the initial token, its factor, the edited value
    QColor textOnAccent;
    QColor warning;
    QColor error;
    QColor success; ///< verified; never by colour alone
    QColor track; ///< slider track, curve in the track; not for text
    QColor dimmedText; ///< stale: ink at 64 % on the window
    QColor disabledText; ///< disabled controls and placeholders only
    QColor selection;
    QColor line; ///< borders between sections, grid lines
    QColor controlBorder;
    QColor masked; ///< keys later than the query
    QColor less; ///< direction "less", factor below 1 (purple)
    QColor more; ///< direction "more", factor above 1 (orange)
};

ThemeColours themeColours(ThemeMode mode);

/// Palette of all widgets for these colours.
QPalette makePalette(const ThemeColours &colours);

/// `share` (0..1) of `over` on top of `under`, in sRGB.
QColor blended(const QColor &over, const QColor &under, double share);

/// WCAG 2.1 contrast ratio, 1..21.
double contrastRatio(const QColor &first, const QColor &second);

/// Share that stays of a value older than the slider.
inline constexpr double kStaleShare = 0.64;

} // namespace sinkscope::ui
