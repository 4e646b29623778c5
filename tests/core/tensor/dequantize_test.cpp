// SPDX-License-Identifier: Apache-2.0
// Storage types: facts of the table, hand-computed blocks, and bit equality with GGML's own functions.
#include "core/tensor/dequantize.h"

#include "tests/support/safetensors_reader.h"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

namespace sinkscope {

namespace {

using Bytes = std::vector<std::uint8_t>;

std::vector<float> expanded(DType dtype, const Bytes &stored, std::size_t count)
{
    std::vector<float> out(count, -12345.0F);
    dequantize(dtype, std::as_bytes(std::span(stored)), out);
    return out;
}

/// Halves used below: IEEE binary16, low byte first.
const Bytes kQuarter {0x00, 0x34};
const Bytes kHalf {0x00, 0x38};
const Bytes kOne {0x00, 0x3C};
const Bytes kMinusOne {0x00, 0xBC};
const Bytes kTwo {0x00, 0x40};

void append(Bytes &bytes, const Bytes &more)
{
    bytes.insert(bytes.end(), more.begin(), more.end());
}

/// 16 bytes: low nibbles 0, 1 .. 15, high nibbles 15, 14 .. 0.
Bytes risingAndFallingNibbles()
{
    Bytes bytes;
    for (int j = 0; j < 16; ++j)
        bytes.push_back(static_cast<std::uint8_t>(j | ((15 - j) << 4)));
    return bytes;
}

// Scales and minima of the eight sub-blocks of a Q4_K or Q5_K block, and their 6-bit packing: the first four
// lie whole in bytes 0..3 and 4..7; of the others the low nibbles are in bytes 8..11, the upper two bits on
// top of the first.
constexpr std::array<int, 8> kScales {1, 2, 3, 4, 33, 18, 47, 63};
constexpr std::array<int, 8> kMinima {5, 6, 7, 8, 20, 40, 60, 63};

Bytes packedScales()
{
    Bytes bytes(12);
    for (std::size_t sub = 0; sub < 4; ++sub) {
        bytes[sub] = static_cast<std::uint8_t>(kScales[sub] | ((kScales[sub + 4] >> 4) << 6));
        bytes[sub + 4] = static_cast<std::uint8_t>(kMinima[sub] | ((kMinima[sub + 4] >> 4) << 6));
        bytes[sub + 8] = static_cast<std::uint8_t>((kScales[sub + 4] & 15) | ((kMinima[sub + 4] & 15) << 4));
    }
    return bytes;
}

std::uint32_t bitsOf(float value)
{
    return std::bit_cast<std::uint32_t>(value);
}

} // namespace

TEST(DType, SizesAreThoseOfTheFormat)
{
    EXPECT_EQ(storedBytes(DType::F32, 3), 12U);
    EXPECT_EQ(storedBytes(DType::F16, 3), 6U);
    EXPECT_EQ(storedBytes(DType::BF16, 3), 6U);
    EXPECT_EQ(storedBytes(DType::Q4_0, 64), 2U * (2 + 16));
    EXPECT_EQ(storedBytes(DType::Q4_1, 64), 2U * (2 + 2 + 16));
    EXPECT_EQ(storedBytes(DType::Q5_0, 64), 2U * (2 + 4 + 16));
    EXPECT_EQ(storedBytes(DType::Q5_1, 64), 2U * (2 + 2 + 4 + 16));
    EXPECT_EQ(storedBytes(DType::Q8_0, 64), 2U * (2 + 32));
    EXPECT_EQ(storedBytes(DType::Q4_K, 512), 2U * (2 + 2 + 12 + 128));
    EXPECT_EQ(storedBytes(DType::Q5_K, 512), 2U * (2 + 2 + 12 + 32 + 128));
    EXPECT_EQ(storedBytes(DType::Q6_K, 512), 2U * (128 + 64 + 16 + 2));
}

TEST(DType, NumbersOfTheFileLeadToTheType)
{
    ASSERT_NE(dtypeInfoByGgmlIdOrNull(3), nullptr);
    EXPECT_EQ(dtypeInfoByGgmlIdOrNull(3)->name, "Q4_1");
    ASSERT_NE(dtypeInfoByGgmlIdOrNull(30), nullptr);
    EXPECT_EQ(dtypeInfoByGgmlIdOrNull(30)->dtype, DType::BF16);
    EXPECT_EQ(dtypeInfoByGgmlIdOrNull(4), nullptr) << "a removed type";
    EXPECT_EQ(dtypeInfoByGgmlIdOrNull(26), nullptr) << "32-bit integers are no weights";
    EXPECT_EQ(dtypeInfoByGgmlIdOrNull(0xFFFFFFFFU), nullptr);
}

TEST(Dequantize, F32IsCopiedBitByBit)
{
    // 1.0, then a NaN with a payload: neither may change.
    const auto out = expanded(DType::F32, {0x00, 0x00, 0x80, 0x3F, 0x01, 0x02, 0xC0, 0x7F}, 2);
    EXPECT_EQ(bitsOf(out[0]), 0x3F800000U);
    EXPECT_EQ(bitsOf(out[1]), 0x7FC00201U);
}

TEST(Dequantize, EveryHalfIsExact)
{
    Bytes stored;
    for (std::uint32_t half = 0; half < 65536; ++half)
        append(stored, {static_cast<std::uint8_t>(half & 0xFF), static_cast<std::uint8_t>(half >> 8)});
    const auto out = expanded(DType::F16, stored, 65536);
    for (std::uint32_t half = 0; half < 65536; ++half) {
        // The value by its definition (IEEE 754): sign, 5 exponent bits with bias 15, 10 bits of fraction.
        const int exponent = static_cast<int>((half >> 10) & 31);
        const int fraction = static_cast<int>(half & 1023);
        const double sign = half & 0x8000 ? -1.0 : 1.0;
        if (exponent == 31) {
            if (fraction != 0)
                ASSERT_TRUE(std::isnan(out[half])) << half;
            else
                ASSERT_EQ(out[half], sign * std::numeric_limits<double>::infinity()) << half;
            continue;
        }
        const double value =
            exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
        ASSERT_EQ(bitsOf(out[half]), bitsOf(static_cast<float>(std::copysign(value, sign)))) << half;
    }
}

TEST(Dequantize, BF16IsTheUpperHalfOfAFloat)
{
    const auto out = expanded(DType::BF16, {0x80, 0x3F, 0x49, 0xC0, 0x01, 0x00, 0x80, 0xFF}, 4);
    EXPECT_EQ(out[0], 1.0F);
    EXPECT_EQ(out[1], -3.140625F);
    EXPECT_EQ(bitsOf(out[2]), 0x00010000U) << "a subnormal stays";
    EXPECT_EQ(out[3], -std::numeric_limits<float>::infinity());
}

TEST(Dequantize, Q4_0BlockByHand)
{
    Bytes block = kHalf;
    append(block, risingAndFallingNibbles());
    const auto out = expanded(DType::Q4_0, block, 32);
    for (int j = 0; j < 16; ++j) {
        EXPECT_EQ(out[static_cast<std::size_t>(j)], 0.5F * static_cast<float>(j - 8)) << j;
        EXPECT_EQ(out[static_cast<std::size_t>(j + 16)], 0.5F * static_cast<float>(7 - j)) << j;
    }
}

TEST(Dequantize, Q4_1BlockByHand)
{
    Bytes block = kQuarter;
    append(block, kMinusOne);
    append(block, risingAndFallingNibbles());
    const auto out = expanded(DType::Q4_1, block, 32);
    for (int j = 0; j < 16; ++j) {
        EXPECT_EQ(out[static_cast<std::size_t>(j)], 0.25F * static_cast<float>(j) - 1.0F) << j;
        EXPECT_EQ(out[static_cast<std::size_t>(j + 16)], 0.25F * static_cast<float>(15 - j) - 1.0F) << j;
    }
}

TEST(Dequantize, Q5_0BlockByHand)
{
    Bytes block = kTwo;
    append(block, {0xFF, 0x7F, 0x01, 0x80}); // fifth bit of values 0..14, 16 and 31
    append(block, risingAndFallingNibbles());
    const auto out = expanded(DType::Q5_0, block, 32);
    EXPECT_EQ(out[0], 0.0F); // (0 + 16 - 16) * 2
    EXPECT_EQ(out[14], 28.0F);
    EXPECT_EQ(out[15], -2.0F); // (15 - 16) * 2
    EXPECT_EQ(out[16], 30.0F); // (15 + 16 - 16) * 2
    EXPECT_EQ(out[17], -4.0F); // (14 - 16) * 2
    EXPECT_EQ(out[30], -30.0F); // (1 - 16) * 2
    EXPECT_EQ(out[31], 0.0F); // (0 + 16 - 16) * 2
}

TEST(Dequantize, Q5_1BlockByHand)
{
    Bytes block = kTwo;
    append(block, kMinusOne);
    append(block, {0xFF, 0x7F, 0x01, 0x80});
    append(block, risingAndFallingNibbles());
    const auto out = expanded(DType::Q5_1, block, 32);
    EXPECT_EQ(out[0], 31.0F); // 16 * 2 - 1
    EXPECT_EQ(out[14], 59.0F);
    EXPECT_EQ(out[15], 29.0F); // 15 * 2 - 1
    EXPECT_EQ(out[16], 61.0F); // 31 * 2 - 1
    EXPECT_EQ(out[17], 27.0F); // 14 * 2 - 1
    EXPECT_EQ(out[31], 31.0F); // 16 * 2 - 1
}

TEST(Dequantize, Q8_0BlocksByHand)
{
    Bytes blocks = kHalf;
    for (int j = 0; j < 32; ++j)
        blocks.push_back(static_cast<std::uint8_t>(j == 0 ? -128 : 4 * j));
    append(blocks, kTwo); // a second block: each has its own scale
    blocks.insert(blocks.end(), 32, 0xFF);
    const auto out = expanded(DType::Q8_0, blocks, 64);
    EXPECT_EQ(out[0], -64.0F);
    EXPECT_EQ(out[1], 2.0F);
    EXPECT_EQ(out[31], 62.0F);
    for (std::size_t j = 32; j < 64; ++j)
        EXPECT_EQ(out[j], -2.0F);
}

TEST(Dequantize, Q4_KBlockByHand)
{
    Bytes block = kOne;
    append(block, kHalf);
    append(block, packedScales());
    for (int j = 0; j < 128; ++j)
        block.push_back(static_cast<std::uint8_t>((j % 16) | ((15 - j % 16) << 4)));
    const auto out = expanded(DType::Q4_K, block, 256);
    for (std::size_t at = 0; at < 256; ++at) {
        const std::size_t sub = at / 32;
        const int rising = static_cast<int>(at % 16);
        const int q =
            sub % 2 == 0 ? rising : 15 - rising; // even sub-blocks in the low nibbles, odd in the high ones
        EXPECT_EQ(out[at], static_cast<float>(kScales[sub] * q) - 0.5F * static_cast<float>(kMinima[sub]))
            << at;
    }
}

TEST(Dequantize, Q5_KBlockByHand)
{
    Bytes block = kOne;
    append(block, kHalf);
    append(block, packedScales());
    for (int j = 0; j < 32; ++j)
        block.push_back(
            static_cast<std::uint8_t>(j % 2 == 0 ? 0x55 : 0xAA)); // bit s: fifth bit in sub-block s
    for (int j = 0; j < 128; ++j)
        block.push_back(static_cast<std::uint8_t>((j % 16) | ((15 - j % 16) << 4)));
    const auto out = expanded(DType::Q5_K, block, 256);
    for (std::size_t at = 0; at < 256; ++at) {
        const std::size_t sub = at / 32;
        const int rising = static_cast<int>(at % 16);
        const int fifth = at % 2 == sub % 2 ? 16 : 0; // 0x55 has the even bits, 0xAA the odd ones
        const int q = (sub % 2 == 0 ? rising : 15 - rising) + fifth;
        EXPECT_EQ(out[at], static_cast<float>(kScales[sub] * q) - 0.5F * static_cast<float>(kMinima[sub]))
            << at;
    }
}

TEST(Dequantize, Q6_KBlockByHand)
{
    const auto q = [](std::size_t at) { return static_cast<int>(at * 7 % 64); };
    Bytes block(210);
    for (std::size_t at = 0; at < 256; ++at) {
        const std::size_t half = at / 128;
        const std::size_t group =
            at % 128 / 32; // 0 and 1 use low nibbles, 2 and 3 the high nibbles of the same bytes
        const std::size_t j = at % 32;
        block[half * 64 + (group % 2) * 32 + j] |= static_cast<std::uint8_t>((q(at) & 15) << (group / 2 * 4));
        block[128 + half * 32 + j] |= static_cast<std::uint8_t>((q(at) >> 4) << (group * 2));
    }
    for (std::size_t sub = 0; sub < 16; ++sub)
        block[192 + sub] = static_cast<std::uint8_t>(static_cast<int>(sub) - 8);
    block[208] = kHalf[0];
    block[209] = kHalf[1];
    const auto out = expanded(DType::Q6_K, block, 256);
    for (std::size_t at = 0; at < 256; ++at)
        EXPECT_EQ(out[at], 0.5F * static_cast<float>((static_cast<int>(at / 16) - 8) * (q(at) - 32))) << at;
}

TEST(Dequantize, NothingIsFine)
{
    std::vector<float> none;
    dequantize(DType::Q4_1, {}, none);
    EXPECT_TRUE(none.empty());
}

class DequantizeReference : public testing::TestWithParam<const char *> { };

// The reference was made with the C functions of libggml (data/reference/models/README.md, section dequant).
TEST_P(DequantizeReference, IsBitEqualToGgml)
{
    const std::filesystem::path folder = std::filesystem::path(SINKSCOPE_SHARED_DATA) / "reference/dequant";
    if (!std::filesystem::exists(folder))
        GTEST_SKIP() << "reference data absent: " << folder;
    const auto arrays = test::readSafetensors((folder / (std::string(GetParam()) + ".safetensors")).string());
    const auto &raw = test::arrayNamed(arrays, "raw").values;
    const auto &expected = test::arrayNamed(arrays, "expected").values;
    std::string name = GetParam();
    for (char &letter : name)
        letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
    const DTypeInfo *info = nullptr;
    for (std::uint32_t id = 0; id < 64 && !info; ++id) {
        info = dtypeInfoByGgmlIdOrNull(id);
        if (info && info->name != name)
            info = nullptr;
    }
    ASSERT_NE(info, nullptr) << name;
    ASSERT_EQ(storedBytes(info->dtype, expected.size()), raw.size());
    const auto out = expanded(info->dtype, Bytes(raw.begin(), raw.end()), expected.size());
    for (std::size_t at = 0; at < expected.size(); ++at)
        ASSERT_EQ(bitsOf(out[at]), bitsOf(static_cast<float>(expected[at]))) << name << " value " << at;
}

INSTANTIATE_TEST_SUITE_P(AllTypes, DequantizeReference,
    testing::Values("f16", "bf16", "q4_0", "q4_1", "q5_0", "q5_1", "q8_0", "q4_k", "q5_k", "q6_k"),
    [](const auto &test) { return std::string(test.param); });

} // namespace sinkscope
