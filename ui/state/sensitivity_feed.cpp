// SPDX-License-Identifier: Apache-2.0
// Predicted effects of every head, asked for in idle time.
#include "ui/state/sensitivity_feed.h"

namespace sinkscope::ui {

SensitivityFeed::SensitivityFeed(EngineController &engine, AppState &state, QObject *parent)
    : QObject(parent)
    , m_engine(engine)
    , m_state(state)
{
    connect(&engine, &EngineController::sensitivityReady, this, &SensitivityFeed::take);
    connect(&engine, &EngineController::sensitivityFailed, this, &SensitivityFeed::takeFailure);
    connect(&state, &AppState::completed, this, &SensitivityFeed::pump);
    connect(&state, &AppState::promptChanged, this, &SensitivityFeed::changed);
    connect(&state, &AppState::answersChanged, this, &SensitivityFeed::changed);
    connect(&state, &AppState::editsChanged, this, &SensitivityFeed::changed);
    connect(&state, &AppState::modelChanged, this, [this] {
        m_sensitivity.reset();
        m_failure.reset();
        m_key.reset();
        Q_EMIT changed();
    });
}

void SensitivityFeed::setNeed(Need need)
{
    m_need = need;
    pump();
}

SensitivityFeed::Key SensitivityFeed::presentKey() const
{
    return {m_state.session().prompt, m_state.session().answers, m_state.intervention()};
}

void SensitivityFeed::pump()
{
    if (m_need == Need::None || !m_state.isComplete() || m_askedId == m_engine.latestPass())
        return;
    const Key key = presentKey();
    if (m_key == key)
        return;
    m_askedKey = key;
    m_askedId = m_engine.askSensitivity();
}

void SensitivityFeed::take(const std::shared_ptr<const Sensitivity> &sensitivity)
{
    m_sensitivity = sensitivity;
    m_failure.reset();
    m_key = m_askedKey;
    Q_EMIT changed();
}

void SensitivityFeed::takeFailure(const UserMessage &message)
{
    m_sensitivity.reset();
    m_failure = message;
    m_key = m_askedKey;
    Q_EMIT changed();
}

bool SensitivityFeed::answersBeginAlike() const
{
    return m_sensitivity && m_sensitivity->firstTokensEqual && m_key->answers == m_state.session().answers;
}

const Matrix *SensitivityFeed::effectOrNull(Effect effect) const
{
    if (!m_sensitivity)
        return nullptr;
    if (effect == Effect::Entropy)
        return &m_sensitivity->dEntropy;
    if (m_state.session().answers.size() < 2 || m_sensitivity->firstTokensEqual || !m_sensitivity->dMargin)
        return nullptr;
    return &*m_sensitivity->dMargin;
}

bool SensitivityFeed::isBeingComputed(Effect effect) const
{
    return obstacleTo(effect).isEmpty();
}

QString SensitivityFeed::missingReason(Effect effect) const
{
    const QString obstacle = obstacleTo(effect);
    return obstacle.isEmpty() ? tr("being computed") : obstacle;
}

QString SensitivityFeed::obstacleTo(Effect effect) const
{
    if (effect == Effect::Margin) {
        const std::size_t answers = m_state.session().answers.size();
        if (answers == 0)
            return tr("No answers: the margin compares two. Give them in the answers line, parted by ||.");
        if (answers == 1)
            return tr("One answer: the margin needs two answers, parted by || in the answers line.");
        if (answersBeginAlike())
            return tr("The answers share their first token: their margin is 0 whatever the factors are.");
    }
    if (m_failure && !isOld())
        return m_failure->oneLine();
    if (m_state.isCancelled() || m_state.passError())
        return tr("not computed");
    return QString();
}

bool SensitivityFeed::isOld() const
{
    return m_key && !(*m_key == presentKey());
}

Effect SensitivityFeed::mainEffect() const
{
    return m_state.session().answers.size() < 2 || answersBeginAlike() ? Effect::Entropy : Effect::Margin;
}

} // namespace sinkscope::ui
