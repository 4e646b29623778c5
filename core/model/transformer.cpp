// SPDX-License-Identifier: Apache-2.0
// The forward pass on one page: embed; per layer attention and feed-forward added to the residual stream;
// unembed.
#include "core/model/transformer.h"

#include "core/base/error.h"
#include "core/model/attention_step.h"
#include "core/ops/activation.h"
#include "core/ops/norm.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace sinkscope {

/// The new rows of a pass and where their keys and values go. n new rows after `past` cached ones.
struct Transformer::Chunk {
    std::size_t rows = 0; // n
    std::size_t past = 0;
    TokenPos promptLast;
    const Intervention *intervention = nullptr; // nullptr: no edit
    Matrix *keys = nullptr; // [past + n, kvHeads * headSize] of the layer being run
    Matrix *values = nullptr; // the same shape
    LayerRecord *record = nullptr; // nullptr: nothing is captured
    bool keepPatterns = false;
};

namespace {

constexpr std::size_t kRowsPerChunk = 16; // of row-wise work given to one thread at a time

template <typename RowWork> void forRows(ThreadPool &pool, std::size_t rows, const RowWork &work)
{
    pool.parallelFor((rows + kRowsPerChunk - 1) / kRowsPerChunk, [&](std::size_t chunk, int) {
        const std::size_t end = std::min(rows, (chunk + 1) * kRowsPerChunk);
        for (std::size_t row = chunk * kRowsPerChunk; row < end; ++row)
            work(row);
    });
}

} // namespace

Transformer::Transformer(const Model &model, Gemm &gemm)
    : m_model(model)
    , m_gemm(gemm)
    , m_rotary(static_cast<std::size_t>(model.config.rotarySize), model.config.rotaryBase,
          model.weights.rotaryFactors)
{
}

std::shared_ptr<const PassResult> Transformer::run(const PassRequest &request, const StopToken &stop)
{
    const ModelConfig &config = m_model.config;
    checkTokens(request.tokens, 0);
    const std::size_t tokens = request.tokens.size(); // T
    if (request.intervention)
        request.intervention->validate(config.headGrid(), static_cast<int>(tokens));
    const bool allPatterns = patternBytes(config, tokens) <= request.capture.patternBudgetBytes;
    m_workspace.resize(config, tokens);
    m_rotary.reserve(tokens);

    auto result = std::make_shared<PassResult>();
    result->firstComputedLayer = request.restartFrom ? request.restartLayer : LayerIndex(0);
    if (request.restartFrom) {
        const auto &earlier = request.restartFrom->layers;
        assert(earlier[request.restartLayer.asSize()]->tokenCount() == tokens);
        result->layers.assign(earlier.begin(), earlier.begin() + request.restartLayer.value);
        std::ranges::copy(earlier[request.restartLayer.asSize()]->residualIn.values(),
            m_workspace.residual.values().begin());
    } else {
        embed(request.tokens);
    }
    for (LayerIndex layer = result->firstComputedLayer; layer.value < config.layerCount; ++layer) {
        const auto record = std::make_shared<LayerRecord>(newLayerRecord(config, tokens));
        std::ranges::copy(m_workspace.residual.values(), record->residualIn.values().begin());
        Chunk chunk;
        chunk.rows = tokens;
        chunk.promptLast = TokenPos(static_cast<std::int32_t>(tokens) - 1);
        chunk.intervention = request.intervention;
        chunk.keys = &record->keys;
        chunk.values = &record->values;
        chunk.record = record.get();
        chunk.keepPatterns = allPatterns || std::ranges::count(request.capture.patternLayers, layer) > 0;
        if (runLayer(chunk, layer, stop) == WorkStatus::Cancelled)
            return nullptr;
        result->layers.push_back(record);
        if (request.progress)
            request.progress(static_cast<double>(layer.value + 1) / static_cast<double>(config.layerCount));
    }
    normRows(m_model.weights.finalNorm);
    if (request.capture.logitRows == LogitRows::All) {
        result->logitsAll = Matrix(tokens, static_cast<std::size_t>(config.vocabularySize));
        if (m_gemm.multiply(
                m_workspace.normed.view(), m_model.weights.unembedding(), result->logitsAll.view(), stop)
            == WorkStatus::Cancelled)
            return nullptr;
    }
    return unembedLast(*result, stop) == WorkStatus::Cancelled ? nullptr : result;
}

