// SPDX-License-Identifier: Apache-2.0
// From the logits down: each layer is computed again from the recorded stream and left backwards.
#include "core/model/backward.h"

#include "core/model/attention_step.h"
#include "core/model/row_work.h"
#include "core/ops/gradients.h"
#include "core/ops/norm.h"
#include "core/ops/row_kernels.h"

#include <array>
#include <utility>

namespace sinkscope {

BackwardPass::BackwardPass(const Model &model, Gemm &gemm)
    : m_model(model)
    , m_gemm(gemm)
    , m_rotary(static_cast<std::size_t>(model.config.rotarySize), model.config.rotaryBase,
          model.weights.rotaryFactors)
{
}

std::optional<std::vector<Matrix>> BackwardPass::run(const BackwardRequest &request, const StopToken &stop)
{
    const ModelConfig &config = m_model.config;
    const auto layerCount = static_cast<std::size_t>(config.layerCount);
    assert(request.pass->layers.size() == layerCount);
    assert(request.logitGradients.columns == static_cast<std::size_t>(config.vocabularySize));
    const std::size_t tokens = request.pass->layers.front()->tokenCount();
    const std::size_t scalars = request.logitGradients.rows;
    resizeBuffers(tokens, scalars);
    m_rotary.reserve(tokens);
    std::vector<Matrix> byLogGamma(scalars, Matrix(layerCount, static_cast<std::size_t>(config.headCount)));
    for (LayerIndex layer(config.layerCount - 1); layer.value >= 0; --layer.value) {
        const Site site {.request = request,
            .layer = layer,
            .record = *request.pass->layers[layer.asSize()],
            .tokens = tokens,
            .scalars = scalars,
            .firstLiveToken = layer.value + 1 == config.layerCount ? tokens - 1 : 0,
            .byLogGamma = byLogGamma};
        if (runLayer(site, stop) == WorkStatus::Cancelled)
            return std::nullopt;
        if (request.progress)
            request.progress(static_cast<double>(config.layerCount - layer.value)
                / static_cast<double>(config.layerCount));
    }
    return byLogGamma;
}

void BackwardPass::resizeBuffers(std::size_t tokens, std::size_t scalars)
{
    const ModelConfig &config = m_model.config;
    const auto hidden = static_cast<std::size_t>(config.hiddenSize);
    const auto querySize = static_cast<std::size_t>(config.headCount * config.headSize);
    const auto keyValueSize = static_cast<std::size_t>(config.keyValueSize());
    const auto feedForward = static_cast<std::size_t>(config.feedForwardSize);
    Buffers &b = m_buffers;
    b.normed.reshape(tokens, hidden);
    b.queries.reshape(tokens, querySize);
    b.headOutputs.reshape(tokens, querySize);
    b.middle.reshape(tokens, hidden);
    b.gate.reshape(tokens, feedForward);
    b.up.reshape(tokens, feedForward);
    if (b.record.tokenCount() != tokens)
        b.record = newLayerRecord(config, tokens);
    const std::size_t rows = scalars * tokens;
    b.gradStream.reshape(rows, hidden);
    b.gradNormed.reshape(rows, hidden);
    b.gradGate.reshape(rows, feedForward);
    b.gradUp.reshape(rows, feedForward);
    b.gradHeadOutputs.reshape(rows, querySize);
    b.gradQueries.reshape(rows, querySize);
    b.gradHeadKeys.reshape(rows, querySize);
    b.gradHeadValues.reshape(rows, querySize);
    b.gradKeys.reshape(rows, keyValueSize);
    b.gradValues.reshape(rows, keyValueSize);
}

WorkStatus BackwardPass::runLayer(const Site &site, const StopToken &stop)
{
    if (stop.stop_requested() || recompute(site, stop) == WorkStatus::Cancelled)
        return WorkStatus::Cancelled;
    if (site.layer.value + 1 == m_model.config.layerCount
        && enterFromLogits(site, stop) == WorkStatus::Cancelled)
        return WorkStatus::Cancelled;
    return leaveFeedForward(site, stop) == WorkStatus::Cancelled ? WorkStatus::Cancelled
                                                                 : leaveAttention(site, stop);
}

/// What the forward pass computed in this layer, but for the output of feed-forward: no derivative needs it.
WorkStatus BackwardPass::recompute(const Site &site, const StopToken &stop)
{
    const LayerWeights &weights = m_model.weights.layers[site.layer.asSize()];
    const double epsilon = m_model.config.normEpsilon;
    const auto headSize = static_cast<std::size_t>(m_model.config.headSize);
    Buffers &b = m_buffers;
    forRows(m_gemm.pool(), site.tokens, [&](std::size_t row) {
        rmsNorm(site.record.residualIn.row(row), weights.attentionNorm, epsilon, b.normed.row(row));
    });
    if (m_gemm.multiply(b.normed.view(), weights.query, b.queries.view(), stop) == WorkStatus::Cancelled)
        return WorkStatus::Cancelled;
    forRows(m_gemm.pool(), site.tokens, [&](std::size_t row) {
        for (std::size_t at = 0; at < b.queries.columns(); at += headSize)
            m_rotary.rotate(b.queries.row(row).subspan(at, headSize), row, m_model.config.rotaryLayout);
    });
    const std::size_t first = site.firstLiveToken; // what follows mixes no tokens
    if (attend(site, stop) == WorkStatus::Cancelled
        || m_gemm.multiply(live(std::as_const(b.headOutputs).view(), first), weights.attentionOutput,
               live(b.middle.view(), first), stop)
            == WorkStatus::Cancelled)
        return WorkStatus::Cancelled;
    forRows(m_gemm.pool(), site.tokens - first, [&](std::size_t liveRow) {
        const std::size_t row = first + liveRow;
        const std::span<const float> before = site.record.residualIn.row(row);
        const std::span<float> middle = b.middle.row(row);
        for (std::size_t element = 0; element < middle.size(); ++element)
            middle[element] += before[element];
        rmsNorm(middle, weights.feedForwardNorm, epsilon, b.normed.row(row));
    });
    const std::array branches {GemmTarget {&weights.gate, live(b.gate.view(), first)},
        GemmTarget {&weights.up, live(b.up.view(), first)}};
    return m_gemm.multiply(live(std::as_const(b.normed).view(), first), branches, stop);
}

WorkStatus BackwardPass::attend(const Site &site, const StopToken &stop)
{
    Buffers &b = m_buffers;
    const bool recorded = site.record.patternPrecision() == PatternPrecision::Single;
    if (!recorded)
        b.record.reservePatterns(PatternPrecision::Single);
    b.edits.prepare(site.request.intervention, site.layer,
        TokenPos(static_cast<std::int32_t>(site.tokens) - 1), m_model.config);
    if (b.edits.redistributes()) {
        if (b.softmaxRecord.tokenCount() != site.tokens)
            b.softmaxRecord = newLayerRecord(m_model.config, site.tokens);
        b.softmaxRecord.reservePatterns(PatternPrecision::Single);
        LayerEdits before = b.edits;
        before.dropRedistributions();
        if (runAttention(site, before, &b.softmaxRecord, stop) == WorkStatus::Cancelled)
            return WorkStatus::Cancelled;
    }
    return runAttention(site, b.edits, recorded ? nullptr : &b.record, stop);
}

WorkStatus BackwardPass::runAttention(
    const Site &site, const LayerEdits &edits, LayerRecord *record, const StopToken &stop)
{
    Buffers &b = m_buffers;
    const AttentionStep step {.config = m_model.config,
        .rows = site.tokens,
        .past = 0,
        .edits = edits,
        .queries = b.queries.view(),
        .keys = site.record.keys.view(),
        .values = site.record.values.view(),
        .headOutputs = b.headOutputs.view(),
        .record = record,
        .backend = preparedBackend(m_model)};
    return sinkscope::runAttention(step, m_gemm.pool(), b.attention, stop);
}

/// Derivatives by the stream above the last layer: only its last row reaches the logits.
WorkStatus BackwardPass::enterFromLogits(const Site &site, const StopToken &stop)
{
    const LayerWeights &weights = m_model.weights.layers[site.layer.asSize()];
    Buffers &b = m_buffers;
    const std::size_t last = site.tokens - 1;
    Matrix activated(1, b.gate.columns());
    std::ranges::copy(b.gate.row(last), activated.row(0).begin());
    swiGlu(activated.row(0), b.up.row(last));
    Matrix stream(1, b.middle.columns());
    Matrix byFinalNorm(site.scalars, b.middle.columns());
    const GemmSource source {&m_model.weights.unembedding(), site.request.logitGradients};
    if (m_gemm.multiply(activated.view(), weights.down, stream.view(), stop) == WorkStatus::Cancelled
        || m_gemm.multiplyBackward(std::span(&source, 1), byFinalNorm.view(), stop) == WorkStatus::Cancelled)
        return WorkStatus::Cancelled;
    for (std::size_t element = 0; element < stream.columns(); ++element)
        stream.at(0, element) += b.middle.at(last, element);
    std::ranges::fill(b.gradStream.values(), 0.0F);
    for (std::size_t scalar = 0; scalar < site.scalars; ++scalar)
        addRmsNormGradient({stream.row(0), m_model.weights.finalNorm, m_model.config.normEpsilon},
            byFinalNorm.row(scalar), b.gradStream.row(last * site.scalars + scalar));
    return WorkStatus::Completed;
}

/// gradStream: from the stream above this layer to the one between attention and feed-forward.
WorkStatus BackwardPass::leaveFeedForward(const Site &site, const StopToken &stop)
{
    const LayerWeights &weights = m_model.weights.layers[site.layer.asSize()];
    Buffers &b = m_buffers;
    const std::size_t first = site.firstLiveToken * site.scalars;
    const GemmSource down {&weights.down, live(std::as_const(b.gradStream).view(), first)};
    if (m_gemm.multiplyBackward(std::span(&down, 1), live(b.gradGate.view(), first), stop)
        == WorkStatus::Cancelled)
        return WorkStatus::Cancelled;
    forRows(m_gemm.pool(), b.gradGate.rows() - first, [&](std::size_t liveRow) {
        const std::size_t row = first + liveRow;
        const std::size_t token = row / site.scalars;
        swiGluGradient(b.gate.row(token), b.up.row(token), b.gradGate.row(row), b.gradUp.row(row));
    });
    const std::array branches {GemmSource {&weights.gate, live(std::as_const(b.gradGate).view(), first)},
        GemmSource {&weights.up, live(std::as_const(b.gradUp).view(), first)}};
    if (m_gemm.multiplyBackward(branches, live(b.gradNormed.view(), first), stop) == WorkStatus::Cancelled)
        return WorkStatus::Cancelled;
    addNormGradient(b.middle, weights.feedForwardNorm, site.scalars, site.firstLiveToken);
    return WorkStatus::Completed;
}

/// gradStream: from there to the stream that enters this layer. Nothing below layer 0 is asked for.
WorkStatus BackwardPass::leaveAttention(const Site &site, const StopToken &stop)
{
    const LayerWeights &weights = m_model.weights.layers[site.layer.asSize()];
    Buffers &b = m_buffers;
    const bool lowest = site.layer.value == 0;
    const std::size_t first = site.firstLiveToken * site.scalars;
    std::ranges::fill(b.gradHeadOutputs.values().first(first * b.gradHeadOutputs.columns()), 0.0F);
    const GemmSource output {&weights.attentionOutput, live(std::as_const(b.gradStream).view(), first)};
    if (m_gemm.multiplyBackward(std::span(&output, 1), live(b.gradHeadOutputs.view(), first), stop)
        == WorkStatus::Cancelled)
        return WorkStatus::Cancelled;
    const AttentionGradientStep step {.config = m_model.config,
        .tokens = site.tokens,
        .scalars = site.scalars,
        .firstLiveToken = site.firstLiveToken,
        .edits = b.edits,
        .patterns = site.record.patternPrecision() == PatternPrecision::Single ? &site.record : &b.record,
        .softmaxPatterns = &b.softmaxRecord,
        .queries = b.queries.view(),
        .keys = site.record.keys.view(),
        .values = site.record.values.view(),
        .gradHeadOutputs = b.gradHeadOutputs.view(),
        .gradQueries = lowest ? MutableMatrixView {} : b.gradQueries.view(),
        .gradKeys = b.gradHeadKeys.view(),
        .gradValues = b.gradHeadValues.view(),
        .byLogGamma = site.byLogGamma,
        .layer = site.layer};
    if (runAttentionGradient(step, m_gemm.pool(), b.scratch, stop) == WorkStatus::Cancelled)
        return WorkStatus::Cancelled;
    if (lowest)
        return WorkStatus::Completed;
    gatherKeyValueGradients(site);
    const std::array projections {GemmSource {&weights.query, b.gradQueries.view()},
        GemmSource {&weights.key, b.gradKeys.view()}, GemmSource {&weights.value, b.gradValues.view()}};
    if (m_gemm.multiplyBackward(projections, b.gradNormed.view(), stop) == WorkStatus::Cancelled)
        return WorkStatus::Cancelled;
    addNormGradient(site.record.residualIn, weights.attentionNorm, site.scalars, 0);
    return WorkStatus::Completed;
}

/// Sums keys and values over the query heads that share them, and takes the rotation back.
void BackwardPass::gatherKeyValueGradients(const Site &site)
{
    const ModelConfig &config = m_model.config;
    const auto headSize = static_cast<std::size_t>(config.headSize);
    Buffers &b = m_buffers;
    forRows(m_gemm.pool(), b.gradQueries.rows(), [&](std::size_t row) {
        const std::size_t position = row / site.scalars;
        std::ranges::fill(b.gradKeys.row(row), 0.0F);
        std::ranges::fill(b.gradValues.row(row), 0.0F);
        for (HeadIndex head; head.value < config.headCount; ++head) {
            const std::size_t from = head.asSize() * headSize;
            const std::size_t to = config.kvHeadOf(head).asSize() * headSize;
            m_rotary.rotateBack(
                b.gradQueries.row(row).subspan(from, headSize), position, config.rotaryLayout);
            const auto keyFactor =
                static_cast<float>(b.edits.storedKeyFactor(config.kvHeadOf(head), position));
            for (std::size_t element = 0; element < headSize; ++element) {
                b.gradKeys.at(row, to + element) += keyFactor * b.gradHeadKeys.at(row, from + element);
                b.gradValues.at(row, to + element) += b.gradHeadValues.at(row, from + element);
            }
        }
        for (std::size_t at = 0; at < b.gradKeys.columns(); at += headSize)
            m_rotary.rotateBack(b.gradKeys.row(row).subspan(at, headSize), position, config.rotaryLayout);
    });
}

/// gradStream += derivative through the norm that read `input` [T, hidden], from `firstToken` on.
void BackwardPass::addNormGradient(
    const Matrix &input, const std::vector<float> &weight, std::size_t scalars, std::size_t firstToken)
{
    Buffers &b = m_buffers;
    const std::size_t first = firstToken * scalars;
    forRows(m_gemm.pool(), b.gradStream.rows() - first, [&](std::size_t liveRow) {
        const std::size_t row = first + liveRow;
        addRmsNormGradient({input.row(row / scalars), weight, m_model.config.normEpsilon},
            b.gradNormed.row(row), b.gradStream.row(row));
    });
}

} // namespace sinkscope
