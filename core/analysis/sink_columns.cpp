// SPDX-License-Identifier: Apache-2.0
// Columns of high mass in many heads.
#include "core/analysis/sink_columns.h"

#include <algorithm>
#include <cmath>

namespace sinkscope {

namespace {

/// c_k of every key of one head; sums has room for all tokens.
void addHead(const LayerRecord &layer, HeadIndex head, std::vector<double> &sums, std::vector<float> &row)
{
    const std::size_t tokens = layer.tokenCount();
    std::fill(sums.begin(), sums.end(), 0.0);
    for (std::size_t query = 1; query < tokens; ++query) {
        const std::span<float> weights(row.data(), query + 1);
        layer.copyPatternRow(head, TokenPos(static_cast<std::int32_t>(query)), weights);
        for (std::size_t key = 0; key < query; ++key)
            sums[key] += static_cast<double>(weights[key]);
    }
    for (std::size_t key = 0; key + 1 < tokens; ++key)
        sums[key] /= static_cast<double>(tokens - 1 - key);
}

} // namespace

std::optional<std::vector<SinkColumn>> sinkColumns(
    const PassResult &pass, const SinkRule &rule, const StopToken &stop)
{
    if (pass.layers.empty())
        return std::nullopt;
    const std::size_t tokens = pass.layers.front()->tokenCount();
    std::vector<SinkColumn> all(tokens);
    std::vector<double> means(tokens);
    std::vector<float> row(tokens);
    std::size_t heads = 0;
    for (const auto &layer : pass.layers) {
        if (!layer->hasPatterns())
            return std::nullopt;
        for (std::size_t head = 0; head < layer->headCount(); ++head, ++heads) {
            if (stop.stop_requested())
                return std::nullopt;
            addHead(*layer, HeadIndex(static_cast<std::int32_t>(head)), means, row);
            for (std::size_t key = 0; key < tokens; ++key) {
                all[key].heads += means[key] > rule.leastMass ? 1U : 0U;
                all[key].mass += means[key];
            }
        }
    }
    std::vector<SinkColumn> sinks;
    for (std::size_t key = 0; key + rule.leastRows < tokens; ++key) {
        all[key].key = TokenPos(static_cast<std::int32_t>(key));
        all[key].mass /= static_cast<double>(heads);
        if (all[key].heads > 0
            && static_cast<double>(all[key].heads) >= rule.leastShareOfHeads * static_cast<double>(heads))
            sinks.push_back(all[key]);
    }
    std::stable_sort(sinks.begin(), sinks.end(),
        [](const SinkColumn &first, const SinkColumn &second) { return first.heads > second.heads; });
    return sinks;
}

} // namespace sinkscope
