// SPDX-License-Identifier: Apache-2.0
// The fonts of the window: one family with digits of equal width, five sizes that follow the user's text
// size.
#pragma once

#include <QFont>

namespace sinkscope::ui {

/// Fonts by use. Sizes are px at 96 dpi times `scale`.
struct TypeSizes {
    double scale = 1.0;
    QFont text; ///< 13
    QFont title; ///< 13 bold
    QFont axis; ///< 11: axes, table heads
    QFont axisBold; ///< 11 bold: the hovered or pinned label
    QFont prompt; ///< 14
    QFont promptBold; ///< 14 bold
    QFont status; ///< 12

    /// A length of the design scaled with the text, whole px.
    int scaled(int designPx) const;
};

/// True when the digits 0..9 of `font` have one width.
bool hasTabularDigits(const QFont &font);

/// The system's UI font if its digits have equal widths, else Noto Sans, else DejaVu Sans.
QString chooseUiFamily();

/// `textScale` 1 = the design's sizes.
TypeSizes makeTypeSizes(double textScale);
TypeSizes makeTypeSizes(const QString &family, double textScale);

/// What the user's font size asks for: its size over the usual one (10 pt), within 0.8..2.
double userTextScale();

} // namespace sinkscope::ui
