// SPDX-License-Identifier: Apache-2.0
// The tables of a session file: making them, writing and reading their rows.
#pragma once

#include "core/project/project.h"

#include <string>

namespace SQLite { // NOLINT(readability-identifier-naming): the library's own
class Database;
}

namespace sinkscope {

/// Makes the tables of an empty database and marks it as a session file of kProjectVersion.
void makeProjectTables(SQLite::Database &database, std::int64_t nowMs);

/// Writes the rows of `change` and the time of it; the caller holds the transaction. Throws
/// SQLite::Exception, Error.
void writeProjectRows(SQLite::Database &database, const ProjectChange &change, std::int64_t nowMs);

/// Reads everything; `path` is named in errors. Throws SQLite::Exception, Error.
Project readProjectRows(SQLite::Database &database, const std::string &path);

} // namespace sinkscope
