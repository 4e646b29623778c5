// SPDX-License-Identifier: Apache-2.0
// Attention of all heads of one layer: which rows and heads are computed where, edited and captured.
#pragma once

#include "core/base/thread_pool.h"
#include "core/model/layer_edits.h"
#include "core/model/layer_record.h"
#include "core/model/model_config.h"
#include "core/ops/softmax.h"
#include "core/tensor/gemm.h"

#include <vector>

namespace sinkscope {

/// One layer's attention over n new rows after `past` cached ones; K = past + n keys.
struct AttentionStep {
    const ModelConfig &config;
    std::size_t rows = 0; ///< n
    std::size_t past = 0;
    const LayerEdits &edits; ///< of this layer
    MatrixView queries; ///< [n, heads * headSize] after rotary
    MatrixView keys; ///< [K, kvHeads * headSize] after rotary
    MatrixView values; ///< [K, kvHeads * headSize]
    MutableMatrixView headOutputs; ///< [n, heads * headSize]
    LayerRecord *record = nullptr; ///< filled in when not null; of past + n tokens
    RowSummary *focus = nullptr; ///< when not null: receives the summary of the last row of focusHead
    HeadIndex focusHead = {};
    GemmBackend backend = GemmBackend::Blas; ///< of scores and values; for Amx they run on the packed kernel
};

/// Memory of runAttention, reused from call to call.
struct AttentionScratch {
    std::vector<Matrix> scores; ///< per worker: a block of score rows
    Matrix keyPanels; ///< [kvHeads * panels of 64 keys * headSize, 64]: the keys as the packed kernel reads
    Matrix valuePanels; ///< [kvHeads * panels of 64 elements * K, 64]: only where heads do not fill panels
};

/// Computes all heads on `pool`. The result does not depend on the threads; on the packed and the amx backend
/// a row does not depend on the rows computed with it either.
WorkStatus runAttention(
    const AttentionStep &step, ThreadPool &pool, AttentionScratch &scratch, const StopToken &stop);

/// A record with every summary sized for `tokens` rows, patterns empty.
LayerRecord newLayerRecord(const ModelConfig &config, std::size_t tokens);

/// Bytes of the patterns of all layers.
std::size_t patternBytes(const ModelConfig &config, std::size_t tokens, PatternPrecision precision);
/// The best precision in which the patterns of all layers fit `budgetBytes`; None where they do in neither.
PatternPrecision precisionWithin(const ModelConfig &config, std::size_t tokens, std::size_t budgetBytes);

} // namespace sinkscope
