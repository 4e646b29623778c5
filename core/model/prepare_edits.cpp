// SPDX-License-Identifier: Apache-2.0
// Patterns of the unedited pass for the baselines that read them.
#include "core/model/prepare_edits.h"

#include "core/intervention/resolve.h"

#include <algorithm>

namespace sinkscope {

namespace {

/// What these baselines choose must not depend on how much memory the patterns were given: fp32 alone will
/// do.
bool hasPatternsOf(const PassResult &pass, const std::vector<LayerIndex> &layers)
{
    return std::ranges::all_of(layers, [&](LayerIndex layer) {
        return pass.layers[layer.asSize()]->patternPrecision() == PatternPrecision::Single;
    });
}

} // namespace

std::optional<Intervention> prepareEdits(Transformer &transformer, const Intervention &asked,
    std::span<const TokenId> tokens, std::shared_ptr<const PassResult> unedited, const StopToken &stop)
{
    const Model &model = transformer.model();
    const HeadGrid grid = model.config.headGrid();
    asked.validate(grid, static_cast<int>(tokens.size()));
    if (asked.isResolved())
        return asked;
    const std::vector<LayerIndex> layers = patternLayersNeeded(asked, grid);
    if (!layers.empty() && !unedited) {
        PassRequest request;
        request.tokens = tokens;
        request.capture.patternBudgetBytes = 0;
        request.capture.patternLayers = layers;
        request.capture.logitRows = LogitRows::None;
        unedited = transformer.run(request, stop);
        if (!unedited)
            return std::nullopt;
    } else if (!layers.empty() && !hasPatternsOf(*unedited, layers)) {
        unedited = transformer.withPatterns(*unedited, nullptr, layers, stop);
        if (!unedited)
            return std::nullopt;
    }
    const AddedTokenPolicy &policy = model.tokenizer->addedTokenPolicy();
    PromptFacts prompt {.grid = grid, .tokens = tokens, .padding = policy.padding, .initial = policy.bos};
    prompt.pattern = [&](HeadRef head, TokenPos query) {
        return unedited->layers[head.layer.asSize()]->patternRow(head.head, query);
    };
    return resolveFor(asked, prompt);
}

} // namespace sinkscope
