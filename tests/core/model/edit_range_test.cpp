// SPDX-License-Identifier: Apache-2.0
// Extreme factors: 0 wins over any product, and a pass that leaves the numbers fails instead of showing them.
#include "core/base/error.h"
#include "tests/core/model/test_edits.h"
#include "tests/support/model_session.h"
#include "tests/support/test_values.h"
#include "tests/support/tiny_model.h"

#include <gtest/gtest.h>

namespace sinkscope {
namespace {

using test::headEdit;
using test::withEdits;
using Rows = QuerySelection::Kind;

class EditRange : public testing::Test {
protected:
    std::vector<TokenId> m_tokens = test::someTokens(18);
    test::ModelSession m_session {test::writeTinyModel()};
};

TEST_F(EditRange, ZeroWinsOverFactorsWhoseProductIsNoNumber)
{
    const HeadEdit gain = headEdit(1, 3, 1e4, 0, EditKind::Gain);
    const HeadEdit stored = headEdit(1, 3, 1e4, 0, EditKind::KeyShared);
    std::vector<HeadEdit> gains {headEdit(1, 3, 0.0, 0, EditKind::Gain)};
    std::vector<HeadEdit> keys {test::onKeys(headEdit(1, 3, 0.0, 0, EditKind::KeyShared), 0, 12)};
    for (int at = 1; at < 12; ++at) { // 10^44 is no fp32 number
        gains.push_back(test::onRows(gain, Rows::From, at));
        keys.push_back(test::onKeys(stored, 0, at));
    }
    const std::vector<std::pair<std::vector<HeadEdit>, HeadEdit>> cases {
        {{headEdit(1, 3, 1e200), test::onRows(headEdit(1, 3, 1e200), Rows::From, 1),
             test::onRows(headEdit(1, 3, 0.0), Rows::From, 1)},
            headEdit(1, 3, 0.0)},
        {gains, gains.front()}, {keys, keys.front()}};
    for (const auto &[many, zeroAlone] : cases) {
        const Intervention together = withEdits(many);
        const Intervention alone = withEdits({zeroAlone});
        EXPECT_EQ(m_session.run(m_tokens, &together)->logitsLast, m_session.run(m_tokens, &alone)->logitsLast)
            << kindName(zeroAlone.kind);
    }
}

TEST_F(EditRange, ProductsOutOfRangeAreRefused)
{
    const Intervention edits =
        withEdits({headEdit(1, 3, 1e200), test::onRows(headEdit(1, 3, 1e200), Rows::From, 1),
            test::onRows(headEdit(1, 3, 0.0), Rows::From, 2)});
    EXPECT_THROW(m_session.run(m_tokens, &edits), RequestError);
}

TEST_F(EditRange, LogitsThatAreNoNumbersFailThePass)
{
    FrozenEdit frozen; // not held to what a baseline may ask for
    frozen.head = {LayerIndex(1), HeadIndex(3)};
    frozen.amount = 1e300;
    frozen.keys = {TokenPos(1)};
    Intervention edits;
    edits.add(frozen);
    const auto sentenceOf = [](const auto &work) -> std::string {
        try {
            work();
        } catch (const Error &error) {
            return error.what();
        }
        return "no refusal";
    };
    const std::string ofPass = sentenceOf([&] { m_session.run(m_tokens, &edits); });
    EXPECT_NE(ofPass.find("not finite"), std::string::npos) << ofPass;
    const auto baseline = m_session.run(m_tokens);
    const std::vector<Intervention> variants {{}, edits};
    const std::string ofBatch = sentenceOf([&] {
        m_session.transformer().runBatch({.tokens = m_tokens,
                                             .variants = variants,
                                             .restartFrom = baseline,
                                             .restartLayer = {},
                                             .focus = {}},
            {});
    });
    EXPECT_NE(ofBatch.find("not finite"), std::string::npos) << ofBatch;
    KvCache cache = KvCache::fromPass(*baseline);
    const std::vector<TokenId> next {TokenId(5)};
    const std::string ofStep = sentenceOf([&] { m_session.transformer().extend(cache, next, &edits, {}); });
    EXPECT_NE(ofStep.find("not finite"), std::string::npos) << ofStep;
    EXPECT_EQ(cache.tokenCount(), m_tokens.size()) << "the step is taken back";
}

} // namespace
} // namespace sinkscope
