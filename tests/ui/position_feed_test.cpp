// SPDX-License-Identifier: Apache-2.0
// When the output at a position is asked for, which answer is shown, and when it counts as old.
#include "tests/ui/fake_engine.h"

#include "ui/state/position_feed.h"

#include <QCoreApplication>

#include <gtest/gtest.h>

using namespace sinkscope;
using namespace sinkscope::ui;
using namespace sinkscope::test;
using Need = PositionFeed::LensNeed;

namespace {

constexpr HeadRef kHead {LayerIndex(1), HeadIndex(2)};
constexpr std::size_t kTokens = 6;

std::shared_ptr<Snapshot> ofSixTokens(const Intervention &edits)
{
    std::shared_ptr<Snapshot> snapshot = snapshotOf(edits);
    auto prompt = std::make_shared<TokenizedPrompt>();
    prompt->ids.resize(kTokens);
    snapshot->prompt = prompt;
    return snapshot;
}

/// A feed over a fake engine with a model of 2 layers and a prompt of six tokens.
struct FeedBench {
    ResultRelay relay;
    FakeEngine engine {relay};
    EngineController controller {engine, relay};
    AppState state {controller};
    Selection selection;
    PositionFeed feed {controller, state, selection};

    FeedBench()
    {
        controller.openModel(QStringLiteral("x"));
        engine.listener().modelLoaded(engine.loadId, modelWithoutWeights());
        deliver();
        state.setAnswers({"yes", "no"});
        answer();
    }
    void deliver() { QCoreApplication::processEvents(); }
    void answer()
    {
        const PassQuestion &question = engine.questions.back();
        engine.answerFull(question.id, ofSixTokens({}), ofSixTokens(question.intervention));
        deliver();
    }
    void pin(int row) { selection.setPinned({row, 0}); }
    /// The answer to what was asked last, or to `question`.
    void tell() { tell(engine.positionQuestions.back()); }
    void tell(const PositionQuestion &question)
    {
        auto position = std::make_shared<PositionAnswer>();
        position->question = question;
        engine.listener().positionComputed(position);
        deliver();
    }
    int shownPosition() const
    {
        const auto shown = feed.answerOrNull(LensLayers::Last);
        return shown ? shown->question.position.value : -1;
    }
};

TEST(PositionFeed, TheLastPositionNeedsNoQuestionUnlessTheLensIsOpen)
{
    FeedBench bench;
    EXPECT_TRUE(bench.engine.positionQuestions.empty());
    bench.selection.setOutputRow(OutputRow::Pinned); // no row is pinned
    bench.pin(5); // the last
    EXPECT_TRUE(bench.feed.isLast());
    EXPECT_TRUE(bench.engine.positionQuestions.empty());
    bench.feed.setLensNeed(Need::Wanted);
    ASSERT_EQ(bench.engine.positionQuestions.size(), 1U);
    EXPECT_EQ(bench.engine.positionQuestions[0].position, TokenPos(5));
    EXPECT_EQ(bench.engine.positionQuestions[0].layers, LensLayers::All);
    bench.tell();
    EXPECT_EQ(bench.shownPosition(), 5);
    bench.feed.setLensNeed(Need::None);
    bench.feed.setLensNeed(Need::Wanted);
    EXPECT_EQ(bench.engine.positionQuestions.size(), 1U) << "it is here already";
}

TEST(PositionFeed, FollowsThePinnedRowAndShowsNoOther)
{
    FeedBench bench;
    bench.pin(2);
    EXPECT_TRUE(bench.engine.positionQuestions.empty()) << "the last position is chosen";
    bench.selection.setOutputRow(OutputRow::Pinned);
    ASSERT_EQ(bench.engine.positionQuestions.size(), 1U);
    EXPECT_EQ(bench.engine.positionQuestions[0].layers, LensLayers::Last);
    EXPECT_EQ(bench.shownPosition(), -1);
    EXPECT_EQ(bench.feed.missingReason(), QStringLiteral("being computed"));
    bench.pin(3);
    bench.tell(bench.engine.positionQuestions[0]); // late: another row is wanted
    EXPECT_EQ(bench.shownPosition(), -1);
    bench.tell();
    EXPECT_EQ(bench.shownPosition(), 3);
    bench.selection.setOutputRow(OutputRow::Last);
    EXPECT_EQ(bench.shownPosition(), -1) << "of another position than the last";
}

TEST(PositionFeed, OutputAloneIsNoAnswerForTheLens)
{
    FeedBench bench;
    bench.pin(2);
    bench.selection.setOutputRow(OutputRow::Pinned);
    bench.tell();
    EXPECT_NE(bench.feed.answerOrNull(LensLayers::Last), nullptr);
    EXPECT_EQ(bench.feed.answerOrNull(LensLayers::All), nullptr);
    bench.feed.setLensNeed(Need::Wanted);
    bench.tell();
    EXPECT_NE(bench.feed.answerOrNull(LensLayers::All), nullptr);
    EXPECT_NE(bench.feed.answerOrNull(LensLayers::Last), nullptr);
}

TEST(PositionFeed, IsOldFromTheEditOnAndAskedAgainAfterTheFullAnswer)
{
    FeedBench bench;
    bench.pin(2);
    bench.selection.setOutputRow(OutputRow::Pinned);
    bench.tell();
    EXPECT_FALSE(bench.feed.isOld());
    bench.state.setFactors({{kHead, 2.0}}, {});
    EXPECT_TRUE(bench.feed.isOld());
    EXPECT_EQ(bench.shownPosition(), 2) << "the former one stays, dimmed";
    EXPECT_EQ(bench.engine.positionQuestions.size(), 1U);
    bench.answer();
    ASSERT_EQ(bench.engine.positionQuestions.size(), 2U);
    bench.tell(bench.engine.positionQuestions[0]); // of the edits before
    EXPECT_TRUE(bench.feed.isOld());
    bench.tell();
    EXPECT_FALSE(bench.feed.isOld());
}

TEST(PositionFeed, OfAFormerPromptNothingIsShown)
{
    FeedBench bench;
    bench.pin(2);
    bench.selection.setOutputRow(OutputRow::Pinned);
    bench.tell();
    PromptSpec prompt;
    prompt.text = "another";
    bench.state.setPrompt(prompt);
    EXPECT_EQ(bench.shownPosition(), 2) << "the picture is of the former prompt, as all others";
    EXPECT_TRUE(bench.feed.isOld());
    bench.answer();
    EXPECT_EQ(bench.shownPosition(), -1);
}

TEST(PositionFeed, ARefusalSaysWhy)
{
    FeedBench bench;
    bench.pin(2);
    bench.selection.setOutputRow(OutputRow::Pinned);
    bench.engine.listener().positionFailed(
        bench.engine.positionQuestions.back(), {.what = "there is not enough memory"});
    bench.deliver();
    EXPECT_TRUE(bench.feed.missingReason().contains(QStringLiteral("not enough memory")));
    bench.pin(3);
    EXPECT_EQ(bench.feed.missingReason(), QStringLiteral("being computed"));
}

} // namespace
