// SPDX-License-Identifier: Apache-2.0
// `verify`: the trust report of a model on this machine.
#include "app/cli_command_list.h"

#include "app/cli_options.h"
#include "app/cli_session.h"
#include "app/cli_text.h"
#include "app/cli_verification.h"
#include "core/analysis/verify.h"
#include "core/base/error.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <ostream>

namespace sinkscope {

namespace {

using Json = nlohmann::ordered_json;

struct VerifyOptions {
    ModelOptions model;
    bool json = false;
};

Json checkJson(const VerifyCheck &check)
{
    const bool hasValue = !check.skipped() && std::isfinite(check.value);
    Json json = {{"name", check.name}, {"ok", check.ok},
        {"value", hasValue ? Json(check.value) : Json(nullptr)}, {"tolerance", check.tolerance},
        {"skipped", check.skipped()}};
    if (check.skipped())
        json["reason"] = check.skippedReason;
    return json;
}

void printJson(std::ostream &out, const VerifyReport &report)
{
    Json json = {{"ok", report.ok()}, {"sha256", report.sha256}, {"checks", Json::array()}};
    for (const VerifyCheck &check : report.checks)
        json["checks"].push_back(checkJson(check));
    out << json.dump() << '\n';
}

void printText(std::ostream &out, const VerifyReport &report)
{
    out << "sha256 " << report.sha256 << "\n\n";
    TextTable table({"check", "result", "value", "tolerance"});
    for (const VerifyCheck &check : report.checks) {
        const char *result = check.ok ? "ok" : "FAILED";
        table.add({check.name, check.skipped() ? "skipped" : result,
            check.skipped() ? "" : fmt::format("{:.2g}", check.value),
            fmt::format("{:.2g}", check.tolerance)});
    }
    table.print(out);
    for (const VerifyCheck &check : report.checks)
        if (check.skipped())
            out << fmt::format("\n{} was skipped: {}.", check.name, check.skippedReason);
    out << (report.ok() ? "\nAll checks that ran hold.\n" : "\nThe model is NOT verified.\n");
}

/// For later exports; the report itself does not depend on it.
void keepOutcome(
    const std::string &path, GemmBackend backend, const VerifyReport &report, const CommandContext &context)
{
    if (context.environment.stateFolder.empty())
        return;
    try {
        keepVerification(context.environment.stateFolder, path, backend, report);
    } catch (const Error &error) {
        context.err << "sinkscope-cli: note: " << error.what() << '\n';
    }
}

void runVerify(const VerifyOptions &options, const CommandContext &context)
{
    const int threads = threadCount(options.model);
    const GemmBackend backend = chosenBackend(options.model);
    const LoadOptions load = loadOptions(options.model, backend);
    const std::string path = resolveModelPath(options.model.model, context.environment);
    Session session(path, threads, load);
    VerifySubject subject {.transformer = session.transformer(), .gemm = session.gemm()};
    if (options.model.model == "default") // the word stands for one known file
        subject.expectedSha256 = subject.reference.sha256;
    const VerifyReport report = verifyModel(std::move(subject), {}, StopToken {}).value(); // never cancelled
    if (options.json)
        printJson(context.out, report);
    else
        printText(context.out, report);
    context.out.flush();
    keepOutcome(path, backend, report, context);
    if (!report.ok())
        throw Error({.what = "the model is not verified",
            .file = path,
            .given = "checks that do not hold: " + report.failedNames(),
            .wayOut = "Do not rely on its figures here; try another --backend, or get the file anew"});
}

constexpr const char *kVerifyFooter = R"(
Checks on a short text, each with the largest difference found and its tolerance:
  fileHash                 the file is the one that its name stands for (sha256), where that is known
  rowsSumToOne             every row of every attention pattern sums to 1; editedRowsSumToOne: under an edit too
  gammaOneChangesNothing   bytes that gamma 1 on all heads changes in a pass
  restartEqualsFullPass    a pass from the middle layer up against the whole (differing bytes; blas: values)
  closedFormPattern, closedFormEntropy, closedFormHeadOutput, closedFormResidual
                           the closed form of a head's factor against the full pass: attention, its entropy, and in units
                           of the largest norm of a row what the head puts out and what attention adds to the stream
  logitEqualsProbability   ln gamma on the score against gamma on the probability
  backendsAgree            products with the model's weights on the other backends, relative to the largest output
  reference...             for the default model: figures that transformers computed, stored in the program
A check that cannot run here is skipped and says why. Exit code 1 when one does not hold. The outcome is kept for this
file and backend in ${XDG_STATE_HOME:-$HOME/.local/state}/sinkscope; exports of `run` name it.

Examples:
  sinkscope-cli verify default
  sinkscope-cli verify model.gguf --backend blas --json)";

} // namespace

CommandAction addVerifyCommand(CLI::App &program, const ArgumentValues &values)
{
    auto options = std::make_shared<VerifyOptions>();
    CLI::App *command = program.add_subcommand("verify", "checks that the figures of a model are right here");
    addModelArgument(*command, options->model, ModelArgument::Required);
    addComputeOptions(*command, options->model, values);
    addJsonFlag(*command, options->json);
    command->footer(kVerifyFooter);
    return [options](const CommandContext &context) { runVerify(*options, context); };
}

} // namespace sinkscope
