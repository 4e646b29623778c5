// SPDX-License-Identifier: Apache-2.0
// How much memory this machine can give now.
#pragma once

#include <cstddef>
#include <cstdint>
#include <istream>
#include <optional>

namespace sinkscope {

/// MemAvailable of a text in the form of /proc/meminfo, in bytes; nothing where it has no such line.
std::optional<std::uint64_t> availableMemory(std::istream &memoryInfo);
/// Memory that new work can have without swapping, in bytes; nothing where the system does not say.
std::optional<std::uint64_t> availableMemory();

/// Bytes that captured patterns may take when nobody says otherwise: a quarter of `available`, at least 64
/// MiB and at most 1 GiB (1,000 tokens of the default model in fp32); 1 GiB where the free memory is unknown.
std::size_t usualPatternBudget(std::optional<std::uint64_t> available);

} // namespace sinkscope
