// SPDX-License-Identifier: Apache-2.0
// Conversion to IEEE binary16 and back.
#include "core/base/random.h"
#include "core/ops/row_kernels.h"
#include "tests/support/vector_targets.h"

#include <cmath>
#include <gtest/gtest.h>
#include <vector>

namespace sinkscope {
namespace {

class Half : public test::OnVectorTarget { };

// Sign, 5 bits of exponent with bias 15, 10 bits of fraction (IEEE 754-2019, table 3.5), worked out by hand.
TEST_P(Half, KnownValues)
{
    const std::vector<float> values {0.0F, 1.0F, 0.5F, 0.75F, 0.1F, 1.0F / 3.0F, 0x1p-14F, 65504.0F};
    const std::vector<std::uint16_t> expected {
        0x0000, 0x3C00, 0x3800, 0x3A00, 0x2E66, 0x3555, 0x0400, 0x7BFF};
    std::vector<std::uint16_t> halves(values.size());
    toHalf(values, halves.data());
    EXPECT_EQ(halves, expected);
}

TEST_P(Half, RoundsToNearest)
{
    // 1 + 2^-10 is the next half after 1; 3/4 of the way is nearer to it, 1/4 to 1.
    const std::vector<float> values {1.0F + 0.25F * 0x1p-10F, 1.0F + 0.75F * 0x1p-10F};
    std::vector<std::uint16_t> halves(2);
    toHalf(values, halves.data());
    EXPECT_EQ(halves, (std::vector<std::uint16_t> {0x3C00, 0x3C01}));
}

TEST_P(Half, RoundsSmallValuesToTheSpacingOfTheSmallestHalves)
{
    // below 2^-14 halves are multiples of 2^-24: 5.75 of them are nearest to 6, 0.75 to 1; ties to even
    const std::vector<float> values {5.75F * 0x1p-24F, 0.75F * 0x1p-24F, 2.5F * 0x1p-24F, 0x1p-30F, -0.1F};
    std::vector<std::uint16_t> halves(values.size());
    toHalf(values, halves.data());
    EXPECT_EQ(halves, (std::vector<std::uint16_t> {6, 1, 2, 0, 0xAE66}));
}

TEST_P(Half, EveryLengthComesBackWithinItsRounding)
{
    Random random(7);
    for (std::size_t length = 1; length <= 70; ++length) {
        std::vector<float> values(length);
        for (float &value : values)
            value = static_cast<float>(random.uniform());
        std::vector<std::uint16_t> halves(length + 1, 0xABCD);
        std::vector<float> back(length + 1, 7.0F);
        toHalf(values, halves.data());
        fromHalf(std::span(halves).first(length), back.data());
        for (std::size_t at = 0; at < length; ++at)
            ASSERT_NEAR(back[at], values[at], 0x1p-11F * values[at] + 0x1p-24F) << length << ' ' << at;
        EXPECT_EQ(halves[length], 0xABCD) << "wrote past its end";
        EXPECT_EQ(back[length], 7.0F) << "wrote past its end";
    }
}

INSTANTIATE_TEST_SUITE_P(Targets, Half, testing::ValuesIn(test::vectorTargets()), test::NameOfVectorTarget());

} // namespace
} // namespace sinkscope
