// SPDX-License-Identifier: Apache-2.0
// How the tree of a history is read as lines: one main line, and branches that leave it.
#pragma once

#include "core/project/project.h"

#include <map>
#include <vector>

namespace sinkscope::ui {

/// Each step in the order it is shown. A line goes on with the child below which something was done last, so
/// that the newest step of all ends the main line; other children begin branches under the state that they
/// leave. A line moves to another place only when a step is made elsewhere, never by going to a state.
struct HistoryLines {
    struct Place {
        EntryId under = 0; ///< the state that the branch leaves; 0: on the main line
        int row = 0; ///< among all that stand under it
        bool startsBranch = false;
    };
    std::map<EntryId, std::vector<EntryId>> rows; ///< what stands under a state, from top to bottom
    std::map<EntryId, Place> places;
    int branchCount = 0;
};

using HistoryNodes = std::map<EntryId, HistoryNode>;

HistoryLines historyLines(const HistoryNodes &nodes);

/// From the root through `id` to the end of its line; empty for an unknown id.
std::vector<EntryId> lineThrough(const HistoryNodes &nodes, EntryId id);

} // namespace sinkscope::ui
