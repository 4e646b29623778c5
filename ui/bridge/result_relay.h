// SPDX-License-Identifier: Apache-2.0
// Carries answers from the compute thread to the thread of the window.
#pragma once

#include "core/engine/engine_backend.h"

#include <functional>
#include <mutex>
#include <variant>

class QObject;

namespace sinkscope::ui {

struct LoadProgressed {
    RequestId id;
    double fraction;
    std::string step;
};
struct LoadSucceeded {
    RequestId id;
    std::shared_ptr<const Model> model;
};
struct LoadRefused {
    RequestId id;
    ErrorParts error;
};
struct LoadStopped {
    RequestId id;
};
struct PassBegan {
    RequestId id;
};
struct PromptTokenized {
    RequestId id;
    std::shared_ptr<const TokenizedPrompt> prompt;
};
struct PassProgressed {
    RequestId id;
    double fraction;
};
struct PassRefused {
    RequestId id;
    ErrorParts error;
};
struct SensitivityDerived {
    RequestId id;
    std::shared_ptr<const Sensitivity> sensitivity;
};
struct SensitivityRefused {
    RequestId id;
    ErrorParts error;
};

struct HeadScoresComputed {
    std::shared_ptr<const HeadScoreAnswer> answer;
};
struct HeadScoresRefused {
    HeadScoreQuestion question;
    ErrorParts error;
};

struct PositionComputed {
    std::shared_ptr<const PositionAnswer> answer;
};
struct PositionRefused {
    PositionQuestion question;
    ErrorParts error;
};

struct GenerationAdvanced {
    std::shared_ptr<const GenerationAnswer> answer;
};
struct GenerationRefused {
    RequestId id;
    ErrorParts error;
};

struct VerifyProgressed {
    RequestId id;
    double fraction;
    std::string step;
};
struct VerifyEnded {
    RequestId id;
    std::shared_ptr<const VerifyReport> report;
};
struct VerifyRefused {
    RequestId id;
    ErrorParts error;
};

/// One answer of the engine, as a value.
using EngineEvent = std::variant<LoadProgressed, LoadSucceeded, LoadRefused, LoadStopped, PassBegan,
    PromptTokenized, PassProgressed, PassAnswer, PassRefused, CurvePoint, SensitivityDerived,
    SensitivityRefused, HeadScoresComputed, HeadScoresRefused, PositionComputed, PositionRefused,
    GenerationAdvanced, GenerationRefused, VerifyProgressed, VerifyEnded, VerifyRefused>;

/// The engine's listener: posts each answer as an event to the receiver's thread.
/// Owner: the composition root, which destroys it after the backend. Threads: listener calls from the compute
/// thread, open and close from the receiver's thread. Validity: after close() nothing more is posted.
class ResultRelay : public EngineListener {
public:
    using Handler = std::function<void(const EngineEvent &)>;

    /// Delivers events to `handler` on the thread of `context`, in the order they came.
    void open(QObject *context, Handler handler);
    void close();

    void loadProgressed(RequestId id, double fraction, const std::string &step) override;
    void modelLoaded(RequestId id, std::shared_ptr<const Model> model) override;
    void loadFailed(RequestId id, const ErrorParts &error) override;
    void loadCancelled(RequestId id) override;
    void passStarted(RequestId id) override;
    void promptTokenized(RequestId id, std::shared_ptr<const TokenizedPrompt> prompt) override;
    void passProgressed(RequestId id, double fraction) override;
    void passAnswered(const PassAnswer &answer) override;
    void passFailed(RequestId id, const ErrorParts &error) override;
    void curvePointComputed(const CurvePoint &point) override;
    void sensitivityComputed(RequestId id, std::shared_ptr<const Sensitivity> sensitivity) override;
    void sensitivityFailed(RequestId id, const ErrorParts &error) override;
    void headScoresComputed(std::shared_ptr<const HeadScoreAnswer> answer) override;
    void headScoresFailed(const HeadScoreQuestion &question, const ErrorParts &error) override;
    void positionComputed(std::shared_ptr<const PositionAnswer> answer) override;
    void positionFailed(const PositionQuestion &question, const ErrorParts &error) override;
    void generationAdvanced(std::shared_ptr<const GenerationAnswer> answer) override;
    void generationFailed(RequestId id, const ErrorParts &error) override;
    void verifyProgressed(RequestId id, double fraction, const std::string &step) override;
    void verified(RequestId id, std::shared_ptr<const VerifyReport> report) override;
    void verifyFailed(RequestId id, const ErrorParts &error) override;

private:
    void post(EngineEvent event);

    std::mutex m_mutex; // guards what follows; held while posting, so that the context lives meanwhile
    QObject *m_context = nullptr;
    Handler m_handler;
};

} // namespace sinkscope::ui
