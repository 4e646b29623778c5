// SPDX-License-Identifier: Apache-2.0
// Help, version, and every way in which the command line itself can be wrong (exit code 2).
#include "tests/cli/cli_fixture.h"

#include "app/default_model.h"
#include "core/base/version.h"
#include "tests/support/tiny_model.h"

namespace sinkscope::test {

TEST(CliUsage, HelpShowsCommandsAndExamples)
{
    const CliResult result = runCli({"--help"});
    EXPECT_EQ(result.code, 0);
    for (const char *part : {"info", "tokenize", "run", "generate", "sensitivity", "edits", "verify",
             "replay", "bench", "Examples:", "Exit codes"})
        EXPECT_NE(result.out.find(part), std::string::npos) << part;
}

TEST(CliUsage, EachCommandHasHelpWithAnExample)
{
    for (const char *command :
        {"info", "tokenize", "run", "generate", "sensitivity", "verify", "replay", "bench"}) {
        const CliResult result = runCli({command, "--help"});
        EXPECT_EQ(result.code, 0) << command;
        EXPECT_NE(result.out.find(std::string("sinkscope-cli ") + command), std::string::npos) << command;
        EXPECT_NE(result.out.find("Example"), std::string::npos) << command;
        EXPECT_NE(result.out.find("--json"), std::string::npos) << command;
    }
}

TEST(CliUsage, VersionIsPrinted)
{
    const CliResult result = runCli({"--version"});
    EXPECT_EQ(result.code, 0);
    EXPECT_EQ(result.out, std::string("sinkscope-cli ") + kVersion + "\n");
}

TEST(CliUsage, MissingOrUnknownCommand)
{
    expectSentence(runCli({}), 2, {"no command", "tokenize", "--help"});
    expectSentence(runCli({"frobnicate"}), 2, {"frobnicate", "tokenize", "generate"});
    expectSentence(runCli({""}), 2, {"no such command"});
}

TEST(CliUsage, UnknownOptionIsNamedWithItsValue)
{
    expectSentence(
        runCli({"run", "model.gguf", "--text", "a", "--colour", "red"}), 2, {"--colour", "run --help"});
    // known to another command only
    expectSentence(
        runCli({"info", "model.gguf", "--answers", "yes||no"}), 2, {"--answers=yes||no", "info --help"});
}

TEST(CliUsage, MissingModelOrValue)
{
    expectSentence(runCli({"info"}), 2, {"MODEL"});
    expectSentence(runCli({"replay"}), 2, {"FILE", ".sinkscope"});
    expectSentence(runCli({"run", "model.gguf", "--text"}), 2, {"--text needs a value"});
}

TEST(CliUsage, PromptOptionsMustAgree)
{
    expectSentence(runCli({"run", "model.gguf"}), 2, {"no prompt", "--text-file"});
    expectSentence(
        runCli({"run", "model.gguf", "--text", "a", "--ids", "1"}), 2, {"more than once", "exactly one"});
    expectSentence(runCli({"run", "model.gguf", "--text", "a", "--text-file", "b"}), 2, {"more than once"});
    expectSentence(runCli({"run", "model.gguf", "--ids", "1", "--chat"}), 2, {"--chat", "--ids"});
    expectSentence(runCli({"run", "model.gguf", "--text", "a", "--system", "b"}), 2, {"--system", "--chat"});
    expectSentence(runCli({"run", "model.gguf", "--text", "a", "--text", "b"}), 2, {"--text"});
    expectSentence(runCli({"tokenize", "model.gguf", "--ids", "1"}), 2, {"--ids"});
}

TEST(CliUsage, TheParsersOwnRefusalsAreInOurWords)
{
    expectSentence(runCli({"run", "model.gguf", "--text", "a", "--text", "b"}), 2,
        {"--text is given more often than it can be", "2 times", "once", "run --help"});
    expectSentence(runCli({"run", "model.gguf", "extra", "--text", "a"}), 2,
        {"an argument too many", "\"extra\"", "quotes"});
    expectSentence(
        runCli({"run", "model.gguf", "--text", "a", "--colour"}), 2, {"no such option", "--colour"});
    expectSentence(runCli({"info"}), 2, {"the model is missing", "GGUF", "default"});
    expectSentence(runCli({"--"}), 2, {"no command", "tokenize"});
    expectSentence(runCli({"--colour"}), 2, {"no command", "tokenize"});
    expectSentence(runCli({"run", "model.gguf", "--json=3", "--text", "a"}), 2,
        {"--json takes no value", "\"--json=3\""});
    for (const std::vector<std::string> &args : {std::vector<std::string> {"tokenize", "model.gguf"},
             {"tokenize", "m.gguf", "--text", "a", "--text-file", "b"}}) {
        const CliResult result = runCli(args);
        EXPECT_EQ(result.code, 2);
        EXPECT_EQ(result.err.find("--ids"), std::string::npos) << "tokenize has none: " << result.err;
    }
}

TEST(CliUsage, NumbersAreChecked)
{
    const auto run = [](const std::string &option, const std::string &value) {
        return runCli({"run", "model.gguf", "--text", "a", option, value});
    };
    expectSentence(run("--top", "many"), 2, {"--top", "\"many\"", "0 to"});
    expectSentence(run("--top", "-1"), 2, {"--top", "\"-1\""});
    expectSentence(run("--top", ""), 2, {"--top", "an empty value"});
    expectSentence(run("--greedy", "0"), 2, {"--greedy", "1 to"});
    expectSentence(run("--threads", "0"), 2, {"--threads", "1 to"});
    expectSentence(run("--threads", "2x"), 2, {"--threads", "2x"});
    for (const char *ids : {"", "1,,2", "1, 2", "-1", "1,", "x", "99999999999"})
        expectSentence(runCli({"run", "model.gguf", "--ids", ids}), 2, {"--ids", "such as 1,2,3"});
}

TEST(CliUsage, LayersOfPatternsAreRead)
{
    const auto run = [](const std::string &layers) {
        return runCli(
            {"run", "model.gguf", "--text", "a", "--export", "x.safetensors", "--patterns", layers});
    };
    for (const char *layers : {"", "a", "3-1", "1-2-3", "-1", "1,"})
        expectSentence(run(layers), 2, {"--patterns", "such as 0,7,20-29"});
    expectSentence(
        runCli({"run", "m.gguf", "--text", "a", "--patterns", "0"}), 2, {"--patterns", "--export"});
    expectSentence(runCli({"run", "m.gguf", "--text", "a", "--all-logits"}), 2, {"--all-logits", "--export"});
}

TEST(CliUsage, AnswersMustNotBeEmpty)
{
    for (const char *answers : {"", "a||", "||a", "a||||b"})
        expectSentence(
            runCli({"run", "model.gguf", "--text", "a", "--answers", answers}), 2, {"--answers", "||"});
}

TEST(CliUsage, SamplingOptionsAreChecked)
{
    const auto generate = [](const std::string &option, const std::string &value) {
        return runCli({"generate", "model.gguf", "--text", "a", option, value});
    };
    expectSentence(generate("--temperature", "-0.5"), 2, {"--temperature", "-0.5"});
    expectSentence(generate("--temperature", "nan"), 2, {"--temperature", "nan"});
    expectSentence(generate("--top-p", "0"), 2, {"--top-p", "at most 1"});
    expectSentence(generate("--top-p", "1.5"), 2, {"--top-p", "1.5"});
    expectSentence(generate("--top-k", "-3"), 2, {"--top-k", "-3"});
    expectSentence(generate("--max-new", "0"), 2, {"--max-new"});
    expectSentence(generate("--seed", "-1"), 2, {"--seed"});
}

TEST(CliUsage, BenchOptionsAreChecked)
{
    expectSentence(runCli({"bench", "model.gguf", "--tokens", "32,x"}), 2, {"--tokens", "32,128,512"});
    expectSentence(runCli({"bench", "model.gguf", "--runs", "8"}), 2, {"--runs", "9 to"});
}

TEST(CliUsage, DefaultModelThatIsAbsentNamesTheWayToGetIt)
{
    const std::string absent = temporaryPath("no-such-folder/default.gguf");
    for (const char *command : {"info", "bench"})
        expectSentence(runCliWithDefault({command, "default"}, absent), 1, {"app/run --build-only", absent});
    expectSentence(runCliWithDefault({"run", "default", "--text", "a"}, absent), 1, {"app/run --build-only"});
    expectSentence(runCliWithDefault({"bench"}, absent), 1, {"app/run --build-only"});
}

TEST(CliUsage, DefaultModelFileIsTheOneOfTheResources)
{
    const std::string text = readBytes(std::string(SINKSCOPE_SOURCE_DIR) + "/resources/default_model.json");
    EXPECT_EQ(nlohmann::json::parse(text).at("fileName"), kDefaultModelFile);
}

} // namespace sinkscope::test
