// SPDX-License-Identifier: Apache-2.0
// What the window begins with: given on the command line, else of the last session, else the first example.
#pragma once

#include "ui/state/app_state.h"
#include "ui/state/settings.h"

#include <QtCore/QString>

#include <optional>

namespace sinkscope::ui {

/// What was given on the command line.
struct StartWishes {
    std::optional<QString> prompt;
    std::optional<QString> answers;
    bool hasEdits = false; ///< they replace those of the last session
};

/// A saved prompt without text is left for the first example: it could not run. The head's layer is -1 where
/// a middle one is to be taken.
SavedSession startSession(const StartWishes &wishes, const Settings &settings);

/// Asks the first example instead when the very first prompt is refused (saved with another model, say).
/// Validity: as long as `state`.
void takeExampleWhenRefused(AppState &state);

} // namespace sinkscope::ui
