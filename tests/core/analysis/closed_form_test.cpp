// SPDX-License-Identifier: Apache-2.0
// What the slider shows before a pass is done equals what a pass computes, from any recorded factor.
#include "core/analysis/closed_form.h"

#include "core/analysis/pass_difference.h"
#include "tests/core/model/test_edits.h"
#include "tests/support/model_session.h"
#include "tests/support/tiny_model.h"
#include "tests/support/test_values.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <numeric>

namespace sinkscope {
namespace {

// Against our own pass, which ran the layers below with the same bytes: fp32 rows of the same numbers, and an
// entropy of up to ln 21 = 3 nats that carries some 10 roundings of 2^-24 of it. In units of the norm for
// outputs and the stream.
constexpr double kOfPass = 1e-5;
// Against the slow pass in double, as PassTolerances: the recorded row carries the roundings of the layers
// below it too.
constexpr double kAttentionOfDouble = 2e-5;
constexpr double kEntropyOfDouble = 1e-4;

struct Setting {
    int layer = 0;
    double recorded = 1.0; ///< the factor of the recorded pass
};

class ClosedForm : public testing::TestWithParam<Setting> {
protected:
    Intervention editsWith(double gamma) const
    {
        // another head of the layer and one below are edited too: they stay as they are while this head's
        // factor moves
        Intervention edits = test::withEdits({test::headEdit(GetParam().layer, 3, 0.4)});
        edits.set(test::headEdit(GetParam().layer, 1, gamma));
        if (GetParam().layer > 0)
            edits.set(test::headEdit(GetParam().layer - 1, 0, 2.0));
        return edits;
    }

    AttentionOutput attentionOf(const PassResult &pass, const Intervention &edits)
    {
        return m_session.transformer()
            .attentionOutput(pass, &edits, LayerIndex(GetParam().layer), {})
            .value();
    }

