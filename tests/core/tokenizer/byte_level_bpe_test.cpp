// SPDX-License-Identifier: Apache-2.0
// Merging, special tokens and refusals on a vocabulary that is followed by hand.
#include "core/tokenizer/tokenizer.h"

#include "tests/core/tokenizer/fake_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sinkscope::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string refusalOfTables(const std::string &key, MetaValue value)
{
    FakeSource source = smallSource();
    source.values[key] = std::move(value);
    return refusalOf([&] { loadTokenizer(source); });
}

template <typename T> T valueOf(const std::string &key)
{
    return std::get<T>(smallSource().values.at(key));
}

TEST(ByteLevelBpe, mergesByRankThenFromTheLeft)
{
    const auto tokenizer = loadTokenizer(smallSource());
    // "b c" comes before "a b": a bc, not ab c; a pair "a bc" is no merge.
    EXPECT_THAT(idsOf(*tokenizer, "abc"), ElementsAre(byteId('a'), kBc));
    EXPECT_THAT(idsOf(*tokenizer, "abx"), ElementsAre(kAb, byteId('x')));
    EXPECT_THAT(idsOf(*tokenizer, "aaa"), ElementsAre(kAa, byteId('a')));
    EXPECT_THAT(idsOf(*tokenizer, "aaab"), ElementsAre(kAa, kAb));
    EXPECT_THAT(idsOf(*tokenizer, "x a"), ElementsAre(byteId('x'), kSpaceA));
    EXPECT_THAT(idsOf(*tokenizer, ""), IsEmpty());
}

TEST(ByteLevelBpe, piecesDoNotMergeAcrossTheirBorder)
{
    // The digit parts "a" from "b" in smollm; the two pieces hold one letter each.
    const auto tokenizer = loadTokenizer(smallSource("smollm"));
    EXPECT_THAT(idsOf(*tokenizer, "a1b"), ElementsAre(byteId('a'), byteId('1'), byteId('b')));
}

TEST(ByteLevelBpe, wholeWordsAreTakenBeforeMergingOnlyInLlamaVocabularies)
{
    EXPECT_THAT(idsOf(*loadTokenizer(smallSource("llama-bpe")), "hello"), ElementsAre(kHello));
    EXPECT_THAT(idsOf(*loadTokenizer(smallSource("llama-bpe")), "abc"), ElementsAre(kAbc));
    EXPECT_EQ(idsOf(*loadTokenizer(smallSource("gpt-2")), "hello").size(), 5u);
}

TEST(ByteLevelBpe, specialTokensLeftmostAndLongestFirst)
{
    const auto tokenizer = loadTokenizer(smallSource());
    EXPECT_THAT(idsOf(*tokenizer, "<begin>a<end>"), ElementsAre(kBos, byteId('a'), kEos));
    EXPECT_THAT(idsOf(*tokenizer, "<end><end><end>"), ElementsAre(kEosLonger, kEos));
    // "[unused]" is not recognised: tokens of that kind are never written.
    EXPECT_EQ(idsOf(*tokenizer, "[unused]").size(), 8u);
}

TEST(ByteLevelBpe, asTextReadsControlTokensAsCharacters)
{
    const auto tokenizer = loadTokenizer(smallSource());
    const auto ids = tokenizer->encode("<end>", SpecialTokens::AsText, AddedTokens::None);
    EXPECT_THAT(plain(ids), ElementsAre(byteId('<'), byteId('e'), byteId('n'), byteId('d'), byteId('>')));
    // User-defined tokens belong to the vocabulary proper.
    EXPECT_THAT(
        plain(tokenizer->encode("<think>", SpecialTokens::AsText, AddedTokens::None)), ElementsAre(kThink));
}

