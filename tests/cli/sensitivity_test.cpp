// SPDX-License-Identifier: Apache-2.0
// `sensitivity` on a tiny model: the contract, its warnings and refusals, and its values against the slow
// forward in double.
#include "tests/cli/cli_fixture.h"

#include "tests/support/reference_forward.h"
#include "tests/support/tiny_model.h"

#include <cmath>

namespace sinkscope::test {

namespace {

using nlohmann::json;

constexpr const char *kIds = "70,40,90,101,40,77";
const std::vector<TokenId> kTokens {
    TokenId(70), TokenId(40), TokenId(90), TokenId(101), TokenId(40), TokenId(77)};

// fp32 against double on a tiny model; the differences met are below 3e-6.
constexpr double kTolerance = 2e-5;
constexpr double kStep = 1e-4;

json derive(std::vector<std::string> more)
{
    std::vector<std::string> args {"sensitivity", tinyModel(), "--ids", kIds};
    args.insert(args.end(), more.begin(), more.end());
    return runCliJson(args);
}

std::vector<double> logProbabilities(const Intervention &edits)
{
    static const ReferenceWeights weights = tinyWeights();
    const ReferencePass pass = referenceForward(weights, kTokens, edits.edits());
    return referenceLogSoftmax(pass.logitsRow(kTokens.size() - 1));
}

double entropy(const std::vector<double> &logP)
{
    double sum = 0.0;
    for (const double value : logP)
        sum -= std::exp(value) * value;
    return sum;
}

/// The tiny vocabulary holds three special tokens, then the bytes.
std::size_t idOfByte(char byte)
{
    const std::vector<std::string> vocabulary = tinyVocabulary();
    for (std::size_t id = 3; id < vocabulary.size(); ++id)
        if (vocabulary[id] == std::string(1, byte))
            return id;
    ADD_FAILURE() << "no token " << byte;
    return 0;
}

} // namespace

TEST(CliSensitivity, KeysAreThoseOfTheContract)
{
    const json result = derive({"--answers", "A||z"});
    std::vector<std::string> keys;
    for (const auto &[key, value] : result.items())
        keys.push_back(key);
    EXPECT_EQ(keys, (std::vector<std::string> {"dEntropy", "dMargin", "margin", "outputEntropyNats"}));
    for (const char *name : {"dMargin", "dEntropy"}) {
        ASSERT_EQ(result.at(name).size(), 3U);
        for (const json &layer : result.at(name))
            EXPECT_EQ(layer.size(), 4U);
    }
}

TEST(CliSensitivity, EqualsCentralDifferencesAtTheEditsGiven)
{
    const std::string file = writeTemporary("sensitivity.json", R"([{"layer":1,"head":2,"gamma":4}])");
    const json result = derive({"--answers", "A||z", "--edits", file, "--edit", "L0H3=0"});
    Intervention edits;
    edits.setFactor({LayerIndex(1), HeadIndex(2)}, 4.0);
    edits.setFactor({LayerIndex(0), HeadIndex(3)}, 0.0);
    const std::vector<double> at = logProbabilities(edits);
    const std::size_t a = idOfByte('A');
    const std::size_t z = idOfByte('z');
    EXPECT_NEAR(result.at("margin").get<double>(), at[a] - at[z], kTolerance);
    EXPECT_NEAR(result.at("outputEntropyNats").get<double>(), entropy(at), kTolerance);
    for (int layer = 0; layer < 3; ++layer)
        for (int head = 0; head < 4; ++head) {
            const HeadRef ref {LayerIndex(layer), HeadIndex(head)};
            Intervention above = edits;
            above.setFactor(ref, edits.factor(ref) * std::exp(kStep));
            Intervention below = edits;
            below.setFactor(ref, edits.factor(ref) * std::exp(-kStep));
            const std::vector<double> up = logProbabilities(above);
            const std::vector<double> down = logProbabilities(below);
            EXPECT_NEAR(result.at("dMargin")[layer][head].get<double>(),
                (up[a] - up[z] - down[a] + down[z]) / (2.0 * kStep), kTolerance);
            EXPECT_NEAR(result.at("dEntropy")[layer][head].get<double>(),
                (entropy(up) - entropy(down)) / (2.0 * kStep), kTolerance);
        }
    EXPECT_EQ(result.at("dMargin")[0][3], 0.0); // gamma 0
}

TEST(CliSensitivity, WarnsOfTheSameFirstTokenAndOfLongerAnswers)
{
    const json result = derive({"--answers", "A||Az"});
    EXPECT_EQ(result.at("margin"), 0.0);
    for (const json &layer : result.at("dMargin"))
        EXPECT_EQ(layer, json({0.0, 0.0, 0.0, 0.0}));
    ASSERT_EQ(result.at("warnings").size(), 2U);
    EXPECT_NE(result.at("warnings")[0].get<std::string>().find("same token"), std::string::npos);
    EXPECT_NE(result.at("warnings")[1].get<std::string>().find("2 tokens"), std::string::npos);
}

TEST(CliSensitivity, TextListsTheTenStrongestHeads)
{
    const json values = derive({"--answers", "A||z"});
    std::string strongest;
    double largest = 0.0;
    for (int layer = 0; layer < 3; ++layer)
        for (int head = 0; head < 4; ++head)
            if (const double size = std::fabs(values.at("dMargin")[layer][head].get<double>());
                size > largest) {
                largest = size;
                strongest = "L" + std::to_string(layer) + "H" + std::to_string(head);
            }
    const CliResult result = runCli({"sensitivity", tinyModel(), "--ids", kIds, "--answers", "A||z"});
    EXPECT_EQ(result.code, 0) << result.err;
    const std::size_t title = result.out.find("strongest on the margin");
    ASSERT_NE(title, std::string::npos) << result.out;
    const std::string list = result.out.substr(title, result.out.find("strongest on the entropy") - title);
    int heads = 0;
    for (std::size_t at = list.find("\nL"); at != std::string::npos; at = list.find("\nL", at + 1))
        heads += 1;
    EXPECT_EQ(heads, 10) << list;
    EXPECT_EQ(list.substr(list.find("\nL") + 1, strongest.size()), strongest) << list;
}

TEST(CliSensitivity, NeedsTwoAnswers)
{
    const auto run = [](std::vector<std::string> more) {
        std::vector<std::string> args {"sensitivity", "model.gguf", "--text", "a"};
        args.insert(args.end(), more.begin(), more.end());
        return runCli(args);
    };
    expectSentence(run({}), 2, {"no answers", "--answers"});
    expectSentence(run({"--answers", "yes"}), 2, {"1 of them", "two texts"});
    expectSentence(run({"--answers", "a||b||c"}), 2, {"3 of them"});
    expectSentence(run({"--answers", "a||"}), 2, {"empty"});
    expectSentence(
        runCli({"sensitivity", tinyModel(), "--ids", kIds, "--answers", "a||b", "--edit", "L9H0=2"}), 1,
        {"L9H0"});
}

} // namespace sinkscope::test
