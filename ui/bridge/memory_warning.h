// SPDX-License-Identifier: Apache-2.0
// Whether a model file fits in the free memory, asked before it is loaded.
#pragma once

#include "ui/bridge/user_message.h"

#include <cstdint>
#include <optional>

namespace sinkscope::ui {

/// A warning when loading `path` for a usual prompt needs more than `available` bytes; nothing when it fits,
/// when the free memory is not known, and for a file that cannot be read (the load says why).
std::optional<UserMessage> memoryWarningOrNull(const QString &path, std::optional<std::uint64_t> available);

} // namespace sinkscope::ui
