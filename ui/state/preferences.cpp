// SPDX-License-Identifier: Apache-2.0
// Keeps what was chosen and hands it on.
#include "ui/state/preferences.h"

namespace sinkscope::ui {

Preferences::Preferences(Settings &settings, EngineController &engine, AppState &state, QObject *parent)
    : QObject(parent)
    , m_settings(settings)
    , m_engine(engine)
    , m_state(state)
    , m_values(settings.preferences())
{
    tellEngine();
}

void Preferences::set(const PreferenceValues &values)
{
    if (m_values == values)
        return;
    const PreferenceValues before = m_values;
    m_values = values;
    m_settings.setPreferences(values);
    tellEngine();
    Q_EMIT changed(before);
}

void Preferences::tellEngine()
{
    m_engine.setLimits({.threadCount = m_values.threads,
        .checkpointBudgetBytes = std::size_t(m_values.answerBytes.value_or(kUsualAnswerBytes))});
    PassLimits limits;
    if (m_values.captureBytes)
        limits.patternBudgetBytes = std::size_t(*m_values.captureBytes);
    limits.dragPrecision = m_values.dragPrecision;
    m_state.setPassLimits(limits);
}

} // namespace sinkscope::ui
