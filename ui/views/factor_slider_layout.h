// SPDX-License-Identifier: Apache-2.0
// Where the parts of a factor slider lie, and how they are painted; shared by the widget and the list rows.
#pragma once

#include "ui/theme/theme.h"
#include "ui/theme/view_states.h"
#include "ui/views/factor_axis.h"

#include <QPainter>
#include <QPointF>
#include <QRectF>
#include <QVector>

#include <optional>

namespace sinkscope::ui {

enum class SliderSize {
    Large, ///< with labels at the decades
    Small, ///< for lists, with the curve above the track
};

enum class SliderActivity {
    Active,
    SwitchedOff, ///< the edit is in the list but does not act
    Disabled,
};

/// Factors of several heads that differ.
struct FactorSpan {
    double lowest = 1.0;
    double highest = 1.0;
    bool operator==(const FactorSpan &) const = default;
};

/// x = factor (0 = off), y = value; a value that is NaN is not computed yet. Ascending factors.
using SliderCurve = QVector<QPointF>;

/// What a slider shows.
struct FactorSliderState {
    double factor = 1.0; ///< of the handle; 0 = off; the geometric mean of a mixed range
    std::optional<FactorSpan> span; ///< mixed range
    SliderActivity activity = SliderActivity::Active;
    AxisScale scale = AxisScale::Factor; ///< what the labels say
    bool hasFocus = false;
    bool lineBelow = false; ///< the accent line runs from the handle to the lower edge, into the curves
    SliderCurve curve;
    RowCurve curveState = RowCurve::Present; ///< of the small slider's curve
};

/// Geometry in px, for one rectangle.
struct FactorSliderLayout {
    FactorSliderLayout() = default;
    FactorSliderLayout(const QRectF &area, SliderSize size, const FactorAxis &axis, double textScale);

    QRectF handleRect(double factor) const;
    QRectF spanRect(const FactorSpan &span) const;
    QRectF segmentRect(
        double factor) const; ///< from 1 to the handle; from the track's end when off; empty at 1
    /// Position of a curve value between `low` and `high` (the curve's own range).
    QPointF curvePoint(double factor, double value, double low, double high) const;
    bool hitsTrack(const QPointF &position) const; ///< handle, track and off stop with some slack

    SliderSize size = SliderSize::Large;
    QRectF area;
    FactorAxis axis; ///< x as in `area`'s coordinates
    double trackY = 0;
    double curveTop = 0; ///< band of the curve above the track (small sliders)
    double curveBottom = 0;
    double labelBaseline = 0; ///< of the decade labels (large sliders)
};

/// Purple below 1, orange above, stronger further away; what the segment is painted in.
QColor factorColour(double factor, const Theme &theme);

void paintFactorSlider(
    QPainter &painter, const FactorSliderLayout &layout, const FactorSliderState &state, const Theme &theme);

} // namespace sinkscope::ui
