// SPDX-License-Identifier: Apache-2.0
// Values and scales of the head map.
#include "ui/views/head_map_values.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>

namespace sinkscope::ui {

namespace {

constexpr double kLeastRange = 1e-4; ///< a head without any weight on keys >= 1 still has a scale
constexpr double kNoDifference = 1e-7; ///< below: rounding of single precision
constexpr double kLimitWithoutDifference = 0.1;

std::size_t rowStart(int query)
{
    return std::size_t(query) * (std::size_t(query) + 1) / 2;
}

bool covers(const HeadSide &side, int tokens)
{
    return side.pattern.size() >= rowStart(tokens);
}

constexpr int kKeysForRange = 4;
constexpr int kKeyZeroAlone = -1; ///< a first key

// Which cells: rows from `query` on, keys from `key` on (1, or 0 when key 0 is in the scale).
struct Since {
    int query = 0;
    int key = 1;
};

bool coversQuantity(const HeadSide &side, const HeadMapData &data)
{
    const int tokens = data.tokenCount();
    if (data.quantity == HeadMapQuantity::Score)
        return side.scores.size() >= rowStart(tokens);
    const bool hasNorms = data.quantity == HeadMapQuantity::Weight || int(side.keyNorms.size()) >= tokens;
    return covers(side, tokens) && hasNorms;
}

// values[i] = quantityOf row `query`, key firstKey + i.
void readRow(const HeadSide &side, HeadMapQuantity quantity, HeadMapCell first, std::span<float> values)
{
    const std::size_t start = rowStart(first.query) + std::size_t(first.key);
    if (quantity == HeadMapQuantity::Score) {
        std::ranges::copy(side.scores.values().subspan(start, values.size()), values.begin());
        return;
    }
    const std::span<const float> weights = side.pattern.values().subspan(start, values.size());
    if (quantity == HeadMapQuantity::Weight) {
        std::ranges::copy(weights, values.begin());
        return;
    }
    const std::span<const float> norms =
        side.keyNorms.values().subspan(std::size_t(first.key), values.size());
    for (std::size_t key = 0; key < values.size(); ++key)
        values[key] = weights[key] * norms[key];
}

struct Extent {
    float least = std::numeric_limits<float>::max();
    float greatest = std::numeric_limits<float>::lowest();

