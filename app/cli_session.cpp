// SPDX-License-Identifier: Apache-2.0
// Opening and loading models for commands.
#include "app/cli_session.h"

#include "app/cli_text.h"
#include "core/base/error.h"
#include "core/base/free_memory.h"
#include "core/weights/open_weights.h"
#include "core/weights/weight_source.h"

#include <cassert>
#include <filesystem>
#include <fmt/format.h>
#include <ostream>

namespace sinkscope {

namespace {

constexpr int kUsualTokens = 512; // of a prompt that is not known yet

std::shared_ptr<const Model> load(const std::string &path, ThreadPool &pool, const LoadOptions &options)
{
    const auto silent = [](double, const std::string &) {};
    std::shared_ptr<const Model> model = loadModel(path, options, pool, silent, StopToken {});
    assert(model); // only a cancelled load gives none
    return model;
}

} // namespace

std::string resolveModelPath(const std::string &model, const CliEnvironment &environment)
{
    if (model.empty())
        throw Error({.what = "the path of the model is empty",
            .expected = "the path of a GGUF file, or the word default"});
    if (model != "default")
        return model;
    std::error_code ignored;
    if (!std::filesystem::exists(environment.defaultModelPath, ignored))
        throw Error({.what = "the default model is not there",
            .file = environment.defaultModelPath,
            .expected = "the file that app/run --build-only obtains",
            .wayOut = "Run app/run --build-only once, or give the path of a GGUF file instead of the word "
                      "default"});
    return environment.defaultModelPath;
}

HeadGrid headGridOf(const std::string &path)
{
    return readModelConfig(*openWeights(path)).headGrid();
}

const char *finishName(const std::vector<TokenId> &ids, int mostTokens, const Tokenizer &tokenizer)
{
    if (!ids.empty() && tokenizer.endsGeneration(ids.back()))
        return "end-token";
    return static_cast<int>(ids.size()) >= mostTokens ? "length" : "context";
}

std::string memoryWarning(const MemoryEstimate &needed, std::optional<std::uint64_t> available)
{
    if (!available || needed.totalBytes() <= *available)
        return {};
    return fmt::format("the model needs about {} of memory and {} are free; the machine may become slow or "
                       "end the program",
        readableBytes(needed.totalBytes()), readableBytes(*available));
}

void warnOfMemory(const std::string &path, const LoadOptions &load, std::ostream &err)
{
    const auto source = openWeights(path);
    LoadOptions usual = usualLoadOptions(*source);
    usual.expandedBudgetBytes = load.expandedBudgetBytes;
    const std::string warning =
        memoryWarning(estimateMemory(readModelConfig(*source), source->fileBytes(), usual, kUsualTokens),
            availableMemory());
    if (!warning.empty())
        err << "sinkscope-cli: warning: " << warning << ".\n";
}

Session::Session(const std::string &path, int threads, const LoadOptions &options)
    : m_pool(threads)
    , m_model(load(path, m_pool, options))
    , m_gemm(m_pool)
    , m_transformer(*m_model, m_gemm)
{
}

std::shared_ptr<const PassResult> Session::run(const PassRequest &request)
{
    std::shared_ptr<const PassResult> result = m_transformer.run(request, StopToken {});
    assert(result); // only a cancelled pass gives none
    return result;
}

} // namespace sinkscope
