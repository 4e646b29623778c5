// SPDX-License-Identifier: Apache-2.0
// The edits as the window keeps them.
#include "ui/state/edit_list.h"

#include "core/base/error.h"

#include <fmt/format.h>

#include <algorithm>

namespace sinkscope::ui {

namespace {

auto positionOf(auto &entries, HeadRef head)
{
    return std::lower_bound(entries.begin(), entries.end(), head,
        [](const EditEntry &entry, HeadRef wanted) { return entry.head < wanted; });
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

int EditList::editedHeadCount() const
{
    return static_cast<int>(std::count_if(m_entries.begin(), m_entries.end(),
        [](const EditEntry &entry) { return entry.isEnabled && entry.gamma != 1.0; }));
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
}

Intervention EditList::intervention() const
{
    Intervention result;
    for (const EditEntry &entry : m_entries) {
        if (entry.isEnabled)
            result.setFactor(entry.head, entry.gamma);
    }
    return result;
}

EditList EditList::fromIntervention(const Intervention &intervention)
{
    EditList list;
    for (const HeadEdit &edit : intervention.edits()) {
        HeadEdit plain;
        plain.head = edit.head;
        if (!edit.sameTarget(plain))
            throw Error({.what = "an edit is of a kind that the window cannot show",
                .place = fmt::format("layer {}, head {}", edit.head.layer.value, edit.head.head.value),
                .expected = "factors of key 0 on the probability, in all rows",
                .wayOut = "Use the command line for this edit."});
        list.set({edit.head, edit.gamma});
    }
    return list;
}

} // namespace sinkscope::ui
