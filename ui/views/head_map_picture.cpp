// SPDX-License-Identifier: Apache-2.0
// Colours and images of the head map.
#include "ui/views/head_map_picture.h"

#include "ui/views/strongest_cells.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace sinkscope::ui {

namespace {

constexpr int kTilePx = 256;
constexpr int kMasked = 255; ///< entry of the table
constexpr int kPaleFrom = 128; ///< with a filter: entries of the cells that it leaves out
constexpr double kPaleShare = 0.22; ///< of a colour that the filter leaves out, over the canvas

// The entries of tiles: the map in 255 steps or, with a filter, in 127 and the same again paler.
QVector<QRgb> tileTable(const ColourMap &map, const ColourMap &pale, bool hasFilter, QRgb masked)
{
    QVector<QRgb> table(256, masked);
    for (int entry = 0; entry < kMasked; ++entry) {
        if (!hasFilter)
            table[entry] = map.rgb((entry == kMasked - 1 ? 255 : entry) / 255.0);
        else if (entry < kPaleFrom)
            table[entry] = map.rgb(entry / double(kPaleFrom - 1));
        else
            table[entry] = pale.rgb((entry - kPaleFrom) / double(kMasked - 1 - kPaleFrom));
    }
    return table;
}

// The axis of the image: cells of the screen are one px there.
HeadMapAxis imageAxis(HeadMapAxis axis)
{
    if (axis.cell == 0)
        return axis;
    const int end = std::min(axis.content, axis.offset + axis.visible);
    const int first = axis.offset / axis.cell;
    axis.visible = (end + axis.cell - 1) / axis.cell - first;
    axis.offset = first;
    axis.content = axis.tokens;
    axis.cell = 1;
    return axis;
}

bool haveSameView(const HeadMapAxis &first, const HeadMapAxis &second)
{
    return first.tokens == second.tokens && first.cell == second.cell && first.content == second.content
        && first.visible == second.visible && first.offset == second.offset;
}

} // namespace

HeadMapPicture::HeadMapPicture(const HeadMapData &data, const Theme &theme, std::size_t tileBudgetBytes)
    : m_data(data)
    , m_theme(theme)
    , m_scales(headMapScales(data))
    , m_thresholds(filterThresholds(data))
    , m_tiles(tileBudgetBytes)
{
    const QColor &canvas = theme.colours().canvas;
    m_paintedRest = data.isStale ? restMap().dimmed(canvas, kStaleShare) : restMap();
    m_paintedKeyZero = data.isStale ? keyZeroMap().dimmed(canvas, kStaleShare) : keyZeroMap();
    m_paleKeyZero =
        (data.keyZero == KeyZeroPlace::Apart ? m_paintedKeyZero : m_paintedRest).dimmed(canvas, kPaleShare);
    m_table = tileTable(m_paintedRest, m_paintedRest.dimmed(canvas, kPaleShare), !m_thresholds.empty(),
        theme.colours().masked.rgb());
}

const ColourMap &HeadMapPicture::keyZeroMap() const
{
    if (m_scales.diverges)
        return m_theme.diverging();
    return m_data.keyZero == KeyZeroPlace::Apart ? m_theme.sink() : m_theme.attentionMap();
}

HeadMapPicture::Standing HeadMapPicture::standingOf(HeadMapCell cell) const
{
    if (m_thresholds.empty())
        return Standing::Shown;
    // Apart, key 0 is not among the strongest keys of a row that are counted.
    const bool isApart = cell.key == 0 && m_data.keyZero == KeyZeroPlace::Apart;
    const float least = isApart ? float(m_data.filter.leastWeight) : m_thresholds[std::size_t(cell.query)];
    return filteredWeight(m_data, cell) >= least ? Standing::Shown : Standing::LeftOut;
}

std::uint8_t HeadMapPicture::indexOf(float value, Standing standing) const
{
    const int index = ColourMap::index(m_scales.rest.share(value));
    if (m_thresholds.empty())
        return std::uint8_t(std::min(index, kMasked - 1));
    const int half = index / 2;
    return std::uint8_t(
        standing == Standing::Shown ? half : kPaleFrom + std::min(half, kMasked - 1 - kPaleFrom));
}

QRgb HeadMapPicture::colourOf(HeadMapCell cell, float value) const
{
    if (cell.key == 0)
        return keyZeroColour(value, Standing::Shown);
    return m_table[indexOf(value, Standing::Shown)];
}

