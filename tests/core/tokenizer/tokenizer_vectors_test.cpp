// SPDX-License-Identifier: Apache-2.0
// Texts and ids of reference tokenizers (Hugging Face tokenizers and llama.cpp; sources beside the data).
#include "core/tokenizer/tokenizer.h"
#include "core/weights/open_weights.h"

#include "tests/core/tokenizer/fake_source.h"
#include "tests/support/model_paths.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>

namespace sinkscope::test {
namespace {

using Json = nlohmann::json;

std::vector<Json> readLines(const std::string &path)
{
    std::vector<Json> lines;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);)
        lines.push_back(Json::parse(line));
    return lines;
}

void expectVector(const Tokenizer &tokenizer, const Json &vector, SpecialTokens special)
{
    const auto text = vector.at("text").get<std::string>();
    const bool addBos = vector.value("add_bos", false);
    const auto ids = tokenizer.encode(text, special, addBos ? AddedTokens::ByPolicy : AddedTokens::None);
    EXPECT_EQ(plain(ids), vector.at("ids").get<std::vector<std::int32_t>>()) << testing::PrintToString(text);
    if (!addBos) {
        EXPECT_EQ(tokenizer.decode(ids), text);
    }
}

class VocabularyVectors : public testing::TestWithParam<const char *> { };

TEST_P(VocabularyVectors, idsEqual)
{
    const std::string name = GetParam();
    const auto folder = sharedDataPath("tokenizers/" + name);
    if (!folder)
        GTEST_SKIP() << name << ": reference data absent";
    const auto tokenizer = loadTokenizer(*openWeights(*folder + "/ggml-vocab-" + name + ".gguf"));
    EXPECT_EQ(tokenizer->kindName(), "gpt2 / " + name);
    const auto vectors = readLines(*folder + "/vectors.jsonl");
    ASSERT_FALSE(vectors.empty());
    for (const Json &vector : vectors) {
        const bool recognise = vector.at("parse_special").get<bool>();
        expectVector(*tokenizer, vector, recognise ? SpecialTokens::Recognise : SpecialTokens::AsText);
    }
}

INSTANTIATE_TEST_SUITE_P(Published, VocabularyVectors, testing::Values("gpt-2", "llama-bpe", "qwen2"),
    [](const auto &parameter) { return std::to_string(parameter.index); });

TEST(DefaultModelTokenizer, idsEqual)
{
    const auto model = defaultModelPath();
    const auto vectors = sharedDataPath("reference/smollm2-tokenizer/vectors.jsonl");
    if (!model || !vectors)
        GTEST_SKIP() << "default model or reference data absent";
    const auto tokenizer = loadTokenizer(*openWeights(*model));
    for (const Json &vector : readLines(*vectors))
        expectVector(*tokenizer, vector, SpecialTokens::Recognise);
}

TEST(DefaultModelTokenizer, policyAndEnds)
{
    const auto model = defaultModelPath();
    if (!model)
        GTEST_SKIP() << "default model absent";
    const auto tokenizer = loadTokenizer(*openWeights(*model));
    EXPECT_EQ(tokenizer->kindName(), "gpt2 / smollm");
    EXPECT_EQ(tokenizer->vocabularySize(), 49152u);
    EXPECT_FALSE(tokenizer->addedTokenPolicy().addBos);
    EXPECT_EQ(tokenizer->addedTokenPolicy().bos, TokenId(1));
    EXPECT_EQ(tokenizer->addedTokenPolicy().eos, TokenId(2));
    EXPECT_EQ(tokenizer->idOf("<|im_start|>"), TokenId(1));
    for (std::int32_t id = 0; id < 49152; ++id)
        EXPECT_EQ(tokenizer->endsGeneration(TokenId(id)), id == 0 || id == 2) << id;
}

TEST(TinyModelTokenizers, idsEqualWithAndWithoutBos)
{
    const auto models = sharedDataPath("reference/models");
    if (!models)
        GTEST_SKIP() << "tiny models: reference data absent";
    int checked = 0;
    for (const auto &entry : std::filesystem::directory_iterator(*models)) {
        const std::filesystem::path file = entry.path() / (entry.path().filename().string() + "-f32.gguf");
        if (!std::filesystem::exists(file))
            continue;
        const auto tokenizer = loadTokenizer(*openWeights(file.string()));
        std::ifstream golden(entry.path() / "golden.json");
        const Json cases = Json::parse(golden).at("tokenizer_cases");
        for (const Json &sample : cases) {
            const auto text = sample.at("text").get<std::string>();
            const auto ids = tokenizer->encode(text, SpecialTokens::Recognise, AddedTokens::ByPolicy);
            EXPECT_EQ(plain(ids), sample.at("ids").get<std::vector<std::int32_t>>()) << file << ": " << text;
            EXPECT_EQ(
                idsOf(*tokenizer, text), sample.at("ids_without_special").get<std::vector<std::int32_t>>());
            EXPECT_EQ(tokenizer->decode(ids), sample.at("decoded").get<std::string>()) << file;
            ++checked;
        }
    }
    EXPECT_GT(checked, 0);
}

} // namespace
} // namespace sinkscope::test
