// SPDX-License-Identifier: Apache-2.0
// The undo steps of the window as nodes of the history's tree.
#include "ui/state/session_history.h"

#include "ui/state/edit_commands.h"
#include "ui/state/session_content.h"

#include <QtCore/QDateTime>

#include <algorithm>
#include <utility>

namespace sinkscope::ui {

namespace {

/// The steps after the first of `line`, from the place `from` on.
std::vector<HistoryStep> stepsAlong(
    const HistoryNodes &nodes, const std::vector<EntryId> &line, std::size_t from)
{
    std::vector<HistoryStep> steps;
    for (std::size_t place = from; place < line.size(); ++place) {
        const HistoryNode &node = nodes.at(line[place]);
        steps.push_back({QString::fromStdString(node.name), sessionOf(node.content)});
    }
    return steps;
}

int placeOn(const std::vector<EntryId> &line, EntryId id)
{
    return static_cast<int>(std::find(line.begin(), line.end(), id) - line.begin());
}

} // namespace

SessionHistory::SessionHistory(AppState &state, QObject *parent)
    : QObject(parent)
    , m_state(state)
{
    begin();
    connect(&state.undoStack(), &QUndoStack::indexChanged, this, &SessionHistory::follow);
}

void SessionHistory::begin()
{
    m_nodes.clear();
    m_unwritten.clear();
    m_commands.clear();
    m_chain.clear();
    m_current = 0;
    m_chain.push_back(add(std::nullopt, tr("start"), m_state.session()));
    m_current = m_chain.front();
    follow();
}

EntryId SessionHistory::add(std::optional<EntryId> parent, const QString &name, const SessionValue &session)
{
    HistoryNode node;
    node.id = m_nodes.empty() ? 1 : m_nodes.rbegin()->first + 1;
    node.parent = parent;
    node.name = name.toStdString();
    node.timeMs = QDateTime::currentMSecsSinceEpoch();
    node.content = contentOf(session);
    const EntryId id = node.id;
    put(std::move(node));
    return id;
}

void SessionHistory::put(HistoryNode node)
{
    const EntryId id = node.id;
    m_nodes.insert_or_assign(id, std::move(node));
    m_unwritten.insert(id);
}

void SessionHistory::follow()
{
    if (m_isRestoring)
        return;
    const QUndoStack &stack = m_state.undoStack();
    const int count = stack.count();
    const bool isBackAtFront = m_nodes.at(m_chain.front()).content == contentOf(m_state.session());
    if (count == 0 && !m_commands.empty() && !isBackAtFront) // cleared: another model or session takes over
        m_chain.front() = m_current;
    std::size_t same = 0;
    while (same < m_commands.size() && static_cast<int>(same) < count
        && m_commands[same] == stack.command(static_cast<int>(same)))
        ++same;
    m_commands.resize(same);
    m_chain.resize(same + 1);
    for (int step = static_cast<int>(same); step < count; ++step) {
        const QUndoCommand *command = stack.command(step);
        if (const auto *change = dynamic_cast<const ChangeSessionCommand *>(command); change && step == 0)
            startFrom(change->before());
        m_commands.push_back(command);
        m_chain.push_back(add(m_chain.back(), command->text(), m_state.session()));
    }
    m_current = m_chain[static_cast<std::size_t>(stack.index())];
    if (count > 0)
        takeContent(); // of steps that were merged
    Q_EMIT changed();
}

/// Changes without a step come before the first: another session at the start, edits that another model has
/// no heads for.
void SessionHistory::startFrom(const SessionValue &session)
{
    HistoryNode front = m_nodes.at(m_chain.front());
    SessionContent content = contentOf(session);
    if (front.content == content)
        return;
    if (m_nodes.size() > 1) {
        m_chain.front() = add(front.id, tr("begin again"), session);
    } else {
        front.content = std::move(content);
        put(std::move(front));
    }
}

void SessionHistory::takeContent()
{
    SessionContent content = contentOf(m_state.session());
    HistoryNode current = m_nodes.at(m_current);
    if (m_state.isDragging() || current.content == content)
        return;
    current.content = std::move(content);
    if (const int done = m_state.undoStack().index(); done > 0)
        current.name = m_state.undoStack().text(done - 1).toStdString();
    put(std::move(current));
}

void SessionHistory::addTo(ProjectChange &change)
{
    if (m_commands.empty()) {
        startFrom(m_state.sessionBeforeDrag());
        m_current = m_chain.front();
    }
    for (const EntryId id : m_unwritten)
        change.nodes.push_back(m_nodes.at(id));
    change.currentNode = m_current;
}

void SessionHistory::setNothingWritten()
{
    for (const auto &[id, node] : m_nodes)
        m_unwritten.insert(id);
}

void SessionHistory::restore(const Project &project)
{
    HistoryNodes nodes;
    for (const HistoryNode &node : project.history)
        nodes.emplace(node.id, node);
    std::vector<EntryId> line = lineThrough(nodes, project.currentNode.value_or(0));
    const SessionValue session = sessionOf(project.session);
    SavedHistory history;
    history.start = line.empty() ? session : sessionOf(nodes.at(line.front()).content);
    history.steps = stepsAlong(nodes, line, 1);
    history.done = line.empty() ? 0 : placeOn(line, *project.currentNode);
    m_isRestoring = true;
    m_state.restoreHistory(history);
    m_isRestoring = false;
    if (line.empty()) {
        begin();
        return;
    }
    m_nodes = std::move(nodes);
    m_unwritten.clear();
    takeStack(std::move(line));
    m_state.takeUnfinished(session);
    Q_EMIT changed();
}

void SessionHistory::goTo(EntryId id)
{
    if (id == m_current || !m_nodes.contains(id) || m_state.isDragging())
        return;
    const auto place = std::find(m_chain.begin(), m_chain.end(), id);
    std::vector<EntryId> line = place != m_chain.end() ? m_chain : lineThrough(m_nodes, id);
    const auto parting = std::mismatch(m_chain.begin(), m_chain.end(), line.begin(), line.end());
    const auto shared = static_cast<std::size_t>(parting.second - line.begin());
    const SessionValue session = sessionOf(m_nodes.at(id).content);
    const int done = placeOn(line, id);
    if (place == m_chain.end()) {
        SavedHistory history;
        history.kept = shared > 0 ? static_cast<int>(shared) - 1 : 0;
        history.done = done;
        history.start = sessionOf(m_nodes.at(line[static_cast<std::size_t>(history.kept)]).content);
        history.steps = stepsAlong(m_nodes, line, static_cast<std::size_t>(history.kept) + 1);
        m_isRestoring = true;
        m_state.restoreHistory(history);
    } else {
        m_isRestoring = true;
        m_state.goToStep(done, session);
    }
    m_isRestoring = false;
    takeStack(std::move(line));
    Q_EMIT changed();
}

void SessionHistory::takeStack(std::vector<EntryId> chain)
{
    const QUndoStack &stack = m_state.undoStack();
    m_chain = std::move(chain);
    m_commands.clear();
    for (int step = 0; step < stack.count(); ++step)
        m_commands.push_back(stack.command(step));
    m_current = m_chain[static_cast<std::size_t>(stack.index())];
}

} // namespace sinkscope::ui