QRgb HeadMapPicture::colourOf(HeadMapCell cell) const
{
    const float value = shownValue(m_data, cell);
    return cell.key == 0 ? keyZeroColour(value, standingOf(cell)) : m_table[indexOf(value, standingOf(cell))];
}

QRgb HeadMapPicture::keyZeroColour(float value, Standing standing) const
{
    const bool isApart = m_data.keyZero == KeyZeroPlace::Apart;
    const ColourMap &map = isApart ? m_paintedKeyZero : m_paintedRest;
    const double share = (isApart ? m_scales.keyZero : m_scales.rest).share(value);
    return standing == Standing::Shown ? map.rgb(share) : m_paleKeyZero.rgb(share);
}

float HeadMapPicture::stronger(float first, float second) const
{
    if (m_scales.diverges)
        return std::abs(second) > std::abs(first) ? second : first;
    return second > first ? second : first;
}

void HeadMapPicture::show(const HeadMapLayout &layout)
{
    const HeadMapAxis rows = imageAxis(layout.rows());
    const HeadMapAxis columns = imageAxis(layout.columns());
    const QRect map = layout.mapRect();
    const QRect sink = layout.sinkColumnRect();
    const int cell = std::max(1, layout.cellPx());
    const QPoint start = map.topLeft() - QPoint(layout.scroll().x() % cell, layout.scroll().y() % cell);
    m_mapTarget = QRect(start, QSize(columns.visible * cell, rows.visible * cell));
    m_sinkTarget = QRect(sink.left(), start.y(), sink.width(), rows.visible * cell);
    if (layout.isEmpty()) {
        m_map = m_sink = QImage();
        return;
    }
    if (!m_sink.isNull() && haveSameView(rows, m_shownRows) && haveSameView(columns, m_shownColumns))
        return;
    m_shownRows = rows;
    m_shownColumns = columns;
    const Part part {rows.offset, columns.offset, QSize(columns.visible, rows.visible)};
    renderKeyZero(rows, part);
    m_map = QImage();
    if (hasShownPattern(m_data) && !part.size.isEmpty())
        composeMap(rows, columns, part);
}

// Tile by tile; the table gives each byte its colour.
void HeadMapPicture::composeMap(const HeadMapAxis &rows, const HeadMapAxis &columns, const Part &part)
{
    m_map = QImage(part.size, QImage::Format_RGB32);
    const int endRow = part.firstRow + part.size.height();
    const int endColumn = part.firstColumn + part.size.width();
    for (int tileRow = part.firstRow / kTilePx; tileRow * kTilePx < endRow; ++tileRow) {
        for (int tileColumn = part.firstColumn / kTilePx; tileColumn * kTilePx < endColumn; ++tileColumn) {
            const QImage &image =
                tile(rows, columns, {rows.cell == 0 ? rows.content : 0, tileRow, tileColumn});
            const int left = std::max(part.firstColumn, tileColumn * kTilePx);
            const int right = std::min(endColumn, (tileColumn + 1) * kTilePx);
            const int bottom = std::min(endRow, (tileRow + 1) * kTilePx);
            for (int row = std::max(part.firstRow, tileRow * kTilePx); row < bottom; ++row) {
                const uchar *from =
                    image.constScanLine(row - tileRow * kTilePx) + left - tileColumn * kTilePx;
                auto *to =
                    reinterpret_cast<QRgb *>(m_map.scanLine(row - part.firstRow)) + left - part.firstColumn;
                std::transform(
                    from, from + (right - left), to, [this](uchar entry) { return m_table[entry]; });
            }
        }
    }
}

const QImage &HeadMapPicture::tile(const HeadMapAxis &rows, const HeadMapAxis &columns, const TileKey &key)
{
    if (const QImage *kept = m_tiles.find(key))
        return *kept;
    const Part part {key.row * kTilePx, key.column * kTilePx,
        QSize(std::min(kTilePx, columns.content - key.column * kTilePx),
            std::min(kTilePx, rows.content - key.row * kTilePx))};
    return m_tiles.insert(key, renderTile(rows, columns, part));
}

QImage HeadMapPicture::renderTile(const HeadMapAxis &rows, const HeadMapAxis &columns, const Part &part) const
{
    QImage image(part.size, QImage::Format_Indexed8);
    image.setColorTable(m_table);
    image.fill(kMasked);
    if (m_thresholds.empty())
        fillTile(image, rows, columns, part);
    else
        fillFilteredTile(image, rows, columns, part);
    return image;
}

