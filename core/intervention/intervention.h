// SPDX-License-Identifier: Apache-2.0
// The edit as a value: which heads are turned, how, on which keys and in which query rows.
#pragma once

#include "core/intervention/baseline.h"
#include "core/intervention/head_edit.h"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace sinkscope {

/// An ordered set of edits; a value, compared by content. The same target given twice: the later wins.
/// Ordered by layer, head, kind, keys, rows. Edits without effect (gamma 1, bias 0) are kept (they were
/// given) but change no bit. Beside the edits it holds baselines as asked for, their frozen form once
/// resolveFor (resolve.h) was applied, and named groups of heads. README.md of this folder has the rules of
/// composition.
class Intervention {
public:
    /// Adds or replaces. Throws RequestError when the edit is unusable (checkEdit).
    void set(const HeadEdit &edit);
    /// Removes the edit with the same target, if there is one.
    void remove(const HeadEdit &edit);
    /// Removes everything, groups included.
    void clear() { *this = {}; }

    bool empty() const
    {
        return m_edits.empty() && m_baselines.empty() && m_frozen.empty();
    } ///< nothing was given
    bool changesNothing() const; ///< nothing has an effect (all gamma 1)
    std::span<const HeadEdit> edits() const { return m_edits; }
    /// All edits of `layer`, those without effect included.
    std::span<const HeadEdit> editsOf(LayerIndex layer) const;
    /// Edits of `layer` that have an effect, in order of head.
    std::vector<HeadEdit> effectiveIn(LayerIndex layer) const;
    /// The lowest layer with an effective edit or a baseline.
    std::optional<LayerIndex> lowestLayer() const;
    /// Number of heads with an effective edit.
    int editedHeadCount() const;
    /// Whether stored keys of `layer` are scaled (KeyShared): its recorded keys then differ from the
    /// baseline's.
    bool scalesStoredKeys(LayerIndex layer) const;

    /// Factor of the plain edit (Probability, key 0, all queries) of `head`; 1 when there is none.
    double factor(HeadRef head) const;
    /// Sets the plain edit of `head`; gamma 1 removes it.
    void setFactor(HeadRef head, double gamma);

    /// Adds a baseline behind the others; one that differs in its numbers alone goes. Its heads are put in
    /// order, each once. Throws RequestError when it lacks what it needs or a number is out of range.
    void add(const Baseline &baseline);
    std::span<const Baseline> baselines() const { return m_baselines; }
    /// Adds what a baseline became for one prompt. The earlier one with the same target goes, also where the
    /// new one has no effect and is not kept.
    void add(FrozenEdit frozen);
    std::span<const FrozenEdit> frozen() const { return m_frozen; }
    /// Frozen edits of `layer`, in order of head.
    std::span<const FrozenEdit> frozenOf(LayerIndex layer) const;
    /// Nothing in it depends on a prompt that is not known yet: no baseline, no "first that is not padding".
    bool isResolved() const;

    /// Names `heads`; an empty list removes the name. Groups change no result. Throws RequestError for an
    /// empty name.
    void setGroup(const std::string &name, std::vector<HeadRef> heads);
    const std::map<std::string, std::vector<HeadRef>> &groups() const { return m_groups; }

    /// Query rows, summed over the effective edits, that see none of an edit's keys and stay as they are.
    std::size_t rowsWithoutTarget(int tokenCount, TokenPos promptLast) const;

    /// Throws RequestError when something addresses a layer or head outside `grid`, or a key outside
    /// [0, tokenCount) (tokenCount < 0: keys are not checked), or two heads of a KV group scale the same
    /// stored key by different factors, or factors that meet multiply beyond what can be computed
    /// (meeting_factors.h). Names what is allowed. Does not allocate unless it throws.
    void validate(const HeadGrid &grid, int tokenCount = -1) const;

    bool operator==(const Intervention &) const = default;

private:
    std::vector<HeadEdit> m_edits;
    std::vector<Baseline> m_baselines; // in the order given
    std::vector<FrozenEdit> m_frozen; // by layer, head; a head's in the order added
    std::map<std::string, std::vector<HeadRef>> m_groups;
};

/// Lowest layer that `baseline` may change when nothing about the model is known.
LayerIndex lowestLayerOf(const Baseline &baseline, const std::map<std::string, std::vector<HeadRef>> &groups);

} // namespace sinkscope
