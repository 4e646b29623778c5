// SPDX-License-Identifier: Apache-2.0
// What was changed: the list of edits with switches and small sliders.
#pragma once

#include "ui/models/edits_model.h"
#include "ui/panels/panel.h"
#include "ui/state/workbench.h"
#include "ui/views/factor_axis.h"

class QListView;

namespace sinkscope::ui {

class EditItemDelegate;

/// Joins a list of heads to the state: the edits, or all heads of the selected layer.
/// Owner: a panel. Threads: GUI thread.
class HeadList : public QWidget {
    Q_OBJECT

public:
    enum class Content { Edits, SelectedLayer };
    HeadList(Workbench &bench, Content content, QWidget *parent = nullptr);

    void setTheme(const Theme &theme);
    void setDensity(Density density);
    /// Sliders on `axis` instead of the row's own.
    void setAxis(const FactorAxis &axis);
    int rowCount() const { return m_model.rowCount(); }
    int heightFor(int rows) const;

Q_SIGNALS:
    void rowsChanged();

private:
    void refresh();
    std::vector<EditRow> rows() const;
    EditRow rowOf(HeadRef head, const EditEntry *entryOrNull) const;
    void followSelection();

    Workbench &m_bench;
    Content m_content;
    EditsModel m_model;
    QListView *m_view;
    EditItemDelegate *m_delegate;
};

/// The dock's panel. Owner: its dock. Threads: GUI thread.
class EditsPanel : public Panel {
    Q_OBJECT

public:
    explicit EditsPanel(Workbench &bench, QWidget *parent = nullptr);

    void setTheme(const Theme &theme) override;
    /// Lower rows where the window is small.
    void setDensity(Density density);

private:
    void refresh();

    Workbench &m_bench;
    PanelTitle *m_title;
    HeadList *m_list;
    QLabel *m_empty;
};

} // namespace sinkscope::ui
