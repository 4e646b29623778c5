// SPDX-License-Identifier: Apache-2.0
// Tokenises a typed prompt, raw or as a chat.
#include "core/analysis/prompt.h"

#include "core/base/error.h"

#include <fmt/format.h>

namespace sinkscope {

namespace {

std::string renderChat(const Model &model, const PromptSpec &spec)
{
    std::vector<ChatMessage> messages;
    if (spec.system)
        messages.push_back({"system", *spec.system});
    messages.push_back({"user", spec.text});
    return model.chatTemplate.render(messages);
}

void encodeText(const Model &model, const PromptSpec &spec, TokenizedPrompt &prompt)
{
    const bool chat = spec.form == PromptForm::Chat;
    if (spec.text.empty())
        throw RequestError({.what = "the prompt is empty", .wayOut = "Type at least one character"});
    prompt.text = chat ? renderChat(model, spec) : spec.text;
    // A template writes the initial token itself; adding it again would give it twice.
    prompt.ids = model.tokenizer->encode(
        prompt.text, SpecialTokens::Recognise, chat ? AddedTokens::None : AddedTokens::ByPolicy);
    prompt.initialTokenOrigin = chat ? InitialTokenOrigin::Template : InitialTokenOrigin::Text;
    const AddedTokenPolicy &policy = model.tokenizer->addedTokenPolicy();
    const bool bosFirst = policy.bos && !prompt.ids.empty() && prompt.ids.front() == *policy.bos;
    if (!chat && policy.addBos && bosFirst)
        prompt.initialTokenOrigin = InitialTokenOrigin::Tokenizer;
    prompt.initialTokenTwice = bosFirst && prompt.ids.size() > 1 && prompt.ids[1] == *policy.bos;
}

} // namespace

TokenizedPrompt tokenizePrompt(const Model &model, const PromptSpec &spec)
{
    TokenizedPrompt prompt;
    if (spec.ids.empty()) {
        encodeText(model, spec, prompt);
    } else {
        prompt.ids = spec.ids;
        for (const TokenId id : spec.ids)
            if (id.value < 0 || id.value >= model.config.vocabularySize)
                throw RequestError({.what = "a token id is outside the vocabulary",
                    .given = fmt::format("{}", id.value),
                    .expected = fmt::format("0 to {}", model.config.vocabularySize - 1),
                    .wayOut = "Tokenise the text with this model's tokenizer"});
        prompt.text = model.tokenizer->decode(spec.ids);
    }
    const auto count = static_cast<int>(prompt.ids.size());
    if (count == 0)
        throw RequestError({.what = "the prompt has no tokens", .wayOut = "Type at least one character"});
    if (count > model.config.contextLength)
        throw RequestError({.what = "the prompt is longer than the model's context",
            .given = fmt::format("{} tokens", count),
            .expected = fmt::format("at most {}", model.config.contextLength),
            .wayOut = "Shorten the prompt"});
    prompt.pieces.reserve(prompt.ids.size());
    prompt.bytes.reserve(prompt.ids.size());
    for (const TokenId id : prompt.ids) {
        prompt.pieces.push_back(model.tokenizer->piece(id));
        prompt.bytes.push_back(model.tokenizer->tokenBytes(id));
    }
    prompt.initialTokenIsSpecial = model.tokenizer->isSpecial(prompt.ids.front());
    return prompt;
}

} // namespace sinkscope
