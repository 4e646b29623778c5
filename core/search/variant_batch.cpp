// SPDX-License-Identifier: Apache-2.0
// Cuts the variants into stacks and finds where each stack starts.
#include "core/search/variant_batch.h"

#include "core/intervention/intervention_diff.h"

#include <algorithm>

namespace sinkscope {

namespace {

constexpr std::size_t kStackedRows = 1024;

LayerIndex lowestLayerOf(
    const Intervention &base, std::span<const Intervention> variants, LayerIndex lastLayer)
{
    LayerIndex lowest = lastLayer; // a variant that equals the base still needs its logits
    for (const Intervention &variant : variants)
        if (const auto layer = lowestDifferingLayer(base, variant); layer && *layer < lowest)
            lowest = *layer;
    return lowest;
}

} // namespace

std::size_t variantsAtOnce(std::size_t tokens)
{
    return std::max<std::size_t>(1, kStackedRows / std::max<std::size_t>(1, tokens));
}

WorkStatus runVariants(Transformer &transformer, const VariantBase &base,
    std::span<const Intervention> variants, FunctionRef<void(const VariantOutcome &outcome)> onVariant,
    const StopToken &stop)
{
    const std::size_t atOnce = variantsAtOnce(base.tokens.size());
    const LayerIndex lastLayer(transformer.model().config.layerCount - 1);
    for (std::size_t first = 0; first < variants.size(); first += atOnce) {
        const auto stacked = variants.subspan(first, std::min(atOnce, variants.size() - first));
        const std::optional<BatchResult> result =
            transformer.runBatch({.tokens = base.tokens,
                                     .variants = stacked,
                                     .restartFrom = base.pass,
                                     .restartLayer = lowestLayerOf(*base.intervention, stacked, lastLayer),
                                     .focus = base.focus},
                stop);
        if (!result)
            return WorkStatus::Cancelled;
        for (std::size_t variant = 0; variant < stacked.size(); ++variant)
            onVariant({first + variant, result->logitsLast.row(variant), result->focus[variant]});
    }
    return WorkStatus::Completed;
}

} // namespace sinkscope
