// SPDX-License-Identifier: Apache-2.0
// Where the default model and the reference data are on this machine, if they are.
#pragma once

#include <optional>
#include <string>

namespace sinkscope::test {

/// The default model's file: in SINKSCOPE_MODEL_DIR, else XDG_DATA_HOME, else HOME/.local/share.
std::optional<std::string> defaultModelPath();

/// `relative` inside the shared reference data (e.g. "reference/models"), when it is there.
std::optional<std::string> sharedDataPath(const std::string &relative);

} // namespace sinkscope::test
