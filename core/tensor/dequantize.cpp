// SPDX-License-Identifier: Apache-2.0
// Expansion of GGML's storage types to fp32.
//
// A block holds values that share a scale. "f16" below is IEEE half precision, all fields are little-endian:
//   Q4_0  32 values:  f16 d | 16 bytes q           x = (q - 8) d       byte j: value j low, value j + 16 high
//   nibble Q4_1  32 values:  f16 d | f16 m | 16 bytes q   x = q d + m         nibbles as above Q5_0  32
//   values:  f16 d | 4 bytes h | 16 q     x = (q - 16) d      bit j of h is the fifth bit of value j Q5_1  32
//   values:  f16 d | f16 m | 4 h | 16 q   x = q d + m Q8_0  32 values:  f16 d | 32 signed bytes q    x = q d
//   Q4_K  256 values: f16 d | f16 dmin | 12 bytes of 6-bit scales and minima | 128 q
//         eight sub-blocks of 32:                  x = (d scale) q - (dmin min)
//   Q5_K  256 values: f16 d | f16 dmin | 12 bytes as above | 32 bytes h | 128 q; h carries the fifth bits
//   Q6_K  256 values: 128 bytes low nibbles | 64 bytes upper bit pairs | 16 signed bytes scale | f16 d
//         sixteen sub-blocks of 16:                x = (d scale) (q - 32)
//
// Every product is exact in fp32 (a half has 11 significant bits, a scale at most 7, q at most 6: 23 together
// at the most), so only the final sum rounds, and the result is bit-equal to ggml-quants.c on any processor,
// with or without fused multiply-add.
#include "core/tensor/dequantize.h"

#include <bit>
#include <cassert>
#include <cstdint>
#include <cstring>

