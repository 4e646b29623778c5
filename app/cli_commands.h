// SPDX-License-Identifier: Apache-2.0
// The command line as a function: arguments and streams in, exit code out.
#pragma once

#include <iosfwd>
#include <span>
#include <string>

namespace sinkscope {

/// What the command line takes from its surroundings; the program's main reads the environment, tests set it.
struct CliEnvironment {
    std::string defaultModelPath; ///< what the word "default" stands for
    std::string stateFolder = {}; ///< where outcomes of `verify` are kept; empty: nowhere
};

/// Exit codes: done; refused or failed; the command line itself is wrong.
inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;

/// Runs `args` (without the program's name). Results go to `out`, messages to `err`; returns the exit code.
/// Throws nothing.
int runCommandLine(std::span<const std::string> args, std::ostream &out, std::ostream &err,
    const CliEnvironment &environment);

} // namespace sinkscope
