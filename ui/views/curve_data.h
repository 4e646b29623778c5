// SPDX-License-Identifier: Apache-2.0
// What the curves under the slider show, and their extremes.
#pragma once

#include "ui/views/factor_axis.h"
#include "ui/views/fitted_text.h"

#include <QString>

#include <optional>
#include <vector>

namespace sinkscope::ui {

/// A point of a line; the engine's CurvePoint holds all values at a factor, this one of them.
struct PlottedPoint {
    double factor = 1.0; ///< 0 = off, shown as the ring at the left
    std::optional<double> value; ///< absent: not computed yet, a gap
    bool operator==(const PlottedPoint &) const = default;
};

/// One line; lines of a panel differ by dash and label, in this order: solid, dashed, dotted, dash-dotted.
struct CurveLine {
    QString label; ///< its name in the legend; empty with a single line
    std::vector<PlottedPoint> points; ///< ascending factors
    bool isReference = false; ///< dashed, in secondary ink ("without key 0")
    bool operator==(const CurveLine &) const = default;
};

enum class CurveExtreme { None, Lowest, Highest };

/// One panel.
struct CurveSeries {
    QString title; ///< "Output entropy"
    QString unit; ///< "nats"; empty for shares
    std::vector<CurveLine> lines;
    CurveExtreme extreme = CurveExtreme::None; ///< which extreme of the first line is marked
    /// The value axis spans at least this, so that tiny changes look tiny. 0: 0.2 with a unit (nats); without
    /// one (shares) a tenth of the greatest value.
    double leastSpan = 0.0;
    /// The title where the whole one does not fit, without the unit; the tool tip has the whole one.
    FittedText shorterTitle = {};
    AxisScale scale = AxisScale::Factor; ///< how words name places on the axis
    bool operator==(const CurveSeries &) const = default;
};

/// Where a line has its extreme.
struct CurveExtremePoint {
    enum class Place {
        Inside, ///< a dot and its factor
        AtLowest, ///< still going that way at 0.01
        AtHighest, ///< still going that way at 100
    };
    Place place = Place::Inside;
    double factor = 1.0;
    double value = 0.0;
    bool isBeatenByOff = false; ///< off, which stands apart, is lower (or higher) still
    bool operator==(const CurveExtremePoint &) const = default;
};

/// The extreme of `line` over its factors above off. Nothing while points are missing or when the line is
/// flat.
std::optional<CurveExtremePoint> findExtreme(const CurveLine &line, CurveExtreme which);

/// Every basin (or peak) of `line`, in the order of the factors; that of findExtreme is among them. Between
/// two of them the line rises (or falls) by a fiftieth of its range at least: less is not seen. Nothing where
/// findExtreme finds nothing.
std::vector<CurveExtremePoint> findExtremes(const CurveLine &line, CurveExtreme which);

/// The value at `factor`, linear in ln factor between neighbours that are computed; off only from the off
/// point.
std::optional<double> valueAt(const CurveLine &line, double factor);

/// Ends of a value axis with a label at both and in the middle.
struct CurveRange {
    double low = 0.0;
    double high = 1.0;
    double middle() const { return (low + high) / 2; }
    bool operator==(const CurveRange &) const = default;
};

/// A range of round numbers around all values of the panel; 0..1 when there are none.
CurveRange roundRange(const CurveSeries &series);
/// The least height of the value axis of `series`, whose greatest value is `greatest`.
double leastSpanOf(const CurveSeries &series, double greatest);
/// True when `now` is `before` with more points computed: its axes may grow, not shrink.
bool isFilledFurther(const CurveSeries &before, const CurveSeries &now);
/// The smallest range that holds both.
CurveRange united(const CurveRange &first, const CurveRange &second);
/// The power of ten by which the labels of `range` are divided, written once in the title; 0: they are not.
int axisPower(const CurveRange &range);
/// A label of the value axis: as many decimals as all three need, so that no two are alike.
QString axisLabel(const CurveRange &range, double value);
/// "Answer probability, ×10⁻⁷": title, unit and power of the axis.
QString curveTitle(const CurveSeries &series, const CurveRange &range);
/// The same, as short as `room` px ask for.
QString fittedTitle(
    const CurveSeries &series, const CurveRange &range, const QFontMetricsF &metrics, double room);
/// Decimals with which all three labels of `range` are exact.
int labelDecimals(const CurveRange &range);

} // namespace sinkscope::ui
