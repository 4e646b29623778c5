// SPDX-License-Identifier: Apache-2.0
// The edit as a value: which heads are turned, how, on which key and in which query rows.
#pragma once

#include "core/base/index_types.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace sinkscope {

/// How many layers and query heads there are to address.
struct HeadGrid {
    int layerCount = 0;
    int headCount = 0;
};

/// What is scaled (method: ZeroTuning, arXiv 2505.11739, sections on probability, logit and key-state
/// tuning).
enum class EditKind : std::uint8_t {
    Probability, ///< post-softmax weight of the key times gamma, row renormalised
    Logit, ///< ln gamma added to the score of the key: equal to Probability where rows sum to 1
    Key, ///< raw score of the key times gamma (the key state scaled for this query head)
};

/// Query rows an edit acts on. "Last" is the prompt's last row and every row generated or scored after it,
/// as a key-value cache has it.
struct QuerySelection {
    enum class Kind : std::uint8_t { All, Last, From, Span };
    Kind kind = Kind::All;
    TokenPos begin; ///< From, Span: first row
    TokenPos end; ///< Span: one past the last row

    bool contains(TokenPos query, TokenPos promptLast) const;
    bool operator==(const QuerySelection &) const = default;
};

/// One edit of one query head.
struct HeadEdit {
    HeadRef head;
    double gamma = 1.0; ///< >= 0, finite; 1 changes nothing, 0 removes the key
    TokenPos key; ///< position that is scaled; 0 is the initial token
    EditKind kind = EditKind::Probability;
    QuerySelection queries;

    /// Whether this edit addresses the same thing as `other`, whatever the factor.
    bool sameTarget(const HeadEdit &other) const;
    bool operator==(const HeadEdit &) const = default;
};

/// An ordered set of edits; a value, compared by content. The same target given twice: the later wins.
/// Ordered by layer, head, kind, key. Edits with gamma 1 are kept (they were given) but have no effect.
class Intervention {
public:
    /// Adds or replaces. Throws RequestError when gamma is negative, NaN or infinite.
    void set(const HeadEdit &edit);
    /// Removes the edit with the same target, if there is one.
    void remove(const HeadEdit &edit);
    void clear() { m_edits.clear(); }

    bool empty() const { return m_edits.empty(); } ///< nothing was given
    bool changesNothing() const; ///< no edit has an effect (all gamma 1)
    std::span<const HeadEdit> edits() const { return m_edits; }
    /// Edits of `layer` that have an effect, in order of head.
    std::vector<HeadEdit> effectiveIn(LayerIndex layer) const;
    /// The lowest layer with an effective edit.
    std::optional<LayerIndex> lowestLayer() const;
    /// Number of heads with an effective edit.
    int editedHeadCount() const;

    /// Factor of the plain edit (Probability, key 0, all queries) of `head`; 1 when there is none.
    double factor(HeadRef head) const;
    /// Sets the plain edit of `head`; gamma 1 removes it.
    void setFactor(HeadRef head, double gamma);

    /// Throws RequestError when an edit addresses a layer or head outside `grid`, or a key outside
    /// [0, tokenCount) (tokenCount < 0: keys are not checked). Names what is allowed.
    void validate(const HeadGrid &grid, int tokenCount = -1) const;

    bool operator==(const Intervention &) const = default;

private:
    std::vector<HeadEdit> m_edits;
};

} // namespace sinkscope
