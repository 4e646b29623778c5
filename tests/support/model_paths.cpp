// SPDX-License-Identifier: Apache-2.0
// The same folders as app/run uses.
#include "tests/support/model_paths.h"

#include <cstdlib>
#include <filesystem>

namespace sinkscope::test {

namespace {

constexpr const char *kDefaultModelFile = "SmolLM2-135M-Instruct.Q4_1.gguf";

std::optional<std::filesystem::path> folderFromEnvironment(const char *name)
{
    const char *value = std::getenv(name);
    if (value == nullptr || *value == '\0')
        return std::nullopt;
    return std::filesystem::path(value);
}

} // namespace

std::optional<std::string> defaultModelPath()
{
    std::filesystem::path folder;
    if (const auto models = folderFromEnvironment("SINKSCOPE_MODEL_DIR"))
        folder = *models;
    else if (const auto data = folderFromEnvironment("XDG_DATA_HOME"))
        folder = *data / "sinkscope" / "models";
    else if (const auto home = folderFromEnvironment("HOME"))
        folder = *home / ".local" / "share" / "sinkscope" / "models";
    else
        return std::nullopt;
    const std::filesystem::path file = folder / kDefaultModelFile;
    if (!std::filesystem::exists(file))
        return std::nullopt;
    return file.string();
}

std::optional<std::string> sharedDataPath(const std::string &relative)
{
    const std::filesystem::path path = std::filesystem::path(SINKSCOPE_SHARED_DATA) / relative;
    if (!std::filesystem::exists(path))
        return std::nullopt;
    return path.string();
}

} // namespace sinkscope::test
