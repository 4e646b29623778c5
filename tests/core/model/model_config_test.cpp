// SPDX-License-Identifier: Apache-2.0
// A configuration is read as written, and every value that cannot be a model is refused by name.
#include "core/base/error.h"
#include "core/model/model.h"
#include "tests/support/model_paths.h"
#include "tests/support/tiny_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>
#include <functional>
#include <limits>

namespace sinkscope {
namespace {

using test::GgufWriter;

std::shared_ptr<const Model> load(const std::string &path, const LoadOptions &options = {})
{
    ThreadPool pool(1);
    return loadModel(path, options, pool, {}, {});
}

TEST(ModelConfig, IsReadAsWritten)
{
    test::TinyModelOptions options;
    options.layers = 2;
    options.heads = 6;
    options.kvHeads = 2;
    options.headSize = 10;
    options.hidden = 24;
    options.feedForward = 40;
    options.contextLength = 77;
    options.rotarySize = 6;
    options.rotaryBase = 5000.0;
    options.tied = false;
    const auto model = load(test::writeTinyModel(options));
    const ModelConfig &config = model->config;
    EXPECT_EQ(config.arch, "llama");
    EXPECT_EQ(config.name, "tiny");
    EXPECT_EQ(config.layerCount, 2);
    EXPECT_EQ(config.headCount, 6);
    EXPECT_EQ(config.kvHeadCount, 2);
    EXPECT_EQ(config.headSize, 10);
    EXPECT_EQ(config.hiddenSize, 24);
    EXPECT_EQ(config.feedForwardSize, 40);
    EXPECT_EQ(config.contextLength, 77);
    EXPECT_EQ(config.rotarySize, 6);
    EXPECT_EQ(config.vocabularySize, 320);
    EXPECT_FALSE(config.tiedEmbeddings);
    EXPECT_DOUBLE_EQ(config.rotaryBase, 5000.0);
    EXPECT_NEAR(config.normEpsilon, 1e-5, 1e-12);
    EXPECT_EQ(config.groupSize(), 3);
    EXPECT_EQ(config.kvHeadOf(HeadIndex(2)), KvHeadIndex(0));
    EXPECT_EQ(config.kvHeadOf(HeadIndex(3)), KvHeadIndex(1));
}

TEST(ModelConfig, OptionalKeysHaveTheirDefaults)
{
    // hidden = heads * headSize, so that head size and rotary size follow; no kv heads: as many as query
    // heads.
    test::TinyModelOptions options;
    options.kvHeads = 4;
    GgufWriter writer = test::tinyModelWriter(options);
    for (const char *key : {"llama.attention.key_length", "llama.attention.value_length",
             "llama.rope.dimension_count", "llama.attention.head_count_kv", "llama.rope.freq_base"})
        writer.removeKey(key);
    const std::string path = test::temporaryPath("defaults.gguf");
    writer.write(path);
    const auto model = load(path);
    EXPECT_EQ(model->config.headSize, 8);
    EXPECT_EQ(model->config.rotarySize, 8);
    EXPECT_EQ(model->config.kvHeadCount, 4);
    EXPECT_DOUBLE_EQ(model->config.rotaryBase, 10000.0);
}

// The widest heads that a configuration may have: 1024 heads of 2^20. Their rows alone pass 2^31.
TEST(ModelConfig, TheLargestSizesHaveAnExactNumberOfBytes)
{
    ModelConfig config;
    config.layerCount = 2;
    config.hiddenSize = 32;
    config.headCount = 1024;
    config.kvHeadCount = 1024;
    config.headSize = 1 << 20;
    config.feedForwardSize = 64;
    config.vocabularySize = 320;
    config.tiedEmbeddings = true;
    // 4 bytes * (2 layers * 32 * (4 * 2^30 + 3 * 64) + 32 * 320)
    EXPECT_EQ(
        planExpansion(config,
            {.backend = GemmBackend::Blas, .expandedBudgetBytes = std::numeric_limits<std::size_t>::max()})
            .bytes,
        1099511717888U);
}

using Spoil = std::function<void(GgufWriter &)>; ///< makes one thing wrong in a sound model

struct Refusal {
    std::string name;
    Spoil spoil;
    std::string place; ///< must be named by the message
};

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

Spoil number(const char *key, std::uint32_t value)
{
    return [key, value](GgufWriter &writer) { writer.setUint32(key, value); };
}

Spoil real(const char *key, float value)
{
    return [key, value](GgufWriter &writer) { writer.setFloat32(key, value); };
}

Spoil text(const char *key, const char *value)
{
    return [key, value](GgufWriter &writer) { writer.setString(key, value); };
}

Spoil without(const char *key)
{
    return [key](GgufWriter &writer) { writer.removeKey(key); };
}

Spoil withoutTensor(const char *name)
{
    return [name](GgufWriter &writer) { writer.removeTensor(name); };
}

// An fp32 tensor of the given shape, outputs first.
Spoil tensor(const char *name, const std::vector<std::uint64_t> &shape, const std::vector<float> &values)
{
    return [=](GgufWriter &writer) { writer.setTensor(name, 0, shape, test::bytesOfFloats(values)); };
}

// All values the same but one.
std::vector<float> valuesWithOne(std::size_t count, float value, float other)
{
    std::vector<float> values(count, value);
    values[count / 2] = other;
    return values;
}

std::vector<Refusal> refusedSizes()
{
    return {
        {"NoArchitecture", without("general.architecture"), "general.architecture"},
        {"UnknownArchitecture", text("general.architecture", "mamba"), "mamba"},
        {"NoLayerCount", without("llama.block_count"), "llama.block_count"},
        {"LayerCountIsText", text("llama.block_count", "3"), "llama.block_count"},
        {"ZeroLayers", number("llama.block_count", 0), "llama.block_count"},
        {"BillionLayers", number("llama.block_count", 1000000000), "llama.block_count"},
        {"MoreLayersThanTensors", number("llama.block_count", 4), "blk.3."},
        {"ZeroHidden", number("llama.embedding_length", 0), "llama.embedding_length"},
        {"HugeHidden", number("llama.embedding_length", 0xFFFFFFFF), "llama.embedding_length"},
        {"HiddenDiffersFromTensors", number("llama.embedding_length", 64), "token_embd.weight"},
        {"ZeroFeedForward", number("llama.feed_forward_length", 0), "llama.feed_forward_length"},
        {"FeedForwardDiffersFromTensors", number("llama.feed_forward_length", 96), "ffn_"},
        {"ZeroContext", number("llama.context_length", 0), "llama.context_length"},
        {"NoContext", without("llama.context_length"), "llama.context_length"},
    };
}

std::vector<Refusal> refusedHeads()
{
    return {
        {"ZeroHeads", number("llama.attention.head_count", 0), "llama.attention.head_count"},
        {"HeadsNotInGroups", number("llama.attention.head_count_kv", 3), "llama.attention.head_count_kv"},
        {"ZeroKvHeads", number("llama.attention.head_count_kv", 0), "llama.attention.head_count_kv"},
        {"KeysAndValuesDiffer", number("llama.attention.value_length", 16), "llama.attention.value_length"},
    };
}

std::vector<Refusal> refusedRotaryAndNorm()
{
    const char *epsilon = "llama.attention.layer_norm_rms_epsilon";
    return {
        {"RotaryLargerThanHead", number("llama.rope.dimension_count", 16), "llama.rope.dimension_count"},
        {"RotaryOdd", number("llama.rope.dimension_count", 7), "llama.rope.dimension_count"},
        {"RotaryBaseZero", real("llama.rope.freq_base", 0.0F), "llama.rope.freq_base"},
        {"RotaryBaseNan", real("llama.rope.freq_base", kNan), "llama.rope.freq_base"},
        {"RotaryScalingNotKnown", text("llama.rope.scaling.type", "yarn"), "llama.rope.scaling.type"},
        {"NoEpsilon", without(epsilon), epsilon},
        {"EpsilonNegative", real(epsilon, -1e-5F), epsilon},
        {"EpsilonNan", real(epsilon, kNan), epsilon},
        {"EpsilonInfinite", real(epsilon, kInfinity), epsilon},
    };
}

std::vector<Refusal> refusedTensors()
{
    const auto zeros = [](std::size_t count) { return std::vector<float>(count, 0.0F); };
    return {
        {"NoEmbedding", withoutTensor("token_embd.weight"), "token_embd.weight"},
        {"NoFinalNorm", withoutTensor("output_norm.weight"), "output_norm.weight"},
        {"NoQuery", withoutTensor("blk.1.attn_q.weight"), "blk.1.attn_q.weight"},
        {"KeyOfAnotherShape", tensor("blk.0.attn_k.weight", {32, 16}, zeros(32 * 16)), "blk.0.attn_k.weight"},
        {"NormOfAnotherShape", tensor("blk.2.ffn_norm.weight", {31}, zeros(31)), "blk.2.ffn_norm.weight"},
        {"WeightIsNan", tensor("blk.0.attn_v.weight", {16, 32}, valuesWithOne(16 * 32, 0.5F, kNan)),
            "blk.0.attn_v.weight"},
        {"NormIsInfinite", tensor("blk.1.attn_norm.weight", {32}, valuesWithOne(32, 1.0F, kInfinity)),
            "blk.1.attn_norm.weight"},
        {"RotaryFactorsOfAnotherLength", tensor("rope_freqs.weight", {3}, {1.0F, 1.0F, 1.0F}),
            "rope_freqs.weight"},
        {"MoreTokensThanEmbeddingRows", tensor("token_embd.weight", {300, 32}, zeros(300 * 32)), ""},
        {"FewerTokensThanEmbeddingRows", tensor("token_embd.weight", {352, 32}, zeros(352 * 32)), ""},
    };
}

class ModelRefusal : public testing::TestWithParam<Refusal> { };

TEST_P(ModelRefusal, NamesFileAndPlace)
{
    GgufWriter writer = test::tinyModelWriter({});
    GetParam().spoil(writer);
    const std::string path = test::temporaryPath("refused.gguf");
    writer.write(path);
    try {
        load(path);
        FAIL() << "it was accepted";
    } catch (const Error &error) {
        EXPECT_THAT(error.what(), testing::HasSubstr("refused.gguf"));
        EXPECT_THAT(error.what(), testing::HasSubstr(GetParam().place));
    }
}

std::string nameOf(const testing::TestParamInfo<Refusal> &param)
{
    return param.param.name;
}

INSTANTIATE_TEST_SUITE_P(Sizes, ModelRefusal, testing::ValuesIn(refusedSizes()), nameOf);
INSTANTIATE_TEST_SUITE_P(Heads, ModelRefusal, testing::ValuesIn(refusedHeads()), nameOf);
INSTANTIATE_TEST_SUITE_P(RotaryAndNorm, ModelRefusal, testing::ValuesIn(refusedRotaryAndNorm()), nameOf);
INSTANTIATE_TEST_SUITE_P(Tensors, ModelRefusal, testing::ValuesIn(refusedTensors()), nameOf);

TEST(LoadModel, StopsWhenAskedWhileLoading)
{
    const std::string path = test::writeTinyModel();
    std::stop_source source;
    ThreadPool pool(1);
    int steps = 0;
    const auto progress = [&](double fraction, const std::string &step) {
        EXPECT_GE(fraction, 0.0);
        EXPECT_LE(fraction, 1.0);
        EXPECT_FALSE(step.empty());
        if (++steps == 3)
            source.request_stop();
    };
    EXPECT_EQ(loadModel(path, {}, pool, progress, source.get_token()), nullptr);
    EXPECT_EQ(steps, 3);
}

TEST(LoadModel, CountsStoredTypes)
{
    test::TinyModelOptions options;
    options.storage = test::TinyStorage::Q8_0;
    const auto model = load(test::writeTinyModel(options));
    // 3 layers of 7 matrices and the embedding; 2 norms a layer and the final one.
    ASSERT_EQ(model->storedTypes.size(), 2U);
    EXPECT_EQ(model->storedTypes[0].dtype, "Q8_0");
    EXPECT_EQ(model->storedTypes[0].tensors, 22);
    EXPECT_EQ(model->storedTypes[1].dtype, "F32");
    EXPECT_EQ(model->storedTypes[1].tensors, 7);
}

// The damaged files of the reference data, as far as they are GGUF.
TEST(MalformedFiles, AreRefusedByTheWholeLoad)
{
    const auto folder = test::sharedDataPath("reference/malformed");
    if (!folder)
        GTEST_SKIP() << "reference/malformed: reference data absent";
    std::ifstream stream(*folder + "/index.json");
    int refused = 0;
    for (const auto &entry : nlohmann::json::parse(stream)) {
        if (entry.at("kind") != "gguf")
            continue;
        const std::string file = entry.at("file");
        const std::string expect = entry.at("expect");
        SCOPED_TRACE(file + ": " + entry.at("wrong").get<std::string>());
        try {
            load(*folder + "/" + file);
            EXPECT_NE(expect, "reject") << "it was accepted";
        } catch (const Error &error) {
            ++refused;
            EXPECT_NE(expect, "load") << error.what();
            EXPECT_THAT(error.what(), testing::HasSubstr(file));
        } catch (const std::exception &error) {
            ADD_FAILURE() << "not a refusal of ours: " << error.what();
        }
    }
    EXPECT_GT(refused, 40);
}

} // namespace
} // namespace sinkscope
