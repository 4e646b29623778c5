// SPDX-License-Identifier: Apache-2.0
// `generate`: the same tokens as the reference, streamed text equal to the JSON's, and why it ended.
#include "tests/cli/cli_fixture.h"

#include "core/base/utf8.h"
#include "tests/support/reference_forward.h"
#include "tests/support/tiny_model.h"

namespace sinkscope::test {

namespace {

std::vector<std::int32_t> numbers(const std::vector<TokenId> &ids)
{
    std::vector<std::int32_t> values;
    values.reserve(ids.size());
    for (const TokenId id : ids)
        values.push_back(id.value);
    return values;
}

} // namespace

TEST(CliGenerate, GreedyEqualsTheReferenceUnderEdits)
{
    const std::vector<TokenId> prompt {TokenId(70), TokenId(40), TokenId(90)};
    HeadEdit edit;
    edit.head = {LayerIndex(0), HeadIndex(1)};
    edit.gamma = 5.0;
    const nlohmann::json result =
        runCliJson({"generate", tinyModel(), "--ids", "70,40,90", "--max-new", "10", "--edit", "L0H1=5"});
    const auto expected =
        referenceGreedy(tinyWeights(), prompt, std::span(&edit, 1), 10, {TokenId(0), TokenId(2)});
    EXPECT_EQ(result.at("ids"), nlohmann::json(numbers(expected)));
}

TEST(CliGenerate, EndsByLengthOrContext)
{
    const nlohmann::json shortText =
        runCliJson({"generate", tinyModel(), "--ids", "70,40", "--max-new", "1"});
    EXPECT_EQ(shortText.at("ids").size(), 1U);
    EXPECT_TRUE(shortText.at("finish") == "length" || shortText.at("finish") == "end-token");
    // 256 tokens fill the context: one more token can be predicted, none can follow it.
    const nlohmann::json full =
        runCliJson({"generate", tinyModel(), "--text", std::string(256, '7'), "--max-new", "50"});
    EXPECT_EQ(full.at("ids").size(), 1U);
    EXPECT_TRUE(full.at("finish") == "context" || full.at("finish") == "end-token");
}

TEST(CliGenerate, EndTokenIsKeptInIdsAndLeftOutOfTheText)
{
    // Sampled almost uniformly over 320 tokens, one of many seeds meets an end token.
    for (int seed = 0; seed < 40; ++seed) {
        const nlohmann::json result = runCliJson({"generate", tinyModel(), "--ids", "70,40", "--max-new",
            "60", "--temperature", "20", "--seed", std::to_string(seed)});
        if (result.at("finish") != "end-token")
            continue;
        const int last = result.at("ids").back();
        EXPECT_TRUE(last == 0 || last == 2);
        const std::string text = result.at("text");
        EXPECT_EQ(text.find("<|endoftext|>"), std::string::npos);
        EXPECT_EQ(text.find("<|im_end|>"), std::string::npos);
        return;
    }
    FAIL() << "no seed met an end token";
}

TEST(CliGenerate, StreamedTextEqualsTheJson)
{
    for (int seed = 0; seed < 5; ++seed) {
        const std::vector<std::string> args {"generate", tinyModel(), "--text", "7 <", "--max-new", "40",
            "--temperature", "3", "--seed", std::to_string(seed)};
        const CliResult plain = runCli(args);
        EXPECT_EQ(plain.code, 0) << plain.err;
        EXPECT_EQ(plain.out, runCliJson(args).at("text").get<std::string>() + "\n");
        EXPECT_EQ(firstInvalidUtf8(plain.out), std::string::npos);
    }
}

TEST(CliGenerate, SeedDecidesAndTopKOfOneIsGreedy)
{
    const auto sampled = [](const std::string &seed, const std::string &topK) {
        return runCliJson({"generate", tinyModel(), "--ids", "70,40", "--max-new", "12", "--temperature", "2",
                              "--top-k", topK, "--seed", seed})
            .at("ids");
    };
    EXPECT_EQ(sampled("7", "0"), sampled("7", "0"));
    EXPECT_NE(sampled("7", "0"), sampled("8", "0"));
    EXPECT_EQ(sampled("7", "1"),
        runCliJson({"generate", tinyModel(), "--ids", "70,40", "--max-new", "12"}).at("ids"));
}

TEST(CliGenerate, RefusesWhatRunRefuses)
{
    expectSentence(runCli({"generate", tinyModel(), "--text", ""}), 1, {"empty"});
    expectSentence(runCli({"generate", tinyModel(), "--text", "a", "--edit", "L9=1"}), 1, {"0 to 2"});
    expectSentence(runCli({"generate", tinyModel(), "--text", "a", "--edit", "L1=x"}), 2, {"L1=x"});
}

TEST(CliGenerate, SaysWhenSamplingOptionsDoNothing)
{
    const CliResult greedy =
        runCli({"generate", tinyModel(), "--text", "abc", "--max-new", "2", "--seed", "3"});
    EXPECT_EQ(greedy.code, 0);
    EXPECT_NE(greedy.err.find("--seed"), std::string::npos) << greedy.err;
    const CliResult sampled = runCli(
        {"generate", tinyModel(), "--text", "abc", "--max-new", "2", "--seed", "3", "--temperature", "1"});
    EXPECT_EQ(sampled.err, "");
}

} // namespace sinkscope::test
