// SPDX-License-Identifier: Apache-2.0
// Checked reading and the refusals of a damaged file.
#include "core/weights/byte_cursor.h"

#include "core/base/error.h"
#include "core/base/utf8.h"

#include <fmt/format.h>

namespace sinkscope {

namespace {

std::string bytesText(std::uint64_t count)
{
    return fmt::format("{} byte{}", count, count == 1 ? "" : "s");
}

} // namespace

std::string ByteCursor::readText(std::string_view what, std::uint64_t maxBytes)
{
    const std::uint64_t at = m_offset;
    const auto length = read<std::uint64_t>();
    if (length > maxBytes)
        refuse(at, fmt::format("{} is too long", what), fmt::format("{} bytes", length),
            fmt::format("at most {} bytes", maxBytes));
    require(length, 1, what);
    const std::string_view text(
        reinterpret_cast<const char *>(m_bytes.data() + m_offset), static_cast<std::size_t>(length));
    const std::size_t invalid = firstInvalidUtf8(text);
    if (invalid != std::string_view::npos)
        refuse(m_offset + invalid, fmt::format("{} is not UTF-8", what),
            fmt::format("byte 0x{:02X}", static_cast<unsigned char>(text[invalid])), "UTF-8 text");
    m_offset += text.size();
    return std::string(text);
}

void ByteCursor::require(std::uint64_t count, std::uint64_t bytesEach, std::string_view what) const
{
    if (count <= remaining() / bytesEach)
        return;
    refuse(m_offset, fmt::format("the file ends inside {}", what),
        fmt::format("{} left", bytesText(remaining())),
        bytesEach == 1 || count == 1 ? bytesText(bytesEach * count)
                                     : fmt::format("{} entries of {} or more", count, bytesText(bytesEach)));
}

void ByteCursor::refuse(
    std::uint64_t at, std::string what, std::string given, std::string expected, std::string wayOut) const
{
    if (wayOut.empty())
        wayOut = "The file is damaged or incomplete; obtain it again";
    throw Error({.what = std::move(what),
        .file = m_path,
        .place = m_place.empty() ? fmt::format("byte {}", at) : fmt::format("{}, byte {}", m_place, at),
        .given = std::move(given),
        .expected = std::move(expected),
        .wayOut = std::move(wayOut)});
}

} // namespace sinkscope