void HeadMapPicture::fillTile(
    QImage &image, const HeadMapAxis &rows, const HeadMapAxis &columns, const Part &part) const
{
    const int count = part.size.width();
    const int firstKey = columns.spanOfContent(part.firstColumn).first;
    const int lastKey = columns.spanOfContent(part.firstColumn + count - 1).last;
    const auto keyCount = std::size_t(lastKey - firstKey) + 1;
    StrongestCells cells(m_scales.diverges ? Strength::LargestChange : Strength::Greatest, keyCount);
    std::vector<float> values(keyCount);
    for (int row = 0; row < part.size.height(); ++row) {
        const TokenSpan queries = rows.spanOfContent(part.firstRow + row);
        cells.clear();
        for (int query = std::max(queries.first, firstKey); query <= queries.last; ++query) {
            const auto keys = std::size_t(std::min(query, lastKey) - firstKey) + 1;
            readShownRow(m_data, query, firstKey, std::span(values).first(keys));
            cells.take(std::span(values).first(keys));
        }
        uchar *line = image.scanLine(row);
        for (int column = 0; column < count; ++column) {
            const TokenSpan keys = columns.spanOfContent(part.firstColumn + column);
            const auto first = std::size_t(keys.first - firstKey);
            if (first >= cells.length())
                break;
            const auto last = std::min(std::size_t(keys.last - firstKey), cells.length() - 1);
            line[column] = indexOf(cells.strongest(first, last), Standing::Shown);
        }
    }
}

void HeadMapPicture::fillFilteredTile(
    QImage &image, const HeadMapAxis &rows, const HeadMapAxis &columns, const Part &part) const
{
    const int count = part.size.width();
    const int firstKey = columns.spanOfContent(part.firstColumn).first;
    const int lastKey = columns.spanOfContent(part.firstColumn + count - 1).last;
    std::vector<int> columnOf(std::size_t(lastKey - firstKey) + 1);
    for (int column = 0; column < count; ++column) {
        const TokenSpan keys = columns.spanOfContent(part.firstColumn + column);
        std::fill(columnOf.begin() + (keys.first - firstKey), columnOf.begin() + (keys.last - firstKey) + 1,
            column);
    }
    const float none = m_scales.diverges ? 0.0F : std::numeric_limits<float>::lowest();
    std::vector<float> values(columnOf.size());
    // The strongest cell that passes the filter is seen; where none does, the strongest of all.
    struct Best {
        float value = 0.0F;
        Standing standing = Standing::LeftOut;
    };
    std::vector<Best> best(static_cast<std::size_t>(count));
    for (int row = 0; row < part.size.height(); ++row) {
        const TokenSpan queries = rows.spanOfContent(part.firstRow + row);
        if (queries.last < firstKey)
            continue;
        std::fill(best.begin(), best.end(), Best {none, Standing::LeftOut});
        for (int query = std::max(queries.first, firstKey); query <= queries.last; ++query) {
            const auto keys = std::size_t(std::min(query, lastKey) - firstKey) + 1;
            readShownRow(m_data, query, firstKey, std::span(values).first(keys));
            for (std::size_t key = 0; key < keys; ++key) {
                Best &there = best[std::size_t(columnOf[key])];
                const Standing standing = standingOf({query, firstKey + int(key)});
                if (standing == there.standing)
                    there.value = stronger(there.value, values[key]);
                else if (standing == Standing::Shown)
                    there = {values[key], standing};
            }
        }
        uchar *line = image.scanLine(row);
        const int last = columnOf[std::size_t(std::min(queries.last, lastKey) - firstKey)];
        for (int column = 0; column <= last; ++column)
            line[column] = indexOf(best[std::size_t(column)].value, best[std::size_t(column)].standing);
    }
}

void HeadMapPicture::renderKeyZero(const HeadMapAxis &rows, const Part &part)
{
    m_sink = QImage(1, part.size.height(), QImage::Format_RGB32);
    for (int row = 0; row < part.size.height(); ++row) {
        const TokenSpan queries = rows.spanOfContent(part.firstRow + row);
        float value = shownValue(m_data, {queries.first, 0});
        Standing standing = standingOf({queries.first, 0});
        for (int query = queries.first + 1; query <= queries.last; ++query) {
            value = stronger(value, shownValue(m_data, {query, 0}));
            standing = std::max(standing, standingOf({query, 0}));
        }
        m_sink.setPixel(
            0, row, std::isnan(value) ? m_theme.colours().masked.rgb() : keyZeroColour(value, standing));
    }
}

} // namespace sinkscope::ui