std::optional<Matrix> Transformer::extend(
    KvCache &cache, std::span<const TokenId> tokens, const Intervention *intervention, const StopToken &stop)
{
    const ModelConfig &config = m_model.config;
    const std::size_t past = cache.tokenCount();
    checkTokens(tokens, past);
    m_workspace.resize(config, tokens.size());
    m_rotary.reserve(past + tokens.size());
    embed(tokens);
    Matrix logits(tokens.size(), static_cast<std::size_t>(config.vocabularySize));
    WorkStatus status = WorkStatus::Completed;
    for (LayerIndex layer; layer.value < config.layerCount && status == WorkStatus::Completed; ++layer) {
        Chunk chunk;
        chunk.rows = tokens.size();
        chunk.past = past;
        chunk.promptLast = cache.promptLast;
        chunk.intervention = intervention;
        chunk.keys = &cache.keys[layer.asSize()];
        chunk.values = &cache.values[layer.asSize()];
        chunk.keys->resizeRows(past + tokens.size());
        chunk.values->resizeRows(past + tokens.size());
        status = runLayer(chunk, layer, stop);
    }
    if (status == WorkStatus::Completed) {
        normRows(m_model.weights.finalNorm);
        status =
            m_gemm.multiply(m_workspace.normed.view(), m_model.weights.unembedding(), logits.view(), stop);
    }
    if (status == WorkStatus::Cancelled) {
        cache.truncate(past);
        return std::nullopt;
    }
    return logits;
}

WorkStatus Transformer::runLayer(const Chunk &chunk, LayerIndex layer, const StopToken &stop)
{
    if (stop.stop_requested())
        return WorkStatus::Cancelled;
    const LayerWeights &weights = m_model.weights.layers[layer.asSize()];
    Workspace &w = m_workspace;

    normRows(weights.attentionNorm);
    const std::array projections {GemmTarget {&weights.query, w.queries.view()},
        GemmTarget {&weights.key, w.keys.view()}, GemmTarget {&weights.value, w.values.view()}};
    if (m_gemm.multiply(w.normed.view(), projections, stop) == WorkStatus::Cancelled)
        return WorkStatus::Cancelled;
    rotateAndStore(chunk);
    if (attend(chunk, layer, stop) == WorkStatus::Cancelled
        || m_gemm.multiply(w.headOutputs.view(), weights.attentionOutput, w.projected.view(), stop)
            == WorkStatus::Cancelled)
        return WorkStatus::Cancelled;
    addProjected();

    normRows(weights.feedForwardNorm);
    if (feedForward(weights, stop) == WorkStatus::Cancelled)
        return WorkStatus::Cancelled;
    addProjected();
    return WorkStatus::Completed;
}

void Transformer::rotateAndStore(const Chunk &chunk)
{
    const auto headSize = static_cast<std::size_t>(m_model.config.headSize);
    const RotaryLayout layout = m_model.config.rotaryLayout;
    forRows(m_gemm.pool(), chunk.rows, [&](std::size_t row) {
        const std::size_t position = chunk.past + row;
        const auto rotateHeads = [&](std::span<float> heads) {
            for (std::size_t at = 0; at < heads.size(); at += headSize)
                m_rotary.rotate(heads.subspan(at, headSize), position, layout);
        };
        rotateHeads(m_workspace.queries.row(row));
        rotateHeads(m_workspace.keys.row(row));
        std::ranges::copy(m_workspace.keys.row(row), chunk.keys->row(position).begin());
        std::ranges::copy(m_workspace.values.row(row), chunk.values->row(position).begin());
    });
}

