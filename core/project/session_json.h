// SPDX-License-Identifier: Apache-2.0
// What is asked of the model as JSON, the form in which a session file holds it.
#pragma once

#include "core/project/project.h"

#include <string>
#include <string_view>

namespace sinkscope {

/// `{"prompt":"...","form":"raw"|"chat","system":"...","ids":[...],"answers":[...],"edits":...,
/// "switchedOff":...}` on one line; `system` and `ids` only where given, edits in the form of
/// interventionToJson. Throws Error for text that is not valid UTF-8.
std::string sessionContentToJson(const SessionContent &content);

/// Reads that form; `sourceName` (a path) is named in errors. Throws Error.
SessionContent sessionContentFromJson(std::string_view text, const std::string &sourceName);

} // namespace sinkscope
