// SPDX-License-Identifier: Apache-2.0
// What a person may change of an engine that runs, and curves over edits of other kinds.
#include "tests/core/engine/engine_fixture.h"
#include "tests/support/model_session.h"

#include <gtest/gtest.h>

namespace sinkscope {
namespace {

using EngineLimitsTest = EngineFixture;

TEST_F(EngineLimitsTest, AnotherNumberOfThreadsGivesTheSameBytes)
{
    turn(1, 0, 3.0);
    const PassAnswer before = ask(m_engine);
    m_engine.setLimits({.threadCount = 5, .checkpointBudgetBytes = 0});
    EXPECT_EQ(m_engine.threadCount(), 5);
    turn(1, 1, 0.5); // nothing of it was computed before
    const PassAnswer now = ask(m_engine);
    const PassAnswer afresh = askAfresh();
    EXPECT_EQ(*now.edited->logProbabilities, *afresh.edited->logProbabilities);
    EXPECT_NE(*now.edited->logProbabilities, *before.edited->logProbabilities);
}

TEST_F(EngineLimitsTest, AnotherBudgetOfPatternsHoldsForAllThatIsShown)
{
    turn(1, 0, 3.0);
    m_question.patternLayers = {LayerIndex(1)};
    const PassAnswer whole = ask(m_engine);
    EXPECT_TRUE(whole.edited->pass->layers.front()->hasPatterns());
    m_question.patternBudgetBytes = 0;
    const PassAnswer little = ask(m_engine);
    for (const std::shared_ptr<const Snapshot> &side : {little.baseline, little.edited}) {
        EXPECT_TRUE(side->patternsLeftOut);
        EXPECT_FALSE(side->pass->layers.front()->hasPatterns());
        EXPECT_TRUE(side->pass->layers[1]->hasPatterns()) << "the layer on screen stays";
    }
    EXPECT_EQ(*little.edited->logProbabilities, *whole.edited->logProbabilities);
    m_question.patternBudgetBytes = std::size_t {1} << 30;
    EXPECT_TRUE(ask(m_engine).baseline->pass->layers.front()->hasPatterns());
}

// A curve over another kind of edit moves that edit and holds the factor of key 0 beside it.
TEST_F(EngineLimitsTest, CurvePointsOfOtherKindsEqualSingleQuestions)
{
    const HeadRef head {LayerIndex(1), HeadIndex(2)};
    for (const EditKind kind : {EditKind::Key, EditKind::KeyShared, EditKind::Logit, EditKind::Gain}) {
        SCOPED_TRACE(kindName(kind));
        HeadEdit turned;
        turned.kind = kind;
        if (hasKeys(kind))
            turned.key = KeyTarget(TokenPos(1));
        CurveQuestion curve {
            .id = 7, .scope = {{head, 2.0}}, .turned = turned, .gammas = {1.5, 0.5, 0.0}, .focus = head};
        m_question.answers = {"a", "b"};
        m_question.intervention.clear();
        turn(1, 2, 3.0);
        ask(m_engine);
        const std::vector<CurvePoint> points = m_engine.curvePoints(curve, 0, {});
        ASSERT_EQ(points.size(), 3U);
        for (const CurvePoint &point : points) {
            HeadEdit edit = turned;
            edit.head = head;
            edit.gamma = 2.0 * point.gamma; // 3, 1 (no edit) and 0
            m_question.intervention.remove(edit);
            if (edit.gamma != 1.0)
                m_question.intervention.set(edit);
            const PassAnswer single = askAfresh();
            EXPECT_NEAR(point.outputEntropyNats, single.edited->output.entropyNats, kSamePass) << point.gamma;
            EXPECT_NEAR(point.focusEntropyNats, single.edited->heads->entropyLast.at(1, 2), kSamePass);
        }
    }
}

} // namespace
} // namespace sinkscope
