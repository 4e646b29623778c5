// SPDX-License-Identifier: Apache-2.0
// A slow forward pass in double precision, written from the definition: what the core is compared with.
#pragma once

#include "core/intervention/intervention.h"

#include <cstddef>
#include <span>
#include <vector>

namespace sinkscope::test {

/// Weights of one layer, row-major [outputs, inputs].
struct ReferenceLayer {
    std::vector<double> attentionNorm; ///< [hidden]
    std::vector<double>
        query; ///< [heads * headSize, hidden], rows in GGUF order (rotary pairs are neighbours)
    std::vector<double> key; ///< [kvHeads * headSize, hidden], the same order
    std::vector<double> value; ///< [kvHeads * headSize, hidden]
    std::vector<double> attentionOutput; ///< [hidden, heads * headSize]
    std::vector<double> feedForwardNorm; ///< [hidden]
    std::vector<double> gate; ///< [feedForward, hidden]
    std::vector<double> up; ///< [feedForward, hidden]
    std::vector<double> down; ///< [hidden, feedForward]
};

/// A llama of any size.
struct ReferenceWeights {
    std::size_t heads = 0;
    std::size_t kvHeads = 0;
    std::size_t headSize = 0;
    std::size_t hidden = 0;
    std::size_t feedForward = 0;
    std::size_t vocabulary = 0;
    std::size_t rotarySize = 0;
    double rotaryBase = 10000.0;
    double normEpsilon = 1e-5;
    std::vector<double> rotaryFactors; ///< [rotarySize / 2] divisors of the frequencies, or empty
    std::vector<double> tokenEmbedding; ///< [vocabulary, hidden]
    std::vector<ReferenceLayer> layers;
    std::vector<double> finalNorm; ///< [hidden]
    std::vector<double> outputHead; ///< [vocabulary, hidden]; empty: the embedding
};

/// Everything the reference pass saw. T tokens, L layers, H query heads.
struct ReferencePass {
    std::size_t tokens = 0;
    std::size_t heads = 0;
    std::size_t hidden = 0;
    std::size_t vocabulary = 0;
    std::vector<std::vector<double>> scores; ///< [L] of [H, T, T], before any edit; 0 above the diagonal
    std::vector<std::vector<double>> patterns; ///< [L] of [H, T, T], after the edits; 0 above the diagonal
    std::vector<std::vector<double>>
        residuals; ///< [L + 1] of [T, hidden]: into each layer, then out of the last
    std::vector<double> finalNorm; ///< [T, hidden]
    std::vector<double> logits; ///< [T, V]

    /// Weights of query `row` over keys 0..row.
    std::span<const double> patternRow(std::size_t layer, std::size_t head, std::size_t row) const
    {
        return std::span(patterns[layer]).subspan((head * tokens + row) * tokens, row + 1);
    }
    std::span<const double> scoreRow(std::size_t layer, std::size_t head, std::size_t row) const
    {
        return std::span(scores[layer]).subspan((head * tokens + row) * tokens, row + 1);
    }
    std::span<const double> logitsRow(std::size_t row) const
    {
        return std::span(logits).subspan(row * vocabulary, vocabulary);
    }
};

/// The whole forward. `promptLast` is where QuerySelection::Last begins; negative: the last token.
/// Edits act as the four-line operator of method 1.1: probabilities times gamma, then divided by the row's
/// own sum; a Logit edit adds ln gamma to the scores and a Bias edit its value, a Key edit multiplies the
/// scores, a KeyShared edit the stored key vectors; Gain and Ablate multiply the mixed values. Frozen biases
/// act with the scores, redistributions after the probabilities. The weights of a row with one key, or that
/// would lose all its keys, do not change.
ReferencePass referenceForward(const ReferenceWeights &weights, std::span<const TokenId> tokens,
    std::span<const HeadEdit> edits = {}, int promptLast = -1, std::span<const FrozenEdit> frozen = {});

/// Natural log of the softmax of `logits`.
std::vector<double> referenceLogSoftmax(std::span<const double> logits);
/// -sum p ln p, zeros contributing nothing.
double referenceEntropy(std::span<const double> weights);
/// Entropy of the row without its first weight, renormalised; 0 when nothing is left.
double referenceRestEntropy(std::span<const double> weights);
/// Greedy continuation with the whole forward in each step; ties go to the lowest id; an id in `endTokens` is
/// kept and ends it.
std::vector<TokenId> referenceGreedy(const ReferenceWeights &weights, std::vector<TokenId> tokens,
    std::span<const HeadEdit> edits, std::size_t steps, const std::vector<TokenId> &endTokens);

} // namespace sinkscope::test
