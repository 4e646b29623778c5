// SPDX-License-Identifier: Apache-2.0
// The undo steps of the window as nodes of the history's tree.
#include "ui/state/session_history.h"

#include "ui/state/edit_commands.h"
#include "ui/state/session_content.h"

#include <QtCore/QDateTime>

#include <algorithm>

namespace sinkscope::ui {

namespace {

/// From the root to `id`.
std::vector<const HistoryNode *> pathTo(const std::map<EntryId, HistoryNode> &nodes, EntryId id)
{
    std::vector<const HistoryNode *> path;
    for (auto node = nodes.find(id); node != nodes.end(); node = nodes.find(*node->second.parent)) {
        path.push_back(&node->second);
        if (!node->second.parent)
            break;
    }
    std::reverse(path.begin(), path.end());
    return path;
}

/// The youngest child of `id`: what was done last after it.
const HistoryNode *youngestChildOrNull(const std::map<EntryId, HistoryNode> &nodes, EntryId id)
{
    for (auto node = nodes.rbegin(); node != nodes.rend(); ++node)
        if (node->second.parent == id)
            return &node->second;
    return nullptr;
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
    std::map<EntryId, HistoryNode> nodes;
    for (const HistoryNode &node : project.history)
        nodes.emplace(node.id, node);
    std::vector<const HistoryNode *> path = pathTo(nodes, project.currentNode.value_or(0));
    const SessionValue session = sessionOf(project.session);
    const std::size_t done = path.empty() ? 0 : path.size() - 1;
    while (!path.empty() && youngestChildOrNull(nodes, path.back()->id))
        path.push_back(youngestChildOrNull(nodes, path.back()->id));
    std::vector<HistoryStep> steps;
    for (std::size_t place = 1; place < path.size(); ++place)
        steps.push_back({QString::fromStdString(path[place]->name), sessionOf(path[place]->content)});
    const SessionValue start = path.empty() ? session : sessionOf(path.front()->content);

    m_isRestoring = true;
    m_state.restoreHistory({start, std::move(steps), static_cast<int>(done)});
    m_isRestoring = false;
    if (path.empty()) {
        begin();
        return;
    }
    m_chain.clear();
    for (const HistoryNode *node : path)
        m_chain.push_back(node->id);
    m_nodes = std::move(nodes);
    m_unwritten.clear();
    m_commands.clear();
    for (int step = 0; step < m_state.undoStack().count(); ++step)
        m_commands.push_back(m_state.undoStack().command(step));
    m_current = m_chain[done];
    m_state.takeUnfinished(session);
    Q_EMIT changed();
}

} // namespace sinkscope::ui
