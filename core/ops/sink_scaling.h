// SPDX-License-Identifier: Apache-2.0
// The paper's operator on one row of attention, and its closed forms (ZeroTuning, arXiv 2505.11739).
#pragma once

#include <span>

namespace sinkscope {

/// The four-line operator as released: weight of key 0 times gamma, then the row divided by its sum.
/// `row`: post-softmax weights of one query, sum 1. gamma >= 0. gamma 1 returns at once (bit-exact); a row of
/// one key, and a row whose sum would be 0, stay as they are.
void scaleSink(std::span<float> row, double gamma);

/// a0' = gamma a0 / (gamma a0 + rest). `rest` = 1 - a0 as a sum of its own. Both 0 after the edit: a0 stays.
double scaledSinkMass(double sinkMass, double restMass, double gamma);

/// What one query's head output is made of.
struct HeadOutputParts {
    double sinkMass = 0.0; ///< a0
    double restMass = 0.0; ///< 1 - a0 as a sum of its own
    std::span<const float> valueOfSink; ///< [headSize] v0
    std::span<const float> restOutput; ///< [headSize] sum of a_i v_i over i >= 1, not renormalised
};

/// o' = (gamma a0 v0 + oRest) / (gamma a0 + rest) for one query: the head output under gamma without the row.
/// `out` [headSize].
void scaledHeadOutput(const HeadOutputParts &parts, double gamma, std::span<float> out);

/// Change of |a_i - a_j| between two other keys: |a_i - a_j| |gamma - 1| a0 / D, D = (gamma - 1) a0 + 1
/// (method 1.3).
double pairDifferenceChange(double weightI, double weightJ, double sinkMass, double gamma);

/// Row entropy in nats from the log odds of key 0 and the entropy of the rest (method 1.4):
/// H = h2(a0) + (1 - a0) restEntropy. Exact at both ends (log odds of +-infinity).
double entropyFromLogOdds(double sinkLogOdds, double restEntropyNats);

/// a0 = 1 / (1 + exp(-logOdds)); sinkMassFromLogOdds(-x) is 1 - a0 without cancellation.
double sinkMassFromLogOdds(double sinkLogOdds);

/// logit(a0') = logit(a0) + ln gamma (method 1.2). gamma 0 gives -infinity, but a row of key 0 alone
/// (log odds +infinity) never changes.
double scaledLogOdds(double sinkLogOdds, double gamma);

} // namespace sinkscope
