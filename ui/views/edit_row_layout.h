// SPDX-License-Identifier: Apache-2.0
// Where the parts of a row of heads lie: check box, name, small slider, value.
#pragma once

#include "ui/views/factor_slider_layout.h"

#include <QRect>

namespace sinkscope::ui {

/// Whether a row has a check box.
enum class RowCheck { Absent, Shown };

/// Rows one below the other, or two beside each other without curves.
enum class RowForm { Rows, Cells };

/// What of a row moves its parts.
struct EditRowShape {
    RowForm form = RowForm::Rows;
    RowCheck check = RowCheck::Absent;
    int depth = 0; ///< within how many groups it stands
    int listWidth = 0; ///< px of the viewport: cells at its edges keep the margin of the dock
    double textScale = 1.0;
};

/// Parts of a row, px of the viewport.
struct EditRowLayout {
    EditRowLayout() = default;
    EditRowLayout(const QRect &rowRect, const EditRowShape &shape);

    FactorSliderLayout sliderLayout() const;

    QRect fold; ///< the triangle of a group; rows only
    QRect check; ///< empty without a check box
    QRect name;
    QRectF slider;
    QRect value;
    double textScale = 1.0;
};

} // namespace sinkscope::ui
