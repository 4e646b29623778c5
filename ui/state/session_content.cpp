// SPDX-License-Identifier: Apache-2.0
// What is asked, between the window's form and that of a session file.
#include "ui/state/session_content.h"

namespace sinkscope::ui {

SessionContent contentOf(const SessionValue &session)
{
    SessionContent content;
    content.prompt = session.prompt;
    content.answers = session.answers;
    for (const EditEntry &entry : session.edits.entries()) {
        Intervention &edits = entry.isEnabled ? content.edits : content.switchedOff;
        HeadEdit edit;
        edit.head = entry.head;
        edit.gamma = entry.gamma;
        edits.set(edit);
    }
    for (const OtherEdit &other : session.edits.others())
        (other.isEnabled ? content.edits : content.switchedOff).set(other.edit);
    for (const auto &[name, heads] : session.edits.groups())
        content.edits.setGroup(name, heads);
    return content;
}

SessionValue sessionOf(const SessionContent &content)
{
    SessionValue session;
    session.prompt = content.prompt;
    session.answers = content.answers;
    session.edits = EditList::fromIntervention(content.edits);
    const EditList off = EditList::fromIntervention(content.switchedOff);
    for (const EditEntry &entry : off.entries()) {
        session.edits.set({entry.head, entry.gamma});
        session.edits.setSwitch(entry.head, EditSwitch::Off);
    }
    for (const OtherEdit &other : off.others()) {
        session.edits.setEdit(other.edit);
        session.edits.setSwitch(other.edit, EditSwitch::Off);
    }
    return session;
}

} // namespace sinkscope::ui
