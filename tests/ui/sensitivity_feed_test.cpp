// SPDX-License-Identifier: Apache-2.0
// When effects are asked for, when they count as old, and why there may be none.
#include "tests/ui/fake_engine.h"

#include "ui/state/sensitivity_feed.h"

#include <QCoreApplication>

#include <gtest/gtest.h>

using namespace sinkscope;
using namespace sinkscope::ui;
using namespace sinkscope::test;
using Need = SensitivityFeed::Need;

namespace {

constexpr HeadRef kHead {LayerIndex(1), HeadIndex(2)};

/// A feed over a fake engine with a model of 2 layers and 4 heads, and a prompt with two answers.
struct FeedBench {
    ResultRelay relay;
    FakeEngine engine {relay};
    EngineController controller {engine, relay};
    AppState state {controller};
    SensitivityFeed feed {controller, state};

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
        engine.answerFull(question.id, snapshotOf({}), snapshotOf(question.intervention));
        deliver();
    }
    void derive(RequestId pass, bool firstTokensEqual = false)
    {
        auto sensitivity = std::make_shared<Sensitivity>();
        sensitivity->dEntropy = Matrix(2, 4);
        sensitivity->dEntropy.at(1, 2) = 0.25F;
        if (state.session().answers.size() >= 2) {
            sensitivity->margin = 0.0;
            sensitivity->dMargin = Matrix(2, 4);
            sensitivity->dMargin->at(1, 2) = -0.5F;
        }
        sensitivity->firstTokensEqual = firstTokensEqual;
        engine.listener().sensitivityComputed(pass, sensitivity);
        deliver();
    }
    RequestId newest() const { return engine.questions.back().id; }
    bool saysWhy(Effect effect, const char *words) const
    {
        return feed.effectOrNull(effect) == nullptr
            && feed.missingReason(effect).contains(QLatin1String(words));
    }
};

TEST(SensitivityFeed, AsksOnlyWhenWantedAndOnceAPass)
{
    FeedBench bench;
    EXPECT_TRUE(bench.engine.sensitivities.empty());
    bench.feed.setNeed(Need::Wanted);
    bench.feed.setNeed(Need::Wanted);
    EXPECT_EQ(bench.engine.sensitivities, std::vector<RequestId> {bench.newest()});
    EXPECT_TRUE(bench.saysWhy(Effect::Margin, "being computed"));
    bench.derive(bench.newest());
    ASSERT_NE(bench.feed.effectOrNull(Effect::Margin), nullptr);
    EXPECT_EQ(bench.feed.effectOrNull(Effect::Margin)->at(1, 2), -0.5F);
    EXPECT_EQ(bench.feed.effectOrNull(Effect::Entropy)->at(1, 2), 0.25F);
    EXPECT_FALSE(bench.feed.isOld());
    bench.feed.setNeed(Need::None);
    bench.feed.setNeed(Need::Wanted);
    EXPECT_EQ(bench.engine.sensitivities.size(), 1U) << "they are here already";
    bench.feed.setNeed(Need::None);
    bench.state.setFactors({{kHead, 2.0}}, {});
    bench.answer();
    EXPECT_EQ(bench.engine.sensitivities.size(), 1U);
    bench.feed.setNeed(Need::Wanted);
    EXPECT_EQ(bench.engine.sensitivities.size(), 2U);
}

TEST(SensitivityFeed, WaitsForTheFullAnswer)
{
    FeedBench bench;
    bench.feed.setNeed(Need::Wanted);
    bench.state.setFactors({{kHead, 2.0}}, {});
    bench.engine.answerPreview(bench.newest(), snapshotOf({}), snapshotOf(bench.state.intervention()));
    bench.deliver();
    EXPECT_EQ(bench.engine.sensitivities.size(), 1U);
    bench.answer();
    EXPECT_EQ(bench.engine.sensitivities.size(), 2U);
    EXPECT_EQ(bench.engine.sensitivities.back(), bench.newest());
}

TEST(SensitivityFeed, IsOldFromTheEditOnAndWhatComesLateIsDropped)
{
    FeedBench bench;
    bench.feed.setNeed(Need::Wanted);
    const RequestId first = bench.newest();
    bench.derive(first);
    bench.state.setFactors({{kHead, 2.0}}, {});
    EXPECT_TRUE(bench.feed.isOld());
    EXPECT_NE(bench.feed.effectOrNull(Effect::Margin), nullptr) << "the former ones stay, dimmed";
    bench.answer();
    EXPECT_TRUE(bench.feed.isOld()) << "a new pass is no new derivative";
    bench.derive(first);
    EXPECT_TRUE(bench.feed.isOld());
    bench.derive(bench.newest());
    EXPECT_FALSE(bench.feed.isOld());
    bench.state.undoStack().undo();
    EXPECT_TRUE(bench.feed.isOld());
    bench.state.undoStack().redo();
    EXPECT_FALSE(bench.feed.isOld());
}

TEST(SensitivityFeed, SaysInWordsWhyThereIsNoMargin)
{
    FeedBench bench;
    bench.feed.setNeed(Need::Wanted);
    bench.derive(bench.newest());
    EXPECT_EQ(bench.feed.mainEffect(), Effect::Margin);
    bench.state.setAnswers({});
    EXPECT_TRUE(bench.saysWhy(Effect::Margin, "No answers"));
    EXPECT_EQ(bench.feed.mainEffect(), Effect::Entropy);
    bench.state.setAnswers({"yes"});
    EXPECT_TRUE(bench.saysWhy(Effect::Margin, "needs two answers"));
    bench.state.setAnswers({"yes", "yes sir"});
    bench.answer();
    bench.derive(bench.newest(), true);
    EXPECT_TRUE(bench.saysWhy(Effect::Margin, "share their first token"));
    EXPECT_EQ(bench.feed.mainEffect(), Effect::Entropy);
    EXPECT_NE(bench.feed.effectOrNull(Effect::Entropy), nullptr);
    bench.state.setAnswers({"yes", "no"});
    EXPECT_TRUE(bench.saysWhy(Effect::Margin, "being computed"));
}

TEST(SensitivityFeed, ARefusalIsSaidAndGoesWithTheNextEdit)
{
    FeedBench bench;
    bench.feed.setNeed(Need::Wanted);
    ErrorParts error;
    error.what = "the edits do not fit the prompt";
    bench.engine.listener().sensitivityFailed(bench.newest(), error);
    bench.deliver();
    EXPECT_TRUE(bench.saysWhy(Effect::Entropy, "do not fit the prompt"));
    bench.state.setFactors({{kHead, 2.0}}, {});
    EXPECT_TRUE(bench.saysWhy(Effect::Entropy, "being computed"));
    bench.answer();
    EXPECT_EQ(bench.engine.sensitivities.size(), 2U);
}

TEST(SensitivityFeed, AnotherModelForgetsAll)
{
    FeedBench bench;
    bench.feed.setNeed(Need::Wanted);
    bench.derive(bench.newest());
    bench.controller.openModel(QStringLiteral("y"));
    bench.engine.listener().modelLoaded(bench.engine.loadId, bench.state.model());
    bench.deliver();
    EXPECT_EQ(bench.feed.effectOrNull(Effect::Entropy), nullptr);
    EXPECT_FALSE(bench.feed.isOld());
}

} // namespace
