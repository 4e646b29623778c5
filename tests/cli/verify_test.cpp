// SPDX-License-Identifier: Apache-2.0
// `verify`: the contract of its JSON form, its exit codes, its table.
#include "tests/cli/cli_fixture.h"

#include "tests/support/model_paths.h"
#include "tests/support/tiny_model.h"

namespace sinkscope::test {

using nlohmann::json;

TEST(CliVerify, JsonIsThatOfTheContract)
{
    const json report = runCliJson({"verify", tinyModel()});
    EXPECT_EQ(report.size(), 3U);
    EXPECT_EQ(report.at("ok"), true);
    EXPECT_EQ(report.at("sha256").get<std::string>().size(), 64U);
    ASSERT_GE(report.at("checks").size(), 9U);
    for (const json &check : report.at("checks")) {
        const bool skipped = check.at("skipped").get<bool>();
        EXPECT_EQ(check.size(), skipped ? 6U : 5U) << check;
        EXPECT_EQ(check.contains("reason"), skipped) << check;
        EXPECT_EQ(check.at("ok"), true) << check;
        EXPECT_TRUE(check.at("name").is_string());
        EXPECT_TRUE(check.at("tolerance").is_number());
        if (!skipped) {
            EXPECT_LE(check.at("value").get<double>(), check.at("tolerance").get<double>()) << check;
        }
        EXPECT_EQ(skipped && check.at("name") != "backendsAgree",
            check.at("name") == "fileHash" || check.at("name").get<std::string>().rfind("reference", 0) == 0);
    }
}

TEST(CliVerify, EachBackendIsVerified)
{
    for (const char *backend : {"packed", "blas"})
        EXPECT_EQ(runCliJson({"verify", tinyModel(), "--backend", backend}).at("ok"), true) << backend;
}

TEST(CliVerify, AnotherFileUnderTheNameDefaultFailsWithExitCodeOne)
{
    const CliResult result = runCliWithDefault({"verify", "default", "--json"}, tinyModel());
    EXPECT_EQ(result.code, 1);
    const json report = result.json();
    EXPECT_EQ(report.at("ok"), false);
    for (const json &check : report.at("checks"))
        EXPECT_EQ(check.at("ok"), check.at("name") != "fileHash") << check;
    EXPECT_NE(result.err.find("fileHash"), std::string::npos) << result.err;
    EXPECT_NE(result.err.find("not verified"), std::string::npos) << result.err;

    const CliResult text = runCliWithDefault({"verify", "default"}, tinyModel());
    EXPECT_EQ(text.code, 1);
    EXPECT_NE(text.out.find("FAILED"), std::string::npos) << text.out;
    EXPECT_NE(text.out.find("NOT verified"), std::string::npos) << text.out;
}

TEST(CliVerify, TableNamesEachCheckAndWhyOneWasSkipped)
{
    const CliResult result = runCli({"verify", tinyModel()});
    EXPECT_EQ(result.code, 0) << result.err;
    for (const char *part : {"sha256 ", "restartEqualsFullPass", "closedFormEntropy", "closedFormHeadOutput",
             "closedFormResidual", "tolerance", "skipped", "figures of another file",
             "All checks that ran hold."})
        EXPECT_NE(result.out.find(part), std::string::npos) << part << " in " << result.out;
}

TEST(CliVerify, RefusesWhatIsNoModel)
{
    expectSentence(runCli({"verify"}), 2, {"MODEL"});
    expectSentence(runCli({"verify", temporaryPath("absent.gguf")}), 1, {"absent.gguf"});
}

TEST(CliVerify, TheDefaultModelEqualsTheStoredFigures)
{
    if (!defaultModelPath())
        GTEST_SKIP() << "the default model is absent: app/run --build-only obtains it";
    const json report = runCliJson({"verify", "default"});
    int compared = 0;
    for (const json &check : report.at("checks"))
        if (check.at("name").get<std::string>().rfind("reference", 0) == 0 && check.at("skipped") == false)
            ++compared;
    EXPECT_EQ(compared, 4);
}

} // namespace sinkscope::test
