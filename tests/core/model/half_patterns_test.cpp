// SPDX-License-Identifier: Apache-2.0
// Patterns in half precision: within its rounding of the fp32 ones, key 0 and all figures as they were, and
// whatever computes with patterns takes fp32.
#include "core/model/backward.h"
#include "core/model/prepare_edits.h"
#include "tests/core/model/test_edits.h"
#include "tests/support/model_session.h"
#include "tests/support/pass_comparison.h"
#include "tests/support/test_values.h"
#include "tests/support/tiny_model.h"

#include <cmath>
#include <gtest/gtest.h>

namespace sinkscope {
namespace {

using test::headEdit;
using test::sameBytes;
using test::withEdits;

constexpr std::size_t kTokens = 45;

// IEEE binary16: 11 bits of a normal number are rounded to nearest; below 2^-14 steps of 2^-24. A processor
// without conversion instructions may take a subnormal for 0.
double halfRounding(double weight)
{
    return std::max(
        weight * std::ldexp(1.0, -11), std::ldexp(1.0, -14) > weight ? std::ldexp(1.0, -14) : 0.0);
}

class HalfPatterns : public testing::Test {
protected:
    std::shared_ptr<const PassResult> run(
        std::size_t budgetBytes, const Intervention *edits = nullptr, std::vector<LayerIndex> layers = {})
    {
        PassRequest request;
        request.tokens = m_tokens;
        request.intervention = edits;
        request.capture.patternBudgetBytes = budgetBytes;
        request.capture.patternLayers = std::move(layers);
        return m_session.transformer().run(request, {});
    }
    std::size_t bytes(PatternPrecision precision) const
    {
        return patternBytes(m_session.model().config, kTokens, precision);
    }

