// SPDX-License-Identifier: Apache-2.0
// The table of cells below the head's map: the strongest, or the pinned ones.
#pragma once

#include "ui/models/head_cells_model.h"
#include "ui/panels/panel.h"
#include "ui/panels/shown_picture.h"
#include "ui/state/selection.h"
#include "ui/views/figure_table.h"
#include "ui/views/head_map_data.h"

#include <QtCore/QSortFilterProxyModel>

namespace sinkscope::ui {

/// Closed at first. A row that is clicked, or reached by the arrow keys, is the pinned cell.
/// Owner: HeadViewPanel. Threads: GUI thread.
class HeadCellsPanel : public Panel {
    Q_OBJECT

public:
    explicit HeadCellsPanel(Selection &selection, QWidget *parent = nullptr);

    void setTheme(const Theme &theme) override;
    void setShownRows(int rows); ///< the others scroll
    /// What the map shows; read only while the table is open.
    void show(const ShownPicture &picture);

Q_SIGNALS:
    void opened(); ///< and wants data

protected:
    void showEvent(QShowEvent *event) override;

private:
    enum class Listed { Strongest, Pinned };
    void pinRow(const QModelIndex &index);
    void fill(const ShownPicture &picture);

    Selection &m_selection;
    Listed m_listed = Listed::Strongest;
    int m_shownRows = 6;
    PanelTitle *m_title;
    SegmentRow *m_choice;
    FigureTable *m_table;
    std::vector<CellRef> m_cells; ///< [rows] in tokens
    HeadCellsModel m_model;
    QSortFilterProxyModel m_sorted;
};

} // namespace sinkscope::ui
