// SPDX-License-Identifier: Apache-2.0
// GPT-2's alphabet: one printable character for each byte.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sinkscope {

/// The character that stands for `byte` in a byte-level vocabulary, as UTF-8 (openai/gpt-2, encoder.py,
/// bytes_to_unicode): printable Latin-1 bytes stand for themselves, the others for U+0100 and on, in order.
std::string byteCharacter(unsigned char byte);

/// Bytes that `token` (valid UTF-8) stands for; nothing when it has a character outside the alphabet.
std::optional<std::string> bytesOfToken(std::string_view token);

} // namespace sinkscope
