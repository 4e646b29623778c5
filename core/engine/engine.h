// SPDX-License-Identifier: Apache-2.0
// Answers questions about one model on one prompt, reusing what earlier passes left behind.
#pragma once

#include "core/analysis/sensitivity.h"
#include "core/analysis/verify.h"
#include "core/engine/checkpoint_store.h"
#include "core/engine/generation_run.h"
#include "core/engine/head_score_job.h"
#include "core/engine/position_job.h"
#include "core/engine/request.h"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace sinkscope {

/// Limits of an engine.
struct EngineOptions {
    int threadCount = 0; ///< 0: one per processor
    LoadOptions load;
    std::size_t checkpointBudgetBytes = std::size_t {512} << 20; ///< of earlier answers that are kept
    TileKernel tileKernel = amxKernelOrNull(); ///< multiplies weights that are prepared for Amx
};

/// Who is told how a preview goes; each may be empty.
struct PassObserver {
    std::function<void(std::shared_ptr<const TokenizedPrompt>)> promptTokenized = {}; ///< of a new prompt
    std::function<void(double fraction)> progressed = {}; ///< share of the running pass, after each layer
};

/// The computing half of the engine. Owner: ComputeWorker (or a command or test). Threads: one at a time.
class Engine {
public:
    explicit Engine(EngineOptions options = {});
    ~Engine();

    /// Loads `path` and makes it the model; the former one stays until it succeeded. nullptr when cancelled.
    /// Throws Error.
    std::shared_ptr<const Model> loadModel(
        const std::string &path, const ProgressFn &progress, const StopToken &stop);
    std::shared_ptr<const Model> model() const { return m_model; }
    int threadCount() const { return m_pool.threadCount(); }
    /// Between other calls. No result depends on it.
    void setLimits(const EngineLimits &limits);

    /// Preview of `question`: the baseline when the prompt is new, then the edited pass from its restart
    /// layer and row. Nothing when cancelled. Throws RequestError.
    std::optional<PassAnswer> preview(
        const PassQuestion &question, const StopToken &stop, const PassObserver &observer = {});

    /// Adds the metrics of all heads to `answer`, the last preview's; an edited pass that was not Exact is
    /// computed again. Nothing when cancelled.
    std::optional<PassAnswer> complete(const PassAnswer &answer, const StopToken &stop);

    /// Points [first, first + n) of `curve` on the prompt, edits and answers of the last preview, n as many
    /// as one stack of rows holds. Empty when cancelled.
    std::vector<CurvePoint> curvePoints(const CurveQuestion &curve, std::size_t first, const StopToken &stop);

    /// Derivatives by every head at the edits of the last preview. Nothing when cancelled. Throws
    /// RequestError without a preview and for edits no derivative goes through.
    std::optional<Sensitivity> sensitivity(const StopToken &stop);
    /// Scores of all heads at the last preview; of an ablation one stack more than the call before, until
    /// isComplete. Nothing when cancelled. Throws RequestError without a preview.
    std::optional<HeadScoreAnswer> headScores(const HeadScoreQuestion &question, const StopToken &stop);
    /// The output at a position of the last preview, and with LensLayers::All the logit lens there. Nothing
    /// when cancelled. Throws RequestError without a preview and for a position outside the prompt.
    std::optional<PositionAnswer> position(const PositionQuestion &question, const StopToken &stop);
    /// Both texts after the prompt of the last preview when `question` is new, each call one token further
    /// and in turn, until isComplete(); previews may come in between. Nothing when cancelled: the next call
    /// goes on. Throws RequestError without a preview and for an option out of range.
    std::optional<GenerationAnswer> generation(const GenerationQuestion &question, const StopToken &stop);
    void endGeneration(); ///< frees what it holds
    /// Verifies the loaded model step by step; valid until another model is loaded. Throws RequestError.
    std::unique_ptr<ModelVerifier> makeVerifier();

private:
    std::shared_ptr<const Snapshot> snapshotOf(const PassQuestion &question, const Intervention &intervention,
        const StopToken &stop, const PassObserver &observer = {});
    std::shared_ptr<const Snapshot> exactEdited(const StopToken &stop);
    /// The edited snapshot of the last preview and its edits, worked out for the prompt.
    struct EditedPass {
        std::shared_ptr<const Snapshot> snapshot;
        Intervention prepared;
    };
    /// From Exact products; nothing when cancelled.
    std::optional<EditedPass> exactEditedPass(const StopToken &stop);
    std::shared_ptr<const PassResult> passFor(const PassQuestion &question, const Intervention &prepared,
        const RestartPlan &plan, const StopToken &stop, const PassObserver &observer);
    std::shared_ptr<const PassResult> withShownPatterns(std::shared_ptr<const PassResult> pass,
        const PassQuestion &question, const Intervention &prepared, const StopToken &stop);
    std::optional<CurvePoint> singlePoint(const CurveQuestion &curve, std::size_t index,
        const Intervention &intervention, const StopToken &stop);
    std::vector<CurvePoint> stackedPoints(const CurveQuestion &curve, std::size_t first,
        std::span<const Intervention> variants, const StopToken &stop);
    std::optional<HeadScoreAnswer> writtenAnswer(const HeadScoreQuestion &question, const StopToken &stop);
    std::optional<HeadScoreAnswer> repetitionAnswer(const HeadScoreQuestion &question, const StopToken &stop);
    std::optional<HeadScoreAnswer> ablationAnswer(const HeadScoreQuestion &question, const StopToken &stop);
    /// nullptr when cancelled.
    std::unique_ptr<GenerationRun> newGeneration(const GenerationQuestion &question, const StopToken &stop);
    /// `asked` worked out for the prompt; nothing when cancelled.
    std::optional<Intervention> preparedFor(const Intervention &asked, const StopToken &stop);
    void requireModel() const;

    EngineOptions m_options;
    ThreadPool m_pool;
    Gemm m_gemm;
    std::shared_ptr<const Model> m_model;
    std::unique_ptr<Transformer> m_transformer;
    std::unique_ptr<BackwardPass> m_backward; // made when it is first needed
    PassQuestion m_question; // the last previewed one
    std::shared_ptr<const TokenizedPrompt> m_prompt; // of m_question
    std::shared_ptr<const Snapshot> m_baseline; // of m_question
    std::shared_ptr<const Snapshot> m_edited; // of m_question; null until its preview is there
    CheckpointStore m_checkpoints;
    std::optional<RepetitionScores> m_repetition; // of m_model, once asked for
    std::unique_ptr<AblationRun> m_ablation; // the last one asked for
    std::unique_ptr<GenerationRun> m_generation; // the last one asked for
};

} // namespace sinkscope
