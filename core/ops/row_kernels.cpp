// SPDX-License-Identifier: Apache-2.0
// The loops, compiled once per instruction set by Highway (which includes this file again for each).
#include "core/ops/row_kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/ops/row_kernels.cpp"
#include <hwy/foreach_target.h>

#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

#include <algorithm>

HWY_BEFORE_NAMESPACE();
namespace sinkscope {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::CappedTag<float, 16>;
using Vector = hn::Vec<Floats>;

constexpr std::size_t kLanes = hn::MaxLanes(Floats());
// Vectors summed in fp32 before the sum goes to double: 16 additions a lane keep the error near one rounding.
constexpr std::size_t kVectorsOfASum = 16;
// e^88 is still finite in fp32, and gate / (1 + e^88) is 0 for every gate of use.
constexpr float kLargestExponent = 88.0F;

/// Calls `work(values)` for each vector of `values`; what it returns is stored. A last incomplete vector is
/// padded with `padding` on its own memory.
template <typename Work> void forVectors(std::span<float> values, float padding, const Work &work)
{
    const Floats d;
    std::size_t at = 0;
    for (; at + kLanes <= values.size(); at += kLanes)
        hn::StoreU(work(hn::LoadU(d, values.data() + at), at), d, values.data() + at);
    if (at == values.size())
        return;
    HWY_ALIGN float edge[kLanes];
    std::fill(edge, edge + kLanes, padding);
    std::copy(values.begin() + static_cast<std::ptrdiff_t>(at), values.end(), edge);
    hn::Store(work(hn::Load(d, edge), at), d, edge);
    std::copy_n(edge, values.size() - at, values.begin() + static_cast<std::ptrdiff_t>(at));
}

float largestHere(std::span<const float> values)
{
    const Floats d;
    Vector largest = hn::Set(d, values[0]);
    std::size_t at = 0;
    for (; at + kLanes <= values.size(); at += kLanes)
        largest = hn::Max(largest, hn::LoadU(d, values.data() + at));
    float result = hn::GetLane(hn::MaxOfLanes(d, largest));
    for (; at < values.size(); ++at)
        result = std::max(result, values[at]);
    return result;
}

ExpSums expShiftedHere(std::span<float> values, float shift)
{
    const Floats d;
    const Vector offset = hn::Set(d, shift);
    ExpSums sums;
    Vector sum = hn::Zero(d);
    Vector weighted = hn::Zero(d);
    const auto flush = [&] {
        sums.sum += static_cast<double>(hn::GetLane(hn::SumOfLanes(d, sum)));
        sums.weighted += static_cast<double>(hn::GetLane(hn::SumOfLanes(d, weighted)));
        sum = hn::Zero(d);
        weighted = hn::Zero(d);
    };
    // Padding: e^(lowest) is 0, and so is 0 times it; it must stay finite.
    forVectors(values, shift - 1e30F, [&](Vector scores, std::size_t at) {
        const Vector shifted = hn::Sub(scores, offset);
        const Vector powers = hn::Exp(d, shifted);
        sum = hn::Add(sum, powers);
        weighted = hn::MulAdd(shifted, powers, weighted);
        if ((at / kLanes + 1) % kVectorsOfASum == 0)
            flush();
        return powers;
    });
    flush();
    return sums;
}

void scaleHere(std::span<float> values, float factor)
{
    const Floats d;
    const Vector by = hn::Set(d, factor);
    forVectors(values, 0.0F, [&](Vector x, std::size_t) { return hn::Mul(x, by); });
}

void swiGluHere(std::span<float> gate, std::span<const float> up)
{
    const Floats d;
    const Vector one = hn::Set(d, 1.0F);
    const Vector limit = hn::Set(d, kLargestExponent);
    forVectors(gate, 0.0F, [&](Vector x, std::size_t at) {
        HWY_ALIGN float edge[kLanes] = {};
        const bool whole = at + kLanes <= up.size();
        if (!whole)
            std::copy(up.begin() + static_cast<std::ptrdiff_t>(at), up.end(), edge);
        const Vector factor = whole ? hn::LoadU(d, up.data() + at) : hn::Load(d, edge);
        const Vector power = hn::Exp(d, hn::Min(hn::Neg(x), limit));
        return hn::Mul(hn::Div(x, hn::Add(one, power)), factor);
    });
}

using Halves = hn::Rebind<hwy::float16_t, Floats>;
using HalfBits = hn::Rebind<std::uint16_t, Floats>;

// Where the processor does not convert, Highway's conversion cuts the fraction off.
#if HWY_TARGET >= HWY_SSE4 || defined(HWY_DISABLE_F16C)
/// `x` rounded to the nearest value that a half holds, ties to even: to 10 bits of fraction, or below 2^-14
/// to multiples of 2^-24, which is the spacing of floats from 0.5 to 1.
HWY_INLINE Vector onHalfGrid(Vector x)
{
    const Floats d;
    const hn::Rebind<std::uint32_t, Floats> bits;
    const auto size = hn::Abs(x);
    const auto asBits = hn::BitCast(bits, size);
    const auto isOdd = hn::And(hn::ShiftRight<13>(asBits), hn::Set(bits, 1));
    const auto carried = hn::Add(asBits, hn::Add(isOdd, hn::Set(bits, 0x0FFF)));
    const auto normal = hn::BitCast(d, hn::And(carried, hn::Set(bits, 0xFFFFE000)));
    const auto half = hn::Set(d, 0.5F);
    const auto small = hn::Sub(hn::Add(size, half), half);
    return hn::CopySign(hn::IfThenElse(hn::Lt(size, hn::Set(d, 0x1p-14F)), small, normal), x);
}
#else
HWY_INLINE Vector onHalfGrid(Vector x)
{
    return x;
}
#endif

void toHalfHere(std::span<const float> values, std::uint16_t *halves)
{
    const Floats d;
    const auto convert = [](Vector x) {
        return hn::BitCast(HalfBits(), hn::DemoteTo(Halves(), onHalfGrid(x)));
    };
    std::size_t at = 0;
    for (; at + kLanes <= values.size(); at += kLanes)
        hn::StoreU(convert(hn::LoadU(d, values.data() + at)), HalfBits(), halves + at);
    if (at == values.size())
        return;
    HWY_ALIGN float edge[kLanes] = {};
    HWY_ALIGN std::uint16_t converted[kLanes];
    std::copy(values.begin() + static_cast<std::ptrdiff_t>(at), values.end(), edge);
    hn::Store(convert(hn::Load(d, edge)), HalfBits(), converted);
    std::copy_n(converted, values.size() - at, halves + at);
}

void fromHalfHere(std::span<const std::uint16_t> halves, float *values)
{
    const Floats d;
    const auto convert = [](hn::Vec<HalfBits> bits) {
        return hn::PromoteTo(Floats(), hn::BitCast(Halves(), bits));
    };
    std::size_t at = 0;
    for (; at + kLanes <= halves.size(); at += kLanes)
        hn::StoreU(convert(hn::LoadU(HalfBits(), halves.data() + at)), d, values + at);
    if (at == halves.size())
        return;
    HWY_ALIGN std::uint16_t edge[kLanes] = {};
    HWY_ALIGN float converted[kLanes];
    std::copy(halves.begin() + static_cast<std::ptrdiff_t>(at), halves.end(), edge);
    hn::Store(convert(hn::Load(HalfBits(), edge)), d, converted);
    std::copy_n(converted, halves.size() - at, values + at);
}

} // namespace HWY_NAMESPACE
} // namespace sinkscope
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sinkscope {

HWY_EXPORT(largestHere);
HWY_EXPORT(expShiftedHere);
HWY_EXPORT(scaleHere);
HWY_EXPORT(swiGluHere);
HWY_EXPORT(toHalfHere);
HWY_EXPORT(fromHalfHere);

float largestOf(std::span<const float> values)
{
    return HWY_DYNAMIC_DISPATCH(largestHere)(values);
}

ExpSums expShifted(std::span<float> values, float shift)
{
    return HWY_DYNAMIC_DISPATCH(expShiftedHere)(values, shift);
}

void scaleBy(std::span<float> values, float factor)
{
    HWY_DYNAMIC_DISPATCH(scaleHere)(values, factor);
}

void swiGlu(std::span<float> gate, std::span<const float> up)
{
    HWY_DYNAMIC_DISPATCH(swiGluHere)(gate, up);
}

void toHalf(std::span<const float> values, std::uint16_t *halves)
{
    HWY_DYNAMIC_DISPATCH(toHalfHere)(values, halves);
}

void fromHalf(std::span<const std::uint16_t> halves, float *values)
{
    HWY_DYNAMIC_DISPATCH(fromHalfHere)(halves, values);
}

} // namespace sinkscope
#endif
