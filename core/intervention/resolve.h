// SPDX-License-Identifier: Apache-2.0
// From an intervention as asked for to one that a pass can run: plain indices, baselines frozen.
#pragma once

#include "core/intervention/intervention.h"

#include <functional>
#include <span>

namespace sinkscope {

/// One row of the unedited prompt's attention: weights of `query` over keys 0..query.
using PatternRowFn = std::function<std::span<const float>(HeadRef head, TokenPos query)>;

/// What resolving needs to know of the model and the prompt.
struct PromptFacts {
    HeadGrid grid;
    std::span<const TokenId> tokens; ///< of the prompt, not of what is generated after it
    std::optional<TokenId> padding; ///< the tokenizer's padding token
    std::optional<TokenId> initial; ///< the tokenizer's BOS token
    PatternRowFn pattern = {}; ///< must serve the layers of patternLayersNeeded
};

/// Index of the first token that is not padding; 0 where there is no padding or nothing else. Where padding
/// and BOS are one token, the last of the leading ones is the BOS token.
TokenPos firstNonPad(
    std::span<const TokenId> tokens, std::optional<TokenId> padding, std::optional<TokenId> initial);

/// Layers whose unedited attention the baselines of `asked` read, ascending.
std::vector<LayerIndex> patternLayersNeeded(const Intervention &asked, const HeadGrid &grid);

/// `asked` with "the first token that is not padding" as an index and every baseline as edits and frozen
/// edits: baselines first, in their order, then the edits, which win where both have the same target. Throws
/// RequestError where a baseline does not fit the prompt or the model.
Intervention resolveFor(const Intervention &asked, const PromptFacts &prompt);

/// ACT's set of one head: keys whose mean attention over the rows that see them is above `threshold`,
/// without the first of them (method 7.1; arXiv 2406.15765, its code).
std::vector<TokenPos> actKeys(HeadRef head, int tokenCount, double threshold, const PatternRowFn &pattern);

/// SpotLight's bias of each row of one head: ln(target / psi) where the span's share psi is below `target`,
/// else 0; 0 where no weight is on the span (method 7.1; arXiv 2505.12025). [tokenCount]
std::vector<double> spotLightBias(
    HeadRef head, int tokenCount, const Baseline &baseline, const PatternRowFn &pattern);

} // namespace sinkscope
