// SPDX-License-Identifier: Apache-2.0
// Values, scales and images of the head map.
#include "ui/views/head_map_picture.h"

#include <algorithm>
#include <cmath>
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

// Which weights: rows from `query` on, keys from `key` on (1, or 0 when key 0 is in the scale).
struct Since {
    int query = 0;
    int key = 1;
};

double greatestWeight(const HeadSide &side, int tokens, Since since)
{
    float greatest = 0.0F;
    for (int query = since.query; covers(side, tokens) && query < tokens; ++query) {
        const std::span<const float> row =
            side.pattern.values().subspan(rowStart(query), std::size_t(query) + 1);
        for (std::size_t key = std::size_t(since.key); key < row.size(); ++key)
            greatest = std::max(greatest, row[key]);
    }
    return greatest;
}

double greatestChange(const HeadMapData &data, Since since)
{
    const int tokens = data.tokenCount();
    float greatest = 0.0F;
    if (!hasShownPattern(data))
        return greatest;
    for (int query = since.query; query < tokens; ++query) {
        const std::size_t start = rowStart(query);
        for (std::size_t key = std::size_t(since.key); key <= std::size_t(query); ++key) {
            const float change = data.edited.pattern[start + key] - data.baseline.pattern[start + key];
            greatest = std::max(greatest, std::abs(change));
        }
    }
    return greatest;
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

float strongest(float first, float second)
{
    return std::abs(second) > std::abs(first) ? second : first;
}

} // namespace

const HeadSide &shownSide(const HeadMapData &data)
{
    return data.mode == HeadMapMode::Baseline ? data.baseline : data.edited;
}

