// SPDX-License-Identifier: Apache-2.0
// Runs the commands of the README's console blocks and compares what they print with what the README shows.
#include "tests/cli/cli_fixture.h"

#include "tests/support/model_paths.h"
#include "tests/support/tiny_model.h"

#include <cmath>
#include <filesystem>
#include <regex>
#include <sstream>

namespace sinkscope::test {

namespace {

constexpr const char *kPrompt = "$ app/run --cli ";

/// A command and the lines shown after it. A line "..." stands for lines left out.
struct ShownCommand {
    std::string arguments;
    std::vector<std::string> lines;
};

std::vector<std::string> linesOf(const std::string &text)
{
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

std::vector<ShownCommand> shownCommands(const std::string &markdown)
{
    std::vector<ShownCommand> commands;
    bool inConsole = false;
    bool ours = false;
    for (const std::string &line : linesOf(markdown)) {
        if (line.rfind("```", 0) == 0) {
            inConsole = line == "```console";
            ours = false;
        } else if (inConsole && line.rfind("$ ", 0) == 0) {
            ours = line.rfind(kPrompt, 0) == 0;
            if (ours)
                commands.push_back({line.substr(std::string(kPrompt).size()), {}});
        } else if (ours) {
            std::string &arguments = commands.back().arguments;
            if (commands.back().lines.empty() && arguments.ends_with('\\')) // the command goes on
                arguments.replace(arguments.size() - 1, 1, line);
            else
                commands.back().lines.push_back(line);
        }
    }
    return commands;
}

/// Words as a shell splits them: quotes and backslashes, nothing else.
std::vector<std::string> shellWords(const std::string &line)
{
    std::vector<std::string> words;
    bool inWord = false;
    char quote = 0;
    for (std::size_t at = 0; at < line.size(); ++at) {
        const char c = line[at];
        if (quote == 0 && (c == ' ' || c == '\t')) {
            inWord = false;
            continue;
        }
        if (!inWord)
            words.emplace_back();
        inWord = true;
        if (c == quote)
            quote = 0;
        else if (quote == 0 && (c == '"' || c == '\''))
            quote = c;
        else if (c == '\\' && quote != '\'' && at + 1 < line.size())
            words.back() += line[++at];
        else
            words.back() += c;
    }
    return words;
}

/// Decimal fractions may differ in the last digits between processors; all else is compared as it stands.
bool sameLine(const std::string &shown, const std::string &printed)
{
    static const std::regex kFraction(R"(-?\d+\.\d+(e[-+]?\d+)?)");
    if (std::regex_replace(shown, kFraction, "#") != std::regex_replace(printed, kFraction, "#"))
        return false;
    auto left = std::sregex_iterator(shown.begin(), shown.end(), kFraction);
    for (auto right = std::sregex_iterator(printed.begin(), printed.end(), kFraction);
         right != std::sregex_iterator(); ++left, ++right)
        if (std::abs(std::stod(left->str()) - std::stod(right->str()))
            > 2e-3) // two units of three shown digits
            return false;
    return true;
}

/// The first shown line that was not printed; nothing when all agree.
std::optional<std::string> firstDifference(
    const std::vector<std::string> &shown, const std::vector<std::string> &printed)
{
    std::size_t at = 0;
    bool skipping = false;
    for (const std::string &line : shown) {
        if (line == "...") {
            skipping = true;
            continue;
        }
        while (skipping && at < printed.size() && !sameLine(line, printed[at]))
            ++at;
        if (at >= printed.size() || !sameLine(line, printed[at]))
            return line;
        ++at;
        skipping = false;
    }
    if (!skipping && at != printed.size())
        return "(end), but printed: " + printed[at];
    return std::nullopt;
}

} // namespace

TEST(ReadmeCommands, ReaderFindsCommandsAndDifferences)
{
    const auto commands =
        shownCommands("text\n```console\n$ app/run\n$ app/run --cli info \\\n  \"a b\" 'c\\d'\nx 1.500\n"
                      "...\ny\n```\n```\n$ app/run --cli no\n```\n");
    ASSERT_EQ(commands.size(), 1U);
    EXPECT_EQ(shellWords(commands[0].arguments), (std::vector<std::string> {"info", "a b", "c\\d"}));
    EXPECT_EQ(commands[0].lines, (std::vector<std::string> {"x 1.500", "...", "y"}));
    EXPECT_FALSE(firstDifference(commands[0].lines, {"x 1.501", "anything", "y"}));
    EXPECT_EQ(firstDifference(commands[0].lines, {"x 1.600", "anything", "y"}), "x 1.500");
    EXPECT_EQ(firstDifference(commands[0].lines, {"x 1.500", "anything"}), "y");
    EXPECT_TRUE(firstDifference({"x"}, {"x", "more"}));
}

TEST(ReadmeCommands, PrintWhatTheReadmeShows)
{
    const std::string readme = std::string(SINKSCOPE_SOURCE_DIR) + "/README.md";
    if (!std::filesystem::exists(readme))
        GTEST_SKIP() << "README.md absent";
    const std::vector<ShownCommand> commands = shownCommands(readBytes(readme));
    if (commands.empty())
        GTEST_SKIP() << "README.md shows no command line output";
    if (!defaultModelPath())
        GTEST_SKIP() << "the default model is absent: app/run --build-only obtains it";
    for (const ShownCommand &command : commands) {
        SCOPED_TRACE(command.arguments);
        const CliResult result = runCli(shellWords(command.arguments));
        EXPECT_EQ(result.code, 0) << result.err;
        EXPECT_EQ(firstDifference(command.lines, linesOf(result.out)), std::nullopt) << result.out;
    }
}

} // namespace sinkscope::test
