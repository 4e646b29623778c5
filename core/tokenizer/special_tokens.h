// SPDX-License-Identifier: Apache-2.0
// Finds special tokens that are written out in a text.
#pragma once

#include "core/base/index_types.h"
#include "core/tokenizer/tokenizer.h"

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sinkscope {

/// What a token is, numbered as tokenizer.ggml.token_type does (ggml-org/ggml, docs/gguf.md).
enum class TokenKind { Normal = 1, Unknown = 2, Control = 3, UserDefined = 4, Unused = 5, Byte = 6 };

/// Whether a token of this kind is never the outcome of merging and is written as it is named.
constexpr bool isWrittenOut(TokenKind kind)
{
    return kind == TokenKind::Unknown || kind == TokenKind::Control || kind == TokenKind::UserDefined;
}

/// Cuts a text at the special tokens in it: the leftmost first, among those that begin there the longest, as
/// Hugging Face's tokenizers do. Owner: ByteLevelBpe. Threads: immutable, any thread.
class SpecialTokenFinder {
public:
    SpecialTokenFinder() = default;
    SpecialTokenFinder(std::span<const std::string> tokens, std::span<const TokenKind> kinds);

    /// A stretch of the text: plain characters, or one special token.
    struct Segment {
        std::string_view text;
        std::optional<TokenId> token;
    };
    /// User-defined tokens are part of the ordinary vocabulary and are found in either mode (as in both
    /// Hugging Face's tokenizers and llama.cpp); control tokens only with SpecialTokens::Recognise.
    std::vector<Segment> cut(std::string_view text, SpecialTokens special) const;

private:
    struct Entry {
        std::string name;
        TokenId id;
        bool always = false; // found in either mode
    };
    const Entry *entryAt(std::string_view text, SpecialTokens special) const;

    std::array<std::vector<Entry>, 256> m_byFirstByte; // each list longest name first
};

} // namespace sinkscope
