// SPDX-License-Identifier: Apache-2.0
// Which head is worth a look: the layer x head map, the choice of its colour, and the list of all heads.
#pragma once

#include "ui/panels/panel.h"
#include "ui/panels/ranked_heads.h"
#include "ui/state/workbench.h"
#include "ui/views/heatmap_view.h"

class QComboBox;
class QToolButton;

namespace sinkscope::ui {

struct HeadMeasureText;

/// Joins HeatmapView to state and selection. Owner: its dock. Threads: GUI thread.
class HeadPanel : public Panel {
    Q_OBJECT

public:
    explicit HeadPanel(Workbench &bench, QWidget *parent = nullptr);

    void setTheme(const Theme &theme) override;
    QWidget *view() const { return m_view; }
    const HeatmapData &map() const { return m_view->data(); }

Q_SIGNALS:
    void measured(const HeatmapData &map); ///< the map shows other values
    void listToggled(int px); ///< the list takes so much width, or gives it back (less than 0)

private:
    void connectState();
    void refresh();
    void refreshHead();
    void takeSelection();
    void tellNeed();
    void toggleList(); ///< as its button stands
    HeatmapData mapData() const;
    HeatmapData emptyMap() const;
    void holdRange(HeatmapData &map) const;
    void addEffect(HeatmapData &map, Effect effect) const;
    QString attributedWords() const;
    void addScores(HeatmapData &map, HeadMeasure measure) const;
    static void sayChange(HeatmapData &map, const HeadMeasureText &text);
    void sayFormulas();

    Workbench &m_bench;
    PanelTitle *m_title;
    QLabel *m_colourLabel;
    QComboBox *m_measure;
    QToolButton *m_listButton;
    RankedHeads *m_list;
    HeatmapView *m_view;
};

} // namespace sinkscope::ui
