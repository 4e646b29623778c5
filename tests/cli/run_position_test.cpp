// SPDX-License-Identifier: Apache-2.0
// `run --position`, `run --lens` and what an edit does to the answers together, on a tiny model.
#include "tests/cli/cli_fixture.h"

#include "tests/support/reference_forward.h"
#include "tests/support/tiny_model.h"

#include <cmath>

namespace sinkscope::test {

namespace {

using nlohmann::json;

constexpr double kProbabilityTolerance = 2e-5; // fp32 against double over three small layers, as in run_test

const std::vector<TokenId> kTokens {
    TokenId(70), TokenId(40), TokenId(90), TokenId(101), TokenId(40), TokenId(77)};
constexpr const char *kIds = "70,40,90,101,40,77";

} // namespace

TEST(CliRunPosition, AnswersChangeIsOfTheirMassAndOfTheirOddsAmongThemselves)
{
    const json result =
        runCliJson({"run", tinyModel(), "--text", "ab", "--answers", " 12||-1||c", "--edit", "L1=9"});
    const auto probabilities = [&](const char *pass) {
        std::vector<double> p;
        for (const json &answer : result.at(pass).at("answers"))
            p.push_back(answer.at("p").get<double>());
        return p;
    };
    const std::vector<double> before = probabilities("baseline");
    const std::vector<double> after = probabilities("edited");
    const json &change = result.at("answersChange");
    EXPECT_NEAR(change.at("mass").get<double>(),
        after[0] + after[1] + after[2] - before[0] - before[1] - before[2], 1e-15); // doubles, summed alike
    ASSERT_EQ(change.at("logOdds").size(), 3U);
    const auto odds = [](const std::vector<double> &p) { return std::log(p[1] / (p[0] + p[2])); };
    EXPECT_NEAR(change.at("logOdds")[1].get<double>(), odds(after) - odds(before), 1e-9); // of p in decimals
    EXPECT_GT(std::fabs(odds(after) - odds(before)), 1e-4); // the edit moves them
    EXPECT_FALSE(
        runCliJson({"run", tinyModel(), "--text", "ab", "--edit", "L1=9"}).contains("answersChange"));
}

TEST(CliRunPosition, APositionAndItsLayersEqualTheReference)
{
    const json result = runCliJson({"run", tinyModel(), "--ids", kIds, "--edit", "L1H2=9", "--position", "3",
        "--lens", "--top", "3", "--answers", "c"});
    const json &position = result.at("position");
    EXPECT_EQ(position.at("position"), 3);
    EXPECT_EQ(position.at("next"), 40); // the prompt goes on with it
    HeadEdit edit;
    edit.head = {LayerIndex(1), HeadIndex(2)};
    edit.gamma = 9.0;
    for (const char *pass : {"baseline", "edited"}) {
        const ReferencePass reference = referenceForward(tinyWeights(), kTokens,
            std::string(pass) == "edited" ? std::span<const HeadEdit>(&edit, 1)
                                          : std::span<const HeadEdit>());
        const std::vector<double> logP = referenceLogSoftmax(reference.logitsRow(3));
        const json &output = position.at(pass).at("output");
        EXPECT_EQ(position.at(pass).at("lens").size(), 4U);
        EXPECT_EQ(position.at(pass).at("lens").back(), output);
        EXPECT_EQ(output.at("top").size(), 3U);
        EXPECT_NEAR(
            output.at("followed")[0].at("p").get<double>(), std::exp(logP[40]), kProbabilityTolerance);
        EXPECT_EQ(output.at("followed").size(), 2U);
    }
    const auto topOf = [&](const char *pass) { return position.at(pass).at("output").at("top")[0].at("id"); };
    EXPECT_EQ(position.at("topFlips"), topOf("baseline") != topOf("edited"));
    EXPECT_GT(position.at("klFromBaselineNats").get<double>(), 0.0);
}

TEST(CliRunPosition, LensIsOfTheLastPositionUnlessAnotherIsNamed)
{
    const json result = runCliJson({"run", tinyModel(), "--ids", kIds, "--lens"});
    EXPECT_EQ(result.at("position").at("position"), 5);
    EXPECT_TRUE(result.at("position").at("next").is_null());
    EXPECT_EQ(result.at("position").at("baseline").at("output").at("top"), result.at("baseline").at("top"));
    EXPECT_NE(
        runCli({"run", tinyModel(), "--ids", kIds, "--position", "6"}).err.find("0 to 5"), std::string::npos);
    const CliResult plain = runCli({"run", tinyModel(), "--ids", kIds, "--lens", "--edit", "L0=2"});
    EXPECT_NE(plain.out.find("into layer"), std::string::npos) << plain.out;
}

} // namespace sinkscope::test
