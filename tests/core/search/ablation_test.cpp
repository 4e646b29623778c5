// SPDX-License-Identifier: Apache-2.0
// Effects of removed heads equal slow passes without them.
#include "core/search/ablation.h"

#include "tests/core/model/test_edits.h"
#include "tests/support/model_session.h"
#include "tests/support/tiny_model.h"
#include "tests/support/test_values.h"

#include <cmath>
#include <gtest/gtest.h>

namespace sinkscope {
namespace {

// Differences of two fp32 passes of the tiny model, each within some 1e-6 of entropy and log-probabilities.
constexpr double kOfDouble = 1e-4;
constexpr MarginTokens kMargin {TokenId(40), TokenId(7)};

class HeadAblationTest : public testing::Test {
protected:
    VariantBase base()
    {
        if (!m_pass)
            m_pass = m_session.run(m_tokens, &m_edits);
        return {.tokens = m_tokens, .pass = m_pass, .intervention = &m_edits, .focus = {}};
    }

    std::vector<TokenId> m_tokens = test::someTokens(12);
    Intervention m_edits = test::withEdits({test::headEdit(1, 2, 0.3)});
    test::ModelSession m_session {test::writeTinyModel()};
    std::shared_ptr<const PassResult> m_pass;
};

TEST_F(HeadAblationTest, EqualsSlowPassesWithoutTheHead)
{
    HeadAblation ablation(m_session.transformer(), base(), kMargin);
    while (!ablation.done())
        ASSERT_EQ(ablation.advance({}), WorkStatus::Completed);
    const auto slow = [&](const Intervention &edits) {
        const auto pass = test::referenceForward(test::tinyWeights(), m_tokens, edits.edits());
        const std::vector<double> logProbabilities =
            test::referenceLogSoftmax(pass.logitsRow(m_tokens.size() - 1));
        double entropy = 0.0;
        for (const double value : logProbabilities)
            entropy -= std::exp(value) * value;
        return std::pair(entropy, logProbabilities[40] - logProbabilities[7]);
    };
    const auto [entropy, margin] = slow(m_edits);
    for (int layer = 0; layer < 3; ++layer)
        for (int head = 0; head < 4; ++head) {
            SCOPED_TRACE(testing::Message() << "layer " << layer << " head " << head);
            Intervention without = m_edits;
            HeadEdit edit = test::headEdit(layer, head, 1.0);
            edit.kind = EditKind::Ablate;
            without.set(edit);
            const auto [entropyWithout, marginWithout] = slow(without);
            const auto row = static_cast<std::size_t>(layer);
            const auto column = static_cast<std::size_t>(head);
            EXPECT_NEAR(ablation.effects().entropy.at(row, column), entropyWithout - entropy, kOfDouble);
            EXPECT_NEAR(ablation.effects().margin->at(row, column), marginWithout - margin, kOfDouble);
        }
}

TEST_F(HeadAblationTest, UppermostLayersComeFirstAndTheRestIsUnknown)
{
    std::vector<TokenId> tokens = test::someTokens(200); // five variants at once
    m_tokens = tokens;
    HeadAblation ablation(m_session.transformer(), base(), std::nullopt);
    ASSERT_EQ(ablation.advance({}), WorkStatus::Completed);
    EXPECT_EQ(ablation.effects().measured, variantsAtOnce(200));
    ASSERT_LT(ablation.effects().measured, 12U);
    EXPECT_FALSE(std::isnan(ablation.effects().entropy.at(2, 0)));
    EXPECT_TRUE(std::isnan(ablation.effects().entropy.at(0, 0)));
    EXPECT_FALSE(ablation.effects().margin);
}

TEST_F(HeadAblationTest, ACancelledStepIsRunAgain)
{
    HeadAblation ablation(m_session.transformer(), base(), kMargin);
    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ(ablation.advance(stop.get_token()), WorkStatus::Cancelled);
    EXPECT_EQ(ablation.effects().measured, 0U);
    EXPECT_EQ(ablation.advance({}), WorkStatus::Completed);
    EXPECT_EQ(ablation.effects().measured, 12U);
    EXPECT_TRUE(ablation.done());
}

} // namespace
} // namespace sinkscope
