// SPDX-License-Identifier: Apache-2.0
// The steps of the session: a tree to look at and to go back in.
#pragma once

#include "ui/models/history_model.h"
#include "ui/panels/panel.h"
#include "ui/state/workbench.h"

#include <QtWidgets/QTreeView>

#include <set>

namespace sinkscope::ui {

/// The dock's panel. A click or Enter goes to a state, arrows only look; folded branches stay folded.
/// Owner: its dock. Threads: GUI thread.
class HistoryPanel : public Panel {
    Q_OBJECT

public:
    explicit HistoryPanel(Workbench &bench, QWidget *parent = nullptr);

    void setTheme(const Theme &theme) override;

protected:
    void showEvent(QShowEvent *event) override;

private:
    void take(); ///< the history as it is, unless nobody sees it
    void goTo(const QModelIndex &index);
    void unfold();

    Workbench &m_bench;
    PanelTitle *m_title;
    HistoryModel m_model;
    QTreeView *m_tree;
    std::set<EntryId> m_folded; // states whose branches are folded
    bool m_isFolding = false; // rows fold by what is done here, not by the person
};

} // namespace sinkscope::ui
