// SPDX-License-Identifier: Apache-2.0
// The prompts offered in the toolbar. The two task prompts have the wording of the paper (arXiv 2505.11739).
#include "ui/state/example_prompts.h"

#include <QtCore/QCoreApplication>

namespace sinkscope::ui {

namespace {

PromptSpec promptOf(const char *text, PromptForm form = PromptForm::Raw)
{
    PromptSpec prompt;
    prompt.text = text;
    prompt.form = form;
    return prompt;
}

} // namespace

std::vector<ExamplePrompt> examplePrompts()
{
    const auto named = [](const char *name) { return QCoreApplication::translate("ExamplePrompt", name); };
    return {
        {named(QT_TRANSLATE_NOOP("ExamplePrompt", "SST-2, zero shot")),
            promptOf("Classify the sentence into one of the following categories: positive or negative.\n"
                     "Sentence: a painfully funny ode to bad behavior .\nAnswer:"),
            {" negative", " positive"}},
        {named(QT_TRANSLATE_NOOP("ExamplePrompt", "SUBJ, zero shot")),
            promptOf("Classify the input into one of the following categories: subjective or objective.\n"
                     "Input: the film follows three sisters through one winter .\nType:"),
            {" objective", " subjective"}},
        {named(QT_TRANSLATE_NOOP("ExamplePrompt", "A fact")), promptOf("The capital of France is"),
            {" Paris", " London"}},
        {named(QT_TRANSLATE_NOOP("ExamplePrompt", "A repetition")),
            promptOf("one two three four five one two three four"), {" five", " six"}},
        {named(QT_TRANSLATE_NOOP("ExamplePrompt", "A question in a chat")),
            promptOf("Is the sea salty? Answer with yes or no.", PromptForm::Chat), {"Yes", "No"}},
    };
}

} // namespace sinkscope::ui
