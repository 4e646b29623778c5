// SPDX-License-Identifier: Apache-2.0
// A control for a set of edited heads: the same edits on as many heads drawn at random.
#pragma once

#include "ui/state/edit_list.h"

#include <cstdint>

namespace sinkscope::ui {

/// `edited` with every edited head replaced by another one that was not edited, drawn without replacement and
/// without regard to layers and KV groups (SplitMix64 from `seed`); the first edited head's edits go to the
/// head drawn first, and so on. Names the drawn heads as a group, controlName(seed). Throws RequestError when
/// nothing is edited or too few heads are left.
EditList randomControl(const EditList &edited, const HeadGrid &grid, std::uint64_t seed);

/// "random control, seed 3": the name of the group, the same in every language, since files hold it.
std::string controlName(std::uint64_t seed);
/// The seed of the control that `edits` are; nothing where they are none.
std::optional<std::uint64_t> controlSeed(const EditList &edits);

/// Draws again from what was edited before the first control, each time with the next seed.
class ControlDraw {
public:
    /// The next control for `edits`, or for what they are the control of. Throws RequestError.
    EditList next(const EditList &edits, const HeadGrid &grid);

private:
    EditList m_origin;
    EditList m_drawn; // the last control; empty: none
    std::uint64_t m_seed = 0; // of it
};

} // namespace sinkscope::ui
