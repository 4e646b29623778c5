// SPDX-License-Identifier: Apache-2.0
// Attention that each key receives from some rows of the head map.
#pragma once

#include "ui/views/head_map_data.h"
#include "ui/views/head_map_axis.h"

#include <vector>

namespace sinkscope::ui {

/// Mean attention that each key receives from the queries of `rows` that see it (those not before the key).
struct ReceivedAttention {
    TokenSpan rows;
    std::vector<float> shown; ///< [T] of the side that bars show; NaN where no row sees the key
    std::vector<float> baseline; ///< [T]; empty without an edit, and when the baseline is shown
    double restTop = 1.0; ///< a round number above all keys >= 1
    double keyZeroTop = 1.0; ///< the same of key 0 where it shares the scale; 1 where it stands apart
};
/// Without captured patterns key 0 alone is known.
ReceivedAttention receivedAttention(const HeadMapData &data, TokenSpan rows);

} // namespace sinkscope::ui
