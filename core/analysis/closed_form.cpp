// SPDX-License-Identifier: Apache-2.0
// Rescales recorded rows from their log odds: valid from any recorded factor, gamma 0 included.
#include "core/analysis/closed_form.h"

#include "core/ops/sink_scaling.h"

namespace sinkscope {

ScaledRow scaledRow(const LayerRecord &record, HeadIndex head, TokenPos query, double gamma)
{
    const double recorded = static_cast<double>(record.sinkLogOdds.at(head.asSize(), query.asSize()));
    const double logOdds = scaledLogOdds(recorded, gamma);
    ScaledRow row;
    row.sinkMass = sinkMassFromLogOdds(logOdds);
    row.restMass = sinkMassFromLogOdds(-logOdds);
    row.restEntropyNats = static_cast<double>(record.restEntropy.at(head.asSize(), query.asSize()));
    row.entropyNats = entropyFromLogOdds(logOdds, row.restEntropyNats);
    return row;
}

std::vector<float> scaledPattern(const LayerRecord &record, HeadIndex head, double gamma)
{
    if (!record.hasPatterns())
        return {};
    const std::size_t tokens = record.tokenCount();
    std::vector<float> triangle(LayerRecord::triangleSize(tokens));
    for (std::size_t query = 0; query < tokens; ++query) {
        const TokenPos position(static_cast<std::int32_t>(query));
        const ScaledRow scaled = scaledRow(record, head, position, gamma);
        const std::span<float> row = std::span(triangle).subspan(LayerRecord::triangleSize(query), query + 1);
        record.copyPatternRow(head, position, row);
        row[0] = static_cast<float>(scaled.sinkMass);
        // Ratios among other keys never change (method 1.2), so the rest is one factor.
        const auto restBefore = static_cast<double>(record.restMass.at(head.asSize(), query));
        const auto factor = static_cast<float>(restBefore > 0.0 ? scaled.restMass / restBefore : 0.0);
        for (std::size_t key = 1; key <= query; ++key)
            row[key] *= factor;
    }
    return triangle;
}

} // namespace sinkscope
