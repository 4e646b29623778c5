// SPDX-License-Identifier: Apache-2.0
// What the model predicts after any token of a prompt, and what each layer would predict there: the logit
// lens.
#pragma once

#include "core/analysis/output_metrics.h"

#include <memory>

namespace sinkscope {

/// Which layers of a position are read out.
enum class LensLayers : std::uint8_t {
    Last, ///< the output of the model alone
    All, ///< the residual stream before each layer too
};

/// A token whose probability is followed through the layers.
struct FollowedToken {
    double p = 0.0;
    int rank = 0; ///< 1-based

    bool operator==(const FollowedToken &) const = default;
};

/// The residual stream at one place between layers, through the final norm and the output head (logit lens:
/// nostalgebraist, "interpreting GPT: the logit lens", 2020). The places before the last layer were not
/// trained to be read so: their rows are a hint, not what the model says.
struct LensRow {
    double entropyNats = 0.0; ///< over the full vocabulary
    std::vector<TokenProbability> top; ///< most likely first
    std::vector<FollowedToken> followed; ///< in the order asked
};

/// Figures of one position in one pass.
struct PositionFigures {
    std::shared_ptr<const std::vector<double>> logProbabilities; ///< [V] of the model's output there, nats
    /// The last one is the output. With LensLayers::All row l is what enters layer l: [L + 1] rows.
    std::vector<LensRow> rows;
    const LensRow &output() const { return rows.back(); }
};

/// What to read out. What is referred to must outlive the call.
struct PositionRequest {
    const PassResult *pass = nullptr;
    const Intervention *intervention = nullptr; ///< of the pass; nullptr: no edit
    TokenPos position;
    LensLayers layers = LensLayers::Last;
    int topCount = 20; ///< of each row
    std::span<const TokenId> followed = {}; ///< within the vocabulary
};

/// The output at the last position equals that of the pass, bit by bit on the packed and amx backends.
/// Nothing when cancelled. Throws RequestError for a position outside the prompt.
std::optional<PositionFigures> positionFigures(
    Transformer &transformer, const PositionRequest &request, const StopToken &stop);

} // namespace sinkscope
