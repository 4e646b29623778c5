// SPDX-License-Identifier: Apache-2.0
// What a file must be to be opened as a session, and SQLite's refusals in our words.
#pragma once

#include "core/base/error.h"

#include <string>

namespace sinkscope {

/// A refusal of a damaged file; `given` is what was found in it.
ErrorParts damagedProject(const std::string &path, std::string given);

/// A refusal of SQLite with the result code `code`.
ErrorParts projectErrorParts(int code, const std::string &given, const std::string &path);

/// Looks at the first bytes alone, so that nothing is written into what is not ours. Throws Error: absent,
/// another program's file, written by a newer version, damaged.
void checkProjectHeader(const std::string &path);

/// Throws Error unless `found`, SQLite's word on the whole file, is "ok".
void checkProjectWhole(const std::string &found, const std::string &path);

} // namespace sinkscope
