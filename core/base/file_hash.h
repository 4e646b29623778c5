// SPDX-License-Identifier: Apache-2.0
// The SHA-256 of a file, by which a model file is told from any other.
#pragma once

#include "core/base/cancellation.h"

#include <optional>
#include <string>

namespace sinkscope {

/// SHA-256 (FIPS 180-4) of the bytes of `path`, 64 lower-case hexadecimal digits. Checks `stop` every few
/// MiB; nothing when cancelled. Throws Error when the file is absent, unreadable or empty.
std::optional<std::string> sha256OfFile(const std::string &path, const StopToken &stop);

} // namespace sinkscope
