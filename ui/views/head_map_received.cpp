// SPDX-License-Identifier: Apache-2.0
// Attention that each key receives from some rows of the head map.
#include "ui/views/head_map_received.h"

#include "ui/views/head_map_values.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sinkscope::ui {

namespace {

constexpr double kLeastTop = 1e-4; ///< a head without any weight on keys >= 1 still has a scale

std::vector<float> meanOver(const HeadSide &side, int tokens, TokenSpan rows)
{
    std::vector<double> sums(std::size_t(tokens), 0.0);
    for (int query = rows.first; query <= rows.last; ++query) {
        const int keys = side.hasPattern() ? query + 1 : 1;
        for (int key = 0; key < keys; ++key)
            sums[std::size_t(key)] += weightOf(side, {query, key});
    }
    std::vector<float> means(std::size_t(tokens), std::numeric_limits<float>::quiet_NaN());
    for (int key = 0; key < (side.hasPattern() ? tokens : 1); ++key) {
        const int seen = rows.last - std::max(rows.first, key) + 1;
        if (seen > 0)
            means[std::size_t(key)] = float(sums[std::size_t(key)] / seen);
    }
    return means;
}

} // namespace

ReceivedAttention receivedAttention(const HeadMapData &data, TokenSpan rows)
{
    ReceivedAttention received;
    received.rows = rows;
    received.shown = meanOver(shownSide(data), data.tokenCount(), rows);
    if (data.hasEdit && data.mode != HeadMapMode::Baseline)
        received.baseline = meanOver(data.baseline, data.tokenCount(), rows);
    float greatest = 0.0F;
    const std::size_t firstKey = data.keyZero == KeyZeroPlace::InScale ? 0 : 1;
    for (const std::vector<float> *side : {&received.shown, &received.baseline}) {
        for (std::size_t key = firstKey; key < side->size(); ++key)
            greatest = std::fmax(greatest, (*side)[key]);
    }
    received.restTop = std::min(1.0, niceCeiling(std::max(double(greatest), kLeastTop)));
    received.keyZeroTop = data.keyZero == KeyZeroPlace::InScale ? received.restTop : 1.0;
    return received;
}

} // namespace sinkscope::ui
