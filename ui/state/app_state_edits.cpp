// SPDX-License-Identifier: Apache-2.0
// What changes the edits of the session.
#include "ui/state/app_state.h"

#include "core/base/error.h"
#include "ui/state/step_names.h"

namespace sinkscope::ui {

void AppState::removeEdits(const std::vector<HeadRef> &heads)
{
    SessionValue after = m_session;
    for (const HeadRef head : heads)
        after.edits.remove(head);
    change(after, heads.size() == 1 ? tr("remove an edit") : tr("remove edits"));
}

void AppState::switchEdits(const std::vector<HeadRef> &heads, EditSwitch to)
{
    SessionValue after = m_session;
    for (const HeadRef head : heads)
        after.edits.setSwitch(head, to);
    change(after, to == EditSwitch::On ? tr("switch an edit on") : tr("switch an edit off"));
}

void AppState::resetAllEdits()
{
    replaceEdits(m_session.edits.withoutEdits(), tr("reset all factors"));
}

void AppState::replaceEdits(const EditList &edits, const QString &step)
{
    SessionValue after = m_session;
    after.edits = edits;
    change(after, step);
}

void AppState::switchOthers(const std::vector<HeadEdit> &edits, EditSwitch to)
{
    SessionValue after = m_session;
    for (const HeadEdit &edit : edits)
        after.edits.setSwitch(edit, to);
    change(after, to == EditSwitch::On ? tr("switch an edit on") : tr("switch an edit off"));
}

void AppState::removeOthers(const std::vector<HeadEdit> &edits)
{
    SessionValue after = m_session;
    for (const HeadEdit &edit : edits)
        after.edits.remove(edit);
    change(after, edits.size() == 1 ? tr("remove an edit") : tr("remove edits"));
}

void AppState::turn(SessionValue after, const QString &target)
{
    const SessionValue before = m_session;
    if (!isDragging())
        after.edits.dropUnedited();
    if (after == before)
        return;
    apply(after);
    if (!isDragging())
        pushStep(before, turnName(before.edits, after.edits, target), target);
}

void AppState::setFactors(const std::vector<HeadFactor> &factors, const QString &target)
{
    SessionValue after = m_session;
    for (const HeadFactor &factor : factors)
        after.edits.set(factor);
    turn(std::move(after), target);
}

std::optional<UserMessage> AppState::setEdits(const std::vector<HeadEdit> &edits, const QString &target)
{
    SessionValue after = m_session;
    try {
        for (const HeadEdit &edit : edits) {
            checkEdit(edit);
            after.edits.setEdit(edit);
        }
        after.edits.intervention().validate(grid(),
            m_baseline && !isOfFormerPrompt() ? static_cast<int>(m_baseline->prompt->ids.size()) : -1);
    } catch (const RequestError &error) {
        return userMessage(tr("This edit is refused"), error.parts());
    }
    turn(std::move(after), target);
    return std::nullopt;
}

void AppState::beginDrag()
{
    if (isDragging())
        return;
    m_dragStart = m_session;
    Q_EMIT dragStarted();
}

void AppState::endDrag(const QString &target, TurnedBy turnedBy)
{
    if (!isDragging())
        return;
    const SessionValue before = *m_dragStart;
    m_dragStart.reset();
    SessionValue after = m_session;
    after.edits.dropUnedited();
    if (!(after == m_session))
        apply(after);
    if (!(after == before))
        pushStep(before, turnName(before.edits, after.edits, target),
            turnedBy == TurnedBy::Keys ? target : QString());
    Q_EMIT dragEnded();
}

} // namespace sinkscope::ui
