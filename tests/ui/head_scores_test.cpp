// SPDX-License-Identifier: Apache-2.0
// Scores of heads in the window, over the real engine: what the colour menu shows equals the core's scores.
#include "core/search/ablation.h"
#include "tests/support/model_session.h"
#include "tests/support/tiny_model.h"
#include "tests/ui/fake_engine.h"
#include "tests/ui/ui_driver.h"

#include <QTableView>

#include <gtest/gtest.h>

using namespace sinkscope;
using namespace sinkscope::ui;
using namespace sinkscope::test;

namespace {

// The window's pass restarts at the edited layer; OpenBLAS has other kernels for other shapes.
constexpr double kSamePass = 1e-5;

bool waitForFreshValues(UiDriver &driver)
{
    return QTest::qWaitFor(
        [&driver] {
            return driver.state().isComplete() && driver.headMap().hasValues()
                && driver.headMap().firstStaleLayer < 0
                && !driver.headMap().title.contains(QLatin1String(" heads"));
        },
        UiDriver::kPatienceMs);
}

void expectShown(UiDriver &driver, const Matrix &expected)
{
    const HeatmapData &map = driver.headMap();
    ASSERT_TRUE(map.hasValues());
    for (std::size_t at = 0; at < expected.values().size(); ++at) {
        EXPECT_NEAR(map.values[at], expected.values()[at], kSamePass * std::max(1.0F, expected.values()[at]))
            << at;
        EXPECT_LE(std::abs(map.values[at]), map.maximum);
    }
}

/// A session of the test's own with the window's prompt and edits.
struct Expected {
    ModelSession session;
    Intervention edits;
    std::vector<TokenId> tokens;
    std::shared_ptr<const PassResult> pass;

    Expected(UiDriver &driver, const std::string &model)
        : session(model)
        , edits(driver.state().intervention())
        , tokens(driver.state().baseline()->prompt->ids)
        , pass(session.run(tokens, &edits))
    {
    }

