// SPDX-License-Identifier: Apache-2.0
// The texts that are generated after the prompt: how, whether one is on its way, and what it belongs to.
#pragma once

#include "ui/state/app_state.h"
#include "ui/state/settings.h"

namespace sinkscope::ui {

/// Asks for texts when a person does, and keeps the last ones. Owner: the composition root. Threads: GUI
/// thread. Validity: controller, state and settings must outlive it.
class GenerationFeed : public QObject {
    Q_OBJECT

public:
    GenerationFeed(EngineController &engine, AppState &state, Settings &settings, QObject *parent = nullptr);

    /// How the next text is generated; remembered.
    const GenerationQuestion &options() const { return m_options; }
    void setOptions(const GenerationQuestion &options);

    bool canStart() const; ///< there is a prompt that ran, or one is being computed
    void start(); ///< anew when one runs
    void stop(); ///< what there is stays
    bool isRunning() const { return m_isRunning; }
    bool isStopped() const { return m_isStopped; } ///< before its end

    /// Both texts so far; nullptr before the first token. Valid until changed().
    std::shared_ptr<const GenerationAnswer> answerOrNull() const { return m_answer; }
    std::optional<UserMessage> failure() const { return m_failure; }

    /// What the texts belong to.
    enum class Age { Current, EarlierEdits, EarlierPrompt };
    Age age() const;

    enum class Text { Baseline, Edited };
    /// Takes the prompt followed by the first `count` tokens of a text as the prompt: one step.
    void openAsPrompt(Text text, std::size_t count);

Q_SIGNALS:
    void optionsChanged();
    void changed(); ///< texts, whether one is on its way, their age

private:
    void take(const std::shared_ptr<const GenerationAnswer> &answer);
    void takeFailure(const UserMessage &message);
    void forget();

    EngineController &m_engine;
    AppState &m_state;
    Settings &m_settings;
    GenerationQuestion m_options;
    std::shared_ptr<const GenerationAnswer> m_answer;
    std::optional<UserMessage> m_failure;
    PromptSpec m_prompt; // what was asked when it began
    bool m_isRunning = false;
    bool m_isStopped = false;
};

/// As JSON text, and back; the usual ones where `json` is not of that form or out of range.
QByteArray generationToJson(const GenerationQuestion &options);
GenerationQuestion generationFromJson(const QByteArray &json);

} // namespace sinkscope::ui
