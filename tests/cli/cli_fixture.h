// SPDX-License-Identifier: Apache-2.0
// Calls the command line as a function, and what its tests share.
#pragma once

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace sinkscope::test {

/// What one call gave.
struct CliResult {
    int code = 0;
    std::string out;
    std::string err;

    /// `out` as one JSON object; fails the test when it is anything else.
    nlohmann::json json() const;
};

/// Runs the command line; "default" stands for the default model of this machine, present or not.
CliResult runCli(const std::vector<std::string> &args);
/// The same with another file behind "default".
CliResult runCliWithDefault(const std::vector<std::string> &args, const std::string &defaultPath);
/// The same with a folder for what `verify` found; elsewhere nothing is kept.
CliResult runCliWithState(const std::vector<std::string> &args, const std::string &stateFolder);

/// Runs and expects exit code 0 and a JSON object.
nlohmann::json runCliJson(std::vector<std::string> args);

/// Writes `bytes` to a temporary file and returns its path.
std::string writeTemporary(const std::string &name, const std::string &bytes);
std::string readBytes(const std::string &path);

/// Path of a tiny model (layers 3, heads 4, vocabulary 320, context 256), made once a process.
const std::string &tinyModel();

/// One error sentence: nothing on stdout, a single line on stderr that holds every one of `parts`.
void expectSentence(const CliResult &result, int code, const std::vector<std::string> &parts);

} // namespace sinkscope::test
