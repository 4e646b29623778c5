// SPDX-License-Identifier: Apache-2.0
// Implements extremes, reading and round ranges of curves.
#include "ui/views/curve_data.h"

#include "ui/theme/number_format.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace sinkscope::ui {
namespace {

/// Differences below this share of the line's own range are noise of single precision, not a shape.
constexpr double kFlatShare = 1e-6;
/// Factors this close (relative) are the same: grids are made by powers, handles by other ones.
constexpr double kSameFactor = 1e-9;
/// A range of one sign whose near end lies below this share of its far end starts at zero.
constexpr double kNearZero = 0.45;

std::optional<CurveRange> extentOf(const CurveSeries &series)
{
    std::optional<CurveRange> extent;
    for (const CurveLine &line : series.lines) {
        for (const PlottedPoint &point : line.points) {
            if (!point.value || !std::isfinite(*point.value)) {
                continue;
            }
            const CurveRange single {*point.value, *point.value};
            extent = extent ? united(*extent, single) : single;
        }
    }
    return extent;
}

/// Half of a range, in units of a power of ten, from the finest to the coarsest.
constexpr std::array kHalves {1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 7.5};

/// Whether a range of one sign is drawn from zero.
bool isNearZero(double low, double high)
{
    return low >= 0 ? low <= kNearZero * high : high <= 0 && high >= kNearZero * low;
}

/// A range of 2 `half` around [low, high] with round ends, or nothing when none fits.
std::optional<CurveRange> rangeOfHalf(double low, double high, double half)
{
    if (isNearZero(low, high)) {
        return low >= 0 ? CurveRange {0.0, 2 * half} : CurveRange {-2 * half, 0.0};
    }
    const double unit = std::pow(10.0, std::floor(std::log10(half) + 1e-9));
    double centred = std::floor(((low + high) / 2 - half) / unit + 1e-9) * unit;
    // A quantity of one sign keeps its sign on the axis.
    if (low >= 0) {
        centred = std::max(centred, 0.0);
    } else if (high <= 0) {
        centred = std::min(centred, -2 * half);
    }
    for (const double start : {centred, centred + unit}) {
        if (start <= low && start + 2 * half >= high) {
            return CurveRange {start, start + 2 * half};
        }
    }
    return std::nullopt;
}

} // namespace

std::optional<CurveExtremePoint> findExtreme(const CurveLine &line, CurveExtreme which)
{
    if (which == CurveExtreme::None) {
        return std::nullopt;
    }
    std::vector<std::pair<double, double>> points; // factor, value
    for (const PlottedPoint &point : line.points) {
        if (point.factor <= 0) {
            continue;
        }
        if (!point.value || !std::isfinite(*point.value)) {
            return std::nullopt; // the missing point might be the extreme
        }
        points.emplace_back(point.factor, *point.value);
    }
    if (points.size() < 3) {
        return std::nullopt;
    }
    const auto byValue = [](const auto &first, const auto &second) { return first.second < second.second; };
    const auto [lowest, highest] = std::minmax_element(points.begin(), points.end(), byValue);
    const double range = highest->second - lowest->second;
    if (range <= kFlatShare * std::max(1.0, std::abs(highest->second))) {
        return std::nullopt;
    }
    auto found = which == CurveExtreme::Lowest ? lowest : highest;
    // Equal to an end within noise: the end it is.
    for (const auto end : {points.begin(), std::prev(points.end())}) {
        if (std::abs(end->second - found->second) <= kFlatShare * range) {
            found = end;
        }
    }
    CurveExtremePoint extreme;
    const std::optional<double> off = valueAt(line, 0.0);
    extreme.isBeatenByOff = off
        && (which == CurveExtreme::Lowest ? *off < found->second - kFlatShare * range
                                          : *off > found->second + kFlatShare * range);
    extreme.factor = found->first;
    extreme.value = found->second;
    extreme.place = found == points.begin() ? CurveExtremePoint::Place::AtLowest
        : found == std::prev(points.end())  ? CurveExtremePoint::Place::AtHighest
                                            : CurveExtremePoint::Place::Inside;
    return extreme;
}

