// SPDX-License-Identifier: Apache-2.0
// What a session remembers of the window: heads, cells and side that were looked at, and how they were shown.
#pragma once

#include "core/intervention/head_edit.h"
#include "ui/state/selection.h"

#include <string>

namespace sinkscope::ui {

/// As bytes for a session file.
std::string lookOf(const Selection &selection);
/// Looks there again; what is missing, not understood or outside `grid` is left as it is.
void takeLook(Selection &selection, const HeadGrid &grid, const std::string &look);

} // namespace sinkscope::ui
