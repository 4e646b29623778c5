// SPDX-License-Identifier: Apache-2.0
// How much memory this machine can give now.
#pragma once

#include <cstdint>
#include <istream>
#include <optional>

namespace sinkscope {

/// MemAvailable of a text in the form of /proc/meminfo, in bytes; nothing where it has no such line.
std::optional<std::uint64_t> availableMemory(std::istream &memoryInfo);
/// Memory that new work can have without swapping, in bytes; nothing where the system does not say.
std::optional<std::uint64_t> availableMemory();

} // namespace sinkscope
