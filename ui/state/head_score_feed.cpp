// SPDX-License-Identifier: Apache-2.0
// Scores of heads, asked for in idle time.
#include "ui/state/head_score_feed.h"

namespace sinkscope::ui {

namespace {

const Matrix *writtenOrNull(const HeadScores &scores, HeadMeasure measure)
{
    switch (measure) {
    case HeadMeasure::EntropyShareLast:
        return &scores.normalisedEntropyLast;
    case HeadMeasure::SinkValueRatio:
        return &scores.sinkValueRatio;
    case HeadMeasure::OutputNorm:
        return &scores.outputNormLast;
    case HeadMeasure::OutputRatio:
        return &scores.outputRatioLast;
    default:
        break;
    }
    return scores.attribution ? &*scores.attribution : nullptr;
}

const Matrix *sidelessOrNull(const HeadScoreAnswer &answer, HeadMeasure measure)
{
    switch (measure) {
    case HeadMeasure::PreviousToken:
        return &answer.repetition->previousToken;
    case HeadMeasure::DuplicateToken:
        return &answer.repetition->duplicateToken;
    case HeadMeasure::Induction:
        return &answer.repetition->induction;
    case HeadMeasure::AblationMargin:
        return answer.ablation->margin ? &*answer.ablation->margin : nullptr;
    default:
        break;
    }
    return &answer.ablation->entropy;
}

} // namespace

std::optional<HeadScoreKind> scoreKindOf(HeadMeasure measure)
{
    switch (measure) {
    case HeadMeasure::EntropyShareLast:
    case HeadMeasure::SinkValueRatio:
    case HeadMeasure::OutputNorm:
    case HeadMeasure::OutputRatio:
    case HeadMeasure::Attribution:
        return HeadScoreKind::Written;
    case HeadMeasure::PreviousToken:
    case HeadMeasure::DuplicateToken:
    case HeadMeasure::Induction:
        return HeadScoreKind::Repetition;
    case HeadMeasure::AblationMargin:
    case HeadMeasure::AblationEntropy:
        return HeadScoreKind::Ablation;
    default:
        break;
    }
    return std::nullopt;
}

HeadScoreFeed::HeadScoreFeed(EngineController &engine, AppState &state, QObject *parent)
    : QObject(parent)
    , m_engine(engine)
    , m_state(state)
{
    connect(&engine, &EngineController::headScoresReady, this, &HeadScoreFeed::take);
    connect(&engine, &EngineController::headScoresFailed, this, &HeadScoreFeed::takeFailure);
    connect(&state, &AppState::completed, this, &HeadScoreFeed::pump);
    connect(&state, &AppState::promptChanged, this, &HeadScoreFeed::changed);
    connect(&state, &AppState::answersChanged, this, &HeadScoreFeed::changed);
    connect(&state, &AppState::editsChanged, this, &HeadScoreFeed::changed);
    connect(&state, &AppState::modelChanged, this, [this] {
        m_known = {};
        m_attributed.reset();
        Q_EMIT changed();
    });
}

void HeadScoreFeed::setNeed(std::optional<HeadScoreKind> need)
{
    m_need = need;
    pump();
}

void HeadScoreFeed::setAttributed(std::optional<TokenId> token)
{
    if (m_attributed == token)
        return;
    m_attributed = token;
    Q_EMIT changed();
    pump();
}

HeadScoreFeed::Key HeadScoreFeed::presentKey(HeadScoreKind kind) const
{
    if (kind == HeadScoreKind::Repetition) // of the model alone
        return {};
    return {m_state.session().prompt, m_state.session().answers, m_state.intervention(),
        kind == HeadScoreKind::Written ? m_attributed : std::nullopt};
}

void HeadScoreFeed::pump()
{
    if (!m_need || !m_state.isComplete())
        return;
    const Key key = presentKey(*m_need);
    const Known &present = known(*m_need);
    const bool isWhole = !present.answer || present.answer->isComplete;
    if (present.key == key && isWhole)
        return;
    const RequestId newest = m_engine.latestPass();
    if (m_askedId == newest && m_askedKind == m_need && m_askedKey == key)
        return;
    m_askedKind = m_need;
    m_askedKey = key;
    m_askedId = newest;
    m_engine.askHeadScores(*m_need, key.attributed);
}

void HeadScoreFeed::take(const std::shared_ptr<const HeadScoreAnswer> &answer)
{
    if (m_askedKind != answer->question.kind || m_askedKey.attributed != answer->question.attributed)
        return;
    known(answer->question.kind) = {answer, std::nullopt, m_askedKey};
    Q_EMIT changed();
}

void HeadScoreFeed::takeFailure(const HeadScoreQuestion &question, const UserMessage &message)
{
    if (m_askedKind != question.kind)
        return;
    known(question.kind) = {nullptr, message, m_askedKey};
    Q_EMIT changed();
}

const HeadScoreFeed::Known *HeadScoreFeed::knownFor(HeadMeasure measure) const
{
    const std::optional<HeadScoreKind> kind = scoreKindOf(measure);
    return kind && known(*kind).answer ? &known(*kind) : nullptr;
}

const Matrix *HeadScoreFeed::baselineOrNull(HeadMeasure measure) const
{
    const Known *scores = knownFor(measure);
    if (!scores)
        return nullptr;
    return scores->answer->baseline ? writtenOrNull(*scores->answer->baseline, measure)
                                    : sidelessOrNull(*scores->answer, measure);
}

const Matrix *HeadScoreFeed::editedOrNull(HeadMeasure measure) const
{
    const Known *scores = knownFor(measure);
    if (!scores)
        return nullptr;
    return scores->answer->edited ? writtenOrNull(*scores->answer->edited, measure)
                                  : sidelessOrNull(*scores->answer, measure);
}

QString HeadScoreFeed::missingReason(HeadMeasure measure) const
{
    const std::optional<HeadScoreKind> kind = scoreKindOf(measure);
    if (!kind)
        return {};
    const Known &scores = known(*kind);
    if (scores.failure && !isOld(measure))
        return scores.failure->oneLine();
    if (scores.answer && !isOld(measure)) // only a margin can be missing
        return tr("No margin: it needs two answers that begin with different tokens, parted by || in the "
                  "answers line.");
    if (m_state.isCancelled() || m_state.passError())
        return tr("not computed");
    return tr("being computed");
}

bool HeadScoreFeed::isOld(HeadMeasure measure) const
{
    const std::optional<HeadScoreKind> kind = scoreKindOf(measure);
    return kind && known(*kind).key && !(*known(*kind).key == presentKey(*kind));
}

std::optional<AttributedLogit> HeadScoreFeed::attributed() const
{
    const std::shared_ptr<const HeadScoreAnswer> &answer = known(HeadScoreKind::Written).answer;
    return answer ? answer->attributed : std::nullopt;
}

QString HeadScoreFeed::progress(HeadMeasure measure) const
{
    const Known *scores = knownFor(measure);
    if (!scores || scores->answer->isComplete || !scores->answer->ablation)
        return {};
    return tr("%1 of %2 heads")
        .arg(scores->answer->ablation->measured)
        .arg(scores->answer->ablation->entropy.values().size());
}

RepeatedTokens HeadScoreFeed::repeated() const
{
    const std::shared_ptr<const HeadScoreAnswer> &answer = known(HeadScoreKind::Repetition).answer;
    return answer ? answer->repeated : RepeatedTokens {};
}

} // namespace sinkscope::ui
