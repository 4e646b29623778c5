// SPDX-License-Identifier: Apache-2.0
// Which edits are listed as one row.
#include "ui/state/edit_groups.h"

#include <algorithm>
#include <utility>

namespace sinkscope::ui {

namespace {

/// Equal ones stand together.
using Setting = std::pair<double, bool>;

/// A group and what its heads have in common.
struct Grouped {
    EditGroup group;
    Setting setting;
};

Setting settingOf(const EditEntry &entry)
{
    return {entry.gamma, entry.isEnabled};
}

EditGroup single(HeadRef head)
{
    return {EditExtent::Head, {head}, {}};
}

EditGroup ofHeads(EditExtent extent, const std::vector<HeadRef> &heads)
{
    EditGroup group {extent, heads, {}};
    std::transform(heads.begin(), heads.end(), std::back_inserter(group.parts), single);
    return group;
}

EditGroup ofParts(EditExtent extent, const std::vector<EditGroup> &parts)
{
    EditGroup group {extent, {}, parts};
    for (const EditGroup &part : parts)
        group.heads.insert(group.heads.end(), part.heads.begin(), part.heads.end());
    return group;
}

bool startsBefore(const EditGroup &left, const EditGroup &right)
{
    return left.heads.front() < right.heads.front();
}

/// Groups within one layer, in the order of their first heads.
std::vector<Grouped> groupLayer(const std::vector<EditEntry> &entries, int headCount)
{
    std::vector<std::pair<Setting, std::vector<HeadRef>>> alike;
    for (const EditEntry &entry : entries) {
        const Setting setting = settingOf(entry);
        auto place = std::find_if(
            alike.begin(), alike.end(), [&setting](const auto &known) { return known.first == setting; });
        if (place == alike.end())
            place = alike.insert(place, {setting, {}});
        place->second.push_back(entry.head);
    }
    std::vector<Grouped> groups;
    for (const auto &[setting, heads] : alike) {
        const bool isLayer = heads.size() > 1 && heads.size() == static_cast<std::size_t>(headCount);
        if (isLayer || heads.size() >= kLeastTogether) {
            groups.push_back({ofHeads(isLayer ? EditExtent::Layer : EditExtent::SomeHeads, heads), setting});
            continue;
        }
        for (const HeadRef head : heads)
            groups.push_back({single(head), setting});
    }
    std::sort(groups.begin(), groups.end(),
        [](const Grouped &left, const Grouped &right) { return startsBefore(left.group, right.group); });
    return groups;
}

std::vector<Grouped> groupLayers(const std::vector<EditEntry> &entries, const HeadGrid &grid)
{
    std::vector<Grouped> groups;
    for (auto start = entries.begin(); start != entries.end();) {
        const auto end = std::find_if(start, entries.end(),
            [start](const EditEntry &entry) { return entry.head.layer != start->head.layer; });
        const std::vector<Grouped> layer = groupLayer({start, end}, grid.headCount);
        groups.insert(groups.end(), layer.begin(), layer.end());
        start = end;
    }
    return groups;
}

} // namespace

bool EditGroup::contains(HeadRef head) const
{
    return std::binary_search(heads.begin(), heads.end(), head);
}

std::vector<EditGroup> groupEdits(const std::vector<EditEntry> &entries, const HeadGrid &grid)
{
    const std::vector<Grouped> layers = groupLayers(entries, grid);
    std::vector<EditGroup> groups;
    for (auto start = layers.begin(); start != layers.end();) {
        auto end = start + 1;
        while (start->group.extent == EditExtent::Layer && end != layers.end()
            && end->group.extent == EditExtent::Layer && end->setting == start->setting
            && end->group.heads.front().layer.value == (end - 1)->group.heads.front().layer.value + 1)
            ++end;
        std::vector<EditGroup> parts;
        std::transform(
            start, end, std::back_inserter(parts), [](const Grouped &grouped) { return grouped.group; });
        const bool isAll = parts.size() > 1 && parts.size() == static_cast<std::size_t>(grid.layerCount);
        if (parts.size() > 1)
            groups.push_back(ofParts(isAll ? EditExtent::All : EditExtent::Layers, parts));
        else
            groups.push_back(parts.front());
        start = end;
    }
    return groups;
}

bool isListed(const std::vector<EditEntry> &entries, HeadRef head)
{
    const auto place = std::lower_bound(entries.begin(), entries.end(), head,
        [](const EditEntry &entry, HeadRef wanted) { return entry.head < wanted; });
    return place != entries.end() && place->head == head;
}

std::vector<EditGroup> withNewcomers(
    std::vector<EditGroup> kept, const std::vector<EditEntry> &entries, const HeadGrid &grid)
{
    std::vector<HeadRef> held;
    for (const EditGroup &group : kept)
        held.insert(held.end(), group.heads.begin(), group.heads.end());
    std::sort(held.begin(), held.end());
    std::vector<EditEntry> others;
    std::copy_if(entries.begin(), entries.end(), std::back_inserter(others), [&held](const EditEntry &entry) {
        return !std::binary_search(held.begin(), held.end(), entry.head);
    });
    const std::vector<EditGroup> came = groupEdits(others, grid);
    kept.insert(kept.end(), came.begin(), came.end());
    std::sort(kept.begin(), kept.end(), startsBefore);
    return kept;
}

std::vector<EditGroup> keptGroups(
    const std::vector<EditGroup> &before, const std::vector<EditEntry> &entries, const HeadGrid &grid)
{
    std::vector<EditGroup> kept;
    std::copy_if(before.begin(), before.end(), std::back_inserter(kept), [&entries](const EditGroup &group) {
        return std::all_of(group.heads.begin(), group.heads.end(),
            [&entries](HeadRef head) { return isListed(entries, head); });
    });
    return withNewcomers(std::move(kept), entries, grid);
}

} // namespace sinkscope::ui
