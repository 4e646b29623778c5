// SPDX-License-Identifier: Apache-2.0
// One edit of one query head: what is changed, on which keys, in which query rows.
#pragma once

#include "core/base/index_types.h"

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace sinkscope {

/// How many layers and heads there are to address.
struct HeadGrid {
    int layerCount = 0;
    int headCount = 0; ///< query heads
    int kvHeadCount = 0; ///< stored key heads, shared by groups of query heads; 0: one a query head

    /// Query heads that share a stored key head.
    int groupSize() const { return kvHeadCount > 0 ? headCount / kvHeadCount : 1; }
};

/// What is changed (method 1.1 to 1.5; ZeroTuning, arXiv 2505.11739). In one row the kinds act in the order
/// key state, score, probability, head output; README.md of this folder has the rules.
enum class EditKind : std::uint8_t {
    Probability, ///< post-softmax weight of the keys times gamma, row renormalised
    Logit, ///< ln gamma added to the score of the keys: equal to Probability where rows sum to 1
    Key, ///< raw score of the keys times gamma (the key state scaled for this query head)
    KeyShared, ///< stored key state times gamma: all rows, all query heads of the KV group (an experiment)
    Bias, ///< `value` added to the score of the keys
    Gain, ///< output of the head times gamma
    Ablate, ///< output of the head becomes zero
};

/// The name used in JSON, e.g. "keyShared".
const char *kindName(EditKind kind);
std::optional<EditKind> kindByName(std::string_view name);
/// All names, for messages.
const char *kindNameList();
/// Gain and Ablate act on the head's output: they have no key.
bool hasKeys(EditKind kind);
/// All but Bias (which has a value) and Ablate (which has nothing).
bool hasGamma(EditKind kind);

/// Query rows an edit acts on. "Last" is the prompt's last row and every row generated or scored after it,
/// as a key-value cache has it.
struct QuerySelection {
    enum class Kind : std::uint8_t { All, Last, From, Span };
    Kind kind = Kind::All;
    TokenPos begin; ///< From, Span: first row
    TokenPos end; ///< Span: one past the last row

    bool contains(TokenPos query, TokenPos promptLast) const;
    auto operator<=>(const QuerySelection &) const = default;
};

/// Keys an edit acts on: one position (implicit), a half-open span, or the first token that is not padding.
struct KeyTarget {
    enum class Kind : std::uint8_t { Keys, FirstNonPad };
    Kind kind = Kind::Keys;
    TokenPos begin; ///< Keys: first key
    TokenPos end {1}; ///< Keys: one past the last key

    KeyTarget() = default;
    KeyTarget(TokenPos key) // NOLINT(google-explicit-constructor): a position is a target of one key
        : begin(key)
        , end(key.value + 1)
    {
    }
    KeyTarget(TokenPos first, TokenPos pastLast)
        : begin(first)
        , end(pastLast)
    {
    }
    static KeyTarget firstNonPad();

    bool isSingle() const { return kind == Kind::Keys && end.value == begin.value + 1; }
    bool contains(TokenPos key) const { return kind == Kind::Keys && key >= begin && key < end; }
    auto operator<=>(const KeyTarget &) const = default;
};

/// One edit of one query head.
struct HeadEdit {
    HeadRef head;
    double gamma = 1.0; ///< >= 0, finite; 1 changes nothing, 0 removes. 1 for kinds without a factor
    KeyTarget key; ///< what is scaled; key 0 is the initial token. Default for kinds without keys
    EditKind kind = EditKind::Probability;
    QuerySelection queries; ///< All for KeyShared: a stored key has no rows
    double value = 0.0; ///< Bias only, finite: added to the scores

    /// Whether this edit addresses the same thing as `other`, whatever the factor.
    bool sameTarget(const HeadEdit &other) const;
    /// False where the factor is 1 or the bias 0.
    bool hasEffect() const;
    /// Query rows of a pass over `tokenCount` tokens that this edit selects and that see none of its keys;
    /// they stay as they are. 0 for kinds without keys.
    std::size_t rowsWithoutTarget(int tokenCount, TokenPos promptLast) const;
    bool operator==(const HeadEdit &) const = default;
};

/// Order by layer, head, kind, keys, rows: edits compare equal here when they have the same target.
bool targetLess(const HeadEdit &left, const HeadEdit &right);

/// Throws RequestError where the edit is unusable whatever the model: a factor below 0 or not finite, a value
/// that is too large, an empty span, rows given to KeyShared, keys given to a kind without keys.
void checkEdit(const HeadEdit &edit);

/// Query heads of one layer that `edit` moves: the KV group for KeyShared, else the head alone.
std::vector<HeadIndex> headsMovingWith(const HeadEdit &edit, const HeadGrid &grid);

} // namespace sinkscope
