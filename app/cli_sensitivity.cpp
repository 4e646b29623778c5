// SPDX-License-Identifier: Apache-2.0
// `sensitivity`: which heads move the output, from one backward pass.
#include "app/cli_command_list.h"

#include "app/cli_options.h"
#include "app/cli_session.h"
#include "app/cli_text.h"
#include "core/analysis/sensitivity.h"
#include "core/model/prepare_edits.h"
#include "core/base/utf8.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <ostream>

namespace sinkscope {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kListedHeads = 10;

struct SensitivityOptions {
    ModelOptions model;
    PromptOptions prompt;
    EditOptions edits;
    std::optional<std::string> answers;
    bool json = false;
};

std::vector<std::string> readAnswers(const SensitivityOptions &options)
{
    if (!options.answers)
        throw UsageError(
            {.what = "there are no answers to compare", .expected = "--answers \" negative|| positive\""});
    std::vector<std::string> answers = parseAnswers(*options.answers);
    if (answers.size() != 2)
        throw UsageError({.what = "--answers compares two answers",
            .given = fmt::format("{} of them", answers.size()),
            .expected = "two texts separated by ||, such as \" negative|| positive\""});
    return answers;
}

Sensitivity derive(Session &session, const TokenizedPrompt &prompt, const Intervention &edits,
    std::vector<std::string> answers)
{
    PassRequest request;
    request.tokens = prompt.ids;
    request.intervention = &edits;
    request.capture.patternBudgetBytes = 0; // the way back computes them again, layer by layer
    const std::shared_ptr<const PassResult> pass = session.run(request);
    BackwardPass backward(session.model(), session.gemm());
    SensitivityRequest wanted;
    wanted.pass = pass.get();
    wanted.intervention = &edits;
    wanted.answers = std::move(answers);
    return deriveOutput(backward, wanted, StopToken {}).value(); // only a cancelled one gives none
}

std::vector<std::string> warningsOf(const Sensitivity &result)
{
    std::vector<std::string> warnings;
    if (result.firstTokensEqual)
        warnings.push_back(
            fmt::format("both answers begin with the same token (id {}): their margin is 0 and "
                        "so are its derivatives",
                result.answers.front().firstToken.value));
    for (const AnswerSensitivity &answer : result.answers)
        if (answer.tokenCount > 1)
            warnings.push_back(fmt::format("the answer {} has {} tokens; only its first counts here",
                quotedText(answer.text), answer.tokenCount));
    return warnings;
}

/// [[L][H]]; what is not finite is null.
Json matrixJson(const Matrix &matrix)
{
    Json json = Json::array();
    for (std::size_t row = 0; row < matrix.rows(); ++row) {
        Json values = Json::array();
        for (const float value : matrix.row(row))
            values.push_back(std::isfinite(value) ? Json(static_cast<double>(value)) : Json(nullptr));
        json.push_back(std::move(values));
    }
    return json;
}

void printJson(std::ostream &out, const Sensitivity &result)
{
    Json json = {{"margin", *result.margin}, {"outputEntropyNats", result.outputEntropyNats},
        {"dMargin", matrixJson(*result.dMargin)}, {"dEntropy", matrixJson(result.dEntropy)}};
    if (const std::vector<std::string> warnings = warningsOf(result); !warnings.empty()) {
        json["warnings"] = Json::array();
        for (const std::string &warning : warnings)
            json["warnings"].push_back(repairUtf8(warning));
    }
    out << json.dump() << '\n';
}

void printStrongest(std::ostream &out, const std::string &title, const Sensitivity &result, const Matrix &by)
{
    out << '\n' << title << '\n';
    TextTable table({"head", "d margin", "d entropy"});
    for (const HeadRef head : strongestHeads(by, kListedHeads)) {
        const auto at = [head](const Matrix &matrix) {
            return matrix.at(head.layer.asSize(), head.head.asSize());
        };
        table.add({fmt::format("L{}H{}", head.layer.value, head.head.value),
            fmt::format("{:.5f}", at(*result.dMargin)), fmt::format("{:.5f}", at(result.dEntropy))});
    }
    table.print(out);
}

void printText(std::ostream &out, const Sensitivity &result)
{
    TextTable figures({"output", "nats"});
    figures.add({"entropy", fmt::format("{:.4f}", result.outputEntropyNats)});
    figures.add({fmt::format("margin of {} over {}", quotedText(result.answers[0].text),
                     quotedText(result.answers[1].text)),
        fmt::format("{:.4f}", *result.margin)});
    figures.print(out);
    out << "\nChange in nats when ln gamma of a head grows by 1, to first order.\n";
    if (!result.firstTokensEqual)
        printStrongest(out, "strongest on the margin", result, *result.dMargin);
    printStrongest(out, "strongest on the entropy", result, result.dEntropy);
    for (const std::string &warning : warningsOf(result))
        out << "\nwarning: " << warning << '\n';
}

void runSensitivity(const SensitivityOptions &options, const CommandContext &context)
{
    const PromptSpec spec = readPromptSpec(options.prompt);
    std::vector<std::string> answers = readAnswers(options);
    const int threads = threadCount(options.model);
    const GemmBackend backend = chosenBackend(options.model);
    const LoadOptions load = loadOptions(options.model, backend);
    const std::string path = resolveModelPath(options.model.model, context.environment);
    // What can be refused is refused before the weights are loaded.
    const HeadGrid grid = headGridOf(path);
    const Intervention edits = readEdits(options.edits, grid, context.err);

    warnOfMemory(path, load, context.err);
    Session session(path, threads, load);
    const TokenizedPrompt prompt = tokenizePrompt(session.model(), spec);
    const Intervention prepared =
        prepareEdits(session.transformer(), edits, prompt.ids, nullptr, StopToken {}).value();
    const Sensitivity result = derive(session, prompt, prepared, std::move(answers));
    if (options.json)
        printJson(context.out, result);
    else
        printText(context.out, result);
}

constexpr const char *kSensitivityFooter = R"(
gamma is the factor on a head's attention to the initial token (position 0). The derivatives by ln gamma are those at
the edits given: times ln of a change of gamma they predict what that change does to the margin, ln p of the first
answer's first token minus ln p of the second's, and to the entropy of the next token. They are 0 where gamma is 0.

Examples:
  sinkscope-cli sensitivity default --text "Good or bad? A fine film. Answer:" --answers " Good|| Bad"
  sinkscope-cli sensitivity default --text-file prompt.txt --answers " negative|| positive" --edit L15=2 --json)";

} // namespace

CommandAction addSensitivityCommand(CLI::App &program, const ArgumentValues &values)
{
    auto options = std::make_shared<SensitivityOptions>();
    CLI::App *command = program.add_subcommand(
        "sensitivity", "which heads move the margin of two answers and the output entropy");
    addModelArgument(*command, options->model, ModelArgument::Required);
    addPromptOptions(*command, options->prompt, values, IdsOption::Offered);
    addValue(*command, "--answers", options->answers, values,
        {"\"a||b\"", "the two texts to compare; spaces are kept as typed"});
    addEditOptions(*command, options->edits, values);
    addComputeOptions(*command, options->model, values);
    addJsonFlag(*command, options->json);
    command->footer(kSensitivityFooter);
    return [options](const CommandContext &context) { runSensitivity(*options, context); };
}

} // namespace sinkscope
