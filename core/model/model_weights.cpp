// SPDX-License-Identifier: Apache-2.0
// Looks up, checks and expands the tensors of a model.
#include "core/model/model_weights.h"

#include "core/base/error.h"
#include "core/tensor/dequantize.h"
#include "core/weights/tensor_names.h"
#include "core/weights/weight_source.h"

#include <algorithm>
#include <atomic>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <utility>

namespace sinkscope {

namespace {

const TensorInfo &checkedTensor(
    const WeightSource &source, const std::string &name, const std::vector<std::uint64_t> &shape)
{
    const TensorInfo *tensor = source.tensorOrNull(name);
    if (!tensor)
        throw Error({.what = "the tensor is missing",
            .file = source.path(),
            .place = name,
            .wayOut = "The file may be damaged or one part of several; download or convert it again"});
    if (tensor->shape != shape)
        throw Error({.what = "the tensor has another shape than the metadata say",
            .file = source.path(),
            .place = name,
            .given = fmt::format("[{}]", fmt::join(tensor->shape, ", ")),
            .expected = fmt::format("[{}]", fmt::join(shape, ", ")),
            .wayOut = "The file may be damaged; download or convert it again"});
    return *tensor;
}

// A NaN or an infinity in a weight would spread to every figure: refused at load, with its tensor.
[[noreturn]] void refuseNotFinite(const WeightSource &source, const std::string &role)
{
    throw Error({.what = "the weights contain values that are not numbers (NaN or infinite)",
        .file = source.path(),
        .place = role,
        .wayOut = "The file may be damaged; download or convert it again"});
}

class Loader {
public:
    Loader(const WeightSource &source, const ModelConfig &config)
        : m_source(source)
        , m_config(config)
    {
    }

    WeightMatrix matrix(TensorRole role, int outputs, int inputs, LayerIndex layer = {}) const
    {
        const TensorInfo &tensor = checkedTensor(m_source, ggufTensorName(role, layer),
            {static_cast<std::uint64_t>(outputs), static_cast<std::uint64_t>(inputs)});
        WeightMatrix weights;
        weights.dtype = tensor.dtype;
        weights.outputs = static_cast<std::size_t>(outputs);
        weights.inputs = static_cast<std::size_t>(inputs);
        weights.stored = tensor.bytes;
        return weights;
    }

    std::vector<float> vector(TensorRole role, int size, LayerIndex layer = {}) const
    {
        const TensorInfo &tensor =
            checkedTensor(m_source, ggufTensorName(role, layer), {static_cast<std::uint64_t>(size)});
        std::vector<float> values(static_cast<std::size_t>(size));
        dequantize(tensor.dtype, tensor.bytes, values);
        if (!allFinite(values))
            refuseNotFinite(m_source, tensor.name);
        return values;
    }