TEST(ByteLevelBpe, policyAddsBosEvenWhenItIsWritten)
{
    FakeSource source = smallSource();
    source.values["tokenizer.ggml.add_bos_token"] = true;
    const auto tokenizer = loadTokenizer(source);
    EXPECT_THAT(plain(tokenizer->encode("a", SpecialTokens::Recognise, AddedTokens::ByPolicy)),
        ElementsAre(kBos, byteId('a')));
    EXPECT_THAT(plain(tokenizer->encode("<begin>a", SpecialTokens::Recognise, AddedTokens::ByPolicy)),
        ElementsAre(kBos, kBos, byteId('a')));
    EXPECT_THAT(
        plain(tokenizer->encode("", SpecialTokens::Recognise, AddedTokens::ByPolicy)), ElementsAre(kBos));
    source.values["tokenizer.ggml.add_eos_token"] = true;
    EXPECT_THAT(plain(loadTokenizer(source)->encode("a", SpecialTokens::Recognise, AddedTokens::ByPolicy)),
        ElementsAre(kBos, byteId('a'), kEos));
}

TEST(ByteLevelBpe, decodesEveryByte)
{
    const auto tokenizer = loadTokenizer(smallSource());
    for (int byte = 0; byte < 256; ++byte) {
        const auto value = static_cast<unsigned char>(byte);
        EXPECT_EQ(tokenizer->tokenBytes(TokenId(byteId(value))), std::string(1, static_cast<char>(value)));
    }
    EXPECT_EQ(tokenizer->tokenBytes(TokenId(kSpaceA)), " a");
    EXPECT_EQ(tokenizer->tokenBytes(TokenId(kBos)), "<begin>");
}

TEST(ByteLevelBpe, pieceRepairsAloneAndDecodeRepairsTogether)
{
    const auto tokenizer = loadTokenizer(smallSource());
    const std::vector<TokenId> euro {TokenId(byteId(0xE2)), TokenId(byteId(0x82)), TokenId(byteId(0xAC))};
    EXPECT_EQ(tokenizer->piece(euro.front()), "\uFFFD");
    EXPECT_EQ(tokenizer->decode(euro), "\u20AC");
    EXPECT_EQ(tokenizer->decode(std::span(euro).first(2)), "\uFFFD");
}

TEST(ByteLevelBpe, byteWithoutTokenIsLeftOut)
{
    FakeSource source = smallSource();
    auto &tokens = std::get<std::vector<std::string>>(source.values["tokenizer.ggml.tokens"]);
    tokens[static_cast<std::size_t>(byteId(0x04))] = "other";
    EXPECT_THAT(idsOf(*loadTokenizer(source), "x\x04y"), ElementsAre(byteId('x'), byteId('y')));
}

TEST(ByteLevelBpe, byteTokensAndForeignCharacters)
{
    FakeSource source = smallSource();
    auto &tokens = std::get<std::vector<std::string>>(source.values["tokenizer.ggml.tokens"]);
    auto &types = std::get<std::vector<std::int64_t>>(source.values["tokenizer.ggml.token_type"]);
    tokens.insert(tokens.end(), {"<0x0A>", "\u65E5"});
    types.insert(types.end(), {6, 1});
    const auto tokenizer = loadTokenizer(source);
    EXPECT_EQ(tokenizer->tokenBytes(TokenId(kHello + 1)), "\n");
    EXPECT_EQ(tokenizer->tokenBytes(TokenId(kHello + 2)), "\u65E5"); // outside the alphabet: as it is
}

TEST(ByteLevelBpe, invalidUtf8IsRefusedWithTheOffset)
{
    const auto tokenizer = loadTokenizer(smallSource());
    EXPECT_THROW(idsOf(*tokenizer, "ab\xFF"), RequestError);
    EXPECT_THAT(refusalOf([&] { idsOf(*tokenizer, "ab\xFF"); }), HasSubstr("byte 2"));
}

