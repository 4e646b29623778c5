// SPDX-License-Identifier: Apache-2.0
// What a new factor does to one head's attention, from the record of a pass at another factor: no pass
// needed.
#pragma once

#include "core/model/layer_record.h"

#include <vector>

namespace sinkscope {

/// One row of attention under a factor. Source: method 1.1 and 1.4 (arXiv 2505.11739), in log odds of key 0.
struct ScaledRow {
    double sinkMass = 0.0; ///< a0'
    double restMass = 0.0; ///< 1 - a0', not by subtraction
    double entropyNats = 0.0; ///< of the whole row
    double restEntropyNats = 0.0; ///< without key 0: does not depend on gamma
};

/// Row `query` of `head` with the plain edit (probability, key 0) at `gamma`; row 0 never changes.
ScaledRow scaledRow(const LayerRecord &record, HeadIndex head, TokenPos query, double gamma);

/// The lower triangle [T (T + 1) / 2] of `head` at `gamma`; empty when the record holds no patterns.
/// Exact when the head's only edit is the plain one and nothing below its layer changes.
std::vector<float> scaledPattern(const LayerRecord &record, HeadIndex head, double gamma);

} // namespace sinkscope