    std::vector<TokenId> m_tokens = test::someTokens(static_cast<int>(kTokens));
    test::ModelSession m_session {test::writeTinyModel()};
};

TEST_F(HalfPatterns, TheBudgetDecides)
{
    // 3 layers x 4 heads x 45 * 46 / 2 weights, by hand
    EXPECT_EQ(bytes(PatternPrecision::Single), 12U * 1035U * 4U);
    EXPECT_EQ(bytes(PatternPrecision::Half), 12U * 1035U * 2U);
    const auto precisionOf = [&](std::size_t budget, std::size_t layer) {
        return run(budget, nullptr, {LayerIndex(1)})->layers[layer]->patternPrecision();
    };
    for (const std::size_t layer : {0U, 1U, 2U}) {
        EXPECT_EQ(precisionOf(bytes(PatternPrecision::Single), layer), PatternPrecision::Single);
        EXPECT_EQ(precisionOf(bytes(PatternPrecision::Single) - 1, layer), PatternPrecision::Half);
        EXPECT_EQ(precisionOf(bytes(PatternPrecision::Half), layer), PatternPrecision::Half);
        EXPECT_EQ(precisionOf(bytes(PatternPrecision::Half) - 1, layer),
            layer == 1 ? PatternPrecision::Single : PatternPrecision::None);
    }
}

TEST_F(HalfPatterns, AreThePatternsRoundedAndNothingElseChanges)
{
    const Intervention edits = withEdits({headEdit(0, 2, 0.2), headEdit(1, 1, 5.0)});
    const auto exact = run(bytes(PatternPrecision::Single), &edits);
    const auto halved = run(bytes(PatternPrecision::Half), &edits);
    double largest = 0.0;
    for (std::size_t layer = 0; layer < 3; ++layer) {
        const LayerRecord &a = *exact->layers[layer];
        const LayerRecord &b = *halved->layers[layer];
        for (const auto figures : {&LayerRecord::residualIn, &LayerRecord::sinkMass, &LayerRecord::entropy,
                 &LayerRecord::restEntropy, &LayerRecord::lastRow})
            EXPECT_TRUE(std::ranges::equal((a.*figures).values(), (b.*figures).values()));
        for (HeadIndex head; head.value < 4; ++head) {
            const std::vector<float> triangle = b.patternTriangle(head);
            ASSERT_EQ(triangle.size(), LayerRecord::triangleSize(kTokens));
            for (std::int32_t query = 0; query < static_cast<std::int32_t>(kTokens); ++query) {
                const std::span<const float> expected = a.patternRow(head, TokenPos(query));
                const std::span<const float> got =
                    std::span(triangle).subspan(LayerRecord::triangleSize(static_cast<std::size_t>(query)));
                EXPECT_EQ(got[0], expected[0]) << "key 0 is exact";
                for (std::size_t key = 1; key < expected.size(); ++key) {
                    const double difference =
                        std::fabs(static_cast<double>(got[key]) - static_cast<double>(expected[key]));
                    ASSERT_LE(difference, halfRounding(static_cast<double>(expected[key])))
                        << layer << ' ' << head.value << ' ' << query << ' ' << key;
                    largest = std::max(largest, difference);
                }
            }
        }
    }
    EXPECT_GT(largest, 1e-6) << "nothing was rounded";
    EXPECT_TRUE(std::ranges::equal(exact->logitsLast, halved->logitsLast));
}

TEST_F(HalfPatterns, ARestartOfLateRowsEqualsTheWholePass)
{
    const Intervention edits = withEdits({test::onRows(headEdit(1, 1, 0.3), QuerySelection::Kind::From, 30)});
    PassRequest request;
    request.tokens = m_tokens;
    request.intervention = &edits;
    request.capture.patternBudgetBytes = bytes(PatternPrecision::Half);
    request.restartFrom = run(bytes(PatternPrecision::Half));
    request.restartLayer = LayerIndex(1);
    request.restartRow = TokenPos(30);
    const auto pass = m_session.transformer().run(request, {});
    EXPECT_EQ(pass->firstComputedRow, TokenPos(30));
    EXPECT_TRUE(sameBytes(*pass, *run(bytes(PatternPrecision::Half), &edits)));
    request.restartFrom = run(bytes(PatternPrecision::Single));
    const auto fromSingle = m_session.transformer().run(request, {});
    EXPECT_EQ(fromSingle->firstComputedRow, TokenPos(0)) << "rows of another precision are not kept";
    EXPECT_EQ(fromSingle->layers[1]->patternPrecision(), PatternPrecision::Half);
}

TEST_F(HalfPatterns, BaselinesThatReadAttentionTakeItInSinglePrecision)
{
    Baseline act;
    act.kind = BaselineKind::Act;
    act.amount = 0.4;
    act.threshold = 0.05;
    act.layers = LayerSpan {LayerIndex(0), LayerIndex(3)};
    Intervention asked;
    asked.add(act);
    const auto prepared = [&](std::size_t budget) {
        return prepareEdits(m_session.transformer(), asked, m_tokens, run(budget), {}).value();
    };
    const Intervention expected = prepared(bytes(PatternPrecision::Single));
    EXPECT_FALSE(expected.frozen().empty());
    EXPECT_EQ(prepared(bytes(PatternPrecision::Half)), expected);
    const std::vector<LayerIndex> all {LayerIndex(0), LayerIndex(1), LayerIndex(2)};
    EXPECT_TRUE(sameBytes(
        *m_session.transformer().withPatterns(*run(bytes(PatternPrecision::Half)), nullptr, all, {}),
        *run(bytes(PatternPrecision::Single))));
}

TEST_F(HalfPatterns, DerivativesTakeThemInSinglePrecision)
{
    Gemm gemm(m_session.pool());
    BackwardPass backward(m_session.model(), gemm);
    const Matrix scalars =
        test::randomMatrix(2, static_cast<std::size_t>(m_session.model().config.vocabularySize), 5);
    const auto derive = [&](std::size_t budget) {
        const auto pass = run(budget);
        BackwardRequest request;
        request.pass = pass.get();
        request.logitGradients = scalars.view();
        return backward.run(request, {}).value();
    };
    const std::vector<Matrix> exact = derive(bytes(PatternPrecision::Single));
    const std::vector<Matrix> halved = derive(bytes(PatternPrecision::Half));
    for (std::size_t scalar = 0; scalar < 2; ++scalar)
        EXPECT_TRUE(std::ranges::equal(exact[scalar].values(), halved[scalar].values()));
}

} // namespace
} // namespace sinkscope
