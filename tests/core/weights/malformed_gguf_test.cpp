// SPDX-License-Identifier: Apache-2.0
// Damaged and wrong files: each is refused with a sentence that says what is wrong and where; none crashes.
#include "core/tensor/dequantize.h"

#include "tests/core/weights/gguf_bytes.h"
#include "tests/core/weights/weights_fixture.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <functional>
#include <random>
#include <set>

namespace sinkscope {

namespace {

using namespace test;
using testing::HasSubstr;

constexpr std::uint32_t kU32 = 4, kBool = 7, kText = 8, kArray = 9, kU64 = 10;
constexpr std::uint32_t kF32 = 0, kQ40 = 2, kIQ4XS = 23; // storage types
constexpr std::uint64_t kHuge = std::uint64_t {1} << 60;

/// A small sound file: the cases below each break one thing in it.
GgufBytes sound()
{
    GgufBytes bytes;
    bytes.entries = {entry("general.architecture", kText, text("llama")),
        entry("llama.block_count", kU32, u32(1)),
        entry("tokenizer.ggml.tokens", kArray, u32(kText) + u64(2) + text("a") + text("b"))};
    bytes.tensors = {tensorEntry("first", {4, 8}, kF32, 0), tensorEntry("second", {32, 2}, kQ40, 128)};
    bytes.data = std::string(128 + 36, '\x3C');
    return bytes;
}

struct Broken {
    const char *name;
    std::function<void(GgufBytes &)> breakIt;
    std::vector<const char *> said; // parts of the sentence
};

const std::vector<Broken> kBrokenFiles {
    {"Version1", [](GgufBytes &b) { b.version = 1; }, {"byte 4", "version 1", "version 2 or 3"}},
    {"Version4", [](GgufBytes &b) { b.version = 4; }, {"version 4", "version 2 or 3"}},
    {"BigEndian", [](GgufBytes &b) { b.version = 0x03000000; }, {"big-endian", "version 3", "little-endian"}},
    {"TensorCountHuge", [](GgufBytes &b) { b.tensorCount = kHuge; }, {"tensor table", "1152921504606846976"}},
    {"EntryCountHuge", [](GgufBytes &b) { b.entryCount = ~0ULL; }, {"metadata", "18446744073709551615"}},
    {"OneEntryTooMany", [](GgufBytes &b) { b.entryCount = 4; }, {"byte ", "given: ", "expected: "}},
    {"KeyLengthHuge", [](GgufBytes &b) { b.entries[1] = u64(kHuge) + "key"; },
        {"metadata entry 2 of 3", "too long", "at most 65535"}},
    {"KeyPastTheEnd", [](GgufBytes &b) { b.entries.back() = u64(60000) + "key"; }, {"the file ends inside"}},
    {"KeyNotUtf8", [](GgufBytes &b) { b.entries[1] = entry("a\xFF", kU32, u32(1)); },
        {"metadata key is not UTF-8", "0xFF"}},
    {"KeyTwice", [](GgufBytes &b) { b.entries[1] = b.entries[0]; },
        {"'general.architecture'", "appears twice"}},
    {"KindUnknown", [](GgufBytes &b) { b.entries[1] = entry("odd", 13, u32(1)); },
        {"'odd'", "kind 13", "0 to 12"}},
    {"TextLengthWraps", [](GgufBytes &b) { b.entries[1] = entry("odd", kText, u64(~0ULL - 3) + "x"); },
        {"'odd'", "18446744073709551612 bytes"}},
    {"TextNotUtf8", [](GgufBytes &b) { b.entries[1] = entry("odd", kText, text("ab\xC3(")); },
        {"'odd'", "not UTF-8", "0xC3"}},
    {"TruthValue7", [](GgufBytes &b) { b.entries[1] = entry("odd", kBool, "\x07"); },
        {"'odd'", "given: 7", "0 or 1"}},
    {"ArrayHuge", [](GgufBytes &b) { b.entries[1] = entry("odd", kArray, u32(kU32) + u64(kHuge)); },
        {"'odd'", "array is too long", "1152921504606846976"}},
    {"ArrayPastTheEnd", [](GgufBytes &b) { b.entries[1] = entry("odd", kArray, u32(kU64) + u64(1000)); },
        {"'odd'", "the file ends inside an array", "1000 entries of 8 bytes"}},
    {"ArrayOfTextsPastTheEnd",
        [](GgufBytes &b) { b.entries[1] = entry("odd", kArray, u32(kText) + u64(60000000)); },
        {"'odd'", "60000000 entries of 8 bytes"}},
    {"ArrayOfArrays", [](GgufBytes &b) { b.entries[1] = entry("odd", kArray, u32(kArray) + u64(1)); },
        {"'odd'", "arrays of arrays"}},
    {"ArrayKindUnknown", [](GgufBytes &b) { b.entries[1] = entry("odd", kArray, u32(99) + u64(1)); },
        {"'odd'", "kind 99"}},
    {"ArrayIntegerTooLarge",
        [](GgufBytes &b) { b.entries[1] = entry("odd", kArray, u32(kU64) + u64(1) + u64(~0ULL)); },
        {"'odd'", "18446744073709551615", "below 2^63"}},
    {"SplitInThree", [](GgufBytes &b) { b.entries[1] = entry("split.count", 2, number<std::uint16_t>(3)); },
        {"split into several files", "3 parts", "Join"}},
    {"Alignment0", [](GgufBytes &b) { b.entries[1] = entry("general.alignment", kU32, u32(0)); },
        {"general.alignment", "given: 0", "power of two"}},
    {"Alignment24", [](GgufBytes &b) { b.entries[1] = entry("general.alignment", kU32, u32(24)); },
        {"general.alignment", "given: 24", "power of two"}},
    {"AlignmentHuge", [](GgufBytes &b) { b.entries[1] = entry("general.alignment", kU64, u64(1ULL << 62)); },
        {"general.alignment", "power of two"}},
    {"AlignmentIsText", [](GgufBytes &b) { b.entries[1] = entry("general.alignment", kText, text("32")); },
        {"general.alignment", "given: the text '32'", "expected: an integer"}},
    {"TensorNameLong",
        [](GgufBytes &b) {
            b.tensors[0] = tensorEntry(std::string(65, 'n'), {4, 8}, kF32, 0);
        },
        {"tensor 1 of 2", "65 bytes", "at most 64"}},
    {"TensorTwice", [](GgufBytes &b) { b.tensors[1] = b.tensors[0]; }, {"'first'", "appears twice"}},
    {"NoDimensions", [](GgufBytes &b) { b.tensors[0] = tensorEntry("first", {}, kF32, 0) + u64(0); },
        {"'first'", "dimensions", "given: 0", "1 to 4"}},
    {"FiveDimensions",
        [](GgufBytes &b) {
            b.tensors[0] = tensorEntry("first", {1, 1, 1, 1, 1}, kF32, 0);
        },
        {"'first'", "given: 5", "1 to 4"}},
    {"ExtentZero",
        [](GgufBytes &b) {
            b.tensors[0] = tensorEntry("first", {4, 0}, kF32, 0);
        },
        {"'first'", "extent", "given: 0"}},
    {"ExtentsOverflow",
        [](GgufBytes &b) {
            b.tensors[0] = tensorEntry("first", {kHuge, 32}, kF32, 0);
        },
        {"'first'", "larger than the file", "[32, 1152921504606846976]"}},
    {"BytesOverflow",
        [](GgufBytes &b) {
            b.tensors[0] = tensorEntry("first", {kHuge, 4}, kF32, 0);
        },
        {"'first'", "larger than the file"}},
    {"BytesOverflowToFew", // 2^62 values of 4 bytes wrap to 0 bytes
        [](GgufBytes &b) { b.tensors[0] = tensorEntry("first", {1ULL << 62}, kF32, 0); },
        {"'first'", "larger than the file"}},
    {"TypeNotRead", [](GgufBytes &b) { b.tensors[1] = tensorEntry("second", {256}, kIQ4XS, 128); },
        {"'second'", "IQ4_XS (type 23)", "Q4_1"}},
    {"TypeUnknown", [](GgufBytes &b) { b.tensors[1] = tensorEntry("second", {32}, 250, 128); },
        {"'second'", "unknown type 250"}},
    {"RowOfBrokenBlocks",
        [](GgufBytes &b) {
            b.tensors[1] = tensorEntry("second", {16, 4}, kQ40, 128);
        },
        {"'second'", "rows of 16 values stored as Q4_0", "multiple of 32"}},
    {"OffsetNotAligned",
        [](GgufBytes &b) {
            b.tensors[1] = tensorEntry("second", {32, 2}, kQ40, 136);
        },
        {"'second'", "offset 136", "multiple of 32"}},
    {"OffsetPastTheEnd",
        [](GgufBytes &b) {
            b.tensors[1] = tensorEntry("second", {32, 2}, kQ40, 4096);
        },
        {"'second'", "36 bytes at offset 4096", "at most 164 bytes"}},
    {"OffsetWraps",
        [](GgufBytes &b) {
            b.tensors[1] = tensorEntry("second", {32, 2}, kQ40, ~0ULL - 31);
        },
        {"'second'", "offset 18446744073709551584"}},
    {"LastByteMissing", [](GgufBytes &b) { b.data.pop_back(); },
        {"'second'", "past the end of the file", "at most 163 bytes"}},
    {"TensorsOverlap",
        [](GgufBytes &b) {
            b.tensors[1] = tensorEntry("second", {32, 2}, kQ40, 96);
        },
        {"'second'", "offset 96", "128 or more, where tensor 'first' ends"}},
    {"TensorsShareTheirStart",
        [](GgufBytes &b) {
            b.tensors[1] = tensorEntry("second", {32, 2}, kQ40, 0);
        },
        {"lies inside another one"}},
};

/// Files that are met in place of a model, and what is said.
struct WrongFile {
    const char *name;
    std::string content;
    const char *said;
};

const std::vector<WrongFile> kWrongFiles {
    {"WebPage", "\r\n<!DOCTYPE html><html><body>404</body></html>", "web page"},
    {"WebPageInSmallLetters", "<html><head><title>Sign in", "web page"},
    {"Zip", std::string("PK\x03\x04\x14\0\0\0", 8) + "model/data.pkl", "zip archive"},
    {"Gzip", "\x1F\x8B\x08\x08 more", "archive"},
    {"Safetensors", u64(40) + R"({"__metadata__":{"format":"pt"}}        )", "safetensors"},
    {"LfsPointer", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n", "Git LFS pointer"},
    {"Json", R"({"architectures": ["LlamaForCausalLM"]})", "JSON"},
    {"OldGgml", "tjgg" + u32(3), "before GGUF"},
    {"ShortText", "GG", "not a GGUF file; given: the bytes 47 47;"},
    {"SmallLetters", "gguf" + u32(3), "not a GGUF file"},
};

/// What is in memory for each tensor is read, so that a sanitizer sees any byte outside the file.
void readAllValues(const WeightSource &file)
{
    for (const TensorInfo &tensor : file.tensors()) {
        std::vector<float> values(tensor.elementCount());
        dequantize(tensor.dtype, tensor.bytes, values);
    }
}

/// True when `path` is refused with an Error, false when it opens; anything else fails the test that calls
/// it.
bool isRefused(const std::string &path)
{
    try {
        readAllValues(*openWeights(path));
        return false;
    } catch (const Error &) {
        return true;
    }
}

class BrokenGguf : public WeightsFixture, public testing::WithParamInterface<std::size_t> { };
class WrongKindOfFile : public WeightsFixture, public testing::WithParamInterface<std::size_t> { };
using MalformedGguf = WeightsFixture;

} // namespace

TEST_P(BrokenGguf, IsRefusedWithItsPlace)
{
    const Broken &broken = kBrokenFiles[GetParam()];
    GgufBytes bytes = sound();
    ASSERT_EQ(refusalOfFile(written(bytes.file())), "") << "the file is sound before it is broken";
    broken.breakIt(bytes);
    const std::string path = written(bytes.file());
    const std::string refusal = refusalOfFile(path);
    EXPECT_THAT(refusal, HasSubstr(path));
    for (const char *part : broken.said)
        EXPECT_THAT(refusal, HasSubstr(part));
}

INSTANTIATE_TEST_SUITE_P(Cases, BrokenGguf, testing::Range(std::size_t {0}, kBrokenFiles.size()),
    [](const auto &test) { return std::string(kBrokenFiles[test.param].name); });

TEST_P(WrongKindOfFile, IsNamed)
{
    const WrongFile &wrong = kWrongFiles[GetParam()];
    const std::string path = written(wrong.content);
    EXPECT_THAT(refusalOfFile(path), HasSubstr(path));
    EXPECT_THAT(refusalOfFile(path), HasSubstr(wrong.said));
}

INSTANTIATE_TEST_SUITE_P(Cases, WrongKindOfFile, testing::Range(std::size_t {0}, kWrongFiles.size()),
    [](const auto &test) { return std::string(kWrongFiles[test.param].name); });

TEST_F(MalformedGguf, TruncationsAreRefused)
{
    const std::string whole = sound().file();
    for (std::size_t length = 0; length < whole.size(); length += 5)
        ASSERT_TRUE(isRefused(written(whole.substr(0, length))))
            << length << " of " << whole.size() << " bytes";
}

TEST_F(MalformedGguf, RandomBytesNeverDoMoreThanRefuse)
{
    const std::string whole = sound().file();
    std::mt19937 random(20260101); // a fixed seed: a failure can be repeated
    int refused = 0;
    constexpr int kRounds = 1000;
    for (int round = 0; round < kRounds; ++round) {
        std::string damaged = whole;
        const std::size_t changes = 1 + random() % 4;
        for (std::size_t change = 0; change < changes; ++change) {
            // Small and extreme values are the ones that break lengths and counts.
            static constexpr unsigned char kExtremes[] = {0x00, 0x01, 0x7F, 0x80, 0xFF};
            const auto byte = static_cast<unsigned char>(random() % 2 ? random() : kExtremes[random() % 5]);
            damaged[random() % damaged.size()] = static_cast<char>(byte);
        }
        if (isRefused(written(damaged)))
            ++refused;
    }
    EXPECT_GT(refused, kRounds / 4) << "most of the file is structure";
}

// The shared collection. Cases whose fault lies in what the metadata says about the model, or in the values
// of tensors, open here and are refused (or warned about) when the model and the tokenizer are loaded.
TEST_F(MalformedGguf, SharedCollection)
{
    const std::filesystem::path folder = std::filesystem::path(SINKSCOPE_SHARED_DATA) / "reference/malformed";
    if (!std::filesystem::exists(folder / "index.json"))
        GTEST_SKIP() << "reference data absent: " << folder;
    const std::set<std::string> refusedLater {"missing_architecture.gguf", "architecture_wrong_type.gguf",
        "unknown_architecture.gguf", "missing_block_count.gguf", "missing_rms_eps.gguf",
        "block_count_string.gguf", "block_count_1e9.gguf", "block_count_0.gguf",
        "heads_not_divisible_by_kv.gguf", "head_count_0.gguf", "embedding_length_mismatch.gguf",
        "embedding_length_2p32m1.gguf", "eps_nan.gguf", "rope_dim_too_large.gguf", "context_length_0.gguf",
        "missing_tensor.gguf", "missing_embedding.gguf", "wrong_shape.gguf", "nan_weights.gguf",
        "vocab_shorter_than_embedding.gguf", "vocab_longer_than_embedding.gguf", "token_types_length.gguf",
        "tokens_wrong_element_type.gguf", "merges_unknown_tokens.gguf", "merge_without_space.gguf",
        "bos_id_out_of_range.gguf"};
    std::ifstream stream(folder / "index.json");
    std::size_t cases = 0;
    for (const auto &item : nlohmann::json::parse(stream)) {
        if (item.at("kind") != "gguf")
            continue;
        const std::string name = item.at("file");
        const bool opens = item.at("expect") == "load" || refusedLater.contains(name);
        EXPECT_EQ(isRefused((folder / name).string()), !opens) << name << ": " << item.at("wrong");
        ++cases;
    }
    EXPECT_GE(cases, refusedLater.size()) << "the index lists GGUF cases";
}

} // namespace sinkscope
