// SPDX-License-Identifier: Apache-2.0
// Blocks of 32 values by the description of the formats (ggml-common.h): scales in half precision, small
// integers.
#include "tests/support/tiny_storage.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace sinkscope::test {

namespace {

constexpr std::size_t kBlock = 32;

// Half precision: sign, 5 bits exponent, 10 bits fraction, round to nearest. Tiny values become 0, as tests
// need no subnormals.
std::uint16_t halfOf(float value)
{
    if (std::fabs(value) < 6.2e-5F)
        return 0;
    int exponent = 0;
    const float fraction = std::frexp(std::fabs(value), &exponent); // in [0.5, 1)
    auto bits = static_cast<unsigned>(std::lround(std::ldexp(fraction, 11))); // [1024, 2048]
    bits += static_cast<unsigned>(exponent + 13) * 1024U; // the leading one carries into the exponent
    return static_cast<std::uint16_t>(bits | (std::signbit(value) ? 0x8000U : 0U));
}

double valueOfHalf(std::uint16_t half)
{
    const unsigned exponent = (half >> 10U) & 31U;
    const double magnitude = exponent == 0
        ? std::ldexp(static_cast<double>(half & 1023U), -24)
        : std::ldexp(static_cast<double>((half & 1023U) | 1024U), static_cast<int>(exponent) - 25);
    return (half & 0x8000U) != 0 ? -magnitude : magnitude;
}

void appendHalf(std::string &bytes, std::uint16_t half)
{
    bytes.push_back(static_cast<char>(half & 0xFFU));
    bytes.push_back(static_cast<char>(half >> 8U));
}

int rounded(double value, int low, int high)
{
    return std::clamp(static_cast<int>(std::lround(value)), low, high);
}

// 32 four-bit numbers: value j in the low half of byte j, value j + 16 in its high half.
void appendNibbles(std::string &bytes, const int (&numbers)[kBlock])
{
    for (std::size_t at = 0; at < kBlock / 2; ++at)
        bytes.push_back(static_cast<char>(numbers[at] | (numbers[at + kBlock / 2] << 4)));
}

void storeQ80(const float *values, StoredValues &out)
{
    float largest = 0.0F;
    for (std::size_t at = 0; at < kBlock; ++at)
        largest = std::max(largest, std::fabs(values[at]));
    const std::uint16_t half = halfOf(largest / 127.0F);
    const double scale = valueOfHalf(half);
    appendHalf(out.bytes, half);
    for (std::size_t at = 0; at < kBlock; ++at) {
        const int number = scale > 0.0 ? rounded(values[at] / scale, -127, 127) : 0;
        out.bytes.push_back(static_cast<char>(static_cast<signed char>(number)));
        out.values.push_back(scale * number);
    }
}

void storeQ40(const float *values, StoredValues &out)
{
    float largest = 0.0F;
    for (std::size_t at = 0; at < kBlock; ++at)
        largest = std::max(largest, std::fabs(values[at]));
    const std::uint16_t half = halfOf(largest / 7.0F);
    const double scale = valueOfHalf(half);
    int numbers[kBlock];
    appendHalf(out.bytes, half);
    for (std::size_t at = 0; at < kBlock; ++at) {
        numbers[at] = scale > 0.0 ? rounded(values[at] / scale + 8.0, 0, 15) : 8;
        out.values.push_back(scale * (numbers[at] - 8));
    }
    appendNibbles(out.bytes, numbers);
}

void storeQ41(const float *values, StoredValues &out)
{
    const auto [low, high] = std::minmax_element(values, values + kBlock);
    const std::uint16_t halfScale = halfOf((*high - *low) / 15.0F);
    const std::uint16_t halfLow = halfOf(*low);
    const double scale = valueOfHalf(halfScale);
    int numbers[kBlock];
    appendHalf(out.bytes, halfScale);
    appendHalf(out.bytes, halfLow);
    for (std::size_t at = 0; at < kBlock; ++at) {
        numbers[at] = scale > 0.0 ? rounded((values[at] - valueOfHalf(halfLow)) / scale, 0, 15) : 0;
        out.values.push_back(scale * numbers[at] + valueOfHalf(halfLow));
    }
    appendNibbles(out.bytes, numbers);
}

} // namespace

std::uint32_t ggmlTypeOf(TinyStorage storage)
{
    switch (storage) {
    case TinyStorage::F32:
        return 0;
    case TinyStorage::F16:
        return 1;
    case TinyStorage::BF16:
        return 30;
    case TinyStorage::Q4_0:
        return 2;
    case TinyStorage::Q4_1:
        return 3;
    case TinyStorage::Q8_0:
        return 8;
    }
    return 0;
}

StoredValues storeValues(TinyStorage storage, const std::vector<float> &values)
{
    StoredValues out;
    if (storage == TinyStorage::F32)
        return {bytesOfFloats(values), {values.begin(), values.end()}};
    if (storage == TinyStorage::F16) {
        for (const float value : values) {
            appendHalf(out.bytes, halfOf(value));
            out.values.push_back(valueOfHalf(halfOf(value)));
        }
        return out;
    }
    if (storage == TinyStorage::BF16) { // the upper half of an fp32, cut
        for (const float value : values) {
            const std::uint32_t bits = std::bit_cast<std::uint32_t>(value) & 0xFFFF0000U;
            appendHalf(out.bytes, static_cast<std::uint16_t>(bits >> 16U));
            out.values.push_back(static_cast<double>(std::bit_cast<float>(bits)));
        }
        return out;
    }
    for (std::size_t start = 0; start + kBlock <= values.size(); start += kBlock) {
        if (storage == TinyStorage::Q8_0)
            storeQ80(&values[start], out);
        else if (storage == TinyStorage::Q4_0)
            storeQ40(&values[start], out);
        else
            storeQ41(&values[start], out);
    }
    return out;
}

} // namespace sinkscope::test
