// SPDX-License-Identifier: Apache-2.0
// The state of the window taken from a file or from its history, with its undo steps.
#include "ui/state/app_state.h"

#include "ui/state/edit_commands.h"

#include <QtCore/QScopedValueRollback>
#include <QtCore/QSignalBlocker>

#include <utility>

namespace sinkscope::ui {

void AppState::replay(const SessionValue &session)
{
    if (!m_isRestoring)
        apply(session);
}

void AppState::restoreHistory(const SavedHistory &history)
{
    m_dragStart.reset();
    SessionValue current = history.start;
    {
        const QScopedValueRollback<bool> restoring(
            m_isRestoring, true); // the stack runs each step it is given
        if (history.kept == 0)
            m_undo.clear();
        SessionValue before = history.start;
        {
            const QSignalBlocker once(m_undo); // menus would be told of every step
            m_undo.setIndex(history.kept);
            for (std::size_t place = 0; place < history.steps.size(); ++place) {
                const HistoryStep &step = history.steps[place];
                m_undo.push(new ChangeSessionCommand(
                    {std::exchange(before, step.after), step.after, StepKind::Single, {}, 0}, step.text,
                    [this](const SessionValue &value) { replay(value); }));
                if (static_cast<int>(place) < history.done - history.kept)
                    current = step.after;
            }
            m_undo.setIndex(history.done > 0 ? 0 : m_undo.count());
        }
        m_undo.setIndex(history.done);
    }
    apply(current);
}

void AppState::goToStep(int done, const SessionValue &session)
{
    {
        const QScopedValueRollback<bool> passingOver(m_isRestoring, true);
        m_undo.setIndex(done);
    }
    apply(session);
}

void AppState::takeUnfinished(const SessionValue &session)
{
    SessionValue after = session;
    after.edits.dropUnedited();
    change(after, tr("what was being changed"));
}

} // namespace sinkscope::ui
