// SPDX-License-Identifier: Apache-2.0
// Which lines of attention, and where tokens stand.
#include "ui/views/attention_lines_layout.h"

#include "ui/views/head_map_values.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace sinkscope::ui {

namespace {

constexpr int kMargin = 16;
constexpr int kGap = 6; ///< between a label and its lines
constexpr double kMostLabelShare = 0.3; ///< of the width, for each column
constexpr int kLeastLines = 60;

/// The least size of a value that is among the kLinesOfRow greatest of `row`; 0 where there are no more.
float leastOfStrongest(std::span<const float> row)
{
    if (row.size() <= std::size_t(kLinesOfRow))
        return 0.0F;
    std::vector<float> sizes(row.size());
    std::transform(row.begin(), row.end(), sizes.begin(), [](float value) { return std::abs(value); });
    std::nth_element(sizes.begin(), sizes.begin() + kLinesOfRow - 1, sizes.end(), std::greater<>());
    return sizes[std::size_t(kLinesOfRow) - 1];
}

/// Adds the lines of one row.
class RowLines {
public:
    RowLines(const HeadMapData &data, std::span<const float> thresholds, std::vector<AttentionLine> &lines)
        : m_data(data)
        , m_thresholds(thresholds)
        , m_lines(lines)
        , m_firstCounted(data.keyZero == KeyZeroPlace::Apart ? 1 : 0)
        , m_values(std::size_t(data.tokenCount()))
    {
    }

    void take(int query, std::optional<LineEnd> isolated)
    {
        const std::span<float> row = std::span(m_values).first(std::size_t(query) + 1);
        readShownRow(m_data, query, 0, row);
        const bool isKey = isolated && isolated->column == LineEnd::Column::Key;
        const bool isLimited = !isolated && m_thresholds.empty();
        const float least =
            isLimited && query > 0 ? leastOfStrongest(row.subspan(std::size_t(m_firstCounted))) : 0.0F;
        for (int key = 0; key <= query; ++key) {
            const float value = row[std::size_t(key)];
            const bool isWanted = isKey ? key == isolated->token
                : isLimited             ? key < m_firstCounted || std::abs(value) >= least
                                        : isolated || passes({query, key});
            if (isWanted && value != 0.0F && !std::isnan(value))
                m_lines.push_back({query, key, value});
        }
    }

private:
    bool passes(HeadMapCell cell) const
    {
        const bool isApart = cell.key < m_firstCounted;
        const float least =
            isApart ? float(m_data.filter.leastWeight) : m_thresholds[std::size_t(cell.query)];
        return filteredWeight(m_data, cell) >= least;
    }

    const HeadMapData &m_data;
    std::span<const float> m_thresholds;
    std::vector<AttentionLine> &m_lines;
    int m_firstCounted;
    std::vector<float> m_values;
};

} // namespace

std::vector<AttentionLine> attentionLines(const HeadMapData &data, std::span<const float> thresholds,
    TokenSpan rows, std::optional<LineEnd> isolated)
{
    std::vector<AttentionLine> lines;
    if (!hasShownPattern(data))
        return lines;
    if (isolated && isolated->column == LineEnd::Column::Query)
        rows = {isolated->token, isolated->token};
    RowLines row(data, thresholds, lines);
    const int last = std::min(rows.last, data.tokenCount() - 1);
    for (int query = std::max(0, rows.first); query <= last; ++query)
        row.take(query, isolated);
    std::stable_sort(lines.begin(), lines.end(), [](const AttentionLine &first, const AttentionLine &second) {
        return std::abs(first.value) < std::abs(second.value);
    });
    return lines;
}

AttentionLinesLayout::AttentionLinesLayout(const AttentionLinesInput &input)
    : m_in(input)
{
    const int width = m_in.area.width();
    m_labelPx = std::min(m_in.labelPx, int(width * kMostLabelShare));
    const int besides = 2 * (m_labelPx + kGap) + m_in.numberPx + 2 * kMargin;
    m_linesPx = std::clamp(width - besides, kLeastLines, m_in.widestPx);
    m_left = std::max(kMargin, (width - besides - m_linesPx) / 2 + kMargin);
    m_in.scroll = std::clamp(m_in.scroll, 0, maximumScroll());
}

int AttentionLinesLayout::maximumScroll() const
{
    return std::max(0, m_in.tokens * m_in.rowPx - bodyRect().height());
}

int AttentionLinesLayout::scrollShowing(int token) const
{
    const int top = token * m_in.rowPx;
    return std::clamp(m_in.scroll, top + m_in.rowPx - bodyRect().height(), top);
}

QRect AttentionLinesLayout::bodyRect() const
{
    return {0, m_in.headerPx, m_in.area.width(),
        std::max(m_in.rowPx, m_in.area.height() - m_in.headerPx - m_in.footerPx)};
}

QRect AttentionLinesLayout::footerRect() const
{
    return {kMargin, bodyRect().bottom() + 1, std::max(0, m_in.area.width() - 2 * kMargin), m_in.footerPx};
}

QRect AttentionLinesLayout::queryRect(int token) const
{
    return {m_left, rowTop(token), m_labelPx, m_in.rowPx};
}

QRect AttentionLinesLayout::keyRect(int token) const
{
    return {m_left + m_labelPx + 2 * kGap + m_linesPx, rowTop(token), m_labelPx, m_in.rowPx};
}

QRect AttentionLinesLayout::numberRect(int token) const
{
    const QRect key = keyRect(token);
    return {key.right() + 1, key.top(), m_in.numberPx, m_in.rowPx};
}

QPoint AttentionLinesLayout::lineStart(int query) const
{
    return {m_left + m_labelPx + kGap, rowTop(query) + m_in.rowPx / 2};
}

QPoint AttentionLinesLayout::lineEnd(int key) const
{
    return {m_left + m_labelPx + kGap + m_linesPx, rowTop(key) + m_in.rowPx / 2};
}

TokenSpan AttentionLinesLayout::visibleTokens() const
{
    if (m_in.tokens == 0)
        return {0, -1};
    const int last = (m_in.scroll + bodyRect().height() - 1) / m_in.rowPx;
    return {m_in.scroll / m_in.rowPx, std::min(last, m_in.tokens - 1)};
}

std::optional<LineEnd> AttentionLinesLayout::endAt(QPoint point) const
{
    if (!bodyRect().contains(point))
        return std::nullopt;
    const int token = (point.y() - m_in.headerPx + m_in.scroll) / m_in.rowPx;
    if (token >= m_in.tokens)
        return std::nullopt;
    if (point.x() >= m_left && point.x() <= lineStart(token).x())
        return LineEnd {LineEnd::Column::Query, token};
    if (point.x() >= lineEnd(token).x() && point.x() <= numberRect(token).right())
        return LineEnd {LineEnd::Column::Key, token};
    return std::nullopt;
}

} // namespace sinkscope::ui
