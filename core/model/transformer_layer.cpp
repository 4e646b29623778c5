// SPDX-License-Identifier: Apache-2.0
// One layer: attention and feed-forward, each after a norm, added to the residual stream.
#include "core/model/pass_stack.h"

#include "core/model/attention_step.h"
#include "core/model/row_work.h"
#include "core/ops/norm.h"
#include "core/ops/row_kernels.h"

#include <algorithm>
#include <array>

namespace sinkscope {

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
            m_workspace.edits.prepareStoredKeys(sequence.intervention, layer, m_model.config);
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

} // namespace sinkscope
