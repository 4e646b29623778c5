// SPDX-License-Identifier: Apache-2.0
// The default model on eight prompts and all their edits, against transformers in fp32 (reference data, its
// README).
#include "core/analysis/attention_metrics.h"
#include "core/analysis/output_metrics.h"
#include "core/model/generate.h"
#include "tests/support/model_paths.h"
#include "tests/support/model_session.h"
#include "tests/support/reference_cases.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>

namespace sinkscope {
namespace {

using test::ReferenceArray;
using test::ReferenceCase;
using test::ReferenceOutcome;

// Tolerances of the reference's README: about six times what fp32 and fp64 of the same computation differ by
// over five prompts and their edits (logits 1.3e-4, log-probabilities 5.3e-5, patterns 3.5e-6, sink mass
// 6e-6, entropies 9.8e-6, output entropy 1.9e-5, residual 8.4e-6 of its norm).
constexpr double kLogits = 1e-3;
constexpr double kLogProbability = 3e-4;
constexpr double kPattern = 2e-5;
constexpr double kSinkMass = 3e-5;
constexpr double kEntropy = 1e-4;
constexpr double kEntropyWithoutSink = 2e-4;
constexpr double kOutputEntropy = 2e-4;
constexpr double kResidualRelative = 5e-5;
constexpr double kAnswerPerToken = 5e-4;

constexpr const char *kFolder = "reference/smollm2-135m-instruct-q4_1";

class DefaultModel : public testing::TestWithParam<const char *> {
protected:
    void SetUp() override
    {
        const auto folder = test::sharedDataPath(kFolder);
        if (!folder)
            GTEST_SKIP() << kFolder << ": reference data absent";
        const auto model = test::defaultModelPath();
        if (!model)
            GTEST_SKIP() << "the default model is absent; app/run --build-only obtains it";
        for (ReferenceCase &item : test::loadReferenceCases(*folder))
            if (item.id == GetParam())
                m_case = std::move(item);
        ASSERT_EQ(m_case.id, GetParam()) << "the reference no longer holds this case";
        m_arrays = test::loadReferenceArrays(*folder, m_case.id);
        m_session = std::make_unique<test::ModelSession>(*model, loadOptions(), 0);
    }
    virtual LoadOptions loadOptions() const { return {}; }

    std::shared_ptr<const PassResult> run(const ReferenceOutcome &outcome)
    {
        PassRequest request;
        request.tokens = m_case.tokens;
        request.intervention = &outcome.intervention;
        return m_session->transformer().run(request, {});
    }

    void expectArray(const std::string &name, std::span<const float> got, double tolerance) const
    {
        const ReferenceArray &expected = test::arrayNamed(m_arrays, name);
        ASSERT_EQ(got.size(), expected.values.size()) << name;
        double worst = 0.0;
        std::size_t worstAt = 0;
        for (std::size_t at = 0; at < got.size(); ++at) {
            const double difference = std::fabs(static_cast<double>(got[at]) - expected.values[at]);
            if (std::isnan(difference) || difference > worst) {
                worst = std::isnan(difference) ? std::numeric_limits<double>::infinity() : difference;
                worstAt = at;
            }
        }
        EXPECT_LE(worst, tolerance) << name << " differs most at element " << worstAt;
    }

    void expectHeads(const std::string &prefix, const PassResult &pass) const
    {
        const HeadMetrics heads = headMetrics(pass.layers);
        expectArray(prefix + "sink_mass_last", heads.sinkMassLast.values(), kSinkMass);
        expectArray(prefix + "entropy_last", heads.entropyLast.values(), kEntropy);
        expectArray(prefix + "entropy_mean", heads.entropyMean.values(), kEntropy);
        expectArray(
            prefix + "entropy_without_sink_last", heads.entropyWithoutSinkLast.values(), kEntropyWithoutSink);
        ASSERT_EQ(heads.sinkMassMean.has_value(), m_case.tokens.size() > 1);
        if (heads.sinkMassMean)
            expectArray(prefix + "sink_mass_mean", heads.sinkMassMean->values(), kSinkMass);
    }

