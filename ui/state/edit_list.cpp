// SPDX-License-Identifier: Apache-2.0
// The edits as the window keeps them.
#include "ui/state/edit_list.h"

#include "core/base/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace sinkscope::ui {

namespace {

auto positionOf(auto &entries, HeadRef head)
{
    return std::lower_bound(entries.begin(), entries.end(), head,
        [](const EditEntry &entry, HeadRef wanted) { return entry.head < wanted; });
}

auto positionOf(auto &others, const HeadEdit &edit)
{
    return std::lower_bound(others.begin(), others.end(), edit,
        [](const OtherEdit &other, const HeadEdit &wanted) { return targetLess(other.edit, wanted); });
}

bool isPlain(const HeadEdit &edit)
{
    HeadEdit plain;
    plain.head = edit.head;
    return edit.sameTarget(plain);
}

} // namespace

const EditEntry *EditList::findOrNull(HeadRef head) const
{
    const auto position = positionOf(m_entries, head);
    return position != m_entries.end() && position->head == head ? &*position : nullptr;
}

double EditList::effectiveFactor(HeadRef head) const
{
    const EditEntry *entry = findOrNull(head);
    return entry && entry->isEnabled ? entry->gamma : 1.0;
}

double EditList::listedFactor(HeadRef head) const
{
    const EditEntry *entry = findOrNull(head);
    return entry ? entry->gamma : 1.0;
}

const OtherEdit *EditList::findOrNull(const HeadEdit &edit) const
{
    const auto position = positionOf(m_others, edit);
    return position != m_others.end() && position->edit.sameTarget(edit) ? &*position : nullptr;
}

std::vector<HeadRef> EditList::heads() const
{
    std::vector<HeadRef> heads;
    for (const EditEntry &entry : m_entries)
        heads.push_back(entry.head);
    for (const OtherEdit &other : m_others)
        heads.push_back(other.edit.head);
    std::ranges::sort(heads);
    heads.erase(std::unique(heads.begin(), heads.end()), heads.end());
    return heads;
}

int EditList::editedHeadCount() const
{
    return intervention().editedHeadCount();
}

void EditList::set(HeadFactor factor)
{
    const auto position = positionOf(m_entries, factor.head);
    const EditEntry entry {factor.head, factor.gamma, true};
    if (position != m_entries.end() && position->head == factor.head)
        *position = entry;
    else
        m_entries.insert(position, entry);
}

void EditList::setSwitch(HeadRef head, EditSwitch to)
{
    const auto position = positionOf(m_entries, head);
    if (position != m_entries.end() && position->head == head)
        position->isEnabled = to == EditSwitch::On;
}

void EditList::remove(HeadRef head)
{
    std::erase_if(m_entries, [head](const EditEntry &entry) { return entry.head == head; });
}

void EditList::dropUnedited()
{
    std::erase_if(m_entries, [](const EditEntry &entry) { return entry.gamma == 1.0; });
    std::erase_if(m_others, [](const OtherEdit &other) { return !other.edit.hasEffect(); });
}

void EditList::setEdit(const HeadEdit &edit)
{
    if (isPlain(edit))
        return set(HeadFactor {edit.head, edit.gamma});
    const auto position = positionOf(m_others, edit);
    if (position != m_others.end() && position->edit.sameTarget(edit))
        *position = {edit, true};
    else
        m_others.insert(position, {edit, true});
}

void EditList::setSwitch(const HeadEdit &edit, EditSwitch to)
{
    if (isPlain(edit))
        return setSwitch(edit.head, to);
    const auto position = positionOf(m_others, edit);
    if (position != m_others.end() && position->edit.sameTarget(edit))
        position->isEnabled = to == EditSwitch::On;
}

void EditList::remove(const HeadEdit &edit)
{
    if (isPlain(edit))
        return remove(edit.head);
    std::erase_if(m_others, [&edit](const OtherEdit &other) { return other.edit.sameTarget(edit); });
}

Intervention EditList::intervention() const
{
    Intervention result;
    for (const EditEntry &entry : m_entries) {
        if (entry.isEnabled)
            result.setFactor(entry.head, entry.gamma);
    }
    for (const OtherEdit &other : m_others) {
        if (other.isEnabled && other.edit.hasEffect())
            result.set(other.edit);
    }
    return result;
}

void EditList::setGroup(const std::string &name, std::vector<HeadRef> heads)
{
    std::ranges::sort(heads);
    heads.erase(std::unique(heads.begin(), heads.end()), heads.end());
    if (heads.empty())
        m_groups.erase(name);
    else
        m_groups.insert_or_assign(name, std::move(heads));
}

std::string EditList::groupOf(std::vector<HeadRef> heads) const
{
    std::ranges::sort(heads);
    const auto place =
        std::ranges::find_if(m_groups, [&heads](const auto &group) { return group.second == heads; });
    return place == m_groups.end() ? std::string() : place->first;
}

EditList EditList::withoutEdits() const
{
    EditList list;
    list.m_groups = m_groups;
    return list;
}

Intervention EditList::interventionWithGroups() const
{
    Intervention result = intervention();
    for (const auto &[name, heads] : m_groups)
        result.setGroup(name, heads);
    return result;
}

EditList EditList::fromIntervention(const Intervention &intervention)
{
    if (!intervention.baselines().empty())
        throw Error({.what = "there are baselines among the edits, which the window cannot show",
            .given = fmt::format("{} baselines", intervention.baselines().size()),
            .expected = "edits of heads",
            .wayOut = "Use the command line for baselines."});
    EditList list;
    for (const HeadEdit &edit : intervention.edits())
        list.setEdit(edit);
    for (const auto &[name, heads] : intervention.groups())
        list.setGroup(name, heads);
    return list;
}

} // namespace sinkscope::ui
