// SPDX-License-Identifier: Apache-2.0
// Rotary position embedding.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace sinkscope {

enum class RotaryLayout { Interleaved, Halves };

/// Cosines and sines of every position up to a length (Su et al. 2021). Angles are computed in fp32 as
/// transformers does (modeling_rope_utils: inv_freq and position * inv_freq are fp32), so that long positions
/// agree.
class RotaryTable {
public:
    /// `rotarySize` leading elements of a head are rotated; `frequencyDivisors` [rotarySize / 2] or empty.
    RotaryTable(std::size_t rotarySize, double base, std::span<const float> frequencyDivisors);

    /// Extends the table to `positions` positions; earlier ones keep their values.
    void reserve(std::size_t positions);

    /// Rotates one head vector [headSize] at `position` (below the reserved length) in place.
    void rotate(std::span<float> head, std::size_t position, RotaryLayout layout) const;

    /// The inverse of rotate, which is also its transpose: turns a derivative by the rotated vector into one
    /// by the vector.
    void rotateBack(std::span<float> head, std::size_t position, RotaryLayout layout) const;

private:
    enum class Direction { Forward, Back };
    template <Direction kDirection>
    void rotatePairs(std::span<float> head, std::size_t position, RotaryLayout layout) const;

    std::size_t m_pairs = 0;
    std::vector<float> m_inverseFrequencies; // [pairs]
    std::vector<float> m_cosines; // [positions, pairs]
    std::vector<float> m_sines; // [positions, pairs]
};

} // namespace sinkscope
