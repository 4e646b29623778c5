// SPDX-License-Identifier: Apache-2.0
// The line of free memory is found in the kernel's text, and only that line.
#include "core/base/free_memory.h"

#include <gtest/gtest.h>

#include <sstream>

namespace sinkscope {

namespace {

TEST(FreeMemory, IsTheAvailableLineInBytes)
{
    std::istringstream info("MemTotal:       24000000 kB\nMemFree:  1000 kB\nMemAvailable:   2000 kB\n"
                            "Buffers: 7 kB\n");
    EXPECT_EQ(availableMemory(info), 2048000U);
}

TEST(FreeMemory, IsUnknownWithoutThatLine)
{
    std::istringstream info("MemTotal: 24000000 kB\nMemFree: 1000 kB\n");
    EXPECT_FALSE(availableMemory(info));
    std::istringstream empty("");
    EXPECT_FALSE(availableMemory(empty));
}

TEST(PatternBudget, IsAQuarterOfTheFreeMemoryWithinBounds)
{
    constexpr std::uint64_t kMega = 1'048'576;
    EXPECT_EQ(usualPatternBudget(2000 * kMega), 500 * kMega);
    EXPECT_EQ(usualPatternBudget(100 * kMega), 64 * kMega);
    EXPECT_EQ(usualPatternBudget(100'000 * kMega), 1024 * kMega);
    EXPECT_EQ(usualPatternBudget(std::nullopt), 1024 * kMega);
}

} // namespace

} // namespace sinkscope
