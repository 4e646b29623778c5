// SPDX-License-Identifier: Apache-2.0
// Plain text output: aligned tables, quoted pieces, readable byte counts.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace sinkscope {

/// `text` in double quotes with control characters, quotes and backslashes escaped; invalid UTF-8 as U+FFFD.
std::string quotedText(std::string_view text);

/// E.g. "98,362,432 bytes (93.8 MiB)".
std::string readableBytes(std::uint64_t bytes);

/// A table whose columns line up. Cells that look like numbers are set right.
class TextTable {
public:
    explicit TextTable(std::vector<std::string> header)
        : m_rows {std::move(header)}
    {
    }
    void add(std::vector<std::string> row) { m_rows.push_back(std::move(row)); }
    void print(std::ostream &out) const;

private:
    std::vector<std::vector<std::string>> m_rows; // the header first; an empty header is not printed
};

} // namespace sinkscope
