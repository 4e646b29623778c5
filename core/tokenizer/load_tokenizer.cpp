// SPDX-License-Identifier: Apache-2.0
// Reads the tokenizer that a GGUF file describes.
#include "core/base/error.h"
#include "core/tokenizer/byte_level_bpe.h"
#include "core/tokenizer/tokenizer.h"
#include "core/weights/weight_source.h"

#include <fmt/format.h>

#include <limits>

namespace sinkscope {

namespace {

// Keys: ggml-org/ggml, docs/gguf.md, section "Tokenizer".
constexpr std::string_view kModelKey = "tokenizer.ggml.model";
constexpr std::string_view kPreKey = "tokenizer.ggml.pre";
constexpr std::string_view kTokensKey = "tokenizer.ggml.tokens";
constexpr std::string_view kMergesKey = "tokenizer.ggml.merges";
constexpr std::string_view kTypesKey = "tokenizer.ggml.token_type";

constexpr std::string_view kByteLevelBpe = "gpt2"; // the one value of kModelKey that we read

std::string keyPlace(std::string_view key)
{
    return fmt::format("metadata key '{}'", key);
}

void checkModel(const WeightSource &source)
{
    const std::string model = source.metaString(kModelKey);
    if (model == kByteLevelBpe)
        return;
    throw Error({.what = "this kind of tokenizer is not supported",
        .file = source.path(),
        .place = keyPlace(kModelKey),
        .given = model,
        .expected = "gpt2 (byte-level BPE)",
        .wayOut = "Use a model with a byte-level tokenizer, such as SmolLM2, GPT-2, Llama 3 or Qwen2"});
}

const std::vector<std::string> &requiredStrings(const WeightSource &source, std::string_view key)
{
    if (const auto *strings = source.metaStringsOrNull(key))
        return *strings;
    throw Error({.what = "the key is missing",
        .file = source.path(),
        .place = keyPlace(key),
        .given = "nothing",
        .expected = "a list of texts",
        .wayOut = "Obtain the file again or convert the model anew"});
}

std::vector<TokenKind> readKinds(const WeightSource &source, std::size_t tokenCount)
{
    const auto *types = source.metaIntegersOrNull(kTypesKey);
    if (!types)
        return {};
    const auto refuse = [&](std::string what, std::string given, std::string expected) {
        throw Error({.what = std::move(what),
            .file = source.path(),
            .place = keyPlace(kTypesKey),
            .given = std::move(given),
            .expected = std::move(expected)});
    };
    if (types->size() != tokenCount)
        refuse("the list is not as long as the list of tokens", std::to_string(types->size()),
            std::to_string(tokenCount));
    std::vector<TokenKind> kinds;
    kinds.reserve(types->size());
    for (const std::int64_t type : *types) {
        if (type < 1 || type > 6)
            refuse(fmt::format("the type of token {} is not known", kinds.size()), std::to_string(type),
                "1 to 6");
        kinds.push_back(static_cast<TokenKind>(type));
    }
    return kinds;
}

/// The id under `key`, not checked against the vocabulary but against what an id can be at all.
std::optional<TokenId> readId(const WeightSource &source, std::string_view key)
{
    const std::optional<std::int64_t> value = source.metaIntegerOrNull(key);
    if (!value)
        return std::nullopt;
    if (*value < 0 || *value > std::numeric_limits<std::int32_t>::max()) {
        throw Error({.what = "the number is not a token",
            .file = source.path(),
            .place = keyPlace(key),
            .given = std::to_string(*value),
            .expected = "a token of the vocabulary"});
    }
    return TokenId(static_cast<std::int32_t>(*value));
}

/// Nothing is encoded with it, so a number that is no token (files write -1) means that there is none.
std::optional<TokenId> readPadding(const WeightSource &source, std::size_t tokenCount)
{
    const std::optional<std::int64_t> value = source.metaIntegerOrNull("tokenizer.ggml.padding_token_id");
    if (!value || *value < 0 || static_cast<std::uint64_t>(*value) >= tokenCount)
        return std::nullopt;
    return TokenId(static_cast<std::int32_t>(*value));
}

AddedTokenPolicy readPolicy(const WeightSource &source, const PreSplitter &splitter, std::size_t tokenCount)
{
    AddedTokenPolicy policy;
    policy.padding = readPadding(source, tokenCount);
    policy.bos = readId(source, "tokenizer.ggml.bos_token_id");
    policy.eos = readId(source, "tokenizer.ggml.eos_token_id");
    const bool byDefault = splitter.addsBosByDefault() && policy.bos.has_value();
    policy.addBos = source.metaBoolOrNull("tokenizer.ggml.add_bos_token").value_or(byDefault);
    policy.addEos = source.metaBoolOrNull("tokenizer.ggml.add_eos_token").value_or(false);
    return policy;
}

} // namespace

std::unique_ptr<const Tokenizer> loadTokenizer(const WeightSource &source)
{
    checkModel(source);
    const std::string pre = source.metaStringOrNull(kPreKey).value_or("default");
    PreSplitter splitter(pre, source.path());

    ByteLevelBpeTables tables;
    tables.file = source.path();
    tables.kindName = fmt::format("{} / {}", kByteLevelBpe, pre);
    tables.tokens = requiredStrings(source, kTokensKey);
    tables.kinds = readKinds(source, tables.tokens.size());
    tables.merges = requiredStrings(source, kMergesKey);
    tables.policy = readPolicy(source, splitter, tables.tokens.size());
    for (const char *key :
        {"tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id", "tokenizer.ggml.eom_token_id"}) {
        if (const std::optional<TokenId> id = readId(source, key))
            tables.endIds.push_back(*id);
    }
    return std::make_unique<const ByteLevelBpe>(std::move(tables), std::move(splitter));
}

} // namespace sinkscope
