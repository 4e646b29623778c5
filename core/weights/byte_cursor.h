// SPDX-License-Identifier: Apache-2.0
// Reads little-endian numbers and strings from a file's bytes; every read is checked against the end.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

namespace sinkscope {

/// A position in the bytes of a file that only moves forward. Owner: a parser, while it parses.
/// Threads: one. Validity: while the bytes live.
class ByteCursor {
public:
    ByteCursor(std::span<const std::byte> bytes, std::string path)
        : m_bytes(bytes)
        , m_path(std::move(path))
    {
    }

    std::uint64_t offset() const { return m_offset; }
    std::uint64_t remaining() const { return m_bytes.size() - m_offset; }
    const std::string &path() const { return m_path; }

    /// Names what is being read ("metadata key 'x'"), for refusals.
    void setPlace(std::string place) { m_place = std::move(place); }

    /// The next number of type T. Throws Error when the file ends before.
    template <typename T> T read()
    {
        static_assert(
            std::endian::native == std::endian::little, "numbers are read in place as little-endian");
        require(sizeof(T), 1, "a number");
        T value;
        std::memcpy(&value, m_bytes.data() + m_offset, sizeof value);
        m_offset += sizeof value;
        return value;
    }

    /// A 64-bit length and that many bytes, at most `maxBytes`; must be UTF-8. `what` names the text in
    /// refusals.
    std::string readText(std::string_view what, std::uint64_t maxBytes);

    /// Throws Error unless `count` things of at least `bytesEach` bytes fit into what is left of the file.
    /// Called before anything is reserved for them.
    void require(std::uint64_t count, std::uint64_t bytesEach, std::string_view what) const;

    /// Throws Error with file and place (the place set before, and the byte `at`). An empty `wayOut` stands
    /// for that of a damaged file.
    [[noreturn]] void refuse(std::uint64_t at, std::string what, std::string given, std::string expected,
        std::string wayOut = {}) const;

private:
    std::span<const std::byte> m_bytes;
    std::string m_path;
    std::string m_place;
    std::size_t m_offset = 0;
};

} // namespace sinkscope
