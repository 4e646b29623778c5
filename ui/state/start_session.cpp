// SPDX-License-Identifier: Apache-2.0
// What the window begins with.
#include "ui/state/start_session.h"

#include "ui/state/answers_line.h"
#include "ui/state/example_prompts.h"

#include <QtCore/QTimer>

#include <utility>

namespace sinkscope::ui {

SavedSession startSession(const StartWishes &wishes, const Settings &settings)
{
    const ExamplePrompt example = examplePrompts().front();
    SavedSession start;
    start.session.prompt = example.prompt;
    start.session.answers = example.answers;
    start.head = {LayerIndex(-1), HeadIndex(0)};
    const std::optional<SavedSession> saved = settings.session();
    if (saved && !wishes.prompt && !saved->session.prompt.text.empty())
        start = *saved;
    if (wishes.prompt) {
        start.session.prompt = PromptSpec();
        start.session.prompt.text = wishes.prompt->toStdString();
        start.session.answers.clear();
    }
    if (wishes.answers)
        start.session.answers = answersFromLine(*wishes.answers);
    if (wishes.hasEdits)
        start.session.edits = EditList();
    return start;
}

void takeExampleWhenRefused(AppState &state)
{
    QObject::connect(&state, &AppState::passErrorChanged, &state, [&state, isFirst = true]() mutable {
        if (!state.isRefused() || state.baseline())
            return;
        if (state.undoStack().canUndo()) { // of a session that was opened: the last step that runs
            QTimer::singleShot(0, &state, [&state] { state.undoStack().undo(); }); // not amid the refusal
            return;
        }
        if (!std::exchange(isFirst, false))
            return;
        const ExamplePrompt example = examplePrompts().front();
        SessionValue session = state.session();
        session.prompt = example.prompt;
        session.answers = example.answers;
        state.restoreSession(session);
    });
}

} // namespace sinkscope::ui
