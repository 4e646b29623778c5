// SPDX-License-Identifier: Apache-2.0
// Points of curves, many in one pass where each answer is one token.
#include "core/base/error.h"
#include "core/engine/engine.h"
#include "core/intervention/intervention_diff.h"
#include "core/search/variant_batch.h"

#include <algorithm>
#include <cmath>

namespace sinkscope {

namespace {

constexpr std::size_t kFirstPoints = 5; // of a curve, computed before the rest

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

/// Gives the edit of `head` with the target of `turned` this factor; 1 takes it away.
void turn(Intervention &variant, const HeadEdit &turned, HeadRef head, double gamma)
{
    HeadEdit edit = turned;
    edit.head = head;
    edit.gamma = gamma;
    if (edit.hasEffect())
        variant.set(edit);
    else
        variant.remove(edit);
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
            turn(variants[index], curve.turned, moved.head, moved.ratio * curve.gammas[first + index]);
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
    question.previewPrecision = GemmPrecision::Exact;
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