    HeadScores scores(AttributedLogit logit)
    {
        return scoreHeads(session.model(), {.pass = pass.get(), .intervention = &edits, .attributed = logit},
            session.pool(), {})
            .value();
    }
};

AttributedLogit marginOf(UiDriver &driver)
{
    const std::vector<AnswerScore> &answers = driver.state().baseline()->output.answers;
    return {answers[0].ids.front(), answers[1].ids.front()};
}

TEST(HeadScoresInTheWindow, ChoosingAMeasureOfWhatHeadsWriteColoursTheMapByIt)
{
    const std::string model = writeTinyModel();
    UiDriver driver(QString::fromStdString(model));
    driver.clickHead(1, 2);
    driver.dragSlider(4.0);
    ASSERT_TRUE(driver.waitComplete());
    Expected expected(driver, model);
    const HeadScores scores = expected.scores(marginOf(driver));
    for (const auto &[name, matrix] : {std::pair("output size", &scores.outputNormLast),
             std::pair("output in layer", &scores.outputRatioLast),
             std::pair("value of key 0", &scores.sinkValueRatio),
             std::pair("entropy / ln n", &scores.normalisedEntropyLast),
             std::pair("direct effect", &*scores.attribution)}) {
        SCOPED_TRACE(name);
        driver.chooseMeasure(name);
        ASSERT_TRUE(waitForFreshValues(driver));
        expectShown(driver, *matrix);
    }
    EXPECT_TRUE(driver.headMap().title.contains(QStringLiteral("margin")));
    EXPECT_EQ(driver.headMap().scale, HeatmapScale::Diverging);
}

TEST(HeadScoresInTheWindow, TheDifferenceOfASideIsThatOfTheScores)
{
    const std::string model = writeTinyModel();
    UiDriver driver(QString::fromStdString(model));
    driver.clickHead(1, 2);
    driver.dragSlider(6.0);
    ASSERT_TRUE(driver.waitComplete());
    driver.chooseMeasure("output size");
    driver.selection().setSide(Side::Difference);
    ASSERT_TRUE(waitForFreshValues(driver));
    Expected expected(driver, model);
    const HeadScores edited = expected.scores(marginOf(driver));
    const auto plain = expected.session.run(expected.tokens);
    const HeadScores baseline =
        scoreHeads(expected.session.model(), {.pass = plain.get()}, expected.session.pool(), {}).value();
    const double change = edited.outputNormLast.at(1, 2) - baseline.outputNormLast.at(1, 2);
    EXPECT_GT(std::abs(change), 1e-3);
    EXPECT_NEAR(driver.headMap().values[1 * 4 + 2], change, kSamePass);
    EXPECT_EQ(driver.headMap().values[0], 0.0F);
    EXPECT_TRUE(driver.headMap().title.startsWith(QStringLiteral("change of")));
}

TEST(HeadScoresInTheWindow, RemovingEachHeadIsMeasuredAtThePresentEdits)
{
    const std::string model = writeTinyModel();
    UiDriver driver(QString::fromStdString(model));
    driver.clickHead(0, 1);
    driver.dragSlider(4.0);
    ASSERT_TRUE(driver.waitComplete());
    driver.chooseMeasure("margin w/o head");
    ASSERT_TRUE(waitForFreshValues(driver));
    Expected expected(driver, model);
    const AttributedLogit margin = marginOf(driver);
    HeadAblation ablation(expected.session.transformer(),
        {.tokens = expected.tokens, .pass = expected.pass, .intervention = &expected.edits, .focus = {}},
        MarginTokens {margin.token, *margin.against});
    while (!ablation.done())
        ablation.advance({});
    expectShown(driver, *ablation.effects().margin);
    driver.chooseMeasure("entropy w/o head");
    ASSERT_TRUE(waitForFreshValues(driver));
    expectShown(driver, ablation.effects().entropy);
}

TEST(HeadScoresInTheWindow, WithoutTwoAnswersTheMapSaysWhyThereIsNoMargin)
{
    UiDriver driver(QString::fromStdString(writeTinyModel()));
    driver.state().setAnswers({"a"});
    ASSERT_TRUE(driver.waitComplete());
    driver.chooseMeasure("margin w/o head");
    ASSERT_TRUE(QTest::qWaitFor(
        [&driver] { return driver.headMap().missingReason.contains(QStringLiteral("two answers")); },
        UiDriver::kPatienceMs));
    EXPECT_FALSE(driver.headMap().hasValues());
}

TEST(HeadScoresInTheWindow, RepeatedTokensKeepTheirScoresWhateverIsTyped)
{
    const std::string model = writeTinyModel();
    UiDriver driver(QString::fromStdString(model));
    driver.chooseMeasure("induction");
    ASSERT_TRUE(waitForFreshValues(driver));
    ModelSession session(model);
    const RepeatedTokens repeated = driver.bench->scores.repeated();
    const auto pass = session.run(repeatedTokenPrompt(session.model(), repeated));
    expectShown(driver, repetitionScores(*pass, repeated.length).induction);
    driver.clickHead(1, 2);
    driver.dragSlider(3.0);
    ASSERT_TRUE(driver.waitComplete());
    EXPECT_TRUE(driver.headMap().hasValues());
    EXPECT_LT(driver.headMap().firstStaleLayer, 0);
}

TEST(HeadScoresInTheWindow, TheMenuOfANextTokenColoursHeadsByItsLogit)
{
    const std::string model = writeTinyModel();
    UiDriver driver(QString::fromStdString(model));
    auto &table = driver.find<QTableView>("nextTokens");
    table.setCurrentIndex(table.model()->index(2, 1));
    auto &attribute = driver.find<QAction>("attributeToken");
    attribute.trigger();
    ASSERT_TRUE(waitForFreshValues(driver));
    const TokenId token = driver.state().edited()->output.top[2].id;
    Expected expected(driver, model);
    expectShown(driver, *expected.scores({token, {}}).attribution);
    EXPECT_TRUE(driver.headMap().title.contains(QStringLiteral("logit of")));
    driver.find<QAction>("attributeMargin").trigger();
    ASSERT_TRUE(
        QTest::qWaitFor([&driver] { return driver.headMap().title.contains(QStringLiteral("margin")); },
            UiDriver::kPatienceMs));
    ASSERT_TRUE(waitForFreshValues(driver));
    expectShown(driver, *expected.scores(marginOf(driver)).attribution);
}

TEST(HeadScoreFeed, AsksForWhatIsOnScreenOnceAPass)
{
    ResultRelay relay;
    FakeEngine engine {relay};
    EngineController controller(engine, relay);
    AppState state(controller);
    HeadScoreFeed feed(controller, state);
    feed.setNeed(HeadScoreKind::Written);
    EXPECT_TRUE(engine.scoreQuestions.empty()) << "there is no pass yet";
    controller.openModel(QStringLiteral("x"));
    engine.listener().modelLoaded(engine.loadId, modelWithoutWeights());
    QCoreApplication::processEvents();
    const PassQuestion first = engine.questions.back();
    engine.answerFull(first.id, snapshotOf({}), snapshotOf(first.intervention));
    QCoreApplication::processEvents();
    ASSERT_EQ(engine.scoreQuestions.size(), 1U);
    EXPECT_EQ(engine.scoreQuestions[0].pass, first.id);
    EXPECT_TRUE(feed.missingReason(HeadMeasure::OutputNorm).contains(QStringLiteral("being computed")));
    feed.setNeed(HeadScoreKind::Written);
    EXPECT_EQ(engine.scoreQuestions.size(), 1U);
    feed.setNeed(std::nullopt);
    state.setFactors({{{LayerIndex(0), HeadIndex(0)}, 2.0}}, {});
    const PassQuestion second = engine.questions.back();
    engine.answerFull(second.id, snapshotOf({}), snapshotOf(second.intervention));
    QCoreApplication::processEvents();
    EXPECT_EQ(engine.scoreQuestions.size(), 1U) << "nobody looks";
    feed.setNeed(HeadScoreKind::Ablation);
    ASSERT_EQ(engine.scoreQuestions.size(), 2U);
    EXPECT_EQ(engine.scoreQuestions[1].kind, HeadScoreKind::Ablation);
}

} // namespace
