// SPDX-License-Identifier: Apache-2.0
// Figures of every head from the records of a pass.
#pragma once

#include "core/model/layer_record.h"

#include <optional>
#include <vector>

namespace sinkscope {

/// Per-head figures, each [L, H]. Entropies in nats.
struct HeadMetrics {
    Matrix sinkMassLast; ///< attention to key 0 of the last row
    std::optional<Matrix> sinkMassMean; ///< mean over rows 1..T-1; absent for one token
    Matrix entropyLast; ///< of the last row
    Matrix entropyMean; ///< mean over all rows
    Matrix entropyWithoutSinkLast; ///< last row without key 0, renormalised
};

/// Reads the metrics off the records.
HeadMetrics headMetrics(const std::vector<std::shared_ptr<const LayerRecord>> &layers);

/// Entropy of one row of weights, -sum p ln p in nats, zeros contributing nothing.
double rowEntropy(std::span<const float> weights);

} // namespace sinkscope
