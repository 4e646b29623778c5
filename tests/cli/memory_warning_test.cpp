// SPDX-License-Identifier: Apache-2.0
// The line that is written when a model needs more memory than is free.
#include "app/cli_session.h"

#include <gtest/gtest.h>

namespace sinkscope::test {

TEST(CliMemoryWarning, IsGivenWhenTheEstimateExceedsTheFreeMemory)
{
    MemoryEstimate needed;
    needed.mappedBytes = 1000;
    needed.recordBytes = 24;
    EXPECT_EQ(memoryWarning(needed, 1024), "");
    EXPECT_EQ(memoryWarning(needed, std::nullopt), ""); // unknown: nothing to compare with
    const std::string warning = memoryWarning(needed, 1023);
    EXPECT_NE(warning.find("memory"), std::string::npos) << warning;
    EXPECT_EQ(warning.find('\n'), std::string::npos);
}

} // namespace sinkscope::test
