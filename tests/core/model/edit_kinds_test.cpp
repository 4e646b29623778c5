// SPDX-License-Identifier: Apache-2.0
// What single kinds of edits do beside the weights: stored keys, rows that are counted, refusals.
#include "core/base/error.h"
#include "tests/core/model/test_edits.h"
#include "tests/support/model_session.h"
#include "tests/support/tiny_model.h"
#include "tests/support/test_values.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace sinkscope {
namespace {

using test::headEdit;
using test::withEdits;

class EditKinds : public testing::Test {
protected:
    std::vector<TokenId> m_tokens = test::someTokens(18);
    test::ModelSession m_session {test::writeTinyModel()};
};

TEST_F(EditKinds, SharedKeysAreScaledWhereTheyAreStored)
{
    const auto baseline = m_session.run(m_tokens);
    const Intervention edits = withEdits({headEdit(1, 1, 0.5, 3, EditKind::KeyShared)});
    const auto pass = m_session.run(m_tokens, &edits);
    const Matrix &before = baseline->layers[1]->keys;
    const Matrix &after = pass->layers[1]->keys;
    for (std::size_t row = 0; row < before.rows(); ++row)
        for (std::size_t at = 0; at < before.columns(); ++at)
            EXPECT_EQ(
                after.at(row, at), (row == 3 && at < 8 ? 0.5F : 1.0F) * before.at(row, at)); // heads 0, 1
}

// The last layer of a stack keeps the last rows only; stored keys must be scaled before that.
TEST_F(EditKinds, VariantsStackedEqualThoseRunAlone)
{
    const auto baseline = m_session.run(m_tokens);
    const std::vector<test::NamedIntervention> all = test::manyInterventions();
    std::vector<Intervention> variants;
    variants.reserve(all.size() + 2);
    for (const test::NamedIntervention &named : all)
        variants.push_back(named.intervention);
    for (const EditKind kind : {EditKind::KeyShared, EditKind::Gain})
        variants.push_back(withEdits({headEdit(2, 1, 0.4, 0, kind)}));
    const auto stacked = m_session.transformer().runBatch(
        {.tokens = m_tokens, .variants = variants, .restartFrom = baseline, .restartLayer = {}, .focus = {}},
        {});
    ASSERT_TRUE(stacked.has_value());
    for (std::size_t variant = 0; variant < variants.size(); ++variant) {
        const auto alone = m_session.run(m_tokens, &variants[variant]);
        for (std::size_t id = 0; id < alone->logitsLast.size(); ++id)
            // OpenBLAS chooses kernels by shape; the packed backend gives the same bytes
            ASSERT_NEAR(stacked->logitsLast.at(variant, id), alone->logitsLast[id], 1e-5) << variant;
    }
}

TEST_F(EditKinds, RowsThatCannotSeeTheKeysAreCountedAndStay)
{
    // Key 5 is seen from row 5 on; rows 0 to 4 of 18 are not. Of rows 2 to 6 three do not see [5, 9).
    const Intervention edits = withEdits({headEdit(2, 1, 0.0, 5),
        test::onRows(test::onKeys(headEdit(2, 2, 3.0), 5, 9), QuerySelection::Kind::Span, 2, 7),
        headEdit(2, 3, 1.0, 9), test::ablateEdit(2, 0)});
    const auto pass = m_session.run(m_tokens, &edits);
    EXPECT_EQ(pass->rowsWithoutTarget, 8U);
    const auto baseline = m_session.run(m_tokens);
    EXPECT_EQ(baseline->rowsWithoutTarget, 0U);
    for (int query = 0; query < 5; ++query)
        EXPECT_TRUE(std::ranges::equal(pass->layers[2]->patternRow(HeadIndex(1), TokenPos(query)),
            baseline->layers[2]->patternRow(HeadIndex(1), TokenPos(query))));
}

TEST_F(EditKinds, HeadsOfAGroupCannotScaleTheirKeyByDifferentFactors)
{
    const Intervention edits =
        withEdits({headEdit(0, 0, 0.5, 1, EditKind::KeyShared), headEdit(0, 1, 2.0, 1, EditKind::KeyShared)});
    EXPECT_THROW(m_session.run(m_tokens, &edits), RequestError);
    const Intervention others =
        withEdits({headEdit(0, 1, 0.5, 1, EditKind::KeyShared), headEdit(0, 2, 2.0, 1, EditKind::KeyShared)});
    EXPECT_NO_THROW(m_session.run(m_tokens, &others));
}

} // namespace
} // namespace sinkscope
