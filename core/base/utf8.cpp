// SPDX-License-Identifier: Apache-2.0
// One decoder for validation, repair and prefixes (Unicode 15, table 3-7).
#include "core/base/utf8.h"

#include <fmt/format.h>

namespace sinkscope {

namespace {

struct Step {
    std::size_t length; // bytes of the sequence, or of the maximal invalid subpart
    bool valid;
    bool truncated; // invalid only because the text ends
};

Step decodeAt(std::string_view text, std::size_t at)
{
    const auto byteAt = [&](std::size_t position) { return static_cast<unsigned char>(text[position]); };
    const unsigned char lead = byteAt(at);
    if (lead < 0x80)
        return {1, true, false};
    if (lead < 0xC2 || lead > 0xF4)
        return {1, false, false};
    const std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    for (std::size_t offset = 1; offset < length; ++offset) {
        if (at + offset >= text.size())
            return {offset, false, true};
        unsigned char low = 0x80;
        unsigned char high = 0xBF;
        if (offset == 1) { // overlong forms, surrogates and values above U+10FFFF show in the second byte
            if (lead == 0xE0)
                low = 0xA0;
            else if (lead == 0xED)
                high = 0x9F;
            else if (lead == 0xF0)
                low = 0x90;
            else if (lead == 0xF4)
                high = 0x8F;
        }
        const unsigned char next = byteAt(at + offset);
        if (next < low || next > high)
            return {offset, false, false};
    }
    return {length, true, false};
}

} // namespace

std::size_t firstInvalidUtf8(std::string_view text)
{
    for (std::size_t at = 0; at < text.size();) {
        const Step step = decodeAt(text, at);
        if (!step.valid)
            return at;
        at += step.length;
    }
    return std::string_view::npos;
}

std::string repairUtf8(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const Step step = decodeAt(text, at);
        if (step.valid)
            out.append(text.substr(at, step.length));
        else
            out.append("\xEF\xBF\xBD");
        at += step.length;
    }
    return out;
}

std::string escapeInvalidUtf8(std::string_view text)
{
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const Step step = decodeAt(text, at);
        if (step.valid)
            out.append(text.substr(at, step.length));
        else
            for (const char byte : text.substr(at, step.length))
                out += fmt::format("\\x{:02X}", static_cast<unsigned char>(byte));
        at += step.length;
    }
    return out;
}

std::size_t completeUtf8Prefix(std::string_view text)
{
    std::size_t at = 0;
    while (at < text.size()) {
        const Step step = decodeAt(text, at);
        if (!step.valid && step.truncated)
            return at;
        at += step.length;
    }
    return at;
}

void appendUtf8(std::string &out, char32_t codePoint)
{
    const auto put = [&](char32_t value) {
        out.push_back(static_cast<char>(static_cast<unsigned char>(value)));
    };
    if (codePoint < 0x80) {
        put(codePoint);
    } else if (codePoint < 0x800) {
        put(0xC0 | (codePoint >> 6));
        put(0x80 | (codePoint & 0x3F));
    } else if (codePoint < 0x10000) {
        put(0xE0 | (codePoint >> 12));
        put(0x80 | ((codePoint >> 6) & 0x3F));
        put(0x80 | (codePoint & 0x3F));
    } else {
        put(0xF0 | (codePoint >> 18));
        put(0x80 | ((codePoint >> 12) & 0x3F));
        put(0x80 | ((codePoint >> 6) & 0x3F));
        put(0x80 | (codePoint & 0x3F));
    }
}

} // namespace sinkscope
