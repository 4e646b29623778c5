// SPDX-License-Identifier: Apache-2.0
// Tells a second program that a session file is being written by the first.
#pragma once

#include <memory>
#include <string>

namespace sinkscope {

/// The right to write a session file: the kernel's lock on a small file beside it (FILE-lock), which ends
/// with the program, however it ends. Owner: ProjectFile. Threads: any.
class ProjectLock {
public:
    /// The lock of `path`, or nullptr when it is held already, here or in another program; `holder` then says
    /// by whom. Throws Error when the lock file cannot be made.
    static std::unique_ptr<ProjectLock> takeOrNull(const std::string &path, std::string &holder);
    ~ProjectLock();
    ProjectLock(const ProjectLock &) = delete;
    ProjectLock &operator=(const ProjectLock &) = delete;

private:
    ProjectLock(std::string path, int descriptor);
    std::string m_path; // of the lock file
    int m_descriptor = -1;
};

/// Path of the lock file of `path`.
std::string projectLockPath(const std::string &path);

} // namespace sinkscope