bool hasShownPattern(const HeadMapData &data)
{
    const int tokens = data.tokenCount();
    if (data.mode == HeadMapMode::Difference)
        return covers(data.edited, tokens) && covers(data.baseline, tokens);
    return covers(shownSide(data), tokens);
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

float shownValue(const HeadMapData &data, HeadMapCell cell)
{
    if (data.mode == HeadMapMode::Difference)
        return weightOf(data.edited, cell) - weightOf(data.baseline, cell);
    return weightOf(shownSide(data), cell);
}

bool hasNoDifference(const HeadMapData &data)
{
    return data.mode == HeadMapMode::Difference && hasShownPattern(data)
        && std::max(greatestChange(data, {0, 1}), greatestKeyZeroChange(data)) < kNoDifference;
}

int firstRangeRow(int tokens)
{
    return tokens > kKeysForRange ? kKeysForRange : 0;
}

HeadMapScales headMapScales(const HeadMapData &data)
{
    const int tokens = data.tokenCount();
    const int firstKey = data.keyZero == KeyZeroPlace::InScale ? 0 : 1;
    HeadMapScales scales;
    const Since range {firstRangeRow(tokens), firstKey};
    const Since all {0, firstKey};
    const auto greatest = [&](Since since) {
        return std::max(
            greatestWeight(data.edited, tokens, since), greatestWeight(data.baseline, tokens, since));
    };
    const bool isShared = data.range == HeadMapRange::AllHeads;
    if (data.mode == HeadMapMode::Difference) {
        const auto heldOr = [](double held, double value) { return held > 0.0 ? held : value; };
        const double change =
            isShared ? data.sharedMaximum : heldOr(data.heldMaximum, greatestChange(data, range));
        scales.diverges = true;
        scales.rest = ColourScale::symmetric(changeLimit(change));
        scales.keyZero =
            ColourScale::symmetric(changeLimit(heldOr(data.heldKeyZeroMaximum, greatestKeyZeroChange(data))));
        scales.isClipped = greatestChange(data, all) > scales.rest.maximum;
        return scales;
    }
    const double own = data.heldMaximum > 0.0 ? data.heldMaximum : greatest(range);
    const double top = isShared ? niceCeiling(std::max(data.sharedMaximum, kLeastRange))
                                : std::min(1.0, niceCeiling(std::max(own, kLeastRange)));
    scales.rest =
        data.form == HeadMapScaleForm::Log ? ColourScale::logarithmic(top) : ColourScale::linear(0.0, top);
    scales.isClipped = greatest(all) > top * (1.0 + 1e-6);
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

HeadMapPicture::HeadMapPicture(const HeadMapData &data, const Theme &theme, const HeadMapLayout &layout)
    : m_theme(theme)
    , m_scales(headMapScales(data))
    , m_keyZero(data.keyZero)
{
    const QColor &canvas = theme.colours().canvas;
    m_paintedRest = data.isStale ? restMap().dimmed(canvas, kStaleShare) : restMap();
    m_paintedKeyZero = data.isStale ? keyZeroMap().dimmed(canvas, kStaleShare) : keyZeroMap();
    if (layout.isEmpty())
        return;
    renderKeyZero(data, layout);
    if (hasShownPattern(data) && layout.columnPixels() > 0)
        renderMap(data, layout);
}

const ColourMap &HeadMapPicture::keyZeroMap() const
{
    if (m_scales.diverges)
        return m_theme.diverging();
    return m_keyZero == KeyZeroPlace::Apart ? m_theme.sink() : m_theme.attentionMap();
}

QRgb HeadMapPicture::colourOf(HeadMapCell cell, float value) const
{
    if (cell.key == 0 && m_keyZero == KeyZeroPlace::Apart)
        return m_paintedKeyZero.rgb(m_scales.keyZero.share(value));
    return m_paintedRest.rgb(m_scales.rest.share(value));
}

void HeadMapPicture::renderMap(const HeadMapData &data, const HeadMapLayout &layout)
{
    const int tokens = data.tokenCount();
    const bool isPooled = layout.isPooled();
    const int rows = isPooled ? layout.rowPixels() : tokens;
    const int columns = isPooled ? layout.columnPixels() : tokens - 1;
    std::vector<int> columnOfKey(std::size_t(tokens), 0);
    for (int column = 0; column < columns; ++column) {
        const TokenSpan keys = isPooled ? layout.columnSpan(column) : TokenSpan {column + 1, column + 1};
        std::fill(columnOfKey.begin() + keys.first, columnOfKey.begin() + keys.last + 1, column);
    }
    m_map = QImage(columns, rows, QImage::Format_RGB32);
    const QRgb masked = m_theme.colours().masked.rgb();
    std::vector<float> pooled(std::size_t(columns), 0.0F);
    for (int row = 0; row < rows; ++row) {
        const TokenSpan queries = isPooled ? layout.rowSpan(row) : TokenSpan {row, row};
        std::fill(pooled.begin(), pooled.end(), 0.0F);
        for (int query = queries.first; query <= queries.last; ++query) {
            for (int key = 1; key <= query; ++key) {
                float &value = pooled[std::size_t(columnOfKey[std::size_t(key)])];
                value = strongest(value, shownValue(data, {query, key}));
            }
        }
        auto *line = reinterpret_cast<QRgb *>(m_map.scanLine(row));
        const int lastColumn = queries.last > 0 ? columnOfKey[std::size_t(queries.last)] : -1;
        for (int column = 0; column < columns; ++column) {
            line[column] = column <= lastColumn
                ? m_paintedRest.rgb(m_scales.rest.share(pooled[std::size_t(column)]))
                : masked;
        }
    }
}

void HeadMapPicture::renderKeyZero(const HeadMapData &data, const HeadMapLayout &layout)
{
    const bool isPooled = layout.isPooled();
    const int rows = isPooled ? layout.rowPixels() : data.tokenCount();
    m_sink = QImage(1, rows, QImage::Format_RGB32);
    for (int row = 0; row < rows; ++row) {
        const TokenSpan queries = isPooled ? layout.rowSpan(row) : TokenSpan {row, row};
        float value = shownValue(data, {queries.first, 0});
        for (int query = queries.first + 1; query <= queries.last; ++query)
            value = strongest(value, shownValue(data, {query, 0}));
        m_sink.setPixel(
            0, row, std::isnan(value) ? m_theme.colours().masked.rgb() : colourOf({queries.first, 0}, value));
    }
}

} // namespace sinkscope::ui
