// SPDX-License-Identifier: Apache-2.0
// Carries answers from the compute thread to the thread of the window.
#include "ui/bridge/result_relay.h"

#include <QtCore/QMetaObject>
#include <QtCore/QObject>

#include <utility>

namespace sinkscope::ui {

void ResultRelay::open(QObject *context, Handler handler)
{
    const std::scoped_lock lock(m_mutex);
    m_context = context;
    m_handler = std::move(handler);
}

void ResultRelay::close()
{
    const std::scoped_lock lock(m_mutex);
    m_context = nullptr;
    m_handler = nullptr;
}

void ResultRelay::post(EngineEvent event)
{
    const std::scoped_lock lock(m_mutex);
    if (!m_context)
        return;
    QMetaObject::invokeMethod(
        m_context, [handler = m_handler, event = std::move(event)] { handler(event); }, Qt::QueuedConnection);
}

void ResultRelay::loadProgressed(RequestId id, double fraction, const std::string &step)
{
    post(LoadProgressed {id, fraction, step});
}

void ResultRelay::modelLoaded(RequestId id, std::shared_ptr<const Model> model)
{
    post(LoadSucceeded {id, std::move(model)});
}

void ResultRelay::loadFailed(RequestId id, const ErrorParts &error)
{
    post(LoadRefused {id, error});
}

void ResultRelay::loadCancelled(RequestId id)
{
    post(LoadStopped {id});
}

void ResultRelay::passStarted(RequestId id)
{
    post(PassBegan {id});
}

void ResultRelay::promptTokenized(RequestId id, std::shared_ptr<const TokenizedPrompt> prompt)
{
    post(PromptTokenized {id, std::move(prompt)});
}

void ResultRelay::passProgressed(RequestId id, double fraction)
{
    post(PassProgressed {id, fraction});
}

void ResultRelay::passAnswered(const PassAnswer &answer)
{
    post(answer);
}

void ResultRelay::passFailed(RequestId id, const ErrorParts &error)
{
    post(PassRefused {id, error});
}

void ResultRelay::curvePointComputed(const CurvePoint &point)
{
    post(point);
}

void ResultRelay::sensitivityComputed(RequestId id, std::shared_ptr<const Sensitivity> sensitivity)
{
    post(SensitivityDerived {id, std::move(sensitivity)});
}

void ResultRelay::sensitivityFailed(RequestId id, const ErrorParts &error)
{
    post(SensitivityRefused {id, error});
}

void ResultRelay::headScoresComputed(std::shared_ptr<const HeadScoreAnswer> answer)
{
    post(HeadScoresComputed {std::move(answer)});
}

void ResultRelay::headScoresFailed(const HeadScoreQuestion &question, const ErrorParts &error)
{
    post(HeadScoresRefused {question, error});
}

void ResultRelay::positionComputed(std::shared_ptr<const PositionAnswer> answer)
{
    post(PositionComputed {std::move(answer)});
}

void ResultRelay::positionFailed(const PositionQuestion &question, const ErrorParts &error)
{
    post(PositionRefused {question, error});
}

void ResultRelay::generationAdvanced(std::shared_ptr<const GenerationAnswer> answer)
{
    post(GenerationAdvanced {std::move(answer)});
}

void ResultRelay::generationFailed(RequestId id, const ErrorParts &error)
{
    post(GenerationRefused {id, error});
}

void ResultRelay::verifyProgressed(RequestId id, double fraction, const std::string &step)
{
    post(VerifyProgressed {id, fraction, step});
}

void ResultRelay::verified(RequestId id, std::shared_ptr<const VerifyReport> report)
{
    post(VerifyEnded {id, std::move(report)});
}

void ResultRelay::verifyFailed(RequestId id, const ErrorParts &error)
{
    post(VerifyRefused {id, error});
}

} // namespace sinkscope::ui
