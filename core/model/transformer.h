// SPDX-License-Identifier: Apache-2.0
// The forward pass: tokens and edits in, attention and logits out.
#pragma once

#include "core/intervention/intervention.h"
#include "core/model/kv_cache.h"
#include "core/model/layer_record.h"
#include "core/model/model.h"
#include "core/model/workspace.h"
#include "core/tensor/gemm.h"

#include <functional>
#include <memory>
#include <optional>
#include <span>

namespace sinkscope {

enum class LogitRows { Last, All };

/// What a pass keeps beside the summaries.
struct CaptureOptions {
    /// Full patterns are kept for all layers when they fit in this many bytes; otherwise only for
    /// `patternLayers`.
    std::size_t patternBudgetBytes = std::size_t {1} << 30;
    std::vector<LayerIndex> patternLayers; ///< layers whose patterns are kept whatever the budget
    LogitRows logitRows = LogitRows::Last;
};

/// One pass to run. `tokens` and `intervention` must outlive the call.
struct PassRequest {
    std::span<const TokenId> tokens;
    const Intervention *intervention = nullptr; ///< nullptr: no edit
    CaptureOptions capture;
    /// An earlier pass over the same tokens; layers below `restartLayer` are taken from it.
    std::shared_ptr<const PassResult> restartFrom;
    LayerIndex restartLayer;
    /// Told after each layer; may be empty. See ProgressFn.
    std::function<void(double fraction)> progress = {};
};

/// Runs passes of one model. Owner: Engine or a command. Threads: one at a time (the products are parallel
/// inside). Validity: while the model and the Gemm live.
class Transformer {
public:
    Transformer(const Model &model, Gemm &gemm);

    /// The whole prompt at once. nullptr when cancelled (checked between layers and between panels of a
    /// product). Throws RequestError when the prompt is empty, too long for the context, holds an id outside
    /// the vocabulary, or an edit does not fit.
    std::shared_ptr<const PassResult> run(const PassRequest &request, const StopToken &stop);

    /// Reads `tokens` after those in `cache` and appends them to it. Returns the logits of each, [tokens, V];
    /// nothing when cancelled (the cache is then truncated to what it was).
    std::optional<Matrix> extend(KvCache &cache, std::span<const TokenId> tokens,
        const Intervention *intervention, const StopToken &stop);

    const Model &model() const { return m_model; }

private:
    struct Chunk;
    WorkStatus runLayer(const Chunk &chunk, LayerIndex layer, const StopToken &stop);
    WorkStatus attend(const Chunk &chunk, LayerIndex layer, const StopToken &stop);
    void rotateAndStore(const Chunk &chunk);
    WorkStatus feedForward(const LayerWeights &weights, const StopToken &stop);
    void embed(std::span<const TokenId> tokens);
    void normRows(const std::vector<float> &weight);
    void addProjected();
    WorkStatus unembedLast(PassResult &result, const StopToken &stop);
    void checkTokens(std::span<const TokenId> tokens, std::size_t past) const;

    const Model &m_model;
    Gemm &m_gemm;
    Workspace m_workspace;
    RotaryTable m_rotary;
};

} // namespace sinkscope
