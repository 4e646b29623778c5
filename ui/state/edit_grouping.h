// SPDX-License-Identifier: Apache-2.0
// The groups of the list of edits over time: which are unfolded, and when rows join and part.
#pragma once

#include "ui/state/edit_groups.h"

#include <set>
#include <utility>
#include <vector>

namespace sinkscope::ui {

/// Whether edits of equal factors may join now and others part.
enum class Regroup { No, Yes };

/// Remembers the groups that the list shows, so that no row moves under the hand: an unfolded group keeps its
/// heads, whatever their factors and switches, until it is folded. A head that is removed from it leaves, and
/// comes back to its place when that is undone. Folded groups and single heads are made anew by an update
/// with Regroup::Yes alone. A value.
class EditGrouping {
public:
    /// `entries` ascend by head.
    void update(const std::vector<EditEntry> &entries, const HeadGrid &grid, Regroup regroup);
    /// Forgets all groups and what was unfolded (another model).
    void clear();

    /// What the list shows, ascending by first head: only heads that have an entry.
    const std::vector<EditGroup> &groups() const { return m_shown; }

    /// The group within `depth` others that holds `head`; nothing happens where there is none. Folding an
    /// outermost group groups its heads anew at the next update.
    void unfold(HeadRef head, int depth);
    void fold(HeadRef head, int depth);
    bool isUnfolded(HeadRef head, int depth) const;

private:
    /// A group as it is remembered: its first head and how many it has.
    using Key = std::pair<HeadRef, std::size_t>;
    static Key keyOf(const EditGroup &group) { return {group.heads.front(), group.heads.size()}; }
    const EditGroup *findOrNull(HeadRef head, int depth) const;
    bool isUnfolded(const EditGroup &group) const { return m_unfolded.count(keyOf(group)) > 0; }

    std::vector<EditGroup> m_kept; ///< with the heads that were removed from unfolded ones
    std::vector<EditGroup> m_shown;
    std::set<Key> m_unfolded;
    std::vector<HeadRef> m_folded; ///< since the last update: what is made of them starts folded
};

} // namespace sinkscope::ui
