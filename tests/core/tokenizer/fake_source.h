// SPDX-License-Identifier: Apache-2.0
// A model file that has metadata and no tensors, and a vocabulary small enough to check by hand.
#pragma once

#include "core/base/error.h"
#include "core/tokenizer/byte_alphabet.h"
#include "core/tokenizer/tokenizer.h"
#include "core/weights/weight_source.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace sinkscope::test {

class FakeSource : public WeightSource {
public:
    std::map<std::string, MetaValue, std::less<>> values;

    const std::string &path() const override { return m_path; }
    std::uint64_t fileBytes() const override { return 0; }
    std::string formatName() const override { return "fake"; }
    const MetaValue *metaOrNull(std::string_view key) const override
    {
        const auto found = values.find(key);
        return found == values.end() ? nullptr : &found->second;
    }
    const TensorInfo *tensorOrNull(std::string_view) const override { return nullptr; }
    const std::vector<TensorInfo> &tensors() const override { return m_tensors; }

private:
    std::string m_path = "fake.gguf";
    std::vector<TensorInfo> m_tensors;
};

// Ids of the small vocabulary: special tokens, then the 256 bytes in order of their values, then merged
// tokens.
inline constexpr std::int32_t kBos = 0;
inline constexpr std::int32_t kEos = 1;
inline constexpr std::int32_t kEosLonger = 2; // "<end><end>", begins like the token before it
inline constexpr std::int32_t kThink = 3; // user-defined
inline constexpr std::int32_t kUnused = 4;
inline constexpr std::int32_t kFirstByte = 5;
inline constexpr std::int32_t kAb = 261, kBc = 262, kAbc = 263, kAa = 264, kSpaceA = 265, kHello = 266;

inline constexpr std::int32_t byteId(unsigned char byte)
{
    return kFirstByte + byte;
}

/// Merges in order of rank: b c, a b, ab c, a a, (space) a. "hello" is a token that no merge makes.
inline FakeSource smallSource(const std::string &pre = "gpt-2")
{
    std::vector<std::string> tokens {"<begin>", "<end>", "<end><end>", "<think>", "[unused]"};
    std::vector<std::int64_t> types {3, 3, 3, 4, 5};
    for (int byte = 0; byte < 256; ++byte)
        tokens.push_back(byteCharacter(static_cast<unsigned char>(byte)));
    for (const char *token : {"ab", "bc", "abc", "aa", "\u0120a", "hello"})
        tokens.emplace_back(token);
    types.resize(tokens.size(), 1);

    FakeSource source;
    source.values["tokenizer.ggml.model"] = std::string("gpt2");
    source.values["tokenizer.ggml.pre"] = pre;
    source.values["tokenizer.ggml.tokens"] = tokens;
    source.values["tokenizer.ggml.token_type"] = types;
    source.values["tokenizer.ggml.merges"] =
        std::vector<std::string> {"b c", "a b", "ab c", "a a", "\u0120 a"};
    source.values["tokenizer.ggml.bos_token_id"] = std::int64_t {kBos};
    source.values["tokenizer.ggml.eos_token_id"] = std::int64_t {kEos};
    return source;
}

inline std::vector<std::int32_t> plain(const std::vector<TokenId> &ids)
{
    std::vector<std::int32_t> values;
    values.reserve(ids.size());
    for (const TokenId id : ids)
        values.push_back(id.value);
    return values;
}

/// Ids of `text` in `tokenizer`, special tokens recognised, nothing added.
inline std::vector<std::int32_t> idsOf(const Tokenizer &tokenizer, std::string_view text)
{
    return plain(tokenizer.encode(text, SpecialTokens::Recognise, AddedTokens::None));
}

/// The sentence of the Error that `action` throws; empty when it throws none.
template <typename Action> std::string refusalOf(const Action &action)
{
    try {
        action();
    } catch (const Error &error) {
        return error.what();
    }
    return {};
}

} // namespace sinkscope::test
