// SPDX-License-Identifier: Apache-2.0
// The list beside the layer x head map: all heads in the order of the measure that colours it.
#pragma once

#include "ui/models/head_rank_model.h"
#include "ui/state/workbench.h"
#include "ui/views/figure_table.h"
#include "ui/views/heatmap_layout.h"

#include <QtWidgets/QLabel>

namespace sinkscope::ui {

/// What the map shows of each head, with the words for a value.
std::vector<HeadRankEntry> rankEntries(const HeatmapData &map);

/// A row that is clicked, or reached by the arrow keys, is the selected head. Rows stand still while a slider
/// is dragged. Owner: HeadPanel. Threads: GUI thread.
class RankedHeads : public QWidget {
    Q_OBJECT

public:
    explicit RankedHeads(Workbench &bench, QWidget *parent = nullptr);

    void setTheme(const Theme &theme);
    void show(const HeatmapData &map);

private:
    void takeRow(const QModelIndex &index);
    enum class Scroll { Never, ToHead };
    void markSelected(Scroll scroll);

    Workbench &m_bench;
    QLabel *m_title;
    QLabel *m_reason;
    FigureTable *m_table;
    HeadRankModel m_model;
    bool m_isMarking = false; // the row follows the selection, not the other way
};

} // namespace sinkscope::ui
