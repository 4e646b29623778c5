// SPDX-License-Identifier: Apache-2.0
// What the window shows while a slider moves is what a pass with that factor gives.
#include "tests/support/tiny_model.h"
#include "tests/ui/fake_engine.h"

#include "core/engine/engine.h"
#include "ui/panels/status_line.h"
#include "ui/state/live_attention.h"

#include <QCoreApplication>

#include <gtest/gtest.h>

using namespace sinkscope;
using namespace sinkscope::ui;
using namespace sinkscope::test;

namespace {

constexpr double kClosedForm = 2e-5; // fp32 rows against the closed form in double

struct LiveBench {
    Engine reference;
    ResultRelay relay;
    FakeEngine engine {relay};
    EngineController controller {engine, relay};
    AppState state {controller};

    LiveBench()
    {
        const auto model = reference.loadModel(writeTinyModel(), {}, {});
        SessionValue session;
        session.prompt.text = "the cat sat on the mat";
        state.restoreSession(session);
        controller.openModel(QStringLiteral("x"));
        engine.listener().modelLoaded(engine.loadId, model);
        QCoreApplication::processEvents();
        answer();
    }
    /// The newest question, answered by the reference engine.
    void answer()
    {
        const PassAnswer full = *reference.complete(*reference.preview(engine.questions.back(), {}), {});
        engine.answerFull(full.id, full.baseline, full.edited);
        QCoreApplication::processEvents();
    }
    void turn(HeadRef head, double gamma) { state.setFactors({{head, gamma}}, QStringLiteral("x")); }
};

void expectSame(const FloatRun &left, const FloatRun &right)
{
    ASSERT_EQ(left.values.size(), right.values.size());
    for (std::size_t index = 0; index < left.values.size(); ++index)
        EXPECT_NEAR(left.values[index], right.values[index], kClosedForm) << index;
}

class LiveAttentionTest : public testing::TestWithParam<double> { };

TEST_P(LiveAttentionTest, TheTurnedHeadIsExactBeforeThePass)
{
    LiveBench bench;
    const HeadRef below {LayerIndex(0), HeadIndex(1)};
    const HeadRef head {LayerIndex(1), HeadIndex(3)};
    bench.turn(below, 3.0); // held
    bench.answer();
    bench.turn(head, GetParam() == 0.0 ? 7.0 : 0.0); // the pass that is on screen has another factor
    bench.answer();
    bench.turn(head, GetParam());

    const LiveAttention live(bench.state);
    ASSERT_EQ(live.firstOldLayer(), LayerIndex(2));
    EXPECT_FALSE(live.isOld(head.layer));
    const HeadReading before = live.edited(head);
    const std::vector<float> sink = live.editedMeasure(HeadMeasure::SinkMassLast);
    const std::vector<float> sinkMean = live.editedMeasure(HeadMeasure::SinkMassMean);
    const std::vector<float> entropyMean = live.editedMeasure(HeadMeasure::EntropyMean);
    bench.answer();
    const LiveAttention fresh(bench.state);
    EXPECT_FALSE(fresh.firstOldLayer().has_value());
    const HeadReading after = fresh.edited(head);
    expectSame(before.pattern, after.pattern);
    expectSame(before.sinkMass, after.sinkMass);
    expectSame(before.entropy, after.entropy);
    expectSame(before.restEntropy, after.restEntropy);
    const std::size_t cell = 1 * 4 + 3;
    EXPECT_NEAR(sink[cell], fresh.editedMeasure(HeadMeasure::SinkMassLast)[cell], kClosedForm);
    EXPECT_NEAR(sinkMean[cell], fresh.editedMeasure(HeadMeasure::SinkMassMean)[cell], kClosedForm);
    EXPECT_NEAR(entropyMean[cell], fresh.editedMeasure(HeadMeasure::EntropyMean)[cell], kClosedForm);
}

INSTANTIATE_TEST_SUITE_P(Factors, LiveAttentionTest, testing::Values(0.0, 0.05, 1.0, 2.5, 100.0));

TEST(LiveAttention, WithoutAnAnswerThereIsNothing)
{
    ResultRelay relay;
    FakeEngine engine(relay);
    EngineController controller(engine, relay);
    const AppState state(controller);
    EXPECT_TRUE(LiveAttention(state).isEmpty());
}

TEST(LiveAttention, ReadsPatternsInHalfPrecision)
{
    LiveBench bench;
    const HeadRef head {LayerIndex(1), HeadIndex(3)};
    const FloatRun exact = LiveAttention(bench.state).baseline(head).pattern;
    const std::size_t tokens = bench.state.baseline()->prompt->ids.size();
    bench.turn({LayerIndex(0), HeadIndex(1)}, 3.0);
    PassQuestion question = bench.engine.questions.back();
    question.patternBudgetBytes =
        patternBytes(bench.reference.model()->config, tokens, PatternPrecision::Half);
    Engine halving;
    halving.loadModel(bench.reference.model()->path, {}, {});
    const PassAnswer halved = *halving.complete(*halving.preview(question, {}), {});
    bench.engine.answerFull(question.id, halved.baseline, halved.edited);
    QCoreApplication::processEvents();
    ASSERT_TRUE(bench.state.baseline()->patternsInHalf);
    const LiveAttention live(bench.state);
    const FloatRun got = live.baseline(head).pattern;
    ASSERT_EQ(got.values.size(), exact.values.size());
    for (std::size_t at = 0; at < exact.values.size(); ++at) // 11 bits, and steps of 2^-24 below 2^-14
        EXPECT_NEAR(got.values[at], exact.values[at], 0x1p-11F * exact.values[at] + 0x1p-14F) << at;
    EXPECT_NEAR(greatestRestWeight(*halved.baseline),
        greatestRestWeight(*bench.reference.preview(question, {})->baseline), 0x1p-11);
    EXPECT_GT(greatestRestChange(*halved.baseline, *halved.edited), 0x1p-10);

    EXPECT_EQ(precisionNote(nullptr).text, QStringLiteral("fp32"));
    EXPECT_TRUE(precisionNote(halved.edited.get()).text.contains(QStringLiteral("patterns fp16")));
    EXPECT_TRUE(precisionNote(halved.edited.get()).toolTip.contains(QStringLiteral("half precision")));
    Snapshot leftOut;
    leftOut.patternsLeftOut = true;
    Snapshot coarse;
    coarse.precision = GemmPrecision::TwoTerms;
    EXPECT_EQ(precisionNote(&coarse).text, QStringLiteral("bf16 x2"));
    EXPECT_TRUE(precisionNote(&leftOut).text.contains(QStringLiteral("patterns of one layer")));
}

TEST(LiveAttention, OtherHeadsOfTheLayerKeepTheirValues)
{
    LiveBench bench;
    const HeadRef head {LayerIndex(1), HeadIndex(3)};
    const HeadRef neighbour {LayerIndex(1), HeadIndex(0)};
    bench.turn(head, 5.0);
    const LiveAttention live(bench.state);
    expectSame(live.edited(neighbour).pattern, live.baseline(neighbour).pattern);
    EXPECT_EQ(live.editedMeasure(HeadMeasure::Factor)[1 * 4 + 3], 5.0F);
}

HeadEdit keyEdit(HeadRef head, double gamma)
{
    HeadEdit edit;
    edit.head = head;
    edit.kind = EditKind::Key;
    edit.key = KeyTarget(TokenPos(2));
    edit.gamma = gamma;
    return edit;
}

TEST(LiveAttention, AnEditOfAnotherKindIsOldUntilItsPass)
{
    LiveBench bench;
    const HeadRef head {LayerIndex(1), HeadIndex(3)};
    EXPECT_FALSE(bench.state.setEdits({keyEdit(head, 3.0)}, QStringLiteral("x")).has_value());
    const LiveAttention live(bench.state);
    EXPECT_EQ(live.firstOldLayer(), head.layer) << "no closed form knows a scaled key";
    expectSame(live.edited(head).pattern, live.baseline(head).pattern);
    EXPECT_EQ(live.editedMeasure(HeadMeasure::Factor)[1 * 4 + 3], 1.0F) << "it is no factor of key 0";
    EXPECT_FALSE(live.isOld(LayerIndex(0)));
    bench.answer();
    EXPECT_FALSE(LiveAttention(bench.state).firstOldLayer().has_value());
}

TEST(LiveAttention, AFactorBesideAnotherKindOnTheSameHeadIsOldUntilItsPass)
{
    LiveBench bench;
    const HeadRef head {LayerIndex(1), HeadIndex(3)};
    bench.state.setEdits({keyEdit(head, 3.0)}, QStringLiteral("x"));
    bench.answer();
    bench.turn(head, 4.0);
    EXPECT_EQ(LiveAttention(bench.state).firstOldLayer(), head.layer);
}

TEST(LiveAttention, AFactorOfAnotherHeadStaysExactWhileOtherKindsAreHeld)
{
    LiveBench bench;
    const HeadRef held {LayerIndex(1), HeadIndex(0)};
    const HeadRef head {LayerIndex(1), HeadIndex(3)};
    bench.state.setEdits({keyEdit(held, 3.0)}, QStringLiteral("x"));
    bench.answer();
    bench.turn(head, 4.0);
    const LiveAttention live(bench.state);
    ASSERT_EQ(live.firstOldLayer(), LayerIndex(2));
    const HeadReading turned = live.edited(head);
    const HeadReading other = live.edited(held);
    bench.answer();
    const LiveAttention fresh(bench.state);
    expectSame(turned.pattern, fresh.edited(head).pattern);
    expectSame(turned.entropy, fresh.edited(head).entropy);
    expectSame(other.pattern, fresh.edited(held).pattern);
}

TEST(LiveAttention, GreatestWeightsIgnoreKeyZero)
{
    LiveBench bench;
    bench.turn({LayerIndex(0), HeadIndex(0)}, 0.0);
    bench.answer();
    const double greatest = greatestRestWeight(*bench.state.edited());
    EXPECT_GT(greatest, 0.0);
    EXPECT_LE(greatest, 1.0);
    EXPECT_NEAR(greatest, 1.0, 1e-6); // row 1 of the head that ignores key 0 reads key 1 alone
    EXPECT_GT(greatestRestChange(*bench.state.baseline(), *bench.state.edited()), 0.0);
}

} // namespace
