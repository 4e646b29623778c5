// SPDX-License-Identifier: Apache-2.0
// Attention as lines between two columns of tokens.
#pragma once

#include "ui/theme/focus_ring.h"
#include "ui/theme/theme.h"
#include "ui/views/attention_lines_layout.h"
#include "ui/views/head_map_values.h"

#include <QAbstractScrollArea>

#include <optional>
#include <vector>

namespace sinkscope::ui {

/// Paints HeadMapData as lines, queries left and keys right, and reports mouse and keys. A token under the
/// mouse, else the pinned query, has the picture for itself. Owner: its parent. Threads: GUI thread.
class AttentionLinesView : public QAbstractScrollArea {
    Q_OBJECT

public:
    explicit AttentionLinesView(QWidget *parent = nullptr);

    void setTheme(const Theme &theme);
    void setData(const HeadMapData &map);
    /// The row that is pinned; emits nothing.
    void setPinned(std::optional<int> query);
    std::optional<int> pinned() const { return m_pinned; }
    /// Whose lines alone are drawn; nothing: all.
    std::optional<LineEnd> isolated() const;
    /// What the isolated token reads, or who reads it; empty when none is.
    QString isolatedInWords() const;
    /// Scale, filter and limit of what is drawn.
    QString limitsInWords() const;
    const AttentionLinesLayout &layoutForTest() const { return m_layout; }
    std::vector<AttentionLine> lines() const; ///< as painted, the weakest first
    QSize minimumSizeHint() const override { return {280, 200}; }

Q_SIGNALS:
    void queryHovered(int query); ///< -1: the mouse left it
    void keyHovered(int key); ///< -1: the mouse left it
    void queryPinned(int query); ///< -1: released

protected:
    bool event(QEvent *event) override;
    bool viewportEvent(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void scrollContentsBy(int dx, int dy) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;

private:
    void relayout();
    void setHovered(std::optional<LineEnd> end);
    void pin(std::optional<int> query);
    bool moveByKey(const QKeyEvent &event);
    void describe();
    QColor colourOf(const AttentionLine &line) const;
    void paintLines(QPainter &painter, const std::vector<AttentionLine> &lines) const;
    void paintLabels(QPainter &painter, const std::vector<AttentionLine> &lines) const;
    void paintLabel(QPainter &painter, const LineEnd &end) const;
    void paintWords(QPainter &painter) const;

    Theme m_theme;
    HeadMapData m_data;
    HeadMapScales m_scales;
    std::vector<float> m_thresholds; ///< of the filter, [T]; empty without one
    AttentionLinesLayout m_layout;
    std::optional<LineEnd> m_hovered;
    std::optional<int> m_pinned;
    KeyboardFocus m_focus;
};

} // namespace sinkscope::ui
