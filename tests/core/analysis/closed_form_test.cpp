// SPDX-License-Identifier: Apache-2.0
// What the slider shows before a pass is done equals what a pass computes, from any recorded factor.
#include "core/analysis/closed_form.h"

#include "tests/core/model/test_edits.h"
#include "tests/support/model_session.h"
#include "tests/support/tiny_model.h"
#include "tests/support/test_values.h"

#include <gtest/gtest.h>
#include <numeric>

namespace sinkscope {
namespace {

// As PassTolerances: fp32 against double on models of this size, eightfold.
constexpr double kAttentionTolerance = 2e-5;
constexpr double kEntropyTolerance = 1e-4;

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

    std::vector<TokenId> m_tokens = test::someTokens(21);
    test::ModelSession m_session {test::writeTinyModel()};
};

TEST_P(ClosedForm, EqualsAPassAtThatFactor)
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
            EXPECT_NEAR(row.sinkMass, expected[0], kAttentionTolerance) << "query " << query;
            EXPECT_NEAR(row.restMass, std::accumulate(expected.begin() + 1, expected.end(), 0.0),
                kAttentionTolerance);
            EXPECT_NEAR(row.entropyNats, test::referenceEntropy(expected), kEntropyTolerance)
                << "query " << query;
            EXPECT_NEAR(row.restEntropyNats, test::referenceRestEntropy(expected), kEntropyTolerance);
            for (std::size_t key = 0; key <= query; ++key)
                ASSERT_NEAR(
                    triangle[LayerRecord::triangleSize(query) + key], expected[key], kAttentionTolerance)
                    << "query " << query << " key " << key;
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
    }
}

INSTANTIATE_TEST_SUITE_P(FromRecords, ClosedForm,
    testing::Values(Setting {0, 1.0}, Setting {0, 0.0}, Setting {0, 3.0}, Setting {1, 1.0}, Setting {1, 0.0},
        Setting {2, 3.0}),
    [](const testing::TestParamInfo<Setting> &param) {
        return "Layer" + std::to_string(param.param.layer) + "Gamma"
            + std::to_string(static_cast<int>(param.param.recorded));
    });

TEST(ScaledPattern, EmptyWithoutRecordedPatterns)
{
    test::ModelSession session(test::writeTinyModel());
    PassRequest request;
    const std::vector<TokenId> tokens = test::someTokens(21);
    request.tokens = tokens;
    request.capture.patternBudgetBytes = 0;
    const auto pass = session.transformer().run(request, {});
    EXPECT_TRUE(scaledPattern(*pass->layers[0], HeadIndex(0), 0.5).empty());
    EXPECT_GT(scaledRow(*pass->layers[0], HeadIndex(0), TokenPos(20), 0.5).entropyNats, 0.0);
}

} // namespace
} // namespace sinkscope
