// SPDX-License-Identifier: Apache-2.0
// Implements the geometry of a row of heads.
#include "ui/views/edit_row_layout.h"

#include <algorithm>
#include <cmath>

namespace sinkscope::ui {
namespace {

// Places of the design in a dock with 16 px margins.
constexpr int kMargin = 16;
constexpr int kCheckSize = 14;
constexpr int kNameAfterCheck = 40;
constexpr int kSliderLeft = 96;
constexpr int kSliderFromRight = 62;
constexpr int kIndent = 6; ///< of each depth: "L15 H3" still fits
// Of a cell: "H31" in front, "0.010" behind.
constexpr int kCellGap = 8; ///< on either side of the middle
constexpr int kCellName = 24;
constexpr int kCellValue = 38;

} // namespace

EditRowLayout::EditRowLayout(const QRect &rowRect, const EditRowShape &shape)
    : textScale(shape.textScale)
{
    const auto scaled = [&](int px) { return int(std::lround(px * textScale)); };
    if (shape.form == RowForm::Cells) {
        const int left = rowRect.left() + (rowRect.left() <= 0 ? kMargin : kCellGap);
        const bool isLast = rowRect.right() + 2 >= shape.listWidth - 1; // the list keeps a px free
        const int right = rowRect.right() + 1 - (isLast ? kMargin : kCellGap);
        name = QRect(left, rowRect.top(), scaled(kCellName), rowRect.height());
        value = QRect(right - scaled(kCellValue), rowRect.top(), scaled(kCellValue), rowRect.height());
        slider =
            QRectF(QPointF(name.right() + 1, rowRect.top()), QPointF(value.left(), rowRect.bottom() + 1));
        return;
    }
    const int indent = kIndent * shape.depth;
    slider = QRectF(rowRect.left() + scaled(kSliderLeft), rowRect.top(),
        rowRect.width() - scaled(kSliderLeft) - scaled(kSliderFromRight), rowRect.height());
    fold = QRect(rowRect.left() + indent, rowRect.top(), kMargin, rowRect.height());
    int nameLeft = rowRect.left() + kMargin + indent;
    if (shape.check == RowCheck::Shown) {
        check = QRect(nameLeft, rowRect.center().y() - kCheckSize / 2 + 1, kCheckSize, kCheckSize);
        nameLeft = rowRect.left() + kNameAfterCheck + indent;
    }
    name = QRect(nameLeft, rowRect.top(), int(slider.left()) - nameLeft, rowRect.height());
    const int valueLeft = int(slider.right());
    value = QRect(valueLeft, rowRect.top(), rowRect.right() + 1 - kMargin - valueLeft, rowRect.height());
}

FactorSliderLayout EditRowLayout::sliderLayout() const
{
    FactorAxis axis = FactorAxis::forSmall(int(slider.width()));
    axis.offX += slider.left();
    axis.lowX += slider.left();
    axis.highX += slider.left();
    return FactorSliderLayout(slider, SliderSize::Small, axis, textScale);
}

} // namespace sinkscope::ui