std::optional<double> valueAt(const CurveLine &line, double factor)
{
    const std::vector<PlottedPoint> &points = line.points;
    for (const PlottedPoint &point : points) {
        if (std::abs(point.factor - factor) <= kSameFactor * factor) {
            return point.value;
        }
    }
    if (factor <= 0) {
        return std::nullopt;
    }
    for (std::size_t right = 1; right < points.size(); ++right) {
        const PlottedPoint &before = points[right - 1];
        const PlottedPoint &after = points[right];
        if (before.factor <= 0 || factor < before.factor || factor > after.factor) {
            continue;
        }
        if (!before.value || !after.value) {
            return std::nullopt;
        }
        const double share = std::log(factor / before.factor) / std::log(after.factor / before.factor);
        return *before.value + share * (*after.value - *before.value);
    }
    return std::nullopt;
}

double leastSpanOf(const CurveSeries &series, double greatest)
{
    constexpr double kLeastNats = 0.2;
    constexpr double kShareOfNothing = 0.02; // all values are 0
    if (series.leastSpan > 0) {
        return series.leastSpan;
    }
    if (!series.unit.isEmpty()) {
        return kLeastNats;
    }
    return greatest > 0 ? 0.1 * greatest : kShareOfNothing; // answers may have a probability of 1e-7
}

CurveRange roundRange(const CurveSeries &series)
{
    const std::optional<CurveRange> extent = extentOf(series);
    if (!extent) {
        return {0.0, 1.0};
    }
    const double low = extent->low;
    const double high = extent->high;
    const double size = std::max(std::abs(low), std::abs(high));
    const double span = std::max(isNearZero(low, high) ? size : high - low, leastSpanOf(series, size));
    const double smallest = span / 2;
    double decade = std::pow(10.0, std::floor(std::log10(smallest)));
    for (int round = 0; round < 3; ++round, decade *= 10) {
        for (const double half : kHalves) {
            if (half * decade < smallest * (1 - 1e-9)) {
                continue;
            }
            if (const std::optional<CurveRange> range = rangeOfHalf(low, high, half * decade)) {
                return *range;
            }
        }
    }
    return {low, low + span};
}

bool isFilledFurther(const CurveSeries &before, const CurveSeries &now)
{
    if (before.title != now.title || before.lines.size() != now.lines.size() || !extentOf(before)) {
        return false;
    }
    for (std::size_t line = 0; line < now.lines.size(); ++line) {
        const std::vector<PlottedPoint> &old = before.lines[line].points;
        const std::vector<PlottedPoint> &points = now.lines[line].points;
        const bool isKept = std::equal(old.begin(), old.end(), points.begin(), points.end(),
            [](const PlottedPoint &a, const PlottedPoint &b) {
                return a.factor == b.factor && (!a.value || a.value == b.value);
            });
        if (!isKept) {
            return false;
        }
    }
    return true;
}

CurveRange united(const CurveRange &first, const CurveRange &second)
{
    return {std::min(first.low, second.low), std::max(first.high, second.high)};
}

int labelDecimals(const CurveRange &range)
{
    for (int decimals = 1; decimals < 6; ++decimals) {
        const double unit = std::pow(10.0, decimals);
        bool isExact = true;
        for (const double label : {range.low, range.middle(), range.high}) {
            isExact = isExact
                && std::abs(label * unit - std::round(label * unit)) < 1e-6 * unit * (range.high - range.low);
        }
        if (isExact) {
            return decimals;
        }
    }
    return 6;
}

QString axisLabel(const CurveRange &range, double value)
{
    const double unit = std::pow(10.0, axisPower(range));
    const CurveRange divided {range.low / unit, range.high / unit};
    return formatFixed(value / unit, labelDecimals(divided));
}

int axisPower(const CurveRange &range)
{
    constexpr int kMostDecimals = 4;
    const double size = std::max(std::abs(range.low), std::abs(range.high));
    if (size <= 0 || labelDecimals(range) <= kMostDecimals) {
        return 0;
    }
    return int(std::floor(std::log10(size) + 1e-9));
}

QString curveTitle(const CurveSeries &series, const CurveRange &range)
{
    QString title = series.unit.isEmpty() ? series.title : series.title + QStringLiteral(", ") + series.unit;
    if (const int power = axisPower(range)) {
        title += QStringLiteral(", ×") + formatPowerOfTen(power);
    }
    return title;
}

} // namespace sinkscope::ui