    LayerWeights layer(LayerIndex layer) const
    {
        const ModelConfig &c = m_config;
        const int querySize = c.headCount * c.headSize;
        return {.attentionNorm = vector(TensorRole::AttentionNorm, c.hiddenSize, layer),
            .query = matrix(TensorRole::Query, querySize, c.hiddenSize, layer),
            .key = matrix(TensorRole::Key, c.keyValueSize(), c.hiddenSize, layer),
            .value = matrix(TensorRole::Value, c.keyValueSize(), c.hiddenSize, layer),
            .attentionOutput = matrix(TensorRole::AttentionOutput, c.hiddenSize, querySize, layer),
            .feedForwardNorm = vector(TensorRole::FeedForwardNorm, c.hiddenSize, layer),
            .gate = matrix(TensorRole::Gate, c.feedForwardSize, c.hiddenSize, layer),
            .up = matrix(TensorRole::Up, c.feedForwardSize, c.hiddenSize, layer),
            .down = matrix(TensorRole::Down, c.hiddenSize, c.feedForwardSize, layer)};
    }

private:
    const WeightSource &m_source;
    const ModelConfig &m_config;
};

std::vector<WeightMatrix *> plannedMatrices(ModelWeights &weights, const ExpansionPlan &plan)
{
    std::vector<WeightMatrix *> planned;
    if (weights.outputHead ? plan.tokenEmbedding : plan.outputHead)
        planned.push_back(&weights.tokenEmbedding);
    for (auto layer = static_cast<std::size_t>(plan.firstLayer); layer < weights.layers.size(); ++layer) {
        LayerWeights &own = weights.layers[layer];
        planned.insert(planned.end(),
            {&own.query, &own.key, &own.value, &own.attentionOutput, &own.gate, &own.up, &own.down});
    }
    if (weights.outputHead && plan.outputHead)
        planned.push_back(&*weights.outputHead);
    return planned;
}

/// Who is told how far a load is, and who may end it.
struct LoadWatch {
    const ProgressFn &progress;
    const StopToken &stop;
};

const TensorInfo *tensorOf(const WeightSource &source, const WeightMatrix &matrix)
{
    for (const TensorInfo &tensor : source.tensors())
        if (tensor.bytes.data() == matrix.stored.data())
            return &tensor;
    return nullptr;
}

WorkStatus prepareMatrices(
    ModelWeights &weights, const ExpansionPlan &plan, ThreadPool &pool, const LoadWatch &watch)
{
    const std::vector<WeightMatrix *> matrices = plannedMatrices(weights, plan);
    for (std::size_t done = 0; done < matrices.size(); ++done) {
        if (watch.stop.stop_requested())
            return WorkStatus::Cancelled;
        if (watch.progress)
            watch.progress(static_cast<double>(done) / static_cast<double>(matrices.size()),
                fmt::format("tensor {} of {}", done + 1, matrices.size()));
        if (!prepareWeights(*matrices[done], plan.backend, pool, plan.panels)) {
            const TensorInfo *tensor = tensorOf(*weights.source, *matrices[done]);
            refuseNotFinite(*weights.source, tensor ? tensor->name : "weights");
        }
    }
    return WorkStatus::Completed;
}

} // namespace

int storedTileTerms(const WeightSource &source)
{
    int most = 1;
    for (const TensorInfo &tensor : source.tensors())
        if (tensor.shape.size() == 2)
            most = std::max(most, mostTileTerms(tensor.dtype));
    return most;
}

LoadOptions usualLoadOptions(const WeightSource &source)
{
    LoadOptions options;
    options.backend = amxKernelOrNull() ? GemmBackend::Amx : GemmBackend::Packed;
    options.tileTerms = storedTileTerms(source);
    options.isAllBf16 = options.tileTerms == 1;
    return options;
}

namespace {

/// The plan with panels of these values.
ExpansionPlan planWith(PanelValues panels, const ModelConfig &config, const LoadOptions &options)
{
    const auto bytesOf = [&](std::size_t outputs, std::size_t inputs) {
        if (options.backend == GemmBackend::Amx)
            return preparedTileBytes(outputs, inputs, options.tileTerms);
        if (panels == PanelValues::Bf16)
            return preparedHalfPanelBytes(outputs, inputs);
        return preparedBytes(outputs, inputs, options.backend);
    };
    // Widened first: products of the largest sizes that a configuration may have exceed an int.
    const auto hidden = static_cast<std::size_t>(config.hiddenSize);
    const auto querySize = static_cast<std::size_t>(config.headCount * config.headSize);
    const auto feedForward = static_cast<std::size_t>(config.feedForwardSize);
    const std::size_t perLayer = 2 * bytesOf(static_cast<std::size_t>(config.keyValueSize()), hidden)
        + bytesOf(querySize, hidden) + bytesOf(hidden, querySize) + 2 * bytesOf(feedForward, hidden)
        + bytesOf(hidden, feedForward);
    const std::size_t head = bytesOf(static_cast<std::size_t>(config.vocabularySize), hidden);
    const std::size_t all =
        perLayer * static_cast<std::size_t>(config.layerCount) + head * (config.tiedEmbeddings ? 1 : 2);
    if (all <= options.expandedBudgetBytes)
        return {.backend = options.backend,
            .outputHead = true,
            .tokenEmbedding = !config.tiedEmbeddings,
            .panels = panels,
            .bytes = all};
    ExpansionPlan plan {.backend = options.backend, .panels = panels, .firstLayer = config.layerCount};
    const std::size_t budget = std::min(options.expandedBudgetBytes, options.uppermostBudgetBytes);
    if (options.backend != GemmBackend::Packed || head > budget)
        return plan;
    plan.outputHead = true;
    plan.bytes = head;
    while (plan.firstLayer > 0 && plan.bytes + perLayer <= budget) {
        --plan.firstLayer;
        plan.bytes += perLayer;
    }
    return plan;
}

bool holdsAll(const ExpansionPlan &plan)
{
    return plan.outputHead && plan.firstLayer == 0;
}

} // namespace

ExpansionPlan planExpansion(const ModelConfig &config, const LoadOptions &options)
{
    ExpansionPlan plan = planWith(PanelValues::Fp32, config, options);
    if (holdsAll(plan) || options.backend == GemmBackend::Blas)
        return plan;
    LoadOptions packed = options;
    packed.backend = GemmBackend::Packed;
    if (options.backend == GemmBackend::Amx)
        plan = planWith(PanelValues::Fp32, config, packed);
    return holdsAll(plan) || !options.isAllBf16 ? plan : planWith(PanelValues::Bf16, config, packed);
}

std::optional<ModelWeights> loadModelWeights(
    const WeightRequest &request, ThreadPool &pool, const ProgressFn &progress, const StopToken &stop)
{
    const auto &[source, config, options] = request;
    const Loader loader(*source, config);
    ModelWeights weights;
    weights.source = source;
    weights.tokenEmbedding =
        loader.matrix(TensorRole::TokenEmbedding, config.vocabularySize, config.hiddenSize);
    for (LayerIndex layer; layer.value < config.layerCount; ++layer)
        weights.layers.push_back(loader.layer(layer));
    weights.finalNorm = loader.vector(TensorRole::FinalNorm, config.hiddenSize);
    if (!config.tiedEmbeddings)
        weights.outputHead = loader.matrix(TensorRole::OutputHead, config.vocabularySize, config.hiddenSize);
    if (weights.source->tensorOrNull(ggufTensorName(TensorRole::RotaryFactors)))
        weights.rotaryFactors = loader.vector(TensorRole::RotaryFactors, config.rotarySize / 2);
    LoadOptions planned = options;
    planned.tileTerms = std::min(options.tileTerms, storedTileTerms(*source));
    planned.isAllBf16 = storedTileTerms(*source) == 1;
    const ExpansionPlan plan = planExpansion(config, planned);
    if (prepareMatrices(weights, plan, pool, {progress, stop}) == WorkStatus::Cancelled)
        return std::nullopt;
    if (progress)
        progress(1.0, "ready");
    return weights;
}

} // namespace sinkscope