WorkStatus Transformer::attend(const Chunk &chunk, LayerIndex layer, const StopToken &stop)
{
    AttentionStep step {.config = m_model.config,
        .rows = chunk.rows,
        .past = chunk.past,
        .promptLast = chunk.promptLast,
        .edits = chunk.intervention ? chunk.intervention->effectiveIn(layer) : std::vector<HeadEdit> {},
        .queries = m_workspace.queries.view(),
        .keys = static_cast<const Matrix *>(chunk.keys)->view(),
        .values = static_cast<const Matrix *>(chunk.values)->view(),
        .headOutputs = m_workspace.headOutputs.view(),
        .record = chunk.record};
    if (chunk.record && chunk.keepPatterns)
        chunk.record->patterns.resize(chunk.record->headCount() * LayerRecord::triangleSize(chunk.rows));
    return runAttention(step, m_gemm.pool(), m_workspace.scores, stop);
}

WorkStatus Transformer::feedForward(const LayerWeights &weights, const StopToken &stop)
{
    Workspace &w = m_workspace;
    const std::array branches {
        GemmTarget {&weights.gate, w.gate.view()}, GemmTarget {&weights.up, w.up.view()}};
    if (m_gemm.multiply(w.normed.view(), branches, stop) == WorkStatus::Cancelled)
        return WorkStatus::Cancelled;
    forRows(m_gemm.pool(), w.gate.rows(), [&](std::size_t row) { swiGlu(w.gate.row(row), w.up.row(row)); });
    return m_gemm.multiply(w.gate.view(), weights.down, w.projected.view(), stop);
}

void Transformer::embed(std::span<const TokenId> tokens)
{
    for (std::size_t row = 0; row < tokens.size(); ++row)
        m_model.weights.tokenEmbedding.rowsToFloat(tokens[row].asSize(), 1, m_workspace.residual.row(row));
}

void Transformer::normRows(const std::vector<float> &weight)
{
    forRows(m_gemm.pool(), m_workspace.residual.rows(), [&](std::size_t row) {
        rmsNorm(
            m_workspace.residual.row(row), weight, m_model.config.normEpsilon, m_workspace.normed.row(row));
    });
}

void Transformer::addProjected()
{
    const std::span<float> stream = m_workspace.residual.values();
    const std::span<const float> added = m_workspace.projected.values();
    for (std::size_t element = 0; element < stream.size(); ++element)
        stream[element] += added[element];
}

WorkStatus Transformer::unembedLast(PassResult &result, const StopToken &stop)
{
    const std::span<const float> last = m_workspace.normed.row(m_workspace.normed.rows() - 1);
    result.finalNormLast.assign(last.begin(), last.end());
    result.logitsLast.resize(static_cast<std::size_t>(m_model.config.vocabularySize));
    return m_gemm.multiply({result.finalNormLast.data(), 1, result.finalNormLast.size()},
        m_model.weights.unembedding(), {result.logitsLast.data(), 1, result.logitsLast.size()}, stop);
}

void Transformer::checkTokens(std::span<const TokenId> tokens, std::size_t past) const
{
    const ModelConfig &config = m_model.config;
    if (tokens.empty())
        throw RequestError({.what = "the prompt has no tokens", .wayOut = "Type at least one character"});
    if (past + tokens.size() > static_cast<std::size_t>(config.contextLength))
        throw RequestError({.what = "the text is longer than the model's context",
            .given = fmt::format("{} tokens", past + tokens.size()),
            .expected = fmt::format("at most {}", config.contextLength),
            .wayOut = "Shorten the text"});
    for (const TokenId token : tokens)
        if (token.value < 0 || token.value >= config.vocabularySize)
            throw RequestError({.what = "a token id is outside the vocabulary",
                .given = fmt::format("{}", token.value),
                .expected = fmt::format("0 to {}", config.vocabularySize - 1)});
}

} // namespace sinkscope
