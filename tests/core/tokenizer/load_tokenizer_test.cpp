// SPDX-License-Identifier: Apache-2.0
// Which files load, and what they say when they do not.
#include "core/tokenizer/tokenizer.h"
#include "core/weights/open_weights.h"

#include "tests/core/tokenizer/fake_source.h"
#include "tests/support/model_paths.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sinkscope::test {
namespace {

using testing::HasSubstr;

TEST(LoadTokenizer, namesTheKind)
{
    EXPECT_EQ(loadTokenizer(smallSource("smollm"))->kindName(), "gpt2 / smollm");
    FakeSource source = smallSource();
    source.values.erase("tokenizer.ggml.pre");
    EXPECT_EQ(loadTokenizer(source)->kindName(), "gpt2 / default");
}

TEST(LoadTokenizer, otherKindsAreRefusedByName)
{
    for (const char *model : {"llama", "bert", "t5", "rwkv"}) {
        FakeSource source = smallSource();
        source.values["tokenizer.ggml.model"] = std::string(model);
        const std::string refusal = refusalOf([&] { loadTokenizer(source); });
        EXPECT_THAT(refusal, HasSubstr(model));
        EXPECT_THAT(refusal, HasSubstr("byte-level BPE"));
        EXPECT_THAT(refusal, HasSubstr("fake.gguf"));
    }
    EXPECT_THAT(refusalOf([] { loadTokenizer(smallSource("tekken")); }), HasSubstr("tokenizer.ggml.pre"));
}

TEST(LoadTokenizer, missingKeysAreNamed)
{
    for (const char *key : {"tokenizer.ggml.model", "tokenizer.ggml.tokens", "tokenizer.ggml.merges"}) {
        FakeSource source = smallSource();
        source.values.erase(key);
        EXPECT_THAT(refusalOf([&] { loadTokenizer(source); }), HasSubstr(key));
    }
}

TEST(LoadTokenizer, typesMayBeAbsent)
{
    FakeSource source = smallSource();
    source.values.erase("tokenizer.ggml.token_type");
    EXPECT_FALSE(loadTokenizer(source)->isSpecial(TokenId(kBos)));
}

TEST(LoadTokenizer, paddingIsATokenOrNone)
{
    EXPECT_EQ(loadTokenizer(smallSource())->addedTokenPolicy().padding, std::nullopt);
    FakeSource source = smallSource();
    for (const std::int64_t none : {std::int64_t {-1}, std::int64_t {0xFFFFFFFF}, std::int64_t {100000}}) {
        source.values["tokenizer.ggml.padding_token_id"] = none;
        EXPECT_EQ(loadTokenizer(source)->addedTokenPolicy().padding, std::nullopt) << none;
    }
    source.values["tokenizer.ggml.padding_token_id"] = std::int64_t {kEos};
    EXPECT_EQ(loadTokenizer(source)->addedTokenPolicy().padding, TokenId(kEos));
}

// llama.cpp (llama-vocab.cpp): byte-level vocabularies add no BOS unless the file says so; Llama 3 does.
TEST(LoadTokenizer, bosByDefault)
{
    EXPECT_FALSE(loadTokenizer(smallSource("gpt-2"))->addedTokenPolicy().addBos);
    EXPECT_FALSE(loadTokenizer(smallSource("qwen2"))->addedTokenPolicy().addBos);
    EXPECT_TRUE(loadTokenizer(smallSource("llama-bpe"))->addedTokenPolicy().addBos);
    FakeSource source = smallSource("llama-bpe");
    source.values["tokenizer.ggml.add_bos_token"] = false;
    EXPECT_FALSE(loadTokenizer(source)->addedTokenPolicy().addBos);
}

TEST(LoadTokenizer, bosToAddMustBeNamed)
{
    FakeSource source = smallSource("llama-bpe");
    source.values.erase("tokenizer.ggml.bos_token_id");
    EXPECT_FALSE(loadTokenizer(source)->addedTokenPolicy().addBos);
    source.values["tokenizer.ggml.add_bos_token"] = true;
    EXPECT_THAT(refusalOf([&] { loadTokenizer(source); }), HasSubstr("add_bos_token"));
}

// The shared set of damaged files: what is wrong in the tokenizer's tables is refused here or by the reader
// of the file.
TEST(LoadTokenizer, damagedFilesAreRefused)
{
    const auto folder = sharedDataPath("reference/malformed");
    if (!folder)
        GTEST_SKIP() << "damaged files: reference data absent";
    for (const char *name : {"merge_without_space", "merges_unknown_tokens", "bos_id_out_of_range",
             "token_invalid_utf8", "token_types_length", "tokens_wrong_element_type"}) {
        const std::string path = *folder + "/" + name + ".gguf";
        EXPECT_THAT(refusalOf([&] { loadTokenizer(*openWeights(path)); }), HasSubstr(name)) << path;
    }
    EXPECT_EQ(refusalOf([&] { loadTokenizer(*openWeights(*folder + "/ok.gguf")); }), "");
}

} // namespace
} // namespace sinkscope::test
