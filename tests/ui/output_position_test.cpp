// SPDX-License-Identifier: Apache-2.0
// The output after another token than the last, and the logit lens, in the real window over the real engine.
#include "tests/support/tiny_model.h"
#include "tests/ui/ui_driver.h"
#include "ui/models/lens_model.h"
#include "ui/models/roles.h"
#include "ui/panels/lens_panel.h"
#include "ui/theme/number_format.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QDockWidget>
#include <QToolButton>

#include <gtest/gtest.h>

#include <cmath>

using namespace sinkscope;
using namespace sinkscope::ui;
using namespace sinkscope::test;

namespace {

constexpr double kSame = 1e-5; // two engines over the same file: see main_window_test

/// What an engine of the test returns for the position that the window shows.
PositionAnswer coreAnswer(const AppState &state, TokenPos position)
{
    Engine engine;
    engine.loadModel(state.model()->path, {}, {});
    PassQuestion question;
    question.prompt = state.session().prompt;
    question.answers = state.session().answers;
    question.intervention = state.intervention();
    engine.preview(question, {});
    return engine.position({.pass = 0, .position = position, .layers = LensLayers::All}, {}).value();
}

class OutputPositionTest : public testing::Test {
protected:
    bool waitFor(LensLayers layers)
    {
        return QTest::qWaitFor(
            [&] { return driver.bench->position.answerOrNull(layers) && !driver.bench->position.isOld(); },
            UiDriver::kPatienceMs);
    }
    void chooseRow(int row)
    {
        driver.selection().setPinned({row, 0});
        QTest::mouseClick(&driver.find<QToolButton>("outputRow"), Qt::LeftButton);
    }
    QDockWidget &openLens()
    {
        auto &dock = driver.find<QDockWidget>("lensDock");
        dock.toggleViewAction()->trigger();
        settle();
        return dock;
    }
    const LensModel &lens()
    {
        return *static_cast<const LensModel *>(driver.find<FigureTable>("lensTable").model());
    }

    void expectOutputAt(TokenPos position)
    {
        const PositionAnswer expected = coreAnswer(driver.state(), position);
        const LensRow &now = expected.edited.output();
        const auto &figures = driver.find<FigureList>("outputFigures").figures();
        ASSERT_GE(figures.size(), 3U);
        EXPECT_NEAR(*figures[0].value, now.entropyNats, kSame);
        EXPECT_EQ(*figures[1].value, now.followed.front().rank);
        const auto &bars = driver.find<AnswerBars>("answerBars").answers();
        ASSERT_EQ(bars.size(), 1U); // the prompt's next token
        EXPECT_NEAR(bars[0].p, now.followed.front().p, kSame);
        const QAbstractItemModel &tokens = *driver.find<FigureTable>("nextTokens").model();
        EXPECT_EQ(tokens.index(0, NextTokensModel::kId).data(kTokenIdRole).toInt(), now.top.front().id.value);
        EXPECT_NEAR(tokens.index(0, 0).data(kProbabilityRole).toDouble(), now.top.front().p, kSame);
        if (!driver.state().intervention().changesNothing()) {
            EXPECT_NEAR(*figures[0].change, now.entropyNats - expected.baseline.output().entropyNats, kSame);
            EXPECT_NEAR(*figures[2].value, expected.klFromBaselineNats, kSame);
            EXPECT_NEAR(*bars[0].baselineP, expected.baseline.output().followed.front().p, kSame);
            EXPECT_NEAR(tokens.index(0, 0).data(kChangeRole).toDouble(),
                now.top.front().p
                    - std::exp((*expected.baseline.logProbabilities)[now.top.front().id.asSize()]),
                kSame);
        }
    }

