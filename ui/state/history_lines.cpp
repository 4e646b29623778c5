// SPDX-License-Identifier: Apache-2.0
// The lines of a history.
#include "ui/state/history_lines.h"

#include <algorithm>
#include <iterator>

namespace sinkscope::ui {

namespace {

constexpr EntryId kAboveRoots = 0; // ids begin at 1

using Children = std::map<EntryId, std::vector<EntryId>>;

/// Children of each node, the one below which something was done last at the end. Ids grow with time.
Children childrenOf(const HistoryNodes &nodes)
{
    std::map<EntryId, EntryId> newest; // below each node, itself included
    Children children;
    for (auto place = nodes.rbegin(); place != nodes.rend(); ++place) { // children have greater ids
        const EntryId id = place->first;
        const EntryId parent = place->second.parent.value_or(kAboveRoots);
        EntryId &own = newest[id];
        own = std::max(own, id);
        EntryId &above = newest[parent];
        above = std::max(above, own);
        children[parent].push_back(id);
    }
    for (auto &[parent, ids] : children) {
        std::ranges::sort(ids);
        const auto last = std::ranges::max_element(ids, {}, [&newest](EntryId id) { return newest.at(id); });
        std::rotate(last, last + 1, ids.end());
    }
    return children;
}

EntryId nextOnLine(const Children &children, EntryId id)
{
    const auto place = children.find(id);
    return place == children.end() ? 0 : place->second.back();
}

} // namespace

HistoryLines historyLines(const HistoryNodes &nodes)
{
    const Children children = childrenOf(nodes);
    HistoryLines lines;
    struct Start {
        EntryId id;
        EntryId under;
    };
    std::vector<Start> waiting; // the next at the end
    const auto addBranches = [&](EntryId left, EntryId under) {
        const auto place = children.find(left);
        if (place == children.end())
            return;
        for (auto id = std::next(place->second.rbegin()); id != place->second.rend(); ++id)
            waiting.push_back({*id, under});
    };
    if (const EntryId main = nextOnLine(children, kAboveRoots))
        waiting.push_back({main, kAboveRoots});
    addBranches(kAboveRoots, kAboveRoots); // other roots stand before it
    while (!waiting.empty()) {
        const Start start = waiting.back();
        waiting.pop_back();
        const bool startsBranch = start.under != kAboveRoots;
        lines.branchCount += startsBranch ? 1 : 0;
        std::vector<EntryId> &rows = lines.rows[start.under];
        std::vector<EntryId> line;
        for (EntryId id = start.id; id != 0; id = nextOnLine(children, id))
            line.push_back(id);
        for (const EntryId id : line) {
            lines.places[id] = {start.under, static_cast<int>(rows.size()), startsBranch && id == start.id};
            rows.push_back(id);
        }
        for (const EntryId id : line)
            addBranches(id, id);
    }
    return lines;
}

std::vector<EntryId> lineThrough(const HistoryNodes &nodes, EntryId id)
{
    std::vector<EntryId> line;
    for (auto node = nodes.find(id); node != nodes.end();) {
        line.push_back(node->first);
        node = node->second.parent ? nodes.find(*node->second.parent) : nodes.end();
    }
    std::reverse(line.begin(), line.end());
    if (line.empty())
        return line;
    const Children children = childrenOf(nodes);
    while (const EntryId next = nextOnLine(children, line.back()))
        line.push_back(next);
    return line;
}

} // namespace sinkscope::ui
