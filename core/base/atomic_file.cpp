// SPDX-License-Identifier: Apache-2.0
// The temporary file behind an atomic write.
#include "core/base/atomic_file.h"

#include "core/base/error.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace sinkscope {

namespace {

constexpr std::size_t kBufferBytes = std::size_t {1} << 20;
constexpr int kMostLinks = 40; // as many as Linux follows
constexpr mode_t kPermissions = 0666;

[[noreturn]] void refuse(const std::string &path, const std::string &what, int errorNumber)
{
    const bool full = errorNumber == ENOSPC || errorNumber == EDQUOT;
    throw Error({.what = what,
        .file = path,
        .given = errorNumber == 0 ? std::string {} : std::string(std::strerror(errorNumber)),
        .wayOut = full ? "Free some space, or choose a folder on another disk" : "Choose another path"});
}

/// `path`, or what it points to when it is a link: renaming over a link would replace the link.
std::string resolvedTarget(const std::string &path)
{
    std::error_code failed;
    std::filesystem::path target = path;
    // Step by step: what the last link points to need not exist yet.
    for (int step = 0; step < kMostLinks && std::filesystem::is_symlink(target, failed); ++step) {
        const std::filesystem::path next = std::filesystem::read_symlink(target, failed);
        if (failed)
            return path;
        target = target.parent_path() / next; // an absolute one replaces the folder
    }
    return target.string();
}

std::string folderOf(const std::string &path)
{
    const std::string folder = std::filesystem::path(path).parent_path().string();
    return folder.empty() ? "." : folder;
}

/// By which an open file without a name is reached.
std::string pathOf(int descriptor)
{
    return fmt::format("/proc/self/fd/{}", descriptor);
}

/// Tries `make` with names beside `target` until one is free: that name, or empty.
template <typename Make> std::string underFreeName(const std::string &target, const Make &make)
{
    for (int attempt = 0; attempt < 1000; ++attempt) {
        std::string path = fmt::format("{}.tmp-{}-{}", target, ::getpid(), attempt);
        if (make(path.c_str()))
            return path;
        if (errno != EEXIST)
            break;
    }
    return {};
}

} // namespace

void requireWritableTarget(const std::string &path)
{
    if (path.empty())
        refuse(path, "the file has no file name", 0);
    const std::string target = resolvedTarget(path);
    const std::string folder = folderOf(target);
    struct stat facts { };
    if (::stat(folder.c_str(), &facts) != 0)
        refuse(path, "the folder of the file cannot be reached", errno);
    if (!S_ISDIR(facts.st_mode))
        refuse(path, "the folder of the file is not a folder", ENOTDIR);
    if (::access(folder.c_str(), W_OK | X_OK) != 0)
        refuse(path, "the folder of the file cannot be written to", errno);
    if (::stat(target.c_str(), &facts) == 0 && !S_ISREG(facts.st_mode))
        refuse(path, "the file would replace something that is not a plain file", 0);
}

AtomicFile::AtomicFile(const std::string &path)
{
    requireWritableTarget(path);
    m_target = resolvedTarget(path);
    m_buffer.reserve(kBufferBytes);
    const int descriptor = ::open(folderOf(m_target).c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, kPermissions);
    if (descriptor >= 0 && ::access(pathOf(descriptor).c_str(), F_OK) == 0) {
        m_descriptor = descriptor;
        return;
    }
    if (descriptor >= 0) // without /proc it could never get a name
        ::close(descriptor);
    m_path = underFreeName(m_target, [&](const char *name) {
        m_descriptor = ::open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kPermissions);
        return m_descriptor >= 0;
    });
    if (m_path.empty())
        refuse(m_target, "the file cannot be created in this folder", errno);
}

AtomicFile::~AtomicFile()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor);
    if (!m_path.empty())
        ::unlink(m_path.c_str());
}

void AtomicFile::append(const void *data, std::size_t size)
{
    const char *bytes = static_cast<const char *>(data);
    if (m_buffer.size() + size > kBufferBytes)
        flush();
    if (size >= kBufferBytes)
        writeOut(bytes, size);
    else
        m_buffer.insert(m_buffer.end(), bytes, bytes + size);
}

void AtomicFile::commit()
{
    flush();
    const int descriptor = m_descriptor;
    if (::fsync(descriptor) != 0)
        refuse(m_target, "the file could not be written to the disk", errno);
    if (m_path.empty())
        m_path = underFreeName(m_target, [&](const char *name) {
            return ::linkat(AT_FDCWD, pathOf(descriptor).c_str(), AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0;
        });
    if (m_path.empty())
        refuse(m_target, "the finished file could not be given a name", errno);
    m_descriptor = -1;
    if (::close(descriptor) != 0)
        refuse(m_target, "the file could not be written to the disk", errno);
    if (::rename(m_path.c_str(), m_target.c_str()) != 0)
        refuse(m_target, "the finished file could not be moved into place", errno);
    m_path.clear();
    syncFolder();
}

void AtomicFile::flush()
{
    writeOut(m_buffer.data(), m_buffer.size());
    m_buffer.clear();
}

void AtomicFile::writeOut(const char *bytes, std::size_t size)
{
    while (size > 0) {
        const ssize_t written = ::write(m_descriptor, bytes, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            refuse(m_target, "the file could not be written", written < 0 ? errno : ENOSPC);
        bytes += written;
        size -= static_cast<std::size_t>(written);
    }
}

/// Makes the rename itself durable; a folder that cannot be synced is not a reason to fail.
void AtomicFile::syncFolder() const
{
    const int folder = ::open(folderOf(m_target).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return;
    ::fsync(folder);
    ::close(folder);
}

} // namespace sinkscope
