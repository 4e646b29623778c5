// SPDX-License-Identifier: Apache-2.0
// Implements side A of a comparison.
#include "ui/state/reference.h"

#include <QtCore/QFileInfo>

#include <utility>

namespace sinkscope::ui {

Reference::Reference(AppState &state)
    : m_state(state)
{
}

std::shared_ptr<const Snapshot> Reference::snapshot() const
{
    return m_pinned ? m_pinned->snapshot : m_state.baseline();
}

QString Reference::editsWords(const SessionValue &session) const
{
    const int heads = session.edits.editedHeadCount();
    return heads == 0 ? tr("no edits") : heads == 1 ? tr("1 head edited") : tr("%1 heads edited").arg(heads);
}

QString Reference::words() const
{
    if (!m_pinned)
        return tr("baseline");
    QString words = tr("pinned, %1").arg(editsWords(m_pinned->session));
    if (!(m_pinned->session.prompt == m_state.session().prompt))
        words += tr(", another prompt");
    if (!isSameModel())
        words += QStringLiteral(", ") + m_pinned->modelName;
    return words;
}

QString Reference::presentWords() const
{
    return tr("present, %1").arg(editsWords(m_state.session()));
}

bool Reference::isSameModel() const
{
    return !m_pinned || (m_state.model() && m_pinned->model.lock() == m_state.model());
}

void Reference::pin()
{
    const std::shared_ptr<const Model> model = m_state.model();
    m_pinned = PinnedState {m_state.edited(), m_state.session(),
        QFileInfo(QString::fromStdString(model->path)).completeBaseName(), model};
    Q_EMIT changed();
}

void Reference::release()
{
    if (std::exchange(m_pinned, std::nullopt))
        Q_EMIT changed();
}

QString Reference::swapRefusal() const
{
    if (!canPin())
        return tr("Sides are swapped once the present state is computed.");
    if (!isSameModel())
        return tr("A is of another model: open %1 to swap sides.").arg(m_pinned->modelName);
    if (!m_pinned && m_state.intervention().changesNothing())
        return tr("Both sides are the baseline.");
    return QString();
}

void Reference::swap()
{
    SessionValue wanted = m_state.session();
    if (m_pinned)
        wanted = m_pinned->session;
    else
        wanted.edits = EditList();
    pin();
    m_state.change(wanted, tr("swap A and B"));
}

} // namespace sinkscope::ui
