// SPDX-License-Identifier: Apache-2.0
// Baselines and frozen edits in whole passes, against the slow reference.
#include "core/base/error.h"
#include "core/intervention/resolve.h"
#include "core/model/prepare_edits.h"
#include "tests/core/model/test_edits.h"
#include "tests/support/model_session.h"
#include "tests/support/pass_comparison.h"
#include "tests/support/tiny_model.h"
#include "tests/support/test_values.h"

#include <cmath>
#include <gtest/gtest.h>

namespace sinkscope {
namespace {

using test::agrees;
using test::headEdit;
using test::sameBytes;
using test::someTokens;

Baseline baselineOf(BaselineKind kind, double amount, int layerBegin = 0)
{
    Baseline made;
    made.kind = kind;
    made.amount = amount;
    made.layers = LayerSpan {LayerIndex(layerBegin), LayerIndex(3)};
    if (needsSpan(kind))
        made.span = TokenSpan {TokenPos(3), TokenPos(7)};
    return made;
}

class PrepareEdits : public testing::Test {
protected:
    Intervention prepared(const Intervention &asked, std::shared_ptr<const PassResult> unedited = nullptr)
    {
        return prepareEdits(m_session.transformer(), asked, m_tokens, std::move(unedited), {}).value();
    }
    /// The value by which the reference freezes: its own patterns.
    Intervention frozenByReference(const Intervention &asked) const
    {
        const auto reference = test::referenceForward(m_weights, m_tokens);
        std::vector<float> row;
        PromptFacts facts;
        facts.grid = {3, 4, 2};
        facts.tokens = m_tokens;
        facts.pattern = [&](HeadRef head, TokenPos query) {
            const auto weights =
                reference.patternRow(head.layer.asSize(), head.head.asSize(), query.asSize());
            row.assign(weights.begin(), weights.end());
            return std::span<const float>(row);
        };
        return resolveFor(asked, facts);
    }

    std::vector<TokenId> m_tokens = someTokens(18);
    test::ReferenceWeights m_weights = test::tinyWeights();
    test::ModelSession m_session {test::writeTinyModel()};
};

TEST_F(PrepareEdits, EveryBaselineAgreesWithTheReference)
{
    const auto unedited = m_session.run(m_tokens);
    Baseline last = baselineOf(BaselineKind::OtherToken, 2.0);
    last.token = TokenChoice::Middle;
    for (const Baseline &made : {baselineOf(BaselineKind::Uniform, 1.5), last,
             baselineOf(BaselineKind::Act, 0.4), baselineOf(BaselineKind::Pasta, 0.01),
             baselineOf(BaselineKind::InstaBoost, 7.0), baselineOf(BaselineKind::SpotLight, 0.4)}) {
        SCOPED_TRACE(baselineName(made.kind));
        Intervention asked;
        asked.add(made);
        const Intervention edits = prepared(asked, unedited);
        EXPECT_TRUE(edits.isResolved());
        const Intervention expected = frozenByReference(asked);
        const auto pass = m_session.run(m_tokens, &edits);
        const auto reference =
            test::referenceForward(m_weights, m_tokens, expected.edits(), -1, expected.frozen());
        EXPECT_TRUE(agrees(*pass, reference));
        EXPECT_FALSE(sameBytes(*pass, *unedited)) << "the baseline changed nothing";
    }
}

TEST_F(PrepareEdits, FrozenEditsTogetherWithEveryOtherKind)
{
    Intervention asked = test::withEdits(
        {headEdit(1, 2, 0.3), headEdit(1, 2, 1.4, 2, EditKind::Key), test::biasEdit(1, 2, 0.7, 4),
            headEdit(1, 2, 2.0, 0, EditKind::Gain), headEdit(0, 0, 1.3, 1, EditKind::KeyShared)});
    asked.add(baselineOf(BaselineKind::Act, 0.4));
    asked.add(baselineOf(BaselineKind::SpotLight, 0.5));
    const Intervention edits = prepared(asked);
    const Intervention expected = frozenByReference(asked);
    EXPECT_TRUE(agrees(*m_session.run(m_tokens, &edits),
        test::referenceForward(m_weights, m_tokens, expected.edits(), -1, expected.frozen())));
}

TEST_F(PrepareEdits, ReadsThePatternsItNeedsOnItsOwn)
{
    Intervention asked;
    asked.add(baselineOf(BaselineKind::Act, 0.4, 1));
    const Intervention fromPass = prepared(asked, m_session.run(m_tokens));
    EXPECT_FALSE(fromPass.frozen().empty());
    EXPECT_EQ(prepared(asked), fromPass);
    PassRequest bare;
    bare.tokens = m_tokens;
    bare.capture.patternBudgetBytes = 0;
    EXPECT_EQ(prepared(asked, m_session.transformer().run(bare, {})), fromPass);
    std::stop_source source;
    source.request_stop();
    EXPECT_FALSE(
        prepareEdits(m_session.transformer(), asked, m_tokens, nullptr, source.get_token()).has_value());
}

// A cached step continues as the whole pass over all tokens does, under the same frozen edits.
TEST_F(PrepareEdits, CachedStepsAgreeWithTheWholePass)
{
    Intervention asked;
    asked.add(baselineOf(BaselineKind::Act, 0.4));
    asked.add(baselineOf(BaselineKind::SpotLight, 0.5));
    const Intervention edits = prepared(asked);
    KvCache cache = KvCache::fromPass(*m_session.run(m_tokens, &edits));
    std::vector<TokenId> all = m_tokens;
    all.reserve(all.size() + 3);
    for (const int id : {5, 77, 130})
        all.emplace_back(id);
    const auto logits =
        m_session.transformer().extend(cache, std::span(all).subspan(m_tokens.size()), &edits, {});
    ASSERT_TRUE(logits.has_value());
    const auto reference = test::referenceForward(m_weights, all, edits.edits(), 17, edits.frozen());
    for (std::size_t row = 0; row < logits->rows(); ++row)
        for (std::size_t id = 0; id < logits->columns(); ++id)
            // fp32 against double on models of this size: see PassTolerances
            ASSERT_NEAR(logits->at(row, id), reference.logitsRow(18 + row)[id], 1e-4) << row << " " << id;
}

TEST_F(PrepareEdits, UnresolvedEditsDoNotRun)
{
    Intervention asked;
    asked.add(baselineOf(BaselineKind::Uniform, 2.0));
    EXPECT_THROW(m_session.run(m_tokens, &asked), RequestError);
    HeadEdit edit = headEdit(0, 0, 0.5);
    edit.key = KeyTarget::firstNonPad();
    const Intervention unresolved = test::withEdits({edit});
    EXPECT_THROW(m_session.run(m_tokens, &unresolved), RequestError);
    const Intervention plain = test::withEdits({headEdit(0, 0, 0.5)});
    EXPECT_EQ(prepared(unresolved), plain) << "the tiny model names no padding token";
}

} // namespace
} // namespace sinkscope
