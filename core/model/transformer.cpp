// SPDX-License-Identifier: Apache-2.0
// The forward pass: embed, or take over what an earlier pass left; layer by layer (transformer_layer.cpp);
// unembed.
#include "core/model/transformer.h"

#include "core/base/error.h"
#include "core/model/attention_step.h"
#include "core/model/pass_stack.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace sinkscope {

namespace {

/// A result that is no number must not be shown as one. Throws Error.
void requireFinite(std::span<const float> logits, const Intervention *intervention)
{
    if (allFinite(logits))
        return;
    const bool edited = intervention && !intervention->changesNothing();
    throw Error({.what = edited ? "the edited pass left the range of fp32: its logits are not finite numbers"
                                : "the pass left the range of fp32: its logits are not finite numbers",
        .wayOut =
            edited ? "Use smaller factors" : "The model's weights may be damaged; obtain the file again"});
}

} // namespace

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
    const PatternPrecision ofAll = precisionWithin(config, tokens, request.capture.patternBudgetBytes);
    const auto precisionOf = [&](LayerIndex layer) {
        return ofAll == PatternPrecision::None && std::ranges::count(request.capture.patternLayers, layer) > 0
            ? PatternPrecision::Single
            : ofAll;
    };
    const std::shared_ptr<PassResult> result = m_results.take();
    takeOver(request, precisionOf, *result);
    const std::size_t kept = result->firstComputedRow.asSize();
    const bool allLogits = request.capture.logitRows == LogitRows::All;
    for (LayerIndex layer = result->firstComputedLayer; layer.value < config.layerCount; ++layer) {
        const std::shared_ptr<LayerRecord> record = takeRecord(tokens, precisionOf(layer));
        if (kept > 0)
            copyRows(*request.restartFrom->layers[layer.asSize()], *record, kept, m_gemm.pool());
        std::ranges::copy(m_workspace.residual.values(), record->residualIn.row(kept).begin());
        Stack &stack = *m_stack;
        stack.sequences.resize(1);
        stack.rows = !allLogits && layer.value + 1 == config.layerCount ? Stack::Rows::LastAfterAttention
                                                                        : Stack::Rows::All;
        stack.sequences.front() = {.rows = tokens - kept,
            .past = kept,
            .promptLast = TokenPos(static_cast<std::int32_t>(tokens) - 1),
            .intervention = request.intervention,
            .keys = record->keys.view(),
            .values = record->values.view(),
            .record = record.get()};
        if (runLayer(stack, layer, stop) == WorkStatus::Cancelled)
            return nullptr;
        result->layers.push_back(record);
        if (request.progress)
            request.progress(static_cast<double>(layer.value + 1) / static_cast<double>(config.layerCount));
    }
    if (request.intervention)
        result->rowsWithoutTarget = request.intervention->rowsWithoutTarget(
            static_cast<int>(tokens), TokenPos(static_cast<std::int32_t>(tokens) - 1));
    if (unembed(*result, request.capture.logitRows, stop) == WorkStatus::Cancelled)
        return nullptr;
    if (request.nonFinite == NonFinite::Refuse)
        requireFinite(result->logitsLast, request.intervention);
    return result;
}

/// The workspace holds the residual stream of the rows to compute, `result` everything below them.
void Transformer::takeOver(const PassRequest &request, PrecisionOf precisionOf, PassResult &result)
{
    const std::size_t tokens = request.tokens.size();
    result.firstComputedLayer = request.restartFrom ? request.restartLayer : LayerIndex(0);
    result.firstComputedRow = TokenPos(0);
    result.rowsWithoutTarget = 0;
    result.logitsAll = {};
    if (request.restartFrom && request.capture.logitRows != LogitRows::All) {
        assert(request.restartRow.asSize() < tokens);
        const auto &earlier = request.restartFrom->layers;
        bool hasAll = true; // rows of patterns that are kept now
        for (LayerIndex layer = request.restartLayer; layer.asSize() < earlier.size(); ++layer) {
            const PatternPrecision wanted = precisionOf(layer);
            hasAll = hasAll
                && (wanted == PatternPrecision::None
                    || wanted == earlier[layer.asSize()]->patternPrecision());
        }
        if (hasAll)
            result.firstComputedRow = request.restartRow;
    }
    const std::size_t kept = result.firstComputedRow.asSize();
    m_workspace.resize(m_model.config, tokens - kept);
    m_rotary.reserve(tokens);
    if (result.firstComputedLayer.value == 0) {
        embed(request.tokens.subspan(kept));
        return;
    }
    const auto &earlier = request.restartFrom->layers;
    const LayerRecord &start = *earlier[request.restartLayer.asSize()];
    assert(start.tokenCount() == tokens);
    result.layers.assign(earlier.begin(), earlier.begin() + request.restartLayer.value);
    for (std::size_t row = kept; row < tokens; ++row)
        std::ranges::copy(start.residualIn.row(row), m_workspace.residual.row(row - kept).begin());
}

