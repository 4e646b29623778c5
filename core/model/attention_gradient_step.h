// SPDX-License-Identifier: Apache-2.0
// The way back through attention of all heads of one layer, for several scalars at once.
#pragma once

#include "core/base/thread_pool.h"
#include "core/model/layer_edits.h"
#include "core/model/layer_record.h"
#include "core/model/model_config.h"

#include <vector>

namespace sinkscope {

/// One layer of a pass over T tokens; S scalars are derived. Rows of gradients: token t, scalar s is t S + s.
struct AttentionGradientStep {
    const ModelConfig &config;
    std::size_t tokens = 0; ///< T
    std::size_t scalars = 0; ///< S
    std::size_t firstLiveToken = 0; ///< rows of gradHeadOutputs of the tokens before are 0
    const LayerEdits &edits; ///< of this layer
    const LayerRecord *patterns = nullptr; ///< record of this layer with patterns
    const LayerRecord *softmaxPatterns = nullptr; ///< before redistributions; needed where `edits` has some
    MatrixView queries; ///< [T, heads * headSize] after rotary
    MatrixView keys; ///< [T, kvHeads * headSize] after rotary
    MatrixView values; ///< [T, kvHeads * headSize]
    MutableMatrixView gradHeadOutputs; ///< [T S, heads * headSize]; rows of edited outputs are scaled
    MutableMatrixView gradQueries; ///< [T S, heads * headSize], after rotary; without data: not computed
    MutableMatrixView gradKeys; ///< [T S, heads * headSize] of each query head; overwritten
    MutableMatrixView gradValues; ///< the same shape
    std::span<Matrix> byLogGamma; ///< [S] of [L, heads]: row `layer` is set
    LayerIndex layer;
};

/// Buffers of one worker, kept from layer to layer.
struct AttentionGradientScratch {
    std::vector<float> weights; ///< a block of rows of one pattern
    std::vector<float> softmaxWeights; ///< the same rows before redistributions
    std::vector<float> row; ///< one of them between two redistributions
    std::vector<float> gradScores; ///< the same shape as weights
};

/// Computes all heads on `pool`; `scratch` holds one a worker. The result does not depend on the threads.
WorkStatus runAttentionGradient(const AttentionGradientStep &step, ThreadPool &pool,
    std::vector<AttentionGradientScratch> &scratch, const StopToken &stop);

} // namespace sinkscope
