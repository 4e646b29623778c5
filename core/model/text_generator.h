// SPDX-License-Identifier: Apache-2.0
// Text as it is generated, a token at a time.
#pragma once

#include "core/base/cancellation.h"
#include "core/base/index_types.h"

#include <optional>
#include <span>
#include <vector>

namespace sinkscope {

/// A token that was generated, and how likely the model held it where it stands.
struct GeneratedToken {
    TokenId id;
    double logProbability = 0.0; ///< ln p, nats: the model's own p, before temperature, top-k and top-p
    int rank = 1; ///< 1: the likeliest; equal ones in the order of their ids

    bool operator==(const GeneratedToken &) const = default;
};

/// Why a text ends.
enum class GenerationEnd { EndToken, TokenLimit, ContextFull };

/// Makes one text. Owner: who asked for it. Threads: one at a time.
class TextGenerator {
public:
    virtual ~TextGenerator() = default;

    /// One token more; nothing to do when done(). Cancelled: the text is what it was, and it can go on.
    virtual WorkStatus advance(const StopToken &stop) = 0;
    /// The text so far. Of a search the best one so far, which a later one may replace.
    virtual const std::vector<GeneratedToken> &tokens() const = 0;
    virtual std::optional<GenerationEnd> end() const = 0; ///< nothing: it goes on
    bool done() const { return end().has_value(); }
};

/// ln of the sum of exp(logit), in double: ln p of a token is its logit less this.
double logSumExp(std::span<const float> logits);
/// `id` under the softmax of `logits` [V].
GeneratedToken tokenUnder(std::span<const float> logits, TokenId id);

} // namespace sinkscope
