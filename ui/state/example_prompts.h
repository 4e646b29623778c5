// SPDX-License-Identifier: Apache-2.0
// The prompts offered in the toolbar; the first is shown at the first start.
#pragma once

#include "ui/state/edit_list.h"

#include <QtCore/QString>

#include <vector>

namespace sinkscope::ui {

struct ExamplePrompt {
    QString name;
    PromptSpec prompt;
    std::vector<std::string> answers;
};

std::vector<ExamplePrompt> examplePrompts();

} // namespace sinkscope::ui
