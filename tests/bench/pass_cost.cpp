// SPDX-License-Identifier: Apache-2.0
// Measures what a model costs here: memory against its estimate, a high slider against a full pass, a cancel.
#include "core/base/error.h"
#include "core/base/free_memory.h"
#include "core/model/transformer.h"
#include "core/weights/open_weights.h"
#include "core/weights/weight_source.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cmath>
#include <fmt/format.h>
#include <fstream>
#include <optional>
#include <string_view>
#include <thread>
#include <vector>

namespace sinkscope {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kThreads = 2;
constexpr int kRuns = 5; // of each pass, in turn
constexpr int kCancels = 12; // at moments spread over a full pass

double millisecondsSince(Clock::time_point start)
{
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

double median(std::vector<double> values)
{
    std::ranges::sort(values);
    return values[values.size() / 2];
}

/// Peak resident memory so far, mapped pages included, in bytes.
double peakBytes()
{
    std::ifstream status("/proc/self/status");
    constexpr std::string_view kKey = "VmHWM:";
    for (std::string line; std::getline(status, line);)
        if (line.starts_with(kKey))
            return std::strtod(line.c_str() + kKey.size(), nullptr) * 1024.0;
    return 0.0;
}

void printMemory(const Model &model, const LoadOptions &options, int tokens)
{
    const MemoryEstimate estimate = estimateMemory(model.config, model.fileBytes, options, tokens);
    const auto wanted = static_cast<double>(estimate.totalBytes());
    const double peak = peakBytes();
    constexpr double kMega = 1e6;
    fmt::print(
        "memory after one pass of {} tokens: peak {:.0f} MB, estimate {:.0f} MB, estimate / peak {:.3f}\n",
        tokens, peak / kMega, wanted / kMega, wanted / peak);
    fmt::print("  file {:.0f} MB, so the peak is the file and {:.0f} MB\n",
        static_cast<double>(model.fileBytes) / kMega, (peak - static_cast<double>(model.fileBytes)) / kMega);
}

/// A full pass and a slider step at the first layer of the last quarter, in turn.
double printTimes(Transformer &transformer, const PassRequest &full)
{
    const int layers = transformer.model().config.layerCount;
    Intervention edit;
    const LayerIndex layer(layers - std::max(1, layers / 4));
    edit.setFactor({layer, HeadIndex(0)}, 0.5);
    PassRequest step = full;
    step.intervention = &edit;
    step.restartFrom = transformer.run(full, {});
    step.restartLayer = layer;
    std::vector<double> fullMs;
    std::vector<double> stepMs;
    for (int run = 0; run < kRuns; ++run) {
        Clock::time_point start = Clock::now();
        transformer.run(full, {});
        fullMs.push_back(millisecondsSince(start));
        start = Clock::now();
        transformer.run(step, {});
        stepMs.push_back(millisecondsSince(start));
    }
    fmt::print("full pass {:.1f} ms, slider at layer {} of {}: {:.1f} ms, ratio {:.3f}\n", median(fullMs),
        layer.value, layers, median(stepMs), median(stepMs) / median(fullMs));
    return median(fullMs);
}

/// From the request to stop until the pass has returned.
void printCancels(Transformer &transformer, const PassRequest &full, double fullMs)
{
    std::vector<double> delays;
    for (int cancel = 0; cancel < kCancels; ++cancel) {
        std::stop_source source;
        Clock::time_point asked;
        std::thread asker([&] {
            std::this_thread::sleep_for(
                std::chrono::duration<double, std::milli>(fullMs * (cancel + 0.5) / (kCancels + 2)));
            asked = Clock::now();
            source.request_stop();
        });
        const auto result = transformer.run(full, source.get_token());
        const Clock::time_point returned = Clock::now();
        asker.join();
        if (!result)
            delays.push_back(std::chrono::duration<double, std::milli>(returned - asked).count());
    }
    if (delays.empty())
        fmt::print("cancel: each pass ended before it was asked to\n");
    else
        fmt::print("cancel of a running pass, {} times: median {:.1f} ms, worst {:.1f} ms\n", delays.size(),
            median(delays), *std::ranges::max_element(delays));
}

std::uint64_t bytesNeeded(const std::string &path, const LoadOptions &options, int tokens)
{
    const auto source = openWeights(path);
    return estimateMemory(readModelConfig(*source), source->fileBytes(), options, tokens).totalBytes();
}

void measure(const std::string &path, int tokenCount, const LoadOptions &options)
{
    const std::uint64_t needed = bytesNeeded(path, options, tokenCount);
    const std::uint64_t available = availableMemory().value_or(needed);
    if (needed > available) {
        fmt::print("skipped: {} needs about {:.0f} MB and {:.0f} MB are free\n", path,
            static_cast<double>(needed) / 1e6, static_cast<double>(available) / 1e6);
        return;
    }
    ThreadPool pool(kThreads);
    const auto model = loadModel(path, options, pool, {}, {});
    Gemm gemm(pool);
    Transformer transformer(*model, gemm);
    std::vector<TokenId> tokens;
    tokens.reserve(static_cast<std::size_t>(tokenCount));
    for (int index = 0; index < tokenCount; ++index)
        tokens.emplace_back(1 + index * 7 % (model->config.vocabularySize - 1));
    PassRequest full;
    full.tokens = tokens;
    transformer.run(full, {});
    printMemory(*model, options, tokenCount);
    const double fullMs = printTimes(transformer, full);
    printCancels(transformer, full, fullMs);
}

} // namespace

} // namespace sinkscope

int main(int argc, char **argv)
{
    using namespace sinkscope;
    const std::vector<std::string_view> words(argv + 1, argv + argc);
    int tokens = 0;
    double gib = 0.0;
    const bool wellFormed = (words.size() == 2 || words.size() == 3)
        && std::from_chars(words[1].data(), words[1].data() + words[1].size(), tokens).ec == std::errc()
        && tokens > 0
        && (words.size() < 3
            || std::from_chars(words[2].data(), words[2].data() + words[2].size(), gib).ec == std::errc());
    if (!wellFormed) {
        fmt::print("usage: pass_cost MODEL TOKENS [GIB]\n"
                   "GIB: weights are expanded in memory up to so many GiB; 0 leaves them in the file.\n");
        return 2;
    }
    LoadOptions options;
    if (words.size() == 3)
        options.expandedBudgetBytes = static_cast<std::size_t>(std::ldexp(gib, 30));
    try {
        measure(std::string(words[0]), tokens, options);
    } catch (const Error &error) {
        fmt::print(stderr, "pass_cost: {}\n", error.what());
        return 1;
    }
    return 0;
}
