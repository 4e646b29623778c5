// SPDX-License-Identifier: Apache-2.0
// Exponentials over a row of floats, vectorised for the processor at run time (Highway).
#pragma once

#include <cstdint>
#include <span>

namespace sinkscope {

/// Largest value of `values`, which must not be empty nor hold NaN.
float largestOf(std::span<const float> values);

/// Sums that come along with the exponentials.
struct ExpSums {
    double sum = 0.0; ///< of e^(s - shift)
    double weighted = 0.0; ///< of (s - shift) e^(s - shift)
};

/// values = e^(values - shift), with shift at least their maximum. Sums of up to a few hundred terms are
/// fp32, above that double, so that the length of the row costs no precision. The result depends on the row
/// alone.
ExpSums expShifted(std::span<float> values, float shift);

/// values *= factor.
void scaleBy(std::span<float> values, float factor);

/// gate = gate / (1 + e^-gate) * up (SwiGLU, arXiv 2002.05202). Both of one size.
void swiGlu(std::span<float> gate, std::span<const float> up);

/// halves = values as IEEE binary16, to nearest; halves has room for as many. Finite values only.
void toHalf(std::span<const float> values, std::uint16_t *halves);

/// values = halves, exactly; values has room for as many.
void fromHalf(std::span<const std::uint16_t> halves, float *values);

} // namespace sinkscope
