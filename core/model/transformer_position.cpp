// SPDX-License-Identifier: Apache-2.0
// One position of a pass that is there already: its residual stream through all layers, and what the output
// head makes of it.
#include "core/model/pass_stack.h"

#include "core/base/error.h"
#include "core/ops/norm.h"
#include "core/ops/row_kernels.h"

#include <algorithm>
#include <cassert>

namespace sinkscope {

std::optional<Matrix> Transformer::residualStream(
    const PassResult &pass, const Intervention *intervention, TokenPos position, const StopToken &stop)
{
    const std::size_t layers = pass.layers.size();
    const std::size_t row = position.asSize();
    const std::size_t tokens = pass.layers.front()->tokenCount();
    assert(layers == static_cast<std::size_t>(m_model.config.layerCount) && row < tokens);
    Matrix stream(layers + 1, static_cast<std::size_t>(m_model.config.hiddenSize));
    for (std::size_t layer = 0; layer < layers; ++layer)
        std::ranges::copy(pass.layers[layer]->residualIn.row(row), stream.row(layer).begin());
    // Of the last layer a pass keeps what goes in: its block runs again for this row, after the keys and
    // values of the rows before it, as a step with the cache does.
    const LayerRecord &last = *pass.layers.back();
    Matrix keys = last.keys;
    Matrix values = last.values;
    keys.resizeRows(row + 1);
    values.resizeRows(row + 1);
    m_workspace.resize(m_model.config, 1);
    m_rotary.reserve(row + 1);
    std::ranges::copy(last.residualIn.row(row), m_workspace.residual.row(0).begin());
    m_stack->rows = Stack::Rows::All;
    m_stack->sequences.assign(1,
        {.rows = 1,
            .past = row,
            .promptLast = TokenPos(static_cast<std::int32_t>(tokens) - 1),
            .intervention = intervention,
            .keys = keys.view(),
            .values = values.view()});
    if (runLayer(*m_stack, LayerIndex(static_cast<std::int32_t>(layers) - 1), stop) == WorkStatus::Cancelled)
        return std::nullopt;
    std::ranges::copy(m_workspace.residual.row(0), stream.row(layers).begin());
    return stream;
}

std::optional<Matrix> Transformer::logitsOf(const Matrix &residual, const StopToken &stop)
{
    Matrix normed(residual.rows(), residual.columns());
    for (std::size_t row = 0; row < residual.rows(); ++row)
        rmsNorm(residual.row(row), m_model.weights.finalNorm, m_model.config.normEpsilon, normed.row(row));
    Matrix logits(residual.rows(), static_cast<std::size_t>(m_model.config.vocabularySize));
    if (m_gemm.multiply(normed.view(), m_model.weights.unembedding(), logits.view(), stop)
        == WorkStatus::Cancelled)
        return std::nullopt;
    if (!allFinite(logits.values()))
        throw Error({.what = "a layer left the range of fp32: its logits are not finite numbers",
            .wayOut = "Use smaller factors, or look at another position"});
    return logits;
}

} // namespace sinkscope
