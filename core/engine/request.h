// SPDX-License-Identifier: Apache-2.0
// What can be asked of the engine, and what it answers.
#pragma once

#include "core/analysis/snapshot.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace sinkscope {

using RequestId = std::uint64_t;

/// What a person may change of an engine that runs; it holds from the next question on.
struct EngineLimits {
    int threadCount = 0; ///< 0: one per processor
    std::size_t checkpointBudgetBytes = std::size_t {512} << 20; ///< of earlier answers that are kept

    bool operator==(const EngineLimits &) const = default;
};

/// A live request: this prompt under this intervention. Newest wins.
struct PassQuestion {
    RequestId id = 0;
    PromptSpec prompt;
    Intervention intervention;
    std::vector<std::string> answers;
    int topCount = 20;
    std::size_t patternBudgetBytes = std::size_t {1} << 30; ///< another one than before: all is computed anew
    /// Of the preview's edited pass where the tile unit multiplies: fewer terms are faster and right to some
    /// 2^-17 (TwoTerms). The Full answer, baselines and all other backends are Exact whatever is said here.
    GemmPrecision previewPrecision = GemmPrecision::Exact;
    std::vector<LayerIndex> patternLayers; ///< shown now: their patterns are kept whatever the budget
};

/// The answer to a PassQuestion, once per stage. Without an effective edit `edited` equals `baseline`.
struct PassAnswer {
    RequestId id = 0;
    SnapshotStage stage = SnapshotStage::Preview;
    std::shared_ptr<const Snapshot> baseline;
    std::shared_ptr<const Snapshot> edited;
};

/// A head that moves along a curve: its factor is ratio * (the curve's gamma).
struct CurveHead {
    HeadRef head;
    double ratio = 1.0;
};

/// A curve ahead of the mouse: the same prompt and edits with the scope's factor at each of `gammas`,
/// computed in that order when nothing else waits. A new question or curve ends it.
struct CurveQuestion {
    RequestId id = 0;
    std::vector<CurveHead> scope;
    HeadEdit turned =
        {}; ///< kind, keys and rows of what moves: the plain edit unless said; a kind with a factor
    std::vector<double> gammas; ///< 0 is "off"
    HeadRef focus; ///< the head whose attention figures are given
};

/// One point of a curve.
struct CurvePoint {
    RequestId id = 0; ///< of the CurveQuestion
    std::size_t index = 0; ///< into its gammas
    double gamma = 1.0;
    double outputEntropyNats = 0.0;
    std::vector<double> answerProbabilities; ///< in the order of the answers
    std::optional<double> margin;
    double klFromBaselineNats = 0.0;
    double focusSinkMass = 0.0; ///< last row of the focus head
    double focusEntropyNats = 0.0;
    double focusRestEntropyNats = 0.0;
};

} // namespace sinkscope
