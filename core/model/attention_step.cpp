// SPDX-License-Identifier: Apache-2.0
// Blocks of query rows of each head, given to the pool one by one.
#include "core/model/attention_step.h"

#include "core/ops/attention.h"

#include <algorithm>
#include <atomic>
#include <cmath>

namespace sinkscope {

namespace {

// Query rows of one task: few enough to balance the threads and to skip most masked keys.
constexpr std::size_t kBlockRows = 32;

/// The edits of one head as the row operator wants them.
RowEditsFn rowEditsOf(const AttentionStep &step, HeadIndex head)
{
    std::vector<HeadEdit> own;
    std::ranges::copy_if(
        step.edits, std::back_inserter(own), [&](const HeadEdit &e) { return e.head.head == head; });
    if (own.empty())
        return {};
    return [own = std::move(own), promptLast = step.promptLast](std::size_t query, RowEdits &edits) {
        const TokenPos position(static_cast<std::int32_t>(query));
        for (const HeadEdit &edit : own) {
            if (!edit.queries.contains(position, promptLast))
                continue;
            const std::size_t key = edit.key.asSize();
            if (edit.kind == EditKind::Key)
                edits.scoreFactors.push_back({key, static_cast<float>(edit.gamma)});
            else if (edit.kind == EditKind::Probability && key == 0)
                edits.sinkGamma *= edit.gamma;
            else // scaling a probability equals adding ln gamma to its score (method 1.2)
                edits.scoreShifts.push_back({key, std::log(edit.gamma)});
        }
    };
}

/// Writes finished rows of one head into the record.
RowCaptureFn captureInto(LayerRecord *record, std::size_t head, std::size_t rows)
{
    if (!record)
        return {};
    float *triangle =
        record->patterns.empty() ? nullptr : record->patterns.data() + head * LayerRecord::triangleSize(rows);
    return [=](std::size_t query, std::span<const float> weights, const RowSummary &summary) {
        record->sinkMass.at(head, query) = static_cast<float>(summary.sinkMass);
        record->restMass.at(head, query) = static_cast<float>(summary.restMass);
        record->entropy.at(head, query) = static_cast<float>(summary.entropy);
        record->restEntropy.at(head, query) = static_cast<float>(summary.restEntropy);
        record->sinkLogOdds.at(head, query) = static_cast<float>(summary.sinkLogOdds);
        if (triangle)
            std::ranges::copy(weights, triangle + LayerRecord::triangleSize(query));
        if (query + 1 == rows)
            std::ranges::copy(weights, record->lastRow.row(head).begin());
    };
}

void attendHeadBlock(
    const AttentionStep &step, std::size_t head, std::size_t block, std::vector<float> &scratch)
{
    const auto headSize = static_cast<std::size_t>(step.config.headSize);
    const std::size_t kvHead = step.config.kvHeadOf(HeadIndex(static_cast<std::int32_t>(head))).asSize();
    const std::size_t firstRow = block * kBlockRows;
    const std::size_t rows = std::min(kBlockRows, step.rows - firstRow);
    const std::size_t keyCount = step.past + firstRow + rows;
    if (scratch.size() < rows * keyCount)
        scratch.resize(rows * keyCount);
    HeadAttentionBlock work;
    work.queries = {step.queries.data + firstRow * step.queries.stride + head * headSize, rows, headSize,
        step.queries.stride};
    work.keys = {step.keys.data + kvHead * headSize, keyCount, headSize, step.keys.stride};
    work.values = {step.values.data + kvHead * headSize, keyCount, headSize, step.values.stride};
    work.firstQuery = step.past + firstRow;
    work.scale = 1.0F / std::sqrt(static_cast<float>(headSize));
    work.scratch = {scratch.data(), rows, keyCount};
    work.out = {step.headOutputs.data + firstRow * step.headOutputs.stride + head * headSize, rows, headSize,
        step.headOutputs.stride};
    attendBlock(work, rowEditsOf(step, HeadIndex(static_cast<std::int32_t>(head))),
        captureInto(step.record, head, step.rows));
}

} // namespace

WorkStatus runAttention(const AttentionStep &step, ThreadPool &pool, std::vector<std::vector<float>> &scratch,
    const StopToken &stop)
{
    scratch.resize(static_cast<std::size_t>(pool.threadCount()));
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
        attendHeadBlock(step, task % heads, block, scratch[static_cast<std::size_t>(worker)]);
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

std::size_t patternBytes(const ModelConfig &config, std::size_t tokens)
{
    return static_cast<std::size_t>(config.layerCount) * static_cast<std::size_t>(config.headCount)
        * LayerRecord::triangleSize(tokens) * sizeof(float);
}

} // namespace sinkscope
