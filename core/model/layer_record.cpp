// SPDX-License-Identifier: Apache-2.0
// Patterns in two precisions, and rows that one record takes over from another.
#include "core/model/layer_record.h"

#include "core/ops/row_kernels.h"

#include <algorithm>
#include <cassert>

namespace sinkscope {

void LayerRecord::reservePatterns(PatternPrecision precision)
{
    const std::size_t weights = headCount() * triangleSize(tokenCount());
    patterns.resize(precision == PatternPrecision::Single ? weights : 0);
    halfPatterns.resize(precision == PatternPrecision::Half ? weights : 0);
}

void LayerRecord::copyPatternRow(HeadIndex head, TokenPos query, std::span<float> row) const
{
    if (patternPrecision() == PatternPrecision::Single) {
        std::ranges::copy(patternRow(head, query), row.begin());
        return;
    }
    const std::size_t first = head.asSize() * triangleSize(tokenCount()) + triangleSize(query.asSize());
    fromHalf(std::span(halfPatterns).subspan(first, query.asSize() + 1), row.data());
    row[0] = sinkMass.at(head.asSize(), query.asSize());
}

std::vector<float> LayerRecord::patternTriangle(HeadIndex head) const
{
    if (!hasPatterns())
        return {};
    std::vector<float> triangle(triangleSize(tokenCount()));
    for (std::size_t query = 0; query < tokenCount(); ++query)
        copyPatternRow(head, TokenPos(static_cast<std::int32_t>(query)),
            std::span(triangle).subspan(triangleSize(query), query + 1));
    return triangle;
}

void copyRows(const LayerRecord &from, LayerRecord &to, std::size_t rows, ThreadPool &pool)
{
    assert(rows <= from.tokenCount() && rows <= to.tokenCount());
    assert(!to.hasPatterns() || from.patternPrecision() == to.patternPrecision());
    for (const auto stream : {&LayerRecord::residualIn, &LayerRecord::keys, &LayerRecord::values})
        std::ranges::copy(
            (from.*stream).values().first(rows * (from.*stream).columns()), (to.*stream).values().begin());
    pool.parallelFor(to.headCount(), [&](std::size_t head, int) {
        for (const auto figures : {&LayerRecord::sinkMass, &LayerRecord::restMass, &LayerRecord::entropy,
                 &LayerRecord::restEntropy, &LayerRecord::sinkLogOdds})
            std::ranges::copy((from.*figures).row(head).first(rows), (to.*figures).row(head).begin());
        const std::size_t firstFrom = head * LayerRecord::triangleSize(from.tokenCount());
        const std::size_t firstTo = head * LayerRecord::triangleSize(to.tokenCount());
        const std::size_t weights = LayerRecord::triangleSize(rows);
        if (!to.patterns.empty())
            std::copy_n(from.patterns.data() + firstFrom, weights, to.patterns.data() + firstTo);
        if (!to.halfPatterns.empty())
            std::copy_n(from.halfPatterns.data() + firstFrom, weights, to.halfPatterns.data() + firstTo);
    });
}

} // namespace sinkscope
