// SPDX-License-Identifier: Apache-2.0
// The command-line program: reads the environment and calls runCommandLine.
#include "app/cli_commands.h"

#include "app/default_model.h"

#include <iostream>
#include <string>
#include <vector>

int main(int argc, char **argv)
{
    std::ios::sync_with_stdio(false);
    const std::vector<std::string> args(argv + (argc > 0 ? 1 : 0), argv + argc);
    return sinkscope::runCommandLine(
        args, std::cout, std::cerr, {sinkscope::defaultModelPath(), sinkscope::stateFolder()});
}
