// SPDX-License-Identifier: Apache-2.0
// The forward pass on one page: embed; per layer attention and feed-forward added to the residual stream;
// unembed.
#include "core/model/transformer.h"

#include "core/base/error.h"
#include "core/model/attention_step.h"
#include "core/model/row_work.h"
#include "core/ops/activation.h"
#include "core/ops/norm.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace sinkscope {

/// One prompt, or one variant of it, in the stack of rows: n new rows after `past` cached ones.
struct Transformer::Sequence {
    std::size_t firstRow = 0; // in the workspace
    std::size_t rows = 0; // n
    std::size_t past = 0;
    TokenPos promptLast;
    const Intervention *intervention = nullptr; // nullptr: no edit
    MutableMatrixView keys; // [past + n, kvHeads * headSize] of the layer being run
    MutableMatrixView values; // the same shape
    LayerRecord *record = nullptr; // nullptr: nothing is captured
    bool keepPatterns = false;
    RowSummary *focus = nullptr; // nullptr: no head's last row is summarised
    HeadIndex focusHead = {};
};

/// What runs through the layers side by side. In the last layer, where nothing above reads them, rows that
/// are not the last of their sequence can be left out.
struct Transformer::Stack {
    enum class Rows {
        All,
        LastAfterAttention, // the attention of every row is captured, the stream goes on with the last
        LastFromQueries, // keys and values of every row, everything else of the last
    };
    std::vector<Sequence> sequences;
    Rows rows = Rows::All; // of the layer being run
};

RowSummary lastRowOf(const PassResult &pass, HeadRef head)
{
    const LayerRecord &record = *pass.layers[head.layer.asSize()];
    const std::size_t last = record.tokenCount() - 1;
    const auto at = [&](const Matrix &figures) {
        return static_cast<double>(figures.at(head.head.asSize(), last));
    };
    return {at(record.sinkMass), at(record.restMass), at(record.entropy), at(record.restEntropy),
        at(record.sinkLogOdds)};
}

Transformer::Transformer(const Model &model, Gemm &gemm)
    : m_model(model)
    , m_gemm(gemm)
    , m_backend(preparedBackend(model))
    , m_stack(std::make_unique<Stack>())
    , m_rotary(static_cast<std::size_t>(model.config.rotarySize), model.config.rotaryBase,
          model.weights.rotaryFactors)
{
}

Transformer::~Transformer() = default;

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

    const std::shared_ptr<PassResult> result = m_results.take();
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
    const bool onlyLastLogits = request.capture.logitRows == LogitRows::Last;
    for (LayerIndex layer = result->firstComputedLayer; layer.value < config.layerCount; ++layer) {
        const std::shared_ptr<LayerRecord> record = takeRecord(tokens);
        std::ranges::copy(m_workspace.residual.values(), record->residualIn.values().begin());
        Stack &stack = *m_stack;
        stack.sequences.resize(1);
        stack.rows = onlyLastLogits && layer.value + 1 == config.layerCount ? Stack::Rows::LastAfterAttention
                                                                            : Stack::Rows::All;
        stack.sequences.front() = {.rows = tokens,
            .promptLast = TokenPos(static_cast<std::int32_t>(tokens) - 1),
            .intervention = request.intervention,
            .keys = record->keys.view(),
            .values = record->values.view(),
            .record = record.get(),
            .keepPatterns = allPatterns || std::ranges::count(request.capture.patternLayers, layer) > 0};
        if (runLayer(stack, layer, stop) == WorkStatus::Cancelled)
            return nullptr;
        result->layers.push_back(record);
        if (request.progress)
            request.progress(static_cast<double>(layer.value + 1) / static_cast<double>(config.layerCount));
    }
    normRows(m_model.weights.finalNorm);
    result->logitsAll = {};
    if (!onlyLastLogits) {
        result->logitsAll = Matrix(tokens, static_cast<std::size_t>(config.vocabularySize));
        if (m_gemm.multiply(
                m_workspace.normed.view(), m_model.weights.unembedding(), result->logitsAll.view(), stop)
            == WorkStatus::Cancelled)
            return nullptr;
    }
    if (request.intervention)
        result->rowsWithoutTarget = request.intervention->rowsWithoutTarget(
            static_cast<int>(tokens), TokenPos(static_cast<std::int32_t>(tokens) - 1));
    return unembedLast(*result, stop) == WorkStatus::Cancelled ? nullptr : result;
}

