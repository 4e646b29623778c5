// SPDX-License-Identifier: Apache-2.0
// Implements the memory of the groups of the list of edits.
#include "ui/state/edit_grouping.h"

#include <algorithm>

namespace sinkscope::ui {

namespace {

/// What of `group` has an entry; without heads: nothing.
EditGroup listedPart(const EditGroup &group, const std::vector<EditEntry> &entries)
{
    EditGroup listed {group.extent, {}, {}};
    std::copy_if(group.heads.begin(), group.heads.end(), std::back_inserter(listed.heads),
        [&entries](HeadRef head) { return isListed(entries, head); });
    if (listed.heads.size() == group.heads.size())
        return group;
    listed.extent = listed.heads.size() > 1 ? EditExtent::SomeHeads : EditExtent::Head;
    for (const EditGroup &part : group.parts) {
        EditGroup listedOfPart = listedPart(part, entries);
        if (listed.heads.size() > 1 && !listedOfPart.heads.empty())
            listed.parts.push_back(std::move(listedOfPart));
    }
    return listed;
}

} // namespace

void EditGrouping::update(const std::vector<EditEntry> &entries, const HeadGrid &grid, Regroup regroup)
{
    // An unfolded group of one head has no triangle to fold it: it stays only while no row may move.
    const auto stays = [&](const EditGroup &group) {
        const auto listed = std::size_t(std::count_if(group.heads.begin(), group.heads.end(),
            [&entries](HeadRef head) { return isListed(entries, head); }));
        if (isUnfolded(group))
            return listed > (regroup == Regroup::Yes ? 1U : 0U);
        return regroup == Regroup::No && listed == group.heads.size();
    };
    std::vector<EditGroup> kept;
    std::copy_if(m_kept.begin(), m_kept.end(), std::back_inserter(kept), stays);
    m_kept = withNewcomers(std::move(kept), entries, grid);
    m_shown.clear();
    for (const EditGroup &group : m_kept) {
        if (std::binary_search(m_folded.begin(), m_folded.end(), group.heads.front()))
            m_unfolded.erase(keyOf(group));
        m_shown.push_back(listedPart(group, entries));
    }
    m_folded.clear();
    std::sort(m_shown.begin(), m_shown.end(), [](const EditGroup &left, const EditGroup &right) {
        return left.heads.front() < right.heads.front();
    });
}

void EditGrouping::clear()
{
    *this = EditGrouping();
}

void EditGrouping::unfold(HeadRef head, int depth)
{
    if (const EditGroup *group = findOrNull(head, depth))
        m_unfolded.insert(keyOf(*group));
}

void EditGrouping::fold(HeadRef head, int depth)
{
    const EditGroup *group = findOrNull(head, depth);
    if (!group)
        return;
    m_unfolded.erase(keyOf(*group));
    if (depth == 0)
        m_folded = group->heads;
}

bool EditGrouping::isUnfolded(HeadRef head, int depth) const
{
    const EditGroup *group = findOrNull(head, depth);
    return group && isUnfolded(*group);
}

const EditGroup *EditGrouping::findOrNull(HeadRef head, int depth) const
{
    const std::vector<EditGroup> *level = &m_kept;
    for (;; --depth) {
        const auto found = std::find_if(
            level->begin(), level->end(), [head](const EditGroup &group) { return group.contains(head); });
        if (found == level->end())
            return nullptr;
        if (depth == 0)
            return &*found;
        level = &found->parts;
    }
}

} // namespace sinkscope::ui
