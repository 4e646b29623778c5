// SPDX-License-Identifier: Apache-2.0
// Leftmost, longest search by first byte.
#include "core/tokenizer/special_tokens.h"

#include <algorithm>

namespace sinkscope {

SpecialTokenFinder::SpecialTokenFinder(std::span<const std::string> tokens, std::span<const TokenKind> kinds)
{
    for (std::size_t id = 0; id < tokens.size(); ++id) {
        if (!isWrittenOut(kinds[id]) || tokens[id].empty())
            continue;
        auto &entries = m_byFirstByte[static_cast<unsigned char>(tokens[id].front())];
        entries.push_back(
            {tokens[id], TokenId(static_cast<std::int32_t>(id)), kinds[id] == TokenKind::UserDefined});
    }
    for (auto &entries : m_byFirstByte) {
        std::stable_sort(entries.begin(), entries.end(),
            [](const Entry &left, const Entry &right) { return left.name.size() > right.name.size(); });
    }
}

const SpecialTokenFinder::Entry *SpecialTokenFinder::entryAt(
    std::string_view text, SpecialTokens special) const
{
    for (const Entry &entry : m_byFirstByte[static_cast<unsigned char>(text.front())]) {
        if ((entry.always || special == SpecialTokens::Recognise) && text.starts_with(entry.name))
            return &entry;
    }
    return nullptr;
}

std::vector<SpecialTokenFinder::Segment> SpecialTokenFinder::cut(
    std::string_view text, SpecialTokens special) const
{
    std::vector<Segment> segments;
    std::size_t plainBegin = 0;
    for (std::size_t at = 0; at < text.size();) {
        const Entry *entry = entryAt(text.substr(at), special);
        if (!entry) {
            ++at;
            continue;
        }
        if (at > plainBegin)
            segments.push_back({text.substr(plainBegin, at - plainBegin), std::nullopt});
        segments.push_back({text.substr(at, entry->name.size()), entry->id});
        at += entry->name.size();
        plainBegin = at;
    }
    if (plainBegin < text.size())
        segments.push_back({text.substr(plainBegin), std::nullopt});
    return segments;
}

} // namespace sinkscope
