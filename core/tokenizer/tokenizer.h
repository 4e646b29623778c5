// SPDX-License-Identifier: Apache-2.0
// Text to tokens and back.
#pragma once

#include "core/base/index_types.h"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sinkscope {

class WeightSource;

/// Whether special tokens written in the text become those tokens or are read as plain characters.
enum class SpecialTokens { Recognise, AsText };
/// Whether the tokens that the file's policy puts before the text (BOS) are added.
enum class AddedTokens { ByPolicy, None };

/// What the file says about the tokens put around a text.
struct AddedTokenPolicy {
    std::optional<TokenId> bos;
    std::optional<TokenId> eos;
    std::optional<TokenId> padding; ///< never added here; names what may stand before a prompt
    bool addBos = false;
    bool addEos = false;
};

/// A vocabulary with its rules. Owner: Model. Threads: immutable, any thread.
class Tokenizer {
public:
    virtual ~Tokenizer() = default;

    /// E.g. "gpt2 / smollm": model and pre-tokenizer as the file names them.
    virtual std::string kindName() const = 0;
    virtual std::size_t vocabularySize() const = 0;
    virtual const AddedTokenPolicy &addedTokenPolicy() const = 0;

    /// Tokens of `text` (bytes verbatim). Throws RequestError when it is not valid UTF-8, with the byte
    /// offset.
    virtual std::vector<TokenId> encode(
        std::string_view text, SpecialTokens special, AddedTokens added) const = 0;

    /// Bytes of one token, possibly not valid UTF-8 by themselves. Special tokens give their written form.
    virtual std::string tokenBytes(TokenId id) const = 0;
    /// Whether the token is a control or user-defined special token.
    virtual bool isSpecial(TokenId id) const = 0;
    /// Whether `id` ends a generation: the file's eos, eot and eom ids, and control tokens named
    /// <|endoftext|>, <|im_end|>, <|eot_id|>, <|end_of_text|>, <end_of_turn>, <|end|>.
    virtual bool endsGeneration(TokenId id) const = 0;
    /// Id of the token written exactly `name`, e.g. "<|im_start|>".
    virtual std::optional<TokenId> idOf(std::string_view name) const = 0;

    /// Text of one token alone, invalid bytes as U+FFFD.
    std::string piece(TokenId id) const;
    /// Text of a sequence: bytes joined, then invalid bytes as U+FFFD.
    std::string decode(std::span<const TokenId> ids) const;
};

/// The tokenizer described by a model file's metadata. Throws Error for a kind or pre-tokenizer that is not
/// known.
std::unique_ptr<const Tokenizer> loadTokenizer(const WeightSource &source);

} // namespace sinkscope
