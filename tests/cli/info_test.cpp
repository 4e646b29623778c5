// SPDX-License-Identifier: Apache-2.0
// `info`: every field, from the file alone.
#include "tests/cli/cli_fixture.h"
#include "tests/support/model_paths.h"

#include "tests/support/tiny_model.h"

#include <filesystem>

namespace sinkscope::test {

TEST(CliInfo, HoldsEveryFieldOfTheFile)
{
    TinyModelOptions options;
    options.layers = 2;
    options.heads = 6;
    options.kvHeads = 3;
    options.contextLength = 77;
    options.vocabulary = 333;
    options.addBos = true;
    options.tied = false;
    const std::string path = writeTinyModel(options);
    const nlohmann::json info = runCliJson({"info", path});
    EXPECT_EQ(info.at("arch"), "llama");
    EXPECT_EQ(info.at("layers"), 2);
    EXPECT_EQ(info.at("heads"), 6);
    EXPECT_EQ(info.at("kvHeads"), 3);
    EXPECT_EQ(info.at("hidden"), 32);
    EXPECT_EQ(info.at("vocab"), 333);
    EXPECT_EQ(info.at("context"), 77);
    EXPECT_EQ(info.at("tiedEmbeddings"), false);
    EXPECT_EQ(info.at("bytes"), std::filesystem::file_size(path));
    EXPECT_EQ(info.at("fileTypes")[0].at("type"), "F32");
    EXPECT_EQ(info.at("fileTypes")[0].at("tensors"), 2 * 9 + 3); // nine a layer, embedding, final norm, head
    EXPECT_EQ(info.at("tokenizer"), "gpt2 / smollm");
    EXPECT_EQ(info.at("bos").at("adds"), true);
    EXPECT_EQ(info.at("bos").at("token").at("id"), 1);
    EXPECT_EQ(info.at("bos").at("token").at("text"), "<|im_start|>");
    EXPECT_NE(info.at("chatTemplate").get<std::string>().find("chatml"), std::string::npos);
}

TEST(CliInfo, MemoryGrowsWithTheTokensAsked)
{
    const nlohmann::json usual = runCliJson({"info", tinyModel()}).at("memory");
    EXPECT_EQ(usual.at("tokens"), 512);
    const nlohmann::json few = runCliJson({"info", tinyModel(), "--tokens", "10"}).at("memory");
    EXPECT_EQ(few.at("tokens"), 10);
    EXPECT_EQ(few.at("patternBytes"), 3 * 4 * (10 * 11 / 2) * 4); // layers, heads, triangle, bytes of a float
    EXPECT_LT(few.at("totalBytes"), usual.at("totalBytes"));
    expectSentence(runCli({"info", tinyModel(), "--tokens", "0"}), 2, {"--tokens"});
}

TEST(CliInfo, SaysThatTheTokensExceedTheContext)
{
    EXPECT_EQ(runCliJson({"info", tinyModel(), "--tokens", "256"}).at("memory").at("exceedsContext"), false);
    EXPECT_EQ(runCliJson({"info", tinyModel(), "--tokens", "257"}).at("memory").at("exceedsContext"), true);
    EXPECT_EQ(runCli({"info", tinyModel(), "--tokens", "256"}).err, "");
    const std::string note = runCli({"info", tinyModel(), "--tokens", "257"}).err;
    EXPECT_NE(note.find("257 tokens are more than the context of this model, 256"), std::string::npos)
        << note;
}

TEST(CliInfo, FileWithoutTemplateSaysSo)
{
    GgufWriter writer = tinyModelWriter({});
    writer.removeKey("tokenizer.chat_template");
    const std::string path = temporaryPath("plain.gguf");
    writer.write(path);
    EXPECT_TRUE(runCliJson({"info", path}).at("chatTemplate").is_null());
    expectSentence(runCli({"run", path, "--text", "a", "--chat"}), 1, {"template"});
    const CliResult plain = runCli({"info", path});
    EXPECT_EQ(plain.code, 0) << plain.err;
    for (const char *part : {"llama", "layers", "4 query", "256 tokens", "gpt2 / smollm", "none"})
        EXPECT_NE(plain.out.find(part), std::string::npos) << part;
}

TEST(CliInfo, CountsOneLayersPatternsWhereAllWouldPassTheBudget)
{
    const nlohmann::json few = runCliJson({"info", tinyModel(), "--tokens", "100"}).at("memory");
    // 3 layers x 4 heads x 100 * 101 / 2 weights x 4 bytes
    EXPECT_EQ(few.at("patternBytes"), 3 * 4 * 5050 * 4);
    EXPECT_EQ(few.at("patternPrecision"), "fp32");
    // 12 x 8000 * 8001 / 2 weights pass a budget of 1 GiB with 4 bytes and fit it with 2.
    const nlohmann::json halved = runCliJson({"info", tinyModel(), "--tokens", "8000"}).at("memory");
    EXPECT_EQ(halved.at("patternBytes"), std::int64_t {12} * 32004000 * 2);
    EXPECT_EQ(halved.at("patternPrecision"), "fp16");
    EXPECT_NE(
        runCli({"info", tinyModel(), "--tokens", "8000"}).out.find("in half precision"), std::string::npos);
    const nlohmann::json many = runCliJson({"info", tinyModel(), "--tokens", "10000"}).at("memory");
    EXPECT_EQ(many.at("patternBytes"), std::int64_t {4} * 50005000 * 4); // one layer of 4 heads
    EXPECT_TRUE(many.at("patternPrecision").is_null());
}

TEST(CliInfo, RefusesAModelThatCouldNotRun)
{
    for (const char *name : {"missing_tensor", "wrong_shape", "embedding_length_mismatch"}) {
        const auto path = sharedDataPath(std::string("reference/malformed/") + name + ".gguf");
        if (!path)
            GTEST_SKIP() << "reference data absent";
        expectSentence(runCli({"info", *path}), 1, {name});
    }
}

} // namespace sinkscope::test