namespace sinkscope {

namespace {

static_assert(std::endian::native == std::endian::little, "stored values are read in place as little-endian");

using Bytes = const std::uint8_t *;

constexpr std::size_t kSmallBlock = 32;
constexpr std::size_t kSuperBlock = 256;

// IEEE binary16 to binary32, exact; a signalling NaN becomes quiet as in hardware. Free of branches and of
// arithmetic on subnormal floats, so that loops over it vectorise and no flush-to-zero mode can change it.
inline float halfToFloat(std::uint16_t half)
{
    const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000U) << 16;
    const std::uint32_t magnitude = static_cast<std::uint32_t>(half & 0x7FFFU) << 13;
    const std::uint32_t normal = magnitude + (112U << 23); // exponent bias 15 to 127
    const std::uint32_t special = magnitude | 0x7F800000U | (magnitude > (0x7C00U << 13) ? 0x00400000U : 0U);
    const float smallest = std::bit_cast<float>(113U << 23); // 2^-14, the smallest normal half
    const std::uint32_t subnormal =
        std::bit_cast<std::uint32_t>(std::bit_cast<float>(magnitude + (113U << 23)) - smallest);
    const std::uint32_t finite = magnitude < (0x0400U << 13) ? subnormal : normal;
    return std::bit_cast<float>(sign | (magnitude >= (0x7C00U << 13) ? special : finite));
}

inline float halfAt(Bytes at)
{
    std::uint16_t half = 0;
    std::memcpy(&half, at, sizeof half);
    return halfToFloat(half);
}

void expandF16(Bytes stored, std::span<float> out)
{
    for (std::size_t element = 0; element < out.size(); ++element)
        out[element] = halfAt(stored + element * 2);
}

void expandBF16(Bytes stored, std::span<float> out)
{
    for (std::size_t element = 0; element < out.size(); ++element) {
        std::uint16_t upper = 0;
        std::memcpy(&upper, stored + element * 2, sizeof upper);
        out[element] = std::bit_cast<float>(static_cast<std::uint32_t>(upper) << 16);
    }
}

void blockQ4_0(Bytes block, float *out)
{
    const float d = halfAt(block);
    const Bytes q = block + 2;
    for (std::size_t j = 0; j < 16; ++j) {
        out[j] = static_cast<float>((q[j] & 0x0F) - 8) * d;
        out[j + 16] = static_cast<float>((q[j] >> 4) - 8) * d;
    }
}

void blockQ4_1(Bytes block, float *out)
{
    const float d = halfAt(block);
    const float m = halfAt(block + 2);
    const Bytes q = block + 4;
    for (std::size_t j = 0; j < 16; ++j) {
        out[j] = static_cast<float>(q[j] & 0x0F) * d + m;
        out[j + 16] = static_cast<float>(q[j] >> 4) * d + m;
    }
}

/// The 32 five-bit numbers of a Q5_0 or Q5_1 block.
inline void fiveBits(Bytes highBits, Bytes q, std::int32_t *out)
{
    std::uint32_t high = 0;
    std::memcpy(&high, highBits, sizeof high);
    for (std::uint32_t j = 0; j < 16; ++j) {
        out[j] = static_cast<std::int32_t>((q[j] & 0x0FU) | (((high >> j) & 1U) << 4));
        out[j + 16] = static_cast<std::int32_t>((q[j] >> 4U) | (((high >> (j + 16)) & 1U) << 4));
    }
}

void blockQ5_0(Bytes block, float *out)
{
    const float d = halfAt(block);
    std::int32_t q[kSmallBlock];
    fiveBits(block + 2, block + 6, q);
    for (std::size_t j = 0; j < kSmallBlock; ++j)
        out[j] = static_cast<float>(q[j] - 16) * d;
}

void blockQ5_1(Bytes block, float *out)
{
    const float d = halfAt(block);
    const float m = halfAt(block + 2);
    std::int32_t q[kSmallBlock];
    fiveBits(block + 4, block + 8, q);
    for (std::size_t j = 0; j < kSmallBlock; ++j)
        out[j] = static_cast<float>(q[j]) * d + m;
}

void blockQ8_0(Bytes block, float *out)
{
    const float d = halfAt(block);
    const Bytes q = block + 2;
    for (std::size_t j = 0; j < kSmallBlock; ++j)
        out[j] = static_cast<float>(static_cast<std::int8_t>(q[j])) * d;
}

struct ScaleAndMin {
    float scale;
    float min;
};

/// The 6-bit scale and minimum of sub-block `sub` in 0..7: the first four lie whole in bytes 0..3 and 4..7;
/// of the others the low nibbles share bytes 8..11 and the upper two bits lie on top of bytes 0..3 and 4..7.
inline ScaleAndMin scaleAndMin(Bytes packed, std::size_t sub)
{
    if (sub < 4)
        return {static_cast<float>(packed[sub] & 0x3F), static_cast<float>(packed[sub + 4] & 0x3F)};
    const int scale = (packed[sub + 4] & 0x0F) | ((packed[sub - 4] >> 6) << 4);
    const int min = (packed[sub + 4] >> 4) | ((packed[sub] >> 6) << 4);
    return {static_cast<float>(scale), static_cast<float>(min)};
}

void blockQ4_K(Bytes block, float *out)
{
    const float d = halfAt(block);
    const float dMin = halfAt(block + 2);
    for (std::size_t pair = 0; pair < 4; ++pair) { // two sub-blocks share 32 bytes: low nibbles, high nibbles
        const Bytes q = block + 16 + pair * 32;
        const ScaleAndMin low = scaleAndMin(block + 4, 2 * pair);
        const ScaleAndMin high = scaleAndMin(block + 4, 2 * pair + 1);
        const float lowScale = d * low.scale;
        const float lowMin = dMin * low.min;
        const float highScale = d * high.scale;
        const float highMin = dMin * high.min;
        for (std::size_t j = 0; j < 32; ++j) {
            out[pair * 64 + j] = lowScale * static_cast<float>(q[j] & 0x0F) - lowMin;
            out[pair * 64 + 32 + j] = highScale * static_cast<float>(q[j] >> 4) - highMin;
        }
    }
}

void blockQ5_K(Bytes block, float *out)
{
    const float d = halfAt(block);
    const float dMin = halfAt(block + 2);
    const Bytes fifth = block + 16; // bit s of byte j: fifth bit of value j of sub-block s
    for (std::uint32_t pair = 0; pair < 4; ++pair) {
        const Bytes q = block + 48 + pair * 32;
        const ScaleAndMin low = scaleAndMin(block + 4, 2 * pair);
        const ScaleAndMin high = scaleAndMin(block + 4, 2 * pair + 1);
        const float lowScale = d * low.scale;
        const float lowMin = dMin * low.min;
        const float highScale = d * high.scale;
        const float highMin = dMin * high.min;
        for (std::size_t j = 0; j < 32; ++j) {
            const int lowValue = (q[j] & 0x0F) | (((fifth[j] >> (2 * pair)) & 1) << 4);
            const int highValue = (q[j] >> 4) | (((fifth[j] >> (2 * pair + 1)) & 1) << 4);
            out[pair * 64 + j] = lowScale * static_cast<float>(lowValue) - lowMin;
            out[pair * 64 + 32 + j] = highScale * static_cast<float>(highValue) - highMin;
        }
    }
}

/// One half of a Q6_K block: 128 values of four groups of 32, each group of two sub-blocks.
void halfBlockQ6_K(Bytes low, Bytes high, const float *scales, float *out)
{
    for (std::size_t sub = 0; sub < 2; ++sub) {
        for (std::size_t j = 16 * sub; j < 16 * sub + 16; ++j) {
            const int q0 = ((low[j] & 0x0F) | ((high[j] & 3) << 4)) - 32;
            const int q1 = ((low[j + 32] & 0x0F) | (((high[j] >> 2) & 3) << 4)) - 32;
            const int q2 = ((low[j] >> 4) | (((high[j] >> 4) & 3) << 4)) - 32;
            const int q3 = ((low[j + 32] >> 4) | ((high[j] >> 6) << 4)) - 32;
            out[j] = scales[sub] * static_cast<float>(q0);
            out[j + 32] = scales[sub + 2] * static_cast<float>(q1);
            out[j + 64] = scales[sub + 4] * static_cast<float>(q2);
            out[j + 96] = scales[sub + 6] * static_cast<float>(q3);
        }
    }
}

void blockQ6_K(Bytes block, float *out)
{
    const float d = halfAt(block + 208);
    float scales[16];
    for (std::size_t sub = 0; sub < 16; ++sub)
        scales[sub] = d * static_cast<float>(static_cast<std::int8_t>(block[192 + sub]));
    halfBlockQ6_K(block, block + 128, scales, out);
    halfBlockQ6_K(block + 64, block + 160, scales + 8, out + 128);
}

template <std::size_t blockElements, std::size_t blockBytes, void expand(Bytes, float *)>
void eachBlock(Bytes stored, std::span<float> out)
{
    const std::size_t blockCount = out.size() / blockElements;
    for (std::size_t block = 0; block < blockCount; ++block)
        expand(stored + block * blockBytes, out.data() + block * blockElements);
}

} // namespace

