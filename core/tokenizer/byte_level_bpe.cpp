// SPDX-License-Identifier: Apache-2.0
// Tables checked once, then merging by a queue of pairs.
#include "core/tokenizer/byte_level_bpe.h"

#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/tokenizer/byte_alphabet.h"

#include <fmt/format.h>

#include <algorithm>
#include <queue>

namespace sinkscope {

namespace {

constexpr std::array<std::string_view, 6> kEndTokenNames {
    "<|endoftext|>", "<|im_end|>", "<|eot_id|>", "<|end_of_text|>", "<end_of_turn>", "<|end|>"};

constexpr std::string_view kWayOut =
    "The file's tokenizer tables are damaged; obtain the file again or convert the model anew";

[[noreturn]] void refuse(const std::string &file, std::string place, std::string what, std::string given)
{
    throw Error({.what = std::move(what),
        .file = file,
        .place = std::move(place),
        .given = std::move(given),
        .wayOut = std::string(kWayOut)});
}

/// A quotable form of bytes that may be long or no text at all.
std::string quoted(std::string_view bytes)
{
    constexpr std::size_t kShown = 60;
    return fmt::format("'{}{}'", repairUtf8(bytes.substr(0, kShown)), bytes.size() > kShown ? "..." : "");
}

/// "<0x0A>" names a byte in tables that hold byte tokens of their own.
std::optional<char> byteNamed(std::string_view token)
{
    if (token.size() != 6 || !token.starts_with("<0x") || token.back() != '>')
        return std::nullopt;
    int value = 0;
    for (const char digit : token.substr(3, 2)) {
        if (digit >= '0' && digit <= '9')
            value = value * 16 + (digit - '0');
        else if (digit >= 'A' && digit <= 'F')
            value = value * 16 + (digit - 'A' + 10);
        else if (digit >= 'a' && digit <= 'f')
            value = value * 16 + (digit - 'a' + 10);
        else
            return std::nullopt;
    }
    return static_cast<char>(value);
}

} // namespace

/// Buffers of one encode call, kept from piece to piece.
struct ByteLevelBpe::Workspace {
    struct Symbol {
        std::int32_t id; // -1 once merged into the one before
        std::int32_t previous; // -1 at the begin
        std::int32_t next; // -1 at the end
    };
    struct Candidate {
        std::int32_t rank;
        std::int32_t left; // position of the left symbol; among equal ranks the leftmost pair merges first
        std::int32_t leftId; // the ids when it was queued: stale when the symbols have changed since
        std::int32_t rightId;

