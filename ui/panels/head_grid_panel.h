// SPDX-License-Identifier: Apache-2.0
// All heads side by side: which of them, in which order, in which colours.
#pragma once

#include "ui/panels/panel.h"
#include "ui/panels/scale_bars.h"
#include "ui/state/live_attention.h"
#include "ui/state/workbench.h"
#include "ui/views/head_grid_view.h"

namespace sinkscope::ui {

/// Joins HeadGridView to state and selection. On no screen it does nothing until it is shown. Owner: its
/// perspective. Threads: GUI thread.
class HeadGridPanel : public Panel {
    Q_OBJECT

public:
    /// On a screen, or as a figure, which is painted at once.
    enum class Use { Screen, Figure };
    explicit HeadGridPanel(Workbench &bench, Use use = Use::Screen, QWidget *parent = nullptr);

    void setTheme(const Theme &theme) override;
    void setPictureBudget(std::size_t bytes) { m_view->setPictureBudget(bytes); }
    /// What the map of heads shows, by which heads can be ordered.
    void setMeasured(const HeatmapData &map);
    QWidget *view() const { return m_view; }
    QString words() const { return m_view->currentInWords(); } ///< for the status line

Q_SIGNALS:
    void headOpened(); ///< the selected one is to be seen large
    void wordsChanged();

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    struct Origins {
        ReadingOrigin baseline;
        ReadingOrigin edited;
        unsigned version = 0;
    };
    void makeControls();
    void layOut();
    void makeRoom(); ///< the names of menus and the last one go where room lacks
    void connectView();
    void connectState();
    void changeLook(GridLook look);
    void stepSize(int steps);
    void takeSelection();
    void refreshSelection();
    void markSelection();
    void refresh();
    void refreshControls();
    void refreshTitle();
    void refreshBars();
    HeadGridData emptyGrid() const;
    void addValues(HeadGridData &grid);
    void addColours(HeadGridData &grid, const LiveAttention &live);
    void addReading(HeadGridData &grid, const LiveAttention &live) const;
    void countVersions(HeadGridData &grid, const LiveAttention &live);
    std::vector<HeatmapCell> chosenHeads() const; ///< by layer and head
    void arrange(HeadGridData &grid);
    bool isHeld() const; ///< ranges and order, while a slider moves

    Workbench &m_bench;
    Use m_use;
    PanelTitle *m_title;
    SegmentRow *m_range;
    SegmentRow *m_scale;
    std::vector<QLabel *> m_labels;
    QComboBox *m_order;
    QComboBox *m_show;
    QComboBox *m_size;
    ScaleBars *m_bars;
    HeadGridView *m_view;
    Theme m_theme;
    HeatmapData m_measured;
    std::vector<Origins> m_origins; ///< [layers * heads]
    std::vector<HeadRef> m_selected; ///< when they were chosen elsewhere: those that stand under "selected"
    bool m_isTaking = false; ///< the selection is changed here
};

} // namespace sinkscope::ui
