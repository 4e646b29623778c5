// SPDX-License-Identifier: Apache-2.0
// Everything one pass says, as an immutable value that crosses threads.
#pragma once

#include "core/analysis/attention_metrics.h"
#include "core/analysis/output_metrics.h"
#include "core/tensor/gemm.h"

#include <memory>
#include <optional>

namespace sinkscope {

/// How much of a snapshot is filled in. Preview: logits, answers, entropies of the output, records of all
/// layers. Full: metrics of all heads too.
enum class SnapshotStage { Preview, Full };

/// The state of the model on one prompt under one intervention. Threads: immutable, shared by pointer.
/// Validity: holds no pointer into the model.
struct Snapshot {
    SnapshotStage stage = SnapshotStage::Preview;
    std::shared_ptr<const TokenizedPrompt> prompt;
    Intervention intervention;
    std::shared_ptr<const PassResult> pass;
    std::shared_ptr<const std::vector<double>> logProbabilities; ///< [V] last position, nats
    OutputMetrics output;
    std::optional<HeadMetrics> heads; ///< Full only
    double klFromBaselineNats =
        0.0; ///< KL(baseline || this) of the next-token distribution; 0 for a baseline
    double elapsedMs = 0.0; ///< of the pass and its metrics
    GemmPrecision precision = GemmPrecision::Exact; ///< of its products; not Exact in some previews only
    bool patternsLeftOut = false; ///< some layers' patterns did not fit the byte budget
    bool patternsInHalf = false; ///< some layers' patterns fit it in half precision (fp16) only
};

} // namespace sinkscope
