// SPDX-License-Identifier: Apache-2.0
// The window's side of the engine: ids, and dropping what is no longer wanted.
#include "ui/bridge/engine_controller.h"

#include <utility>

namespace sinkscope::ui {

namespace {

template <typename... Cases> struct Overloaded : Cases... {
    using Cases::operator()...;
};
template <typename... Cases> Overloaded(Cases...) -> Overloaded<Cases...>;

} // namespace

EngineController::EngineController(EngineBackend &backend, ResultRelay &relay, QObject *parent)
    : QObject(parent)
    , m_backend(backend)
    , m_relay(relay)
{
    m_relay.open(this, [this](const EngineEvent &event) { receive(event); });
}

EngineController::~EngineController()
{
    m_relay.close();
}

void EngineController::openModel(const QString &path)
{
    m_loadId = m_nextId++;
    m_verifyId = 0; // the engine ends it
    Q_EMIT loadStarted(path);
    m_backend.openModel(m_loadId, path.toStdString());
}

void EngineController::cancelLoad()
{
    if (m_loadId != 0)
        m_backend.cancelLoad();
}

RequestId EngineController::ask(PassQuestion question, Supersede supersede)
{
    question.id = m_nextId++;
    m_passId = question.id;
    m_curveId = 0;
    m_waiting = true;
    if (supersede == Supersede::EarlierAnswers)
        m_oldestWanted = m_passId;
    m_backend.ask(question);
    return m_passId;
}

RequestId EngineController::askCurve(CurveQuestion question)
{
    question.id = m_nextId++;
    m_curveId = question.id;
    m_backend.askCurve(question);
    return m_curveId;
}

RequestId EngineController::askSensitivity()
{
    m_backend.askSensitivity(m_passId);
    return m_passId;
}

void EngineController::askHeadScores(HeadScoreKind kind, std::optional<TokenId> attributed)
{
    m_backend.askHeadScores({.pass = m_passId, .kind = kind, .attributed = attributed});
}

void EngineController::askPosition(TokenPos position, LensLayers layers)
{
    m_backend.askPosition({.pass = m_passId, .position = position, .layers = layers});
}

void EngineController::askGeneration(GenerationQuestion question)
{
    question.id = m_nextId++;
    m_generationId = question.id;
    m_backend.askGeneration(question);
}

void EngineController::cancelGeneration()
{
    m_generationId = 0;
    m_backend.cancelGeneration();
}

void EngineController::verify()
{
    m_verifyId = m_nextId++;
    m_backend.verify(m_verifyId);
}

void EngineController::cancelVerify()
{
    m_verifyId = 0;
    m_backend.cancelVerify();
}

void EngineController::cancelAll()
{
    m_oldestWanted = m_nextId;
    m_curveId = 0;
    m_waiting = false;
    m_backend.cancelAll();
}

void EngineController::receiveAnswer(const PassAnswer &answer)
{
    if (answer.id < m_oldestWanted)
        return;
    m_oldestWanted = answer.id; // never backwards
    if (answer.stage == SnapshotStage::Preview) {
        Q_EMIT previewReady(answer);
        return;
    }
    if (answer.id == m_passId)
        m_waiting = false;
    Q_EMIT fullReady(answer);
}

void EngineController::receiveVerification(const EngineEvent &event)
{
    if (const auto *progress = std::get_if<VerifyProgressed>(&event)) {
        if (progress->id == m_verifyId)
            Q_EMIT verifyProgressed(progress->fraction, QString::fromStdString(progress->step));
    } else if (const auto *ended = std::get_if<VerifyEnded>(&event)) {
        if (ended->id != m_verifyId)
            return;
        m_verifyId = 0;
        Q_EMIT verified(ended->report);
    } else if (const auto *refused = std::get_if<VerifyRefused>(&event)) {
        if (refused->id != m_verifyId)
            return;
        m_verifyId = 0;
        Q_EMIT verifyFailed(userMessage(tr("This model cannot be verified"), refused->error));
    }
}

void EngineController::receiveScores(const HeadScoresComputed &computed)
{
    if (isOfNewestPass(computed.answer->question.pass))
        Q_EMIT headScoresReady(computed.answer);
}

void EngineController::receiveRefusal(const HeadScoresRefused &refused)
{
    if (isOfNewestPass(refused.question.pass))
        Q_EMIT headScoresFailed(
            refused.question, userMessage(tr("The scores of heads cannot be computed"), refused.error));
}

void EngineController::receivePosition(const EngineEvent &event)
{
    if (const auto *computed = std::get_if<PositionComputed>(&event)) {
        if (isOfNewestPass(computed->answer->question.pass))
            Q_EMIT positionReady(computed->answer);
    } else if (const auto *refused = std::get_if<PositionRefused>(&event)) {
        if (isOfNewestPass(refused->question.pass))
            Q_EMIT positionFailed(
                refused->question, userMessage(tr("The output there cannot be computed"), refused->error));
    }
}

void EngineController::receiveGeneration(const EngineEvent &event)
{
    if (const auto *advanced = std::get_if<GenerationAdvanced>(&event)) {
        if (advanced->answer->question.id != m_generationId)
            return;
        if (advanced->answer->isComplete())
            m_generationId = 0;
        Q_EMIT generationAdvanced(advanced->answer);
    } else if (const auto *refused = std::get_if<GenerationRefused>(&event)) {
        if (refused->id != m_generationId)
            return;
        m_generationId = 0;
        Q_EMIT generationFailed(userMessage(tr("No text can be generated"), refused->error));
    }
}

void EngineController::receiveModel(const LoadSucceeded &loaded)
{
    if (loaded.id != m_loadId)
        return;
    m_loadId = 0;
    m_oldestWanted = m_nextId; // answers of the former model are no longer wanted
    m_curveId = 0;
    m_generationId = 0;
    Q_EMIT modelLoaded(loaded.model);
}

void EngineController::receive(const EngineEvent &event)
{
    std::visit(Overloaded {
                   [this](const LoadProgressed &progress) {
                       if (progress.id == m_loadId)
                           Q_EMIT modelLoading(progress.fraction, QString::fromStdString(progress.step));
                   },
                   [this](const LoadSucceeded &loaded) { receiveModel(loaded); },
                   [this](const LoadRefused &refused) {
                       if (refused.id != m_loadId)
                           return;
                       m_loadId = 0;
                       Q_EMIT loadFailed(userMessage(tr("This file cannot be opened"), refused.error));
                   },
                   [this](const LoadStopped &stopped) {
                       if (stopped.id != m_loadId)
                           return;
                       m_loadId = 0;
                       Q_EMIT loadCancelled();
                   },
                   [this](const PassBegan &began) {
                       if (began.id == m_passId)
                           Q_EMIT passStarted();
                   },
                   [this](const PromptTokenized &tokenized) {
                       if (tokenized.id >= m_oldestWanted)
                           Q_EMIT promptTokenized(tokenized.prompt);
                   },
                   [this](const PassProgressed &progress) {
                       if (progress.id >= m_oldestWanted)
                           Q_EMIT passProgressed(progress.fraction);
                   },
                   [this](const PassAnswer &answer) { receiveAnswer(answer); },
                   [this](const PassRefused &refused) {
                       if (refused.id != m_passId)
                           return;
                       m_waiting = false;
                       Q_EMIT passFailed(userMessage(tr("This prompt cannot be run"), refused.error));
                   },
                   [this](const CurvePoint &point) {
                       if (point.id == m_curveId)
                           Q_EMIT curvePointReady(point);
                   },
                   [this](const SensitivityDerived &derived) {
                       if (isOfNewestPass(derived.id))
                           Q_EMIT sensitivityReady(derived.sensitivity);
                   },
                   [this](const SensitivityRefused &refused) {
                       if (isOfNewestPass(refused.id))
                           Q_EMIT sensitivityFailed(
                               userMessage(tr("The effects cannot be predicted"), refused.error));
                   },
                   [this](const HeadScoresComputed &computed) { receiveScores(computed); },
                   [this](const HeadScoresRefused &refused) { receiveRefusal(refused); },
                   [&](const PositionComputed &) { receivePosition(event); },
                   [&](const PositionRefused &) { receivePosition(event); },
                   [&](const GenerationAdvanced &) { receiveGeneration(event); },
                   [&](const GenerationRefused &) { receiveGeneration(event); },
                   [&](const auto &) { receiveVerification(event); },
               },
        event);
}

} // namespace sinkscope::ui
