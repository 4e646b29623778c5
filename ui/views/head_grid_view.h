// SPDX-License-Identifier: Apache-2.0
// The grid of thumbnails: what all heads read, side by side.
#pragma once

#include "ui/theme/focus_ring.h"
#include "ui/theme/theme.h"
#include "ui/views/cell_selection.h"
#include "ui/views/head_grid_layout.h"
#include "ui/views/head_grid_pictures.h"

#include <QAbstractScrollArea>
#include <QTimer>

namespace sinkscope::ui {

/// Paints HeadGridData and reports mouse and keys. Pictures in view are made within the time of a frame, the
/// others as soon as nothing else is to do, then those a page further. Owner: its parent. Threads: GUI
/// thread.
class HeadGridView : public QAbstractScrollArea {
    Q_OBJECT

public:
    explicit HeadGridView(QWidget *parent = nullptr);

    void setTheme(const Theme &theme);
    void setData(HeadGridData data);
    const HeadGridData &data() const { return m_data; }
    void setPictureBudget(std::size_t bytes) { m_pictures.setBudget(bytes); }
    /// Makes every picture before it is painted, however long it takes: for a figure on no screen.
    void paintAllAtOnce() { m_paintsAll = true; }

    /// The first leads; scrolls it into view where it changed; emits nothing. Precondition: not empty.
    void setSelection(std::vector<HeatmapCell> cells);
    const std::vector<HeatmapCell> &selection() const { return m_selection.cells(); }
    HeatmapCell selected() const { return m_selection.lead(); }

    /// "Layer 12 head 7 (KV 2), attention of the last row to key 0 0.8100, factor 0.50."
    QString cellInWords(HeatmapCell cell) const;
    QString currentInWords() const; ///< of the hovered or else the leading head; of several how many
    /// Heads that are in view, whole or in part.
    std::vector<HeatmapCell> visibleHeads() const;
    bool isComplete(); ///< all pictures in view are of the present values
    int thumbnailPx() const { return m_pictures.size().map; } ///< on screen
    const HeadMapScales &sharedScales() const { return m_pictures.sharedScales(); }

    const HeadGridLayout &layoutForTest() const { return m_layout; }
    HeadGridPictures &picturesForTest() { return m_pictures; }
    QPoint viewportPoint(HeatmapCell cell) const; ///< centre of its thumbnail in viewport px
    QRect thumbnailRect(HeatmapCell cell) const; ///< in viewport px

    QSize sizeHint() const override { return {720, 560}; }
    QSize minimumSizeHint() const override { return {240, 200}; }

    static constexpr std::chrono::microseconds kFrameTime {
        6000}; ///< of making pictures, in 60 frames a second

Q_SIGNALS:
    void headSelected(int layer, int head); ///< one alone
    void selectionChanged(); ///< several, by box, Shift or Ctrl: selection()
    void headActivated(int layer, int head); ///< double click or Return
    void hoveredChanged();
    void viewChanged(); ///< other heads are in view
    void sizeStepped(int steps); ///< Ctrl+wheel, + and -

protected:
    bool viewportEvent(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void scrollContentsBy(int dx, int dy) override;
    void wheelEvent(QWheelEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;

private:
    void relayout();
    void makePictures(); ///< some more, when nothing else is to do
    std::vector<HeatmapCell> headsIn(const QRect &content) const;
    HeatmapCell headOf(int index) const;
    int indexOf(HeatmapCell cell) const; ///< -1: not shown
    QPoint scrolled() const;
    QRect window() const; ///< the part of the viewport that thumbnails scroll in
    std::optional<int> indexAtViewport(QPoint point) const;
    void select(HeatmapCell cell);
    void extendTo(int corner);
    void showCell(HeatmapCell cell);
    void scrollTowards(QPoint point); ///< a box that is drawn beyond the edge
    void describeCurrent();
    void setHovered(std::optional<HeatmapCell> cell);
    std::optional<int> indexAfterKey(int key, int from) const;
    void paintThumbnail(QPainter &painter, int index);
    void paintWords(QPainter &painter, int index) const;
    void paintRings(QPainter &painter, int index) const;
    void paintLabels(QPainter &painter) const;
    void paintEmpty(QPainter &painter) const;

    Theme m_theme;
    HeadGridData m_data;
    HeadGridLayout m_layout;
    HeadGridPictures m_pictures {m_data};
    std::vector<int> m_indices; ///< [layers * heads] where each head stands; -1: not shown
    CellSelection m_selection;
    std::optional<HeatmapCell> m_hovered;
    bool m_isBoxing = false; ///< the left button is down
    bool m_paintsAll = false;
    KeyboardFocus m_focus;
    QTimer m_idle;
};

} // namespace sinkscope::ui
