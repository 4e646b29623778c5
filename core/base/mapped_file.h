// SPDX-License-Identifier: Apache-2.0
// A file mapped read-only into memory.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace sinkscope {

/// Read-only mapping of a whole file. Owner: whoever parses the file. Threads: reading from any thread is
/// safe. Validity: bytes() is valid while the object lives; the file must not be truncated meanwhile.
class MappedFile {
public:
    /// Maps `path`. Throws Error when the file is absent, unreadable, a folder or empty.
    explicit MappedFile(const std::string &path);
    ~MappedFile();
    MappedFile(const MappedFile &) = delete;
    MappedFile &operator=(const MappedFile &) = delete;

    std::span<const std::byte> bytes() const { return {m_data, m_size}; }
    const std::string &path() const { return m_path; }

private:
    std::string m_path;
    const std::byte *m_data = nullptr;
    std::size_t m_size = 0;
};

} // namespace sinkscope
