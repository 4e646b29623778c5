// SPDX-License-Identifier: Apache-2.0
// The forward pass: tokens and edits in, attention and logits out.
#pragma once

#include "core/base/function_ref.h"
#include "core/base/recycling_pool.h"
#include "core/intervention/intervention.h"
#include "core/model/kv_cache.h"
#include "core/model/layer_record.h"
#include "core/model/model.h"
#include "core/model/workspace.h"
#include "core/tensor/gemm.h"

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <span>

namespace sinkscope {

/// Rows whose logits a pass computes. None: it is run for its records alone.
enum class LogitRows { None, Last, All };

/// What a pass keeps beside the summaries.
struct CaptureOptions {
    /// Full patterns are kept for all layers in fp32 where they fit in this many bytes, else in fp16 where
    /// they fit so; otherwise only for `patternLayers`.
    std::size_t patternBudgetBytes = std::size_t {1} << 30;
    /// Layers whose patterns are kept whatever the budget: in fp32 where the others are left out.
    std::vector<LayerIndex> patternLayers;
    LogitRows logitRows = LogitRows::Last;
};

/// What becomes of a pass whose last logits are not finite numbers.
enum class NonFinite : std::uint8_t {
    Refuse, ///< run throws Error
    Keep, ///< they are returned: for checks that say so themselves
};

/// One pass to run. `tokens` and `intervention` must outlive the call.
struct PassRequest {
    std::span<const TokenId> tokens;
    const Intervention *intervention = nullptr; ///< nullptr: no edit
    CaptureOptions capture;
    /// An earlier pass; layers below `restartLayer` are taken from it, and in the others the rows before
    /// `restartRow` (at most the last). It is over the same tokens, or `restartLayer` is 0 and it is over the
    /// same tokens before `restartRow`. All rows are computed where it lacks patterns that this pass keeps
    /// (in their precision), and where the logits of all rows are asked for.
    std::shared_ptr<const PassResult> restartFrom;
    LayerIndex restartLayer;
    TokenPos restartRow;
    NonFinite nonFinite = NonFinite::Refuse;
    /// Told after each layer; may be empty. See ProgressFn.
    std::function<void(double fraction)> progress = {};
};

/// Variants of the edits of one prompt, stacked into one pass above the lowest layer where they part.
struct BatchRequest {
    std::span<const TokenId> tokens; ///< [T]
    std::span<const Intervention> variants; ///< [B]; all act like the earlier pass below `restartLayer`
    std::shared_ptr<const PassResult> restartFrom; ///< an earlier pass over the same tokens
    LayerIndex restartLayer;
    HeadRef focus; ///< the head whose last row is summarised
};

/// What a batch leaves behind: no attention is captured.
struct BatchResult {
    Matrix logitsLast; ///< [B, V] last position
    std::vector<RowSummary> focus; ///< [B] last row of the focus head
};

/// What attention of one layer makes of its input. T tokens.
struct AttentionOutput {
    Matrix heads; ///< [T, heads * headSize] attn.hook_z: outputs of the heads, after their edits
    Matrix projected; ///< [T, hidden] hook_attn_out: what is added to the residual stream
};

/// The summary of the last row of `head` in a pass.
RowSummary lastRowOf(const PassResult &pass, HeadRef head);

/// Runs passes of one model. Owner: Engine or a command. Threads: one at a time (the products are parallel
/// inside). Validity: while the model and the Gemm live.
class Transformer {
public:
    Transformer(const Model &model, Gemm &gemm);
    ~Transformer();

    /// The whole prompt at once. nullptr when cancelled (checked between layers and between panels of a
    /// product). Throws RequestError when the prompt is empty, too long for the context, holds an id outside
    /// the vocabulary, or an edit does not fit; Error when the last logits are not finite numbers.
    std::shared_ptr<const PassResult> run(const PassRequest &request, const StopToken &stop);

