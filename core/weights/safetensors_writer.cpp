// SPDX-License-Identifier: Apache-2.0
// Header, values and the temporary file behind an atomic write.
#include "core/weights/safetensors_writer.h"

#include "core/base/error.h"

#include <fmt/format.h>

#include <bit>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace sinkscope {

namespace {

static_assert(std::endian::native == std::endian::little, "safetensors stores little-endian values");

constexpr std::size_t kBufferBytes = std::size_t {1} << 20;
constexpr int kMostLinks = 40; // as many as Linux follows
constexpr std::size_t kAlignment = 8; // the format asks for a header of a multiple of 8 bytes

[[noreturn]] void refuse(const std::string &path, const std::string &what, int errorNumber)
{
    const bool full = errorNumber == ENOSPC || errorNumber == EDQUOT;
    throw Error({.what = what,
        .file = path,
        .given = errorNumber == 0 ? std::string {} : std::string(std::strerror(errorNumber)),
        .wayOut = full ? "Free some space, or export to a folder on another disk"
                       : "Choose another path to export to"});
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

std::string quoted(const std::string &text)
{
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            out.append(1, '\\').append(1, c);
        else if (static_cast<unsigned char>(c) < 0x20)
            out += fmt::format("\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
        else
            out.append(1, c);
    }
    return out + '"';
}

std::uint64_t byteSize(const SafetensorsEntry &entry)
{
    std::uint64_t count = sizeof(float);
    for (const std::uint64_t extent : entry.shape)
        count *= extent;
    return count;
}

std::string headerText(
    std::span<const SafetensorsEntry> entries, const std::map<std::string, std::string> &metadata)
{
    std::string text = "{";
    const auto separate = [&] { text += text.size() > 1 ? "," : ""; };
    if (!metadata.empty()) {
        text += "\"__metadata__\":{";
        const char *comma = "";
        for (const auto &[key, value] : metadata) {
            text += comma + quoted(key) + ':' + quoted(value);
            comma = ",";
        }
        text += '}';
    }
    std::uint64_t offset = 0;
    for (const SafetensorsEntry &entry : entries) {
        const std::uint64_t end = offset + byteSize(entry);
        separate();
        text += fmt::format("{}:{{\"dtype\":\"F32\",\"shape\":[{}],\"data_offsets\":[{},{}]}}",
            quoted(entry.name), fmt::join(entry.shape, ","), offset, end);
        offset = end;
    }
    text += '}';
    text.append((kAlignment - text.size() % kAlignment) % kAlignment, ' ');
    return text;
}

/// The temporary file. Owner: writeSafetensors. Threads: one. Gone on destruction unless committed. Where the
/// file system can, it has no name until it is whole: a program that is killed leaves nothing behind.
class TemporaryFile {
public:
    explicit TemporaryFile(const std::string &target)
        : m_target(target)
    {
        m_buffer.reserve(kBufferBytes);
        const int descriptor =
            ::open(folderOf(target).c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, kPermissions);
        if (descriptor >= 0 && ::access(pathOf(descriptor).c_str(), F_OK) == 0) {
            m_descriptor = descriptor;
            return;
        }
        if (descriptor >= 0) // without /proc it could never get a name
            ::close(descriptor);
        const bool made = underFreeName([&](const char *path) {
            m_descriptor = ::open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kPermissions);
            return m_descriptor >= 0;
        });
        if (!made)
            refuse(target, "the export cannot be created in this folder", errno);
    }
    ~TemporaryFile()
    {
        if (m_descriptor >= 0)
            ::close(m_descriptor);
        if (!m_path.empty())
            ::unlink(m_path.c_str());
    }
    TemporaryFile(const TemporaryFile &) = delete;
    TemporaryFile &operator=(const TemporaryFile &) = delete;

    void append(const void *data, std::size_t size)
    {
        const char *bytes = static_cast<const char *>(data);
        if (m_buffer.size() + size > kBufferBytes)
            flush();
        if (size >= kBufferBytes)
            writeOut(bytes, size);
        else
            m_buffer.insert(m_buffer.end(), bytes, bytes + size);
    }

    void commit()
    {
        flush();
        const int descriptor = m_descriptor;
        if (::fsync(descriptor) != 0)
            refuse(m_target, "the export could not be written to the disk", errno);
        const bool named = !m_path.empty() || underFreeName([&](const char *path) {
            return ::linkat(AT_FDCWD, pathOf(descriptor).c_str(), AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0;
        });
        if (!named)
            refuse(m_target, "the finished export could not be given a name", errno);
        m_descriptor = -1;
        if (::close(descriptor) != 0)
            refuse(m_target, "the export could not be written to the disk", errno);
        if (::rename(m_path.c_str(), m_target.c_str()) != 0)
            refuse(m_target, "the finished export could not be moved into place", errno);
        m_path.clear();
        syncFolder();
    }

private:
    static constexpr mode_t kPermissions = 0666;

    static std::string pathOf(int descriptor) { return fmt::format("/proc/self/fd/{}", descriptor); }

    /// Tries `make` with names beside the target until one is free; m_path is then that name, else empty.
    template <typename Make> bool underFreeName(const Make &make)
    {
        for (int attempt = 0; attempt < 1000; ++attempt) {
            const std::string path = fmt::format("{}.tmp-{}-{}", m_target, ::getpid(), attempt);
            if (make(path.c_str())) {
                m_path = path;
                return true;
            }
            if (errno != EEXIST)
                break;
        }
        return false;
    }

    void flush()
    {
        writeOut(m_buffer.data(), m_buffer.size());
        m_buffer.clear();
    }

    void writeOut(const char *bytes, std::size_t size)
    {
        while (size > 0) {
            const ssize_t written = ::write(m_descriptor, bytes, size);
            if (written < 0 && errno == EINTR)
                continue;
            if (written <= 0)
                refuse(m_target, "the export could not be written", written < 0 ? errno : ENOSPC);
            bytes += written;
            size -= static_cast<std::size_t>(written);
        }
    }

    /// Makes the rename itself durable; a folder that cannot be synced is not a reason to fail.
    void syncFolder() const
    {
        const int folder = ::open(folderOf(m_target).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (folder < 0)
            return;
        ::fsync(folder);
        ::close(folder);
    }

    std::string m_target;
    std::string m_path; ///< empty while the file has no name
    int m_descriptor = -1;
    std::vector<char> m_buffer;
};

} // namespace

SafetensorsEntry safetensorsEntry(
    std::string name, std::vector<std::uint64_t> shape, std::span<const float> values)
{
    return {std::move(name), std::move(shape), [values](const FloatSink &sink) { sink(values); }};
}

void requireWritableTarget(const std::string &path)
{
    if (path.empty())
        refuse(path, "the export has no file name", 0);
    const std::string target = resolvedTarget(path);
    const std::string folder = folderOf(target);
    struct stat facts { };
    if (::stat(folder.c_str(), &facts) != 0)
        refuse(path, "the folder of the export cannot be reached", errno);
    if (!S_ISDIR(facts.st_mode))
        refuse(path, "the folder of the export is not a folder", ENOTDIR);
    if (::access(folder.c_str(), W_OK | X_OK) != 0)
        refuse(path, "the folder of the export cannot be written to", errno);
    if (::stat(target.c_str(), &facts) == 0 && !S_ISREG(facts.st_mode))
        refuse(path, "the export would replace something that is not a plain file", 0);
}

void writeSafetensors(const std::string &path, std::span<const SafetensorsEntry> entries,
    const std::map<std::string, std::string> &metadata)
{
    requireWritableTarget(path);
    TemporaryFile file(resolvedTarget(path));
    const std::string header = headerText(entries, metadata);
    const std::uint64_t headerSize = header.size();
    file.append(&headerSize, sizeof headerSize);
    file.append(header.data(), header.size());
    for (const SafetensorsEntry &entry : entries) {
        [[maybe_unused]] std::uint64_t written = 0;
        entry.write([&](std::span<const float> values) {
            written += values.size_bytes();
            file.append(values.data(), values.size_bytes());
        });
        assert(written == byteSize(entry));
    }
    file.commit();
}

} // namespace sinkscope
