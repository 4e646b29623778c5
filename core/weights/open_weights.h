// SPDX-License-Identifier: Apache-2.0
// Opens a model file of any format we read.
#pragma once

#include "core/weights/weight_source.h"

#include <memory>
#include <string>

namespace sinkscope {

/// Opens `path` (GGUF v2 or v3). Throws Error with file, place, given and expected when it is damaged or
/// of a kind that is not read.
std::shared_ptr<const WeightSource> openWeights(const std::string &path);

} // namespace sinkscope
