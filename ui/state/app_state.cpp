// SPDX-License-Identifier: Apache-2.0
// The state of the window.
#include "ui/state/app_state.h"

#include "core/base/free_memory.h"
#include "ui/state/edit_commands.h"

#include <algorithm>
#include <utility>

namespace sinkscope::ui {

namespace {

bool isPassOf(const PassAnswer &answer, const std::shared_ptr<const Snapshot> &former)
{
    return answer.edited && former && answer.edited->pass && answer.edited->pass == former->pass;
}

} // namespace

AppState::AppState(EngineController &engine, QObject *parent)
    : QObject(parent)
    , m_engine(engine)
{
    m_clock.start();
    m_staleTimer.setSingleShot(true);
    m_staleTimer.setInterval(kStaleDelayMs);
    connect(&m_staleTimer, &QTimer::timeout, this, [this] {
        if (!m_isFresh)
            dim();
    });
    m_slowTimer.setSingleShot(true);
    m_slowTimer.setInterval(kProgressDelayMs);
    connect(&m_slowTimer, &QTimer::timeout, this, [this] {
        m_isSlow = true;
        Q_EMIT progressChanged();
    });
    connect(&engine, &EngineController::promptTokenized, this, &AppState::setPendingPrompt);
    connect(&engine, &EngineController::passProgressed, this, &AppState::takeProgress);
    connect(&engine, &EngineController::modelLoaded, this, &AppState::takeModel);
    connect(&engine, &EngineController::loadFailed, this, &AppState::askAgain);
    connect(&engine, &EngineController::loadCancelled, this, &AppState::askAgain);
    connect(&engine, &EngineController::previewReady, this,
        [this](const PassAnswer &answer) { takeAnswer(answer, SnapshotStage::Preview); });
    connect(&engine, &EngineController::fullReady, this,
        [this](const PassAnswer &answer) { takeAnswer(answer, SnapshotStage::Full); });
    connect(&engine, &EngineController::passFailed, this, &AppState::takeError);
}

void AppState::takeModel(const std::shared_ptr<const Model> &model)
{
    const bool hadModel = m_model != nullptr;
    m_model = model;
    m_patternBudgetBytes =
        m_limits.patternBudgetBytes.value_or(usualPatternBudget(availableMemory())); // the weights are loaded
    m_baseline.reset();
    m_edited.reset();
    m_answered.reset();
    m_dragStart.reset();
    m_undo.clear();
    setPassError(std::nullopt); // of the former model
    EditList fitting; // edits of the former model, or of the saved session, that this model has heads for
    for (const EditEntry &entry : m_session.edits.entries()) {
        if (!hadModel && entry.head.layer.value < grid().layerCount
            && entry.head.head.value < grid().headCount) {
            fitting.set({entry.head, entry.gamma});
            fitting.setSwitch(entry.head, entry.isEnabled ? EditSwitch::On : EditSwitch::Off);
        }
    }
    for (const OtherEdit &other : m_session.edits.others()) {
        if (!hadModel && other.edit.head.layer.value < grid().layerCount
            && other.edit.head.head.value < grid().headCount) {
            fitting.setEdit(other.edit);
            fitting.setSwitch(other.edit, other.isEnabled ? EditSwitch::On : EditSwitch::Off);
        }
    }
    for (const auto &[name, heads] : m_session.edits.groups()) {
        const bool isKnown = std::ranges::all_of(heads, [this](HeadRef head) {
            return head.layer.value < grid().layerCount && head.head.value < grid().headCount;
        });
        if (!hadModel && isKnown)
            fitting.setGroup(name, heads);
    }
    m_session.edits = fitting;
    m_session.prompt.ids.clear();
    const RequestId askedBefore = m_engine.latestPass();
    Q_EMIT modelChanged();
    Q_EMIT editsChanged();
    if (m_engine.latestPass() == askedBefore) // a listener may have asked for other edits already
        ask(Asked::OtherPrompt);
}

/// A load ends what is being computed, curves too; with no new model all of it is wanted still.
void AppState::askAgain()
{
    if (m_model)
        ask(Asked::SamePrompt);
}

void AppState::takeAnswer(const PassAnswer &answer, SnapshotStage stage)
{
    const bool isLatest = answer.id == m_engine.latestPass();
    if (std::exchange(m_answeredId, answer.id) != answer.id) // a Full answer has the pass of its Preview
        m_isReusedPass = isPassOf(answer, m_edited) || isPassOf(answer, m_baseline);
    m_baseline = answer.baseline;
    m_edited = answer.edited;
    if (isLatest)
        m_answered = m_session;
    m_isComplete = isLatest && stage == SnapshotStage::Full;
    setPassError(std::nullopt);
    setPendingPrompt(nullptr);
    endProgress();
    if (!isLatest)
        m_slowTimer.start();
    setAnswer(isLatest ? Answer::Newest : Answer::Earlier);
    if (isLatest) {
        m_staleTimer.stop();
        undim();
    }
    Q_EMIT snapshotsChanged();
    if (m_isComplete)
        Q_EMIT completed();
}

void AppState::takeError(const UserMessage &message)
{
    m_staleTimer.stop();
    endProgress();
    setPendingPrompt(nullptr);
    m_isStale = m_baseline != nullptr;
    Q_EMIT staleChanged(); // also when it was stale already: nothing is being computed any more
    setPassError(message);
}

void AppState::restoreSession(const SessionValue &session)
{
    m_undo.clear();
    m_dragStart.reset();
    apply(session);
}

void AppState::change(const SessionValue &after, const QString &text)
{
    const SessionValue before = m_session;
    if (after == before)
        return;
    apply(after);
    pushStep(before, text);
}

void AppState::setPrompt(const PromptSpec &prompt)
{
    SessionValue after = m_session;
    after.prompt = prompt;
    if (after == m_session && m_isCancelled)
        ask(Asked::OtherPrompt);
    change(after, tr("change the prompt"));
}

void AppState::setAnswers(const std::vector<std::string> &answers)
{
    SessionValue after = m_session;
    after.answers = answers;
    change(after, tr("change the answers"));
}

void AppState::setPromptAndAnswers(const PromptSpec &prompt, const std::vector<std::string> &answers)
{
    SessionValue after = m_session;
    after.prompt = prompt;
    after.answers = answers;
    change(after, tr("take an example prompt"));
}

void AppState::pushStep(const SessionValue &before, const QString &text, const QString &factorTarget)
{
    ChangeSessionCommand::Step step {before, m_session, StepKind::Single, factorTarget, m_clock.elapsed()};
    if (!factorTarget.isEmpty())
        step.kind = StepKind::Factor;
    step.followsUndo = m_undo.canRedo();
    // The stack calls redo() at once; apply() sees that nothing changes.
    m_undo.push(new ChangeSessionCommand(step, text, [this](const SessionValue &value) { replay(value); }));
}

void AppState::apply(const SessionValue &session)
{
    if (session == m_session)
        return;
    const SessionValue before = m_session;
    m_session = session;
    const bool otherPrompt = !(before.prompt == session.prompt);
    const bool otherAnswers = before.answers != session.answers;
    const bool otherEffect = !(before.edits.intervention() == session.edits.intervention());
    if (otherPrompt || otherAnswers || otherEffect)
        ask(otherPrompt || otherAnswers ? Asked::OtherPrompt : Asked::SamePrompt);
    if (otherPrompt)
        Q_EMIT promptChanged();
    if (otherAnswers)
        Q_EMIT answersChanged();
    if (!(before.edits == session.edits))
        Q_EMIT editsChanged();
}

void AppState::setShownLayer(LayerIndex layer)
{
    m_shownLayer = layer;
    const auto lacksPattern = [layer](const std::shared_ptr<const Snapshot> &snapshot) {
        return snapshot && layer.asSize() < snapshot->pass->layers.size()
            && !snapshot->pass->layers[layer.asSize()]->hasPatterns();
    };
    if (lacksPattern(m_baseline) || lacksPattern(m_edited))
        ask(Asked::SamePrompt);
}

void AppState::setPassLimits(const PassLimits &limits)
{
    const PassLimits before = std::exchange(m_limits, limits);
    if (!m_model || before.patternBudgetBytes == limits.patternBudgetBytes)
        return;
    m_patternBudgetBytes = limits.patternBudgetBytes.value_or(usualPatternBudget(availableMemory()));
    ask(Asked::SamePrompt);
}

void AppState::showAgain()
{
    if (m_baseline)
        Q_EMIT snapshotsChanged();
}

void AppState::ask(Asked asked)
{
    if (!m_model)
        return;
    PassQuestion question;
    question.prompt = m_session.prompt;
    question.intervention = intervention();
    question.answers = m_session.answers;
    question.patternLayers = {m_shownLayer};
    question.patternBudgetBytes = m_patternBudgetBytes;
    if (isDragging() && m_limits.dragPrecision == DragPrecision::Preview)
        question.previewPrecision = GemmPrecision::TwoTerms;
    setAnswer(Answer::Earlier);
    m_isComplete = false;
    const bool wasCancelled = std::exchange(m_isCancelled, false);
    if (asked == Asked::OtherPrompt)
        endProgress();
    if (!m_slowTimer.isActive() && !m_isSlow)
        m_slowTimer.start();
    if (wasCancelled)
        Q_EMIT progressChanged();
    m_engine.ask(std::move(question),
        asked == Asked::OtherPrompt ? EngineController::Supersede::EarlierAnswers
                                    : EngineController::Supersede::OnlyEarlierWaiting);
    if (!m_staleTimer.isActive() && !m_isStale)
        m_staleTimer.start();
}

void AppState::setAnswer(Answer answer)
{
    const bool isFresh = answer == Answer::Newest;
    if (std::exchange(m_isFresh, isFresh) != isFresh)
        Q_EMIT freshChanged();
}

void AppState::dim()
{
    if (!std::exchange(m_isStale, true))
        Q_EMIT staleChanged();
}

void AppState::undim()
{
    if (std::exchange(m_isStale, false))
        Q_EMIT staleChanged();
}

void AppState::setDraft(Draft draft)
{
    if (std::exchange(m_draft, draft) != draft)
        Q_EMIT staleChanged();
}

Activity AppState::activity() const
{
    return m_isStale && m_engine.isPassRunning() ? Activity::Computing : Activity::Idle;
}

bool AppState::isOfFormerPrompt() const
{
    return m_answered && (m_draft == Draft::Differs || !(m_answered->prompt == m_session.prompt));
}

SessionValue AppState::sessionThatRan() const
{
    SessionValue session = m_session;
    if (m_answered)
        session.prompt = m_answered->prompt;
    return session;
}

void AppState::returnToAnsweredPrompt()
{
    if (isRefused() && m_answered)
        setPrompt(m_answered->prompt);
}

std::optional<double> AppState::progress() const
{
    return m_isSlow ? std::optional(m_fraction) : std::nullopt;
}

void AppState::setPendingPrompt(const std::shared_ptr<const TokenizedPrompt> &prompt)
{
    if (m_pendingPrompt == prompt)
        return;
    m_pendingPrompt = prompt;
    Q_EMIT pendingPromptChanged();
}

void AppState::takeProgress(double fraction)
{
    m_fraction = fraction;
    if (m_isSlow)
        Q_EMIT progressChanged();
}

void AppState::endProgress()
{
    m_slowTimer.stop();
    m_fraction = 0.0;
    if (std::exchange(m_isSlow, false))
        Q_EMIT progressChanged();
}

void AppState::cancelPass()
{
    if (m_isFresh || !m_engine.isPassRunning())
        return;
    m_engine.cancelAll();
    m_staleTimer.stop();
    m_isCancelled = true;
    endProgress();
    setPendingPrompt(nullptr);
    m_dragStart.reset();
    if (m_answered && !(*m_answered == m_session)) {
        const SessionValue before = m_session;
        m_session = *m_answered; // not asked again: its snapshots are here
        pushStep(before, tr("cancel"));
        if (!(before.prompt == m_session.prompt))
            Q_EMIT promptChanged();
        if (before.answers != m_session.answers)
            Q_EMIT answersChanged();
        if (!(before.edits == m_session.edits))
            Q_EMIT editsChanged();
    }
    setAnswer(m_baseline ? Answer::Newest : Answer::Earlier);
    undim();
    if (m_baseline)
        Q_EMIT snapshotsChanged();
    Q_EMIT progressChanged();
}

void AppState::setPassError(const std::optional<UserMessage> &message)
{
    if (m_passError == message)
        return;
    m_passError = message;
    Q_EMIT passErrorChanged();
}

} // namespace sinkscope::ui
