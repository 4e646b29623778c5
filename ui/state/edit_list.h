// SPDX-License-Identifier: Apache-2.0
// The edits as the window keeps them: a factor per head with a switch, and what of it takes effect.
#pragma once

#include "core/analysis/prompt.h"
#include "core/intervention/intervention.h"

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

/// What a person turns an edit to in the list.
enum class EditSwitch { Off, On };

/// The factor one head gets.
struct HeadFactor {
    HeadRef head;
    double gamma = 1.0;
};

/// Entries ordered by layer and head, each head at most once. A value.
class EditList {
public:
    const std::vector<EditEntry> &entries() const { return m_entries; }
    bool isEmpty() const { return m_entries.empty(); }
    const EditEntry *findOrNull(HeadRef head) const;
    /// The factor of an enabled entry, else 1.
    double effectiveFactor(HeadRef head) const;
    /// The factor of the entry whether it is switched on or not, else 1.
    double listedFactor(HeadRef head) const;
    /// Heads whose factor differs from 1 and is switched on.
    int editedHeadCount() const;

    /// Adds or changes an entry and switches it on; a factor of 1 stays in the list until dropUnedited().
    void set(HeadFactor factor);
    void setSwitch(HeadRef head, EditSwitch to);
    void remove(HeadRef head);
    /// Removes entries with factor 1.
    void dropUnedited();

    /// What takes effect: enabled entries with a factor other than 1.
    Intervention intervention() const;
    /// Entries of `intervention`. Throws Error for an edit of another kind than the list can hold
    /// (probability, key 0, all rows): none is left out silently.
    static EditList fromIntervention(const Intervention &intervention);

    bool operator==(const EditList &) const = default;

private:
    std::vector<EditEntry> m_entries;
};

/// Everything a person can undo and a session restores.
struct SessionValue {
    PromptSpec prompt;
    std::vector<std::string> answers; ///< as typed, leading spaces kept
    EditList edits;

    bool operator==(const SessionValue &) const = default;
};

} // namespace sinkscope::ui
