// SPDX-License-Identifier: Apache-2.0
// The window's side of the engine: gives each question an id and passes on only answers that are still
// wanted.
#pragma once

#include "ui/bridge/result_relay.h"
#include "ui/bridge/user_message.h"

#include <QtCore/QObject>
#include <QtCore/QString>

namespace sinkscope::ui {

/// Owner of the request ids. Owner: the composition root. Threads: the thread of the window only; it never
/// waits. Validity: backend and relay must outlive it; its destructor closes the relay.
class EngineController : public QObject {
    Q_OBJECT

public:
    EngineController(EngineBackend &backend, ResultRelay &relay, QObject *parent = nullptr);
    ~EngineController() override;

    /// Holds from the next work of the engine on.
    void setLimits(const EngineLimits &limits) { m_backend.setLimits(limits); }
    void openModel(const QString &path);
    void cancelLoad();
    bool isLoading() const { return m_loadId != 0; }

    /// What a new question does to answers on the way: drops them (another prompt), or lets them be shown
    /// until a newer one comes (steps of one drag: dropping them would leave the picture without any).
    enum class Supersede { EarlierAnswers, OnlyEarlierWaiting };
    /// Asks; the id of `question` is filled in here and returned.
    RequestId ask(PassQuestion question, Supersede supersede);
    RequestId askCurve(CurveQuestion question);
    /// Asks for the derivatives at the newest question, whose id is returned.
    RequestId askSensitivity();
    /// Asks for scores of heads at the newest question.
    void askHeadScores(HeadScoreKind kind, std::optional<TokenId> attributed);
    /// Asks for the output at a position at the newest question.
    void askPosition(TokenPos position, LensLayers layers);
    /// Asks for texts after the prompt of the newest question; the id of `question` is filled in here.
    void askGeneration(GenerationQuestion question);
    void cancelGeneration();
    /// Asks for the trust report of the loaded model.
    void verify();
    void cancelVerify();
    void cancelAll();
    /// The newest question asked; 0 before the first.
    RequestId latestPass() const { return m_passId; }
    bool isPassRunning() const { return m_waiting; }

Q_SIGNALS:
    void loadStarted(const QString &path);
    void modelLoading(double fraction, const QString &step);
    void modelLoaded(const std::shared_ptr<const Model> &model);
    void loadFailed(const UserMessage &message);
    void loadCancelled();
    void passStarted();
    void promptTokenized(const std::shared_ptr<const TokenizedPrompt> &prompt); ///< before its first pass
    void passProgressed(double fraction); ///< share of the layers of the running pass
    void previewReady(const PassAnswer &answer);
    void fullReady(const PassAnswer &answer);
    void passFailed(const UserMessage &message);
    void curvePointReady(const sinkscope::CurvePoint &point);
    void sensitivityReady(const std::shared_ptr<const Sensitivity> &sensitivity); ///< at the newest question
    void sensitivityFailed(const UserMessage &message);
    void headScoresReady(const std::shared_ptr<const HeadScoreAnswer> &answer); ///< at the newest question
    void headScoresFailed(const HeadScoreQuestion &question, const UserMessage &message);
    void positionReady(const std::shared_ptr<const PositionAnswer> &answer); ///< at the newest question
    void positionFailed(const PositionQuestion &question, const UserMessage &message);
    void generationAdvanced(const std::shared_ptr<const GenerationAnswer> &answer); ///< after each token
    void generationFailed(const UserMessage &message);
    void verifyProgressed(double fraction, const QString &step);
    void verified(const std::shared_ptr<const VerifyReport> &report);
    void verifyFailed(const UserMessage &message);

private:
    void receive(const EngineEvent &event);
    void receiveAnswer(const PassAnswer &answer);
    bool isOfNewestPass(RequestId pass) const { return pass == m_passId && pass >= m_oldestWanted; }
    void receiveModel(const LoadSucceeded &loaded);
    void receiveScores(const HeadScoresComputed &computed);
    void receiveRefusal(const HeadScoresRefused &refused);
    void receivePosition(const EngineEvent &event);
    void receiveGeneration(const EngineEvent &event);
    void receiveVerification(const EngineEvent &event);

    EngineBackend &m_backend;
    ResultRelay &m_relay;
    RequestId m_nextId = 1;
    RequestId m_loadId = 0; // 0: no load runs
    RequestId m_passId = 0;
    RequestId m_oldestWanted = 1; // answers to earlier questions are dropped
    RequestId m_curveId = 0; // 0: no curve wanted
    RequestId m_generationId = 0; // 0: no text wanted
    RequestId m_verifyId = 0; // 0: no verification wanted
    bool m_waiting = false; // the newest question has no Full answer yet
};

} // namespace sinkscope::ui
