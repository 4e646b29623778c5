// SPDX-License-Identifier: Apache-2.0
// Solo and mute over the switches of the edits.
#include "ui/state/solo.h"

#include <QtCore/QCoreApplication>

#include <algorithm>

namespace sinkscope::ui {

namespace {

QString translated(const char *text)
{
    return QCoreApplication::translate("Solo", text);
}

std::vector<HeadRef> sorted(std::vector<HeadRef> heads)
{
    std::ranges::sort(heads);
    return heads;
}

bool holds(const std::vector<HeadRef> &heads, HeadRef head)
{
    return std::ranges::binary_search(heads, head);
}

/// Calls `act` with the head, the switch and the target of every edit.
template <typename Act> void forEach(const EditList &edits, const Act &act)
{
    for (const EditEntry &entry : edits.entries()) {
        HeadEdit plain;
        plain.head = entry.head;
        act(plain, entry.isEnabled);
    }
    for (const OtherEdit &other : edits.others())
        act(other.edit, other.isEnabled);
}

/// Whether the edits of `heads` act and all others, of which there are some, do not.
bool actAlone(const EditList &edits, const std::vector<HeadRef> &heads)
{
    bool fits = true;
    bool isAnyOff = false;
    forEach(edits, [&](const HeadEdit &edit, bool isEnabled) {
        fits = fits && isEnabled == holds(heads, edit.head);
        isAnyOff = isAnyOff || !isEnabled;
    });
    return fits && isAnyOff;
}

EditSwitch switchOf(bool isOn)
{
    return isOn ? EditSwitch::On : EditSwitch::Off;
}

bool wasOn(const EditList &before, const HeadEdit &edit)
{
    bool isOn = true; // what came since is on
    forEach(before, [&](const HeadEdit &known, bool isEnabled) {
        if (known.sameTarget(edit))
            isOn = isEnabled;
    });
    return isOn;
}

QString noEditIn(const std::vector<HeadRef> &heads)
{
    return heads.size() == 1 ? translated("%1 has no edit to switch").arg(headsName(heads))
                             : translated("None of the %1 has an edit to switch").arg(headsName(heads));
}

} // namespace

QString headsName(const std::vector<HeadRef> &heads)
{
    if (heads.size() != 1)
        return translated("%1 heads").arg(heads.size());
    return QStringLiteral("L%1 H%2").arg(heads.front().layer.value).arg(heads.front().head.value);
}

std::vector<HeadRef> Solo::heads() const
{
    return m_memory && actAlone(m_state.edits(), m_memory->heads) ? m_memory->heads : std::vector<HeadRef>();
}

std::optional<QString> Solo::toggle(const std::vector<HeadRef> &heads)
{
    const std::vector<HeadRef> chosen = sorted(heads);
    const EditList &edits = m_state.edits();
    std::vector<HeadRef> edited;
    for (const HeadRef head : edits.heads())
        if (holds(chosen, head))
            edited.push_back(head);
    if (edited.empty())
        return noEditIn(chosen);
    if (actAlone(edits, edited)) {
        end();
        return std::nullopt;
    }
    const bool isOtherSolo = !this->heads().empty();
    m_memory = Memory {isOtherSolo ? m_memory->before : edits, edited};
    EditList after = edits;
    forEach(edits,
        [&](const HeadEdit &edit, bool) { after.setSwitch(edit, switchOf(holds(edited, edit.head))); });
    m_state.replaceEdits(after, translated("solo %1").arg(headsName(edited)));
    return std::nullopt;
}

/// Without a memory (the session was opened so) all edits act again.
void Solo::end()
{
    const bool isRemembered = !heads().empty();
    EditList after = m_state.edits();
    forEach(m_state.edits(), [&](const HeadEdit &edit, bool) {
        after.setSwitch(edit, switchOf(!isRemembered || wasOn(m_memory->before, edit)));
    });
    m_state.replaceEdits(after, translated("end solo"));
}

std::optional<QString> Solo::toggleMute(const std::vector<HeadRef> &heads)
{
    const std::vector<HeadRef> chosen = sorted(heads);
    bool isAny = false;
    bool isAnyOn = false;
    forEach(m_state.edits(), [&](const HeadEdit &edit, bool isEnabled) {
        isAny = isAny || holds(chosen, edit.head);
        isAnyOn = isAnyOn || (isEnabled && holds(chosen, edit.head));
    });
    if (!isAny)
        return noEditIn(chosen);
    EditList after = m_state.edits();
    forEach(m_state.edits(), [&](const HeadEdit &edit, bool) {
        if (holds(chosen, edit.head))
            after.setSwitch(edit, switchOf(!isAnyOn));
    });
    m_state.replaceEdits(
        after, (isAnyOn ? translated("mute %1") : translated("unmute %1")).arg(headsName(chosen)));
    return std::nullopt;
}

} // namespace sinkscope::ui