    void expectPatterns(const std::string &prefix, const PassResult &pass) const
    {
        const std::size_t tokens = m_case.tokens.size();
        int compared = 0;
        for (std::size_t layer = 0; layer < pass.layers.size(); ++layer) {
            const std::string name = prefix + "pattern." + std::to_string(layer);
            if (m_arrays.count(name) == 0)
                continue;
            const LayerRecord &record = *pass.layers[layer];
            std::vector<float> square(record.headCount() * tokens * tokens); // zeros above the diagonal
            for (std::size_t head = 0; head < record.headCount(); ++head)
                for (std::size_t query = 0; query < tokens; ++query) {
                    const auto row = record.patternRow(HeadIndex(static_cast<std::int32_t>(head)),
                        TokenPos(static_cast<std::int32_t>(query)));
                    std::copy(row.begin(), row.end(),
                        square.begin() + static_cast<std::ptrdiff_t>((head * tokens + query) * tokens));
                }
            expectArray(name, square, kPattern);
            ++compared;
        }
        if (prefix == "baseline.") { // the edits of the longer prompts hold none
            EXPECT_GE(compared, 1) << "the reference holds no pattern";
        }
    }

    // Rows 0 .. L-1 enter the layers, row L left the final norm; each relative to its norm.
    void expectResidual(const std::string &prefix, const PassResult &pass) const
    {
        const ReferenceArray &expected = test::arrayNamed(m_arrays, prefix + "residual_last_token");
        const std::size_t hidden = expected.shape.at(1);
        ASSERT_EQ(expected.shape.at(0), pass.layers.size() + 1);
        for (std::size_t row = 0; row <= pass.layers.size(); ++row) {
            const std::span<const float> got = row < pass.layers.size()
                ? pass.layers[row]->residualIn.row(m_case.tokens.size() - 1)
                : std::span<const float>(pass.finalNormLast);
            double squares = 0.0;
            double difference = 0.0;
            for (std::size_t at = 0; at < hidden; ++at) {
                const double value = expected.values[row * hidden + at];
                squares += value * value;
                difference += (static_cast<double>(got[at]) - value) * (static_cast<double>(got[at]) - value);
            }
            EXPECT_LE(std::sqrt(difference / squares), kResidualRelative)
                << prefix << "residual_last_token row " << row;
        }
    }

    void expectOutput(const ReferenceOutcome &outcome, const PassResult &pass) const
    {
        expectArray(outcome.name + ".logits_last", pass.logitsLast, kLogits);
        const std::vector<double> logP = logSoftmax(pass.logitsLast);
        EXPECT_NEAR(entropyNats(logP), outcome.outputEntropyNats, kOutputEntropy);
        EXPECT_EQ(outcome.top.size(), 20U);
        const auto top = topTokens(logP, 20, *m_session->model().tokenizer);
        for (std::size_t rank = 0; rank < outcome.top.size(); ++rank) {
            const double expected = std::log(outcome.top[rank].p);
            EXPECT_NEAR(logP[outcome.top[rank].id.asSize()], expected, kLogProbability)
                << "token at rank " << rank;
            EXPECT_NEAR(std::log(top.at(rank).p), expected, kLogProbability) << "rank " << rank;
        }
    }

    void expectPass(const ReferenceOutcome &outcome)
    {
        SCOPED_TRACE(outcome.name);
        const auto pass = run(outcome);
        ASSERT_NE(pass, nullptr);
        expectOutput(outcome, *pass);
        expectHeads(outcome.name + ".", *pass);
        expectPatterns(outcome.name + ".", *pass);
        expectResidual(outcome.name + ".", *pass);
    }

