// SPDX-License-Identifier: Apache-2.0
// bf16 terms of fp32 values, their tiles, and the arithmetic of the model of the tile unit.
#include "core/base/random.h"
#include "core/tensor/matrix_view.h"
#include "core/tensor/tile_values.h"
#include "tests/support/software_tiles.h"

#include <array>
#include <bit>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>

namespace sinkscope {
namespace {

float bf16(std::uint16_t bits)
{
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

std::uint16_t bf16Bits(float value)
{
    return static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(value) >> 16);
}

/// The terms of one value, the first ones first.
std::array<float, kMostTerms> termsOf(float value)
{
    std::vector<std::uint16_t> tiles(kMostTerms * kTileElements, 0xFFFF);
    splitIntoTiles({&value, 1, 1}, kMostTerms, tiles.data());
    return {bf16(tiles[0]), bf16(tiles[kTileElements]), bf16(tiles[2 * kTileElements])};
}

TEST(TileTerms, RoundToNearestWithTiesToEven)
{
    EXPECT_EQ(termsOf(1.0F)[0], 1.0F);
    EXPECT_EQ(termsOf(1.0F + 0x1p-8F)[0], 1.0F); // half-way between 1 and 1 + 2^-7, whose last bit is odd
    EXPECT_EQ(termsOf(1.0F + 0x3p-8F)[0], 1.0F + 0x1p-6F); // half-way, the upper one is even
    EXPECT_EQ(termsOf(-1.0F - 0x1.02p-8F)[0], -1.0F - 0x1p-7F); // just above half-way
    EXPECT_EQ(termsOf(1.0F + 0x1p-8F)[1], 0x1p-8F);
    EXPECT_EQ(termsOf(1.0F + 0x3p-8F)[1], -0x1p-8F);
}

TEST(TileTerms, ThreeOfThemAreTheValue)
{
    Random random(7);
    std::vector<float> values {0.0F, -0.0F, std::numeric_limits<float>::max(),
        -std::numeric_limits<float>::max(), 0x1.FEFFFFp127F, 0x1.FFp127F, 0x1.FFFFFEp0F, 0x1.008002p0F};
    for (int exponent = -100; exponent <= 127; ++exponent) // below, the last term is under 2^-126
        for (int at = 0; at < 50; ++at)
            values.push_back(std::ldexp(static_cast<float>(2.0 * random.uniform() - 1.0), exponent));
    for (const float value : values) {
        const auto terms = termsOf(value);
        const double sum =
            static_cast<double>(terms[0]) + static_cast<double>(terms[1]) + static_cast<double>(terms[2]);
        ASSERT_EQ(sum, static_cast<double>(value)) << std::hexfloat << value;
        ASSERT_LE(std::fabs(terms[1]), std::fabs(value) * 0x1p-7F) << value; // 2^-8 where not cut
        ASSERT_LE(std::fabs(terms[2]), std::fabs(value) * 0x1p-15F) << value;
    }
}

TEST(TileTerms, ValuesThatAreNotFiniteStaySo)
{
    for (const float value : {std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity(),
             std::numeric_limits<float>::quiet_NaN(), std::bit_cast<float>(0x7FFFFFFFU)})
        for (const float term : termsOf(value))
            EXPECT_FALSE(std::isfinite(term)) << value;
    EXPECT_EQ(termsOf(std::numeric_limits<float>::infinity())[0], std::numeric_limits<float>::infinity());
}

TEST(TileTerms, AsManyAsTheValuesNeed)
{
    std::vector<float> values(101, 0.5F); // not a multiple of any number of lanes
    EXPECT_EQ(termsNeeded(values), 1);
    values.back() = 1.0F + 0x1p-7F; // 8 bits
    EXPECT_EQ(termsNeeded(values), 1);
    values.back() = 1.0F + 0x1p-10F; // 11 bits, as an F16 value has
    EXPECT_EQ(termsNeeded(values), 2);
    values.back() = 1.0F + 0x1p-8F + 0x1p-17F + 0x1p-23F; // 24 bits
    EXPECT_EQ(termsNeeded(values), 3);
    values.back() = 0.5F;
    values.front() = 1.0F + 0x1p-23F; // 1 and 2^-23
    EXPECT_EQ(termsNeeded(values), 2);
}

// Element (output, input) of a panel of weights, by the comment of tilePanelSize.
std::size_t panelIndex(std::size_t output, std::size_t input, std::size_t term, std::size_t terms)
{
    const std::size_t tile = (input / 32 * terms + term) * 2 + output / 16;
    return tile * 512 + input % 32 / 2 * 32 + output % 16 * 2 + input % 2;
}

TEST(TilePanel, HoldsEveryWeightAtItsPlaceAndZerosBeside)
{
    const std::size_t outputs = 19;
    const std::size_t inputs = 45;
    Matrix values(outputs, inputs);
    for (std::size_t output = 0; output < outputs; ++output)
        for (std::size_t input = 0; input < inputs;
             ++input) // 11 bits: a first term of 8, a second of the rest
            values.at(output, input) = static_cast<float>(1025 + output * inputs + input);
    std::vector<std::uint16_t> panel(tilePanelSize(inputs, 2), 0xFFFF);
    ASSERT_EQ(panel.size(), 2U * 2 * 2 * 512);
    packTilePanel(values.view(), 2, panel.data());
    for (std::size_t output = 0; output < 32; ++output)
        for (std::size_t input = 0; input < 64; ++input) {
            const float sum =
                bf16(panel[panelIndex(output, input, 0, 2)]) + bf16(panel[panelIndex(output, input, 1, 2)]);
            const bool exists = output < outputs && input < inputs;
            ASSERT_EQ(sum, exists ? values.at(output, input) : 0.0F) << output << ' ' << input;
        }
}

TEST(TileRows, HoldEveryActivationAtItsPlaceAndZerosBeside)
{
    Matrix values(5, 40);
    for (std::size_t at = 0; at < values.values().size(); ++at)
        values.values()[at] = static_cast<float>(at); // 8 bits
    std::vector<std::uint16_t> tiles(2 * 3 * 512, 0xFFFF);
    splitIntoTiles(values.view(), 3, tiles.data());
    for (std::size_t row = 0; row < 16; ++row)
        for (std::size_t input = 0; input < 64; ++input)
            for (std::size_t term = 0; term < 3; ++term) {
                const bool exists = row < 5 && input < 40 && term == 0;
                ASSERT_EQ(bf16(tiles[(input / 32 * 3 + term) * 512 + row * 32 + input % 32]),
                    exists ? values.at(row, input) : 0.0F)
                    << row << ' ' << input << ' ' << term;
            }
}

TEST(TileSums, AreWrittenOrAddedWhereTheOutputIs)
{
    std::vector<float> block(32 * 32);
    for (std::size_t at = 0; at < block.size(); ++at)
        block[at] = static_cast<float>(at);
    for (const std::size_t columns : {1U, 16U, 21U, 32U}) {
        Matrix out(4, 40);
        std::ranges::fill(out.values(), 0.5F);
        writeTileBlock(block.data(), TileSums::Replace, {out.values().data(), 3, columns, 40});
        writeTileBlock(block.data(), TileSums::Add, {out.values().data(), 3, columns, 40});
        for (std::size_t row = 0; row < 4; ++row)
            for (std::size_t column = 0; column < 40; ++column)
                ASSERT_EQ(out.at(row, column),
                    row < 3 && column < columns ? 2.0F * static_cast<float>(row * 32 + column) : 0.5F);
    }
}

/// One product of a first row of activations with weights that are all `weight`.
float firstSum(const std::array<float, 32> &activations, float weight, float before)
{
    std::vector<std::uint16_t> rows(kTileElements);
    std::vector<std::uint16_t> weights(kTileElements, bf16Bits(weight));
    for (std::size_t at = 0; at < 32; ++at)
        rows[at] = bf16Bits(activations[at]);
    test::SoftwareTiles tiles;
    // a tile of sums is loaded as words
    std::vector<float> sums(kTileRows * kTileOutputs, before);
    tiles.load<0>(reinterpret_cast<const std::uint16_t *>(sums.data()));
    tiles.load<4>(rows.data());
    tiles.load<6>(weights.data());
    tiles.addProduct<0, 4, 6>();
    tiles.store<0>(sums.data(), kTileOutputs);
    EXPECT_EQ(sums[1], sums[0]);
    EXPECT_EQ(sums[kTileOutputs], before); // the second row of activations is 0
    return sums[0];
}

// By hand from the operation of TDPBF16PS: even and odd elements apart, then together, then to the tile.
TEST(SoftwareTiles, RoundAsIntelDescribes)
{
    std::array<float, 32> ones {};
    ones.fill(1.0F);
    EXPECT_EQ(firstSum(ones, 2.0F, 3.0F), 67.0F);
    std::array<float, 32> values = ones;
    values[0] = 0x1p24F; // the 15 further even ones are lost one by one (ties to even); 16 odd ones are not
    EXPECT_EQ(firstSum(values, 1.0F, 0.0F), 0x1p24F + 16.0F);
    values[1] = 0x1p24F;
    EXPECT_EQ(firstSum(values, 1.0F, 0.0F), 0x1p25F);
    values = {};
    values[30] = 1.0F;
    EXPECT_EQ(
        firstSum(values, 1.0F, 0x1p24F), 0x1p24F); // the sum of the step, not each product, joins the tile
    values[31] = 1.0F;
    EXPECT_EQ(firstSum(values, 1.0F, 0x1p24F), 0x1p24F + 2.0F);
}

TEST(SoftwareTiles, TakeDenormalsForZero)
{
    std::array<float, 32> values {};
    values[0] = 0x1p-127F;
    EXPECT_EQ(firstSum(values, 4.0F, 0.0F), 0.0F); // the operand
    values[0] = 0x1p-126F;
    EXPECT_EQ(firstSum(values, 4.0F, 0.0F), 0x1p-124F);
    EXPECT_EQ(firstSum(values, 0.5F, 0.0F), 0.0F); // the result
}

} // namespace
} // namespace sinkscope
