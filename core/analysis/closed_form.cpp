// SPDX-License-Identifier: Apache-2.0
// Rescales recorded rows from their log odds: valid from any recorded factor, gamma 0 included.
#include "core/analysis/closed_form.h"

#include "core/ops/sink_scaling.h"

#include <algorithm>

namespace sinkscope {

namespace {

/// v0 and sum b_i v_i of the rows of one head, its share of the values found once.
class MixedValues {
public:
    MixedValues(const LayerRecord &record, const ModelConfig &config, HeadIndex head)
        : m_record(record)
        , m_head(head)
        , m_column(config.kvHeadOf(head).asSize() * static_cast<std::size_t>(config.headSize))
        , m_sum(static_cast<std::size_t>(config.headSize))
    {
    }

    std::span<const float> ofSink() const { return valueOf(0); }

    /// [headSize], valid until the next call; zeros where no weight but that of key 0 is left in fp32.
    std::span<const double> ofRest(std::size_t query)
    {
        m_row.resize(query + 1);
        m_record.copyPatternRow(m_head, TokenPos(static_cast<std::int32_t>(query)), m_row);
        std::ranges::fill(m_sum, 0.0);
        const auto rest = static_cast<double>(m_record.restMass.at(m_head.asSize(), query));
        for (std::size_t key = 1; key <= query && rest > 0.0; ++key) {
            const double share = static_cast<double>(m_row[key]) / rest;
            const std::span<const float> value = valueOf(key);
            for (std::size_t element = 0; element < m_sum.size(); ++element)
                m_sum[element] += share * static_cast<double>(value[element]);
        }
        return m_sum;
    }

private:
    std::span<const float> valueOf(std::size_t key) const
    {
        return m_record.values.row(key).subspan(m_column, m_sum.size());
    }

    const LayerRecord &m_record;
    HeadIndex m_head;
    std::size_t m_column;
    std::vector<double> m_sum;
    std::vector<float> m_row;
};

/// a0' - a0, from whichever of the two masses is the smaller: the other is 1 in fp32 and would cancel.
double sinkMassChange(const LayerRecord &record, HeadIndex head, std::size_t query, const ScaledRow &scaled)
{
    const auto sink = static_cast<double>(record.sinkMass.at(head.asSize(), query));
    const auto rest = static_cast<double>(record.restMass.at(head.asSize(), query));
    return sink < rest ? scaled.sinkMass - sink : rest - scaled.restMass;
}

} // namespace

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

Matrix scaledOutput(const LayerRecord &record, const ModelConfig &config, HeadIndex head, double gamma)
{
    if (!record.hasPatterns())
        return {};
    Matrix output(record.tokenCount(), static_cast<std::size_t>(config.headSize));
    MixedValues values(record, config, head);
    const std::span<const float> valueOfSink = values.ofSink();
    for (std::size_t query = 0; query < output.rows(); ++query) {
        const ScaledRow scaled = scaledRow(record, head, TokenPos(static_cast<std::int32_t>(query)), gamma);
        const std::span<const double> rest = values.ofRest(query);
        for (std::size_t element = 0; element < output.columns(); ++element)
            output.at(query, element) =
                static_cast<float>(scaled.sinkMass * static_cast<double>(valueOfSink[element])
                    + scaled.restMass * rest[element]);
    }
    return output;
}

Matrix scaledResidualDelta(const LayerRecord &record, const Model &model, HeadRef head, double gamma)
{
    if (!record.hasPatterns())
        return {};
    const auto headSize = static_cast<std::size_t>(model.config.headSize);
    std::vector<double> change(record.tokenCount() * headSize); // of the head's output, [T, headSize]
    MixedValues values(record, model.config, head.head);
    const std::span<const float> valueOfSink = values.ofSink();
    for (std::size_t query = 1; query < record.tokenCount(); ++query) {
        const ScaledRow scaled =
            scaledRow(record, head.head, TokenPos(static_cast<std::int32_t>(query)), gamma);
        const double massChange = sinkMassChange(record, head.head, query, scaled);
        const std::span<const double> rest = values.ofRest(query);
        for (std::size_t element = 0; element < headSize; ++element)
            change[query * headSize + element] =
                massChange * (static_cast<double>(valueOfSink[element]) - rest[element]);
    }
    const WeightMatrix &projection = model.weights.layers[head.layer.asSize()].attentionOutput;
    Matrix delta(record.tokenCount(), projection.outputs);
    std::vector<float> weights(projection.inputs); // one row at a time: the whole may be large
    for (std::size_t to = 0; to < projection.outputs; ++to) {
        projection.rowsToFloat(to, 1, weights);
        const std::span<const float> ofHead =
            std::span(weights).subspan(head.head.asSize() * headSize, headSize);
        for (std::size_t query = 1; query < delta.rows(); ++query) {
            double sum = 0.0;
            for (std::size_t element = 0; element < headSize; ++element)
                sum += change[query * headSize + element] * static_cast<double>(ofHead[element]);
            delta.at(query, to) = static_cast<float>(sum);
        }
    }
    return delta;
}

} // namespace sinkscope
