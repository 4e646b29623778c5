// SPDX-License-Identifier: Apache-2.0
// Pinned figures and notes of the open session.
#include "ui/state/session_store.h"

#include "core/project/snapshot_figures.h"
#include "ui/state/session_content.h"

#include <QtCore/QDateTime>

#include <utility>

namespace sinkscope::ui {

namespace {

template <typename Entry> EntryId nextId(const std::map<EntryId, Entry> &entries)
{
    return entries.empty() ? 1 : entries.rbegin()->first + 1;
}

} // namespace

EntryId SessionStore::pin(const QString &name)
{
    if (!m_state.isComplete() || !m_state.edited())
        throw RequestError({.what = "the figures are not complete yet", .wayOut = "Wait until they are"});
    PinnedSnapshot pin;
    pin.id = nextId(m_pins);
    pin.name = name.toStdString();
    pin.timeMs = QDateTime::currentMSecsSinceEpoch();
    pin.content = contentOf(m_state.session());
    pin.figures = figuresOf(*m_state.edited(), preparedBackend(*m_state.model()));
    m_pending.snapshots.push_back(pin);
    m_pins.emplace(pin.id, pin);
    touch();
    Q_EMIT pinsChanged();
    return pin.id;
}

void SessionStore::removePin(EntryId id)
{
    if (m_pins.erase(id) == 0)
        return;
    std::erase_if(m_pending.snapshots, [id](const PinnedSnapshot &pin) { return pin.id == id; });
    m_pending.removedSnapshots.push_back(id);
    touch();
    Q_EMIT pinsChanged();
}

EntryId SessionStore::setNote(HeadNote note)
{
    if (note.id == 0)
        note.id = nextId(m_notes);
    note.timeMs = QDateTime::currentMSecsSinceEpoch();
    const EntryId id = note.id;
    std::erase_if(m_pending.notes, [id](const HeadNote &pending) { return pending.id == id; });
    if (note.text.empty()) {
        m_notes.erase(id);
        m_pending.removedNotes.push_back(id);
    } else {
        m_pending.notes.push_back(note);
        m_notes.insert_or_assign(id, std::move(note));
    }
    touch();
    Q_EMIT notesChanged();
    return id;
}

} // namespace sinkscope::ui
