// SPDX-License-Identifier: Apache-2.0
// The command line on the default model, where it is there: facts of the file and one reference case.
#include "tests/cli/cli_fixture.h"

#include "tests/support/model_paths.h"
#include "tests/support/reference_cases.h"
#include "tests/support/tiny_model.h"

#include <cmath>

namespace sinkscope::test {

namespace {

class CliDefaultModel : public testing::Test {
protected:
    void SetUp() override
    {
        if (!defaultModelPath())
            GTEST_SKIP() << "the default model is absent: app/run --build-only obtains it";
    }
};

} // namespace

TEST_F(CliDefaultModel, InfoGivesTheFactsOfTheFile)
{
    const nlohmann::json info = runCliJson({"info", "default"});
    EXPECT_EQ(info.at("arch"), "llama");
    EXPECT_EQ(info.at("layers"), 30);
    EXPECT_EQ(info.at("heads"), 9);
    EXPECT_EQ(info.at("kvHeads"), 3);
    EXPECT_EQ(info.at("hidden"), 576);
    EXPECT_EQ(info.at("vocab"), 49152);
    EXPECT_EQ(info.at("bytes"), 98362432);
    EXPECT_EQ(info.at("fileTypes")[0], (nlohmann::json {{"type", "Q4_1"}, {"tensors", 210}}));
    EXPECT_EQ(info.at("tokenizer"), "gpt2 / smollm");
    EXPECT_EQ(info.at("bos").at("adds"), false);
    EXPECT_NE(info.at("chatTemplate").get<std::string>().find("default system"), std::string::npos);
}

TEST_F(CliDefaultModel, ChatAddsTheDefaultSystemMessage)
{
    const nlohmann::json chat = runCliJson({"tokenize", "default", "--text", "Hello", "--chat"});
    EXPECT_EQ(chat.at("pieces")[0], "<|im_start|>");
    EXPECT_EQ(chat.at("pieces")[1], "system");
    const nlohmann::json raw = runCliJson({"tokenize", "default", "--text", "-5 degrees\n"});
    EXPECT_EQ(raw.at("pieces"), nlohmann::json({"-", "5", " degrees", "\n"}));
}

TEST_F(CliDefaultModel, RunEqualsAReferenceCase)
{
    const auto folder = sharedDataPath("reference/smollm2-135m-instruct-q4_1");
    if (!folder)
        GTEST_SKIP() << "reference data absent";
    for (const ReferenceCase &reference : loadReferenceCases(*folder)) {
        if (reference.id != "short_bos_free")
            continue;
        const ReferenceOutcome &expected = reference.outcomes.front();
        std::string answers;
        for (const ReferenceAnswer &answer : expected.answers)
            answers += (answers.empty() ? "" : "||") + answer.text;
        const nlohmann::json result = runCliJson({"run", "default", "--text", reference.prompt, "--answers",
            answers, "--greedy", std::to_string(expected.greedy.size())});
        ASSERT_EQ(result.at("ids").size(), reference.tokens.size());
        for (std::size_t at = 0; at < reference.tokens.size(); ++at)
            EXPECT_EQ(result.at("ids")[at], reference.tokens[at].value);
        const nlohmann::json &baseline = result.at("baseline");
        // Tolerances of the reference's own README: six times the drift of fp32 against fp64.
        EXPECT_NEAR(baseline.at("outputEntropyNats").get<double>(), expected.outputEntropyNats, 2e-4);
        for (std::size_t at = 0; at < expected.answers.size(); ++at)
            EXPECT_NEAR(baseline.at("answers")[at].at("logProb").get<double>(), expected.answers[at].logProb,
                5e-4 * static_cast<double>(expected.answers[at].ids.size()));
        for (std::size_t at = 0; at < expected.greedy.size(); ++at)
            EXPECT_EQ(baseline.at("greedy").at("ids")[at], expected.greedy[at].value);
        return;
    }
    FAIL() << "the case short_bos_free is not in the reference";
}

} // namespace sinkscope::test
