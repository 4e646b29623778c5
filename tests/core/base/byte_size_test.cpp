// SPDX-License-Identifier: Apache-2.0
// Amounts of memory, read as people write them.
#include "core/base/byte_size.h"

#include <gtest/gtest.h>

namespace sinkscope {

TEST(ByteSize, ReadsNumbersAndUnits)
{
    EXPECT_EQ(parseByteSize("512"), 536870912U); // MiB
    EXPECT_EQ(parseByteSize("512 MiB"), 536870912U);
    EXPECT_EQ(parseByteSize("512m"), 536870912U);
    EXPECT_EQ(parseByteSize("1.5 GiB"), 1610612736U);
    EXPECT_EQ(parseByteSize(" 2G "), 2147483648U);
    EXPECT_EQ(parseByteSize("64 KiB"), 65536U);
    EXPECT_EQ(parseByteSize("100 B"), 100U);
    EXPECT_EQ(parseByteSize("2 GB"), 2000000000U);
    EXPECT_EQ(parseByteSize("1 TiB"), 1099511627776U);
    EXPECT_EQ(parseByteSize("0"), 0U);
}

TEST(ByteSize, RefusesWhatIsNoAmount)
{
    for (const char *text : {"", " ", "MiB", "-1", "-1 MiB", "12 parsecs", "1e3", "nan", "inf", "1 2",
             "1,5 GiB", "99999999999999999999 TiB", "0x10"})
        EXPECT_FALSE(parseByteSize(text).has_value()) << text;
}

} // namespace sinkscope