    /// `pass`, which ran under `intervention` (nullptr: none), with the patterns of `layers` too, in fp32: of
    /// these layers the attention alone is computed again, from their recorded input. nullptr when cancelled.
    std::shared_ptr<const PassResult> withPatterns(const PassResult &pass, const Intervention *intervention,
        std::span<const LayerIndex> layers, const StopToken &stop);

    /// Attention of `layer` in `pass`, which ran under `intervention` (nullptr: none), computed again from
    /// the recorded input. Nothing when cancelled.
    std::optional<AttentionOutput> attentionOutput(
        const PassResult &pass, const Intervention *intervention, LayerIndex layer, const StopToken &stop);

    /// The residual stream of `position` in `pass`, which ran under `intervention` (nullptr: none), as it
    /// enters each layer and leaves the last: [L + 1, hidden]. On the packed and amx backends the bytes are
    /// those of a pass of all rows. Nothing when cancelled.
    std::optional<Matrix> residualStream(
        const PassResult &pass, const Intervention *intervention, TokenPos position, const StopToken &stop);

    /// Final norm and output head of each row of `residual` [n, hidden]: logits [n, V]. Nothing when
    /// cancelled. Throws Error when they are not finite numbers.
    std::optional<Matrix> logitsOf(const Matrix &residual, const StopToken &stop);

    /// Every variant's logits equal those of run() with the same restart, bit by bit on the packed backend.
    /// Nothing when cancelled. Throws as run().
    std::optional<BatchResult> runBatch(const BatchRequest &request, const StopToken &stop);

    /// Reads `tokens` after those in `cache` and appends them to it. Returns the logits of each, [tokens, V];
    /// nothing when cancelled (the cache is then truncated to what it was, as it is when the last logits are
    /// not finite numbers: throws Error).
    std::optional<Matrix> extend(KvCache &cache, std::span<const TokenId> tokens,
        const Intervention *intervention, const StopToken &stop);

    const Model &model() const { return m_model; }

private:
    struct Sequence;
    struct Stack;
    WorkStatus runLayer(Stack &stack, LayerIndex layer, const StopToken &stop);
    WorkStatus project(Stack &stack, LayerIndex layer, const StopToken &stop);
    WorkStatus attend(const Stack &stack, LayerIndex layer, const StopToken &stop);
    void rotate(const Stack &stack, Matrix &heads);
    void storeKeysAndValues(const Stack &stack, LayerIndex layer);
    void keepLastRows(Stack &stack);
    WorkStatus feedForward(const LayerWeights &weights, const StopToken &stop);
    void embed(std::span<const TokenId> tokens);
    void normRows(const std::vector<float> &weight);
    void addProjected();
    std::shared_ptr<LayerRecord> takeRecord(std::size_t tokens, PatternPrecision precision);
    using PrecisionOf = FunctionRef<PatternPrecision(LayerIndex layer)>; // of the patterns to keep
    void takeOver(const PassRequest &request, PrecisionOf precisionOf, PassResult &result);
    std::shared_ptr<LayerRecord> attendAgain(const LayerRecord &recorded, const Intervention *intervention,
        LayerIndex layer, const StopToken &stop);
    WorkStatus unembed(PassResult &result, LogitRows rows, const StopToken &stop);
    void checkTokens(std::span<const TokenId> tokens, std::size_t past) const;

    const Model &m_model;
    Gemm &m_gemm;
    GemmBackend m_backend; // the one the weights are prepared for; attention uses it too
    Workspace m_workspace;
    std::unique_ptr<Stack> m_stack;
    RotaryTable m_rotary;
    // A pass writes into what earlier passes no longer need: records of one length, by their precision, so
    // that none has room for patterns that it does not keep.
    std::array<RecyclingPool<LayerRecord>, 3> m_records;
    std::size_t m_recordTokens = 0;
    RecyclingPool<PassResult> m_results;
};

} // namespace sinkscope
