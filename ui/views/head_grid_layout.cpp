// SPDX-License-Identifier: Apache-2.0
// Geometry of the grid of thumbnails.
#include "ui/views/head_grid_layout.h"

#include <algorithm>
#include <cmath>

namespace sinkscope::ui {

namespace {

constexpr int kMargin = 16;
constexpr int kLabelGap = 12; ///< between the labels of rows and the thumbnails
constexpr int kGapX = 19; ///< between thumbnails; with 96 px a pitch of 126 x 130
constexpr int kLeastGapX = 12; ///< where all heads of a layer stand in sight with it
constexpr int kGapY = 18;
constexpr int kGroupGap = 8; ///< more between KV groups
constexpr int kCaptionGap = 2; ///< between a thumbnail and its caption
constexpr int kHeaderGap = 6; ///< between the labels of columns and the thumbnails
constexpr int kRoom = 5; ///< around a thumbnail, for the ground of selected ones

} // namespace

int HeadGridLayout::scaled(int px) const
{
    return int(std::lround(px * m_in.textScale));
}

HeadGridLayout::HeadGridLayout(const HeadGridLayoutInput &input)
    : m_in(input)
{
    m_in.groupSize = std::max(1, m_in.groupSize);
    const bool isFlow = m_in.form == HeadGridForm::Flow;
    m_count = isFlow ? m_in.count : m_in.layers * m_in.heads;
    if (m_count <= 0) {
        m_count = 0;
        return;
    }
    m_nameHeight = isFlow ? m_in.lineHeight + kCaptionGap : 0;
    m_pitchY = m_nameHeight + m_in.thumbnail.map + kCaptionGap + m_in.lineHeight + scaled(kGapY);
    m_left = isFlow ? kMargin : kMargin + m_in.labelWidth + scaled(kLabelGap);
    m_groupTitles = !isFlow && m_in.groupSize > 1 && groupCount() > 1;
    m_groupGap = m_groupTitles ? scaled(kGroupGap) : 0;
    m_top = isFlow ? 2 * kRoom : m_in.lineHeight * (m_groupTitles ? 2 : 1) + kHeaderGap + kRoom;
    const int room = m_in.area.width() - m_left - kMargin;
    const int gap = isFlow ? scaled(kGapX) : layerGap(room);
    m_pitchX = m_in.thumbnail.width() + gap;
    // The gap after the last column is not needed.
    m_columns = isFlow ? std::clamp((room + gap) / m_pitchX, 1, m_count) : m_in.heads;
    m_rows = (m_count + m_columns - 1) / m_columns;
    m_content = {columnX(m_columns - 1) + m_in.thumbnail.width() + kMargin, m_top + m_rows * m_pitchY};
}

int HeadGridLayout::fittingMap(HeadGridLayoutInput input, int width)
{
    if (input.heads <= 0)
        return 0;
    input.form = HeadGridForm::Layers;
    input.thumbnail.map = 1;
    const HeadGridLayout narrow(input);
    const int spare = narrow.m_pitchX - narrow.m_in.thumbnail.width() - narrow.scaled(kLeastGapX); // of a gap
    const int others = narrow.m_content.width() - input.heads - (input.heads - 1) * spare; // all but the maps
    return (width - others) / input.heads;
}

/// Between the heads of a layer, on `room` px: closer where all of them fit with that.
int HeadGridLayout::layerGap(int room) const
{
    const int usual = scaled(kGapX);
    if (m_in.heads < 2)
        return usual;
    const int groups = m_groupTitles ? (groupCount() - 1) * m_groupGap : 0;
    const int gap = (room - groups - m_in.heads * m_in.thumbnail.width()) / (m_in.heads - 1);
    return gap >= scaled(kLeastGapX) ? std::min(gap, usual) : usual;
}

int HeadGridLayout::groupCount() const
{
    return (m_in.heads + m_in.groupSize - 1) / m_in.groupSize;
}

int HeadGridLayout::columnX(int column) const
{
    return m_left + column * m_pitchX + (m_groupTitles ? column / m_in.groupSize * m_groupGap : 0);
}

QRect HeadGridLayout::thumbnailRect(int index) const
{
    const GridPlace place = placeOf(index);
    return {
        QPoint(columnX(place.column), m_top + place.row * m_pitchY + m_nameHeight), m_in.thumbnail.whole()};
}

QRect HeadGridLayout::nameRect(int index) const
{
    const QRect thumbnail = thumbnailRect(index);
    return {thumbnail.left(), thumbnail.top() - m_nameHeight, thumbnail.width(), m_in.lineHeight};
}

QRect HeadGridLayout::captionRect(int index) const
{
    const QRect thumbnail = thumbnailRect(index);
    return {thumbnail.left(), thumbnail.bottom() + 1 + kCaptionGap, thumbnail.width(), m_in.lineHeight};
}

QRect HeadGridLayout::cellRect(int index) const
{
    const QRect thumbnail = thumbnailRect(index);
    return {QPoint(thumbnail.left() - kRoom, thumbnail.top() - m_nameHeight - kRoom),
        QPoint(thumbnail.right() + kRoom, captionRect(index).bottom() + kRoom / 2)};
}

QRect HeadGridLayout::rowLabelRect(int row) const
{
    const QRect first = thumbnailRect(indexOf({row, 0}));
    return {kMargin, first.center().y() - m_in.lineHeight / 2, m_in.labelWidth, m_in.lineHeight};
}

QRect HeadGridLayout::columnLabelRect(int column) const
{
    const QRect map = m_in.thumbnail.mapRect().translated(columnX(column), 0);
    return {map.left(), m_top - kRoom - m_in.lineHeight, map.width(), m_in.lineHeight};
}

QRect HeadGridLayout::groupTitleRect(int group) const
{
    const int first = group * m_in.groupSize;
    const int last = std::min(first + m_in.groupSize, m_in.heads) - 1;
    const QRect label = columnLabelRect(first);
    const int right = columnX(last) + m_in.thumbnail.width();
    return {columnX(first), label.top() - m_in.lineHeight, right - columnX(first), m_in.lineHeight};
}

int HeadGridLayout::columnAt(int x) const
{
    if (!m_groupTitles)
        return (x - m_left) / m_pitchX;
    const int groupPitch = m_in.groupSize * m_pitchX + m_groupGap;
    const int within = std::min((x - m_left) % groupPitch / m_pitchX, m_in.groupSize - 1);
    return (x - m_left) / groupPitch * m_in.groupSize + within;
}

std::optional<int> HeadGridLayout::indexAt(QPoint content) const
{
    const QPoint point = content + QPoint(kRoom, kRoom);
    if (m_count == 0 || point.x() < m_left || point.y() < m_top)
        return std::nullopt;
    const GridPlace place {(point.y() - m_top) / m_pitchY, columnAt(point.x())};
    const int index = indexOf(place);
    if (place.column >= m_columns || index >= m_count)
        return std::nullopt;
    return index;
}

int HeadGridLayout::step(int index, int rows, int columns) const
{
    const GridPlace place = placeOf(index);
    const GridPlace next {
        std::clamp(place.row + rows, 0, m_rows - 1), std::clamp(place.column + columns, 0, m_columns - 1)};
    return std::clamp(indexOf(next), 0, m_count - 1);
}

std::vector<int> HeadGridLayout::box(int first, int second) const
{
    const GridPlace from = placeOf(first);
    const GridPlace to = placeOf(second);
    const auto [top, bottom] = std::minmax(from.row, to.row);
    const auto [left, right] = std::minmax(from.column, to.column);
    std::vector<int> indices;
    for (int row = top; row <= bottom; ++row) {
        for (int column = left; column <= right; ++column) {
            if (const int index = indexOf({row, column}); index < m_count)
                indices.push_back(index);
        }
    }
    return indices;
}

QRect HeadGridLayout::boxRect(int first, int second) const
{
    return cellRect(first) | cellRect(second);
}

std::vector<int> HeadGridLayout::indicesIn(const QRect &content) const
{
    std::vector<int> indices;
    if (m_count == 0)
        return indices;
    const int firstRow = std::clamp((content.top() - m_top) / m_pitchY - 1, 0, m_rows - 1);
    const int lastRow = std::clamp((content.bottom() - m_top) / m_pitchY + 1, 0, m_rows - 1);
    for (int row = firstRow; row <= lastRow; ++row) {
        for (int column = 0; column < m_columns; ++column) {
            const int index = indexOf({row, column});
            if (index < m_count && cellRect(index).intersects(content))
                indices.push_back(index);
        }
    }
    return indices;
}

} // namespace sinkscope::ui
