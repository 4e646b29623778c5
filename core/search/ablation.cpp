// SPDX-License-Identifier: Apache-2.0
// Heads removed in stacks of variants.
#include "core/search/ablation.h"

#include "core/analysis/output_metrics.h"

#include <algorithm>
#include <limits>

namespace sinkscope {

namespace {

Matrix unknown(std::size_t layers, std::size_t heads)
{
    Matrix matrix(layers, heads);
    std::ranges::fill(matrix.values(), std::numeric_limits<float>::quiet_NaN());
    return matrix;
}

} // namespace

HeadAblation::HeadAblation(
    Transformer &transformer, const VariantBase &base, std::optional<MarginTokens> margin)
    : m_transformer(transformer)
    , m_base(base)
    , m_margin(margin)
    , m_headsOfALayer(base.pass->layers.front()->headCount())
{
    const std::size_t layers = base.pass->layers.size();
    m_heads = layers * m_headsOfALayer;
    m_effects.entropy = unknown(layers, m_headsOfALayer);
    if (margin)
        m_effects.margin = unknown(layers, m_headsOfALayer);
    const std::vector<double> logProbabilities = logSoftmax(base.pass->logitsLast);
    m_baseEntropy = entropyNats(logProbabilities);
    m_baseMargin = marginOf(logProbabilities);
}

HeadRef HeadAblation::headAt(std::size_t index) const
{
    const std::size_t layers = m_heads / m_headsOfALayer;
    return {LayerIndex(static_cast<std::int32_t>(layers - 1 - index / m_headsOfALayer)),
        HeadIndex(static_cast<std::int32_t>(index % m_headsOfALayer))};
}

double HeadAblation::marginOf(std::span<const double> logProbabilities) const
{
    return m_margin
        ? logProbabilities[m_margin->token.asSize()] - logProbabilities[m_margin->against.asSize()]
        : 0.0;
}

WorkStatus HeadAblation::advance(const StopToken &stop)
{
    const std::size_t first = m_effects.measured;
    const std::size_t count = std::min(variantsAtOnce(m_base.tokens.size()), m_heads - first);
    std::vector<Intervention> variants(count, m_base.intervention ? *m_base.intervention : Intervention());
    for (std::size_t at = 0; at < count; ++at) {
        HeadEdit edit;
        edit.head = headAt(first + at);
        edit.kind = EditKind::Ablate;
        variants[at].set(edit);
    }
    const WorkStatus status = runVariants(
        m_transformer, m_base, variants,
        [&](const VariantOutcome &outcome) {
            const HeadRef head = headAt(first + outcome.index);
            const std::vector<double> logProbabilities = logSoftmax(outcome.logitsLast);
            m_effects.entropy.at(head.layer.asSize(), head.head.asSize()) =
                static_cast<float>(entropyNats(logProbabilities) - m_baseEntropy);
            if (m_effects.margin)
                m_effects.margin->at(head.layer.asSize(), head.head.asSize()) =
                    static_cast<float>(marginOf(logProbabilities) - m_baseMargin);
        },
        stop);
    if (status == WorkStatus::Completed)
        m_effects.measured += count;
    return status;
}

} // namespace sinkscope
