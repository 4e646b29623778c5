// SPDX-License-Identifier: Apache-2.0
// Parses the command line, runs the command, turns errors into one sentence and an exit code.
#include "app/cli_commands.h"

#include "app/cli_command_list.h"
#include "core/base/version.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <new>
#include <ostream>
#include <vector>

namespace sinkscope {

namespace {

constexpr const char *kProgram = "sinkscope-cli";

constexpr const char *kExamples = R"(
MODEL is the path of a GGUF file, or the word default: the model that app/run --build-only obtains.
Results go to standard output, messages to standard error. Exit codes: 0 done, 2 the command line is wrong,
1 anything else.

Examples:
  sinkscope-cli info default
  sinkscope-cli tokenize default --text "The cat sat on the"
  sinkscope-cli run default --text "The cat sat on the" --edit L15H3=0.3 --answers " mat|| floor"
  sinkscope-cli run default --text-file prompt.txt --json --export heads.safetensors --patterns 0,29
  sinkscope-cli generate default --chat --text "Name three rivers." --edit all=1.2
  sinkscope-cli sensitivity default --text "Good or bad? A fine film. Answer:" --answers " Good|| Bad"
  sinkscope-cli edits default --edit L10-19H0,4=0.5 --to csv
  sinkscope-cli verify default
  sinkscope-cli replay work.sinkscope
  sinkscope-cli bench default --tokens 32,128

sinkscope-cli COMMAND --help explains one command.)";

/// A command with what it does.
struct Entry {
    const CLI::App *command = nullptr;
    CommandAction action;
};

std::vector<Entry> addCommands(CLI::App &program, const ArgumentValues &values)
{
    std::vector<Entry> entries;
    for (const auto add : {addInfoCommand, addTokenizeCommand, addRunCommand, addGenerateCommand,
             addSensitivityCommand, addEditsCommand, addVerifyCommand, addReplayCommand, addBenchCommand}) {
        CommandAction action = add(program, values);
        const auto commands = program.get_subcommands([](const CLI::App *) { return true; });
        entries.push_back({commands.back(), std::move(action)});
    }
    return entries;
}

std::string commandNames(const CLI::App &program)
{
    std::string names;
    for (const CLI::App *command : program.get_subcommands([](const CLI::App *) { return true; }))
        names += (names.empty() ? "" : ", ") + command->get_name();
    return names;
}

/// The parser's own words for a missing command are less clear than these.
void requireCommand(std::span<const std::string> args, const CLI::App &program)
{
    if (args.empty())
        throw UsageError({.what = "there is no command", .expected = "one of " + commandNames(program)});
    const std::string &first = args.front();
    const auto commands = program.get_subcommands([](const CLI::App *) { return true; });
    const bool known = std::any_of(commands.begin(), commands.end(),
        [&](const CLI::App *command) { return command->get_name() == first; });
    if (!known && (first.empty() || first.front() != '-'))
        throw UsageError({.what = "there is no such command",
            .given = fmt::format("\"{}\"", first),
            .expected = "one of " + commandNames(program)});
}

/// The sentence of `error` without a final full stop, on one line, so that more can follow.
std::string clause(std::string text)
{
    std::replace(text.begin(), text.end(), '\n', ' ');
    while (!text.empty() && (text.back() == '.' || text.back() == ' '))
        text.pop_back();
    return text;
}

int reportUsage(std::ostream &err, const CLI::App &program, const std::string &text)
{
    const auto parsed = program.get_subcommands();
    const std::string command = parsed.empty() ? std::string {} : " " + parsed.front()->get_name();
    err << fmt::format("{}{}: {}. See: {}{} --help\n", kProgram, command, clause(text), kProgram, command);
    return kExitUsage;
}

int reportFailure(std::ostream &err, const std::string &text)
{
    err << fmt::format("{}: {}.\n", kProgram, clause(text));
    return kExitFailed;
}

void parse(CLI::App &program, std::span<const std::string> args, ArgumentValues &values)
{
    requireCommand(args, program);
    std::vector<std::string> safe = values.protect(args, program);
    std::reverse(safe.begin(), safe.end()); // the parser reads from the back
    program.parse(std::move(safe));
}

/// The parser's refusals in our words: what was given, what is allowed.
std::string refusalOf(const CLI::ParseError &error, const CLI::App &program, const ArgumentValues &values)
{
    const std::string text = values.restored(error.what());
    const auto sentence = [](ErrorParts parts) { return std::string(UsageError(std::move(parts)).what()); };
    const std::size_t colon = text.find(": ");
    const std::string before = text.substr(0, colon);
    const std::string after = colon == std::string::npos ? std::string() : text.substr(colon + 2);
    if (dynamic_cast<const CLI::ExtrasError *>(&error)) {
        const bool isOption = after.starts_with('-');
        return sentence({.what = isOption ? "there is no such option here" : "there is an argument too many",
            .given = fmt::format("\"{}\"", after),
            .expected = isOption ? "the options that --help lists" : "the model and options",
            .wayOut = isOption ? std::string() : "Put a text with spaces in quotes"});
    }
    if (dynamic_cast<const CLI::ArgumentMismatch *>(&error)) {
        const std::size_t count = text.find_last_of(' ');
        return sentence({.what = fmt::format("{} is given more often than it can be", before),
            .given = fmt::format("{} times", text.substr(count + 1)),
            .expected = "once"});
    }
    if (dynamic_cast<const CLI::RequiredError *>(&error)) {
        if (text.starts_with("MODEL"))
            return sentence({.what = "the model is missing",
                .given = "no MODEL",
                .expected = "the path of a GGUF file, or the word default"});
        if (text.starts_with("FILE"))
            return sentence({.what = "the session file is missing",
                .given = "no FILE",
                .expected = "the path of a .sinkscope file"});
        return sentence({.what = "there is no command", .expected = "one of " + commandNames(program)});
    }
    return sentence({.what = "the command line cannot be read", .given = text});
}

int runParsed(const CLI::App &program, const std::vector<Entry> &entries, const CommandContext &context)
{
    const CLI::App *chosen = program.get_subcommands().front();
    const auto entry = std::find_if(
        entries.begin(), entries.end(), [&](const Entry &candidate) { return candidate.command == chosen; });
    entry->action(context);
    if (!context.out.flush())
        throw Error({.what = "the results could not be written to standard output",
            .wayOut = "Check that the disk has room and that the reader of a pipe is still there"});
    return kExitOk;
}

} // namespace

int runCommandLine(std::span<const std::string> args, std::ostream &out, std::ostream &err,
    const CliEnvironment &environment)
{
    CLI::App program("Sinkscope: what a language model attends to, measured and edited.", kProgram);
    ArgumentValues values;
    program.set_version_flag("--version", std::string(kProgram) + " " + kVersion, "print the version");
    program.require_subcommand(1);
    program.footer(kExamples);
    try {
        const std::vector<Entry> entries = addCommands(program, values);
        parse(program, args, values);
        return runParsed(program, entries, {out, err, environment});
    } catch (const CLI::CallForHelp &) {
        out << program.help();
        return kExitOk;
    } catch (const CLI::CallForVersion &version) {
        out << version.what() << '\n';
        return kExitOk;
    } catch (const CLI::ParseError &error) {
        return reportUsage(err, program, refusalOf(error, program, values));
    } catch (const UsageError &error) {
        return reportUsage(err, program, error.what());
    } catch (const std::bad_alloc &) {
        return reportFailure(err, "there is not enough memory. Use a shorter prompt or a smaller model");
    } catch (const std::exception &error) {
        return reportFailure(err, error.what());
    }
}

} // namespace sinkscope
