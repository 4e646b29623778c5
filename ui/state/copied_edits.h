// SPDX-License-Identifier: Apache-2.0
// Edits that are carried from some heads to others, also as text.
#pragma once

#include "ui/state/edit_list.h"

#include <string>
#include <string_view>

namespace sinkscope::ui {

/// The edits of some heads, with their switches; a head without an edit has the factor 1.
struct CopiedEdits {
    std::vector<HeadRef> heads; ///< ascending, never empty
    EditList edits; ///< of these heads only

    bool operator==(const CopiedEdits &) const = default;
};

CopiedEdits copyEdits(const EditList &edits, std::vector<HeadRef> heads);

/// As the command line takes it: `L15H3=3`, one head a line, with the factor that acts; where there are edits
/// of other kinds, JSON, which has a form for them.
std::string copiedText(const CopiedEdits &copied);

/// Reads such a text, or any form of a file of edits that names factors. Marks of quotations in letters
/// (">"), the word --edit and lines that begin with "#" are passed over. Throws Error.
CopiedEdits editsFromText(std::string_view text, const HeadGrid &grid);

/// `edits` with those of `copied` at `targets` in the place of what was there: those of one head at each,
/// else one to one where both have the same shape. Throws RequestError that says why they do not fit.
EditList pastedEdits(
    const EditList &edits, const CopiedEdits &copied, std::vector<HeadRef> targets, const HeadGrid &grid);

/// The same at the heads that `copied` was taken from.
EditList editsPutBack(const EditList &edits, const CopiedEdits &copied, const HeadGrid &grid);

} // namespace sinkscope::ui
