// SPDX-License-Identifier: Apache-2.0
// Reads a configuration from GGUF metadata and refuses what cannot be a transformer.
#include "core/model/model_config.h"

#include "core/base/error.h"
#include "core/weights/tensor_names.h"
#include "core/weights/weight_source.h"

#include <array>
#include <cmath>
#include <filesystem>
#include <fmt/format.h>

namespace sinkscope {

namespace {

/// What differs between the families that are read; one row a family.
struct ArchInfo {
    std::string_view arch;
    RotaryLayout rotaryLayout;
};
constexpr std::array kArchitectures {ArchInfo {"llama", RotaryLayout::Interleaved}};

class Reader {
public:
    Reader(const WeightSource &source, std::string arch)
        : m_source(source)
        , m_arch(std::move(arch))
    {
    }

    std::string key(std::string_view name) const { return fmt::format("{}.{}", m_arch, name); }

    int integer(std::string_view name, std::int64_t most) const
    {
        return checked(name, m_source.metaInteger(key(name)), most);
    }
    int integerOr(std::string_view name, std::int64_t fallback, std::int64_t most) const
    {
        return checked(name, m_source.metaIntegerOrNull(key(name)).value_or(fallback), most);
    }
    double positive(std::string_view name, double value) const
    {
        if (!std::isfinite(value) || !(value > 0.0))
            refuse(name, fmt::format("{}", value), "a finite number above 0");
        return value;
    }
    [[noreturn]] void refuse(std::string_view name, std::string given, std::string expected) const
    {
        throw Error({.what = "the value cannot be used",
            .file = m_source.path(),
            .place = key(name),
            .given = std::move(given),
            .expected = std::move(expected),
            .wayOut = "The file may be damaged; download or convert it again"});
    }

private:
    int checked(std::string_view name, std::int64_t value, std::int64_t most) const
    {
        if (value < 1 || value > most)
            refuse(name, fmt::format("{}", value), fmt::format("1 to {}", most));
        return static_cast<int>(value);
    }

    const WeightSource &m_source;
    std::string m_arch;
};

// Bounds far above any published model; they keep products of sizes inside 64 bits.
constexpr std::int64_t kMostLayers = 1024;
constexpr std::int64_t kMostHeads = 1024;
constexpr std::int64_t kMostWidth = 1 << 20;
constexpr std::int64_t kMostContext = std::int64_t {1} << 30;

const ArchInfo &archInfo(const WeightSource &source, const std::string &arch)
{
    for (const ArchInfo &info : kArchitectures)
        if (info.arch == arch)
            return info;
    throw Error({.what = "models of this architecture cannot be read",
        .file = source.path(),
        .place = "general.architecture",
        .given = arch,
        .expected = "llama",
        .wayOut = "Choose a model of a Llama-like family (Llama, SmolLM2, TinyLlama)"});
}

void refuseRotaryScaling(const WeightSource &source, const Reader &read)
{
    const auto scaling = source.metaStringOrNull(read.key("rope.scaling.type"));
    if (scaling && *scaling != "none" && !scaling->empty())
        throw Error({.what = "this scaling of rotary positions cannot be computed",
            .file = source.path(),
            .place = read.key("rope.scaling.type"),
            .given = *scaling,
            .expected = "none, or the factors of Llama 3 as tensor rope_freqs.weight",
            .wayOut = "Choose the model without extended context"});
}

void readHeads(const WeightSource &source, const Reader &read, ModelConfig &config)
{
    config.headCount = read.integer("attention.head_count", kMostHeads);
    config.kvHeadCount = read.integerOr("attention.head_count_kv", config.headCount, kMostHeads);
    if (config.headCount % config.kvHeadCount != 0)
        read.refuse("attention.head_count_kv", fmt::format("{}", config.kvHeadCount),
            fmt::format("a divisor of the {} query heads", config.headCount));
    if (!source.metaIntegerOrNull(read.key("attention.key_length"))
        && config.hiddenSize % config.headCount != 0)
        read.refuse("attention.head_count", fmt::format("{}", config.headCount),
            fmt::format("a divisor of the hidden size {}", config.hiddenSize));
    config.headSize =
        read.integerOr("attention.key_length", config.hiddenSize / config.headCount, kMostWidth);
    const int valueSize = read.integerOr("attention.value_length", config.headSize, kMostWidth);
    if (valueSize != config.headSize)
        read.refuse("attention.value_length", fmt::format("{}", valueSize),
            fmt::format("{}, the length of the keys", config.headSize));
    config.rotarySize = read.integerOr("rope.dimension_count", config.headSize, kMostWidth);
    if (config.rotarySize > config.headSize || config.rotarySize % 2 != 0)
        read.refuse("rope.dimension_count", fmt::format("{}", config.rotarySize),
            fmt::format("an even number up to the head size {}", config.headSize));
}

std::int64_t vocabularyRows(const WeightSource &source)
{
    const std::string name = ggufTensorName(TensorRole::TokenEmbedding);
    const TensorInfo *embedding = source.tensorOrNull(name);
    if (!embedding)
        throw Error({.what = "the tensor is missing",
            .file = source.path(),
            .place = name,
            .wayOut = "A file that holds only a vocabulary, or one part of several, is not a model"});
    return embedding->shape.empty() ? 0 : static_cast<std::int64_t>(embedding->shape.front());
}

} // namespace

ModelConfig readModelConfig(const WeightSource &source)
{
    ModelConfig config;
    config.arch = source.metaString("general.architecture");
    const ArchInfo &info = archInfo(source, config.arch);
    const Reader read(source, config.arch);
    config.rotaryLayout = info.rotaryLayout;
    config.name = source.metaStringOrNull("general.name").value_or("");
    if (config.name.empty())
        config.name = std::filesystem::path(source.path()).stem().string();
    config.layerCount = read.integer("block_count", kMostLayers);
    config.hiddenSize = read.integer("embedding_length", kMostWidth);
    config.feedForwardSize = read.integer("feed_forward_length", kMostWidth);
    config.contextLength = read.integer("context_length", kMostContext);
    readHeads(source, read, config);
    config.rotaryBase = read.positive(
        "rope.freq_base", source.metaNumberOrNull(read.key("rope.freq_base")).value_or(10000.0));
    config.normEpsilon = read.positive(
        "attention.layer_norm_rms_epsilon", source.metaNumber(read.key("attention.layer_norm_rms_epsilon")));
    refuseRotaryScaling(source, read);
    const std::int64_t vocabulary = vocabularyRows(source);
    if (vocabulary < 1 || vocabulary > (std::int64_t {1} << 24))
        read.refuse("vocab_size", fmt::format("{}", vocabulary), "1 to 16777216 rows of the token embedding");
    config.vocabularySize = static_cast<int>(vocabulary);
    config.tiedEmbeddings = source.tensorOrNull(ggufTensorName(TensorRole::OutputHead)) == nullptr;
    return config;
}

} // namespace sinkscope
