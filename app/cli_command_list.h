// SPDX-License-Identifier: Apache-2.0
// The commands of the command line: each adds its options and gives what it does.
#pragma once

#include "app/cli_arguments.h"
#include "app/cli_commands.h"

#include <functional>
#include <iosfwd>

namespace sinkscope {

/// Where a command reads and writes. Validity: one call of runCommandLine.
struct CommandContext {
    std::ostream &out;
    std::ostream &err;
    const CliEnvironment &environment;
};

/// What a command does once its options are read. Throws UsageError or Error.
using CommandAction = std::function<void(const CommandContext &context)>;

/// Each adds one command to `program`; the action owns the command's options. `values` outlives the action.
CommandAction addInfoCommand(CLI::App &program, const ArgumentValues &values);
CommandAction addTokenizeCommand(CLI::App &program, const ArgumentValues &values);
CommandAction addRunCommand(CLI::App &program, const ArgumentValues &values);
CommandAction addGenerateCommand(CLI::App &program, const ArgumentValues &values);
CommandAction addSensitivityCommand(CLI::App &program, const ArgumentValues &values);
CommandAction addEditsCommand(CLI::App &program, const ArgumentValues &values);
CommandAction addVerifyCommand(CLI::App &program, const ArgumentValues &values);
CommandAction addReplayCommand(CLI::App &program, const ArgumentValues &values);
CommandAction addBenchCommand(CLI::App &program, const ArgumentValues &values);

} // namespace sinkscope
