// SPDX-License-Identifier: Apache-2.0
// Byte-level byte pair encoding (GPT-2 and its descendants): every byte is a character, pairs merge by rank.
#pragma once

#include "core/tokenizer/pre_split.h"
#include "core/tokenizer/special_tokens.h"
#include "core/tokenizer/tokenizer.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sinkscope {

/// The tables of a byte-level vocabulary, as a model file gives them.
struct ByteLevelBpeTables {
    std::string file; ///< for messages
    std::string kindName; ///< e.g. "gpt2 / smollm"
    std::vector<std::string>
        tokens; ///< [vocabulary] in the byte alphabet of GPT-2; special tokens as written
    std::vector<TokenKind> kinds; ///< [vocabulary], or empty: all normal
    std::vector<std::string> merges; ///< "left right", best first
    AddedTokenPolicy policy;
    std::vector<TokenId> endIds; ///< ids that end a generation by the file's own keys
};

/// Owner: Model. Threads: immutable, any thread.
class ByteLevelBpe final : public Tokenizer {
public:
    /// Throws Error naming file and place: duplicate or invalid tokens, merges that are not a pair of known
    /// tokens, ids outside the vocabulary.
    ByteLevelBpe(ByteLevelBpeTables tables, PreSplitter splitter);
    ByteLevelBpe(const ByteLevelBpe &) = delete; // the index holds views into the tokens
    ByteLevelBpe &operator=(const ByteLevelBpe &) = delete;

    std::string kindName() const override { return m_kindName; }
    std::size_t vocabularySize() const override { return m_tokens.size(); }
    const AddedTokenPolicy &addedTokenPolicy() const override { return m_policy; }
    /// Bytes for which the vocabulary has no token are left out, as Hugging Face's tokenizers and llama.cpp
    /// do.
    std::vector<TokenId> encode(
        std::string_view text, SpecialTokens special, AddedTokens added) const override;
    std::string tokenBytes(TokenId id) const override;
    bool isSpecial(TokenId id) const override;
    bool endsGeneration(TokenId id) const override;
    std::optional<TokenId> idOf(std::string_view name) const override;

private:
    struct Merge {
        std::int32_t rank = 0; // smaller merges first
        std::int32_t merged = 0; // id of the two together
    };
    struct Workspace;
    static std::uint64_t pairKey(std::int32_t left, std::int32_t right);

    void indexTokens(const std::string &file);
    void indexMerges(const std::string &file, const std::vector<std::string> &merges);
    void checkIds(const std::string &file, const std::vector<TokenId> &endIds) const;
    void markEndTokens(const std::vector<TokenId> &endIds);
    const Merge *mergeOrNull(std::int32_t left, std::int32_t right) const;
    void encodePlain(std::string_view text, Workspace &work, std::vector<TokenId> &ids) const;
    void encodePiece(std::string_view piece, Workspace &work, std::vector<TokenId> &ids) const;
    void pushPair(Workspace &work, std::int32_t left) const;

    std::string m_kindName;
    std::vector<std::string> m_tokens; // [vocabulary]
    std::vector<TokenKind> m_kinds; // [vocabulary]
    AddedTokenPolicy m_policy;
    PreSplitter m_splitter;
    SpecialTokenFinder m_specialFinder;
    std::vector<bool> m_endsGeneration; // [vocabulary]
    std::array<std::int32_t, 256> m_byteIds {}; // id of each byte alone, -1 when the vocabulary has none
    std::unordered_map<std::string_view, std::int32_t> m_idByToken; // views into m_tokens
    std::unordered_map<std::string, std::int32_t>
        m_idByBytes; // normal tokens, only when pieces are taken whole
    std::unordered_map<std::uint64_t, Merge> m_merges;
};

} // namespace sinkscope
