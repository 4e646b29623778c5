// SPDX-License-Identifier: Apache-2.0
// Puts the bytes of a GGUF file together piece by piece, so that a test can get any piece wrong.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

namespace sinkscope::test {

/// A number as it stands in the file (little-endian; the tests run on little-endian machines).
template <typename T> std::string number(T value)
{
    std::string bytes(sizeof value, '\0');
    std::memcpy(bytes.data(), &value, sizeof value);
    return bytes;
}

inline std::string u32(std::uint32_t value)
{
    return number(value);
}
inline std::string u64(std::uint64_t value)
{
    return number(value);
}

/// A text: length and bytes.
inline std::string text(const std::string &value)
{
    return u64(value.size()) + value;
}

/// A metadata entry; `kind` as in the format (4 u32, 8 text, 9 array, ...), `value` its bytes.
inline std::string entry(const std::string &key, std::uint32_t kind, const std::string &value)
{
    return text(key) + u32(kind) + value;
}

/// An entry of the tensor table; `extents` innermost first, as in the file.
inline std::string tensorEntry(const std::string &name, const std::vector<std::uint64_t> &extents,
    std::uint32_t type, std::uint64_t offset)
{
    std::string bytes = text(name) + u32(static_cast<std::uint32_t>(extents.size()));
    for (const std::uint64_t extent : extents)
        bytes += u64(extent);
    return bytes + u32(type) + u64(offset);
}

/// A file as its pieces. Counts follow from the pieces unless they are set.
struct GgufBytes {
    std::string magic = "GGUF";
    std::uint32_t version = 3;
    std::vector<std::string> entries;
    std::vector<std::string> tensors;
    std::optional<std::uint64_t> tensorCount;
    std::optional<std::uint64_t> entryCount;
    std::size_t alignment = 32;
    std::string data;

    std::string file() const
    {
        std::string bytes = magic + u32(version) + u64(tensorCount.value_or(tensors.size()))
            + u64(entryCount.value_or(entries.size()));
        for (const std::string &piece : entries)
            bytes += piece;
        for (const std::string &piece : tensors)
            bytes += piece;
        bytes.resize((bytes.size() + alignment - 1) / alignment * alignment, '\0');
        return bytes + data;
    }
};

} // namespace sinkscope::test
