// SPDX-License-Identifier: Apache-2.0
// Published methods to compare with (method 7.1), as asked for and as frozen for one prompt.
#pragma once

#include "core/intervention/head_edit.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sinkscope {

enum class BaselineKind : std::uint8_t {
    Uniform, ///< the same factor on the initial token in all heads
    OtherToken, ///< the same on another token
    Act, ///< attention calibration (arXiv 2406.15765): weight moves from sinks that are not initial to the
         ///< rest
    Pasta, ///< post-hoc attention steering (arXiv 2311.02262): keys outside a span times alpha
    InstaBoost, ///< (arXiv 2506.13734): keys of the instruction's span times a multiplier
    SpotLight, ///< (arXiv 2505.12025): the share of a span is raised to a target where it is below
};

/// Which token OtherToken acts on; Middle is T / 2 rounded down.
enum class TokenChoice : std::uint8_t { Second, Third, Middle, Last, Index };

/// Half-open range of tokens.
struct TokenSpan {
    TokenPos begin;
    TokenPos end;
    bool operator==(const TokenSpan &) const = default;
};

/// Half-open range of layers.
struct LayerSpan {
    LayerIndex begin;
    LayerIndex end;
    bool operator==(const LayerSpan &) const = default;
};

/// One baseline as asked for. Heads: all, of `layers`, listed, or a named group of the intervention.
struct Baseline {
    BaselineKind kind = BaselineKind::Uniform;
    /// Uniform, OtherToken: gamma. Act: beta, the part that stays. Pasta: alpha. InstaBoost: the multiplier.
    /// SpotLight: the target share.
    double amount = 1.0;
    double threshold = 0.1; ///< Act: a key whose mean attention is above it belongs to the set
    TokenChoice token = TokenChoice::Second; ///< OtherToken
    TokenPos index; ///< OtherToken with TokenChoice::Index
    std::optional<TokenSpan> span; ///< Pasta, InstaBoost, SpotLight: needed
    std::optional<LayerSpan> layers; ///< absent: all layers; Act: all but the first two and the last
    std::vector<HeadRef> heads; ///< when not empty: these instead of all heads
    std::string group; ///< when not empty: the heads of this group of the intervention

    bool operator==(const Baseline &) const = default;
};

/// What JSON calls it, e.g. "otherToken".
const char *baselineName(BaselineKind kind);
std::optional<BaselineKind> baselineByName(std::string_view name);
const char *baselineNameList();
/// The field that holds `amount`, e.g. "gamma".
const char *amountName(BaselineKind kind);
/// What `amount` is when it is not given; nothing: it must be given.
std::optional<double> defaultAmount(BaselineKind kind);
bool needsSpan(BaselineKind kind);
/// Act and SpotLight read the attention of the unedited prompt.
bool needsPatterns(BaselineKind kind);

/// What a baseline that reads the prompt's attention became for that prompt and one head: it holds no
/// references to the pass, so cached and repeated passes agree.
struct FrozenEdit {
    enum class Kind : std::uint8_t {
        Redistribute, ///< Act: weights of `keys` times `amount`; what they lose goes to the others in
                      ///< proportion
        RowBias, ///< SpotLight: rowValues[query] added to the scores of the span [keys[0], keys[1])
    };
    HeadRef head;
    Kind kind = Kind::Redistribute;
    double amount = 1.0; ///< Redistribute: the part that stays, beta
    std::vector<TokenPos> keys; ///< Redistribute: ascending. RowBias: begin and end of the span
    std::vector<double> rowValues; ///< RowBias: one a prompt row; rows after the prompt take the last

    /// Whether `other` would act on the same in its place: same head and kind, and for RowBias the same span.
    bool sameTarget(const FrozenEdit &other) const;
    /// False where no weight or score changes in any row.
    bool hasEffect() const;
    bool operator==(const FrozenEdit &) const = default;
};

} // namespace sinkscope
