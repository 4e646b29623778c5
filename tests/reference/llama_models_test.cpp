// SPDX-License-Identifier: Apache-2.0
// Tiny llamas written by other programs (reference/models): logits, attention, residuals, edits, greedy text,
// quantised.
#include "core/base/error.h"
#include "core/model/generate.h"
#include "tests/support/model_paths.h"
#include "tests/support/model_session.h"
#include "tests/support/safetensors_reader.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>

namespace sinkscope {
namespace {

using Json = nlohmann::json;

// reference/models/README.md: fp32 and fp64 of these models differ by at most 1.3e-5 (logits), 2.5e-6
// (attention) and 5.5e-6 (residual); these are the tolerances it suggests for an implementation in fp32.
constexpr double kLogits = 1e-4;
constexpr double kAttention = 2e-5;
constexpr double kResidual = 1e-4;

constexpr int kShortPrompt = 24;
constexpr int kLongPrompt = 70;

class LlamaModel : public testing::TestWithParam<const char *> {
protected:
    void SetUp() override
    {
        const auto folder = test::sharedDataPath("reference/models");
        if (!folder)
            GTEST_SKIP() << "reference/models: reference data absent";
        m_folder = *folder + "/" + GetParam() + "/";
        std::ifstream stream(m_folder + "golden.json");
        m_golden = Json::parse(stream);
        m_arrays = test::readSafetensors(m_folder + "golden.safetensors");
    }

    std::string ggufPath(const std::string &type) const
    {
        return m_folder + GetParam() + "-" + type + ".gguf";
    }

    std::vector<TokenId> prompt(int length) const
    {
        std::vector<TokenId> tokens;
        for (const std::int32_t id : m_golden.at("prompts").at(std::to_string(length)).at("ids"))
            tokens.emplace_back(id);
        return tokens;
    }

    Intervention caseEdits(const std::string &name) const
    {
        Intervention edits;
        for (const Json &entry : m_golden.at("cases").at(name).at("edits")) {
            HeadEdit edit;
            edit.head = {LayerIndex(entry.at("layer").get<std::int32_t>()),
                HeadIndex(entry.at("head").get<std::int32_t>())};
            edit.gamma = entry.at("gamma");
            edits.set(edit);
        }
        return edits;
    }

    // Row numbers of a pattern in golden.json, e.g. "T24.case_*.logits_rows".
    std::vector<std::size_t> rows(const std::string &key) const { return m_golden.at("rows").at(key); }

    void expectLogits(const std::string &name, const PassResult &pass,
        const std::vector<std::size_t> &queries, const test::ReferenceArrays &arrays) const
    {
        const std::vector<double> &expected = test::arrayNamed(arrays, name).values;
        const std::size_t vocabulary = pass.logitsAll.columns();
        ASSERT_EQ(expected.size(), queries.size() * vocabulary) << name;
        for (std::size_t row = 0; row < queries.size(); ++row)
            for (std::size_t id = 0; id < vocabulary; ++id)
                ASSERT_NEAR(pass.logitsAll.at(queries[row], id), expected[row * vocabulary + id], kLogits)
                    << name << " query " << queries[row] << " token " << id;
    }

    // `name` is [L, H, queries, T].
    void expectAttention(const std::string &name, const PassResult &pass,
        const std::vector<std::size_t> &queries, const test::ReferenceArrays &arrays) const
    {
        const test::ReferenceArray &expected = test::arrayNamed(arrays, name);
        ASSERT_EQ(expected.shape.at(0), pass.layers.size()) << name;
        ASSERT_EQ(expected.shape.at(2), queries.size()) << name;
        const std::size_t tokens = expected.shape.at(3);
        std::size_t at = 0;
        for (const auto &layer : pass.layers)
            for (std::size_t head = 0; head < layer->headCount(); ++head)
                for (const std::size_t query : queries) {
                    const auto row = layer->patternRow(HeadIndex(static_cast<std::int32_t>(head)),
                        TokenPos(static_cast<std::int32_t>(query)));
                    for (std::size_t key = 0; key < tokens; ++key, ++at)
                        ASSERT_NEAR(key <= query ? row[key] : 0.0F, expected.values[at], kAttention)
                            << name << " head " << head << " query " << query << " key " << key;
                }
    }

    void expectResiduals(const PassResult &pass) const
    {
        const std::vector<double> &expected = test::arrayNamed(m_arrays, "T24.hidden_states").values;
        std::size_t at = 0;
        for (std::size_t layer = 0; layer < pass.layers.size(); ++layer)
            for (const float value : pass.layers[layer]->residualIn.values())
                ASSERT_NEAR(value, expected[at++], kResidual) << "into layer " << layer;
        const std::vector<double> &norm = test::arrayNamed(m_arrays, "T24.final_norm").values;
        for (std::size_t element = 0; element < pass.finalNormLast.size(); ++element)
            ASSERT_NEAR(pass.finalNormLast[element], norm[norm.size() - pass.finalNormLast.size() + element],
                kResidual);
    }

    void expectGreedy(
        test::ModelSession &session, int length, const std::string &key, const Intervention &edits) const
    {
        std::vector<TokenId> expected;
        for (const std::int32_t id : m_golden.at("greedy").at(std::to_string(length)).at(key))
            expected.emplace_back(id);
        SamplingOptions options;
        options.maxNewTokens = static_cast<int>(expected.size());
        const auto pass = session.run(prompt(length), &edits);
        std::vector<TokenId> got = generate(session.transformer(), *pass, &edits, options, {});
        // the reference goes on past an end token
        ASSERT_FALSE(got.empty());
        if (session.model().tokenizer->endsGeneration(got.back()))
            expected.resize(got.size());
        EXPECT_EQ(got, expected) << key << " after " << length << " tokens";
    }

