// SPDX-License-Identifier: Apache-2.0
// `bench`: times of passes and restarts on this machine, as medians of interleaved runs.
#include "app/cli_command_list.h"

#include "app/cli_bench_drag.h"
#include "app/cli_bench_sensitivity.h"
#include "app/cli_bench_sample.h"
#include "app/cli_bench_sweep.h"
#include "app/cli_options.h"
#include "app/cli_session.h"
#include "app/cli_text.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <memory>
#include <ostream>
#include <set>

namespace sinkscope {

namespace {

using Json = nlohmann::ordered_json;

constexpr int kLeastRuns = 9; // so that quartiles mean something
constexpr int kSweepTokens = 64;
constexpr int kDragTokens = 128;
constexpr std::size_t kExampleTokens = 32; // of the prompt that the window opens with
constexpr const char *kTimingText = "The cat sat on the mat and looked at the rain. ";

struct BenchOptions {
    ModelOptions model;
    std::optional<std::string> tokens;
    std::optional<std::string> runs;
    bool json = false;
};

/// What was measured at one prompt length.
struct LengthResult {
    int tokens = 0;
    std::vector<Sample> forwards; ///< full pass with all attention captured, one a contender
    std::vector<LayerIndex> layers; ///< restarts: first, middle, last
    std::vector<Sample> restarts; ///< in the order of layers
};

std::vector<TokenId> timingTokens(const Tokenizer &tokenizer, int count)
{
    const std::vector<TokenId> once = tokenizer.encode(kTimingText, SpecialTokens::AsText, AddedTokens::None);
    std::vector<TokenId> tokens;
    for (std::size_t at = 0; tokens.size() < static_cast<std::size_t>(count); ++at)
        tokens.push_back(once[at % once.size()]);
    return tokens;
}

/// A backend and a precision, with the model prepared for it.
struct Contender {
    GemmBackend backend;
    GemmPrecision precision;
    std::shared_ptr<Session> session; ///< the precisions of a backend share one

