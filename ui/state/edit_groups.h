// SPDX-License-Identifier: Apache-2.0
// Which edits are listed as one row: equal factors of many heads of a layer, of whole layers, of all heads.
#pragma once

#include "ui/state/edit_list.h"

#include <vector>

namespace sinkscope::ui {

/// What the heads of a group are together.
enum class EditExtent {
    Head, ///< one head
    SomeHeads, ///< several heads of one layer
    Layer, ///< all heads of one layer
    Layers, ///< all heads of consecutive layers
    All, ///< all heads of the model
};

/// Edits with one factor and one switch. A value.
struct EditGroup {
    EditExtent extent = EditExtent::Head;
    std::vector<HeadRef> heads; ///< ascending, never empty
    std::vector<EditGroup> parts; ///< what it unfolds to, ascending; empty: one head

    bool contains(HeadRef head) const;
    bool operator==(const EditGroup &) const = default;
};

/// The groups of `entries` (ascending by head), ascending by their first head. Heads of a layer are one group
/// from kLeastTogether equal ones on, or when they are all there are.
std::vector<EditGroup> groupEdits(const std::vector<EditEntry> &entries, const HeadGrid &grid);

/// The same groups as `before` for the heads they hold, whatever their factors, and groups of the heads that
/// came: no row joins or leaves another. What is left of a group that lost a head is grouped anew.
std::vector<EditGroup> keptGroups(
    const std::vector<EditGroup> &before, const std::vector<EditEntry> &entries, const HeadGrid &grid);

/// `kept` as they are and groups of the entries whose heads none of them holds, ascending.
std::vector<EditGroup> withNewcomers(
    std::vector<EditGroup> kept, const std::vector<EditEntry> &entries, const HeadGrid &grid);

/// Whether `head` has an entry in `entries`, which ascend by head.
bool isListed(const std::vector<EditEntry> &entries, HeadRef head);

inline constexpr std::size_t kLeastTogether = 3;

} // namespace sinkscope::ui