    std::vector<TokenId> m_tokens = test::someTokens(21);
    test::ModelSession m_session {test::writeTinyModel()};
};

TEST_P(ClosedForm, EqualsTheSlowPassAtThatFactor)
{
    const auto layer = static_cast<std::size_t>(GetParam().layer);
    const HeadIndex head(1);
    const Intervention recorded = editsWith(GetParam().recorded);
    const auto pass = m_session.run(m_tokens, &recorded);
    const LayerRecord &record = *pass->layers[layer];
    for (const double gamma : {0.0, 0.01, 0.3, 1.0, 2.0, 50.0}) {
        SCOPED_TRACE(testing::Message() << "gamma " << gamma);
        const Intervention edits = editsWith(gamma);
        const auto reference = test::referenceForward(test::tinyWeights(), m_tokens, edits.edits());
        const std::vector<float> triangle = scaledPattern(record, head, gamma);
        ASSERT_EQ(triangle.size(), LayerRecord::triangleSize(m_tokens.size()));
        for (std::size_t query = 0; query < m_tokens.size(); ++query) {
            const auto expected = reference.patternRow(layer, 1, query);
            const ScaledRow row = scaledRow(record, head, TokenPos(static_cast<std::int32_t>(query)), gamma);
            EXPECT_NEAR(row.sinkMass, expected[0], kAttentionOfDouble) << "query " << query;
            EXPECT_NEAR(
                row.restMass, std::accumulate(expected.begin() + 1, expected.end(), 0.0), kAttentionOfDouble);
            EXPECT_NEAR(row.entropyNats, test::referenceEntropy(expected), kEntropyOfDouble)
                << "query " << query;
            EXPECT_NEAR(row.restEntropyNats, test::referenceRestEntropy(expected), kEntropyOfDouble);
            for (std::size_t key = 0; key <= query; ++key)
                ASSERT_NEAR(
                    triangle[LayerRecord::triangleSize(query) + key], expected[key], kAttentionOfDouble)
                    << "query " << query << " key " << key;
        }
    }
}

TEST_P(ClosedForm, EqualsAPassAtThatFactor)
{
    const HeadRef head {LayerIndex(GetParam().layer), HeadIndex(1)};
    const Intervention recordedEdits = editsWith(GetParam().recorded);
    const auto recorded = m_session.run(m_tokens, &recordedEdits);
    const auto recordedAttention = attentionOf(*recorded, recordedEdits);
    for (const double gamma : {0.0, 0.01, 0.3, 2.0, 7.0, 50.0}) {
        if (gamma == GetParam().recorded)
            continue; // nothing changes
        SCOPED_TRACE(testing::Message() << "gamma " << gamma);
        const Intervention edits = editsWith(gamma);
        const auto edited = m_session.run(m_tokens, &edits);
        const auto attention = attentionOf(*edited, edits);
        const ClosedFormError error =
            closedFormError(m_session.model(), {*recorded->layers[head.layer.asSize()], recordedAttention},
                {*edited->layers[head.layer.asSize()], attention}, head, gamma);
        EXPECT_LT(error.pattern, kOfPass);
        EXPECT_LT(error.entropyNats, kOfPass);
        EXPECT_LT(error.headOutput, kOfPass);
        EXPECT_LT(error.residual, kOfPass);
        // In units of the change itself, which is a difference of fp32 values: from 0 to 0.01 it is 1e-3 of
        // them, so that their roundings alone are 1e-4 of it.
        Matrix change = attention.projected;
        for (std::size_t at = 0; at < change.values().size(); ++at)
            change.values()[at] -= recordedAttention.projected.values()[at];
        const Matrix delta =
            scaledResidualDelta(*recorded->layers[head.layer.asSize()], m_session.model(), head, gamma);
        const bool isSmall = GetParam().recorded + gamma < 0.1;
        EXPECT_LT(rowDifference(delta.view(), change.view()), isSmall ? 1e-3 : kOfPass);
    }
}

// What the former test calls the pass's output is what its definition says.
TEST_P(ClosedForm, AttentionOfAPassIsItsPatternTimesTheValuesThroughTheProjection)
{
    const auto layer = static_cast<std::size_t>(GetParam().layer);
    const Intervention edits = editsWith(GetParam().recorded);
    const auto pass = m_session.run(m_tokens, &edits);
    const LayerRecord &record = *pass->layers[layer];
    const AttentionOutput attention = attentionOf(*pass, edits);
    const test::ReferenceWeights weights = test::tinyWeights();
    const std::size_t width = weights.heads * weights.headSize;
    ASSERT_EQ(attention.heads.columns(), width);
    ASSERT_EQ(attention.projected.columns(), weights.hidden);
    for (std::size_t query = 0; query < m_tokens.size(); ++query) {
        std::vector<double> heads(width);
        for (std::size_t column = 0; column < width; ++column) {
            const std::size_t head = column / weights.headSize;
            const std::size_t kvHead = head / (weights.heads / weights.kvHeads);
            const auto row = record.patternRow(
                HeadIndex(static_cast<int>(head)), TokenPos(static_cast<std::int32_t>(query)));
            for (std::size_t key = 0; key <= query; ++key)
                heads[column] += static_cast<double>(row[key])
                    * static_cast<double>(
                        record.values.at(key, kvHead * weights.headSize + column % weights.headSize));
            ASSERT_NEAR(attention.heads.at(query, column), heads[column], 1e-6); // a sum of 21 in fp32
        }
        for (std::size_t to = 0; to < weights.hidden; ++to) {
            double sum = 0.0;
            for (std::size_t column = 0; column < width; ++column)
                sum += weights.layers[layer].attentionOutput[to * width + column] * heads[column];
            ASSERT_NEAR(attention.projected.at(query, to), sum, 2e-6); // a sum of 32 in fp32
        }
    }
}

TEST_P(ClosedForm, RowZeroStays)
{
    const Intervention recorded = editsWith(GetParam().recorded);
    const auto pass = m_session.run(m_tokens, &recorded);
    for (const double gamma : {0.0, 1.0, 7.0}) {
        const ScaledRow row = scaledRow(
            *pass->layers[static_cast<std::size_t>(GetParam().layer)], HeadIndex(1), TokenPos(0), gamma);
        EXPECT_EQ(row.sinkMass, 1.0);
        EXPECT_EQ(row.restMass, 0.0);
        EXPECT_EQ(row.entropyNats, 0.0);
        EXPECT_EQ(row.restEntropyNats, 0.0);
        const LayerRecord &record = *pass->layers[static_cast<std::size_t>(GetParam().layer)];
        const Matrix output = scaledOutput(record, m_session.model().config, HeadIndex(0), gamma);
        for (std::size_t element = 0; element < output.columns(); ++element)
            EXPECT_EQ(output.at(0, element), record.values.at(0, element)); // its only value
        const Matrix delta = scaledResidualDelta(
            record, m_session.model(), {LayerIndex(GetParam().layer), HeadIndex(1)}, gamma);
        for (const float value : delta.row(0))
            EXPECT_EQ(value, 0.0F);
    }
}

INSTANTIATE_TEST_SUITE_P(FromRecords, ClosedForm,
    testing::Values(Setting {0, 1.0}, Setting {0, 0.0}, Setting {0, 3.0}, Setting {1, 1.0}, Setting {1, 0.0},
        Setting {2, 3.0}),
    [](const testing::TestParamInfo<Setting> &param) {
        return "Layer" + std::to_string(param.param.layer) + "Gamma"
            + std::to_string(static_cast<int>(param.param.recorded));
    });

/// One head of size 1 and two tokens: row 1 has weights a0 and 1 - a0 over the values 10 and 2.
LayerRecord handMadeRecord(float sinkMass, float restMass, float recordedGamma)
{
    LayerRecord record;
    record.residualIn = Matrix(2, 1);
    record.values = Matrix(2, 1);
    record.values.at(0, 0) = 10.0F;
    record.values.at(1, 0) = 2.0F;
    for (const auto figures : {&LayerRecord::sinkMass, &LayerRecord::restMass, &LayerRecord::restEntropy,
             &LayerRecord::sinkLogOdds})
        record.*figures = Matrix(1, 2);
    const float sum = recordedGamma * sinkMass + restMass;
    record.sinkMass.at(0, 0) = 1.0F;
    record.sinkMass.at(0, 1) = recordedGamma * sinkMass / sum;
    record.restMass.at(0, 1) = restMass / sum;
    record.sinkLogOdds.at(0, 0) = std::numeric_limits<float>::infinity();
    record.sinkLogOdds.at(0, 1) = std::log(sinkMass / restMass);
    record.patterns = {1.0F, record.sinkMass.at(0, 1), record.restMass.at(0, 1)};
    return record;
}

TEST(ScaledOutput, EqualsOneComputedByHand)
{
    ModelConfig config;
    config.headCount = 1;
    config.kvHeadCount = 1;
    config.headSize = 1;
    for (const float recorded : {1.0F, 0.0F, 3.0F}) {
        SCOPED_TRACE(recorded);
        // gamma 3 on 0.4 and 0.6: 1.2 / 1.8 of 10 and 0.6 / 1.8 of 2
        const LayerRecord record = handMadeRecord(0.4F, 0.6F, recorded);
        EXPECT_NEAR(scaledOutput(record, config, HeadIndex(0), 3.0).at(1, 0), 22.0 / 3.0, 1e-6);
        EXPECT_NEAR(scaledOutput(record, config, HeadIndex(0), 0.0).at(1, 0), 2.0, 1e-6);
        // a0 is 1 in fp32: the rest is small, and is all there is when key 0 goes
        const LayerRecord parked = handMadeRecord(1.0F, 1e-20F, recorded);
        EXPECT_NEAR(scaledOutput(parked, config, HeadIndex(0), 0.0).at(1, 0), 2.0, 1e-6);
        // log odds of 46 in fp32 are right to 4e-6, the output so to 4e-6 * 8 / 4
        EXPECT_NEAR(scaledOutput(parked, config, HeadIndex(0), 1e-20).at(1, 0), 6.0, 1e-5);
    }
}

TEST(ScaledResidualDelta, EqualsOneComputedByHandAlsoWhereKeyZeroTakesAll)
{
    const float projection = 2.0F; // W_o of a stream of size 1
    Model model;
    model.config.headCount = 1;
    model.config.kvHeadCount = 1;
    model.config.headSize = 1;
    model.weights.layers.resize(1);
    WeightMatrix &weights = model.weights.layers[0].attentionOutput;
    weights.outputs = 1;
    weights.inputs = 1;
    weights.stored = std::as_bytes(std::span(&projection, 1));
    const auto deltaOf = [&](const LayerRecord &record, double gamma) {
        return static_cast<double>(scaledResidualDelta(record, model, {}, gamma).at(1, 0));
    };
    // 2 (10 - 2) of the change of a0: from 0.4 to 1.2 / 1.8, from 0 to 0.4, from 1 to 0
    EXPECT_NEAR(deltaOf(handMadeRecord(0.4F, 0.6F, 1.0F), 3.0), 16.0 * (1.2 / 1.8 - 0.4), 5e-6);
    EXPECT_NEAR(deltaOf(handMadeRecord(0.4F, 0.6F, 0.0F), 1.0), 16.0 * 0.4, 5e-6);
    const LayerRecord parked = handMadeRecord(1.0F, 1e-10F, 1.0F); // a0 is 1 in fp32
    EXPECT_NEAR(deltaOf(parked, 0.0), -16.0, 5e-6);
    // 1 - a0 halves; log odds of 23 in fp32 are right to 1e-6
    EXPECT_NEAR(deltaOf(parked, 2.0), 16.0 * 0.5e-10, 1e-5 * 16.0 * 0.5e-10);
}

TEST(ScaledPattern, EmptyWithoutRecordedPatterns)
{
    test::ModelSession session(test::writeTinyModel());
    PassRequest request;
    const std::vector<TokenId> tokens = test::someTokens(21);
    request.tokens = tokens;
    request.capture.patternBudgetBytes = 0;
    const auto pass = session.transformer().run(request, {});
    EXPECT_TRUE(scaledPattern(*pass->layers[0], HeadIndex(0), 0.5).empty());
    EXPECT_TRUE(scaledOutput(*pass->layers[0], session.model().config, HeadIndex(0), 0.5).empty());
    EXPECT_TRUE(scaledResidualDelta(*pass->layers[0], session.model(), {}, 0.5).empty());
    EXPECT_GT(scaledRow(*pass->layers[0], HeadIndex(0), TokenPos(20), 0.5).entropyNats, 0.0);
}

} // namespace
} // namespace sinkscope
