// SPDX-License-Identifier: Apache-2.0
// `tokenize`: the tokens that the model would read, without loading the weights.
#include "app/cli_command_list.h"

#include "app/cli_options.h"
#include "app/cli_session.h"
#include "app/cli_text.h"
#include "core/base/utf8.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <limits>
#include <memory>
#include <ostream>

namespace sinkscope {

namespace {

struct TokenizeOptions {
    ModelOptions model;
    PromptOptions prompt;
    bool json = false;
};

void printJson(std::ostream &out, const TokenizedPrompt &prompt)
{
    nlohmann::ordered_json json;
    json["ids"] = nlohmann::ordered_json::array();
    for (const TokenId id : prompt.ids)
        json["ids"].push_back(id.value);
    json["pieces"] = nlohmann::ordered_json::array();
    for (const std::string &piece : prompt.pieces)
        json["pieces"].push_back(repairUtf8(piece));
    out << json.dump() << '\n';
}

void printText(std::ostream &out, const TokenizedPrompt &prompt)
{
    TextTable table({"position", "id", "text"});
    for (std::size_t position = 0; position < prompt.ids.size(); ++position)
        table.add({std::to_string(position), std::to_string(prompt.ids[position].value),
            quotedText(prompt.pieces[position])});
    table.print(out);
}

void runTokenize(const TokenizeOptions &options, const CommandContext &context)
{
    const PromptSpec spec = readPromptSpec(options.prompt);
    const auto model = describeTokenizer(resolveModelPath(options.model.model, context.environment));
    const TokenizedPrompt prompt = tokenizePrompt(*model, spec);
    const auto print = options.json ? printJson : printText;
    print(context.out, prompt);
}

} // namespace

CommandAction addTokenizeCommand(CLI::App &program, const ArgumentValues &values)
{
    auto options = std::make_shared<TokenizeOptions>();
    CLI::App *command = program.add_subcommand("tokenize", "the tokens of a text, as the model reads it");
    addModelArgument(*command, options->model, ModelArgument::Required);
    addPromptOptions(*command, options->prompt, values, IdsOption::Absent);
    addJsonFlag(*command, options->json);
    command->footer(
        "\nSpecial tokens written in the text are recognised. A piece is a token decoded alone; bytes that\n"
        "are not valid UTF-8 by themselves are shown as U+FFFD.\n\n"
        "Examples:\n  sinkscope-cli tokenize default --text \"The cat sat on the\"\n"
        "  sinkscope-cli tokenize default --text-file prompt.txt --chat --system \"Be brief.\" --json");
    return [options](const CommandContext &context) { runTokenize(*options, context); };
}

} // namespace sinkscope
