// SPDX-License-Identifier: Apache-2.0
// `bench`: times of passes and restarts on this machine, as medians of interleaved runs.
#include "app/cli_command_list.h"

#include "app/cli_options.h"
#include "app/cli_session.h"
#include "app/cli_text.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <memory>
#include <ostream>
#include <set>

namespace sinkscope {

namespace {

using Json = nlohmann::ordered_json;

constexpr int kLeastRuns = 9; // so that quartiles mean something
constexpr const char *kTimingText = "The cat sat on the mat and looked at the rain. ";

struct BenchOptions {
    ModelOptions model;
    std::optional<std::string> tokens;
    std::optional<std::string> runs;
    bool json = false;
};

/// Times of one kind of pass, in milliseconds.
struct Sample {
    std::vector<double> elapsedMs;

    /// Quantile by linear interpolation between the sorted times.
    double quantile(double share) const
    {
        std::vector<double> sorted = elapsedMs;
        std::sort(sorted.begin(), sorted.end());
        const double at = share * static_cast<double>(sorted.size() - 1);
        const auto below = static_cast<std::size_t>(std::floor(at));
        const std::size_t above = std::min(below + 1, sorted.size() - 1);
        return sorted[below] + (at - std::floor(at)) * (sorted[above] - sorted[below]);
    }
    double median() const { return quantile(0.5); }
};

/// What was measured at one prompt length.
struct LengthResult {
    int tokens = 0;
    std::vector<Sample> forwards; ///< full pass with all attention captured, one a backend
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

double timedMs(Session &session, const PassRequest &request)
{
    const auto start = std::chrono::steady_clock::now();
    session.run(request);
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

/// A backend with the model prepared for it.
struct Contender {
    GemmBackend backend;
    std::unique_ptr<Session> session;
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
        contender.session->run(full); // warms up
    const auto baseline = session.run(full); // what the restarts begin from
    for (int run = 0; run < runs; ++run) {
        for (std::size_t at = 0; at < contenders.size(); ++at)
            result.forwards[at].elapsedMs.push_back(timedMs(*contenders[at].session, full));
        for (std::size_t at = 0; at < result.layers.size(); ++at) {
            Intervention edit;
            edit.setFactor({result.layers[at], HeadIndex(0)}, 0.5);
            PassRequest restart = full;
            restart.intervention = &edit;
            restart.restartFrom = baseline;
            restart.restartLayer = result.layers[at];
            result.restarts[at].elapsedMs.push_back(timedMs(session, restart));
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

std::vector<std::string> namesOf(const std::vector<Contender> &contenders)
{
    std::vector<std::string> names;
    names.reserve(contenders.size());
    for (const Contender &contender : contenders)
        names.emplace_back(gemmBackendName(contender.backend));
    return names;
}

Json resultsJson(
    const std::vector<LengthResult> &results, const std::vector<std::string> &backends, int runs, int threads)
{
    Json forward = Json::array();
    Json restart = Json::array();
    for (const LengthResult &result : results) {
        const Sample &full = result.forwards.front();
        for (std::size_t at = 0; at < backends.size(); ++at) {
            const Sample &sample = result.forwards[at];
            forward.push_back({{"backend", backends[at]}, {"precision", "fp32"}, {"tokens", result.tokens},
                {"medianMs", sample.median()}, {"q1", sample.quantile(0.25)}, {"q3", sample.quantile(0.75)}});
        }
        for (std::size_t at = 0; at < result.layers.size(); ++at) {
            const Sample &sample = result.restarts[at];
            restart.push_back({{"layer", result.layers[at].value}, {"tokens", result.tokens},
                {"medianMs", sample.median()}, {"q1", sample.quantile(0.25)}, {"q3", sample.quantile(0.75)},
                {"ratioToFull", sample.median() / full.median()}});
        }
    }
    return {{"processor", processorName()}, {"backends", backends}, {"backendsBuilt", {"packed", "blas"}},
        {"instructionSet", packedInstructionSet()}, {"threads", threads}, {"runs", runs},
        {"forward", std::move(forward)}, {"restart", std::move(restart)}, {"peakBytes", peakBytes()}};
}

void printText(std::ostream &out, const std::vector<LengthResult> &results,
    const std::vector<std::string> &backends, int runs, int threads)
{
    out << fmt::format("{} ({}), {} threads, fp32, {} runs each\n\n", processorName(), packedInstructionSet(),
        threads, runs);
    TextTable table({"tokens", "pass", "median ms", "q1", "q3", "of full"});
    const auto add = [&](int tokens, std::string name, const Sample &sample, double ratio) {
        table.add({std::to_string(tokens), std::move(name), fmt::format("{:.1f}", sample.median()),
            fmt::format("{:.1f}", sample.quantile(0.25)), fmt::format("{:.1f}", sample.quantile(0.75)),
            fmt::format("{:.3f}", ratio)});
    };
    for (const LengthResult &result : results) {
        const double full = result.forwards.front().median();
        for (std::size_t at = 0; at < backends.size(); ++at)
            add(result.tokens, fmt::format("full, attention captured, {}", backends[at]), result.forwards[at],
                result.forwards[at].median() / full);
        for (std::size_t at = 0; at < result.layers.size(); ++at)
            add(result.tokens, fmt::format("restart at layer {}", result.layers[at].value),
                result.restarts[at], result.restarts[at].median() / full);
    }
    table.print(out);
    out << "\npeak memory: " << readableBytes(peakBytes()) << '\n';
}

void runBench(const BenchOptions &options, const CommandContext &context)
{
    const std::vector<int> lengths = parseCounts("--tokens", options.tokens.value_or("32,128,512"));
    const int runs = options.runs
        ? static_cast<int>(parseInteger("--runs", *options.runs, {kLeastRuns, 10'000}))
        : kLeastRuns;
    const int threads = threadCount(options.model);
    const std::string path = resolveModelPath(options.model.model, context.environment);
    std::vector<Contender> contenders;
    const std::vector<GemmBackend> backends =
        options.model.backend ? std::vector {chosenBackend(options.model)} : usableGemmBackends();
    contenders.reserve(backends.size());
    for (const GemmBackend backend : backends)
        contenders.push_back({backend, std::make_unique<Session>(path, threads, backend)});
    const int contextLength = contenders.front().session->model().config.contextLength;
    for (const int length : lengths)
        if (length > contextLength)
            throw RequestError({.what = "a prompt of --tokens is longer than the model's context",
                .given = fmt::format("{} tokens", length),
                .expected = fmt::format("1 to {}", contextLength),
                .wayOut = "Give smaller numbers to --tokens"});
    std::vector<LengthResult> results;
    for (const int length : lengths) {
        if (!options.json)
            context.err << fmt::format("timing {} tokens\n", length) << std::flush;
        results.push_back(measureLength(contenders, length, runs));
    }
    const int used = contenders.front().session->threadCount();
    if (options.json)
        context.out << resultsJson(results, namesOf(contenders), runs, used).dump() << '\n';
    else
        printText(context.out, results, namesOf(contenders), runs, used);
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