    std::shared_ptr<const PassResult> run(const PassRequest &request) const
    {
        session->gemm().setPrecision(precision);
        return session->run(request);
    }
    std::string precisionName() const
    {
        return backend == GemmBackend::Amx ? std::string(gemmPrecisionName(precision)) : "fp32";
    }
};

/// Full passes of every backend and restarts of the first in turn, so that a slow moment of the machine
/// touches all of them alike.
LengthResult measureLength(const std::vector<Contender> &contenders, int tokenCount, int runs)
{
    Session &session = *contenders.front().session;
    const std::vector<TokenId> tokens = timingTokens(*session.model().tokenizer, tokenCount);
    const int layerCount = session.model().config.layerCount;
    LengthResult result;
    result.tokens = tokenCount;
    for (const int layer : std::set<int> {0, layerCount / 2, layerCount - 1})
        result.layers.emplace_back(layer);
    result.restarts.resize(result.layers.size());
    PassRequest full;
    full.tokens = tokens;
    result.forwards.resize(contenders.size());
    for (const Contender &contender : contenders)
        contender.run(full); // warms up
    const auto baseline = contenders.front().run(full); // what the restarts begin from
    for (int run = 0; run < runs; ++run) {
        for (std::size_t at = 0; at < contenders.size(); ++at)
            result.forwards[at].time([&] { contenders[at].run(full); });
        session.gemm().setPrecision(contenders.front().precision);
        for (std::size_t at = 0; at < result.layers.size(); ++at) {
            Intervention edit;
            edit.setFactor({result.layers[at], HeadIndex(0)}, 0.5);
            PassRequest restart = full;
            restart.intervention = &edit;
            restart.restartFrom = baseline;
            restart.restartLayer = result.layers[at];
            result.restarts[at].time([&] { session.run(restart); });
        }
    }
    return result;
}

/// Text after `key` and a colon in a file of lines "key : value"; empty when there is none.
std::string valueOfLine(const std::string &path, const std::string &key)
{
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        if (line.compare(0, key.size(), key) != 0)
            continue;
        const std::size_t colon = line.find(':');
        const std::size_t start =
            colon == std::string::npos ? colon : line.find_first_not_of(" \t", colon + 1);
        return start == std::string::npos ? std::string {} : line.substr(start);
    }
    return {};
}

std::string processorName()
{
    const std::string name = valueOfLine("/proc/cpuinfo", "model name");
    return name.empty() ? "unknown" : name;
}

/// Highest resident memory of this process so far; 0 where the system does not say.
std::uint64_t peakBytes()
{
    const std::string peak = valueOfLine("/proc/self/status", "VmHWM"); // "123456 kB"
    return peak.empty() ? 0 : std::strtoull(peak.c_str(), nullptr, 10) * 1024;
}

/// The model loaded for each of `backends`, for the tile unit with each precision, the exact one first.
std::vector<Contender> contendersOf(const std::vector<GemmBackend> &backends, const std::string &path,
    const ModelOptions &options, int threads)
{
    std::vector<Contender> contenders;
    for (const GemmBackend backend : backends) {
        const auto session = std::make_shared<Session>(path, threads, loadOptions(options, backend));
        if (backend != GemmBackend::Amx) {
            contenders.push_back({backend, GemmPrecision::Exact, session});
            continue;
        }
        const GemmBackend prepared = preparedBackend(session->model());
        if (prepared == backend)
            for (const GemmPrecision precision :
                {GemmPrecision::Exact, GemmPrecision::TwoTerms, GemmPrecision::OneTerm})
                contenders.push_back({backend, precision, session});
        else if (backends.size() == 1) // too large for it: what was loaded instead
            contenders.push_back({prepared, GemmPrecision::Exact, session});
    }
    return contenders;
}

/// Who made the full passes of one row.
struct ForwardName {
    std::string backend;
    std::string precision;
};

/// Everything that one call measured.
struct BenchReport {
    std::vector<std::string> backends;
    std::vector<ForwardName> forwards; ///< in the order of LengthResult::forwards
    int runs = 0;
    int threads = 0;
    std::vector<LengthResult> lengths;
    SweepResult sweep;
    DragResult drag;
    std::vector<SliderStepResult> sliderSteps;
    CurveStartResult curve;
    SensitivityCost sensitivity;
};

/// medianMs, q1 and q3 after the fields given.
Json timesJson(Json fields, const Sample &sample)
{
    fields["medianMs"] = sample.median();
    fields["q1"] = sample.quantile(0.25);
    fields["q3"] = sample.quantile(0.75);
    return fields;
}

/// As `forward` names it.
std::string precisionNameOf(const BenchReport &report, GemmPrecision precision)
{
    return report.forwards.front().backend == gemmBackendName(GemmBackend::Amx)
        ? std::string(gemmPrecisionName(precision))
        : "fp32";
}

Json reportJson(const BenchReport &report)
{
    Json forward = Json::array();
    Json restart = Json::array();
    for (const LengthResult &result : report.lengths) {
        const Sample &full = result.forwards.front();
        for (std::size_t at = 0; at < report.forwards.size(); ++at)
            forward.push_back(
                timesJson({{"backend", report.forwards[at].backend},
                              {"precision", report.forwards[at].precision}, {"tokens", result.tokens}},
                    result.forwards[at]));
        for (std::size_t at = 0; at < result.layers.size(); ++at) {
            Json row = timesJson(
                {{"layer", result.layers[at].value}, {"tokens", result.tokens}}, result.restarts[at]);
            row["ratioToFull"] = result.restarts[at].median() / full.median();
            restart.push_back(std::move(row));
        }
    }
    Json sliderSteps = Json::array();
    for (const SliderStepResult &result : report.sliderSteps) {
        Json row = timesJson({{"layer", result.layer}, {"tokens", report.drag.tokens},
                                 {"precision", precisionNameOf(report, result.precision)}},
            result.step);
        row["closedFormMedianMs"] = result.closedForm.median();
        row["closedFormWorstMs"] = result.closedForm.worst();
        sliderSteps.push_back(std::move(row));
    }
    return {{"processor", processorName()}, {"backends", report.backends},
        {"backendsBuilt", backendNames(builtGemmBackends())}, {"instructionSet", packedInstructionSet()},
        {"threads", report.threads}, {"runs", report.runs}, {"forward", std::move(forward)},
        {"restart", std::move(restart)},
        {"sweep",
            {{"tokens", report.sweep.tokens}, {"naivePerSecond", report.sweep.naivePerSecond()},
                {"singlePerSecond", report.sweep.singlePerSecond()},
                {"batchedPerSecond", report.sweep.batchedPerSecond()}}},
        {"drag",
            {{"tokens", report.drag.tokens}, {"layer", report.drag.layer},
                {"picturesPerSecond", report.drag.picturesPerSecond()},
                {"medianAgeMs", report.drag.age.median()}, {"worstAgeMs", report.drag.age.worst()}}},
        {"sliderStep", std::move(sliderSteps)},
        {"curve",
            timesJson({{"layer", report.curve.layer}, {"tokens", report.curve.tokens},
                          {"points", report.curve.points}},
                report.curve.elapsed)},
        {"sensitivity",
            timesJson(
                {{"tokens", report.sensitivity.tokens}, {"ratioToFull", report.sensitivity.ratioToFull()}},
                report.sensitivity.derivatives)},
        {"peakBytes", peakBytes()}};
}

void printPasses(std::ostream &out, const BenchReport &report)
{
    TextTable table({"tokens", "pass", "median ms", "q1", "q3", "of full"});
    const auto add = [&](int tokens, std::string name, const Sample &sample, double ratio) {
        table.add({std::to_string(tokens), std::move(name), fmt::format("{:.1f}", sample.median()),
            fmt::format("{:.1f}", sample.quantile(0.25)), fmt::format("{:.1f}", sample.quantile(0.75)),
            fmt::format("{:.3f}", ratio)});
    };
    for (const LengthResult &result : report.lengths) {
        const double full = result.forwards.front().median();
        for (std::size_t at = 0; at < report.forwards.size(); ++at)
            add(result.tokens,
                fmt::format("full, attention captured, {} {}", report.forwards[at].backend,
                    report.forwards[at].precision),
                result.forwards[at], result.forwards[at].median() / full);
        for (std::size_t at = 0; at < result.layers.size(); ++at)
            add(result.tokens, fmt::format("restart at layer {}", result.layers[at].value),
                result.restarts[at], result.restarts[at].median() / full);
    }
    table.print(out);
}

void printText(std::ostream &out, const BenchReport &report)
{
    out << fmt::format("{} ({}), {} threads, {} runs each\n\n", processorName(), packedInstructionSet(),
        report.threads, report.runs);
    printPasses(out, report);
    out << fmt::format(
        "\nsweep, {} tokens, one head of the middle layer a variant, variants per second:\n"
        "  full passes ({}) {:.1f}, restarts {:.1f}, stacks of {} {:.1f} ({:.2f} times the full passes)\n",
        report.sweep.tokens, report.backends.back(), report.sweep.naivePerSecond(),
        report.sweep.singlePerSecond(), report.sweep.variantsAtOnce, report.sweep.batchedPerSecond(),
        report.sweep.batchedPerSecond() / report.sweep.naivePerSecond());
    for (const SliderStepResult &step : report.sliderSteps)
        out << fmt::format(
            "slider step at layer {}, {} tokens, {}: {:.1f} ms (q1 {:.1f}, q3 {:.1f}); closed form "
            "{:.3f} ms, worst {:.3f}\n",
            step.layer, report.drag.tokens, precisionNameOf(report, step.precision), step.step.median(),
            step.step.quantile(0.25), step.step.quantile(0.75), step.closedForm.median(),
            step.closedForm.worst());
    out << fmt::format(
        "first {} points of a curve at layer {}, {} tokens: {:.1f} ms (q1 {:.1f}, q3 {:.1f})\n",
        report.curve.points, report.curve.layer, report.curve.tokens, report.curve.elapsed.median(),
        report.curve.elapsed.quantile(0.25), report.curve.elapsed.quantile(0.75));
    out << fmt::format(
        "derivatives of margin and entropy by all heads, {} tokens: {:.1f} ms, {:.2f} full passes\n",
        report.sensitivity.tokens, report.sensitivity.derivatives.median(), report.sensitivity.ratioToFull());
    out << fmt::format(
        "drag of {:.1f} s at layer {}, {} tokens: {:.1f} pictures per second, their age {:.0f} ms "
        "(worst {:.0f})\n",
        report.drag.seconds, report.drag.layer, report.drag.tokens, report.drag.picturesPerSecond(),
        report.drag.age.median(), report.drag.age.worst());
    out << "peak memory: " << readableBytes(peakBytes()) << '\n';
}

void runBench(const BenchOptions &options, const CommandContext &context)
{
    const std::vector<int> lengths = parseCounts("--tokens", options.tokens.value_or("32,128,512"));
    const int runs = options.runs
        ? static_cast<int>(parseInteger("--runs", *options.runs, {kLeastRuns, 10'000}))
        : kLeastRuns;
    const int threads = threadCount(options.model);
    const std::string path = resolveModelPath(options.model.model, context.environment);
    warnOfMemory(path, loadOptions(options.model, GemmBackend::Packed), context.err);
    const std::vector<GemmBackend> backends =
        options.model.backend ? std::vector {chosenBackend(options.model)} : usableGemmBackends();
    std::vector<Contender> contenders = contendersOf(backends, path, options.model, threads);
    const int contextLength = contenders.front().session->model().config.contextLength;
    for (const int length : lengths)
        if (length > contextLength)
            throw RequestError({.what = "a prompt of --tokens is longer than the model's context",
                .given = fmt::format("{} tokens", length),
                .expected = fmt::format("1 to {}", contextLength),
                .wayOut = "Give smaller numbers to --tokens"});
    BenchReport report;
    report.backends = backendNames(usableGemmBackends());
    for (const Contender &contender : contenders)
        report.forwards.push_back(
            {std::string(gemmBackendName(contender.backend)), contender.precisionName()});
    report.runs = runs;
    report.threads = contenders.front().session->threadCount();
    const auto say = [&](const std::string &what) {
        if (!options.json)
            context.err << "timing " << what << '\n' << std::flush;
    };
    for (const int length : lengths) {
        say(fmt::format("{} tokens", length));
        report.lengths.push_back(measureLength(contenders, length, runs));
    }
    say("a sweep and a drag");
    contenders.front().session->gemm().setPrecision(GemmPrecision::Exact);
    const Tokenizer &tokenizer = *contenders.front().session->model().tokenizer;
    report.sweep = measureSweep(*contenders.front().session, *contenders.back().session,
        timingTokens(tokenizer, std::min(kSweepTokens, contextLength)), runs);
    const DragSubject subject {.modelPath = path,
        .engine = {.threadCount = threads, .load = loadOptions(options.model, backends.front())},
        .tokens = timingTokens(tokenizer, std::min(kDragTokens, contextLength - 1))};
    report.sensitivity = measureSensitivity(*contenders.front().session, subject.tokens, runs);
    contenders.clear(); // the engine loads the model once more
    report.sliderSteps = measureSliderSteps(subject, runs);
    DragSubject example = subject;
    example.tokens.resize(std::min<std::size_t>(example.tokens.size(), kExampleTokens));
    report.curve = measureCurveStart(example, runs);
    report.drag = replayDrag(subject);
    if (options.json)
        context.out << reportJson(report).dump() << '\n';
    else
        printText(context.out, report);
}

} // namespace

CommandAction addBenchCommand(CLI::App &program, const ArgumentValues &values)
{
    auto options = std::make_shared<BenchOptions>();
    CLI::App *command = program.add_subcommand("bench", "times of passes and restarts on this machine");
    addModelArgument(*command, options->model, ModelArgument::DefaultsToDefault);
    addValue(*command, "--tokens", options->tokens, values, {"32,128,512", "lengths of the prompt"});
    addValue(*command, "--runs", options->runs, values, {"N", "runs of each pass, in turn; 9 or more (9)"});
    addComputeOptions(*command, options->model, values);
    addJsonFlag(*command, options->json);
    command->footer(
        "\nA restart computes from the edited layer upwards and takes what lies below from the full pass.\n\n"
        "Examples:\n  sinkscope-cli bench\n  sinkscope-cli bench default --tokens 32,128 --json");
    return [options](const CommandContext &context) { runBench(*options, context); };
}

} // namespace sinkscope
