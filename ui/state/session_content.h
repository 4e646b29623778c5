// SPDX-License-Identifier: Apache-2.0
// What is asked, between the window's form and that of a session file.
#pragma once

#include "core/project/project.h"
#include "ui/state/edit_list.h"

namespace sinkscope::ui {

SessionContent contentOf(const SessionValue &session);
/// Throws Error for edits of kinds that the window's list cannot hold: none is left out silently.
SessionValue sessionOf(const SessionContent &content);

} // namespace sinkscope::ui
