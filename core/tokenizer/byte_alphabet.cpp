// SPDX-License-Identifier: Apache-2.0
// Both directions of GPT-2's byte alphabet.
#include "core/tokenizer/byte_alphabet.h"

#include "core/base/utf8.h"

#include <array>

namespace sinkscope {

namespace {

constexpr char32_t kFirstStandIn = 0x100;
constexpr std::size_t kStandIns = 68; // bytes that are not printable in Latin-1

constexpr bool standsForItself(unsigned value)
{
    return (value >= 0x21 && value <= 0x7E) || (value >= 0xA1 && value <= 0xAC)
        || (value >= 0xAE && value <= 0xFF);
}

constexpr std::array<char32_t, 256> characterTable()
{
    std::array<char32_t, 256> table {};
    char32_t standIn = kFirstStandIn;
    for (unsigned value = 0; value < 256; ++value)
        table[value] = standsForItself(value) ? value : standIn++;
    return table;
}

constexpr std::array<unsigned char, kFirstStandIn + kStandIns> byteTable()
{
    std::array<unsigned char, kFirstStandIn + kStandIns> table {};
    constexpr auto characters = characterTable();
    for (unsigned value = 0; value < 256; ++value)
        table[characters[value]] = static_cast<unsigned char>(value);
    return table;
}

} // namespace

std::string byteCharacter(unsigned char byte)
{
    static constexpr auto kCharacters = characterTable();
    std::string text;
    appendUtf8(text, kCharacters[byte]);
    return text;
}

std::optional<std::string> bytesOfToken(std::string_view token)
{
    static constexpr auto kBytes = byteTable();
    std::string bytes;
    for (std::size_t at = 0; at < token.size();) {
        const auto lead = static_cast<unsigned char>(token[at]);
        char32_t character = lead;
        if (lead >= 0x80) {
            if ((lead & 0xE0) != 0xC0 || at + 1 >= token.size()) // the alphabet ends below U+0800
                return std::nullopt;
            character = (static_cast<char32_t>(lead & 0x1F) << 6)
                | (static_cast<unsigned char>(token[at + 1]) & 0x3F);
        }
        if (character >= kBytes.size() || (character < 0x100 && !standsForItself(character)))
            return std::nullopt;
        bytes.push_back(static_cast<char>(kBytes[character]));
        at += lead < 0x80 ? 1 : 2;
    }
    return bytes;
}

} // namespace sinkscope
