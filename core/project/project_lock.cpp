// SPDX-License-Identifier: Apache-2.0
// flock() on a file beside the session: SQLite's own locks (fcntl) would go with any descriptor of the
// session file that this process closes.
#include "core/project/project_lock.h"

#include "core/base/error.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sinkscope {

namespace {

constexpr int kTries = 100; // a lock file may be removed by its holder between our opening and locking it

std::string contentOf(int descriptor)
{
    std::array<char, 256> text {};
    const ssize_t length = ::pread(descriptor, text.data(), text.size(), 0);
    return length > 0 ? std::string(text.data(), static_cast<std::size_t>(length)) : "another program";
}

void writeHolder(int descriptor)
{
    std::array<char, 256> host {};
    ::gethostname(host.data(), host.size() - 1);
    const std::string text = fmt::format("process {} on {}", ::getpid(), host.data());
    // For a message only: the lock holds without it.
    if (::ftruncate(descriptor, 0) == 0)
        static_cast<void>(::pwrite(descriptor, text.data(), text.size(), 0) > 0);
}

/// Whether `path` still names the file behind `descriptor`.
bool isStillThere(const std::string &path, int descriptor)
{
    struct stat named { };
    struct stat opened { };
    return ::stat(path.c_str(), &named) == 0 && ::fstat(descriptor, &opened) == 0
        && named.st_ino == opened.st_ino && named.st_dev == opened.st_dev;
}

} // namespace

std::string projectLockPath(const std::string &path)
{
    std::error_code ignored;
    const std::filesystem::path real = std::filesystem::weakly_canonical(path, ignored);
    return (ignored ? path : real.string()) + "-lock";
}

std::unique_ptr<ProjectLock> ProjectLock::takeOrNull(const std::string &path, std::string &holder)
{
    const std::string lockPath = projectLockPath(path);
    for (int attempt = 0; attempt < kTries; ++attempt) {
        const int descriptor = ::open(lockPath.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (descriptor < 0)
            throw Error({.what = "the session cannot be locked for writing",
                .file = lockPath,
                .given = std::strerror(errno),
                .expected = "a folder that can be written",
                .wayOut = "Open a copy, or give yourself the right to write there"});
        if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
            holder = contentOf(descriptor);
            ::close(descriptor);
            return nullptr;
        }
        if (isStillThere(lockPath, descriptor)) {
            writeHolder(descriptor);
            return std::unique_ptr<ProjectLock>(new ProjectLock(lockPath, descriptor));
        }
        ::close(descriptor);
    }
    holder = "programs that open and close it all the time";
    return nullptr;
}

ProjectLock::ProjectLock(std::string path, int descriptor)
    : m_path(std::move(path))
    , m_descriptor(descriptor)
{
}

ProjectLock::~ProjectLock()
{
    ::unlink(m_path.c_str()); // while it is locked: whoever opened it meanwhile sees that it is gone
    ::close(m_descriptor);
}

} // namespace sinkscope
