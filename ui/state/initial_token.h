// SPDX-License-Identifier: Apache-2.0
// What is known of the token at position 0, and the prompt with another one there.
#pragma once

#include "core/analysis/prompt.h"

#include <optional>

namespace sinkscope::ui {

/// What the token at position 0 is, by the rules of the model's tokenizer.
enum class InitialTokenKind {
    Bos, ///< the beginning-of-sequence token, once
    BosTwice, ///< at positions 0 and 1
    BosMissing, ///< the tokenizer's policy adds one, and another token stands there
    Padding, ///< filling, to which no token should attend
    Other, ///< the policy adds none
};

struct InitialTokenFacts {
    TokenId id;
    InitialTokenKind kind = InitialTokenKind::Other;
    InitialTokenOrigin origin = InitialTokenOrigin::Text;
    bool isSpecial = false;
    std::optional<TokenId> bos; ///< of the tokenizer
    bool policyAddsBos = false;
};

/// Precondition: the prompt has a token.
InitialTokenFacts initialTokenFacts(const TokenizedPrompt &prompt, const AddedTokenPolicy &policy);

enum class InitialTokenChange { Add, Swap, Remove };

/// What to ask for so that `prompt` is read with a token added before position 0, in its place, or without
/// it. As text where the text gives these very tokens, else as ids; a chat becomes the raw text of its
/// template. `token` is not looked at for Remove. Precondition: Remove leaves a token.
PromptSpec withInitialToken(
    const Model &model, const TokenizedPrompt &prompt, InitialTokenChange change, TokenId token);

/// The one token that `text` is, special tokens by their written form; nothing where it is several or none.
std::optional<TokenId> singleToken(const Tokenizer &tokenizer, const std::string &text);

} // namespace sinkscope::ui
