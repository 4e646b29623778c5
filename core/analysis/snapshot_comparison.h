// SPDX-License-Identifier: Apache-2.0
// Two passes side by side: which token is which, which heads changed most, what became of the next token.
#pragma once

#include "core/analysis/snapshot.h"
#include "core/base/index_types.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace sinkscope {

/// Which token of a second prompt is which of a first one.
struct TokenAlignment {
    std::vector<int>
        inFirst; ///< [tokens of the second] position in the first, ascending; -1: it has no partner
    std::size_t firstCount = 0; ///< tokens of the first

    std::size_t partnerCount() const;
    /// Every token of both has its partner: the same text in the same tokens.
    bool isOneToOne() const;
};

/// A longest common subsequence of the tokens' bytes; what both begin and end with is always aligned. O(N M)
/// time and bytes for the N and M tokens between; past 64 Mi of them only beginning and end are aligned.
TokenAlignment alignTokens(std::span<const std::string> first, std::span<const std::string> second);

/// What changed in one head, last row, second minus first.
struct HeadChange {
    HeadRef head;
    /// Half the sum of absolute differences, 0..1 (total variation); a key without partner counts as a whole.
    double movedWeight = 0.0;
    double sinkMass = 0.0; ///< attention to key 0
    double entropyNats = 0.0; ///< of the row
};

/// All heads, most moved weight first, ties by layer and head. Empty where the models have not the same
/// number of layers or heads.
std::vector<HeadChange> compareHeads(
    const PassResult &first, const PassResult &second, const TokenAlignment &alignment);

/// One next token on both sides.
struct NextTokenPair {
    std::string text; ///< decoded alone
    TokenId id; ///< of the second side, or of the first where the second has it not
    std::optional<double> first; ///< probability; absent: not known
    std::optional<double> second;
};

/// Whether ids mean the same tokens on both sides.
enum class Vocabularies { Same, Different };

/// The `count` most likely tokens of each side, most likely on the second side first, then those of the first
/// alone. With different vocabularies tokens are the same where their texts are, and only the listed ones are
/// known.
std::vector<NextTokenPair> compareNextTokens(
    const Snapshot &first, const Snapshot &second, Vocabularies vocabularies, int count);

} // namespace sinkscope
