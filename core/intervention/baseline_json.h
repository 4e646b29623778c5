// SPDX-License-Identifier: Apache-2.0
// Baselines as JSON objects, e.g. {"baseline":"pasta","span":[4,9],"alpha":0.01}.
#pragma once

#include "core/intervention/baseline.h"
#include "core/intervention/json_place.h"

#include <string>

namespace sinkscope {

/// Reads one object. Unknown fields are refused, also those of other baselines; what is missing takes its
/// default (README.md). Throws Error.
Baseline baselineFromJson(const std::string &object, const JsonPlace &place);

/// One line; every parameter is written.
std::string baselineToJson(const Baseline &baseline);

} // namespace sinkscope
