// SPDX-License-Identifier: Apache-2.0
// The edits as the window keeps them: a factor per head with a switch, and what of it takes effect.
#pragma once

#include "core/analysis/prompt.h"
#include "core/intervention/intervention.h"

#include <map>
#include <string>
#include <vector>

namespace sinkscope::ui {

/// One line of the list of edits: the factor of the initial token for one head, switched on or off.
struct EditEntry {
    HeadRef head;
    double gamma = 1.0; ///< >= 0, 0 is "off"
    bool isEnabled = true;

    bool operator==(const EditEntry &) const = default;
};

/// An edit of another kind, other keys or other rows than the factor of the initial token.
struct OtherEdit {
    HeadEdit edit;
    bool isEnabled = true;

    bool operator==(const OtherEdit &) const = default;
};

/// What a person turns an edit to in the list.
enum class EditSwitch { Off, On };

/// The factor one head gets.
struct HeadFactor {
    HeadRef head;
    double gamma = 1.0;
};

/// Entries ordered by layer and head, each head at most once; beside them edits of other kinds, keys and rows
/// in the order of their targets, each target at most once. A value.
class EditList {
public:
    const std::vector<EditEntry> &entries() const { return m_entries; }
    const std::vector<OtherEdit> &others() const { return m_others; }
    bool isEmpty() const { return m_entries.empty() && m_others.empty(); }
    const EditEntry *findOrNull(HeadRef head) const;
    /// The factor of an enabled entry, else 1.
    double effectiveFactor(HeadRef head) const;
    /// The factor of the entry whether it is switched on or not, else 1.
    double listedFactor(HeadRef head) const;
    /// The edit with the target of `edit`, which is not the plain one.
    const OtherEdit *findOrNull(const HeadEdit &edit) const;
    /// All heads that have an edit of any kind, switched on or off, ascending.
    std::vector<HeadRef> heads() const;
    /// Heads with an edit of any kind that is switched on and has an effect.
    int editedHeadCount() const;

    /// Adds or changes an entry and switches it on; a factor of 1 stays in the list until dropUnedited().
    void set(HeadFactor factor);
    void setSwitch(HeadRef head, EditSwitch to);
    void remove(HeadRef head);
    /// The same for an edit of any target.
    void setEdit(const HeadEdit &edit);
    void setSwitch(const HeadEdit &edit, EditSwitch to);
    void remove(const HeadEdit &edit);
    /// Removes entries with factor 1 and other edits without effect.
    void dropUnedited();

    /// Named heads, each list ascending and not empty. They change no result.
    using Groups = std::map<std::string, std::vector<HeadRef>>;
    const Groups &groups() const { return m_groups; }
    /// Names `heads`; an empty list removes the name.
    void setGroup(const std::string &name, std::vector<HeadRef> heads);
    void dropGroups() { m_groups.clear(); }
    /// The name of exactly these heads, in any order; empty: none.
    std::string groupOf(std::vector<HeadRef> heads) const;
    /// No edits, the groups kept.
    EditList withoutEdits() const;

    /// What takes effect: enabled entries with a factor other than 1, and other edits that are enabled.
    Intervention intervention() const;
    /// The same with the groups, as a file has them.
    Intervention interventionWithGroups() const;
    /// Edits and groups of `intervention`. Throws Error for baselines, which the list cannot hold: none is
    /// left out silently.
    static EditList fromIntervention(const Intervention &intervention);

    bool operator==(const EditList &) const = default;

private:
    std::vector<EditEntry> m_entries;
    std::vector<OtherEdit> m_others;
    Groups m_groups;
};

/// Everything a person can undo and a session restores.
struct SessionValue {
    PromptSpec prompt;
    std::vector<std::string> answers; ///< as typed, leading spaces kept
    EditList edits;

    bool operator==(const SessionValue &) const = default;
};

} // namespace sinkscope::ui
