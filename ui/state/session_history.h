// SPDX-License-Identifier: Apache-2.0
// The undo steps of the window as nodes of the history's tree in a session file.
#pragma once

#include "core/project/project.h"
#include "ui/state/app_state.h"
#include "ui/state/history_lines.h"

#include <set>

namespace sinkscope::ui {

/// Follows the undo stack: each step is a node, its parent the state before it. A step that the stack forgets
/// (another one was made after undo) stays in the tree as a branch. Owner: SessionStore. Threads: GUI thread.
class SessionHistory : public QObject {
    Q_OBJECT

public:
    explicit SessionHistory(AppState &state, QObject *parent = nullptr);

    /// Forgets everything: what is asked now is the root.
    void begin();
    /// Takes over the nodes of `project` and makes what is asked, undo and redo of `state` as they were: undo
    /// leads to the root, redo along the line of the current node. What was ahead of the current node (a drag
    /// that was killed) becomes a step. Throws Error when the window cannot show it; nothing has changed
    /// then.
    void restore(const Project &project);

    /// Makes the state `id` the present one, with undo to the root and redo along its line; no step of its
    /// own. Nothing happens during a drag. Throws Error when the window cannot show it; nothing has changed
    /// then.
    void goTo(EntryId id);

    /// Adds to `change` what has not been written yet.
    void addTo(ProjectChange &change);
    /// What addTo gave is in the file.
    void setWritten() { m_unwritten.clear(); }
    /// Everything is to be written, into another file.
    void setNothingWritten();

    const HistoryNodes &nodes() const { return m_nodes; }
    EntryId current() const { return m_current; }

Q_SIGNALS:
    void changed();

private:
    void follow();
    void takeContent();
    void startFrom(const SessionValue &session);
    EntryId add(std::optional<EntryId> parent, const QString &name, const SessionValue &session);
    void put(HistoryNode node);
    void takeStack(std::vector<EntryId> chain); ///< the stack has the steps of `chain`

    AppState &m_state;
    HistoryNodes m_nodes;
    std::set<EntryId> m_unwritten;
    std::vector<EntryId> m_chain; // of the stack's states, the one before the first step in front
    std::vector<const QUndoCommand *> m_commands; // of the stack when it was last looked at
    EntryId m_current = 0;
    bool m_isRestoring = false;
};

} // namespace sinkscope::ui
