// SPDX-License-Identifier: Apache-2.0
// Blocks of query rows of each head, given to the pool one by one.
#include "core/model/attention_step.h"

#include "core/ops/attention.h"
#include "core/ops/row_kernels.h"
#include "core/tensor/packed_kernel.h"

#include <algorithm>
#include <atomic>
#include <cmath>

namespace sinkscope {

namespace {

// Query rows of one task: few enough to balance the threads and to skip most masked keys.
constexpr std::size_t kBlockRows = 32;

/// Writes finished rows of one head into the record, the last one's summary into the focus.
class RowWriter {
public:
    RowWriter(const AttentionStep &step, std::size_t head)
        : m_record(step.record)
        , m_focus(step.focus && step.focusHead.asSize() == head ? step.focus : nullptr)
        , m_head(head)
        , m_tokens(step.past + step.rows)
    {
        const std::size_t first = head * LayerRecord::triangleSize(m_tokens);
        if (m_record && !m_record->patterns.empty())
            m_triangle = m_record->patterns.data() + first;
        if (m_record && !m_record->halfPatterns.empty())
            m_halfTriangle = m_record->halfPatterns.data() + first;
    }

    bool hasWork() const { return m_record || m_focus; }
    void operator()(std::size_t query, std::span<const float> weights, const RowSummary &summary) const
    {
        const bool isLast = query + 1 == m_tokens;
        if (m_focus && isLast)
            *m_focus = summary;
        if (!m_record)
            return;
        m_record->sinkMass.at(m_head, query) = static_cast<float>(summary.sinkMass);
        m_record->restMass.at(m_head, query) = static_cast<float>(summary.restMass);
        m_record->entropy.at(m_head, query) = static_cast<float>(summary.entropy);
        m_record->restEntropy.at(m_head, query) = static_cast<float>(summary.restEntropy);
        m_record->sinkLogOdds.at(m_head, query) = static_cast<float>(summary.sinkLogOdds);
        if (m_triangle)
            std::ranges::copy(weights, m_triangle + LayerRecord::triangleSize(query));
        if (m_halfTriangle)
            toHalf(weights, m_halfTriangle + LayerRecord::triangleSize(query));
        if (isLast)
            std::ranges::copy(weights, m_record->lastRow.row(m_head).begin());
    }

private:
    LayerRecord *m_record;
    RowSummary *m_focus;
    std::size_t m_head;
    std::size_t m_tokens;
    float *m_triangle = nullptr; // where the patterns are Single
    std::uint16_t *m_halfTriangle = nullptr; // where they are Half
};

std::size_t panelsOf(std::size_t columns)
{
    return (columns + kPanelWidth - 1) / kPanelWidth;
}

/// Lays keys (and values, where a head does not fill whole panels) out for the packed kernel.
void packKeysAndValues(const AttentionStep &step, ThreadPool &pool, AttentionScratch &scratch)
{
    const auto headSize = static_cast<std::size_t>(step.config.headSize);
    const auto kvHeads = static_cast<std::size_t>(step.config.kvHeadCount);
    const std::size_t keyCount = step.keys.rows;
    const std::size_t panels = panelsOf(keyCount);
    scratch.keyPanels.reshape(kvHeads * panels * headSize, kPanelWidth);
    pool.parallelFor(kvHeads * panels, [&](std::size_t task, int) {
        const std::size_t firstKey = task % panels * kPanelWidth;
        packPanel({step.keys.data + firstKey * step.keys.stride + task / panels * headSize,
                      std::min(kPanelWidth, keyCount - firstKey), headSize, step.keys.stride},
            scratch.keyPanels.row(task * headSize).data());
    });
    if (headSize % kPanelWidth == 0)
        return;
    const std::size_t valuePanels = panelsOf(headSize);
    scratch.valuePanels.reshape(kvHeads * valuePanels * keyCount, kPanelWidth);
    pool.parallelFor(kvHeads * valuePanels, [&](std::size_t task, int) {
        const std::size_t first = task % valuePanels * kPanelWidth;
        const std::size_t width = std::min(kPanelWidth, headSize - first);
        for (std::size_t key = 0; key < keyCount; ++key) {
            const std::span<float> padded = scratch.valuePanels.row(task * keyCount + key);
            const float *values = step.values.row(key).data() + task / valuePanels * headSize + first;
            std::fill(std::copy_n(values, width, padded.begin()), padded.end(), 0.0F);
        }
    });
}

/// The products of one block, on the packed kernel or on OpenBLAS.
AttentionProducts productsOf(const AttentionStep &step, std::size_t kvHead, const AttentionScratch &scratch)
{
    const auto headSize = static_cast<std::size_t>(step.config.headSize);
    if (step.backend == GemmBackend::Blas)
        return {};
    AttentionProducts products;
    products.keyPanels = scratch.keyPanels.row(kvHead * panelsOf(step.keys.rows) * headSize).data();
    if (headSize % kPanelWidth == 0) {
        products.valuePanels = step.values.data + kvHead * headSize;
        products.valuePanelStride = step.values.stride;
        products.valuePanelStep = kPanelWidth;
    } else {
        products.valuePanels = scratch.valuePanels.row(kvHead * panelsOf(headSize) * step.keys.rows).data();
        products.valuePanelStride = kPanelWidth;
        products.valuePanelStep = step.keys.rows * kPanelWidth;
    }
    return products;
}

void attendHeadBlock(const AttentionStep &step, std::size_t head, std::size_t block,
    const AttentionScratch &scratch, Matrix &scores)
{
    const auto headSize = static_cast<std::size_t>(step.config.headSize);
    const std::size_t kvHead = step.config.kvHeadOf(HeadIndex(static_cast<std::int32_t>(head))).asSize();
    const std::size_t firstRow = block * kBlockRows;
    const std::size_t rows = std::min(kBlockRows, step.rows - firstRow);
    const std::size_t keyCount = step.past + firstRow + rows;
    HeadAttentionBlock work;
    work.queries = {step.queries.data + firstRow * step.queries.stride + head * headSize, rows, headSize,
        step.queries.stride};
    work.keys = {step.keys.data + kvHead * headSize, keyCount, headSize, step.keys.stride};
    work.values = {step.values.data + kvHead * headSize, keyCount, headSize, step.values.stride};
    work.firstQuery = step.past + firstRow;
    work.scale = 1.0F / std::sqrt(static_cast<float>(headSize));
    work.products = productsOf(step, kvHead, scratch);
    work.scratch = {scores.values().data(), rows, keyCount, scores.columns()};
    work.out = {step.headOutputs.data + firstRow * step.headOutputs.stride + head * headSize, rows, headSize,
        step.headOutputs.stride};
    const RowWriter writer(step, head);
    attendBlock(work, step.edits.of(head), writer.hasWork() ? RowCaptureFn(writer) : RowCaptureFn());
}

} // namespace

WorkStatus runAttention(
    const AttentionStep &step, ThreadPool &pool, AttentionScratch &scratch, const StopToken &stop)
{
    scratch.scores.resize(static_cast<std::size_t>(pool.threadCount()));
    const std::size_t paddedKeys = panelsOf(step.keys.rows) * kPanelWidth;
    for (Matrix &scores : scratch.scores)
        if (scores.columns() < paddedKeys)
            scores = Matrix(kBlockRows, paddedKeys + paddedKeys / 2); // with room for a text that grows
    if (step.backend != GemmBackend::Blas)
        packKeysAndValues(step, pool, scratch);
    const std::size_t blocks = (step.rows + kBlockRows - 1) / kBlockRows;
    const auto heads = static_cast<std::size_t>(step.config.headCount);
    std::atomic<bool> cancelled {false};
    pool.parallelFor(heads * blocks, [&](std::size_t task, int worker) {
        if (stop.stop_requested()) {
            cancelled = true;
            return;
        }
        // the longest rows first, so that no thread ends with them alone
        const std::size_t block = blocks - 1 - task / heads;
        attendHeadBlock(step, task % heads, block, scratch, scratch.scores[static_cast<std::size_t>(worker)]);
    });
    return cancelled ? WorkStatus::Cancelled : WorkStatus::Completed;
}

LayerRecord newLayerRecord(const ModelConfig &config, std::size_t tokens)
{
    const auto heads = static_cast<std::size_t>(config.headCount);
    const auto keyValueSize = static_cast<std::size_t>(config.keyValueSize());
    LayerRecord record;
    record.residualIn = Matrix(tokens, static_cast<std::size_t>(config.hiddenSize));
    record.keys = Matrix(tokens, keyValueSize);
    record.values = Matrix(tokens, keyValueSize);
    for (Matrix *figures : {&record.sinkMass, &record.restMass, &record.entropy, &record.restEntropy,
             &record.sinkLogOdds, &record.lastRow})
        *figures = Matrix(heads, tokens);
    return record;
}

std::size_t patternBytes(const ModelConfig &config, std::size_t tokens, PatternPrecision precision)
{
    return static_cast<std::size_t>(config.layerCount) * static_cast<std::size_t>(config.headCount)
        * LayerRecord::triangleSize(tokens) * weightBytes(precision);
}

PatternPrecision precisionWithin(const ModelConfig &config, std::size_t tokens, std::size_t budgetBytes)
{
    for (const PatternPrecision precision : {PatternPrecision::Single, PatternPrecision::Half})
        if (patternBytes(config, tokens, precision) <= budgetBytes)
            return precision;
    return PatternPrecision::None;
}

} // namespace sinkscope
