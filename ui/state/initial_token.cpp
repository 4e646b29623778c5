// SPDX-License-Identifier: Apache-2.0
// The token at position 0.
#include "ui/state/initial_token.h"

#include "core/base/error.h"

namespace sinkscope::ui {

namespace {

std::vector<TokenId> changedIds(const std::vector<TokenId> &ids, InitialTokenChange change, TokenId token)
{
    std::vector<TokenId> changed = ids;
    if (change != InitialTokenChange::Add)
        changed.erase(changed.begin());
    if (change != InitialTokenChange::Remove)
        changed.insert(changed.begin(), token);
    return changed;
}

/// Whether the text of `spec` gives these tokens; one that cannot be read gives others.
bool readsAs(const Model &model, const PromptSpec &spec, const std::vector<TokenId> &ids)
{
    try {
        return tokenizePrompt(model, spec).ids == ids;
    } catch (const Error &) {
        return false;
    }
}

} // namespace

InitialTokenFacts initialTokenFacts(const TokenizedPrompt &prompt, const AddedTokenPolicy &policy)
{
    InitialTokenFacts facts;
    facts.id = prompt.ids.front();
    facts.origin = prompt.initialTokenOrigin;
    facts.isSpecial = prompt.initialTokenIsSpecial;
    facts.bos = policy.bos;
    facts.policyAddsBos = policy.addBos;
    const bool isBos = policy.bos && facts.id == *policy.bos;
    if (isBos && prompt.ids.size() > 1 && prompt.ids[1] == *policy.bos)
        facts.kind = InitialTokenKind::BosTwice;
    else if (isBos)
        facts.kind = InitialTokenKind::Bos;
    else if (policy.padding && facts.id == *policy.padding)
        facts.kind = InitialTokenKind::Padding;
    else if (policy.addBos)
        facts.kind = InitialTokenKind::BosMissing;
    return facts;
}

PromptSpec withInitialToken(
    const Model &model, const TokenizedPrompt &prompt, InitialTokenChange change, TokenId token)
{
    const std::vector<TokenId> ids = changedIds(prompt.ids, change, token);
    PromptSpec spec;
    for (const TokenId id : ids)
        spec.text += model.tokenizer->tokenBytes(id);
    if (readsAs(model, spec, ids))
        return spec;
    // A tokenizer that adds its own initial token: what is typed is the text after it.
    const AddedTokenPolicy &policy = model.tokenizer->addedTokenPolicy();
    if (policy.addBos && policy.bos && ids.front() == *policy.bos) {
        PromptSpec rest;
        for (std::size_t at = 1; at < ids.size(); ++at)
            rest.text += model.tokenizer->tokenBytes(ids[at]);
        if (readsAs(model, rest, ids))
            return rest;
    }
    spec.text = model.tokenizer->decode(ids);
    spec.ids = ids;
    return spec;
}

std::optional<TokenId> singleToken(const Tokenizer &tokenizer, const std::string &text)
{
    try {
        const std::vector<TokenId> ids = tokenizer.encode(text, SpecialTokens::Recognise, AddedTokens::None);
        return ids.size() == 1 ? std::optional(ids.front()) : std::nullopt;
    } catch (const Error &) {
        return std::nullopt;
    }
}

} // namespace sinkscope::ui
