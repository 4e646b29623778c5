// SPDX-License-Identifier: Apache-2.0
// What the output loses without a head, measured by really removing each.
#pragma once

#include "core/search/variant_batch.h"

#include <optional>
#include <vector>

namespace sinkscope {

/// Change of the output when the output of one head is 0 in all rows, the other edits held: without the head
/// minus with it. [L, H], NaN where not measured yet.
struct AblationEffects {
    Matrix entropy; ///< nats, of the next-token distribution
    std::optional<Matrix> margin; ///< nats, ln p(token) - ln p(against); absent when not asked for
    std::size_t measured = 0; ///< heads so far, uppermost layer first
};

/// Between which tokens the margin is.
struct MarginTokens {
    TokenId token;
    TokenId against;
};

/// Removes heads one after the other, a stack of them in each step; upper layers first, since their stacks
/// have the fewest layers to compute. Owner: who wants the effects. Threads: one. Validity: transformer and
/// what `base` refers to must outlive it.
class HeadAblation {
public:
    /// `base.pass` has logits.
    HeadAblation(Transformer &transformer, const VariantBase &base, std::optional<MarginTokens> margin);

    /// Measures the heads of one stack. Nothing is lost when cancelled: the step is run again.
    WorkStatus advance(const StopToken &stop);
    bool done() const { return m_effects.measured == m_heads; }
    const AblationEffects &effects() const { return m_effects; }

private:
    HeadRef headAt(std::size_t index) const;
    double marginOf(std::span<const double> logProbabilities) const;

    Transformer &m_transformer;
    VariantBase m_base;
    std::optional<MarginTokens> m_margin;
    std::size_t m_heads = 0; // of the model
    std::size_t m_headsOfALayer = 0;
    double m_baseEntropy = 0.0;
    double m_baseMargin = 0.0;
    AblationEffects m_effects;
};

} // namespace sinkscope
