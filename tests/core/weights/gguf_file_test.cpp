// SPDX-License-Identifier: Apache-2.0
// Well-formed GGUF files: metadata, tensors, typed access, and the default model.
#include "core/weights/gguf_file.h"

#include "tests/core/weights/gguf_bytes.h"
#include "tests/core/weights/weights_fixture.h"
#include "tests/support/model_paths.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <limits>
#include <map>

namespace sinkscope {

namespace {

using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;

using GgufFileTest = WeightsFixture;

constexpr std::uint32_t kU8 = 0, kI8 = 1, kU16 = 2, kI16 = 3, kU32 = 4, kI32 = 5, kF32 = 6, kBool = 7,
                        kText = 8, kArray = 9, kU64 = 10, kI64 = 11, kF64 = 12;

/// One entry of every kind, and two tensors with a gap between them.
GgufBytes everyKind()
{
    GgufBytes bytes;
    bytes.entries = {entry("u8", kU8, number<std::uint8_t>(200)), entry("i8", kI8, number<std::int8_t>(-100)),
        entry("u16", kU16, number<std::uint16_t>(60000)), entry("i16", kI16, number<std::int16_t>(-30000)),
        entry("u32", kU32, u32(4000000000U)), entry("i32", kI32, number<std::int32_t>(-2000000000)),
        entry("u64", kU64, u64(5000000000U)), entry("u64.large", kU64, u64(1ULL << 63)),
        entry("i64", kI64, number<std::int64_t>(-5000000000)), entry("f32", kF32, number(0.1F)),
        entry("f64", kF64, number(0.1)), entry("yes", kBool, std::string(1, '\1')),
        entry("no", kBool, std::string(1, '\0')), entry("text", kText, text("gr\xC3\xBC\xC3\x9F")),
        entry("text.empty", kText, text("")),
        entry("texts", kArray, u32(kText) + u64(3) + text("a") + text("") + text("\xC4\xA0the")),
        entry("integers", kArray, u32(kI32) + u64(2) + number<std::int32_t>(-1) + number<std::int32_t>(7)),
        entry("bytes", kArray, u32(kU8) + u64(2) + "\x01\xFF"),
        entry("numbers", kArray, u32(kF32) + u64(2) + number(0.5F) + number(-2.0F)),
        entry("truths", kArray, u32(kBool) + u64(2) + std::string("\1\0", 2)),
        entry("nothing", kArray, u32(kText) + u64(0))};
    bytes.tensors = {tensorEntry("first", {3, 2}, 0, 0), tensorEntry("second", {32, 1, 2}, 8, 64)};
    bytes.data = std::string(24, 'a') + std::string(40, '-') + std::string(68, 'b');
    return bytes;
}

} // namespace

TEST_F(GgufFileTest, MetadataOfEveryKind)
{
    const auto file = opened(everyKind().file());
    EXPECT_EQ(file->metaInteger("u8"), 200);
    EXPECT_EQ(file->metaInteger("i8"), -100);
    EXPECT_EQ(file->metaInteger("u16"), 60000);
    EXPECT_EQ(file->metaInteger("i16"), -30000);
    EXPECT_EQ(file->metaInteger("u32"), 4000000000);
    EXPECT_EQ(file->metaInteger("i32"), -2000000000);
    EXPECT_EQ(file->metaInteger("u64"), 5000000000);
    EXPECT_EQ(file->metaInteger("i64"), -5000000000);
    EXPECT_EQ(file->metaNumber("f32"), static_cast<double>(0.1F));
    EXPECT_EQ(file->metaNumber("f64"), 0.1);
    EXPECT_EQ(file->metaNumber("u8"), 200.0) << "an integer is a number too";
    EXPECT_EQ(file->metaNumber("u64.large"), 9223372036854775808.0);
    EXPECT_EQ(file->metaBoolOrNull("yes"), true);
    EXPECT_EQ(file->metaBoolOrNull("no"), false);
    EXPECT_EQ(file->metaString("text"), "gr\xC3\xBC\xC3\x9F");
    EXPECT_EQ(file->metaString("text.empty"), "");
    EXPECT_THAT(*file->metaStringsOrNull("texts"), ElementsAre("a", "", "\xC4\xA0the"));
    EXPECT_THAT(*file->metaIntegersOrNull("integers"), ElementsAre(-1, 7));
    EXPECT_THAT(*file->metaIntegersOrNull("bytes"), ElementsAre(1, 255));
    EXPECT_THAT(std::get<std::vector<double>>(*file->metaOrNull("numbers")), ElementsAre(0.5, -2.0));
    EXPECT_THAT(std::get<std::vector<bool>>(*file->metaOrNull("truths")), ElementsAre(true, false));
    EXPECT_TRUE(file->metaStringsOrNull("nothing")->empty());
}

TEST_F(GgufFileTest, AbsentKeysAreNothingOrARefusal)
{
    const auto file = opened(everyKind().file());
    EXPECT_EQ(file->metaOrNull("absent"), nullptr);
    EXPECT_EQ(file->metaStringOrNull("absent"), std::nullopt);
    EXPECT_EQ(file->metaIntegerOrNull("absent"), std::nullopt);
    EXPECT_EQ(file->metaNumberOrNull("absent"), std::nullopt);
    EXPECT_EQ(file->metaBoolOrNull("absent"), std::nullopt);
    EXPECT_EQ(file->metaStringsOrNull("absent"), nullptr);
    EXPECT_EQ(file->metaIntegersOrNull("absent"), nullptr);
    const std::string refusal = refusalOf([&] { file->metaInteger("llama.block_count"); });
    EXPECT_THAT(refusal, HasSubstr(file->path()));
    EXPECT_THAT(refusal, HasSubstr("'llama.block_count': the key is missing"));
    EXPECT_THAT(refusal, HasSubstr("expected: an integer"));
    EXPECT_THAT(refusalOf([&] { file->metaString("absent"); }), HasSubstr("expected: a text"));
    EXPECT_THAT(refusalOf([&] { file->metaNumber("absent"); }), HasSubstr("expected: a number"));
}

TEST_F(GgufFileTest, AValueOfAnotherKindIsRefusedWithBoth)
{
    const auto file = opened(everyKind().file());
    const auto refused = [&](auto read) { return refusalOf([&] { read(*file); }); };
    const std::string refusal = refused([](const WeightSource &f) { f.metaInteger("text"); });
    EXPECT_THAT(refusal, HasSubstr("metadata key 'text'"));
    EXPECT_THAT(refusal, HasSubstr("given: the text 'gr\xC3\xBC\xC3\x9F'; expected: an integer"));
    EXPECT_THAT(refused([](const WeightSource &f) { f.metaIntegerOrNull("f32"); }),
        HasSubstr("expected: an integer"));
    EXPECT_THAT(refused([](const WeightSource &f) { f.metaInteger("u64.large"); }),
        HasSubstr("too large; given: 9223372036854775808"));
    EXPECT_THAT(refused([](const WeightSource &f) { f.metaNumber("yes"); }),
        HasSubstr("given: the truth value true"));
    EXPECT_THAT(
        refused([](const WeightSource &f) { f.metaString("i8"); }), HasSubstr("given: the integer -100"));
    EXPECT_THAT(
        refused([](const WeightSource &f) { f.metaBoolOrNull("u8"); }), HasSubstr("expected: true or false"));
    EXPECT_THAT(refused([](const WeightSource &f) { f.metaStringsOrNull("integers"); }),
        HasSubstr("given: a list of 2 integers; expected: a list of texts"));
    EXPECT_THAT(refused([](const WeightSource &f) { f.metaIntegersOrNull("numbers"); }),
        HasSubstr("given: a list of 2 numbers; expected: a list of integers"));
}

TEST_F(GgufFileTest, TensorsHaveRowMajorShapesAndTheirBytes)
{
    const GgufBytes bytes = everyKind();
    const auto file = opened(bytes.file());
    EXPECT_EQ(file->fileBytes(), bytes.file().size());
    ASSERT_EQ(file->tensors().size(), 2U);
    const TensorInfo *first = file->tensorOrNull("first");
    ASSERT_NE(first, nullptr);
    EXPECT_EQ(first->dtype, DType::F32);
    EXPECT_THAT(first->shape, ElementsAre(2, 3));
    EXPECT_EQ(first->elementCount(), 6U);
    const TensorInfo *second = file->tensorOrNull("second");
    ASSERT_NE(second, nullptr);
    EXPECT_EQ(second->dtype, DType::Q8_0);
    EXPECT_THAT(second->shape, ElementsAre(2, 1, 32));
    const auto textOf = [](const TensorInfo &tensor) {
        return std::string(reinterpret_cast<const char *>(tensor.bytes.data()), tensor.bytes.size());
    };
    EXPECT_EQ(textOf(*first), std::string(24, 'a'));
    EXPECT_EQ(textOf(*second), std::string(68, 'b'));
    EXPECT_EQ(file->tensorOrNull("third"), nullptr);
}

TEST_F(GgufFileTest, BothVersionsAreRead)
{
    GgufBytes bytes = everyKind();
    EXPECT_EQ(opened(bytes.file())->formatName(), "GGUF v3");
    bytes.version = 2;
    const auto file = opened(bytes.file());
    EXPECT_EQ(file->formatName(), "GGUF v2");
    EXPECT_EQ(file->tensors().size(), 2U);
}

TEST_F(GgufFileTest, AlignmentOfTheFileIsUsed)
{
    for (const std::uint32_t alignment : {1U, 8U, 256U}) {
        GgufBytes bytes;
        bytes.entries = {entry("general.alignment", kU32, u32(alignment))};
        bytes.tensors = {tensorEntry("t", {2}, 0, 0), tensorEntry("u", {1}, 1, alignment * 8)};
        bytes.alignment = alignment;
        bytes.data = "abcdefgh" + std::string(alignment * 8 - 8, '-') + "xy";
        const auto file = opened(bytes.file());
        EXPECT_EQ(static_cast<char>(file->tensorOrNull("t")->bytes[0]), 'a') << alignment;
        EXPECT_EQ(static_cast<char>(file->tensorOrNull("u")->bytes[1]), 'y') << alignment;
    }
}

TEST_F(GgufFileTest, AFileWithoutTensorsAndBytesBehindTheLastTensorAreFine)
{
    EXPECT_TRUE(opened(GgufBytes {}.file())->tensors().empty());
    GgufBytes bytes = everyKind();
    bytes.data += "more bytes than the tensors need";
    EXPECT_EQ(opened(bytes.file())->tensors().size(), 2U);
    bytes.entries.push_back(entry("split.count", kU16, number<std::uint16_t>(1)));
    EXPECT_EQ(opened(bytes.file())->tensors().size(), 2U) << "split into one part is whole";
}

TEST_F(GgufFileTest, StaysReadableAfterTheFileIsRemoved)
{
    const auto file = opened(everyKind().file());
    std::filesystem::remove(file->path());
    EXPECT_EQ(static_cast<char>(file->tensorOrNull("second")->bytes.back()), 'b');
}

// Figures of the issue that introduced the default model, taken from its model card and file listing.
TEST_F(GgufFileTest, DefaultModel)
{
    const auto path = defaultModelPath();
    if (!path)
        GTEST_SKIP() << "default model absent; obtain it with app/run --build-only";
    const auto file = openWeights(*path);
    EXPECT_EQ(file->fileBytes(), 98362432U);
    std::map<DType, int> count;
    for (const TensorInfo &tensor : file->tensors())
        ++count[tensor.dtype];
    EXPECT_EQ(file->tensors().size(), 272U);
    EXPECT_EQ(count[DType::Q4_1], 210);
    EXPECT_EQ(count[DType::F32], 61); // two norms a layer and the last
    ASSERT_NE(file->tensorOrNull("token_embd.weight"), nullptr);
    EXPECT_EQ(file->tensorOrNull("token_embd.weight")->dtype, DType::Q8_0);
    EXPECT_THAT(file->tensorOrNull("token_embd.weight")->shape, ElementsAre(49152, 576));
    EXPECT_THAT(file->tensorOrNull("blk.29.attn_k.weight")->shape, ElementsAre(192, 576));
    EXPECT_THAT(file->tensorOrNull("blk.0.ffn_down.weight")->shape, ElementsAre(576, 1536));
    EXPECT_EQ(file->tensorOrNull("output.weight"), nullptr);
    EXPECT_EQ(file->metaString("general.architecture"), "llama");
    EXPECT_EQ(file->metaInteger("llama.block_count"), 30);
    EXPECT_EQ(file->metaNumber("llama.rope.freq_base"), 100000.0);
    EXPECT_EQ(file->metaString("tokenizer.ggml.pre"), "smollm");
    EXPECT_EQ(file->metaStringsOrNull("tokenizer.ggml.tokens")->size(), 49152U);
}

} // namespace sinkscope
