// SPDX-License-Identifier: Apache-2.0
// The state of the window taken from a file, with its undo steps.
#include "ui/state/app_state.h"

#include "ui/state/edit_commands.h"

#include <utility>

namespace sinkscope::ui {

void AppState::restoreHistory(const SavedHistory &history)
{
    m_dragStart.reset();
    m_isRestoring = true; // the stack runs each step that it is given
    m_undo.clear();
    SessionValue before = history.start;
    SessionValue current = history.start;
    for (std::size_t place = 0; place < history.steps.size(); ++place) {
        const HistoryStep &step = history.steps[place];
        m_undo.push(
            new ChangeSessionCommand({std::exchange(before, step.after), step.after, StepKind::Single, {}, 0},
                step.text, [this](const SessionValue &value) {
                    if (!m_isRestoring)
                        apply(value);
                }));
        if (static_cast<int>(place) < history.done)
            current = step.after;
    }
    m_undo.setIndex(history.done);
    m_isRestoring = false;
    apply(current);
}

void AppState::takeUnfinished(const SessionValue &session)
{
    SessionValue after = session;
    after.edits.dropUnedited();
    change(after, tr("what was being changed"));
}

} // namespace sinkscope::ui
