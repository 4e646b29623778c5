// SPDX-License-Identifier: Apache-2.0
// From what a person typed to the tokens that the model reads.
#pragma once

#include "core/base/index_types.h"
#include "core/model/model.h"

#include <optional>
#include <string>
#include <vector>

namespace sinkscope {

enum class PromptForm { Raw, Chat };

/// What a person typed.
struct PromptSpec {
    std::string text; ///< bytes verbatim; in a chat the user's turn
    PromptForm form = PromptForm::Raw;
    std::optional<std::string> system = {}; ///< chat only: the system message; absent: the template's default
    std::vector<TokenId> ids = {}; ///< when not empty these tokens are read and `text` is ignored

    bool operator==(const PromptSpec &) const = default;
};

/// Where the token at position 0 came from.
enum class InitialTokenOrigin { Text, Template, Tokenizer };

/// The tokens of a prompt.
struct TokenizedPrompt {
    std::vector<TokenId> ids;
    std::vector<std::string> pieces; ///< text of each token alone, invalid bytes as U+FFFD
    std::vector<std::string> bytes; ///< of each token; a piece of a character is not valid UTF-8 alone
    std::string text; ///< what was tokenised: the prompt, or the rendered conversation
    InitialTokenOrigin initialTokenOrigin = InitialTokenOrigin::Text;
    bool initialTokenIsSpecial = false;
    bool initialTokenTwice = false; ///< the BOS token stands at positions 0 and 1

    bool operator==(const TokenizedPrompt &) const = default;
};

/// Tokenises by the model's rules. Throws RequestError: empty prompt, invalid UTF-8, no chat template, id
/// outside the vocabulary, prompt longer than the context.
TokenizedPrompt tokenizePrompt(const Model &model, const PromptSpec &spec);

} // namespace sinkscope
