// SPDX-License-Identifier: Apache-2.0
// What changes the edits of the session.
#include "ui/state/app_state.h"

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
    SessionValue after = m_session;
    after.edits = EditList();
    change(after, tr("reset all factors"));
}

void AppState::setFactors(const std::vector<HeadFactor> &factors, const QString &target)
{
    const SessionValue before = m_session;
    SessionValue after = before;
    for (const HeadFactor &factor : factors)
        after.edits.set(factor);
    if (!isDragging())
        after.edits.dropUnedited();
    if (after == before)
        return;
    apply(after);
    if (!isDragging())
        pushStep(before, tr("turn %1").arg(target), target);
}

void AppState::beginDrag()
{
    if (isDragging())
        return;
    m_dragStart = m_session;
    Q_EMIT dragStarted();
}

void AppState::endDrag(const QString &target)
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
        pushStep(before, tr("turn %1").arg(target));
    Q_EMIT dragEnded();
}

} // namespace sinkscope::ui
