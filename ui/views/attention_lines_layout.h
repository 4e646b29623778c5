// SPDX-License-Identifier: Apache-2.0
// Attention as lines from queries to keys: which lines, and where tokens stand.
#pragma once

#include "ui/views/head_map_axis.h"
#include "ui/views/head_map_data.h"

#include <QRect>
#include <QSize>

#include <optional>
#include <span>
#include <vector>

namespace sinkscope::ui {

/// A token of the left column (queries) or of the right one (keys).
struct LineEnd {
    enum class Column { Query, Key };
    Column column = Column::Query;
    int token = 0;
    bool operator==(const LineEnd &) const = default;
};

struct AttentionLine {
    int query = 0;
    int key = 0;
    float value = 0.0F; ///< as the map shows it; in Difference mode a change
};

/// Lines of a row without a filter: more are a grey surface. Key 0 where it stands apart is not counted.
inline constexpr int kLinesOfRow = 10;

/// Lines of the queries `rows`, the weakest first: with a filter those that pass it (`thresholds` of
/// filterThresholds), else the kLinesOfRow strongest of each row and key 0. Of an isolated query all keys, of
/// an isolated key all of `rows` that see it, whatever the limit. Empty without a pattern.
std::vector<AttentionLine> attentionLines(const HeadMapData &data, std::span<const float> thresholds,
    TokenSpan rows, std::optional<LineEnd> isolated);

struct AttentionLinesInput {
    int tokens = 0;
    QSize area; ///< px of the viewport
    int rowPx = 18; ///< of a token
    int labelPx = 0; ///< of the widest label, its index included
    int numberPx = 60; ///< right of the keys: weights of an isolated token
    int headerPx = 40;
    int footerPx = 40;
    int widestPx = 480; ///< of the lines: longer ones are hard to follow
    int scroll = 0; ///< px
};

/// Where tokens stand, in viewport px. Both columns scroll together. Validity: a value.
class AttentionLinesLayout {
public:
    AttentionLinesLayout() = default;
    explicit AttentionLinesLayout(const AttentionLinesInput &input);

    QRect queryRect(int token) const; ///< its label, at the right end the line begins
    QRect keyRect(int token) const;
    QRect numberRect(int token) const; ///< right of a key
    QRect bodyRect() const; ///< both columns and the lines, as far as they are in view
    QRect headerRect() const { return {0, 0, m_in.area.width(), m_in.headerPx}; }
    QRect footerRect() const;
    QPoint lineStart(int query) const;
    QPoint lineEnd(int key) const;
    TokenSpan visibleTokens() const; ///< wholly or in part; last < first: none
    std::optional<LineEnd> endAt(QPoint point) const;
    int scroll() const { return m_in.scroll; }
    int maximumScroll() const;
    /// The scroll with which `token` is in view, changed as little as needed.
    int scrollShowing(int token) const;

private:
    int rowTop(int token) const { return m_in.headerPx + token * m_in.rowPx - m_in.scroll; }

    AttentionLinesInput m_in;
    int m_labelPx = 0;
    int m_left = 0; ///< of the query labels
    int m_linesPx = 0;
};

} // namespace sinkscope::ui
