// SPDX-License-Identifier: Apache-2.0
// A panel as a figure with a caption: PNG, SVG or PDF.
#pragma once

#include "ui/panels/panel.h"

#include <QtCore/QByteArray>
#include <QtGui/QColor>
#include <QtGui/QImage>

#include <optional>

namespace sinkscope::ui {

enum class FigureForm { Png, Svg, Pdf };

/// By the suffix of `path`, capitals or not; nothing for another one.
std::optional<FigureForm> figureFormOf(const QString &path);

/// What stands below a figure.
struct FigureCaption {
    QString title; ///< what is seen; bold
    QString text; ///< of which model, prompt and edits; may have several lines
    QColor ground; ///< behind all of it
};

/// Prepares `panel`, which is on no screen, for a figure of at least `size`: buttons and menus go, and it
/// grows until nothing in it scrolls, up to kGreatestFigurePx.
void prepareFigure(QWidget &panel, const QSize &size);

/// The panel with its caption, at two px for one.
QImage figureImage(QWidget &panel, const FigureCaption &caption, const Theme &theme);
/// The bytes of a file: PNG of figureImage, or SVG and PDF with text as text.
QByteArray figureBytes(QWidget &panel, const FigureCaption &caption, const Theme &theme, FigureForm form);

inline constexpr int kGreatestFigurePx = 6000; ///< a side, before doubling

} // namespace sinkscope::ui
