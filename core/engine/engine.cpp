// SPDX-License-Identifier: Apache-2.0
// Previews, full answers and derivatives.
#include "core/engine/engine.h"

#include "core/base/error.h"
#include "core/model/prepare_edits.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace sinkscope {

namespace {

double millisecondsSince(std::chrono::steady_clock::time_point start)
{
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

bool lacksPatterns(const PassResult &pass, std::span<const LayerIndex> layers)
{
    return std::ranges::any_of(
        layers, [&](LayerIndex layer) { return !pass.layers[layer.asSize()]->hasPatterns(); });
}

/// What is said of the patterns that were kept.
void describePatterns(const PassResult &pass, Snapshot &snapshot)
{
    const auto has = [&](PatternPrecision precision) {
        return std::ranges::any_of(
            pass.layers, [&](const auto &layer) { return layer->patternPrecision() == precision; });
    };
    snapshot.patternsLeftOut = has(PatternPrecision::None);
    snapshot.patternsInHalf = has(PatternPrecision::Half);
}

/// Whether `snapshot`, of the prompt and edits in question, has all else that `question` asks for.
bool answers(const Snapshot &snapshot, const PassQuestion &question)
{
    const std::size_t wantedTop =
        std::min(static_cast<std::size_t>(std::max(0, question.topCount)), snapshot.logProbabilities->size());
    return snapshot.output.top.size() == wantedTop
        && std::ranges::equal(snapshot.output.answers, question.answers, {}, &AnswerScore::text)
        && !lacksPatterns(*snapshot.pass, question.patternLayers);
}

/// Sets the precision of products while it lives.
class PrecisionScope {
public:
    PrecisionScope(Gemm &gemm, GemmPrecision precision)
        : m_gemm(gemm)
        , m_before(gemm.precision())
    {
        m_gemm.setPrecision(precision);
    }
    ~PrecisionScope() { m_gemm.setPrecision(m_before); }
    PrecisionScope(const PrecisionScope &) = delete;
    PrecisionScope &operator=(const PrecisionScope &) = delete;

private:
    Gemm &m_gemm;
    GemmPrecision m_before;
};

} // namespace

Engine::Engine(EngineOptions options)
    : m_options(options)
    , m_pool(options.threadCount)
    , m_gemm(m_pool, options.tileKernel)
    , m_checkpoints(options.checkpointBudgetBytes)
{
}

Engine::~Engine() = default;

std::shared_ptr<const Model> Engine::loadModel(
    const std::string &path, const ProgressFn &progress, const StopToken &stop)
{
    std::shared_ptr<const Model> loaded = sinkscope::loadModel(path, m_options.load, m_pool, progress, stop);
    if (!loaded)
        return nullptr;
    m_backward.reset();
    m_ablation.reset();
    m_generation.reset();
    m_repetition.reset();
    m_transformer = std::make_unique<Transformer>(*loaded, m_gemm);
    m_model = loaded;
    m_question = {};
    m_prompt.reset();
    m_baseline.reset();
    m_edited.reset();
    m_checkpoints.clear();
    return loaded;
}

void Engine::setLimits(const EngineLimits &limits)
{
    m_pool.resize(limits.threadCount);
    m_checkpoints.setBudget(limits.checkpointBudgetBytes);
}

void Engine::requireModel() const
{
    if (!m_model)
        throw RequestError({.what = "no model is loaded", .wayOut = "Open a model first"});
}

std::unique_ptr<ModelVerifier> Engine::makeVerifier()
{
    requireModel();
    return std::make_unique<ModelVerifier>(VerifySubject {.transformer = *m_transformer, .gemm = m_gemm});
}

std::optional<PassAnswer> Engine::preview(
    const PassQuestion &question, const StopToken &stop, const PassObserver &observer)
{
    requireModel();
    m_edited.reset();
    if (!m_prompt || question.prompt != m_question.prompt) {
        auto prompt = std::make_shared<const TokenizedPrompt>(tokenizePrompt(*m_model, question.prompt));
        m_baseline.reset();
        m_prompt = std::move(prompt);
        if (observer.promptTokenized)
            observer.promptTokenized(m_prompt);
    }
    if (question.patternBudgetBytes != m_question.patternBudgetBytes) {
        // What was captured under another budget would stand beside it in another precision.
        m_baseline.reset();
        m_checkpoints.clear();
    }
    m_question = question;
    question.intervention.validate(m_model->config.headGrid(), static_cast<int>(m_prompt->ids.size()));
    std::shared_ptr<const Snapshot> baseline = m_baseline;
    if (!baseline || !answers(*baseline, question))
        baseline = snapshotOf(question, Intervention(), stop, observer);
    if (!baseline)
        return std::nullopt;
    m_baseline = baseline;
    m_checkpoints.put(baseline);
    std::shared_ptr<const Snapshot> edited = baseline;
    if (!question.intervention.changesNothing()) {
        edited = snapshotOf(question, question.intervention, stop, observer);
        if (!edited)
            return std::nullopt;
        if (edited->precision == GemmPrecision::Exact) // else no pass may start there
            m_checkpoints.put(edited);
    }
    m_edited = edited;
    return PassAnswer {question.id, SnapshotStage::Preview, baseline, edited};
}

std::optional<Intervention> Engine::preparedFor(const Intervention &asked, const StopToken &stop)
{
    return prepareEdits(*m_transformer, asked, m_prompt->ids, m_baseline ? m_baseline->pass : nullptr, stop);
}

std::shared_ptr<const PassResult> Engine::passFor(const PassQuestion &question, const Intervention &prepared,
    const RestartPlan &plan, const StopToken &stop, const PassObserver &observer)
{
    if (plan.complete)
        return withShownPatterns(plan.pass, question, prepared, stop);
    PassRequest request;
    request.tokens = m_prompt->ids;
    request.intervention = prepared.changesNothing() ? nullptr : &prepared;
    request.capture.patternBudgetBytes = question.patternBudgetBytes;
    request.capture.patternLayers = question.patternLayers;
    request.restartFrom = plan.pass;
    request.restartLayer = plan.layer;
    request.restartRow = plan.row;
    request.progress = observer.progressed;
    return withShownPatterns(m_transformer->run(request, stop), question, prepared, stop);
}

/// `pass` with the patterns of the shown layers, also of those that it took over without. nullptr for
/// nullptr.
std::shared_ptr<const PassResult> Engine::withShownPatterns(std::shared_ptr<const PassResult> pass,
    const PassQuestion &question, const Intervention &prepared, const StopToken &stop)
{
    if (!pass || !lacksPatterns(*pass, question.patternLayers))
        return pass;
    return m_transformer->withPatterns(
        *pass, prepared.changesNothing() ? nullptr : &prepared, question.patternLayers, stop);
}

std::shared_ptr<const Snapshot> Engine::snapshotOf(const PassQuestion &question,
    const Intervention &intervention, const StopToken &stop, const PassObserver &observer)
{
    const auto start = std::chrono::steady_clock::now();
    const RestartPlan plan =
        planRestart(m_checkpoints.candidates(m_prompt->ids, CheckpointStore::Prompts::SameBeginning),
            intervention, m_prompt->ids.size());
    std::shared_ptr<const Snapshot> kept;
    if (plan.complete)
        kept = m_checkpoints.findOrNull(*m_prompt, *plan.pass, question.answers, question.topCount);
    if (kept && !(kept->intervention == intervention))
        kept.reset();
    if (kept && !lacksPatterns(*kept->pass, question.patternLayers))
        return kept;
    const bool mayBeCoarse = !plan.complete && !intervention.changesNothing()
        && m_model->weights.layers.back().query.layout == WeightLayout::Tiles;
    const PrecisionScope scope(m_gemm, mayBeCoarse ? question.previewPrecision : GemmPrecision::Exact);
    // What depends on the prompt follows from it and the edits asked for: those identify the pass.
    const std::optional<Intervention> prepared = preparedFor(intervention, stop);
    if (!prepared)
        return nullptr;
    const std::shared_ptr<const PassResult> pass = passFor(question, *prepared, plan, stop, observer);
    if (!pass)
        return nullptr;
    if (kept) { // only the patterns of a layer are new
        auto snapshot = std::make_shared<Snapshot>(*kept);
        snapshot->pass = pass;
        describePatterns(*pass, *snapshot);
        snapshot->elapsedMs = millisecondsSince(start);
        return snapshot;
    }
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->prompt = m_prompt;
    snapshot->intervention = intervention;
    snapshot->pass = pass;
    snapshot->precision = m_gemm.precision();
    snapshot->logProbabilities = std::make_shared<const std::vector<double>>(logSoftmax(pass->logitsLast));
    const std::vector<double> &logProbabilities = *snapshot->logProbabilities;
    auto answers = scoreAnswers(*m_transformer,
        {.prompt = *m_prompt,
            .pass = *pass,
            .logProbabilitiesLast = logProbabilities,
            .answers = question.answers,
            .intervention = &*prepared},
        stop);
    if (!answers)
        return nullptr;
    snapshot->output.entropyNats = entropyNats(logProbabilities);
    snapshot->output.top = topTokens(logProbabilities, question.topCount, *m_model->tokenizer);
    snapshot->output.answers = std::move(*answers);
    if (m_baseline && !intervention.changesNothing())
        snapshot->klFromBaselineNats = klDivergenceNats(*m_baseline->logProbabilities, logProbabilities);
    describePatterns(*pass, *snapshot);
    snapshot->elapsedMs = millisecondsSince(start);
    return snapshot;
}

std::optional<PassAnswer> Engine::complete(const PassAnswer &answer, const StopToken &stop)
{
    const auto completed = [this](const std::shared_ptr<const Snapshot> &preview) {
        if (preview->stage == SnapshotStage::Full)
            return preview;
        auto full = std::make_shared<Snapshot>(*preview);
        full->stage = SnapshotStage::Full;
        full->heads = headMetrics(full->pass->layers);
        m_checkpoints.put(full);
        return std::shared_ptr<const Snapshot>(std::move(full));
    };
    if (stop.stop_requested())
        return std::nullopt;
    PassAnswer full = answer;
    full.stage = SnapshotStage::Full;
    full.baseline = completed(answer.baseline);
    if (m_baseline == answer.baseline)
        m_baseline = full.baseline;
    if (stop.stop_requested())
        return std::nullopt;
    std::shared_ptr<const Snapshot> edited = answer.edited;
    if (edited->precision != GemmPrecision::Exact) {
        edited = exactEdited(stop);
        if (!edited)
            return std::nullopt;
    }
    full.edited = edited == answer.baseline ? full.baseline : completed(edited);
    return full;
}

/// The edited snapshot of the last preview from Exact products; nullptr when cancelled.
std::shared_ptr<const Snapshot> Engine::exactEdited(const StopToken &stop)
{
    if (m_edited->precision == GemmPrecision::Exact)
        return m_edited;
    m_question.previewPrecision = GemmPrecision::Exact;
    std::shared_ptr<const Snapshot> exact = snapshotOf(m_question, m_edited->intervention, stop);
    if (exact)
        m_edited = exact;
    return exact;
}

std::optional<Engine::EditedPass> Engine::exactEditedPass(const StopToken &stop)
{
    std::shared_ptr<const Snapshot> edited = exactEdited(stop);
    if (!edited)
        return std::nullopt;
    std::optional<Intervention> prepared = preparedFor(edited->intervention, stop);
    if (!prepared)
        return std::nullopt;
    return EditedPass {std::move(edited), std::move(*prepared)};
}

std::optional<Sensitivity> Engine::sensitivity(const StopToken &stop)
{
    requireModel();
    if (!m_edited)
        throw RequestError({.what = "derivatives need a prompt that was computed before"});
    const std::optional<EditedPass> edited = exactEditedPass(stop);
    if (!edited)
        return std::nullopt;
    if (!m_backward)
        m_backward = std::make_unique<BackwardPass>(*m_model, m_gemm);
    SensitivityRequest request;
    request.pass = edited->snapshot->pass.get();
    request.intervention = &edited->prepared;
    request.answers = m_question.answers;
    return deriveOutput(*m_backward, request, stop);
}

} // namespace sinkscope
