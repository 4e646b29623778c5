// SPDX-License-Identifier: Apache-2.0
// What a pass computes beside its records only when it is asked, and what it says of itself.
#include "tests/core/model/test_edits.h"
#include "tests/support/model_session.h"
#include "tests/support/pass_comparison.h"
#include "tests/support/test_values.h"
#include "tests/support/tiny_model.h"

#include <gtest/gtest.h>

namespace sinkscope {
namespace {

using test::headEdit;
using test::sameBytes;
using test::withEdits;

class Capture : public testing::Test {
protected:
    std::vector<TokenId> m_tokens = test::someTokens(18);
    test::ModelSession m_session {test::writeTinyModel()};
};

TEST_F(Capture, PatternsAddedLaterAreThoseOfThePass)
{
    const Intervention edits = withEdits({headEdit(1, 2, 0.3), headEdit(0, 1, 1.5, 2, EditKind::KeyShared)});
    PassRequest request;
    request.tokens = m_tokens;
    request.intervention = &edits;
    const auto whole = m_session.transformer().run(request, {});
    request.capture.patternBudgetBytes = 0;
    const auto bare = m_session.transformer().run(request, {});
    const std::vector<LayerIndex> two {LayerIndex(0), LayerIndex(1)};
    const auto added = m_session.transformer().withPatterns(*bare, &edits, two, {});
    EXPECT_EQ(added->layers[2], bare->layers[2]) << "a layer that nobody asked for was computed";
    const std::vector<LayerIndex> third {LayerIndex(2)};
    EXPECT_TRUE(sameBytes(*m_session.transformer().withPatterns(*added, &edits, third, {}), *whole));
    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ(m_session.transformer().withPatterns(*bare, &edits, two, stop.get_token()), nullptr);
}

TEST_F(Capture, WithoutLogitsTheRecordsAreTheSame)
{
    PassRequest request;
    request.tokens = m_tokens;
    const auto whole = m_session.transformer().run(request, {});
    request.capture.logitRows = LogitRows::None;
    const auto records = m_session.transformer().run(request, {});
    EXPECT_TRUE(records->logitsLast.empty());
    for (std::size_t layer = 0; layer < 3; ++layer)
        EXPECT_TRUE(std::ranges::equal(records->layers[layer]->patterns, whole->layers[layer]->patterns));
}

TEST_F(Capture, RowsWithoutATargetAreOfThisPassAlone)
{
    const Intervention late = withEdits({headEdit(1, 1, 0.5, 9)}); // rows 0 to 8 do not see key 9
    EXPECT_EQ(m_session.run(m_tokens, &late)->rowsWithoutTarget, 9U);
    EXPECT_EQ(m_session.run(m_tokens)->rowsWithoutTarget, 0U);
}

} // namespace
} // namespace sinkscope
