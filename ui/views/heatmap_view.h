// SPDX-License-Identifier: Apache-2.0
// The layer x head map: which head is worth a look.
#pragma once

#include "ui/theme/focus_ring.h"
#include "ui/theme/theme.h"
#include "ui/views/cell_selection.h"

#include <QAbstractScrollArea>

namespace sinkscope::ui {

/// Paints HeatmapData and reports mouse and keys. Owner: its parent. Threads: GUI thread.
class HeatmapView : public QAbstractScrollArea {
    Q_OBJECT
public:
    explicit HeatmapView(QWidget *parent = nullptr);

    void setTheme(const Theme &theme);
    void setData(const HeatmapData &data);
    const HeatmapData &data() const { return m_data; }
    /// The selected head, also the one the arrow keys move, and no other. Scrolls it into view; emits
    /// nothing.
    void setSelected(HeatmapCell cell);
    /// Several; the first is the one that arrow keys move. Precondition: not empty.
    void setSelection(std::vector<HeatmapCell> cells);
    HeatmapCell selected() const { return m_selection.lead(); }
    const std::vector<HeatmapCell> &selection() const { return m_selection.cells(); }

    /// "Layer 12 head 7 (KV 2), sink mass 0.8100, factor 0.50": tooltip, status line, accessible text.
    QString cellInWords(HeatmapCell cell) const;
    const HeatmapLayout &layoutForTest() const { return m_layout; }
    QPoint viewportPoint(HeatmapCell cell) const; ///< centre of a cell in viewport px (tests)
    QColor cellColour(HeatmapCell cell) const; ///< as painted, staleness included

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void headSelected(int layer, int head); ///< one alone
    void selectionChanged(); ///< several, by box, Shift or Ctrl: selection()
    void headHovered(int layer, int head); ///< -1, -1 when the mouse left
    void headActivated(int layer, int head); ///< double click or Return

protected:
    bool viewportEvent(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void relayout();
    QString barTitle() const; ///< in two lines where one would be cut off
    void select(HeatmapCell cell);
    void extendTo(HeatmapCell corner); ///< the box from the anchor
    void toggle(HeatmapCell cell);
    void showSelection();
    std::optional<HeatmapCell> cellAfterKey(int key, HeatmapCell from) const;
    void setHovered(std::optional<HeatmapCell> cell);
    void showCell(HeatmapCell cell);
    void describeCurrent();
    QString valueInWords(HeatmapCell cell) const;
    double shareOf(HeatmapCell cell) const;
    const ColourMap &map() const;
    QPoint scrolled() const; ///< content px at the viewport's origin
    QRect mapWindow() const; ///< the part of the viewport that the cells scroll in
    static int legendWidth(const QFontMetrics &metrics); ///< px of all its words in one line
    int legendShift() const; ///< px from the layout to the viewport, downwards
    QString legendToolTip(QPoint point) const; ///< empty where neither bar nor legend stands
    std::optional<HeatmapCell> cellAtViewport(QPoint point) const;
    void paintCells(QPainter &painter, const QRect &dirty) const;
    void paintMissing(QPainter &painter) const;
    void paintLabels(QPainter &painter) const;
    void paintMarks(QPainter &painter) const;
    void paintSelection(QPainter &painter) const;
    void paintBar(QPainter &painter) const;
    void paintLegend(QPainter &painter) const;

    Theme m_theme;
    HeatmapData m_data;
    HeatmapLayout m_layout;
    int m_leastHeight = 0; ///< of the layout, for the least size
    CellSelection m_selection;
    bool m_isBoxing = false; ///< the left button is down
    std::optional<HeatmapCell> m_hovered;
    KeyboardFocus m_focus;
};

} // namespace sinkscope::ui
