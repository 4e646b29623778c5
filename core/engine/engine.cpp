// SPDX-License-Identifier: Apache-2.0
// Previews, full answers and curve points.
#include "core/engine/engine.h"

#include "core/base/error.h"
#include "core/intervention/intervention_diff.h"
#include "core/search/variant_batch.h"
#include "core/model/prepare_edits.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace sinkscope {

namespace {

constexpr std::size_t kFirstPoints = 5; // of a curve, computed before the rest

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

} // namespace

Engine::Engine(EngineOptions options)
    : m_options(options)
    , m_pool(options.threadCount)
    , m_gemm(m_pool)
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
    m_transformer = std::make_unique<Transformer>(*loaded, m_gemm);
    m_model = loaded;
    m_question = {};
    m_prompt.reset();
    m_baseline.reset();
    m_edited.reset();
    m_checkpoints.clear();
    return loaded;
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
    full.edited = answer.edited == answer.baseline ? full.baseline : completed(answer.edited);
    return full;
}

std::optional<Sensitivity> Engine::sensitivity(const StopToken &stop)
{
    requireModel();
    if (!m_edited)
        throw RequestError({.what = "derivatives need a prompt that was computed before"});
    const std::optional<Intervention> prepared = preparedFor(m_edited->intervention, stop);
    if (!prepared)
        return std::nullopt;
    if (!m_backward)
        m_backward = std::make_unique<BackwardPass>(*m_model, m_gemm);
    SensitivityRequest request;
    request.pass = m_edited->pass.get();
    request.intervention = &*prepared;
    request.answers = m_question.answers;
    return deriveOutput(*m_backward, request, stop);
}

namespace {

/// What a point says of the distribution after the prompt.
void describeOutput(CurvePoint &point, const Snapshot &baseline, std::span<const double> logProbabilities)
{
    point.outputEntropyNats = entropyNats(logProbabilities);
    point.klFromBaselineNats = klDivergenceNats(*baseline.logProbabilities, logProbabilities);
    const std::vector<AnswerScore> &answers = baseline.output.answers;
    for (const AnswerScore &answer : answers)
        point.answerProbabilities.push_back(std::exp(logProbabilities[answer.ids.front().asSize()]));
    if (answers.size() >= 2)
        point.margin = logProbabilities[answers[0].ids.front().asSize()]
            - logProbabilities[answers[1].ids.front().asSize()];
}

void describeFocus(CurvePoint &point, const RowSummary &lastRow)
{
    point.focusSinkMass = lastRow.sinkMass;
    point.focusEntropyNats = lastRow.entropy;
    point.focusRestEntropyNats = lastRow.restEntropy;
}

} // namespace

std::vector<CurvePoint> Engine::curvePoints(
    const CurveQuestion &curve, std::size_t first, const StopToken &stop)
{
    requireModel();
    if (!m_baseline)
        throw RequestError({.what = "a curve needs a prompt that was computed before"});
    // The first points are wanted soon after the touch, the others cheaply.
    const std::size_t count = std::min({curve.gammas.size() - first, variantsAtOnce(m_prompt->ids.size()),
        first == 0 ? kFirstPoints : curve.gammas.size()});
    std::vector<Intervention> variants(count, m_question.intervention);
    for (std::size_t index = 0; index < count; ++index)
        for (const CurveHead &moved : curve.scope)
            variants[index].setFactor(moved.head, moved.ratio * curve.gammas[first + index]);
    const bool oneTokenEach = std::ranges::all_of(
        m_baseline->output.answers, [](const AnswerScore &answer) { return answer.ids.size() == 1; });
    if (oneTokenEach)
        return stackedPoints(curve, first, variants, stop);
    std::vector<CurvePoint> points;
    if (auto point = singlePoint(curve, first, variants.front(), stop))
        points.push_back(std::move(*point));
    return points;
}

std::vector<CurvePoint> Engine::stackedPoints(const CurveQuestion &curve, std::size_t first,
    std::span<const Intervention> variants, const StopToken &stop)
{
    const auto agreement = [&](const RestartCandidate &candidate) {
        LayerIndex layer(m_model->config.layerCount);
        for (const Intervention &variant : variants)
            layer = std::min(layer, lowestDifferingLayer(*candidate.intervention, variant).value_or(layer));
        return layer;
    };
    const std::vector<RestartCandidate> candidates =
        m_checkpoints.candidates(m_prompt->ids, CheckpointStore::Prompts::Same);
    const RestartCandidate &base = *std::ranges::max_element(candidates, {}, agreement);
    std::vector<Intervention> prepared;
    for (const Intervention &variant : variants)
        if (auto ready = preparedFor(variant, stop))
            prepared.push_back(std::move(*ready));
    const auto preparedBase = preparedFor(*base.intervention, stop);
    std::vector<CurvePoint> points;
    if (!preparedBase || prepared.size() < variants.size())
        return points;
    const WorkStatus status = runVariants(
        *m_transformer,
        {.tokens = m_prompt->ids, .pass = base.pass, .intervention = &*preparedBase, .focus = curve.focus},
        prepared,
        [&](const VariantOutcome &outcome) {
            CurvePoint point;
            point.id = curve.id;
            point.index = first + outcome.index;
            point.gamma = curve.gammas[point.index];
            describeOutput(point, *m_baseline, logSoftmax(outcome.logitsLast));
            describeFocus(point, outcome.focus);
            points.push_back(std::move(point));
        },
        stop);
    return status == WorkStatus::Cancelled ? std::vector<CurvePoint> {} : points;
}

std::optional<CurvePoint> Engine::singlePoint(
    const CurveQuestion &curve, std::size_t index, const Intervention &intervention, const StopToken &stop)
{
    PassQuestion question = m_question;
    question.patternBudgetBytes = 0; // a point shows figures, no map
    question.patternLayers.clear();
    question.topCount = 0;
    const std::shared_ptr<const Snapshot> snapshot = snapshotOf(question, intervention, stop, {});
    if (!snapshot)
        return std::nullopt;
    CurvePoint point;
    point.id = curve.id;
    point.index = index;
    point.gamma = curve.gammas[index];
    point.outputEntropyNats = snapshot->output.entropyNats;
    for (const AnswerScore &answer : snapshot->output.answers)
        point.answerProbabilities.push_back(answer.p);
    point.margin = snapshot->output.margin();
    point.klFromBaselineNats = snapshot->klFromBaselineNats;
    describeFocus(point, lastRowOf(*snapshot->pass, curve.focus));
    return point;
}

} // namespace sinkscope
