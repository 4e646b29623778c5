// SPDX-License-Identifier: Apache-2.0
// Lengths of values and of contributions, and scores before the softmax.
#include "core/analysis/value_weights.h"

#include "core/ops/norm.h"
#include "core/ops/rope.h"

#include <algorithm>
#include <cmath>

namespace sinkscope {

namespace {

constexpr std::size_t kRowsAtOnce = 16; ///< of a weight matrix, expanded together

// The part of row `token` that belongs to `kvHead`.
std::span<const float> headOf(const Matrix &rows, std::size_t token, KvHeadIndex kvHead, std::size_t headSize)
{
    return rows.row(token).subspan(kvHead.asSize() * headSize, headSize);
}

// W_O^h^T W_O^h [headSize, headSize] in double, lower triangle: ||W v||^2 is then v^T (W^T W) v, without the
// hidden size in each token's work.
std::vector<double> outputGram(const WeightMatrix &output, HeadIndex head, std::size_t headSize)
{
    std::vector<double> gram(headSize * headSize, 0.0);
    std::vector<float> rows(kRowsAtOnce * output.inputs);
    for (std::size_t first = 0; first < output.outputs; first += kRowsAtOnce) {
        const std::size_t count = std::min(kRowsAtOnce, output.outputs - first);
        output.rowsToFloat(first, count, std::span(rows).first(count * output.inputs));
        for (std::size_t row = 0; row < count; ++row) {
            const float *weights = rows.data() + row * output.inputs + head.asSize() * headSize;
            for (std::size_t a = 0; a < headSize; ++a) {
                for (std::size_t b = 0; b <= a; ++b)
                    gram[a * headSize + b] += double(weights[a]) * weights[b];
            }
        }
    }
    return gram;
}

// W_Q^h transposed, [hidden, headSize], so that a query is a sum of rows.
std::vector<float> queryWeights(const WeightMatrix &query, HeadIndex head, std::size_t headSize)
{
    std::vector<float> transposed(query.inputs * headSize);
    std::vector<float> row(query.inputs);
    for (std::size_t element = 0; element < headSize; ++element) {
        query.rowsToFloat(head.asSize() * headSize + element, 1, row);
        for (std::size_t input = 0; input < query.inputs; ++input)
            transposed[input * headSize + element] = row[input];
    }
    return transposed;
}

// sum += factor * values.
void addScaled(std::span<float> sum, float factor, const float *values)
{
    for (std::size_t element = 0; element < sum.size(); ++element)
        sum[element] += factor * values[element];
}

} // namespace

std::vector<float> valueNorms(const LayerRecord &record, KvHeadIndex kvHead, int headSize)
{
    std::vector<float> norms(record.tokenCount());
    for (std::size_t token = 0; token < norms.size(); ++token) {
        double sum = 0.0;
        for (const float element : headOf(record.values, token, kvHead, static_cast<std::size_t>(headSize)))
            sum += double(element) * element;
        norms[token] = static_cast<float>(std::sqrt(sum));
    }
    return norms;
}

std::vector<float> contributionNorms(const Model &model, HeadRef head, const LayerRecord &record)
{
    const auto headSize = static_cast<std::size_t>(model.config.headSize);
    const std::vector<double> gram =
        outputGram(model.weights.layers[head.layer.asSize()].attentionOutput, head.head, headSize);
    const KvHeadIndex kvHead = model.config.kvHeadOf(head.head);
    std::vector<float> norms(record.tokenCount());
    for (std::size_t token = 0; token < norms.size(); ++token) {
        const std::span<const float> value = headOf(record.values, token, kvHead, headSize);
        double sum = 0.0;
        for (std::size_t a = 0; a < headSize; ++a) {
            double ofRow = 0.5 * gram[a * headSize + a] * value[a];
            for (std::size_t b = 0; b < a; ++b)
                ofRow += gram[a * headSize + b] * value[b];
            sum += 2.0 * ofRow * value[a];
        }
        norms[token] = static_cast<float>(std::sqrt(std::max(sum, 0.0)));
    }
    return norms;
}

std::optional<std::vector<float>> attentionScores(
    const Model &model, HeadRef head, const LayerRecord &record, const StopToken &stop)
{
    const ModelConfig &config = model.config;
    const auto headSize = static_cast<std::size_t>(config.headSize);
    const LayerWeights &weights = model.weights.layers[head.layer.asSize()];
    const KvHeadIndex kvHead = config.kvHeadOf(head.head);
    const std::size_t tokens = record.tokenCount();
    const float scale = 1.0F / std::sqrt(static_cast<float>(headSize));
    const std::vector<float> projection = queryWeights(weights.query, head.head, headSize);
    RotaryTable rotary(
        static_cast<std::size_t>(config.rotarySize), config.rotaryBase, model.weights.rotaryFactors);
    rotary.reserve(tokens);
    std::vector<float> keys(headSize * tokens); // [headSize, T]
    for (std::size_t token = 0; token < tokens; ++token) {
        const std::span<const float> key = headOf(record.keys, token, kvHead, headSize);
        for (std::size_t element = 0; element < headSize; ++element)
            keys[element * tokens + token] = key[element];
    }
    std::vector<float> scores(LayerRecord::triangleSize(tokens), 0.0F);
    std::vector<float> normed(record.residualIn.columns());
    std::vector<float> query(headSize);
    for (std::size_t token = 0; token < tokens; ++token) {
        if (stop.stop_requested())
            return std::nullopt;
        rmsNorm(record.residualIn.row(token), weights.attentionNorm, config.normEpsilon, normed);
        std::ranges::fill(query, 0.0F);
        for (std::size_t input = 0; input < normed.size(); ++input)
            addScaled(query, normed[input], projection.data() + input * headSize);
        rotary.rotate(query, token, config.rotaryLayout);
        const std::span<float> row = std::span(scores).subspan(LayerRecord::triangleSize(token), token + 1);
        for (std::size_t element = 0; element < headSize; ++element)
            addScaled(row, scale * query[element], keys.data() + element * tokens);
    }
    return scores;
}

} // namespace sinkscope
