// SPDX-License-Identifier: Apache-2.0
// Where the default model and kept outcomes lie: the one place where the programs read the environment for
// it.
#pragma once

#include <cstdlib>
#include <string>

namespace sinkscope {

/// File name of the default model; the same as `fileName` in resources/default_model.json.
inline constexpr const char *kDefaultModelFile = "SmolLM2-135M-Instruct.Q4_1.gguf";

/// Value of an environment variable, empty when it is not set.
inline std::string environmentVariable(const char *name)
{
    const char *value = std::getenv(name);
    return value ? value : "";
}

/// ${XDG_STATE_HOME:-$HOME/.local/state}/sinkscope; empty when neither is set.
inline std::string stateFolder()
{
    const std::string state = environmentVariable("XDG_STATE_HOME");
    const std::string home = environmentVariable("HOME");
    if (state.empty() && home.empty())
        return {};
    return (state.empty() ? home + "/.local/state" : state) + "/sinkscope";
}

/// Path of the default model, as app/run puts it: SINKSCOPE_MODEL_DIR, or
/// ${XDG_DATA_HOME:-$HOME/.local/share}/sinkscope/models. The file need not be there.
inline std::string defaultModelPath()
{
    std::string folder = environmentVariable("SINKSCOPE_MODEL_DIR");
    if (folder.empty()) {
        const std::string data = environmentVariable("XDG_DATA_HOME");
        folder = (data.empty() ? environmentVariable("HOME") + "/.local/share" : data) + "/sinkscope/models";
    }
    return folder + "/" + kDefaultModelFile;
}

} // namespace sinkscope
