// SPDX-License-Identifier: Apache-2.0
// Where the default model lies: the one place where both programs read the environment for it.
#pragma once

#include <cstdlib>
#include <string>

namespace sinkscope {

/// File name of the default model; the same as `fileName` in resources/default_model.json.
inline constexpr const char *kDefaultModelFile = "SmolLM2-135M-Instruct.Q4_1.gguf";

/// Path of the default model, as app/run puts it: SINKSCOPE_MODEL_DIR, or
/// ${XDG_DATA_HOME:-$HOME/.local/share}/sinkscope/models. The file need not be there.
inline std::string defaultModelPath()
{
    const auto variable = [](const char *name) {
        const char *value = std::getenv(name);
        return std::string(value ? value : "");
    };
    std::string folder = variable("SINKSCOPE_MODEL_DIR");
    if (folder.empty()) {
        const std::string data = variable("XDG_DATA_HOME");
        folder = (data.empty() ? variable("HOME") + "/.local/share" : data) + "/sinkscope/models";
    }
    return folder + "/" + kDefaultModelFile;
}

} // namespace sinkscope
