// SPDX-License-Identifier: Apache-2.0
// Head outputs of the last row are mixed from the record again and sent through W_O and the final norm.
#include "core/analysis/head_scores.h"

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/model/layer_edits.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace sinkscope {

namespace {

double norm(std::span<const float> values)
{
    double squares = 0.0;
    for (const float value : values)
        squares += static_cast<double>(value) * static_cast<double>(value);
    return std::sqrt(squares);
}

/// What edits of outputs multiply `head` by in the last row.
double outputFactorLast(const LayerEdits &edits, std::size_t head, std::size_t lastRow)
{
    double factor = 1.0;
    if (const HeadRowEdits *own = edits.of(head))
        for (const HeadRowEdits::OutputFactor &output : own->outputFactors)
            if (output.rows.contains(lastRow))
                factor *= output.factor;
    return factor;
}

/// o of the last row, [H, headSize]: the values mixed by the edited weights, times gain.
Matrix mixedLast(
    const Model &model, const LayerRecord &record, LayerIndex layer, const Intervention *intervention)
{
    const ModelConfig &config = model.config;
    const auto headSize = static_cast<std::size_t>(config.headSize);
    const std::size_t lastRow = record.tokenCount() - 1;
    LayerEdits edits;
    edits.prepare(intervention, layer, TokenPos(static_cast<std::int32_t>(lastRow)), config);
    Matrix mixed(record.headCount(), headSize);
    std::vector<double> sums(headSize);
    for (std::size_t head = 0; head < record.headCount(); ++head) {
        const HeadIndex index(static_cast<std::int32_t>(head));
        const std::size_t column = config.kvHeadOf(index).asSize() * headSize;
        std::ranges::fill(sums, 0.0);
        for (std::size_t key = 0; key <= lastRow; ++key) {
            const auto weight = static_cast<double>(record.lastRow.at(head, key));
            const std::span<const float> value = record.values.row(key).subspan(column, headSize);
            for (std::size_t element = 0; element < headSize; ++element)
                sums[element] += weight * static_cast<double>(value[element]);
        }
        const double factor = outputFactorLast(edits, head, lastRow);
        for (std::size_t element = 0; element < headSize; ++element)
            mixed.at(head, element) = static_cast<float>(factor * sums[element]);
    }
    return mixed;
}

/// W_O o of each head, [H, hidden]. Rows of W_O are read one at a time: the whole may be large.
Matrix writtenLast(const WeightMatrix &projection, const Matrix &mixed, ThreadPool &pool)
{
    constexpr std::size_t kRowsAtOnce = 64;
    const std::size_t headSize = mixed.columns();
    Matrix written(mixed.rows(), projection.outputs);
    pool.parallelFor((projection.outputs + kRowsAtOnce - 1) / kRowsAtOnce, [&](std::size_t chunk, int) {
        const std::size_t first = chunk * kRowsAtOnce;
        const std::size_t count = std::min(kRowsAtOnce, projection.outputs - first);
        std::vector<float> rows(count * projection.inputs);
        projection.rowsToFloat(first, count, rows);
        for (std::size_t row = 0; row < count; ++row)
            for (std::size_t head = 0; head < mixed.rows(); ++head) {
                const float *weights = rows.data() + row * projection.inputs + head * headSize;
                double sum = 0.0;
                for (std::size_t element = 0; element < headSize; ++element)
                    sum +=
                        static_cast<double>(weights[element]) * static_cast<double>(mixed.at(head, element));
                written.at(head, first + row) = static_cast<float>(sum);
            }
    });
    return written;
}

/// The direction that the residual stream of the last row is multiplied with to give the logit, [hidden].
std::vector<double> logitDirection(const Model &model, const PassResult &pass, const AttributedLogit &logit)
{
    const WeightMatrix &unembedding = model.weights.unembedding();
    std::vector<float> row(unembedding.inputs);
    std::vector<double> direction(unembedding.inputs);
    const auto add = [&](TokenId token, double sign) {
        unembedding.rowsToFloat(token.asSize(), 1, row);
        for (std::size_t at = 0; at < row.size(); ++at)
            direction[at] += sign * static_cast<double>(row[at]);
    };
    add(logit.token, 1.0);
    if (logit.against)
        add(*logit.against, -1.0);
    for (std::size_t at = 0; at < direction.size(); ++at)
        direction[at] *= static_cast<double>(model.weights.finalNorm[at]) / pass.finalNormDivisorLast;
    return direction;
}

void describeValues(const Model &model, const LayerRecord &record, std::size_t layer, HeadScores &scores)
{
    const auto headSize = static_cast<std::size_t>(model.config.headSize);
    const std::size_t tokens = record.tokenCount();
    for (std::size_t head = 0; head < record.headCount(); ++head) {
        const std::size_t column =
            model.config.kvHeadOf(HeadIndex(static_cast<std::int32_t>(head))).asSize() * headSize;
        double others = 0.0;
        for (std::size_t token = 1; token < tokens; ++token)
            others += norm(record.values.row(token).subspan(column, headSize));
        const double mean = others / static_cast<double>(std::max<std::size_t>(tokens - 1, 1));
        const double sink = norm(record.values.row(0).subspan(column, headSize));
        scores.sinkValueRatio.at(layer, head) = mean > 0.0 ? static_cast<float>(sink / mean) : 1.0F;
        const double most = std::log(static_cast<double>(tokens));
        scores.normalisedEntropyLast.at(layer, head) =
            most > 0.0 ? static_cast<float>(record.entropy.at(head, tokens - 1) / most) : 0.0F;
    }
}

} // namespace

std::optional<HeadScores> scoreHeads(
    const Model &model, const HeadScoreRequest &request, ThreadPool &pool, const StopToken &stop)
{
    const PassResult &pass = *request.pass;
    const std::size_t layers = pass.layers.size();
    const auto heads = static_cast<std::size_t>(model.config.headCount);
    HeadScores scores {Matrix(layers, heads), Matrix(layers, heads), Matrix(layers, heads),
        Matrix(layers, heads), std::nullopt};
    std::vector<double> direction;
    if (request.attributed) {
        direction = logitDirection(model, pass, *request.attributed);
        scores.attribution.emplace(layers, heads);
    }
    for (LayerIndex layer; layer.asSize() < layers; ++layer) {
        if (stop.stop_requested())
            return std::nullopt;
        const LayerRecord &record = *pass.layers[layer.asSize()];
        describeValues(model, record, layer.asSize(), scores);
        const Matrix written = writtenLast(model.weights.layers[layer.asSize()].attentionOutput,
            mixedLast(model, record, layer, request.intervention), pool);
        double sum = 0.0;
        for (std::size_t head = 0; head < heads; ++head) {
            const double size = norm(written.row(head));
            sum += size;
            scores.outputNormLast.at(layer.asSize(), head) = static_cast<float>(size);
            if (!scores.attribution)
                continue;
            double attributed = 0.0;
            for (std::size_t at = 0; at < direction.size(); ++at)
                attributed += direction[at] * static_cast<double>(written.at(head, at));
            scores.attribution->at(layer.asSize(), head) = static_cast<float>(attributed);
        }
        const double mean = sum / static_cast<double>(heads);
        for (std::size_t head = 0; head < heads; ++head)
            scores.outputRatioLast.at(layer.asSize(), head) =
                mean > 0.0 ? static_cast<float>(scores.outputNormLast.at(layer.asSize(), head) / mean) : 1.0F;
    }
    return scores;
}

std::vector<TokenId> repeatedTokenPrompt(const Model &model, const RepeatedTokens &repeated)
{
    const Tokenizer &tokenizer = *model.tokenizer;
    const int tokens = 1 + 2 * repeated.length;
    if (tokens > model.config.contextLength)
        throw RequestError({.what = "repeated tokens do not fit in the model's context",
            .given = fmt::format("{} tokens", tokens),
            .expected = fmt::format("at most {}", model.config.contextLength)});
    Random random(repeated.seed);
    std::vector<TokenId> chosen; // different ones, so that each has one earlier occurrence
    const int vocabulary = model.config.vocabularySize;
    for (int draw = 0; static_cast<int>(chosen.size()) <= repeated.length; ++draw) {
        if (draw > 1000 * (repeated.length + 1))
            throw RequestError({.what = "the vocabulary has too few usual tokens for repeated tokens",
                .expected = fmt::format("at least {}", repeated.length + 1)});
        const TokenId token(static_cast<std::int32_t>(random.uniform() * vocabulary));
        if (!tokenizer.isSpecial(token) && std::ranges::count(chosen, token) == 0)
            chosen.push_back(token);
    }
    std::vector<TokenId> prompt {tokenizer.addedTokenPolicy().bos.value_or(chosen.back())};
    chosen.pop_back();
    for (int round = 0; round < 2; ++round)
        prompt.insert(prompt.end(), chosen.begin(), chosen.end());
    return prompt;
}

namespace {

/// Sums of the weights of one head over the rows that have a target.
struct RepetitionSums {
    double previous = 0.0;
    double duplicate = 0.0;
    double induction = 0.0;
    double rows = 0.0; ///< all weights on keys from 1, rows from 2
    double repeatedRows = 0.0; ///< those of the second round

    /// `row` [query + 1] of the pattern; the period is the length of a round.
    void add(std::span<const float> row, std::size_t period)
    {
        const std::size_t query = row.size() - 1;
        double sum = 0.0;
        for (const float weight : row.subspan(1))
            sum += static_cast<double>(weight);
        rows += sum;
        previous += static_cast<double>(row[query - 1]);
        if (query <= period)
            return;
        repeatedRows += sum;
        duplicate += static_cast<double>(row[query - period]);
        induction += static_cast<double>(row[query - period + 1]);
    }
};

float share(double part, double whole)
{
    return whole > 0.0 ? static_cast<float>(part / whole) : 0.0F;
}

} // namespace

RepetitionScores repetitionScores(const PassResult &pass, int length)
{
    const std::size_t layers = pass.layers.size();
    const std::size_t heads = pass.layers.front()->headCount();
    const auto period = static_cast<std::size_t>(length);
    RepetitionScores scores {Matrix(layers, heads), Matrix(layers, heads), Matrix(layers, heads)};
    std::vector<float> row;
    for (std::size_t layer = 0; layer < layers; ++layer)
        for (HeadIndex head; head.asSize() < heads; ++head) {
            RepetitionSums sums;
            for (std::size_t query = 2; query <= 2 * period; ++query) {
                row.resize(query + 1);
                pass.layers[layer]->copyPatternRow(head, TokenPos(static_cast<std::int32_t>(query)), row);
                sums.add(row, period);
            }
            scores.previousToken.at(layer, head.asSize()) = share(sums.previous, sums.rows);
            scores.duplicateToken.at(layer, head.asSize()) = share(sums.duplicate, sums.repeatedRows);
            scores.induction.at(layer, head.asSize()) = share(sums.induction, sums.repeatedRows);
        }
    return scores;
}

} // namespace sinkscope