    void expectAnswers(const ReferenceOutcome &outcome, const PassResult &pass)
    {
        std::vector<std::string> texts;
        for (const test::ReferenceAnswer &answer : outcome.answers)
            texts.push_back(answer.text);
        PromptSpec spec;
        spec.ids = m_case.tokens;
        const TokenizedPrompt prompt = tokenizePrompt(m_session->model(), spec);
        const auto scores = scoreAnswers(m_session->transformer(),
            {.prompt = prompt,
                .pass = pass,
                .logProbabilitiesLast = logSoftmax(pass.logitsLast),
                .answers = texts,
                .intervention = &outcome.intervention},
            {});
        ASSERT_TRUE(scores.has_value());
        for (std::size_t at = 0; at < texts.size(); ++at) {
            EXPECT_EQ((*scores)[at].ids, outcome.answers[at].ids) << texts[at];
            EXPECT_NEAR((*scores)[at].logProb, outcome.answers[at].logProb,
                kAnswerPerToken * static_cast<double>(outcome.answers[at].ids.size()))
                << texts[at];
        }
    }

    ReferenceCase m_case;
    test::ReferenceArrays m_arrays;
    std::unique_ptr<test::ModelSession> m_session;
};

TEST_P(DefaultModel, TextGivesTheReferenceTokens)
{
    PromptSpec spec;
    spec.text = m_case.prompt;
    EXPECT_EQ(tokenizePrompt(m_session->model(), spec).ids, m_case.tokens);
    EXPECT_EQ(m_session->model().tokenizer->decode(m_case.tokens), m_case.prompt);
}

TEST_P(DefaultModel, PassesAgreeWithTheReference)
{
    for (const ReferenceOutcome &outcome : m_case.outcomes)
        expectPass(outcome);
}

TEST_P(DefaultModel, AnswersAgreeWithTheReference)
{
    for (const ReferenceOutcome &outcome : m_case.outcomes) {
        SCOPED_TRACE(outcome.name);
        expectAnswers(outcome, *run(outcome));
    }
}

TEST_P(DefaultModel, GreedyTokensEqualTheReference)
{
    int compared = 0;
    for (const ReferenceOutcome &outcome : m_case.outcomes) {
        if (outcome.greedy.empty())
            continue;
        SCOPED_TRACE(outcome.name);
        SamplingOptions options;
        options.maxNewTokens = 16;
        const auto pass = run(outcome);
        EXPECT_EQ(
            generate(m_session->transformer(), *pass, &outcome.intervention, options, {}), outcome.greedy);
        ++compared;
    }
    if (compared == 0)
        GTEST_SKIP() << "the reference holds no continuation of this prompt";
}

constexpr std::array kCases {"sst2_zero_shot", "sst2_four_shot", "boolq_passage", "chat_capital",
    "short_bos_free", "unicode", "single_token", "long_512"};

std::string caseName(const testing::TestParamInfo<const char *> &param)
{
    return param.param;
}

INSTANTIATE_TEST_SUITE_P(Reference, DefaultModel, testing::ValuesIn(kCases), caseName);

/// The same on the processor's tile unit. Where it is absent, the shortest prompts run on the model of the
/// unit.
class DefaultModelOnTiles : public DefaultModel {
protected:
    LoadOptions loadOptions() const override { return {.backend = GemmBackend::Amx}; }
};

TEST_P(DefaultModelOnTiles, PassesAgreeWithTheReference)
{
    constexpr std::size_t kFewTokens = 48; // three row tiles
    const bool isModelled = !amxAbsence().empty();
    if (isModelled && m_case.tokens.size() > kFewTokens)
        GTEST_SKIP() << "a prompt too long for the model of the tile unit, and " << amxAbsence();
    ASSERT_EQ(preparedBackend(m_session->model()), GemmBackend::Amx);
    for (const ReferenceOutcome &outcome : m_case.outcomes) {
        expectPass(outcome);
        if (isModelled)
            break; // the passes with edits multiply alike
    }
}

INSTANTIATE_TEST_SUITE_P(Reference, DefaultModelOnTiles, testing::ValuesIn(kCases), caseName);

} // namespace
} // namespace sinkscope