std::optional<BatchResult> Transformer::runBatch(const BatchRequest &request, const StopToken &stop)
{
    const ModelConfig &config = m_model.config;
    checkTokens(request.tokens, 0);
    const std::size_t tokens = request.tokens.size();
    const std::size_t count = request.variants.size();
    for (const Intervention &variant : request.variants)
        variant.validate(config.headGrid(), static_cast<int>(tokens));
    m_workspace.resize(config, count * tokens);
    m_rotary.reserve(tokens);
    const LayerRecord &start = *request.restartFrom->layers[request.restartLayer.asSize()];
    BatchResult result;
    result.focus.resize(count, lastRowOf(*request.restartFrom, request.focus));
    Stack &stack = *m_stack;
    for (std::size_t variant = 0; variant < count; ++variant)
        std::ranges::copy(start.residualIn.values(), m_workspace.residual.row(variant * tokens).begin());
    for (LayerIndex layer = request.restartLayer; layer.value < config.layerCount; ++layer) {
        stack.rows = layer.value + 1 == config.layerCount ? Stack::Rows::LastFromQueries : Stack::Rows::All;
        stack.sequences.resize(count);
        for (std::size_t variant = 0; variant < count; ++variant)
            stack.sequences[variant] = {.firstRow = variant * tokens,
                .rows = tokens,
                .promptLast = TokenPos(static_cast<std::int32_t>(tokens) - 1),
                .intervention = &request.variants[variant],
                .keys = m_workspace.keys.rowsView(variant * tokens, tokens),
                .values = m_workspace.values.rowsView(variant * tokens, tokens),
                .focus = request.focus.layer == layer ? &result.focus[variant] : nullptr,
                .focusHead = request.focus.head};
        if (runLayer(stack, layer, stop) == WorkStatus::Cancelled)
            return std::nullopt;
    }
    normRows(m_model.weights.finalNorm);
    result.logitsLast = Matrix(count, static_cast<std::size_t>(config.vocabularySize));
    if (m_gemm.multiply(
            m_workspace.normed.view(), m_model.weights.unembedding(), result.logitsLast.view(), stop)
        == WorkStatus::Cancelled)
        return std::nullopt;
    return result;
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
        Matrix &keys = cache.keys[layer.asSize()];
        Matrix &values = cache.values[layer.asSize()];
        keys.resizeRows(past + tokens.size());
        values.resizeRows(past + tokens.size());
        m_stack->rows = Stack::Rows::All;
        m_stack->sequences.assign(1,
            {.rows = tokens.size(),
                .past = past,
                .promptLast = cache.promptLast,
                .intervention = intervention,
                .keys = keys.view(),
                .values = values.view()});
        status = runLayer(*m_stack, layer, stop);
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

WorkStatus Transformer::runLayer(Stack &stack, LayerIndex layer, const StopToken &stop)
{
    if (stop.stop_requested())
        return WorkStatus::Cancelled;
    const LayerWeights &weights = m_model.weights.layers[layer.asSize()];
    Workspace &w = m_workspace;

    normRows(weights.attentionNorm);
    if (project(stack, layer, stop) == WorkStatus::Cancelled
        || attend(stack, layer, stop) == WorkStatus::Cancelled)
        return WorkStatus::Cancelled;
    if (stack.rows == Stack::Rows::LastAfterAttention)
        keepLastRows(stack);
    if (m_gemm.multiply(w.headOutputs.view(), weights.attentionOutput, w.projected.view(), stop)
        == WorkStatus::Cancelled)
        return WorkStatus::Cancelled;
    addProjected();

    normRows(weights.feedForwardNorm);
    if (feedForward(weights, stop) == WorkStatus::Cancelled)
        return WorkStatus::Cancelled;
    addProjected();
    return WorkStatus::Completed;
}

WorkStatus Transformer::project(Stack &stack, LayerIndex layer, const StopToken &stop)
{
    const LayerWeights &weights = m_model.weights.layers[layer.asSize()];
    Workspace &w = m_workspace;
    const std::array targets {GemmTarget {&weights.key, w.keys.view()},
        GemmTarget {&weights.value, w.values.view()}, GemmTarget {&weights.query, w.queries.view()}};
    const bool allQueries = stack.rows != Stack::Rows::LastFromQueries;
    if (m_gemm.multiply(w.normed.view(), std::span(targets).first(allQueries ? 3 : 2), stop)
        == WorkStatus::Cancelled)
        return WorkStatus::Cancelled;
    rotate(stack, w.keys);
    storeKeysAndValues(stack, layer);
    if (!allQueries) {
        keepLastRows(stack);
        if (m_gemm.multiply(w.normed.view(), weights.query, w.queries.view(), stop) == WorkStatus::Cancelled)
            return WorkStatus::Cancelled;
    }
    rotate(stack, w.queries);
    return WorkStatus::Completed;
}

void Transformer::rotate(const Stack &stack, Matrix &heads)
{
    const auto headSize = static_cast<std::size_t>(m_model.config.headSize);
    for (const Sequence &sequence : stack.sequences)
        forRows(m_gemm.pool(), sequence.rows, [&](std::size_t row) {
            const std::span<float> values = heads.row(sequence.firstRow + row);
            for (std::size_t at = 0; at < values.size(); at += headSize)
                m_rotary.rotate(
                    values.subspan(at, headSize), sequence.past + row, m_model.config.rotaryLayout);
        });
}

void Transformer::storeKeysAndValues(const Stack &stack, LayerIndex layer)
{
    for (const Sequence &sequence : stack.sequences) {
        // The variants of a batch leave theirs in the workspace: nobody reads them after this layer.
        const bool inPlace = sequence.keys.data == m_workspace.keys.row(sequence.firstRow).data();
        for (std::size_t row = 0; row < sequence.rows && !inPlace; ++row) {
            std::ranges::copy(m_workspace.keys.row(sequence.firstRow + row),
                sequence.keys.row(sequence.past + row).begin());
            std::ranges::copy(m_workspace.values.row(sequence.firstRow + row),
                sequence.values.row(sequence.past + row).begin());
        }
        if (sequence.intervention && sequence.intervention->scalesStoredKeys(layer)) {
            m_workspace.edits.prepare(sequence.intervention, layer, sequence.promptLast, m_model.config);
            m_workspace.edits.scaleStoredKeys(sequence.keys, sequence.past);
        }
    }
}

void Transformer::keepLastRows(Stack &stack)
{
    Workspace &w = m_workspace;
    for (std::size_t index = 0; index < stack.sequences.size(); ++index) {
        Sequence &sequence = stack.sequences[index];
        const std::size_t last = sequence.firstRow + sequence.rows - 1;
        for (Matrix *stream : {&w.residual, &w.normed, &w.headOutputs})
            std::ranges::copy(stream->row(last), stream->row(index).begin());
        sequence.past += sequence.rows - 1;
        sequence.firstRow = index;
        sequence.rows = 1;
    }
    w.resizeStream(m_model.config, stack.sequences.size());
}

WorkStatus Transformer::attend(const Stack &stack, LayerIndex layer, const StopToken &stop)
{
    for (const Sequence &sequence : stack.sequences) {
        m_workspace.edits.prepare(sequence.intervention, layer, sequence.promptLast, m_model.config);
        const AttentionStep step {.config = m_model.config,
            .rows = sequence.rows,
            .past = sequence.past,
            .edits = m_workspace.edits,
            .queries = m_workspace.queries.rowsView(sequence.firstRow, sequence.rows),
            .keys = sequence.keys,
            .values = sequence.values,
            .headOutputs = m_workspace.headOutputs.rowsView(sequence.firstRow, sequence.rows),
            .record = sequence.record,
            .focus = sequence.focus,
            .focusHead = sequence.focusHead,
            .backend = m_backend};
        if (sequence.record)
            sequence.record->patterns.resize(sequence.keepPatterns
                    ? sequence.record->headCount() * LayerRecord::triangleSize(sequence.keys.rows)
                    : 0);
        if (runAttention(step, m_gemm.pool(), m_workspace.attention, stop) == WorkStatus::Cancelled)
            return WorkStatus::Cancelled;
    }
    return WorkStatus::Completed;
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

std::shared_ptr<LayerRecord> Transformer::takeRecord(std::size_t tokens)
{
    std::shared_ptr<LayerRecord> record = m_records.take();
    if (record->tokenCount() != tokens)
        *record = newLayerRecord(m_model.config, tokens);
    return record;
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