    UiDriver driver {QString::fromStdString(writeTinyModel())};
};

TEST_F(OutputPositionTest, APersonPinsARowAndSeesWhatComesAfterIt)
{
    auto &row = driver.find<QToolButton>("outputRow");
    EXPECT_FALSE(row.isEnabled()) << "the last row is pinned";
    chooseRow(2);
    ASSERT_TRUE(row.isEnabled());
    ASSERT_TRUE(waitFor(LensLayers::Last));
    expectOutputAt(TokenPos(2));
    EXPECT_TRUE(driver.find<QWidget>("answersNote").isVisible()) << "it says that answers are of the last";
    driver.selection().setPinned({1, 0}); // the panel follows
    ASSERT_TRUE(waitFor(LensLayers::Last));
    expectOutputAt(TokenPos(1));
    QTest::mouseClick(&driver.find<QToolButton>("outputLast"), Qt::LeftButton);
    EXPECT_EQ(driver.find<AnswerBars>("answerBars").answers().size(), 2U);
    EXPECT_NEAR(*driver.find<FigureList>("outputFigures").figures()[0].value,
        driver.state().edited()->output.entropyNats, 1e-12);
    EXPECT_FALSE(driver.find<QWidget>("answersNote").isVisible());
}

TEST_F(OutputPositionTest, ADragMovesTheOutputOfTheChosenRow)
{
    chooseRow(3);
    driver.clickHead(1, 2);
    driver.dragSlider(0.2);
    ASSERT_TRUE(driver.waitComplete());
    ASSERT_TRUE(waitFor(LensLayers::Last));
    expectOutputAt(TokenPos(3));
    driver.selection().setSide(Side::Baseline);
    EXPECT_FALSE(driver.find<FigureList>("outputFigures").figures()[0].change.has_value());
    EXPECT_NEAR(*driver.find<FigureList>("outputFigures").figures()[0].value,
        coreAnswer(driver.state(), TokenPos(3)).baseline.output().entropyNats, kSame);
}

TEST_F(OutputPositionTest, ANewPromptStartsAtItsLastToken)
{
    chooseRow(2);
    ASSERT_TRUE(waitFor(LensLayers::Last));
    PromptSpec prompt;
    prompt.text = "a mat";
    driver.state().setPrompt(prompt);
    ASSERT_TRUE(driver.waitComplete());
    EXPECT_TRUE(driver.bench->position.isLast());
    EXPECT_EQ(driver.find<AnswerBars>("answerBars").answers().size(), 2U);
    EXPECT_FALSE(driver.find<QToolButton>("outputRow").isEnabled());
}

TEST_F(OutputPositionTest, TheLensIsClosedAtFirstAndShowsEveryLayerWhenOpened)
{
    EXPECT_FALSE(driver.find<QDockWidget>("lensDock").isVisible());
    driver.clickHead(1, 2);
    driver.dragSlider(0.2);
    ASSERT_TRUE(driver.waitComplete());
    EXPECT_TRUE(openLens().isVisible());
    ASSERT_TRUE(waitFor(LensLayers::All));
    const auto last = static_cast<int>(driver.state().baseline()->prompt->ids.size()) - 1;
    const PositionAnswer expected = coreAnswer(driver.state(), TokenPos(last));
    ASSERT_EQ(lens().rowCount(), 4);
    ASSERT_EQ(lens().table().followed.size(), 2U); // the answers
    for (int row = 0; row < 4; ++row) {
        const auto at = static_cast<std::size_t>(row);
        const LensTableRow &shown = lens().table().rows[at];
        EXPECT_EQ(shown.shown.top.front().id, expected.edited.rows[at].top.front().id);
        EXPECT_NEAR(shown.shown.top.front().p, expected.edited.rows[at].top.front().p, kSame);
        EXPECT_NEAR(shown.shown.entropyNats, expected.edited.rows[at].entropyNats, kSame);
        EXPECT_NEAR(shown.baseline->entropyNats, expected.baseline.rows[at].entropyNats, kSame);
        for (std::size_t token = 0; token < 2; ++token)
            EXPECT_NEAR(shown.shown.followed[token].p, expected.edited.rows[at].followed[token].p, kSame);
    }
    driver.selection().setSide(Side::Baseline);
    EXPECT_FALSE(lens().table().rows.front().baseline.has_value());
    chooseRow(1);
    ASSERT_TRUE(waitFor(LensLayers::All));
    EXPECT_EQ(lens().table().followed.size(), 3U); // the prompt's next token first
    EXPECT_TRUE(lens().table().followed.front().isNext);
}

TEST_F(OutputPositionTest, AClosedLensAsksForNothing)
{
    QDockWidget &dock = openLens();
    ASSERT_TRUE(waitFor(LensLayers::All));
    dock.toggleViewAction()->trigger();
    int answers = 0;
    QObject::connect(&driver.bench->engine, &EngineController::positionReady, [&answers] { ++answers; });
    driver.clickHead(1, 2);
    driver.dragSlider(0.2);
    ASSERT_TRUE(driver.waitComplete());
    settle();
    EXPECT_EQ(answers, 0);
}

TEST_F(OutputPositionTest, TheLensStandsWhereThereIsRoom)
{
    auto &dock = driver.find<QDockWidget>("lensDock");
    driver.window->resize(1920, 1080);
    settle(200);
    const int output = driver.find<QDockWidget>("outputDock").width();
    openLens();
    EXPECT_EQ(driver.window->dockWidgetArea(&dock), Qt::RightDockWidgetArea);
    EXPECT_GT(dock.height(), 600) << "a column of its own";
    EXPECT_NEAR(driver.find<QDockWidget>("outputDock").width(), output, 2);
    driver.window->resize(1280, 800);
    settle(200);
    EXPECT_EQ(driver.window->dockWidgetArea(&dock), Qt::BottomDockWidgetArea);
    EXPECT_EQ(driver.window->width(), 1280) << "the window does not grow";
    EXPECT_GT(driver.find<QDockWidget>("factorDock").geometry().bottom(), dock.geometry().center().y())
        << "the right column keeps its height";
}

LensRow rowOf(std::int32_t id, double p)
{
    LensRow row;
    row.entropyNats = 1.25;
    row.top = {{TokenId(id), id == 7 ? " a" : "b", p}};
    row.followed = {{0.25, 3}, {1e-9, 200}};
    return row;
}

TEST(LensModel, FormatsEveryRowAndColumn)
{
    LensModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    EXPECT_EQ(model.rowCount(), 0);
    LensTableData data;
    data.followed = {{QStringLiteral("·a"), true}, {QStringLiteral("b"), false}};
    data.rows = {{rowOf(7, 0.5), std::nullopt}, {rowOf(9, 0.9), std::nullopt}};
    model.setTable(data);
    ASSERT_EQ(model.columnCount(), 6);
    const auto text = [&model](int row, int column) { return model.index(row, column).data().toString(); };
    EXPECT_EQ(text(0, 0), QStringLiteral("L0"));
    EXPECT_EQ(text(1, 0), QStringLiteral("out"));
    EXPECT_EQ(text(0, 1), QStringLiteral("·a"));
    EXPECT_EQ(text(0, 2), QStringLiteral("0.500"));
    EXPECT_EQ(text(0, 3), QStringLiteral("1.25"));
    EXPECT_EQ(text(0, 4), QStringLiteral("0.250"));
    EXPECT_EQ(text(0, 5), QStringLiteral("10⁻⁹"));
    EXPECT_EQ(model.index(0, 4).data(kTintRole).toDouble(), 0.25);
    EXPECT_TRUE(
        model.index(1, 0).data(Qt::AccessibleTextRole).toString().contains(QStringLiteral("rank 200")));

    data.rows[0].baseline = rowOf(9, 0.4); // another token without edits
    data.rows[1].baseline = rowOf(9, 0.8);
    data.rows[1].baseline->followed[0].p = 0.5;
    model.setTable(data);
    ASSERT_EQ(model.columnCount(), 7);
    EXPECT_EQ(text(0, 3), QStringLiteral("b"));
    EXPECT_EQ(text(1, 3), QString()) << "the same token";
    data.cells = LensCells::Changes;
    model.setTable(data);
    EXPECT_EQ(text(1, 5), QStringLiteral("−0.250"));
    EXPECT_EQ(text(0, 5), QStringLiteral("±0"));
    EXPECT_EQ(text(0, 4), QStringLiteral("±0")) << "the entropies are equal";
    EXPECT_EQ(model.index(1, 5).data(kTintRole).toDouble(), -0.25);
    model.setTable({});
    EXPECT_EQ(model.rowCount(), 0);
}

TEST(LensModel, InkKeepsItsContrastOnEveryTint)
{
    for (const ThemeMode mode : {ThemeMode::Light, ThemeMode::Dark}) {
        const ThemeColours colours = themeColours(mode);
        for (const double tint : {-1.0, -0.5, 0.5, 1.0})
            for (const QColor &ground : {colours.window, colours.selection}) {
                const QColor behind = FigureCellDelegate::tinted(tint, ground, colours);
                EXPECT_GE(contrastRatio(colours.text, behind), 4.5) << tint;
            }
    }
}

} // namespace