void dequantize(DType dtype, std::span<const std::byte> stored, std::span<float> out)
{
    assert(out.size() % dtypeInfo(dtype).blockElements == 0);
    assert(stored.size() >= storedBytes(dtype, out.size()));
    if (out.empty())
        return;
    const auto *bytes = reinterpret_cast<Bytes>(stored.data());
    switch (dtype) {
    case DType::F32:
        std::memcpy(out.data(), bytes, out.size_bytes());
        return;
    case DType::F16:
        return expandF16(bytes, out);
    case DType::BF16:
        return expandBF16(bytes, out);
    case DType::Q4_0:
        return eachBlock<kSmallBlock, 18, blockQ4_0>(bytes, out);
    case DType::Q4_1:
        return eachBlock<kSmallBlock, 20, blockQ4_1>(bytes, out);
    case DType::Q5_0:
        return eachBlock<kSmallBlock, 22, blockQ5_0>(bytes, out);
    case DType::Q5_1:
        return eachBlock<kSmallBlock, 24, blockQ5_1>(bytes, out);
    case DType::Q8_0:
        return eachBlock<kSmallBlock, 34, blockQ8_0>(bytes, out);
    case DType::Q4_K:
        return eachBlock<kSuperBlock, 144, blockQ4_K>(bytes, out);
    case DType::Q5_K:
        return eachBlock<kSuperBlock, 176, blockQ5_K>(bytes, out);
    case DType::Q6_K:
        return eachBlock<kSuperBlock, 210, blockQ6_K>(bytes, out);
    }
}

} // namespace sinkscope
