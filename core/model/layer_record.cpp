// SPDX-License-Identifier: Apache-2.0
// Rows that one record takes over from another.
#include "core/model/layer_record.h"

#include <algorithm>
#include <cassert>

namespace sinkscope {

void copyRows(const LayerRecord &from, LayerRecord &to, std::size_t rows, ThreadPool &pool)
{
    assert(rows <= from.tokenCount() && rows <= to.tokenCount());
    assert(!to.hasPatterns() || from.hasPatterns());
    for (const auto stream : {&LayerRecord::residualIn, &LayerRecord::keys, &LayerRecord::values})
        std::ranges::copy(
            (from.*stream).values().first(rows * (from.*stream).columns()), (to.*stream).values().begin());
    pool.parallelFor(to.headCount(), [&](std::size_t head, int) {
        for (const auto figures : {&LayerRecord::sinkMass, &LayerRecord::restMass, &LayerRecord::entropy,
                 &LayerRecord::restEntropy, &LayerRecord::sinkLogOdds})
            std::ranges::copy((from.*figures).row(head).first(rows), (to.*figures).row(head).begin());
        if (to.hasPatterns())
            std::copy_n(from.patterns.data() + head * LayerRecord::triangleSize(from.tokenCount()),
                LayerRecord::triangleSize(rows),
                to.patterns.data() + head * LayerRecord::triangleSize(to.tokenCount()));
    });
}

} // namespace sinkscope
