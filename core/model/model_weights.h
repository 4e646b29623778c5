// SPDX-License-Identifier: Apache-2.0
// The weights of a decoder-only transformer, by role.
#pragma once

#include "core/base/cancellation.h"
#include "core/base/thread_pool.h"
#include "core/model/model_config.h"
#include "core/tensor/gemm.h"

#include <memory>
#include <optional>
#include <vector>

namespace sinkscope {

class WeightSource;

/// Weights of one layer. Matrices are [outputs, inputs].
struct LayerWeights {
    std::vector<float> attentionNorm; ///< [hidden]
    WeightMatrix query; ///< [heads * headSize, hidden]
    WeightMatrix key; ///< [kvHeads * headSize, hidden]
    WeightMatrix value; ///< [kvHeads * headSize, hidden]
    WeightMatrix attentionOutput; ///< [hidden, heads * headSize]
    std::vector<float> feedForwardNorm; ///< [hidden]
    WeightMatrix gate; ///< [feedForward, hidden]
    WeightMatrix up; ///< [feedForward, hidden]
    WeightMatrix down; ///< [hidden, feedForward]
};

/// All weights. Owner: Model. Threads: immutable after load.
struct ModelWeights {
    std::shared_ptr<const WeightSource> source; ///< keeps the mapped file alive
    WeightMatrix tokenEmbedding; ///< [vocabulary, hidden]
    std::vector<LayerWeights> layers;
    std::vector<float> finalNorm; ///< [hidden]
    std::optional<WeightMatrix> outputHead; ///< [vocabulary, hidden]; absent when tied to tokenEmbedding
    std::vector<float> rotaryFactors; ///< [rotarySize / 2] divisors of the rotary frequencies, or empty

    const WeightMatrix &unembedding() const { return outputHead ? *outputHead : tokenEmbedding; }
};

/// Limits of a load.
struct LoadOptions {
    GemmBackend backend = GemmBackend::Packed; ///< who computes the products when the weights fit in memory
    /// Weights are prepared in memory when all of them fit in this many bytes. Otherwise most stay mapped and
    /// are expanded panel by panel in each product of the packed kernel: see uppermostBudgetBytes.
    std::size_t expandedBudgetBytes = std::size_t {4} << 30;
    /// Of a model that does not fit, the output head and as many of the uppermost layers are expanded as fit
    /// in this many bytes (and in expandedBudgetBytes): each restart runs through them. Not for Blas.
    std::size_t uppermostBudgetBytes = std::size_t {2} << 30;
    /// bf16 terms that weights for Amx take at most; storedTileTerms says fewer for some files.
    int tileTerms = 3;
    /// All matrices of the file are BF16: for Packed they stay so where they do not fit in fp32.
    bool isAllBf16 = false;
};

/// Whose weights to load.
struct WeightRequest {
    std::shared_ptr<const WeightSource> source;
    const ModelConfig &config; ///< of `source`; must outlive the call
    LoadOptions options;
};

/// bf16 terms that the weights of `source` take at most, by how they are stored.
int storedTileTerms(const WeightSource &source);

/// What a load of `source` on this processor takes when nothing else is asked for, for estimates: Amx where
/// the tile unit is present, else Packed.
LoadOptions usualLoadOptions(const WeightSource &source);

/// What of a model is prepared in memory.
struct ExpansionPlan {
    GemmBackend backend =
        GemmBackend::Packed; ///< the one asked for; Packed where all weights do not fit in Amx's
    bool outputHead = false; ///< the matrix that gives the logits
    bool tokenEmbedding = false; ///< where it is not the output head
    PanelValues panels = PanelValues::Fp32; ///< of Packed
    int firstLayer = 0; ///< this layer and those above; layerCount: none
    std::size_t bytes = 0; ///< memory that the prepared values take (at most, for Amx)
};
ExpansionPlan planExpansion(const ModelConfig &config, const LoadOptions &options);

/// Looks up and checks every tensor, expands under the budget. Returns nothing when cancelled.
/// Throws Error naming a missing tensor or a shape that differs (given and expected).
std::optional<ModelWeights> loadModelWeights(
    const WeightRequest &request, ThreadPool &pool, const ProgressFn &progress, const StopToken &stop);

} // namespace sinkscope
