// SPDX-License-Identifier: Apache-2.0
// Puts the parts of a model file together.
#include "core/model/model.h"

#include "core/base/error.h"
#include "core/model/attention_step.h"
#include "core/model/layer_record.h"
#include "core/model/transformer.h"
#include "core/model/workspace.h"
#include "core/weights/open_weights.h"

#include <algorithm>
#include <fmt/format.h>
#include <limits>
#include <map>

namespace sinkscope {

namespace {

std::vector<StoredTypeCount> countStoredTypes(const WeightSource &source)
{
    std::map<std::string, int> counts;
    for (const TensorInfo &tensor : source.tensors())
        ++counts[std::string(dtypeInfo(tensor.dtype).name)];
    std::vector<StoredTypeCount> found;
    found.reserve(counts.size());
    for (const auto &[dtype, tensors] : counts)
        found.push_back({dtype, tensors});
    std::stable_sort(
        found.begin(), found.end(), [](const StoredTypeCount &left, const StoredTypeCount &right) {
            return left.tensors > right.tensors;
        });
    return found;
}

std::shared_ptr<Model> describe(const std::string &path, const std::shared_ptr<const WeightSource> &source)
{
    auto model = std::make_shared<Model>();
    model->path = path;
    model->formatName = source->formatName();
    model->fileBytes = source->fileBytes();
    model->config = readModelConfig(*source);
    model->tokenizer = loadTokenizer(*source);
    const auto known = model->tokenizer->vocabularySize();
    if (known != static_cast<std::size_t>(model->config.vocabularySize))
        throw Error({.what = "the tokenizer has another number of tokens than the token embedding has rows",
            .file = path,
            .place = "tokenizer.ggml.tokens",
            .given = fmt::format("{} tokens", known),
            .expected = fmt::format("{}", model->config.vocabularySize),
            .wayOut = "The file may be damaged; download or convert it again"});
    model->chatTemplate = ChatTemplate::fromSource(*source);
    model->storedTypes = countStoredTypes(*source);
    return model;
}

} // namespace

std::shared_ptr<const Model> describeModel(const std::string &path)
{
    const std::shared_ptr<const WeightSource> source = openWeights(path);
    const std::shared_ptr<Model> model = describe(path, source);
    ThreadPool pool(1);
    model->weights = *loadModelWeights({source, model->config, {.expandedBudgetBytes = 0}}, pool, {}, {});
    return model;
}

std::shared_ptr<const Model> describeTokenizer(const std::string &path)
{
    const std::shared_ptr<const WeightSource> source = openWeights(path);
    auto model = std::make_shared<Model>();
    model->path = path;
    model->tokenizer = loadTokenizer(*source);
    model->chatTemplate = ChatTemplate::fromSource(*source);
    model->config.vocabularySize = static_cast<int>(model->tokenizer->vocabularySize());
    model->config.contextLength = std::numeric_limits<int>::max();
    return model;
}

std::shared_ptr<const Model> loadModel(const std::string &path, const LoadOptions &options, ThreadPool &pool,
    const ProgressFn &progress, const StopToken &stop)
{
    if (progress)
        progress(0.0, "reading the file");
    const std::shared_ptr<const WeightSource> source = openWeights(path);
    const std::shared_ptr<Model> model = describe(path, source);
    std::optional<ModelWeights> weights =
        loadModelWeights({source, model->config, options}, pool, progress, stop);
    if (!weights)
        return nullptr;
    model->weights = std::move(*weights);
    return model;
}

GemmBackend preparedBackend(const Model &model)
{
    const WeightLayout layout = model.weights.layers.front().query.layout;
    switch (layout) {
    case WeightLayout::Rows:
        return GemmBackend::Blas;
    case WeightLayout::Tiles:
        return GemmBackend::Amx;
    case WeightLayout::Panels:
    case WeightLayout::HalfPanels:
    case WeightLayout::Stored:
        break;
    }
    return GemmBackend::Packed;
}

// Measured on x86-64: the command line with its libraries, and a byte-level tokenizer's tokens, merges and
// look-up tables.
constexpr std::size_t kProgramBytes = std::size_t {12} << 20;
constexpr std::size_t kTokenizerBytesPerToken = 200;

MemoryEstimate estimateMemory(
    const ModelConfig &config, std::uint64_t fileBytes, const LoadOptions &options, int tokenCount)
{
    const auto tokens = static_cast<std::size_t>(tokenCount);
    const auto layers = static_cast<std::size_t>(config.layerCount);
    const auto heads = static_cast<std::size_t>(config.headCount);
    constexpr std::size_t kRowFigures = 6; // sink mass, rest, two entropies, log odds, last row
    MemoryEstimate estimate;
    const ExpansionPlan plan = planExpansion(config, options);
    estimate.weightBytes = plan.bytes;
    estimate.programBytes =
        kProgramBytes + static_cast<std::size_t>(config.vocabularySize) * kTokenizerBytesPerToken;
    estimate.mappedBytes = static_cast<std::size_t>(fileBytes);
    estimate.workspaceBytes = Workspace::bytes(config, tokens);
    if (plan.backend == GemmBackend::Amx) // the widest activations once more, as three bf16 terms
        estimate.workspaceBytes += tokens * sizeof(std::uint16_t) * kMostTerms
            * static_cast<std::size_t>(
                std::max({config.hiddenSize, config.headCount * config.headSize, config.feedForwardSize}));
    const std::size_t perToken =
        static_cast<std::size_t>(config.hiddenSize + 2 * config.keyValueSize()) + kRowFigures * heads;
    estimate.recordBytes = layers * tokens * perToken * sizeof(float);
    estimate.patternPrecision = precisionWithin(config, tokens, CaptureOptions {}.patternBudgetBytes);
    estimate.patternBytes = estimate.patternPrecision == PatternPrecision::None
        ? patternBytes(config, tokens, PatternPrecision::Single) / layers
        : patternBytes(config, tokens, estimate.patternPrecision);
    return estimate;
}

} // namespace sinkscope
