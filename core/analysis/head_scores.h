// SPDX-License-Identifier: Apache-2.0
// What kind of head each one is: how much it writes, where to, and how it behaves on repeated tokens.
#pragma once

#include "core/base/cancellation.h"
#include "core/model/transformer.h"

#include <optional>
#include <span>

namespace sinkscope {

/// Scores of every head that follow from a pass without another one; each [L, H]. T tokens.
struct HeadScores {
    /// Entropy of the last row over ln T, its largest value: 0 one key, 1 all alike; 0 for one token.
    Matrix normalisedEntropyLast;
    /// ||v_0|| over the mean of ||v_t|| of the other tokens, v of the head's KV group; small where attention
    /// to key 0 means writing nothing (method 7.2, arXiv 2410.10781). 1 for one token.
    Matrix sinkValueRatio;
    Matrix outputNormLast; ///< ||W_O o||: what the head adds to the residual stream in the last row
    Matrix outputRatioLast; ///< the same over the mean of its layer's heads (method 7.2, arXiv 2504.03889)
    /// Direct logit attribution: W_O o of the last row through the final norm, its divisor held, times
    /// W_U[token] - W_U[against]: nats of the logit difference (method 7.3). Absent when not asked for.
    std::optional<Matrix> attribution;
};

/// Between which tokens logits are attributed. Without `against`: the token's own logit.
struct AttributedLogit {
    TokenId token;
    std::optional<TokenId> against;
};

/// What to score. `pass` and `intervention` must outlive the call.
struct HeadScoreRequest {
    const PassResult *pass = nullptr; ///< with logits
    const Intervention *intervention = nullptr; ///< under which it ran, worked out for the prompt; or nullptr
    std::optional<AttributedLogit> attributed = {};
};

/// Nothing when cancelled. Reads W_O from the file, layer by layer.
std::optional<HeadScores> scoreHeads(
    const Model &model, const HeadScoreRequest &request, ThreadPool &pool, const StopToken &stop);

/// Random tokens, twice: what a head looks back at when nothing but repetition says anything.
struct RepeatedTokens {
    std::uint64_t seed = 1;
    int length = 32; ///< of the sequence that is repeated
};

/// An initial token, then `repeated.length` different tokens of the vocabulary, then the same again.
/// The initial token is the model's BOS, or where it has none one more random token. Control tokens are left
/// out. Throws RequestError when the context or the vocabulary is too small.
std::vector<TokenId> repeatedTokenPrompt(const Model &model, const RepeatedTokens &repeated);

/// Shares of attention, each [L, H] in 0..1, without key 0 (sinks would dominate): sum of the weights on the
/// target keys over the sum of all weights on keys from 1, in the rows that have a target. After the
/// detector of TransformerLens ("mul", exclude_bos; method 7.3), which sums over all rows.
struct RepetitionScores {
    Matrix previousToken; ///< target: the key one back
    Matrix duplicateToken; ///< target: the earlier occurrence of the query's token
    Matrix induction; ///< target: the key after that occurrence
};

/// Reads the scores off a pass over repeatedTokenPrompt with the patterns of all layers.
RepetitionScores repetitionScores(const PassResult &pass, int length);

} // namespace sinkscope
