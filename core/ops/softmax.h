// SPDX-License-Identifier: Apache-2.0
// Softmax of one attention row that keeps key 0 apart from the rest.
#pragma once

#include <span>

namespace sinkscope {

/// Summary of one row. Entropies in nats.
struct RowSummary {
    double sinkMass = 1.0; ///< a0 after the edit
    double restMass = 0.0; ///< 1 - a0, never by subtraction
    double entropy = 0.0; ///< of the whole row after the edit
    double restEntropy = 0.0; ///< of the row without key 0, renormalised; gamma does not change it
    double sinkLogOdds = 0.0; ///< ln(a0 / (1 - a0)) before the edit; +infinity for a row of one key
};

/// A score at or below this is "removed": its weight is 0. Finite, so that 0 times it is 0.
inline constexpr float kRemovedScore = -1e30F;

/// Turns scores s [n] into weights, in place, with the paper's factor on key 0 applied after the softmax:
/// the rest is normalised in its own frame (Z_r = sum_{i>=1} exp(s_i - m_r)), key 0 by its log odds
/// s_0 - m_r - ln Z_r (+ ln gamma), so that neither a0 near 1 nor gamma 0 cancels or divides by 0
/// (method 1.2). gamma 1 takes the same path without the shift and is bit-exact. A row of one key is {1}.
RowSummary sinkSplitSoftmax(std::span<float> row, double gamma = 1.0);

} // namespace sinkscope
