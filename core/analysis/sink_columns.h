// SPDX-License-Identifier: Apache-2.0
// Tokens that many heads attend to from everywhere: the initial token, and others like it.
#pragma once

#include "core/base/cancellation.h"
#include "core/model/layer_record.h"

#include <optional>
#include <vector>

namespace sinkscope {

/// When a column is a sink. ACT (arXiv 2406.15765, from its code; method section on it) takes the mean
/// attention of the queries that can see the key and 0.1; here the key's own row is left out, and "many" is a
/// share.
struct SinkRule {
    double leastMass = 0.1; ///< mean attention of the later rows: c_k = sum over q > k of a_qk / (T - 1 - k)
    double leastShareOfHeads = 0.1; ///< heads in which c_k is greater than leastMass
    std::size_t leastRows = 4; ///< later rows: one or two say little
};

struct SinkColumn {
    TokenPos key;
    std::size_t heads = 0; ///< in which c_k > leastMass
    double mass = 0.0; ///< c_k, mean over all heads
};

/// The sinks of a pass, those of most heads first. Nothing when cancelled or where a layer has no patterns.
std::optional<std::vector<SinkColumn>> sinkColumns(
    const PassResult &pass, const SinkRule &rule, const StopToken &stop);

} // namespace sinkscope
