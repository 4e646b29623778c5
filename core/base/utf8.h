// SPDX-License-Identifier: Apache-2.0
// UTF-8: validation, repair and splitting into code points.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sinkscope {

/// Byte offset of the first invalid sequence, or std::string_view::npos when `text` is valid UTF-8
/// (Unicode 15, table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF).
std::size_t firstInvalidUtf8(std::string_view text);

/// `text` with every maximal invalid subpart replaced by U+FFFD (Unicode 15, section 3.9, best practice).
std::string repairUtf8(std::string_view text);

/// `text` with every byte that is not part of valid UTF-8 written as \xHH: for showing tokens that are pieces
/// of a character.
std::string escapeInvalidUtf8(std::string_view text);

/// Bytes of `text` that are complete code points: an incomplete but so far valid tail is left out.
/// For streaming: decode what is complete now, the rest with the next bytes.
std::size_t completeUtf8Prefix(std::string_view text);

/// Appends `codePoint` (a Unicode scalar value) to `out` as UTF-8.
void appendUtf8(std::string &out, char32_t codePoint);

} // namespace sinkscope
