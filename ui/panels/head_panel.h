// SPDX-License-Identifier: Apache-2.0
// Which head is worth a look: the layer x head map, the choice of its colour, and the strongest heads.
#pragma once

#include "ui/panels/panel.h"
#include "ui/panels/strongest_heads.h"
#include "ui/state/workbench.h"
#include "ui/views/heatmap_view.h"

class QComboBox;

namespace sinkscope::ui {

struct HeadMeasureText;

/// Joins HeatmapView to state and selection. Owner: its dock. Threads: GUI thread.
class HeadPanel : public Panel {
    Q_OBJECT

public:
    explicit HeadPanel(Workbench &bench, QWidget *parent = nullptr);

    void setTheme(const Theme &theme) override;
    QWidget *view() const { return m_view; }

private:
    void connectState();
    void refresh();
    void refreshHead();
    void takeSelection();
    void tellNeed();
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
    StrongestHeads *m_strongest;
    HeatmapView *m_view;
};

} // namespace sinkscope::ui
