// SPDX-License-Identifier: Apache-2.0
// Scores of heads at the last preview.
#include "core/base/error.h"
#include "core/engine/engine.h"

#include <algorithm>

namespace sinkscope {

namespace {

/// First tokens of the first two answers; nothing where they are not two different ones.
std::optional<AttributedLogit> marginOf(const Snapshot &snapshot)
{
    const std::vector<AnswerScore> &answers = snapshot.output.answers;
    if (answers.size() < 2 || answers[0].ids.front() == answers[1].ids.front())
        return std::nullopt;
    return AttributedLogit {answers[0].ids.front(), answers[1].ids.front()};
}

AttributedLogit attributedBy(const HeadScoreQuestion &question, const Snapshot &baseline)
{
    if (question.attributed)
        return {*question.attributed, std::nullopt};
    if (const std::optional<AttributedLogit> margin = marginOf(baseline))
        return *margin;
    const std::vector<double> &logProbabilities = *baseline.logProbabilities;
    const auto most = std::ranges::max_element(logProbabilities) - logProbabilities.begin();
    return {TokenId(static_cast<std::int32_t>(most)), std::nullopt};
}

} // namespace

std::optional<HeadScoreAnswer> Engine::headScores(const HeadScoreQuestion &question, const StopToken &stop)
{
    requireModel();
    if (!m_edited)
        throw RequestError({.what = "scores of heads need a prompt that was computed before"});
    switch (question.kind) {
    case HeadScoreKind::Repetition:
        return repetitionAnswer(question, stop);
    case HeadScoreKind::Ablation:
        return ablationAnswer(question, stop);
    case HeadScoreKind::Written:
        break;
    }
    return writtenAnswer(question, stop);
}

std::optional<HeadScoreAnswer> Engine::writtenAnswer(const HeadScoreQuestion &question, const StopToken &stop)
{
    const std::optional<EditedPass> edited = exactEditedPass(stop);
    if (!edited)
        return std::nullopt;
    HeadScoreAnswer answer;
    answer.question = question;
    answer.attributed = attributedBy(question, *m_baseline);
    if (answer.attributed->token.value < 0
        || answer.attributed->token.value >= m_model->config.vocabularySize)
        throw RequestError({.what = "a token id is outside the vocabulary"});
    const auto scoresOf = [&](const Snapshot &snapshot, const Intervention *intervention) {
        return scoreHeads(*m_model,
            {.pass = snapshot.pass.get(), .intervention = intervention, .attributed = answer.attributed},
            m_pool, stop);
    };
    answer.baseline = scoresOf(*m_baseline, nullptr);
    if (answer.baseline)
        answer.edited = edited->snapshot->pass == m_baseline->pass
            ? answer.baseline
            : scoresOf(*edited->snapshot, &edited->prepared);
    return answer.edited ? std::optional(std::move(answer)) : std::nullopt;
}

std::optional<HeadScoreAnswer> Engine::repetitionAnswer(
    const HeadScoreQuestion &question, const StopToken &stop)
{
    HeadScoreAnswer answer;
    answer.question = question;
    const int longest = (m_model->config.contextLength - 1) / 2;
    answer.repeated.length = std::min(answer.repeated.length, longest);
    if (!m_repetition) {
        const std::vector<TokenId> tokens = repeatedTokenPrompt(*m_model, answer.repeated);
        PassRequest request;
        request.tokens = tokens;
        const std::shared_ptr<const PassResult> pass = m_transformer->run(request, stop);
        if (!pass)
            return std::nullopt;
        m_repetition = repetitionScores(*pass, answer.repeated.length);
    }
    answer.repetition = m_repetition;
    return answer;
}

std::optional<HeadScoreAnswer> Engine::ablationAnswer(
    const HeadScoreQuestion &question, const StopToken &stop)
{
    std::optional<EditedPass> edited = exactEditedPass(stop);
    if (!edited)
        return std::nullopt;
    if (!m_ablation || m_ablation->edited != edited->snapshot) {
        auto run = std::make_unique<AblationRun>();
        run->edited = std::move(edited->snapshot);
        run->prepared = std::move(edited->prepared);
        std::optional<MarginTokens> margin;
        if (const std::optional<AttributedLogit> tokens = marginOf(*run->edited))
            margin = {tokens->token, *tokens->against};
        const VariantBase base {.tokens = run->edited->prompt->ids,
            .pass = run->edited->pass,
            .intervention = &run->prepared,
            .focus = {}};
        run->ablation.emplace(*m_transformer, base, margin);
        m_ablation = std::move(run);
    }
    if (!m_ablation->ablation->done() && m_ablation->ablation->advance(stop) == WorkStatus::Cancelled)
        return std::nullopt;
    HeadScoreAnswer answer;
    answer.question = question;
    answer.ablation = m_ablation->ablation->effects();
    answer.isComplete = m_ablation->ablation->done();
    return answer;
}

} // namespace sinkscope
