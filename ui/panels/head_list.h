// SPDX-License-Identifier: Apache-2.0
// Heads with small sliders: the edits, equal ones as one row, or all heads of the selected layer.
#pragma once

#include "ui/models/edits_model.h"
#include "ui/panels/panel.h"
#include "ui/state/edit_grouping.h"
#include "ui/state/workbench.h"

#include <QtWidgets/QListView>

namespace sinkscope::ui {

class EditItemDelegate;
struct EditItemRoles;

/// Where the delegate finds in an EditsModel what it paints.
EditItemRoles editItemRoles();

/// Joins a list of heads to the state. Owner: a panel. Threads: GUI thread.
class HeadList : public QWidget {
    Q_OBJECT

public:
    enum class Content { Edits, SelectedLayer };
    HeadList(Workbench &bench, Content content, QWidget *parent = nullptr);

    void setTheme(const Theme &theme);
    void setDensity(Density density);
    int rowCount() const { return m_model.rowCount(); }
    /// Lines of rows: the heads of a layer stand two in a line.
    int lineCount() const;
    int lineHeight() const;
    /// The heads of the highlighted row while the list has the focus; none otherwise.
    std::vector<HeadRef> headsInHand() const;
    void addMenuAction(QAction *action); ///< to the menu of a row

Q_SIGNALS:
    void rowsChanged(); ///< their number

protected:
    void resizeEvent(QResizeEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void connectList();
    void connectState();
    void addActions();
    void takeEdits();
    void regroup(Regroup regroup);
    void fold(int row, Fold to);
    void refresh();
    std::vector<EditRow> rows() const;
    EditRow layerRow(HeadRef head) const;
    void addGroup(std::vector<EditRow> &rows, const EditGroup &group, int depth) const;
    void addCurve(EditRow &row, const std::vector<HeadRef> &heads) const;
    void turn(const QModelIndex &index, double gamma);
    void showHeadOf(const QModelIndex &index);
    void removeHighlighted();
    QModelIndex highlighted() const; ///< not valid: none
    void followSelection();
    bool isTurned(int row) const; ///< by the slider of the factor panel
    void fitCells();

    Workbench &m_bench;
    Content m_content;
    EditsModel m_model;
    QListView *m_view;
    EditItemDelegate *m_delegate;
    EditGrouping m_grouping; // of the edits
    std::vector<std::vector<HeadRef>> m_withCurve; // rows that get one
    QString m_dragged; // name of the row that is being dragged
    bool m_isRefreshing = false; // the rows change
    bool m_isActing = false; // the edits change by what is done in this list
};

} // namespace sinkscope::ui
