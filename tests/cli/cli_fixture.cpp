// SPDX-License-Identifier: Apache-2.0
// String streams around the command line.
#include "tests/cli/cli_fixture.h"

#include "app/cli_commands.h"
#include "tests/support/model_paths.h"
#include "tests/support/tiny_model.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>

namespace sinkscope::test {

nlohmann::json CliResult::json() const
{
    nlohmann::json parsed = nlohmann::json::parse(out, nullptr, false);
    EXPECT_TRUE(parsed.is_object()) << "not one JSON object: " << out.substr(0, 200);
    return parsed;
}

namespace {

CliResult runIn(const CliEnvironment &environment, const std::vector<std::string> &args)
{
    std::ostringstream out;
    std::ostringstream err;
    CliResult result;
    result.code = runCommandLine(args, out, err, environment);
    result.out = out.str();
    result.err = err.str();
    return result;
}

} // namespace

CliResult runCliWithDefault(const std::vector<std::string> &args, const std::string &defaultPath)
{
    return runIn({defaultPath}, args);
}

CliResult runCliWithState(const std::vector<std::string> &args, const std::string &stateFolder)
{
    return runIn({defaultModelPath().value_or(temporaryPath("absent-default.gguf")), stateFolder}, args);
}

CliResult runCli(const std::vector<std::string> &args)
{
    return runCliWithDefault(args, defaultModelPath().value_or(temporaryPath("absent-default.gguf")));
}

nlohmann::json runCliJson(std::vector<std::string> args)
{
    args.push_back("--json");
    const CliResult result = runCli(args);
    EXPECT_EQ(result.code, 0) << result.err;
    return result.json();
}

std::string writeTemporary(const std::string &name, const std::string &bytes)
{
    std::string path = temporaryPath(name);
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
}

std::string readBytes(const std::string &path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

const std::string &tinyModel()
{
    static const std::string path = writeTinyModel();
    return path;
}

void expectSentence(const CliResult &result, int code, const std::vector<std::string> &parts)
{
    EXPECT_EQ(result.code, code) << result.err;
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
    EXPECT_TRUE(result.err.rfind("sinkscope-cli", 0) == 0) << result.err;
    for (const std::string &part : parts)
        EXPECT_NE(result.err.find(part), std::string::npos) << "no \"" << part << "\" in: " << result.err;
}

} // namespace sinkscope::test
