// SPDX-License-Identifier: Apache-2.0
// One head as a small picture.
#include "ui/views/head_thumbnail.h"

#include "ui/views/colour_bar.h"
#include "ui/views/head_map_axis.h"
#include "ui/views/strongest_cells.h"

#include <QPainter>

#include <algorithm>
#include <cmath>
#include <span>

namespace sinkscope::ui {

namespace {

const ColourMap &keyZeroMap(const HeadMapData &data, const HeadMapScales &scales, const Theme &theme)
{
    if (scales.diverges)
        return theme.diverging();
    return data.keyZero == KeyZeroPlace::Apart ? theme.sink() : theme.attentionMap();
}

TokenSpan tokensOf(const HeadMapAxis &axis, int pixel)
{
    const TokenSpan span = axis.spanOfContent(pixel);
    return {span.first, std::max(span.first, span.last)};
}

/// What key 0 of `queries` shows: the strongest of them.
float keyZeroValue(const HeadMapData &data, const HeadMapScales &scales, const TokenSpan &queries)
{
    float value = shownValue(data, {queries.first, 0});
    for (int query = queries.first + 1; query <= queries.last; ++query) {
        const float other = shownValue(data, {query, 0});
        const bool isStronger = scales.diverges ? std::abs(other) > std::abs(value) : other > value;
        value = isStronger ? other : value;
    }
    return value;
}

class ThumbnailPainter {
public:
    ThumbnailPainter(
        const HeadMapData &data, const HeadMapScales &scales, const ThumbnailSize &size, const Theme &theme)
        : m_data(data)
        , m_scales(scales)
        , m_size(size)
        , m_masked(theme.colours().masked.rgb())
        , m_colours(scales.diverges ? theme.diverging() : theme.attentionMap())
        , m_sinkColours(keyZeroMap(data, scales, theme))
        , m_columns {1, data.tokenCount() - 1, 0, size.map, size.map, 0}
        , m_cells(
              scales.diverges ? Strength::LargestChange : Strength::Greatest, std::size_t(data.tokenCount()))
        , m_values(std::size_t(data.tokenCount()))
    {
    }

    void paintSink(const TokenSpan &queries, QRgb *line) const
    {
        const float value = keyZeroValue(m_data, m_scales, queries);
        const bool isApart = m_data.keyZero == KeyZeroPlace::Apart;
        const ColourScale &scale = isApart ? m_scales.keyZero : m_scales.rest;
        std::fill_n(line, m_size.sink, std::isnan(value) ? m_masked : m_sinkColours.rgb(scale.share(value)));
    }
    void paintMap(const TokenSpan &queries, QRgb *line)
    {
        m_cells.clear();
        for (int query = std::max(1, queries.first); query <= queries.last; ++query) {
            const std::span<float> weights = std::span(m_values).first(std::size_t(query));
            readShownRow(m_data, query, 1, weights);
            m_cells.take(weights);
        }
        std::fill_n(line, m_size.map, m_masked);
        for (int column = 0; column < m_size.map && m_columns.tokens > 0; ++column) {
            const TokenSpan keys = tokensOf(m_columns, column);
            const auto first = std::size_t(keys.first - 1);
            if (first >= m_cells.length())
                return;
            const auto last = std::min(std::size_t(keys.last - 1), m_cells.length() - 1);
            line[column] = m_colours.rgb(m_scales.rest.share(m_cells.strongest(first, last)));
        }
    }

private:
    const HeadMapData &m_data;
    const HeadMapScales &m_scales;
    ThumbnailSize m_size;
    QRgb m_masked;
    const ColourMap &m_colours;
    const ColourMap &m_sinkColours;
    HeadMapAxis m_columns;
    StrongestCells m_cells;
    std::vector<float> m_values; // of one row
};

} // namespace

QImage headThumbnail(
    const HeadMapData &data, const HeadMapScales &scales, const ThumbnailSize &size, const Theme &theme)
{
    QImage image(size.whole(), QImage::Format_RGB32);
    image.fill(theme.colours().canvas);
    const bool hasMap = hasShownPattern(data);
    if (!hasMap) {
        QPainter painter(&image);
        paintHatched(painter, size.mapRect(), theme);
    }
    const HeadMapAxis rows {0, data.tokenCount(), 0, size.map, size.map, 0};
    ThumbnailPainter painter(data, scales, size, theme);
    TokenSpan before {-1, -1};
    for (int row = 0; row < size.map && data.tokenCount() > 0; ++row) {
        auto *line = reinterpret_cast<QRgb *>(image.scanLine(row));
        const TokenSpan queries = tokensOf(rows, row);
        if (hasMap && queries == before) { // a token fills several px
            std::copy_n(image.constScanLine(row - 1), image.bytesPerLine(), image.scanLine(row));
            continue;
        }
        before = queries;
        painter.paintSink(queries, line);
        if (hasMap)
            painter.paintMap(queries, line + size.mapRect().left());
    }
    return image;
}

} // namespace sinkscope::ui
