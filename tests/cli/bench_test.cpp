// SPDX-License-Identifier: Apache-2.0
// `bench --json`: the form that other programs read. Times themselves are not tested.
#include "core/tensor/amx_unit.h"
#include "tests/cli/cli_fixture.h"

namespace sinkscope::test {

TEST(CliBench, JsonHasTheFormOfTheContract)
{
    const nlohmann::json result = runCliJson({"bench", tinyModel(), "--tokens", "4,16"});
    EXPECT_FALSE(result.at("processor").get<std::string>().empty());
    // the tile unit first, with its three precisions, where the processor has one
    using Row = std::pair<const char *, const char *>;
    std::vector<Row> rows {{"packed", "fp32"}, {"blas", "fp32"}};
    if (amxAbsence().empty())
        rows.insert(rows.begin(), {{"amx", "x3"}, {"amx", "x2"}, {"amx", "x1"}});
    EXPECT_EQ(result.at("backends"),
        amxAbsence().empty() ? nlohmann::json({"amx", "packed", "blas"})
                             : nlohmann::json({"packed", "blas"}));
    EXPECT_EQ(result.at("backendsBuilt"),
        amxBuilt() ? nlohmann::json({"amx", "packed", "blas"}) : nlohmann::json({"packed", "blas"}));
    EXPECT_GE(result.at("runs"), 9);
    EXPECT_GT(result.at("peakBytes"), 1'000'000);
    ASSERT_EQ(result.at("forward").size(), 2 * rows.size()); // two lengths, each by all
    for (std::size_t at = 0; at < 2 * rows.size(); ++at) {
        const nlohmann::json &forward = result.at("forward")[at];
        EXPECT_EQ(forward.at("backend"), rows[at % rows.size()].first);
        EXPECT_EQ(forward.at("precision"), rows[at % rows.size()].second);
        EXPECT_GT(forward.at("medianMs"), 0.0);
        EXPECT_LE(forward.at("q1"), forward.at("medianMs"));
        EXPECT_GE(forward.at("q3"), forward.at("medianMs"));
    }
    ASSERT_EQ(result.at("restart").size(), 6U); // layers 0, 1, 2 of 3, at two lengths
    for (std::size_t at = 0; at < 6; ++at) {
        const nlohmann::json &restart = result.at("restart")[at];
        EXPECT_EQ(restart.at("layer"), at % 3);
        EXPECT_EQ(restart.at("tokens"), at < 3 ? 4 : 16);
        const double full = result.at("forward")[at / 3 * rows.size()].at("medianMs");
        EXPECT_DOUBLE_EQ(restart.at("ratioToFull"), restart.at("medianMs").get<double>() / full);
    }
}

TEST(CliBench, JsonHoldsSweepDragAndSliderSteps)
{
    const nlohmann::json result = runCliJson({"bench", tinyModel(), "--tokens", "4"});
    const nlohmann::json &sweep = result.at("sweep");
    EXPECT_EQ(sweep.at("tokens"), 64);
    for (const char *rate : {"naivePerSecond", "singlePerSecond", "batchedPerSecond"})
        EXPECT_GT(sweep.at(rate), 0.0) << rate;
    const nlohmann::json &drag = result.at("drag");
    EXPECT_EQ(drag.at("tokens"), 128);
    EXPECT_EQ(drag.at("layer"), 1); // of 3
    EXPECT_GT(drag.at("picturesPerSecond"), 0.0);
    EXPECT_GE(drag.at("worstAgeMs"), drag.at("medianAgeMs"));
    ASSERT_EQ(result.at("sliderStep").size(), 2U);
    EXPECT_EQ(result.at("sliderStep")[1].at("layer"), 2);
    EXPECT_GT(result.at("sliderStep")[1].at("closedFormMedianMs"), 0.0);
    const nlohmann::json &curve = result.at("curve");
    EXPECT_EQ(curve.at("points"), 5);
    EXPECT_EQ(curve.at("tokens"), 32);
    EXPECT_EQ(curve.at("layer"), 1);
    EXPECT_GT(curve.at("medianMs"), 0.0);
}

TEST(CliBench, OneBackendAlone)
{
    const nlohmann::json result = runCliJson({"bench", tinyModel(), "--tokens", "4", "--backend", "blas"});
    EXPECT_NE(result.at("backends"), nlohmann::json({"blas"})); // what the processor can run
    ASSERT_EQ(result.at("forward").size(), 1U);
    EXPECT_EQ(result.at("forward")[0].at("backend"), "blas");
}

TEST(CliBackend, BothGiveTheSameOutput)
{
    const nlohmann::json packed = runCliJson({"run", tinyModel(), "--text", "abc", "--backend", "packed"});
    const nlohmann::json blas = runCliJson({"run", tinyModel(), "--text", "abc", "--backend", "blas"});
    // two fp32 orders of summation over at most 64 terms: far below 1e-5
    EXPECT_NEAR(
        packed.at("baseline").at("outputEntropyNats"), blas.at("baseline").at("outputEntropyNats"), 1e-5);
}

TEST(CliBackend, AnAbsentTileUnitIsRefusedWithTheWayOut)
{
    if (amxAbsence().empty())
        GTEST_SKIP() << "the processor has the tile unit";
    expectSentence(runCli({"run", tinyModel(), "--text", "abc", "--backend", "amx"}), 1,
        {"amx", amxAbsence(), "packed, blas", "Leave --backend out"});
}

TEST(CliBackend, AnUnknownNameIsRefused)
{
    expectSentence(
        runCli({"run", tinyModel(), "--text", "abc", "--backend", "gpu"}), 2, {"gpu", "packed", "blas"});
}

TEST(CliBench, PlainFormIsATable)
{
    const CliResult result = runCli({"bench", tinyModel(), "--tokens", "4"});
    EXPECT_EQ(result.code, 0) << result.err;
    EXPECT_NE(result.out.find("restart at layer 2"), std::string::npos) << result.out;
    EXPECT_NE(result.err.find("timing 4 tokens"), std::string::npos);
}

} // namespace sinkscope::test
