// SPDX-License-Identifier: Apache-2.0
// Geometry of the layer x head map.
#include "ui/views/heatmap_layout.h"

#include "ui/views/colour_bar.h"

#include <algorithm>
#include <cmath>

namespace sinkscope::ui {

namespace {

constexpr int kMargin = 16;
constexpr int kRightMargin = 11;
constexpr int kLabelGap = 8; ///< between row labels and cells
constexpr int kGroupGap = 4;
constexpr int kMinPitchX = 12;
constexpr int kMinPitchY = 12; ///< where the layers scroll
constexpr int kClosePitchY = 8; ///< the least at which all of them stand in sight
constexpr int kFewestLayers = 8; ///< in sight
constexpr int kMaxPitchX = 48;
constexpr int kMaxPitchY = 28;
constexpr int kPartGap = 8; ///< between map, bar and legend

int divideUp(int value, int by)
{
    return (value + by - 1) / by;
}

// The first of 1, 2, 4, 5, 10, 20.. whose labels do not touch.
int labelStepFor(int pitch, int labelPx)
{
    for (const int step : {1, 2, 4, 5, 10, 20, 50, 100}) {
        if (step * pitch >= labelPx)
            return step;
    }
    return 200;
}

int digitsOf(int value)
{
    return value >= 100 ? 3 : value >= 10 ? 2 : 1;
}

} // namespace

HeatmapLayout::HeatmapLayout(const HeatmapLayoutInput &input)
    : m_in(input)
{
    if (m_in.layers <= 0 || m_in.heads <= 0)
        return;
    m_in.groupSize = std::max(1, m_in.groupSize);
    const int line = m_in.axisHeightPx;
    m_left = kMargin + std::max(16, digitsOf(m_in.layers - 1) * m_in.digitPx) + kLabelGap;
    // One query head per key/value head: nothing is shared, so nothing is set apart.
    m_groupTitles = m_in.groupSize > 1 && groupCount() > 1;
    m_gap = m_groupTitles ? kGroupGap : 0;
    m_top = 4 + line + (m_groupTitles ? line + 2 : 0) + 2;

    const int gaps = m_gap * (groupCount() - 1);
    const int roomX = m_in.area.width() - m_left - kRightMargin - gaps;
    m_pitchX = std::clamp(roomX / m_in.heads, kMinPitchX, kMaxPitchX);
    const int below = heightBelow();
    const int roomY = m_in.area.height() - m_top - below;
    const int wantedY = std::max(kMinPitchY, int(std::lround(m_pitchX * 2 / 3.0)));
    const int leastY = roomY / m_in.layers >= kClosePitchY ? kClosePitchY : kMinPitchY;
    m_pitchY = std::clamp(roomY / m_in.layers, leastY, std::min(kMaxPitchY, std::max(wantedY, 14)));

    m_rowStep = labelStepFor(m_pitchY, line);
    m_columnStep = labelStepFor(m_pitchX, (digitsOf(m_in.heads - 1) + 1) * m_in.digitPx);
    const QRect map = mapRect();
    m_content = QSize(std::max(map.right() + kRightMargin, m_in.area.width()), map.bottom() + 1 + below);
    m_isPinned = m_content.height() > m_in.area.height() && m_in.area.height() >= leastHeight();
}

int HeatmapLayout::heightBelow() const
{
    const int line = m_in.axisHeightPx;
    return kPartGap + colourBarHeight(m_in.titleLines, line) + kPartGap + legendLines() * line + kPartGap;
}

int HeatmapLayout::leastHeight() const
{
    return m_top + std::min(m_in.layers, kFewestLayers) * kMinPitchY + heightBelow();
}

int HeatmapLayout::groupCount() const
{
    return divideUp(m_in.heads, m_in.groupSize);
}

int HeatmapLayout::columnX(int head) const
{
    return m_left + head * m_pitchX + (head / m_in.groupSize) * m_gap;
}

QRect HeatmapLayout::cellRect(HeatmapCell cell) const
{
    return {columnX(cell.head), m_top + cell.layer * m_pitchY, m_pitchX - 1, m_pitchY - 1};
}

std::optional<HeatmapCell> HeatmapLayout::cellAt(QPoint content) const
{
    if (m_pitchX == 0 || content.x() < m_left || content.y() < m_top)
        return std::nullopt;
    const int layer = (content.y() - m_top) / m_pitchY;
    const int groupPitch = m_in.groupSize * m_pitchX + m_gap;
    const int group = (content.x() - m_left) / groupPitch;
    const int within = (content.x() - m_left) % groupPitch / m_pitchX;
    const int head = group * m_in.groupSize + within;
    if (layer >= m_in.layers || within >= m_in.groupSize || head >= m_in.heads)
        return std::nullopt;
    return HeatmapCell {layer, head};
}

QRect HeatmapLayout::rowLabelRect(int layer) const
{
    const QRect row = cellRect({layer, 0});
    const int height = std::max(row.height(), m_in.axisHeightPx);
    return {0, row.top() + (row.height() - height) / 2, m_left - kLabelGap, height};
}

QRect HeatmapLayout::columnLabelRect(int head) const
{
    const QRect column = cellRect({0, head});
    const int width = std::max(column.width(), 3 * m_in.digitPx);
    return {column.left() + (column.width() - width) / 2, m_top - 2 - m_in.axisHeightPx, width,
        m_in.axisHeightPx};
}

QRect HeatmapLayout::groupTitleRect(int group) const
{
    const int first = group * m_in.groupSize;
    const int last = std::min(first + m_in.groupSize, m_in.heads) - 1;
    const int left = cellRect({0, first}).left();
    return {left, 4, cellRect({0, last}).right() + 1 - left, m_in.axisHeightPx};
}

QRect HeatmapLayout::mapRect() const
{
    if (m_pitchX == 0)
        return {};
    return QRect(cellRect({0, 0}).topLeft(), cellRect({m_in.layers - 1, m_in.heads - 1}).bottomRight());
}

int HeatmapLayout::visibleWidth() const
{
    return std::max(80, m_in.area.width() - m_left - kRightMargin);
}

QRect HeatmapLayout::barRect() const
{
    const QRect map = mapRect();
    const int end = m_isPinned ? m_in.area.height() - heightBelow() : map.bottom() + 1;
    return {map.left(), end + kPartGap, std::clamp(map.width(), 80, visibleWidth()),
        colourBarHeight(m_in.titleLines, m_in.axisHeightPx)};
}

int HeatmapLayout::legendLines() const
{
    return visibleWidth() >= legendWidth() ? 1 : 2;
}

int HeatmapLayout::legendWidth() const
{
    return m_in.legendPx > 0 ? m_in.legendPx : 28 * m_in.digitPx;
}

QRect HeatmapLayout::legendRect() const
{
    const QRect bar = barRect();
    // A map of few heads is narrower than the words below it.
    const int width = std::max(bar.width(), std::min(visibleWidth(), legendWidth()));
    return {bar.left(), bar.bottom() + 1 + kPartGap, width, legendLines() * m_in.axisHeightPx};
}

HeatmapCell stepCell(const HeatmapData &data, HeatmapCell from, int layerStep, int headStep)
{
    return {std::clamp(from.layer + layerStep, 0, std::max(0, data.layers - 1)),
        std::clamp(from.head + headStep, 0, std::max(0, data.heads - 1))};
}

} // namespace sinkscope::ui
