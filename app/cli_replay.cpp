// SPDX-License-Identifier: Apache-2.0
// `replay`: computes the pinned figures of a session again and compares them with those it holds.
#include "app/cli_command_list.h"

#include "app/cli_options.h"
#include "app/cli_session.h"
#include "app/cli_text.h"
#include "core/base/error.h"
#include "core/base/file_hash.h"
#include "core/base/utf8.h"
#include "core/engine/engine.h"
#include "core/project/project_file.h"
#include "core/project/snapshot_figures.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cassert>
#include <cmath>
#include <filesystem>
#include <ostream>

namespace sinkscope {

namespace {

using Json = nlohmann::ordered_json;

struct ReplayOptions {
    std::string file;
    std::optional<std::string> modelPath; ///< instead of the path in the session
    ModelOptions compute;
    bool json = false;
};

struct ReplayedSnapshot {
    std::string name;
    FigureComparison comparison;
};

struct Replay {
    std::string modelPath;
    std::vector<ReplayedSnapshot> snapshots;

    int failed() const
    {
        int count = 0;
        for (const ReplayedSnapshot &snapshot : snapshots)
            count += snapshot.comparison.ok() ? 0 : 1;
        return count;
    }
};

/// The file to load: the one given, else where the session's model was last.
std::string replayModelPath(
    const ReplayOptions &options, const ModelReference &model, const CommandContext &context)
{
    if (options.modelPath)
        return resolveModelPath(*options.modelPath, context.environment);
    std::error_code ignored;
    if (model.path.empty() || !std::filesystem::exists(model.path, ignored))
        throw Error({.what = "the model of the session is not where it was",
            .file = options.file,
            .given = model.path.empty() ? "no path" : model.path,
            .expected = fmt::format("{}, sha256 {}", model.name, model.sha256),
            .wayOut = "Name it with --model PATH"});
    return model.path;
}

/// Figures of another model would differ everywhere and say nothing.
void requireSameModel(const std::string &session, const std::string &path, const ModelReference &model)
{
    if (model.sha256.empty())
        throw Error({.what = "the session does not say which model it belongs to",
            .file = session,
            .given = "no sha256",
            .wayOut = "Open the session in the window once, where the hash is computed"});
    const std::string found = sha256OfFile(path, StopToken {}).value(); // never cancelled
    if (found != model.sha256)
        throw Error({.what = "the file is another model than that of the session",
            .file = path,
            .given = "sha256 " + found,
            .expected = fmt::format("sha256 {} ({})", model.sha256, model.name),
            .wayOut = "Name the file of that hash with --model PATH"});
}

/// The complete figures of what `content` asks, by the way of the window.
std::shared_ptr<const Snapshot> compute(Engine &engine, const SessionContent &content)
{
    PassQuestion question;
    question.prompt = content.prompt;
    question.intervention = content.edits;
    question.answers = content.answers;
    question.patternBudgetBytes = 0; // the figures do not need them
    const StopToken never;
    const std::optional<PassAnswer> preview = engine.preview(question, never);
    assert(preview); // only a cancelled one is absent
    return engine.complete(*preview, never).value().edited;
}

Replay replay(const ReplayOptions &options, const CommandContext &context)
{
    const int threads = threadCount(options.compute);
    const LoadOptions load = loadOptions(options.compute, chosenBackend(options.compute));
    const Project project = ProjectFile::open(options.file, {.access = ProjectAccess::ReadOnly})->read();
    Replay result;
    result.modelPath = replayModelPath(options, project.model, context);
    requireSameModel(options.file, result.modelPath, project.model);
    warnOfMemory(result.modelPath, load, context.err);
    Engine engine(EngineOptions {.threadCount = threads, .load = load});
    engine.loadModel(
        result.modelPath, [](double, const std::string &) {}, StopToken {});
    const GemmBackend used = preparedBackend(*engine.model());
    for (const PinnedSnapshot &snapshot : project.snapshots)
        result.snapshots.push_back(
            {snapshot.name, compareFigures(snapshot.figures, *compute(engine, snapshot.content), used)});
    return result;
}

Json numberJson(double value)
{
    return std::isfinite(value) ? Json(value) : Json(nullptr);
}

void printJson(std::ostream &out, const Replay &result)
{
    Json json = {
        {"ok", result.failed() == 0}, {"model", repairUtf8(result.modelPath)}, {"snapshots", Json::array()}};
    for (const ReplayedSnapshot &snapshot : result.snapshots) {
        const FigureDifference &worst = snapshot.comparison.worst;
        json["snapshots"].push_back({{"name", snapshot.name}, {"ok", snapshot.comparison.ok()},
            {"worst",
                {{"figure", repairUtf8(worst.figure)}, {"stored", numberJson(worst.stored)},
                    {"now", numberJson(worst.now)}, {"difference", numberJson(worst.difference)},
                    {"tolerance", worst.tolerance}}}});
    }
    out << json.dump() << '\n';
}

void printText(std::ostream &out, const Replay &result)
{
    out << "model " << result.modelPath << "\n\n";
    if (result.snapshots.empty()) {
        out << "The session holds no pinned figures.\n";
        return;
    }
    TextTable table({"snapshot", "result", "figures", "worst", "stored", "now", "difference", "tolerance"});
    for (const ReplayedSnapshot &snapshot : result.snapshots) {
        const FigureDifference &worst = snapshot.comparison.worst;
        table.add({quotedText(snapshot.name), snapshot.comparison.ok() ? "ok" : "DIFFERS",
            std::to_string(snapshot.comparison.compared), worst.figure, fmt::format("{:.6g}", worst.stored),
            fmt::format("{:.6g}", worst.now), fmt::format("{:.2g}", worst.difference),
            fmt::format("{:.2g}", worst.tolerance)});
    }
    table.print(out);
    out << (result.failed() == 0 ? "\nAll figures hold.\n" : "\nFigures DIFFER.\n");
}

void runReplay(const ReplayOptions &options, const CommandContext &context)
{
    const Replay result = replay(options, context);
    if (options.json)
        printJson(context.out, result);
    else
        printText(context.out, result);
    context.out.flush();
    if (result.failed() > 0)
        throw Error({.what = "pinned figures differ from those computed now",
            .file = options.file,
            .given = fmt::format("{} of {} snapshots", result.failed(), result.snapshots.size()),
            .wayOut = "Run verify on the model; a tolerance of 0 means that this very program and kernel "
                      "computed the figures"});
}

constexpr const char *kReplayFooter = R"(
FILE is a session saved by the window (.sinkscope); it is only read, also while the window has it open. The model is
the file that the session names, or that of --model; it must have the hash that the session holds. Compared are the
output entropy, the answers, the most likely tokens, and of every head the attention to the initial token and the
entropies of the last row. Figures that the same backend, instruction set and version computed must be equal to the
bit (tolerance 0); others may differ by six times the drift that fp32 has against fp64 on the reference prompts
(output entropy 2e-4 nats, ln p of an answer 5e-4 a token, attention 3e-5, head entropies 1e-4 and 2e-4 nats).
Exit code 1 when a figure differs by more.

Examples:
  sinkscope-cli replay work.sinkscope
  sinkscope-cli replay work.sinkscope --model default --json)";

} // namespace

CommandAction addReplayCommand(CLI::App &program, const ArgumentValues &values)
{
    auto options = std::make_shared<ReplayOptions>();
    CLI::App *command =
        program.add_subcommand("replay", "compares the pinned figures of a session with new ones");
    command->add_option("FILE", options->file, "session file (.sinkscope)")->type_name("")->required();
    addValue(*command, "--model", options->modelPath, values,
        {"PATH", "the model file, or the word default, when it is elsewhere now"});
    addComputeOptions(*command, options->compute, values);
    addJsonFlag(*command, options->json);
    command->footer(kReplayFooter);
    return [options](const CommandContext &context) { runReplay(*options, context); };
}

} // namespace sinkscope
