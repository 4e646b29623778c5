// SPDX-License-Identifier: Apache-2.0
// Geometry of the head map: the map takes the largest whole-px cells that fit, the other parts stand around
// it.
#include "ui/views/head_map_layout.h"

#include "ui/views/colour_bar.h"

#include <algorithm>
#include <cmath>

namespace sinkscope::ui {

namespace {

// Px at text scale 1; the sizes of the mock-ups.
constexpr int kMargin = 16;
constexpr int kTop = 2;
constexpr int kTextGap = 4; ///< index to text of a label
constexpr int kLabelGap = 8; ///< labels to map
constexpr int kSinkGap = 8; ///< column 0 to key 1
constexpr int kMaxCell = 72;
constexpr int kMaxLabel = 96; ///< longest text of a label before it is cut
constexpr int kNarrowLabel = 72;
constexpr int kLabelsWide = 100; ///< least width of the row labels: room for "weights, row 31" and its axis
constexpr int kLabelsNarrow = 80;
constexpr int kSideGap = 40; ///< map to the parts at its right
constexpr int kCloseSideGap = 36; ///< where the profiles just fit
constexpr int kProfileMin = 96;
constexpr int kCloseProfileMin = 80;
constexpr int kProfileMax = 176;
constexpr int kBarColumn = 113; ///< colour bars beside the map
constexpr int kWideFrom = 820; ///< from here on the row profiles are shown: a window of 1600 px
constexpr int kRoomyFrom = 960; ///< from here on they have their usual gaps
constexpr int kBesideFrom = 480; ///< from here on the colour bars stand beside the map
constexpr int kBelowGap = 16;
constexpr int kWeightsHeight = 56;
constexpr int kLowWeightsHeight = 36; ///< in a low view
constexpr int kLowBelow = 700;
constexpr int kWeightsFrom = 300; ///< below this height the row weights give way to the map
constexpr int kNarrowWeightsFrom = 460; ///< the same where the colour bars stand below the map
constexpr int kLowLabel = 44; ///< longest text of a column label there
constexpr int kReadOutPad = 16; ///< 8 in a small view, with closer columns
constexpr int kReadOutSaved = 32;
constexpr int kReadOutLeast = 200; ///< a smaller map has no read-out in its masked half
constexpr int kGivesWayFrom = 24; ///< px of a cell: only a map of few tokens gives way to its read-out
constexpr int kWeightsAxis = 44; ///< numbers right of the row weights, with a gap
constexpr int kBottom = 8;

int digitsOf(int value)
{
    int digits = 1;
    for (; value >= 10; value /= 10)
        ++digits;
    return digits;
}

int sinkWidthFor(int cell)
{
    return std::max(10, (cell + 5) / 2 * 2);
}

} // namespace

int HeadMapLayout::scaled(int px) const
{
    return int(std::lround(px * m_in.scale));
}

HeadMapLayout::HeadMapLayout(const HeadMapLayoutInput &input)
    : m_in(input)
{
    if (isEmpty())
        return;
    m_isWide = m_in.area.width() >= scaled(kWideFrom);
    m_barsAtRight = !m_isWide && m_in.area.width() >= scaled(kBesideFrom);
    m_indexPx = digitsOf(m_in.tokens - 1) * m_in.digitPx;
    const int longest = scaled(m_isWide ? kMaxLabel : kNarrowLabel);
    m_labelWidth = m_indexPx + kTextGap + std::min(m_in.labelPx, longest);
    // Room for the longest column label, and for the titles and numbers of the row profiles.
    const int columnLabel =
        m_indexPx + kTextGap + std::min(m_in.labelPx, isLow() ? scaled(kLowLabel) : longest);
    m_headerHeight = std::max(columnLabel, 3 * m_in.axisHeightPx) + kLabelGap;

    m_labelWidth = std::max(m_labelWidth, scaled(m_isWide ? kLabelsWide : kLabelsNarrow));
    const bool isRoomy = m_in.area.width() >= scaled(kRoomyFrom);
    m_sideGap = isRoomy || !m_isWide ? kSideGap : kCloseSideGap;
    m_profileMin = scaled(isRoomy ? kProfileMin : kCloseProfileMin);
    placeAll(kMaxCell);
    m_fitPxPerToken = pxPerToken();
    if (!m_in.zoom.isFit() && m_in.zoom.pxPerToken > m_fitPxPerToken) {
        m_isZoomed = true;
        placeAll(kMaxCell);
    }
    const int largest = m_cell;
    const auto hasReadOut = [this] {
        return !insideRect(m_in.leastReadOut).isEmpty() || !outsideRect(m_in.leastReadOut).isEmpty();
    };
    while (!m_isZoomed && m_in.tokens > 1 && m_cell > kGivesWayFrom && !hasReadOut())
        placeAll(m_cell - 1);
    if (m_cell < largest && !hasReadOut())
        placeAll(kMaxCell);
    if (!m_isZoomed)
        m_fitPxPerToken = pxPerToken();
    m_labelStep = labelStepFor(pxPerToken(), m_in.axisHeightPx);
}

bool HeadMapLayout::isLow() const
{
    return !m_isWide && !m_barsAtRight && m_in.area.height() < scaled(kNarrowWeightsFrom);
}

HeadMapLayout::Columns HeadMapLayout::columnsBeside() const
{
    Columns columns;
    columns.labels = kMargin + m_labelWidth + kLabelGap;
    columns.right = kMargin;
    if (m_isWide)
        columns.right = m_sideGap + 2 * m_profileMin + m_sideGap + kMargin;
    else if (m_barsAtRight)
        columns.right = m_sideGap + scaled(kBarColumn) + kMargin;
    return columns;
}

void HeadMapLayout::placeAll(int largestCell)
{
    m_readOutSide = QRect();
    m_readOutOutside = false;
    placeMap(columnsBeside(), largestCell);
    placeProfiles();
    placeBars();
}

void HeadMapLayout::placeMap(const Columns &columns, int largestCell)
{
    const int top = kTop + m_headerHeight;
    // The prompt strip shows the same weights.
    const bool hasWeights = m_in.area.height() >= scaled(kWeightsFrom) && !isLow();
    const int weightsHeight =
        scaled(m_in.area.height() < scaled(kLowBelow) ? kLowWeightsHeight : kWeightsHeight);
    int below = kBottom;
    if (hasWeights)
        below += kBelowGap + weightsHeight;
    if (m_isWide)
        below =
            std::max(below, kBelowGap + colourBarHeight(1, m_in.axisHeightPx) + 4 + m_in.axisHeightPx + 4);
    if (!m_isWide && !m_barsAtRight)
        below += kBelowGap + colourBarHeight(1, m_in.axisHeightPx) + kBelowGap;
    const int roomX = std::max(1, m_in.area.width() - columns.labels - kSinkGap - columns.right);
    const int roomY = std::max(1, m_in.area.height() - top - below);

    const Room room {roomX, roomY};
    m_rows = {.firstToken = 0, .tokens = m_in.tokens};
    m_columns = {.firstToken = 1, .tokens = m_in.tokens - 1};
    if (m_isZoomed)
        zoomMap(room);
    else
        fitMap(room, largestCell);
    m_rows.cell = m_columns.cell = m_cell;
    m_sink = QRect(columns.labels, top, sinkWidthFor(m_cell), m_rows.visible);
    m_map = QRect(m_sink.right() + 1 + kSinkGap, top, m_columns.visible, m_rows.visible);
    m_rows.offset = std::clamp(m_in.scroll.y(), 0, m_rows.maximumOffset());
    m_columns.offset = std::clamp(m_in.scroll.x(), 0, m_columns.maximumOffset());
    if (hasWeights)
        m_weights = QRect(m_sink.left(), m_map.top() + m_map.height() + kBelowGap,
            m_map.left() + m_map.width() - m_sink.left(), weightsHeight);
}

void HeadMapLayout::fitMap(const Room &room, int largestCell)
{
    int cell = std::min(room.y / m_in.tokens, largestCell);
    // One column fewer than rows, and key 0 wider than the others.
    while (cell > 0 && (m_in.tokens - 1) * cell + sinkWidthFor(cell) > room.x)
        --cell;
    m_cell = cell;
    const int side = std::max(1, std::min(room.x - sinkWidthFor(cell), room.y));
    m_rows.content = cell > 0 ? m_in.tokens * cell : std::min(side, m_in.tokens);
    m_columns.content = cell > 0 ? (m_in.tokens - 1) * cell : std::min(side, m_in.tokens - 1);
    m_rows.visible = m_rows.content;
    m_columns.visible = m_columns.content;
}

void HeadMapLayout::zoomMap(const Room &room)
{
    const double px = m_in.zoom.pxPerToken;
    m_cell = px >= 1.0 ? int(std::lround(px)) : 0;
    const auto contentOf = [&](int tokens) {
        return m_cell > 0 ? tokens * m_cell : int(std::ceil(tokens * px));
    };
    m_rows.content = contentOf(m_rows.tokens);
    m_columns.content = contentOf(m_columns.tokens);
    m_rows.visible = std::min(m_rows.content, room.y);
    m_columns.visible = std::min(m_columns.content, std::max(1, room.x - sinkWidthFor(m_cell)));
}

void HeadMapLayout::placeProfiles()
{
    int right = std::max(m_map.left() + m_map.width(), m_sink.right() + 1);
    const int room = m_in.area.width() - kMargin - right;
    if (!m_isWide)
        return;
    // A read-out that finds no room in the masked half stands between map and profiles, if these have theirs.
    const int least = 2 * m_sideGap + 2 * m_profileMin;
    if (insideRect(m_in.leastReadOut).isEmpty()) {
        for (const int wanted : {m_in.readOutPx, m_in.leastReadOut.width()}) {
            if (!m_readOutOutside && room - least >= wanted + kReadOutPad) {
                m_readOutOutside = true;
                m_readOutSide = QRect(right + kReadOutPad, m_map.top(), wanted, m_in.area.height());
                right = m_readOutSide.right() + 1;
            }
        }
    }
    const int width =
        std::min(scaled(kProfileMax), (m_in.area.width() - kMargin - right - 2 * m_sideGap) / 2);
    m_sinkProfile = QRect(right + m_sideGap, m_map.top(), width, m_map.height());
    m_entropyProfile = m_sinkProfile.translated(width + m_sideGap, 0);
}

void HeadMapLayout::placeBars()
{
    const int line = m_in.axisHeightPx;
    const int below = m_map.top() + m_map.height() + kBelowGap;
    if (m_isWide) {
        m_sinkBar = QRect(m_sinkProfile.left(), below, m_sinkProfile.width(), colourBarHeight(1, line));
        m_mapBar = m_sinkBar;
        m_mapBar.moveLeft(m_entropyProfile.left());
        m_legend = QRect(m_mapBar.left(), m_mapBar.bottom() + 1 + 4, m_mapBar.width(), line);
    } else if (m_barsAtRight) {
        const int left = m_in.area.width() - kMargin - scaled(kBarColumn);
        m_sinkBar = QRect(left, m_map.top(), scaled(kBarColumn), colourBarHeight(2, line));
        m_mapBar = m_sinkBar.translated(0, m_sinkBar.height() + 12);
        m_legend = QRect(left, m_mapBar.bottom() + 1 + 12, m_mapBar.width(), line);
    } else {
        const int top = hasWeights() ? m_weights.bottom() + 1 + kBelowGap : below;
        const int width = std::max(1, (m_in.area.width() - 2 * kMargin - kBelowGap) / 2);
        m_sinkBar = QRect(kMargin, top, width, colourBarHeight(1, line));
        m_mapBar = m_sinkBar.translated(width + kBelowGap, 0);
    }
}

QRect HeadMapLayout::cellRect(HeadMapCell cell) const
{
    const int y = m_map.top() + m_rows.positionOf(cell.query);
    const int size = std::max(1, m_cell);
    if (cell.key == 0)
        return {m_sink.left(), y, m_sink.width(), size};
    return {m_map.left() + m_columns.positionOf(cell.key), y, size, size};
}

QPointF HeadMapLayout::tokensAt(QPoint point) const
{
    const double px = std::max(pxPerToken(), 1e-9);
    return {
        (point.x() - m_map.left() + m_columns.offset) / px, (point.y() - m_map.top() + m_rows.offset) / px};
}

QPoint HeadMapLayout::scrollFor(QPointF tokens, QPoint point) const
{
    const QPointF content = tokens * pxPerToken();
    return {int(std::lround(content.x())) - (point.x() - m_map.left()),
        int(std::lround(content.y())) - (point.y() - m_map.top())};
}

QPoint HeadMapLayout::scrollToShow(HeadMapCell cell) const
{
    const int size = std::max(1, m_cell);
    const auto along = [size](const HeadMapAxis &axis, int token) {
        const int start = axis.positionOf(token);
        const int beyond = std::max(0, start + size - axis.visible);
        return axis.offset + (start < 0 ? start : beyond);
    };
    return {cell.key > 0 ? along(m_columns, cell.key) : m_columns.offset, along(m_rows, cell.query)};
}

bool HeadMapLayout::isRowInView(int query) const
{
    const int middle = m_rows.positionOf(query) + m_cell / 2;
    return middle >= 0 && middle < m_rows.visible;
}

bool HeadMapLayout::isColumnInView(int key) const
{
    const int middle = m_columns.positionOf(key) + m_cell / 2;
    return key == 0 || (middle >= 0 && middle < m_columns.visible);
}

std::optional<HeadMapCell> HeadMapLayout::cellAt(QPoint point) const
{
    if (isEmpty() || point.y() < m_map.top() || point.y() >= m_map.top() + m_map.height())
        return std::nullopt;
    const int query = rowSpan(point.y() - m_map.top()).first;
    if (m_sink.contains(point))
        return HeadMapCell {query, 0};
    if (m_map.contains(point))
        return HeadMapCell {query, columnSpan(point.x() - m_map.left()).first};
    return std::nullopt;
}

QRect HeadMapLayout::rowLabelRect(int query) const
{
    const QRect cell = cellRect({query, 0});
    const int top = cell.top() + (cell.height() - m_in.axisHeightPx) / 2;
    return {m_sink.left() - kLabelGap - m_labelWidth, top, m_labelWidth, m_in.axisHeightPx};
}

QRect HeadMapLayout::columnLabelRect(int key) const
{
    const QRect cell = cellRect({0, key});
    const int left = cell.left() + (cell.width() - m_in.axisHeightPx) / 2;
    return {left, kTop, m_in.axisHeightPx, m_headerHeight - kLabelGap};
}

QRect HeadMapLayout::axisNamesRect() const
{
    const int height = std::min(2 * m_in.axisHeightPx + 2, m_headerHeight);
    return {kMargin, std::max(kTop, m_map.top() - kLabelGap - height - m_in.axisHeightPx),
        m_sink.left() - kMargin, height};
}

QRect HeadMapLayout::readOutRect(int lines, int lineHeight) const
{
    return readOutRect(lines, lineHeight, m_in.readOutPx - (m_isWide ? 0 : scaled(kReadOutSaved)));
}

QRect HeadMapLayout::readOutRect(int lines, int lineHeight, int wanted) const
{
    const int height = lines * lineHeight;
    const int pad = m_isWide ? kReadOutPad : kReadOutPad / 2;
    const QRect inside = m_readOutOutside
        ? QRect()
        : insideRect({std::min(wanted, std::max(0, m_map.width() - 2 * pad)), height});
    return inside.isEmpty() ? outsideRect({wanted, height}) : inside;
}

QRect HeadMapLayout::insideRect(const QSize &size) const
{
    const int pad = m_isWide ? kReadOutPad : kReadOutPad / 2;
    if (m_map.width() < kReadOutLeast || size.width() > m_map.width() - 2 * pad)
        return {};
    const QRect rect(QPoint(m_map.right() + 1 - pad - size.width(), m_map.top() + pad), size);
    // Its lower left corner keeps off the diagonal, which falls one row further for each column.
    const bool isClear =
        rect.left() - m_map.left() + m_columns.offset >= rect.bottom() - m_map.top() + m_rows.offset;
    return isClear && rect.bottom() < m_map.bottom() ? rect : QRect();
}

QRect HeadMapLayout::outsideRect(const QSize &size) const
{
    if (m_readOutOutside)
        return size.width() <= m_readOutSide.width()
            ? QRect(m_readOutSide.topLeft(), QSize(m_readOutSide.width(), size.height()))
            : QRect();
    if (m_isWide || !m_barsAtRight)
        return {};
    const int left = std::max(m_map.left() + m_map.width(), m_sink.right() + 1) + kReadOutPad;
    const int end = hasWeights() ? m_weights.top() - m_in.axisHeightPx : m_in.area.height() - kBottom;
    const QRect beside(left, m_map.top(), m_sinkBar.left() - kReadOutPad - left, end - m_map.top());
    // Past the weights and the numbers of their axis it may reach down to the lower edge.
    const QRect pastWeights = beside.adjusted(scaled(kWeightsAxis), 0, 0, m_in.area.height() - kBottom - end);
    const int below = m_legend.bottom() + 1 + kReadOutPad;
    const QRect under(left, below, m_in.area.width() - kMargin - left, end - below);
    for (const QRect &place : {beside, pastWeights, under}) {
        if (size.width() <= place.width() && size.height() <= place.height())
            return QRect(QPoint(place.right() + 1 - size.width(), place.top()), size);
    }
    return {};
}

} // namespace sinkscope::ui
