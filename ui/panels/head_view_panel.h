// SPDX-License-Identifier: Apache-2.0
// What the selected head reads: its map, the colour range, linear or log.
#pragma once

#include "ui/panels/head_cells_panel.h"
#include "ui/panels/head_view_menu.h"
#include "ui/panels/panel.h"
#include "ui/panels/shown_picture.h"
#include "ui/state/workbench.h"
#include "ui/views/attention_lines_view.h"
#include "ui/views/head_map_view.h"

#include <QtWidgets/QComboBox>

namespace sinkscope::ui {

/// Joins HeadMapView to state and selection. Owner: the perspective. Threads: GUI thread.
class HeadViewPanel : public Panel {
    Q_OBJECT

public:
    explicit HeadViewPanel(Workbench &bench, QWidget *parent = nullptr);

    void setTheme(const Theme &theme) override;
    /// The hovered or pinned cell in a sentence, or the masked one that is pointed at; empty when there is
    /// none.
    QString cellInWords() const;
    QWidget *view() const { return m_view; }
    QWidget *linesView() const { return m_lines; } ///< in its place while lines are chosen
    void setTileBudget(std::size_t bytes) { m_view->setTileBudget(bytes); }

Q_SIGNALS:
    void cellWordsChanged(); ///< without another cell being hovered or pinned

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void nameRanges(); ///< shorter where room lacks
    void holdRange();
    void lookElsewhere(); ///< another head, side or look
    void connectView();
    void connectLines();
    void connectState();
    void refresh();
    void refreshTitle();
    void refreshControls();
    void refreshPinned();
    void showPicture(); ///< map or lines
    void toggleKept(HeadMapCell cell);
    void showCells();
    bool liesBeforeTheEdits(LayerIndex layer) const;

    Workbench &m_bench;
    ShownPicture m_picture; ///< that the view has
    PanelTitle *m_title;
    QLabel *m_rangeLabel;
    SegmentRow *m_range;
    SegmentRow *m_scale;
    QComboBox *m_quantity;
    HeadMapView *m_view;
    AttentionLinesView *m_lines;
    PictureButton *m_heads;
    ZoomButton *m_zoom;
    LookButton *m_look;
    HeadCellsPanel *m_cells;
};

} // namespace sinkscope::ui
