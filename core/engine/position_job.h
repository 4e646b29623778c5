// SPDX-License-Identifier: Apache-2.0
// The output at a position of the prompt, asked of the engine on demand, and what it answers.
#pragma once

#include "core/analysis/position_output.h"
#include "core/engine/request.h"

namespace sinkscope {

/// The output after the token at `position`, at the PassQuestion `pass`, the newest answered one.
struct PositionQuestion {
    RequestId pass = 0;
    TokenPos position;
    LensLayers layers = LensLayers::Last;

    bool operator==(const PositionQuestion &) const = default;
};

/// Without an effective edit `edited` equals `baseline`.
struct PositionAnswer {
    PositionQuestion question;
    PositionFigures baseline;
    PositionFigures edited;
    double klFromBaselineNats = 0.0; ///< KL(baseline || edited) of the output there
    std::optional<TokenId> next; ///< the token that the prompt goes on with; absent at the last position
    /// Tokens that the rows follow: `next` where there is one, then the first token of each answer.
    std::vector<TokenId> followed;
    std::size_t firstAnswer() const { return next ? 1 : 0; } ///< index into `followed`
};

} // namespace sinkscope
