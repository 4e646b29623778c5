// SPDX-License-Identifier: Apache-2.0
// The large map of one head: what does this head do, before and after.
#pragma once

#include "ui/theme/focus_ring.h"
#include "ui/theme/theme.h"
#include "ui/views/head_map_data.h"
#include "ui/views/head_map_layout.h"

#include <QAbstractScrollArea>

#include <memory>
#include <optional>
#include <vector>

namespace sinkscope::ui {

class HeadMapPicture;
struct HeadMapScene;
struct ReceivedAttention;

/// Paints HeadMapData with its row profiles, row weights, read-out and colour bars, and reports mouse and
/// keys. Owner: its parent. Threads: GUI thread.
class HeadMapView : public QAbstractScrollArea {
    Q_OBJECT
public:
    explicit HeadMapView(QWidget *parent = nullptr);
    ~HeadMapView() override;

    void setTheme(const Theme &theme);
    void setData(const HeadMapData &data);
    void setTileBudget(std::size_t bytes); ///< of the picture's tiles
    const HeadMapData &data() const { return m_data; }
    /// Pins a cell (or nothing); emits nothing.
    void setPinned(std::optional<HeadMapCell> cell);
    std::optional<HeadMapCell> pinned() const { return m_pinned; }
    /// Cells that stay ringed beside the pinned one.
    void setKept(const std::vector<HeadMapCell> &cells);
    const std::vector<HeadMapCell> &kept() const { return m_kept; }
    void setColumnFigure(HeadMapColumnFigure figure);
    /// A key pointed at elsewhere (the token strip); its column is marked.
    void setLinkedKey(std::optional<int> key);
    /// The row whose weights stand below when nothing is hovered or pinned (the queried row of the token
    /// strip).
    void setDefaultQuery(int query);
    /// The cell the read-out speaks of: hovered, else pinned, else none.
    std::optional<HeadMapCell> currentCell() const;

    /// One step about the current cell, or about the middle where it is not in view.
    void zoomIn();
    void zoomOut();
    void zoomToFit(); ///< the whole map
    bool isZoomed() const { return m_layout.isZoomed(); }
    /// "24 px per token", "1.6 tokens per px", with "fit" for the whole map.
    QString zoomInWords() const;
    /// Scrolls as little as needed.
    void showCell(HeadMapCell cell);

    /// The top of the colour range of keys >= 1, to hold it during a drag.
    double restMaximum() const;

    /// Tooltip, status line and accessible text of a cell.
    QString cellInWords(HeadMapCell cell) const;
    /// The masked cell under the mouse, else the current one; empty without either.
    QString pointedInWords() const;
    const HeadMapLayout &layoutForTest() const { return m_layout; }
    QPoint viewportPoint(HeadMapCell cell) const; ///< centre of a cell in viewport px (tests)
    QColor cellColour(HeadMapCell cell) const; ///< as painted when one cell is at least one pixel

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void cellHovered(int query, int key); ///< -1, -1 when the mouse left the cells
    void cellPinned(int query, int key);
    void cellKept(int query, int key); ///< Ctrl+click or Shift+P: keep this cell too, or let it go
    void pinReleased();
    void maskedPointedAt(); ///< or left: pointedInWords has changed
    void keptReleased(); ///< Esc without a pinned cell: lets all kept ones go
    void sideToggled(); ///< Space was pressed and nothing was dragged meanwhile
    void zoomChanged(); ///< zoom, or how much room the map has
    void logToggled(); ///< L was pressed
    void keyZeroToggled(); ///< B was pressed

protected:
    bool event(QEvent *event) override;
    bool viewportEvent(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void keyReleaseEvent(QKeyEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void relayout();
    void setHovered(std::optional<HeadMapCell> cell);
    void moveCell(int queryStep, int keyStep);
    void describeCurrent();
    int shownQuery() const;
    void refreshPicture();
    bool isCell(std::optional<HeadMapCell> cell) const;
    void showToolTip(QPoint point);
    HeadMapScene scene() const;
    void measureLabels();
    void placeMap(HeadMapZoom zoom, QPoint scroll);
    void zoomAbout(HeadMapZoom zoom, QPoint point);
    void scrollTo(QPoint scroll);
    QPoint zoomCentre() const;
    void hoverAt(QPoint point);
    void pointAt(std::optional<HeadMapCell> cell);
    bool actOnZoomKey(const QKeyEvent &event);
    bool moveByKey(const QKeyEvent &event);
    void releaseByKey();
    void endPan();

    /// A drag that moves the map.
    struct Pan {
        QPoint from;
        QPoint scroll;
    };
    /// Space acts when it is let go, unless it was held to move the map.
    enum class SpaceKey { Up, Down, UsedForPan };

    Theme m_theme;
    HeadMapData m_data;
    HeadMapLayout m_layout;
    std::size_t m_tileBudgetBytes = std::size_t {16} << 20;
    std::unique_ptr<HeadMapPicture> m_picture; ///< colours and image of the shown side, made once per change
    std::optional<HeadMapCell> m_hovered;
    std::optional<HeadMapCell> m_masked; // under the mouse
    KeyboardFocus m_focus;
    std::optional<HeadMapCell> m_pinned;
    std::optional<int> m_linkedKey;
    int m_defaultQuery = -1;
    std::vector<HeadMapCell> m_kept;
    HeadMapColumnFigure m_columnFigure = HeadMapColumnFigure::RowWeights;
    std::unique_ptr<ReceivedAttention> m_received; ///< of the rows in view; made when it is painted
    HeadMapZoom m_zoom;
    QPoint m_scroll;
    int m_widestLabel = 0;
    int m_wheelAngle = 0; ///< turned towards the next step of zoom
    std::optional<Pan> m_pan;
    SpaceKey m_space = SpaceKey::Up;
};

} // namespace sinkscope::ui
