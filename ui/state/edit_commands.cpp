// SPDX-License-Identifier: Apache-2.0
// Undo steps over the session's value.
#include "ui/state/edit_commands.h"

#include "ui/state/step_names.h"

#include <utility>

namespace sinkscope::ui {

ChangeSessionCommand::ChangeSessionCommand(Step step, const QString &text, Apply apply)
    : QUndoCommand(text)
    , m_step(std::move(step))
    , m_apply(std::move(apply))
{
}

void ChangeSessionCommand::undo()
{
    m_apply(m_step.before);
}

void ChangeSessionCommand::redo()
{
    m_apply(m_step.after);
}

bool ChangeSessionCommand::mergeWith(const QUndoCommand *other)
{
    const auto *next = dynamic_cast<const ChangeSessionCommand *>(other);
    if (!next || next->m_step.kind == StepKind::Single || next->m_step.followsUndo
        || next->m_step.target != m_step.target || next->m_step.timeMs - m_step.timeMs > kMergeMs)
        return false;
    m_step.after = next->m_step.after;
    m_step.timeMs = next->m_step.timeMs;
    setText(turnName(m_step.before.edits, m_step.after.edits, m_step.target));
    if (m_step.after == m_step.before)
        setObsolete(true);
    return true;
}

} // namespace sinkscope::ui
