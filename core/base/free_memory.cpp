// SPDX-License-Identifier: Apache-2.0
// Reads the kernel's own estimate (Documentation/filesystems/proc.rst, MemAvailable).
#include "core/base/free_memory.h"

#include <algorithm>
#include <fstream>
#include <string>

namespace sinkscope {

std::optional<std::uint64_t> availableMemory(std::istream &memoryInfo)
{
    constexpr std::uint64_t kBytesPerUnit = 1024; // the kernel's "kB"
    std::string key;
    while (memoryInfo >> key) {
        std::uint64_t value = 0;
        if (key == "MemAvailable:" && memoryInfo >> value)
            return value * kBytesPerUnit;
        std::string rest;
        std::getline(memoryInfo, rest);
    }
    return std::nullopt;
}

std::optional<std::uint64_t> availableMemory()
{
    std::ifstream file("/proc/meminfo");
    return availableMemory(file);
}

std::size_t usualPatternBudget(std::optional<std::uint64_t> available)
{
    constexpr std::uint64_t kLeast = std::uint64_t {64} << 20;
    constexpr std::uint64_t kMost = std::uint64_t {1} << 30;
    return static_cast<std::size_t>(std::clamp(available.value_or(4 * kMost) / 4, kLeast, kMost));
}

} // namespace sinkscope
