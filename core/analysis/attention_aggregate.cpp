// SPDX-License-Identifier: Apache-2.0
// Mean, maximum and rollout of attention.
#include "core/analysis/attention_aggregate.h"

#include <algorithm>

namespace sinkscope {

namespace {

TokenPos position(std::size_t query)
{
    return TokenPos(static_cast<std::int32_t>(query));
}

/// sums [query + 1] = 0.5 times the mean over all heads of row `query`, plus 0.5 at the query itself, divided
/// by its sum. `row` has room for as many weights.
void mixedRow(const LayerRecord &layer, std::size_t query, std::span<float> row, std::span<double> sums)
{
    std::fill(sums.begin(), sums.end(), 0.0);
    for (HeadIndex head; head.asSize() < layer.headCount(); ++head) {
        layer.copyPatternRow(head, position(query), row);
        for (std::size_t key = 0; key <= query; ++key)
            sums[key] += static_cast<double>(row[key]);
    }
    const double share = 0.5 / static_cast<double>(layer.headCount());
    double total = 0.0;
    for (std::size_t key = 0; key <= query; ++key) {
        sums[key] = share * sums[key] + (key == query ? 0.5 : 0.0);
        total += sums[key];
    }
    for (double &sum : sums)
        sum /= total; // never 0: the query's own half
}

} // namespace

std::optional<LayerIndex> firstLayerWithoutPatterns(const PassResult &pass, LayerIndex first, LayerIndex last)
{
    for (LayerIndex layer = first; layer <= last; ++layer)
        if (!pass.layers[layer.asSize()]->hasPatterns())
            return layer;
    return std::nullopt;
}

std::optional<std::vector<float>> aggregateHeads(
    const PassResult &pass, std::span<const HeadRef> heads, HeadAggregate aggregate, const StopToken &stop)
{
    for (const HeadRef head : heads)
        if (firstLayerWithoutPatterns(pass, head.layer, head.layer))
            return std::nullopt;
    const std::size_t tokens = pass.layers.front()->tokenCount();
    std::vector<float> triangle(LayerRecord::triangleSize(tokens));
    std::vector<double> sums(tokens);
    std::vector<float> row(tokens);
    const double share = aggregate == HeadAggregate::Mean ? 1.0 / static_cast<double>(heads.size()) : 1.0;
    for (std::size_t query = 0; query < tokens; ++query) {
        if (stop.stop_requested())
            return std::nullopt;
        std::fill(sums.begin(), sums.end(), 0.0);
        const std::span<float> weights = std::span(row).first(query + 1);
        for (const HeadRef head : heads) {
            pass.layers[head.layer.asSize()]->copyPatternRow(head.head, position(query), weights);
            for (std::size_t key = 0; key <= query; ++key) {
                const auto weight = static_cast<double>(weights[key]);
                sums[key] =
                    aggregate == HeadAggregate::Mean ? sums[key] + weight : std::max(sums[key], weight);
            }
        }
        std::transform(sums.begin(), sums.begin() + static_cast<std::ptrdiff_t>(query) + 1,
            triangle.begin() + static_cast<std::ptrdiff_t>(LayerRecord::triangleSize(query)),
            [share](double sum) { return static_cast<float>(share * sum); });
    }
    return triangle;
}

std::optional<std::vector<float>> attentionRollout(
    const PassResult &pass, LayerIndex last, const StopToken &stop)
{
    if (firstLayerWithoutPatterns(pass, LayerIndex(0), last))
        return std::nullopt;
    const std::size_t tokens = pass.layers.front()->tokenCount();
    std::vector<float> rollout(LayerRecord::triangleSize(tokens));
    for (std::size_t query = 0; query < tokens; ++query)
        rollout[LayerRecord::triangleSize(query) + query] = 1.0F;
    std::vector<float> row(tokens);
    std::vector<double> mixed(tokens);
    std::vector<double> product(tokens);
    for (LayerIndex layer; layer <= last; ++layer) {
        // The last row first: row q of the product needs rows 0..q of the layers below, which stand there
        // yet, so the product takes the place of its factor.
        for (std::size_t query = tokens; query-- > 0;) {
            if (stop.stop_requested())
                return std::nullopt;
            mixedRow(*pass.layers[layer.asSize()], query, std::span(row).first(query + 1),
                std::span(mixed).first(query + 1));
            std::fill_n(product.begin(), query + 1, 0.0);
            for (std::size_t middle = 0; middle <= query; ++middle) {
                const double weight = mixed[middle];
                const float *below = rollout.data() + LayerRecord::triangleSize(middle);
                for (std::size_t key = 0; key <= middle; ++key)
                    product[key] += weight * static_cast<double>(below[key]);
            }
            std::transform(product.begin(), product.begin() + static_cast<std::ptrdiff_t>(query) + 1,
                rollout.begin() + static_cast<std::ptrdiff_t>(LayerRecord::triangleSize(query)),
                [](double sum) { return static_cast<float>(sum); });
        }
    }
    return rollout;
}

} // namespace sinkscope
