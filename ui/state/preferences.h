// SPDX-License-Identifier: Apache-2.0
// What a person chooses once: look, units, threads, memory, precision, folder of models.
#pragma once

#include "ui/bridge/engine_controller.h"
#include "ui/state/app_state.h"
#include "ui/state/preference_values.h"
#include "ui/state/settings.h"

#include <QtCore/QObject>

namespace sinkscope::ui {

/// Holds them, saves each change, and tells the engine and the state what concerns them; the window takes the
/// look from changed(). Owner: Workbench. Threads: GUI thread. Validity: all given must outlive it.
class Preferences : public QObject {
    Q_OBJECT

public:
    Preferences(Settings &settings, EngineController &engine, AppState &state, QObject *parent = nullptr);

    const PreferenceValues &values() const { return m_values; }
    void set(const PreferenceValues &values);
    /// Automatic everything.
    void restoreDefaults() { set({}); }

    static constexpr std::uint64_t kUsualAnswerBytes = std::uint64_t {512} << 20;
    static constexpr std::uint64_t kUsualPictureBytes = std::uint64_t {16} << 20;
    static constexpr std::uint64_t kFewestBytes = std::uint64_t {1} << 20; ///< of each amount
    static constexpr int kMostThreads = 256;

Q_SIGNALS:
    void changed(const PreferenceValues &before);

private:
    void tellEngine();

    Settings &m_settings;
    EngineController &m_engine;
    AppState &m_state;
    PreferenceValues m_values;
};

} // namespace sinkscope::ui
