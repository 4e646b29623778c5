// SPDX-License-Identifier: Apache-2.0
// Quoting, byte counts and column widths.
#include "app/cli_text.h"

#include "core/base/utf8.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

namespace sinkscope {

namespace {

/// Code points, which is near enough to columns for token texts.
std::size_t displayWidth(std::string_view text)
{
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool looksLikeNumber(std::string_view cell)
{
    return !cell.empty() && cell.find_first_not_of("0123456789.,-+e") == std::string_view::npos;
}

std::string grouped(std::uint64_t number)
{
    std::string digits = std::to_string(number);
    for (std::size_t at = digits.size(); at > 3;)
        digits.insert(at -= 3, ",");
    return digits;
}

} // namespace

std::string quotedText(std::string_view text)
{
    std::string out = "\"";
    for (const char c : repairUtf8(text)) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\n')
            out += "\\n";
        else if (c == '\r')
            out += "\\r";
        else if (c == '\t')
            out += "\\t";
        else if (c == '"' || c == '\\')
            out.append(1, '\\').append(1, c);
        else if (byte < 0x20 || byte == 0x7F)
            out += fmt::format("\\x{:02X}", static_cast<unsigned>(byte));
        else
            out.append(1, c);
    }
    return out + '"';
}

std::string readableBytes(std::uint64_t bytes)
{
    constexpr double kMebibyte = 1024.0 * 1024.0;
    return fmt::format("{} bytes ({:.1f} MiB)", grouped(bytes), static_cast<double>(bytes) / kMebibyte);
}

void TextTable::print(std::ostream &out) const
{
    std::vector<std::size_t> widths;
    std::vector<bool> right;
    for (const auto &row : m_rows) {
        widths.resize(std::max(widths.size(), row.size()));
        right.resize(widths.size(), true);
        for (std::size_t column = 0; column < row.size(); ++column) {
            widths[column] = std::max(widths[column], displayWidth(row[column]));
            if (&row != &m_rows.front() && !looksLikeNumber(row[column]))
                right[column] = false;
        }
    }
    for (const auto &row : m_rows) {
        std::string line;
        for (std::size_t column = 0; column < row.size(); ++column) {
            const std::string padding(widths[column] - displayWidth(row[column]), ' ');
            line += column == 0 ? "" : "  ";
            line += right[column] ? padding + row[column] : row[column] + padding;
        }
        line.erase(line.find_last_not_of(' ') + 1);
        if (!row.empty())
            out << line << '\n';
    }
}

} // namespace sinkscope