    bool isEmpty() const { return least > greatest; }
    // Eight at a time: the compiler may not reorder comparisons of floats by itself.
    void take(std::span<const float> values)
    {
        constexpr std::size_t kLanes = 8;
        std::array<float, kLanes> low;
        std::array<float, kLanes> high;
        low.fill(least);
        high.fill(greatest);
        std::size_t at = 0;
        for (; at + kLanes <= values.size(); at += kLanes) {
            for (std::size_t lane = 0; lane < kLanes; ++lane) {
                low[lane] = std::min(low[lane], values[at + lane]);
                high[lane] = std::max(high[lane], values[at + lane]);
            }
        }
        for (; at < values.size(); ++at) {
            low[0] = std::min(low[0], values[at]);
            high[0] = std::max(high[0], values[at]);
        }
        least = *std::min_element(low.begin(), low.end());
        greatest = *std::max_element(high.begin(), high.end());
    }
};

// Of the shown quantity of one side, or of what `data` shows where `side` is null. The keys of a row from
// `since.key` on, or key 0 alone where `since.key` is below 0.
Extent extentOf(const HeadMapData &data, const HeadSide *side, Since since)
{
    Extent extent;
    if (side ? !coversQuantity(*side, data) : !hasShownPattern(data))
        return extent;
    std::vector<float> row(std::size_t(data.tokenCount()));
    const int firstKey = std::max(0, since.key);
    const bool isStored = side && data.quantity == HeadMapQuantity::Weight; // read where it lies
    for (int query = since.query; query < data.tokenCount(); ++query) {
        const int count = since.key < 0 ? 1 : query + 1 - firstKey;
        if (count <= 0)
            continue;
        const std::span<float> values = std::span(row).first(std::size_t(count));
        if (isStored)
            extent.take(
                side->pattern.values().subspan(rowStart(query) + std::size_t(firstKey), values.size()));
        else if (side)
            readRow(*side, data.quantity, {query, firstKey}, values);
        else
            readShownRow(data, query, firstKey, values);
        if (!isStored)
            extent.take(values);
    }
    return extent;
}

double greatestOf(const HeadMapData &data, const HeadSide &side, Since since)
{
    return std::max(0.0F, extentOf(data, &side, since).greatest);
}

double greatestChange(const HeadMapData &data, Since since)
{
    const Extent extent = extentOf(data, nullptr, since);
    return extent.isEmpty() ? 0.0F : std::max(std::abs(extent.least), std::abs(extent.greatest));
}

// A linear scale over all scores of the baseline, which no edit of this layer moves; its ends are calm
// numbers.
ColourScale scoreScale(const HeadMapData &data, int firstKey)
{
    const Extent extent = extentOf(data, &data.baseline, {0, firstKey});
    if (extent.isEmpty())
        return ColourScale::linear(0.0, 1.0);
    const double range = std::max(double(extent.greatest) - extent.least, kLeastRange);
    const double step = std::pow(10.0, std::floor(std::log10(range))) / 2.0;
    const double low = std::floor(extent.least / step) * step;
    const double high = std::ceil(extent.greatest / step) * step;
    return ColourScale::linear(low, high > low ? high : low + step);
}

// The limit of symmetric colours; without any difference a usual one, so that rounding is not magnified.
double changeLimit(double change)
{
    return niceCeiling(change < kNoDifference ? kLimitWithoutDifference : std::max(change, kLeastRange));
}

double greatestKeyZeroChange(const HeadMapData &data)
{
    float greatest = 0.0F;
    for (int query = 0; query < data.tokenCount(); ++query) {
        const float change = shownValue(data, {query, 0});
        if (std::isfinite(change))
            greatest = std::max(greatest, std::abs(change));
    }
    return greatest;
}

double entropyOf(std::span<const float> weights, double total)
{
    double sum = 0.0;
    for (const float weight : weights) {
        const double share = weight / total;
        if (share > 0.0)
            sum -= share * std::log(share);
    }
    return sum;
}

} // namespace

const HeadSide &shownSide(const HeadMapData &data)
{
    return data.mode == HeadMapMode::Baseline ? data.baseline : data.edited;
}

bool hasShownPattern(const HeadMapData &data)
{
    if (data.mode == HeadMapMode::Difference)
        return coversQuantity(data.edited, data) && coversQuantity(data.baseline, data);
    return coversQuantity(shownSide(data), data);
}

float weightOf(const HeadSide &side, HeadMapCell cell)
{
    if (cell.key > cell.query)
        return 0.0F;
    const std::size_t at = rowStart(cell.query) + std::size_t(cell.key);
    if (at < side.pattern.size())
        return side.pattern[at];
    if (cell.key == 0 && std::size_t(cell.query) < side.sinkMass.size())
        return side.sinkMass[std::size_t(cell.query)];
    return std::numeric_limits<float>::quiet_NaN();
}

float quantityOf(const HeadSide &side, HeadMapQuantity quantity, HeadMapCell cell)
{
    constexpr float kUnknown = std::numeric_limits<float>::quiet_NaN();
    if (quantity == HeadMapQuantity::Weight || cell.key > cell.query)
        return weightOf(side, cell);
    if (quantity == HeadMapQuantity::Score) {
        const std::size_t at = rowStart(cell.query) + std::size_t(cell.key);
        return at < side.scores.size() ? side.scores[at] : kUnknown;
    }
    const auto key = std::size_t(cell.key);
    return key < side.keyNorms.size() ? weightOf(side, cell) * side.keyNorms[key] : kUnknown;
}

float shownValue(const HeadMapData &data, HeadMapCell cell)
{
    const float shown = quantityOf(shownSide(data), data.quantity, cell);
    return data.mode == HeadMapMode::Difference ? shown - quantityOf(data.baseline, data.quantity, cell)
                                                : shown;
}

void readShownRow(const HeadMapData &data, int query, int firstKey, std::span<float> values)
{
    readRow(shownSide(data), data.quantity, {query, firstKey}, values);
    if (data.mode != HeadMapMode::Difference)
        return;
    std::vector<float> before(values.size());
    readRow(data.baseline, data.quantity, {query, firstKey}, before);
    for (std::size_t key = 0; key < values.size(); ++key)
        values[key] -= before[key];
}

float filteredWeight(const HeadMapData &data, HeadMapCell cell)
{
    const float shown = weightOf(shownSide(data), cell);
    return data.mode == HeadMapMode::Difference ? std::max(shown, weightOf(data.baseline, cell)) : shown;
}

std::vector<float> filterThresholds(const HeadMapData &data)
{
    const int tokens = data.tokenCount();
    if (data.filter.isOff() || !covers(shownSide(data), tokens)
        || (data.mode == HeadMapMode::Difference && !covers(data.baseline, tokens)))
        return {};
    const bool isDifference = data.mode == HeadMapMode::Difference;
    std::vector<float> thresholds(std::size_t(tokens), float(data.filter.leastWeight));
    const auto kept = std::size_t(std::max(0, data.filter.strongestInRow));
    const int firstKey = data.keyZero == KeyZeroPlace::Apart ? 1 : 0;
    std::vector<float> row;
    for (int query = firstKey; kept > 0 && query < tokens; ++query) {
        const auto keys = std::size_t(query + 1 - firstKey);
        if (keys <= kept)
            continue;
        row.resize(keys);
        readRow(shownSide(data), HeadMapQuantity::Weight, {query, firstKey}, row);
        for (std::size_t key = 0; isDifference && key < keys; ++key)
            row[key] = filteredWeight(data, {query, firstKey + int(key)});
        std::nth_element(row.begin(), row.begin() + std::ptrdiff_t(kept) - 1, row.end(), std::greater<>());
        thresholds[std::size_t(query)] = std::max(thresholds[std::size_t(query)], row[kept - 1]);
    }
    return thresholds;
}

bool hasNoDifference(const HeadMapData &data)
{
    return data.mode == HeadMapMode::Difference && data.quantity == HeadMapQuantity::Weight
        && hasShownPattern(data)
        && std::max(greatestChange(data, {0, 1}), greatestKeyZeroChange(data)) < kNoDifference;
}

int firstRangeRow(int tokens)
{
    return tokens > kKeysForRange ? kKeysForRange : 0;
}

namespace {

HeadMapScales changeScales(const HeadMapData &data, Since range, Since all)
{
    const auto heldOr = [](double held, double value) { return held > 0.0 ? held : value; };
    const double change = data.range == HeadMapRange::AllHeads
        ? data.sharedMaximum
        : heldOr(data.heldMaximum, greatestChange(data, range));
    HeadMapScales scales;
    scales.diverges = true;
    scales.rest = ColourScale::symmetric(changeLimit(change));
    scales.keyZero =
        ColourScale::symmetric(changeLimit(heldOr(data.heldKeyZeroMaximum, greatestKeyZeroChange(data))));
    scales.isClipped = greatestChange(data, all) > scales.rest.maximum;
    return scales;
}

} // namespace

namespace {

/// Of a logarithmic range. A row of T keys spreads what key 0 leaves over all of them: the floor stays below
/// a tenth of 1 / T.
int decadesFor(int tokens)
{
    constexpr int kTokensOfThree = 128;
    return tokens <= kTokensOfThree ? 3 : tokens <= 10 * kTokensOfThree ? 4 : 5;
}

} // namespace

HeadMapScales headMapScales(const HeadMapData &data)
{
    const int firstKey = data.keyZero == KeyZeroPlace::InScale ? 0 : 1;
    const Since range {firstRangeRow(data.tokenCount()), firstKey};
    const Since all {0, firstKey};
    if (data.mode == HeadMapMode::Difference)
        return changeScales(data, range, all);
    const auto greatest = [&](Since since) {
        return std::max(greatestOf(data, data.edited, since), greatestOf(data, data.baseline, since));
    };
    HeadMapScales scales;
    if (data.quantity == HeadMapQuantity::Score) {
        scales.rest = scoreScale(data, firstKey);
        scales.keyZero = scoreScale(data, kKeyZeroAlone);
        scales.isClipped = greatest(all) > scales.rest.maximum;
        return scales;
    }
    const bool isWeight = data.quantity == HeadMapQuantity::Weight;
    const double most = isWeight ? 1.0 : std::numeric_limits<double>::max();
    const double own = data.heldMaximum > 0.0 ? data.heldMaximum : greatest(range);
    const double top = data.range == HeadMapRange::AllHeads
        ? niceCeiling(std::max(data.sharedMaximum, kLeastRange))
        : std::min(most, niceCeiling(std::max(own, kLeastRange)));
    scales.rest = data.form == HeadMapScaleForm::Log
        ? ColourScale::logarithmic(top, decadesFor(data.tokenCount()))
        : ColourScale::linear(0.0, top);
    scales.isClipped = greatest(all) > top * (1.0 + 1e-6);
    if (!isWeight)
        scales.keyZero =
            ColourScale::linear(0.0, niceCeiling(std::max(greatest({0, kKeyZeroAlone}), kLeastRange)));
    return scales;
}

std::vector<ScaleTick> restTicks(const HeadMapScales &scales)
{
    std::vector<ScaleTick> ticks = scales.rest.ticks();
    for (ScaleTick &tick : ticks) {
        if (scales.isClipped && tick.share == 1.0)
            tick.text.prepend(QStringLiteral("≥ "));
        else if (scales.isClipped && scales.diverges && tick.share == 0.0)
            tick.text.prepend(QStringLiteral("≤ "));
    }
    return ticks;
}

double rowWeightsTop(const HeadMapData &data, int query)
{
    const int firstKey = data.keyZero == KeyZeroPlace::InScale ? 0 : 1;
    float greatest = 0.0F;
    for (int key = firstKey; key <= query; ++key) {
        for (const HeadSide *side : {&data.edited, &data.baseline})
            greatest = std::fmax(greatest, weightOf(*side, {query, key}));
    }
    return std::min(1.0, niceCeiling(std::max(double(greatest), kLeastRange)));
}

std::optional<RowFigures> rowFigures(const HeadSide &side, int query)
{
    const auto position = std::size_t(query);
    const bool hasRow = rowStart(query) + position < side.pattern.size();
    const bool hasArrays = position < side.sinkMass.size() && position < side.entropy.size();
    if (!hasRow && !hasArrays)
        return std::nullopt;
    RowFigures figures;
    std::span<const float> row;
    if (hasRow)
        row = side.pattern.values().subspan(rowStart(query), position + 1);
    figures.sinkMass = position < side.sinkMass.size() ? double(side.sinkMass[position]) : double(row[0]);
    figures.entropy = position < side.entropy.size() ? double(side.entropy[position]) : entropyOf(row, 1.0);
    figures.restEntropy = std::nan("");
    if (position < side.restEntropy.size()) {
        figures.restEntropy = side.restEntropy[position];
    } else if (hasRow) {
        double rest = 0.0;
        for (const float weight : row.subspan(1))
            rest += weight;
        figures.restEntropy = rest > 0.0 ? entropyOf(row.subspan(1), rest) : 0.0;
    }
    return figures;
}

int rankInRow(const HeadSide &side, HeadMapCell cell)
{
    const float own = weightOf(side, cell);
    int rank = 1;
    for (int key = 0; key <= cell.query; ++key)
        rank += weightOf(side, {cell.query, key}) > own ? 1 : 0;
    return rank;
}

} // namespace sinkscope::ui
