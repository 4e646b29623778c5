// SPDX-License-Identifier: Apache-2.0
// Scores of heads that the engine computes in idle time, and what it answers.
#pragma once

#include "core/analysis/head_scores.h"
#include "core/engine/request.h"
#include "core/search/ablation.h"

namespace sinkscope {

/// Groups of scores that are computed together.
enum class HeadScoreKind {
    Written, ///< HeadScores of the baseline and under the edits: no pass
    Repetition, ///< one pass over random tokens, without edits; once a model
    Ablation, ///< a pass a head, in stacks
};

/// Scores at the PassQuestion `pass`, the newest answered one.
struct HeadScoreQuestion {
    RequestId pass = 0;
    HeadScoreKind kind = HeadScoreKind::Written;
    /// Written: whose logit is attributed. Without one the margin of the first two answers' first tokens, or
    /// where there is none the logit of the most likely token of the baseline.
    std::optional<TokenId> attributed;

    bool operator==(const HeadScoreQuestion &) const = default;
};

/// What is known so far; the fields of the kind asked for.
struct HeadScoreAnswer {
    HeadScoreQuestion question;
    bool isComplete = true; ///< false: more heads follow
    std::optional<HeadScores> baseline; ///< Written
    std::optional<HeadScores> edited; ///< Written
    std::optional<AttributedLogit> attributed; ///< Written: what was attributed
    std::optional<RepetitionScores> repetition;
    RepeatedTokens repeated; ///< Repetition: what was repeated
    std::optional<AblationEffects> ablation;
};

/// Heads that are being removed at one pass, with all that has to live meanwhile.
struct AblationRun {
    std::shared_ptr<const Snapshot> edited; ///< with the answers whose margin is measured
    Intervention prepared;
    std::optional<HeadAblation> ablation;
};

} // namespace sinkscope
