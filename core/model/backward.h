// SPDX-License-Identifier: Apache-2.0
// The backward pass: derivatives of scalars of the last row's logits by ln gamma of every head.
#pragma once

#include "core/intervention/intervention.h"
#include "core/model/attention_gradient_step.h"
#include "core/model/attention_step.h"
#include "core/model/layer_record.h"
#include "core/model/model.h"
#include "core/ops/rope.h"
#include "core/tensor/gemm.h"

#include <functional>
#include <optional>
#include <vector>

namespace sinkscope {

/// What to derive. All must outlive the call.
struct BackwardRequest {
    const PassResult *pass = nullptr; ///< the point at which is derived
    const Intervention *intervention = nullptr; ///< under which `pass` was run; nullptr: no edit
    MatrixView logitGradients; ///< [S, V]: derivative of each scalar by the logits of the last row
    /// Told after each layer; may be empty. See ProgressFn.
    std::function<void(double fraction)> progress = {};
};

/// Derives all scalars of a request together. gamma is the factor of the plain edit of a head: attention of
/// every row to key 0 times gamma, renormalised, which equals ln gamma on the score (method 1.2, 9). At gamma
/// 0 a derivative is 0 by definition. What a pass does not record is computed again layer by layer, so that
/// the memory is that of a few layers.
/// Owner: Engine or a command. Threads: one at a time (the products are parallel inside). Validity: while the
/// model and the Gemm live.
class BackwardPass {
public:
    BackwardPass(const Model &model, Gemm &gemm);

    /// [S] of [L, H]. Nothing when cancelled (checked between layers and between panels of a product).
    std::optional<std::vector<Matrix>> run(const BackwardRequest &request, const StopToken &stop);

    const Model &model() const { return m_model; }

private:
    /// Activations of one layer and the derivatives by them. T tokens, S scalars; rows of derivatives: token
    /// t, scalar s is t S + s.
    struct Buffers {
        Matrix normed; // [T, hidden] after the norm before attention, then the one before feed-forward
        Matrix queries; // [T, heads * headSize] after rotary
        Matrix headOutputs; // [T, heads * headSize]
        Matrix middle; // [T, hidden] the stream between attention and feed-forward
        Matrix gate; // [T, feedForward] before the activation
        Matrix up; // [T, feedForward]
        LayerRecord record; // patterns of this layer where the pass holds none
        LayerRecord softmaxRecord; // the same before redistributions, where the layer has some
        Matrix gradStream; // [T S, hidden] by the stream
        Matrix gradNormed; // [T S, hidden] by a norm's output
        Matrix gradGate; // [T S, feedForward]
        Matrix gradUp; // [T S, feedForward]
        Matrix gradHeadOutputs; // [T S, heads * headSize]
        Matrix gradQueries; // [T S, heads * headSize]
        Matrix gradHeadKeys; // [T S, heads * headSize] of each query head
        Matrix gradHeadValues; // the same shape
        Matrix gradKeys; // [T S, kvHeads * headSize]
        Matrix gradValues; // the same shape
        AttentionScratch attention;
        LayerEdits edits; // of the layer being left
        std::vector<AttentionGradientScratch> scratch; // per worker
    };
    /// One layer of a run.
    struct Site {
        const BackwardRequest &request;
        LayerIndex layer;
        const LayerRecord &record; // of the pass
        std::size_t tokens = 0; // T
        std::size_t scalars = 0; // S
        std::size_t firstLiveToken = 0; // no scalar depends on the stream above this layer before it
        std::span<Matrix> byLogGamma;
    };
    /// Tokens or rows of derivatives from the first live one on.
    template <typename Rows> static Rows live(Rows all, std::size_t firstRow)
    {
        return {all.data + firstRow * all.stride, all.rows - firstRow, all.columns, all.stride};
    }
    void resizeBuffers(std::size_t tokens, std::size_t scalars);
    WorkStatus runLayer(const Site &site, const StopToken &stop);
    WorkStatus recompute(const Site &site, const StopToken &stop);
    WorkStatus attend(const Site &site, const StopToken &stop);
    WorkStatus runAttention(
        const Site &site, const LayerEdits &edits, LayerRecord *record, const StopToken &stop);
    WorkStatus enterFromLogits(const Site &site, const StopToken &stop);
    WorkStatus leaveFeedForward(const Site &site, const StopToken &stop);
    WorkStatus leaveAttention(const Site &site, const StopToken &stop);
    void gatherKeyValueGradients(const Site &site);
    void addNormGradient(
        const Matrix &input, const std::vector<float> &weight, std::size_t scalars, std::size_t firstToken);

    const Model &m_model;
    Gemm &m_gemm;
    RotaryTable m_rotary;
    Buffers m_buffers;
};

} // namespace sinkscope