TEST(ByteLevelBpe, idsOutsideTheVocabularyAreRefused)
{
    const auto tokenizer = loadTokenizer(smallSource());
    EXPECT_THROW(tokenizer->tokenBytes(TokenId(-1)), RequestError);
    EXPECT_THROW(tokenizer->tokenBytes(TokenId(kHello + 1)), RequestError);
    EXPECT_FALSE(tokenizer->isSpecial(TokenId(-1)));
    EXPECT_FALSE(tokenizer->endsGeneration(TokenId(kHello + 1)));
}

TEST(ByteLevelBpe, namesAndEnds)
{
    FakeSource source = smallSource();
    auto &tokens = std::get<std::vector<std::string>>(source.values["tokenizer.ggml.tokens"]);
    auto &types = std::get<std::vector<std::int64_t>>(source.values["tokenizer.ggml.token_type"]);
    tokens.insert(tokens.end(), {"<|eot_id|>", "<|im_end|>"});
    types.insert(types.end(), {3, 1}); // the second is an ordinary word here
    source.values["tokenizer.ggml.eom_token_id"] = std::int64_t {kThink};
    const auto tokenizer = loadTokenizer(source);
    EXPECT_EQ(tokenizer->idOf("<end>"), TokenId(kEos));
    EXPECT_EQ(tokenizer->idOf("<nothing>"), std::nullopt);
    std::vector<std::int32_t> ends;
    for (std::int32_t id = 0; id < static_cast<std::int32_t>(tokenizer->vocabularySize()); ++id) {
        if (tokenizer->endsGeneration(TokenId(id)))
            ends.push_back(id);
    }
    EXPECT_THAT(ends, ElementsAre(kEos, kThink, kHello + 1));
    EXPECT_TRUE(tokenizer->isSpecial(TokenId(kThink)));
    EXPECT_FALSE(tokenizer->isSpecial(TokenId(kHello)));
}

TEST(ByteLevelBpe, aVeryLongWordIsMergedToTheEnd)
{
    const auto tokenizer = loadTokenizer(smallSource());
    constexpr std::size_t kLength =
        400'000; // quadratic merging would take minutes, the limit of the test is lower
    const auto ids = idsOf(*tokenizer, std::string(kLength, 'a'));
    EXPECT_EQ(ids.size(), kLength / 2);
    EXPECT_THAT(ids, testing::Each(kAa));
}

TEST(ByteLevelBpe, badTablesAreRefusedWithTheirPlace)
{
    const std::string tokensKey = "tokenizer.ggml.tokens";
    const std::string mergesKey = "tokenizer.ggml.merges";
    auto tokens = valueOf<std::vector<std::string>>(tokensKey);
    tokens[kHello] = "ab";
    EXPECT_THAT(refusalOfTables(tokensKey, tokens), HasSubstr("token 266"));
    tokens[kHello] = "a\xFF";
    EXPECT_THAT(refusalOfTables(tokensKey, tokens), HasSubstr("token 266"));
    for (const char *merge : {"ab", "a b c", " ab", "ab ", "a zz", "zz a", "c a"}) {
        auto merges = valueOf<std::vector<std::string>>(mergesKey);
        merges[3] = merge;
        EXPECT_THAT(refusalOfTables(mergesKey, merges), HasSubstr("merge 3")) << merge;
    }
    for (const std::int64_t id : {std::int64_t {-1}, std::int64_t {267}, std::int64_t {1} << 40})
        EXPECT_THAT(refusalOfTables("tokenizer.ggml.bos_token_id", id), HasSubstr(std::to_string(id)));
    auto types = valueOf<std::vector<std::int64_t>>("tokenizer.ggml.token_type");
    types.pop_back();
    EXPECT_THAT(refusalOfTables("tokenizer.ggml.token_type", types), HasSubstr("266"));
    types.push_back(7);
    EXPECT_THAT(refusalOfTables("tokenizer.ggml.token_type", types), HasSubstr("token 266"));
    EXPECT_THAT(refusalOfTables(tokensKey, std::vector<std::string> {}), HasSubstr("fake.gguf"));
}

} // namespace
} // namespace sinkscope::test