    static std::vector<std::size_t> allRows(int count)
    {
        std::vector<std::size_t> all;
        all.reserve(static_cast<std::size_t>(count));
        for (int row = 0; row < count; ++row)
            all.push_back(static_cast<std::size_t>(row));
        return all;
    }

    std::string m_folder;
    Json m_golden;
    test::ReferenceArrays m_arrays;
};

TEST_P(LlamaModel, BaselineAgrees)
{
    test::ModelSession session(ggufPath("f32"));
    const auto pass = session.run(prompt(kShortPrompt));
    expectLogits("T24.logits", *pass, allRows(kShortPrompt), m_arrays);
    expectAttention("T24.attentions", *pass, allRows(kShortPrompt), m_arrays);
    expectResiduals(*pass);
    const auto longPass = session.run(prompt(kLongPrompt));
    expectLogits("T70.logits_last", *longPass, {kLongPrompt - 1}, m_arrays);
    expectAttention("T70.attention_rows", *longPass, rows("T70.attention_rows"), m_arrays);
}

TEST_P(LlamaModel, EditsAgree)
{
    test::ModelSession session(ggufPath("f32"));
    for (const std::string name : {"a", "b", "c", "d"}) {
        const Intervention edits = caseEdits(name);
        const auto pass = session.run(prompt(kShortPrompt), &edits);
        expectLogits("T24.case_" + name + ".logits_rows", *pass, rows("T24.case_*.logits_rows"), m_arrays);
        expectAttention(
            "T24.case_" + name + ".attention_rows", *pass, rows("T24.case_*.attention_rows"), m_arrays);
        const auto longPass = session.run(prompt(kLongPrompt), &edits);
        expectLogits("T70.case_" + name + ".logits_last", *longPass, {kLongPrompt - 1}, m_arrays);
    }
    const Intervention all = caseEdits("c");
    expectAttention("T70.case_c.attention_rows", *session.run(prompt(kLongPrompt), &all),
        rows("T70.case_*.attention_rows"), m_arrays);
}

TEST_P(LlamaModel, GreedyTokensEqual)
{
    test::ModelSession session(ggufPath("f32"));
    for (const int length : {kShortPrompt, kLongPrompt}) {
        expectGreedy(session, length, "baseline", {});
        expectGreedy(session, length, "case_c", caseEdits("c"));
        expectGreedy(session, length, "case_d", caseEdits("d"));
    }
}

TEST_P(LlamaModel, TokenizerAgrees)
{
    const test::ModelSession session(ggufPath("f32"));
    const Tokenizer &tokenizer = *session.model().tokenizer;
    for (const Json &item : m_golden.at("tokenizer_cases")) {
        std::vector<TokenId> expected;
        for (const std::int32_t id : item.at("ids"))
            expected.emplace_back(id);
        EXPECT_EQ(tokenizer.encode(
                      item.at("text").get<std::string>(), SpecialTokens::Recognise, AddedTokens::ByPolicy),
            expected)
            << item.at("text");
        EXPECT_EQ(tokenizer.decode(expected), item.at("decoded").get<std::string>());
    }
}

TEST_P(LlamaModel, QuantisedTwinsAgree)
{
    if (!std::filesystem::exists(m_folder + "golden-quant.safetensors"))
        GTEST_SKIP() << "no quantised twins of this model";
    const test::ReferenceArrays quantised = test::readSafetensors(m_folder + "golden-quant.safetensors");
    for (const std::string type : {"q8_0", "q4_0", "q4_1", "q5_0", "q5_1"})
        for (const std::size_t budget : {LoadOptions {}.expandedBudgetBytes, std::size_t {0}}) {
            SCOPED_TRACE(type + (budget == 0 ? " mapped" : " expanded"));
            test::ModelSession session(ggufPath(type), {.expandedBudgetBytes = budget});
            const auto pass = session.run(prompt(kShortPrompt));
            expectLogits(
                type + ".T24.logits_rows", *pass, {1, 12, 22, 23}, quantised); // rows of its metadata
            expectAttention(type + ".T24.attention_rows", *pass, {23}, quantised);
        }
}

INSTANTIATE_TEST_SUITE_P(Reference, LlamaModel, testing::Values("llama", "llama-tied", "llama-rope-llama3"),
    [](const testing::TestParamInfo<const char *> &param) {
        std::string name = param.param;
        std::replace(name.begin(), name.end(), '-', '_');
        return name;
    });

// YaRN changes the angles and the scores: a model that asks for it and is run without would be silently
// wrong.
TEST(LlamaModels, YarnIsRefusedByName)
{
    const auto path = test::sharedDataPath("reference/models/llama-rope-yarn/llama-rope-yarn-f32.gguf");
    if (!path)
        GTEST_SKIP() << "reference/models: reference data absent";
    try {
        const test::ModelSession session(*path);
        FAIL() << "it was accepted";
    } catch (const Error &error) {
        EXPECT_THAT(error.what(), testing::HasSubstr("rope.scaling.type"));
        EXPECT_THAT(error.what(), testing::HasSubstr("yarn"));
    }
}

} // namespace
} // namespace sinkscope
