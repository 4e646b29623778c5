// SPDX-License-Identifier: Apache-2.0
// A file that is written whole or not at all.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sinkscope {

/// Throws Error when `path` cannot be written: an absent or unwritable folder, a folder, a device.
/// For asking before long work; AtomicFile asks again.
void requireWritableTarget(const std::string &path);

/// A temporary file in the folder of `path` that is synced and renamed over it by commit(), so that no reader
/// sees a part of it; without commit() it goes and `path` is untouched. Where the file system can, it has no
/// name until it is whole: a program that is killed leaves nothing behind. All throw Error.
/// Owner: who writes. Threads: one.
class AtomicFile {
public:
    explicit AtomicFile(const std::string &path);
    ~AtomicFile();
    AtomicFile(const AtomicFile &) = delete;
    AtomicFile &operator=(const AtomicFile &) = delete;

    void append(const void *data, std::size_t size);
    void append(std::string_view text) { append(text.data(), text.size()); }
    void commit();

private:
    void flush();
    void writeOut(const char *bytes, std::size_t size);
    void syncFolder() const;

    std::string m_target;
    std::string m_path; ///< empty while the file has no name
    int m_descriptor = -1;
    std::vector<char> m_buffer;
};

} // namespace sinkscope
