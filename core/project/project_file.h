// SPDX-License-Identifier: Apache-2.0
// The session file (.sinkscope): an SQLite database that a killed program leaves whole.
#pragma once

#include "core/base/error.h"
#include "core/project/project.h"

#include <memory>
#include <string>

namespace sinkscope {

enum class ProjectAccess { ReadWrite, ReadOnly };

/// The file cannot be opened for writing: another program writes it, or the system does not allow it. It can
/// be opened with ProjectAccess::ReadOnly.
class ProjectNotWritable : public Error {
public:
    using Error::Error;
};

/// How a file is opened.
struct ProjectOptions {
    ProjectAccess access = ProjectAccess::ReadWrite;
    int mostPages = 0; ///< the file grows no further than this (4 KiB each); 0: no limit
};

/// One open session file. Every write is one transaction in SQLite's write-ahead log, so that the file holds
/// all of a write or nothing of it, whenever the program ends. Owner: the session store or a command.
/// Threads: one at a time. Validity: until destroyed; the last reader's or writer's end folds the log into
/// the file.
class ProjectFile {
public:
    /// Makes a new file. Throws ProjectNotWritable, Error (the file is there already, no room).
    static std::unique_ptr<ProjectFile> create(const std::string &path, const ProjectOptions &options = {});
    /// Opens `path` and checks it whole. Throws ProjectNotWritable, Error: absent, another program's file,
    /// written by a newer version, damaged.
    static std::unique_ptr<ProjectFile> open(const std::string &path, const ProjectOptions &options = {});
    ~ProjectFile();
    ProjectFile(const ProjectFile &) = delete;
    ProjectFile &operator=(const ProjectFile &) = delete;

    const std::string &path() const;
    ProjectAccess access() const;

    /// Everything in the file. Throws Error when it is damaged.
    Project read() const;
    /// Writes `change` in one transaction. Throws Error; the file is then as it was before.
    void write(const ProjectChange &change);
    /// Writes all of the session to `target`, replacing a file there once the copy is complete. Throws
    /// ProjectNotWritable when a program has `target` open, Error.
    void saveCopy(const std::string &target) const;

private:
    struct Parts;
    explicit ProjectFile(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> m_parts;
};

/// Whether a program has `path` open for writing.
bool isProjectInUse(const std::string &path);
/// Removes a session file with all that belongs to it. Throws ProjectNotWritable when a program has it open.
void removeProject(const std::string &path);

/// What tells a session file from other SQLite files ("Sink"), and its present form.
inline constexpr std::int64_t kProjectApplicationId = 0x53696e6b;
inline constexpr std::int64_t kProjectVersion = 1;
/// The end of the file's name.
inline constexpr const char *kProjectSuffix = ".sinkscope";

} // namespace sinkscope
