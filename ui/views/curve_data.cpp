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
/// Between two basins the line rises by this share of its range: a fiftieth of a plot is one px.
constexpr double kSeenShare = 0.02;
/// ... and by more than single precision makes of nats.
constexpr double kNoise = 1e-5;
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

namespace {

using FactorAndValue = std::pair<double, double>;

/// The points above off; nothing while one is missing, which might be the extreme, or where the line is flat.
std::vector<FactorAndValue> shapeOf(const CurveLine &line)
{
    std::vector<FactorAndValue> points;
    for (const PlottedPoint &point : line.points) {
        if (point.factor <= 0) {
            continue;
        }
        if (!point.value || !std::isfinite(*point.value)) {
            return {};
        }
        points.emplace_back(point.factor, *point.value);
    }
    if (points.size() < 3) {
        return {};
    }
    const auto byValue = [](const auto &first, const auto &second) { return first.second < second.second; };
    const auto [lowest, highest] = std::minmax_element(points.begin(), points.end(), byValue);
    const double range = highest->second - lowest->second;
    return range <= kFlatShare * std::max(1.0, std::abs(highest->second)) ? std::vector<FactorAndValue> {}
                                                                          : points;
}

/// Of both signs: -1 turns peaks into basins.
double signOf(CurveExtreme which)
{
    return which == CurveExtreme::Lowest ? 1.0 : -1.0;
}

double rangeOf(const std::vector<FactorAndValue> &points)
{
    const auto byValue = [](const auto &first, const auto &second) { return first.second < second.second; };
    const auto [lowest, highest] = std::minmax_element(points.begin(), points.end(), byValue);
    return highest->second - lowest->second;
}

/// The lowest point, or the highest; equal to an end within noise, the end it is.
std::size_t extremeIndex(const std::vector<FactorAndValue> &points, CurveExtreme which)
{
    std::size_t found = 0;
    for (std::size_t place = 1; place < points.size(); ++place) {
        if (signOf(which) * points[place].second < signOf(which) * points[found].second) {
            found = place;
        }
    }
    const double best = points[found].second;
    for (const std::size_t end : {std::size_t(0), points.size() - 1}) {
        if (std::abs(points[end].second - best) <= kFlatShare * rangeOf(points)) {
            found = end;
        }
    }
    return found;
}

/// Basins in turn with the rises of at least `least` between them, by one walk along the line.
std::vector<std::size_t> basins(const std::vector<FactorAndValue> &points, CurveExtreme which, double least)
{
    std::vector<std::size_t> found;
    std::size_t low = 0;
    std::size_t high = 0;
    bool isFalling = true; // looking for the bottom of a basin
    const auto valueOf = [&](std::size_t place) { return signOf(which) * points[place].second; };
    for (std::size_t place = 1; place < points.size(); ++place) {
        if (isFalling && valueOf(place) < valueOf(low)) {
            low = place;
        } else if (isFalling && valueOf(place) > valueOf(low) + least) {
            found.push_back(low);
            high = place;
            isFalling = false;
        } else if (!isFalling && valueOf(place) > valueOf(high)) {
            high = place;
        } else if (!isFalling && valueOf(place) < valueOf(high) - least) {
            low = place;
            isFalling = true;
        }
    }
    if (isFalling) {
        found.push_back(low);
    }
    return found;
}

CurveExtremePoint extremeAt(
    const CurveLine &line, const std::vector<FactorAndValue> &points, std::size_t place, CurveExtreme which)
{
    CurveExtremePoint extreme;
    extreme.factor = points[place].first;
    extreme.value = points[place].second;
    extreme.place = place == 0       ? CurveExtremePoint::Place::AtLowest
        : place == points.size() - 1 ? CurveExtremePoint::Place::AtHighest
                                     : CurveExtremePoint::Place::Inside;
    const std::optional<double> off = valueAt(line, 0.0);
    extreme.isBeatenByOff =
        off && signOf(which) * *off < signOf(which) * extreme.value - kFlatShare * rangeOf(points);
    return extreme;
}

} // namespace

std::optional<CurveExtremePoint> findExtreme(const CurveLine &line, CurveExtreme which)
{
    const std::vector<FactorAndValue> points = shapeOf(line);
    if (which == CurveExtreme::None || points.empty()) {
        return std::nullopt;
    }
    return extremeAt(line, points, extremeIndex(points, which), which);
}

std::vector<CurveExtremePoint> findExtremes(const CurveLine &line, CurveExtreme which)
{
    const std::vector<FactorAndValue> points = shapeOf(line);
    if (which == CurveExtreme::None || points.empty()) {
        return {};
    }
    const std::size_t best = extremeIndex(points, which);
    const double least =
        std::max(kSeenShare * rangeOf(points), kNoise * std::max(1.0, std::abs(points[best].second)));
    std::vector<std::size_t> places = basins(points, which, least);
    // An end within noise of the lowest point stands for it.
    for (std::size_t &place : places) {
        if (std::abs(points[place].second - points[best].second) <= kFlatShare * rangeOf(points)
            && std::none_of(
                places.begin(), places.end(), [best](std::size_t other) { return other == best; })) {
            place = best;
        }
    }
    std::sort(places.begin(), places.end());
    std::vector<CurveExtremePoint> extremes;
    extremes.reserve(places.size());
    for (const std::size_t place : places) {
        extremes.push_back(extremeAt(line, points, place, which));
    }
    return extremes;
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

namespace {

QString powerInTitle(const CurveRange &range)
{
    const int power = axisPower(range);
    return power ? QStringLiteral(", ×") + formatPowerOfTen(power) : QString();
}

QString unitInTitle(const CurveSeries &series)
{
    return series.unit.isEmpty() ? QString() : QStringLiteral(", ") + series.unit;
}

} // namespace

QString curveTitle(const CurveSeries &series, const CurveRange &range)
{
    return series.title + unitInTitle(series) + powerInTitle(range);
}

QString fittedTitle(
    const CurveSeries &series, const CurveRange &range, const QFontMetricsF &metrics, double room)
{
    QString whole = curveTitle(series, range);
    if (metrics.horizontalAdvance(whole) <= room) {
        return whole;
    }
    FittedText text {{}, series.shorterTitle.names};
    for (const QString &form : series.shorterTitle.forms) {
        text.forms += form + unitInTitle(series) + powerInTitle(range);
        text.forms += form + powerInTitle(range);
    }
    return text.isEmpty() ? metrics.elidedText(whole, Qt::ElideRight, room) : fitted(text, metrics, room);
}

} // namespace sinkscope::ui
