// SPDX-License-Identifier: Apache-2.0
// Text after the prompt: greedy or sampled, under edits.
#pragma once

#include "core/model/transformer.h"

#include <functional>
#include <vector>

namespace sinkscope {

/// How the next token is chosen. Temperature 0 is greedy (the largest logit, the lowest id on a tie).
struct SamplingOptions {
    int maxNewTokens = 64;
    double temperature = 0.0; ///< >= 0
    int topK = 0; ///< keep the k most likely; 0 keeps all
    double topP = 1.0; ///< keep the smallest set with this mass, in (0, 1]
    std::uint64_t seed = 0;
};

/// Tokens after the prompt that `prompt` read under `intervention`; ends after an end token (which is kept),
/// after maxNewTokens, at the context length, or when cancelled. `onToken` (may be empty) is told each token.
/// Throws RequestError when an option is out of range.
std::vector<TokenId> generate(Transformer &transformer, const PassResult &prompt,
    const Intervention *intervention, const SamplingOptions &options, const StopToken &stop,
    const std::function<void(TokenId)> &onToken = {});

} // namespace sinkscope
