// SPDX-License-Identifier: Apache-2.0
// From typed text to tokens: raw, chat, added tokens, and what is refused.
#include "core/analysis/prompt.h"

#include "core/base/error.h"
#include "tests/support/model_session.h"
#include "tests/support/tiny_model.h"

#include <gtest/gtest.h>

namespace sinkscope {
namespace {

PromptSpec raw(const std::string &text)
{
    PromptSpec spec;
    spec.text = text;
    return spec;
}

PromptSpec chat(const std::string &text, const std::optional<std::string> &system = std::nullopt)
{
    PromptSpec spec = raw(text);
    spec.form = PromptForm::Chat;
    spec.system = system;
    return spec;
}

PromptSpec given(const std::vector<TokenId> &ids)
{
    PromptSpec spec = raw("ignored");
    spec.ids = ids;
    return spec;
}

TEST(TokenizePrompt, RawTextStartsWithItsFirstWord)
{
    const test::ModelSession session(test::writeTinyModel());
    const TokenizedPrompt prompt = tokenizePrompt(session.model(), raw("the cat\n"));
    EXPECT_EQ(session.model().tokenizer->decode(prompt.ids), "the cat\n");
    EXPECT_EQ(prompt.pieces.size(), prompt.ids.size());
    EXPECT_EQ(prompt.initialTokenOrigin, InitialTokenOrigin::Text);
    EXPECT_FALSE(prompt.initialTokenIsSpecial);
}

TEST(TokenizePrompt, AddedBosIsSaidToComeFromTheTokenizer)
{
    test::TinyModelOptions options;
    options.addBos = true;
    const test::ModelSession session(test::writeTinyModel(options));
    const TokenizedPrompt prompt = tokenizePrompt(session.model(), raw("the cat"));
    EXPECT_EQ(prompt.ids.front(), TokenId(1));
    EXPECT_EQ(prompt.initialTokenOrigin, InitialTokenOrigin::Tokenizer);
    EXPECT_TRUE(prompt.initialTokenIsSpecial);
    EXPECT_FALSE(prompt.initialTokenTwice);
    EXPECT_TRUE(tokenizePrompt(session.model(), raw("<|im_start|>the")).initialTokenTwice);
}

TEST(TokenizePrompt, ChatIsWhatTheTemplateWrites)
{
    const test::ModelSession session(test::writeTinyModel());
    const TokenizedPrompt prompt = tokenizePrompt(session.model(), chat("Hi  there"));
    EXPECT_EQ(prompt.text,
        "<|im_start|>system\nYou are a tiny test model<|im_end|>\n<|im_start|>user\nHi  there<|im_end|>\n"
        "<|im_start|>assistant\n");
    EXPECT_EQ(prompt.ids.front(), TokenId(1));
    EXPECT_EQ(prompt.initialTokenOrigin, InitialTokenOrigin::Template);
    EXPECT_TRUE(prompt.initialTokenIsSpecial);
    const TokenizedPrompt own = tokenizePrompt(session.model(), chat("Hi", "Be brief."));
    EXPECT_EQ(own.text,
        "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n");
}

TEST(TokenizePrompt, RefusesWhatCannotBeRead)
{
    const test::ModelSession session(test::writeTinyModel());
    const auto tokenize = [&](const PromptSpec &spec) { return tokenizePrompt(session.model(), spec); };
    EXPECT_THROW(tokenize(raw("")), RequestError);
    EXPECT_THROW(tokenize(raw("bad \xFF byte")), RequestError);
    EXPECT_THROW(tokenize(raw(std::string(257, 'z'))), RequestError);
    EXPECT_THROW(tokenize(given({TokenId(320)})), RequestError);
    EXPECT_THROW(tokenize(given({TokenId(-1)})), RequestError);
    EXPECT_EQ(tokenize(given({TokenId(7), TokenId(9)})).ids.size(), 2U);
}

} // namespace
} // namespace sinkscope