std::shared_ptr<const PassResult> Transformer::withPatterns(const PassResult &pass,
    const Intervention *intervention, std::span<const LayerIndex> layers, const StopToken &stop)
{
    const std::shared_ptr<PassResult> result = m_results.take();
    *result = pass;
    for (const LayerIndex layer : layers) {
        std::shared_ptr<const LayerRecord> &record = result->layers[layer.asSize()];
        if (record->patternPrecision() == PatternPrecision::Single)
            continue;
        record = attendAgain(*record, intervention, layer, stop);
        if (!record)
            return nullptr;
    }
    return result;
}

std::shared_ptr<LayerRecord> Transformer::attendAgain(
    const LayerRecord &recorded, const Intervention *intervention, LayerIndex layer, const StopToken &stop)
{
    const std::size_t tokens = recorded.tokenCount();
    m_workspace.resize(m_model.config, tokens);
    m_rotary.reserve(tokens);
    std::shared_ptr<LayerRecord> record = takeRecord(tokens, PatternPrecision::Single);
    record->residualIn = recorded.residualIn;
    std::ranges::copy(recorded.residualIn.values(), m_workspace.residual.values().begin());
    Stack &stack = *m_stack;
    stack.rows = Stack::Rows::All;
    stack.sequences.assign(1,
        {.rows = tokens,
            .promptLast = TokenPos(static_cast<std::int32_t>(tokens) - 1),
            .intervention = intervention,
            .keys = record->keys.view(),
            .values = record->values.view(),
            .record = record.get()});
    normRows(m_model.weights.layers[layer.asSize()].attentionNorm);
    const bool done = project(stack, layer, stop) == WorkStatus::Completed
        && attend(stack, layer, stop) == WorkStatus::Completed;
    return done ? record : nullptr;
}

std::optional<AttentionOutput> Transformer::attentionOutput(
    const PassResult &pass, const Intervention *intervention, LayerIndex layer, const StopToken &stop)
{
    Workspace &w = m_workspace;
    if (!attendAgain(*pass.layers[layer.asSize()], intervention, layer, stop)
        || m_gemm.multiply(w.headOutputs.view(), m_model.weights.layers[layer.asSize()].attentionOutput,
               w.projected.view(), stop)
            == WorkStatus::Cancelled)
        return std::nullopt;
    return AttentionOutput {w.headOutputs, w.projected};
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
    for (std::size_t variant = 0; variant < count; ++variant)
        requireFinite(result.logitsLast.row(variant), &request.variants[variant]);
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
    const std::span<const float> last = logits.row(logits.rows() - 1);
    if (status == WorkStatus::Cancelled || !allFinite(last))
        cache.truncate(past);
    if (status == WorkStatus::Cancelled)
        return std::nullopt;
    requireFinite(last, intervention);
    return logits;
}

void Transformer::embed(std::span<const TokenId> tokens)
{
    for (std::size_t row = 0; row < tokens.size(); ++row)
        m_model.weights.tokenEmbedding.rowsToFloat(tokens[row].asSize(), 1, m_workspace.residual.row(row));
}

std::shared_ptr<LayerRecord> Transformer::takeRecord(std::size_t tokens, PatternPrecision precision)
{
    if (tokens != m_recordTokens)
        for (RecyclingPool<LayerRecord> &records : m_records)
            records.clear();
    m_recordTokens = tokens;
    std::shared_ptr<LayerRecord> record = m_records[static_cast<std::size_t>(precision)].take();
    if (record->tokenCount() != tokens)
        *record = newLayerRecord(m_model.config, tokens);
    record->reservePatterns(precision);
    return record;
}

WorkStatus Transformer::unembed(PassResult &result, LogitRows rows, const StopToken &stop)
{
    if (rows == LogitRows::None) {
        result.finalNormLast.clear();
        result.logitsLast.clear();
        return WorkStatus::Completed;
    }
    normRows(m_model.weights.finalNorm);
    const auto vocabulary = static_cast<std::size_t>(m_model.config.vocabularySize);
    if (rows == LogitRows::All) {
        result.logitsAll = Matrix(m_workspace.normed.rows(), vocabulary);
        if (m_gemm.multiply(
                m_workspace.normed.view(), m_model.weights.unembedding(), result.logitsAll.view(), stop)
            == WorkStatus::Cancelled)
            return WorkStatus::Cancelled;
    }
    const std::span<const float> last = m_workspace.normed.row(m_workspace.normed.rows() - 1);
    result.finalNormLast.assign(last.begin(), last.end());
    double squares = 0.0;
    for (const float value : m_workspace.residual.row(m_workspace.residual.rows() - 1))
        squares += static_cast<double>(value) * static_cast<double>(value);
    result.finalNormDivisorLast =
        std::sqrt(squares / static_cast<double>(m_workspace.residual.columns()) + m_model.config.normEpsilon);
    result.logitsLast.resize(vocabulary);
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
