// SPDX-License-Identifier: Apache-2.0
// Previews, full answers and curve points.
#include "core/engine/engine.h"

#include "core/base/error.h"

#include <algorithm>
#include <chrono>

namespace sinkscope {

namespace {

double millisecondsSince(std::chrono::steady_clock::time_point start)
{
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

} // namespace

Engine::Engine(EngineOptions options)
    : m_options(options)
    , m_pool(options.threadCount)
    , m_gemm(m_pool)
{
}

Engine::~Engine() = default;

std::shared_ptr<const Model> Engine::loadModel(
    const std::string &path, const ProgressFn &progress, const StopToken &stop)
{
    std::shared_ptr<const Model> loaded = sinkscope::loadModel(path, m_options.load, m_pool, progress, stop);
    if (!loaded)
        return nullptr;
    m_transformer = std::make_unique<Transformer>(*loaded, m_gemm);
    m_model = loaded;
    m_question = {};
    m_prompt.reset();
    m_baseline.reset();
    m_edited.reset();
    return loaded;
}

void Engine::requireModel() const
{
    if (!m_model)
        throw RequestError({.what = "no model is loaded", .wayOut = "Open a model first"});
}

std::optional<PassAnswer> Engine::preview(
    const PassQuestion &question, const StopToken &stop, const PassObserver &observer)
{
    requireModel();
    if (!m_prompt || question.prompt != m_question.prompt) {
        auto prompt = std::make_shared<const TokenizedPrompt>(tokenizePrompt(*m_model, question.prompt));
        m_baseline.reset();
        m_edited.reset();
        m_prompt = std::move(prompt);
        if (observer.promptTokenized)
            observer.promptTokenized(m_prompt);
    }
    m_question = question;
    question.intervention.validate(m_model->config.headGrid(), static_cast<int>(m_prompt->ids.size()));
    const std::shared_ptr<const Snapshot> baseline = snapshotOf(question, Intervention(), stop, observer);
    if (!baseline)
        return std::nullopt;
    m_baseline = baseline;
    std::shared_ptr<const Snapshot> edited = baseline;
    if (!question.intervention.changesNothing()) {
        edited = snapshotOf(question, question.intervention, stop, observer);
        if (!edited)
            return std::nullopt;
        m_edited = edited;
    }
    return PassAnswer {question.id, SnapshotStage::Preview, baseline, edited};
}

std::vector<RestartCandidate> Engine::candidates() const
{
    std::vector<RestartCandidate> found;
    for (const auto &snapshot : {m_baseline, m_edited})
        if (snapshot)
            found.push_back({snapshot->pass, &snapshot->intervention});
    return found;
}

std::shared_ptr<const PassResult> Engine::passFor(const PassQuestion &question,
    const Intervention &intervention, const StopToken &stop, const PassObserver &observer)
{
    const RestartPlan plan = planRestart(candidates(), intervention, question.patternLayers);
    if (plan.complete)
        return plan.pass;
    PassRequest request;
    request.tokens = m_prompt->ids;
    request.intervention = intervention.changesNothing() ? nullptr : &intervention;
    request.capture.patternBudgetBytes = question.patternBudgetBytes;
    request.capture.patternLayers = question.patternLayers;
    request.restartFrom = plan.pass;
    request.restartLayer = plan.layer;
    request.progress = observer.progressed;
    return m_transformer->run(request, stop);
}

std::shared_ptr<const Snapshot> Engine::snapshotOf(const PassQuestion &question,
    const Intervention &intervention, const StopToken &stop, const PassObserver &observer)
{
    const auto start = std::chrono::steady_clock::now();
    const std::shared_ptr<const PassResult> pass = passFor(question, intervention, stop, observer);
    if (!pass)
        return nullptr;
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->prompt = m_prompt;
    snapshot->intervention = intervention;
    snapshot->pass = pass;
    snapshot->logProbabilities = std::make_shared<const std::vector<double>>(logSoftmax(pass->logitsLast));
    const std::vector<double> &logProbabilities = *snapshot->logProbabilities;
    auto answers = scoreAnswers(
        *m_transformer, *m_prompt, *pass, logProbabilities, question.answers, &snapshot->intervention, stop);
    if (!answers)
        return nullptr;
    snapshot->output.entropyNats = entropyNats(logProbabilities);
    snapshot->output.top = topTokens(logProbabilities, question.topCount, *m_model->tokenizer);
    snapshot->output.answers = std::move(*answers);
    if (m_baseline && !intervention.changesNothing())
        snapshot->klFromBaselineNats = klDivergenceNats(*m_baseline->logProbabilities, logProbabilities);
    snapshot->patternsLeftOut =
        std::ranges::any_of(pass->layers, [](const auto &layer) { return !layer->hasPatterns(); });
    snapshot->elapsedMs = millisecondsSince(start);
    return snapshot;
}

std::optional<PassAnswer> Engine::complete(const PassAnswer &answer, const StopToken &stop)
{
    const auto completed = [](const Snapshot &preview) {
        auto full = std::make_shared<Snapshot>(preview);
        full->stage = SnapshotStage::Full;
        if (!full->heads)
            full->heads = headMetrics(full->pass->layers);
        return full;
    };
    if (stop.stop_requested())
        return std::nullopt;
    PassAnswer full = answer;
    full.stage = SnapshotStage::Full;
    full.baseline = completed(*answer.baseline);
    if (stop.stop_requested())
        return std::nullopt;
    full.edited = answer.edited == answer.baseline ? full.baseline : completed(*answer.edited);
    return full;
}

std::optional<CurvePoint> Engine::curvePoint(
    const CurveQuestion &curve, std::size_t index, const StopToken &stop)
{
    requireModel();
    if (!m_baseline)
        throw RequestError({.what = "a curve needs a prompt that was computed before"});
    const double gamma = curve.gammas[index];
    Intervention intervention = m_question.intervention;
    for (const CurveHead &moved : curve.scope)
        intervention.setFactor(moved.head, moved.ratio * gamma);
    PassQuestion question = m_question;
    question.patternBudgetBytes = 0; // a point shows figures, no map
    question.patternLayers.clear();
    question.topCount = 0;
    const std::shared_ptr<const Snapshot> snapshot = snapshotOf(question, intervention, stop);
    if (!snapshot)
        return std::nullopt;
    CurvePoint point;
    point.id = curve.id;
    point.index = index;
    point.gamma = gamma;
    point.outputEntropyNats = snapshot->output.entropyNats;
    for (const AnswerScore &answer : snapshot->output.answers)
        point.answerProbabilities.push_back(answer.p);
    point.margin = snapshot->output.margin();
    point.klFromBaselineNats = snapshot->klFromBaselineNats;
    const LayerRecord &focus = *snapshot->pass->layers[curve.focus.layer.asSize()];
    const std::size_t last = focus.tokenCount() - 1;
    const std::size_t head = curve.focus.head.asSize();
    point.focusSinkMass = static_cast<double>(focus.sinkMass.at(head, last));
    point.focusEntropyNats = static_cast<double>(focus.entropy.at(head, last));
    point.focusRestEntropyNats = static_cast<double>(focus.restEntropy.at(head, last));
    return point;
}

} // namespace sinkscope
