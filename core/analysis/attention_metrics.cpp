// SPDX-License-Identifier: Apache-2.0
// Last rows and means over rows, head by head.
#include "core/analysis/attention_metrics.h"

#include <cmath>
#include <numeric>

namespace sinkscope {

namespace {

float mean(std::span<const float> values)
{
    const double sum = std::accumulate(values.begin(), values.end(), 0.0);
    return static_cast<float>(sum / static_cast<double>(values.size()));
}

} // namespace

HeadMetrics headMetrics(const std::vector<std::shared_ptr<const LayerRecord>> &layers)
{
    const std::size_t heads = layers.front()->headCount();
    const std::size_t tokens = layers.front()->tokenCount();
    const Matrix empty(layers.size(), heads);
    HeadMetrics metrics {.sinkMassLast = empty,
        .sinkMassMean = tokens > 1 ? std::optional(empty) : std::nullopt,
        .entropyLast = empty,
        .entropyMean = empty,
        .entropyWithoutSinkLast = empty};
    for (std::size_t layer = 0; layer < layers.size(); ++layer) {
        const LayerRecord &record = *layers[layer];
        for (std::size_t head = 0; head < heads; ++head) {
            metrics.sinkMassLast.at(layer, head) = record.sinkMass.at(head, tokens - 1);
            metrics.entropyLast.at(layer, head) = record.entropy.at(head, tokens - 1);
            metrics.entropyWithoutSinkLast.at(layer, head) = record.restEntropy.at(head, tokens - 1);
            metrics.entropyMean.at(layer, head) = mean(record.entropy.row(head));
            if (metrics.sinkMassMean) // row 0 sees key 0 alone: its a0 is 1 whatever the head does
                metrics.sinkMassMean->at(layer, head) = mean(record.sinkMass.row(head).subspan(1));
        }
    }
    return metrics;
}

double rowEntropy(std::span<const float> weights)
{
    double entropy = 0.0;
    for (const float weight : weights)
        if (weight > 0.0F)
            entropy -= static_cast<double>(weight) * std::log(static_cast<double>(weight));
    return entropy;
}

} // namespace sinkscope