        bool operator>(const Candidate &other) const
        {
            return rank != other.rank ? rank > other.rank : left > other.left;
        }
    };
    std::vector<std::string_view> pieces;
    std::vector<Symbol> symbols;
    std::priority_queue<Candidate, std::vector<Candidate>, std::greater<>> queue;
};

ByteLevelBpe::ByteLevelBpe(ByteLevelBpeTables tables, PreSplitter splitter)
    : m_kindName(std::move(tables.kindName))
    , m_tokens(std::move(tables.tokens))
    , m_kinds(std::move(tables.kinds))
    , m_policy(tables.policy)
    , m_splitter(std::move(splitter))
{
    if (m_tokens.empty())
        refuse(tables.file, "tokens", "the vocabulary has no tokens", "an empty list");
    if (m_kinds.empty())
        m_kinds.assign(m_tokens.size(), TokenKind::Normal);
    if (m_kinds.size() != m_tokens.size()) {
        refuse(tables.file, "token types", "tokens and their types differ in number",
            fmt::format("{} tokens, {} types", m_tokens.size(), m_kinds.size()));
    }
    indexTokens(tables.file);
    indexMerges(tables.file, tables.merges);
    checkIds(tables.file, tables.endIds);
    markEndTokens(tables.endIds);
    m_specialFinder = SpecialTokenFinder(m_tokens, m_kinds);
}

void ByteLevelBpe::indexTokens(const std::string &file)
{
    m_idByToken.reserve(m_tokens.size());
    for (std::size_t index = 0; index < m_tokens.size(); ++index) {
        const std::string &token = m_tokens[index];
        const auto id = static_cast<std::int32_t>(index);
        if (const std::size_t bad = firstInvalidUtf8(token); bad != std::string_view::npos)
            refuse(file, fmt::format("token {}", id), fmt::format("byte {} of the token is not UTF-8", bad),
                quoted(token));
        const auto [other, isNew] = m_idByToken.try_emplace(token, id);
        if (!isNew) {
            refuse(file, fmt::format("token {}", id),
                fmt::format("the token is there already as token {}", other->second), quoted(token));
        }
        if (m_kinds[index] == TokenKind::Normal && m_splitter.wholePieces() == WholePieces::TakeAsTheyAre) {
            if (auto bytes = bytesOfToken(token))
                m_idByBytes.emplace(*std::move(bytes), id);
        }
    }
    for (unsigned byte = 0; byte < m_byteIds.size(); ++byte) {
        const auto found = m_idByToken.find(byteCharacter(static_cast<unsigned char>(byte)));
        m_byteIds[byte] = found == m_idByToken.end() ? -1 : found->second;
    }
}

void ByteLevelBpe::indexMerges(const std::string &file, const std::vector<std::string> &merges)
{
    m_merges.reserve(merges.size());
    std::int32_t rank = 0;
    for (const std::string_view merge : merges) {
        const auto refuseMerge = [&](std::string what) {
            refuse(file, fmt::format("merge {}", rank), std::move(what), quoted(merge));
        };
        const std::size_t space = merge.find(' ');
        if (space == std::string_view::npos || space == 0 || space + 1 == merge.size()
            || merge.find(' ', space + 1) != std::string_view::npos)
            refuseMerge("a merge is not two tokens with a space between");
        const std::string_view left = merge.substr(0, space);
        const std::string_view right = merge.substr(space + 1);
        const auto idFor = [&](std::string_view token) {
            const auto found = m_idByToken.find(token);
            if (found == m_idByToken.end())
                refuseMerge(fmt::format("{} is not in the vocabulary", quoted(token)));
            return found->second;
        };
        const std::int32_t leftId = idFor(left);
        const std::int32_t rightId = idFor(right);
        const std::int32_t merged = idFor(std::string(left) + std::string(right));
        m_merges.try_emplace(pairKey(leftId, rightId), Merge {rank, merged});
        ++rank;
    }
}

void ByteLevelBpe::checkIds(const std::string &file, const std::vector<TokenId> &endIds) const
{
    const auto check = [&](TokenId id, std::string_view role) {
        if (id.value < 0 || id.asSize() >= m_tokens.size()) {
            throw Error({.what = fmt::format("the {} token is outside the vocabulary", role),
                .file = file,
                .place = "tokenizer ids",
                .given = std::to_string(id.value),
                .expected = fmt::format("0 to {}", m_tokens.size() - 1),
                .wayOut = std::string(kWayOut)});
        }
    };
    if (m_policy.bos)
        check(*m_policy.bos, "BOS");
    if (m_policy.eos)
        check(*m_policy.eos, "EOS");
    for (const TokenId id : endIds)
        check(id, "end");
    if (m_policy.addBos && !m_policy.bos)
        refuse(file, "tokenizer.ggml.add_bos_token", "a BOS token is to be added but none is named",
            "no bos_token_id");
    if (m_policy.addEos && !m_policy.eos)
        refuse(file, "tokenizer.ggml.add_eos_token", "an EOS token is to be added but none is named",
            "no eos_token_id");
}

void ByteLevelBpe::markEndTokens(const std::vector<TokenId> &endIds)
{
    m_endsGeneration.assign(m_tokens.size(), false);
    for (const TokenId id : endIds)
        m_endsGeneration[id.asSize()] = true;
    for (const std::string_view name : kEndTokenNames) {
        const auto found = m_idByToken.find(name);
        if (found != m_idByToken.end() && isSpecial(TokenId(found->second)))
            m_endsGeneration[static_cast<std::size_t>(found->second)] = true;
    }
}

std::uint64_t ByteLevelBpe::pairKey(std::int32_t left, std::int32_t right)
{
    return (static_cast<std::uint64_t>(static_cast<std::uint32_t>(left)) << 32)
        | static_cast<std::uint32_t>(right);
}

const ByteLevelBpe::Merge *ByteLevelBpe::mergeOrNull(std::int32_t left, std::int32_t right) const
{
    const auto found = m_merges.find(pairKey(left, right));
    return found == m_merges.end() ? nullptr : &found->second;
}

std::vector<TokenId> ByteLevelBpe::encode(
    std::string_view text, SpecialTokens special, AddedTokens added) const
{
    if (const std::size_t bad = firstInvalidUtf8(text); bad != std::string_view::npos) {
        throw RequestError({.what = "the text is not valid UTF-8",
            .place = fmt::format("byte {}", bad),
            .given = fmt::format("the byte 0x{:02X}", static_cast<unsigned char>(text[bad])),
            .expected = "a text in UTF-8",
            .wayOut = "Save the text as UTF-8"});
    }
    std::vector<TokenId> ids;
    if (added == AddedTokens::ByPolicy && m_policy.addBos)
        ids.push_back(*m_policy.bos);
    Workspace work;
    for (const SpecialTokenFinder::Segment &segment : m_specialFinder.cut(text, special)) {
        if (segment.token)
            ids.push_back(*segment.token);
        else
            encodePlain(segment.text, work, ids);
    }
    if (added == AddedTokens::ByPolicy && m_policy.addEos)
        ids.push_back(*m_policy.eos);
    return ids;
}

void ByteLevelBpe::encodePlain(std::string_view text, Workspace &work, std::vector<TokenId> &ids) const
{
    work.pieces.clear();
    m_splitter.split(text, work.pieces);
    for (const std::string_view piece : work.pieces) {
        if (m_splitter.wholePieces() == WholePieces::TakeAsTheyAre) {
            const auto found = m_idByBytes.find(std::string(piece));
            if (found != m_idByBytes.end()) {
                ids.emplace_back(found->second);
                continue;
            }
        }
        encodePiece(piece, work, ids);
    }
}

void ByteLevelBpe::pushPair(Workspace &work, std::int32_t left) const
{
    if (left < 0)
        return;
    const auto &symbol = work.symbols[static_cast<std::size_t>(left)];
    if (symbol.next < 0)
        return;
    const std::int32_t rightId = work.symbols[static_cast<std::size_t>(symbol.next)].id;
    if (const Merge *merge = mergeOrNull(symbol.id, rightId))
        work.queue.push({merge->rank, left, symbol.id, rightId});
}

// Every merge removes a symbol and queues at most two pairs: O(n log n) in the piece's length.
void ByteLevelBpe::encodePiece(std::string_view piece, Workspace &work, std::vector<TokenId> &ids) const
{
    auto &symbols = work.symbols;
    symbols.clear();
    for (const char character : piece) {
        const std::int32_t id = m_byteIds[static_cast<unsigned char>(character)];
        const auto position = static_cast<std::int32_t>(symbols.size());
        if (id >= 0)
            symbols.push_back({id, position - 1, position + 1});
    }
    if (symbols.empty())
        return;
    symbols.back().next = -1;
    for (std::int32_t left = 0; left < static_cast<std::int32_t>(symbols.size()); ++left)
        pushPair(work, left);

    while (!work.queue.empty()) {
        const Workspace::Candidate best = work.queue.top();
        work.queue.pop();
        auto &left = symbols[static_cast<std::size_t>(best.left)];
        if (left.id != best.leftId || left.next < 0)
            continue;
        auto &right = symbols[static_cast<std::size_t>(left.next)];
        if (right.id != best.rightId)
            continue;
        left.id = mergeOrNull(best.leftId, best.rightId)->merged;
        right.id = -1;
        left.next = right.next;
        if (left.next >= 0)
            symbols[static_cast<std::size_t>(left.next)].previous = best.left;
        pushPair(work, left.previous);
        pushPair(work, best.left);
    }
    for (std::int32_t at = 0; at >= 0; at = symbols[static_cast<std::size_t>(at)].next)
        ids.emplace_back(symbols[static_cast<std::size_t>(at)].id);
}

std::string ByteLevelBpe::tokenBytes(TokenId id) const
{
    if (id.value < 0 || id.asSize() >= m_tokens.size()) {
        throw RequestError({.what = "the token is not in the vocabulary",
            .given = std::to_string(id.value),
            .expected = fmt::format("0 to {}", m_tokens.size() - 1)});
    }
    const std::string &token = m_tokens[id.asSize()];
    const TokenKind kind = m_kinds[id.asSize()];
    if (isWrittenOut(kind))
        return token;
    if (kind == TokenKind::Byte) {
        if (const std::optional<char> byte = byteNamed(token))
            return std::string(1, *byte);
    }
    return bytesOfToken(token).value_or(token);
}

bool ByteLevelBpe::isSpecial(TokenId id) const
{
    return id.value >= 0 && id.asSize() < m_kinds.size() && isWrittenOut(m_kinds[id.asSize()]);
}

bool ByteLevelBpe::endsGeneration(TokenId id) const
{
    return id.value >= 0 && id.asSize() < m_endsGeneration.size() && m_endsGeneration[id.asSize()];
}

std::optional<TokenId> ByteLevelBpe::idOf(std::string_view name) const
{
    const auto found = m_idByToken.find(name);
    return found == m_idByToken.end() ? std::nullopt : std::optional(TokenId(found->second));
}

} // namespace sinkscope
