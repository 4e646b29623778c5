// SPDX-License-Identifier: Apache-2.0
// Pieces derived by hand from the published expressions of each tokenizer.
#include "core/tokenizer/pre_split.h"

#include "tests/core/tokenizer/fake_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace sinkscope::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> pieces(const char *kind, std::string_view text)
{
    std::vector<std::string_view> views;
    PreSplitter(kind).split(text, views);
    return {views.begin(), views.end()};
}

TEST(PreSplit, gpt2KeepsOneSpaceWithTheWordAndTheRestTogether)
{
    EXPECT_THAT(
        pieces("gpt-2", "Hello   world!!  42 "), ElementsAre("Hello", "  ", " world", "!!", " ", " 42", " "));
    EXPECT_THAT(pieces("gpt-2", "it's we'LL"), ElementsAre("it", "'s", " we", "'", "LL"));
    EXPECT_THAT(pieces("gpt-2", "a\n\n b\t"), ElementsAre("a", "\n\n", " b", "\t"));
}

TEST(PreSplit, smollmTakesEachNumberAloneBeforeAnythingElse)
{
    // The digit ends the stretch before it: spaces in front of it stay together, unlike in GPT-2.
    EXPECT_THAT(pieces("smollm", "x   12y"), ElementsAre("x", "   ", "1", "2", "y"));
    EXPECT_THAT(pieces("gpt-2", "x   12y"), ElementsAre("x", "  ", " 12", "y"));
    // Superscripts (No), Roman numerals (Nl) and Arabic digits (Nd) are numbers; Han numerals are letters.
    EXPECT_THAT(pieces("smollm", "a²Ⅳ٣ 三"), ElementsAre("a", "²", "Ⅳ", "٣", " 三"));
}

TEST(PreSplit, llamaTakesUpToThreeDigitsAndNewlinesWithPunctuation)
{
    EXPECT_THAT(pieces("llama-bpe", "1234567"), ElementsAre("123", "456", "7"));
    EXPECT_THAT(
        pieces("llama-bpe", "(word) end.\n\nNext"), ElementsAre("(word", ")", " end", ".\n\n", "Next"));
    EXPECT_THAT(pieces("llama-bpe", "x  \r\n  y"), ElementsAre("x", "  \r\n", " ", " y"));
    EXPECT_THAT(pieces("llama-bpe", "WE'RE"), ElementsAre("WE", "'RE"));
}

TEST(PreSplit, qwenTakesEachDigitAlone)
{
    EXPECT_THAT(pieces("qwen2", "a 123"), ElementsAre("a", " ", "1", "2", "3"));
}

TEST(PreSplit, caseInsensitiveContractionsFoldUnicode)
{
    // U+017F (long s) folds to s, U+212A (Kelvin sign) is no letter of a contraction.
    EXPECT_THAT(pieces("llama-bpe", "it'\u017Fa"), ElementsAre("it", "'\u017F", "a"));
}

TEST(PreSplit, combiningMarksAreNeitherLettersNorSpaces)
{
    EXPECT_THAT(pieces("gpt-2", "e\u0301a"), ElementsAre("e", "\u0301", "a"));
    EXPECT_THAT(
        pieces("gpt-2", "\U0001F468\u200D\U0001F469 x"), ElementsAre("\U0001F468\u200D\U0001F469", " x"));
}

TEST(PreSplit, whiteSpaceIsTheUnicodeProperty)
{
    EXPECT_THAT(pieces("gpt-2", "a\u00A0\u3000\u2028b"), ElementsAre("a", "\u00A0\u3000", "\u2028", "b"));
    // U+180E (Mongolian vowel separator) and U+200B are format characters since Unicode 6.3, U+001C is a
    // control character.
    EXPECT_THAT(pieces("gpt-2", "a\u180E\u200B\x1C."), ElementsAre("a", "\u180E\u200B\x1C."));
}

TEST(PreSplit, defaultKindCutsPunctuationAndThreeDigits)
{
    EXPECT_THAT(pieces("default", "a,b 12345"), ElementsAre("a", ",", "b", " ", "123", "45"));
    EXPECT_EQ(pieces("", "a,b 12345"), pieces("default", "a,b 12345"));
}

TEST(PreSplit, piecesJoinedAreTheText)
{
    const std::string text =
        "  \r\n\tx'S 9\u0661 \u05E9\u05DC\u05D5\u05DD \u0E44\u0E17\u0E22 \u65E5\u672C\U0001F600\u200D!  ";
    for (const char *kind : {"smollm", "gpt-2", "llama-bpe", "qwen2", "default"}) {
        std::string joined;
        for (const std::string &piece : pieces(kind, text))
            joined += piece;
        EXPECT_EQ(joined, text) << kind;
    }
}

TEST(PreSplit, longRunsDoNotExhaustTheEngine)
{
    constexpr std::size_t kLength = 3'000'000;
    EXPECT_THAT(pieces("llama-bpe", std::string(kLength, ' ') + "x"),
        ElementsAre(std::string(kLength - 1, ' '), " x"));
    EXPECT_EQ(pieces("smollm", std::string(kLength, 'a')).size(), 1u);
}

TEST(PreSplit, oneSplitterServesSeveralThreads)
{
    const PreSplitter splitter("smollm");
    const std::string text = "The 3 captains' 42 ships \u65E5\u672C sail. ";
    std::vector<std::string_view> expected;
    splitter.split(text, expected);
    std::vector<int> differing(4);
    {
        std::vector<std::jthread> threads;
        threads.reserve(differing.size());
        for (int &count : differing) {
            threads.emplace_back([&] {
                for (int round = 0; round < 2000; ++round) {
                    std::vector<std::string_view> found;
                    splitter.split(text, found);
                    count += found != expected;
                }
            });
        }
    }
    EXPECT_THAT(differing, testing::Each(0));
}

TEST(PreSplit, unknownNameIsRefusedWithTheKnownOnes)
{
    const std::string refusal = refusalOf([] { PreSplitter("tekken", "model.gguf"); });
    EXPECT_THAT(refusal, HasSubstr("model.gguf"));
    EXPECT_THAT(refusal, HasSubstr("tekken"));
    EXPECT_THAT(refusal, HasSubstr("smollm"));
}

} // namespace
} // namespace sinkscope::test
