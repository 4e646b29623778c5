// SPDX-License-Identifier: Apache-2.0
// The right column: curves in sight in every scope, nothing over anything else, a slider that stays put.
#include "tests/support/model_paths.h"
#include "tests/support/tiny_model.h"
#include "tests/ui/ui_driver.h"
#include "ui/models/edits_model.h"
#include "ui/panels/curves_and_heads.h"
#include "ui/panels/status_line.h"
#include "ui/views/answer_bars.h"
#include "ui/views/factor_slider.h"

#include <QAbstractItemView>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QScrollArea>
#include <QScrollBar>
#include <QSignalSpy>

#include <gtest/gtest.h>

#include <array>

using namespace sinkscope;
using namespace sinkscope::ui;
using namespace sinkscope::test;

namespace {

constexpr std::array kScopes {FactorScope::Head, FactorScope::Layer, FactorScope::Edited, FactorScope::All};

std::vector<std::string> answers(int count)
{
    const std::vector<std::string> all {" the", " cat", " mat", " sat", " on",
        " a very long answer of many words that no column of the window has room for", " and", " b"};
    return {all.begin(), all.begin() + count};
}

SessionValue sessionWith(int answerCount)
{
    SessionValue session = UiDriver::shortSession();
    session.answers = answers(answerCount);
    return session;
}

QRect inWindow(const UiDriver &driver, const QWidget &widget)
{
    return {widget.mapTo(driver.window.get(), QPoint()), widget.size()};
}

int sliderTop(UiDriver &driver)
{
    settle();
    return inWindow(driver, driver.find<FactorSlider>("factorSlider")).top();
}

} // namespace

TEST(CurvesAndHeadsLayout, SharesTheRoom)
{
    CurvesAndHeadsWish wish;
    wish.oneCurve = 80;
    wish.twoCurves = 170;
    wish.allCurves = 434;
    wish.lineHeight = 20;
    wish.room = 279;
    EXPECT_EQ(CurvesAndHeadsLayout(wish).curves, 279); // no list
    wish.lines = 5;
    EXPECT_EQ(CurvesAndHeadsLayout(wish).list, 100); // 9 px of line and gap, 170 px of curves
    EXPECT_EQ(CurvesAndHeadsLayout(wish).curves, 170);
    wish.lines = 16; // 32 heads: the list scrolls, the curves stay
    EXPECT_EQ(CurvesAndHeadsLayout(wish).list, 100);
    wish.room = 239; // ten heads before the second curve
    EXPECT_EQ(CurvesAndHeadsLayout(wish).list, 100);
    EXPECT_EQ(CurvesAndHeadsLayout(wish).curves, 130);
    wish.room = 170; // whole lines beside the first curve
    EXPECT_EQ(CurvesAndHeadsLayout(wish).list, 80);
    wish.room = 100; // two lines of heads at least
    EXPECT_EQ(CurvesAndHeadsLayout(wish).list, 40);
    EXPECT_EQ(CurvesAndHeadsLayout(wish).curves, 100 - 9 - 40);
    wish.room = 1000;
    wish.lines = 5; // the list follows the curves, which grow no further
    EXPECT_EQ(CurvesAndHeadsLayout(wish).curves, 434);
}

class RightColumn : public testing::TestWithParam<QSize> { };

TEST_P(RightColumn, EntropyAndAnswersAreInSightInEveryScope)
{
    const std::optional<std::string> path = defaultModelPath();
    if (!path)
        GTEST_SKIP() << "the default model is absent";
    for (const int count : {2, 6}) {
        UiDriver driver(QString::fromStdString(*path), sessionWith(count), GetParam());
        driver.state().setFactors({{driver.selection().head(), 3.0}}, {});
        const auto &curves = driver.find<CurveView>("factorCurves");
        const auto &slider = driver.find<FactorSlider>("factorSlider");
        for (const FactorScope scope : kScopes) {
            driver.selection().setScope(scope);
            settle();
            EXPECT_GE(curves.panelsInSight(), 2) << int(scope);
            EXPECT_EQ(curves.panelCount(), 4) << int(scope); // with scrolling
            EXPECT_TRUE(curves.panelInWords(0).startsWith(QStringLiteral("Output entropy")));
            EXPECT_TRUE(curves.panelInWords(1).startsWith(QStringLiteral("Answer probability")));
            EXPECT_EQ(curves.layoutForTest().axis, slider.axis()) << int(scope);
        }
    }
}

TEST_P(RightColumn, EveryHeadOfALayerHasItsSliderInSight)
{
    const std::optional<std::string> path = defaultModelPath();
    if (!path)
        GTEST_SKIP() << "the default model is absent";
    UiDriver driver(QString::fromStdString(*path), sessionWith(2), GetParam());
    driver.selection().setScope(FactorScope::Layer);
    settle();
    const auto &list = driver.find<QListView>("layerList");
    ASSERT_EQ(list.model()->rowCount(), 9);
    EXPECT_EQ(list.verticalScrollBar()->maximum(), 0);
    for (int head = 0; head < 9; ++head)
        EXPECT_TRUE(list.viewport()->rect().contains(list.visualRect(list.model()->index(head, 0)))) << head;
}

TEST_P(RightColumn, ThreeCurvesStandUnderTheSliderOfAHead)
{
    UiDriver driver(QString::fromStdString(writeTinyModel()), sessionWith(2), GetParam());
    settle();
    const auto &curves = driver.find<CurveView>("factorCurves");
    EXPECT_GE(curves.panelsInSight(), 3);
    EXPECT_TRUE(curves.panelInWords(2).contains(QStringLiteral("attention entropy")));
}

TEST(RightColumnSmall, EveryHeadOfALayerIsInSightInsideAWindowManagersFrame)
{
    const std::optional<std::string> path = defaultModelPath();
    if (!path)
        GTEST_SKIP() << "the default model is absent";
    for (const int height : {760, 750}) { // 1280 x 800 with a title bar
        UiDriver driver(QString::fromStdString(*path), sessionWith(2), QSize(1264, height));
        driver.selection().setScope(FactorScope::Layer);
        settle();
        EXPECT_EQ(driver.find<QListView>("layerList").verticalScrollBar()->maximum(), 0) << height;
        EXPECT_GE(driver.find<CurveView>("factorCurves").panelsInSight(), 1) << height;
    }
}

TEST(RightColumnSmall, CurvesStandInTheSameOrderInEveryWindow)
{
    for (const QSize size : {MainWindow::kSmallestSize, QSize(1280, 800), QSize(1920, 1080)}) {
        UiDriver driver(QString::fromStdString(writeTinyModel()), sessionWith(3), size);
        const auto &curves = driver.find<CurveView>("factorCurves");
        const QStringList titles {QStringLiteral("Output entropy"), QStringLiteral("Answer probability"),
            headName(driver.selection().head()) + QStringLiteral(", last row: attention entropy"),
            QStringLiteral("Margin, the over cat")};
        ASSERT_EQ(curves.panelCount(), 4);
        for (int panel = 0; panel < 4; ++panel)
            EXPECT_TRUE(curves.panelInWords(panel).startsWith(titles[panel]))
                << size.width() << qPrintable(curves.panelInWords(panel));
    }
}

TEST(RightColumnSmall, NoColumnScrollsSideways)
{
    for (const QSize size :
        {QSize(1280, 800), QSize(1012, 592), QSize(840, 485)}) { // the screen at 100 to 150 %
        TinyModelOptions shape; // of the default model: "Layer 15", "All 270"
        shape.layers = 30;
        shape.heads = 9;
        shape.kvHeads = 3;
        UiDriver driver(QString::fromStdString(writeTinyModel(shape)), sessionWith(3), QSize(1024, 680));
        driver.selection().setHead({LayerIndex(15), HeadIndex(3)});
        driver.window->setMinimumSize(size);
        driver.window->resize(size);
        settle();
        for (const char *name : {"headsDock", "editsDock", "outputDock", "factorDock"}) {
            auto *scroll = qobject_cast<QScrollArea *>(driver.find<QDockWidget>(name).widget());
            ASSERT_TRUE(scroll);
            EXPECT_EQ(scroll->horizontalScrollBar()->maximum(), 0) << name << ' ' << size.width();
        }
    }
}

INSTANTIATE_TEST_SUITE_P(
    Sizes, RightColumn, testing::Values(QSize(1280, 800), QSize(1600, 1000), QSize(1920, 1080)));

TEST(RightColumnSmall, NothingIsPaintedOverAnythingElse)
{
    UiDriver driver(QString::fromStdString(writeTinyModel()), sessionWith(0), MainWindow::kSmallestSize);
    for (const int count : {0, 1, 2, 5, 8}) {
        driver.state().setAnswers(answers(count));
        ASSERT_TRUE(driver.waitComplete());
        for (const FactorScope scope : kScopes) {
            driver.selection().setScope(scope);
            settle();
            std::vector<std::pair<const char *, QRect>> parts;
            for (const char *name : {"answersLine", "answerBars", "outputFigures", "nextTokens",
                     "factorField", "factorSlider", "factorCurves", "layerList"}) {
                const auto &widget = driver.find<QWidget>(name);
                if (widget.isVisible() && widget.height() > 0)
                    parts.emplace_back(name, inWindow(driver, widget));
            }
            for (std::size_t part = 1; part < parts.size(); ++part)
                EXPECT_GE(parts[part].second.top(), parts[part - 1].second.bottom())
                    << parts[part].first << " with " << count << " answers, scope " << int(scope);
            EXPECT_LE(parts.back().second.bottom(), driver.window->height() - 24) << count;
            EXPECT_GE(driver.find<QAbstractItemView>("nextTokens").viewport()->height(), 40) << count;
            EXPECT_GE(driver.find<CurveView>("factorCurves").panelsInSight(), 1) << count;
        }
    }
    const auto &bars = driver.find<AnswerBars>("answerBars");
    EXPECT_GT(bars.verticalScrollBar()->maximum(), 0); // the others are reached by scrolling
}

TEST(RightColumnSmall, AMessageMovesNothing)
{
    for (const QSize size : {MainWindow::kSmallestSize, QSize(1280, 800), QSize(1920, 1080)}) {
        UiDriver driver(QString::fromStdString(writeTinyModel()), sessionWith(2), size);
        auto &field = driver.find<FactorField>("factorField");
        auto &note = driver.find<QLabel>("factorNote");
        const int before = sliderTop(driver);
        for (const char *wrong : {"x", "-3", "1000", "2,5", "/0"}) {
            field.setFocus();
            field.findChild<QLineEdit *>()->selectAll();
            QTest::keyClicks(&field, QLatin1String(wrong));
            QTest::keyClick(&field, Qt::Key_Return);
            EXPECT_EQ(sliderTop(driver), before) << wrong;
            ASSERT_TRUE(note.isVisible()) << wrong;
            EXPECT_LE(note.heightForWidth(note.width()), note.height()) << wrong;
        }
        driver.selection().setScope(FactorScope::Edited);
        EXPECT_EQ(sliderTop(driver), before);
        ASSERT_TRUE(note.isVisible());
        EXPECT_LE(note.heightForWidth(note.width()), note.height());
        driver.selection().setScope(FactorScope::Head);
        driver.dragSlider(2.0);
        driver.state().switchEdits({driver.selection().head()}, EditSwitch::Off);
        EXPECT_EQ(sliderTop(driver), before);
        ASSERT_TRUE(note.isVisible());
        EXPECT_LE(note.heightForWidth(note.width()), note.height());
        auto &line = driver.find<QLineEdit>("answersLine");
        line.setFocus();
        line.selectAll();
        QTest::keyClicks(&line, QStringLiteral(" the|| the"));
        QTest::keyClick(&line, Qt::Key_Return);
        EXPECT_EQ(sliderTop(driver), before);
        EXPECT_TRUE(driver.find<QLabel>("answersNote").isVisible());
    }
}

TEST(RightColumnSmall, TheFactorStaysPutWhileAnswersComeAndGo)
{
    for (const QSize size : {QSize(1280, 800), QSize(1920, 1080)}) {
        UiDriver driver(QString::fromStdString(writeTinyModel()), sessionWith(0), size);
        const int before = sliderTop(driver);
        for (const int count : {1, 2, 3, 1, 0, 3}) {
            driver.state().setAnswers(answers(count));
            ASSERT_TRUE(driver.waitComplete());
            EXPECT_EQ(sliderTop(driver), before) << count << " answers, " << size.width();
        }
    }
}

TEST(RightColumnSmall, TwoAnswersOfSeveralTokensStandWithoutScrolling)
{
    SessionValue session = UiDriver::shortSession();
    session.answers = {" a very long answer of many words", " another long answer of many words"};
    UiDriver driver(QString::fromStdString(writeTinyModel()), session, QSize(1280, 800));
    settle();
    EXPECT_EQ(driver.find<AnswerBars>("answerBars").verticalScrollBar()->maximum(), 0);
}

TEST(CurveViewScrolling, WhatDoesNotFitIsReachedByScrolling)
{
    CurveView view;
    view.resize(328, 170);
    std::vector<CurveSeries> series(4);
    for (CurveSeries &one : series)
        one.title = QStringLiteral("x");
    view.setSeries(series);
    view.show();
    settle();
    EXPECT_EQ(view.panelCount(), 4);
    EXPECT_EQ(view.panelsInSight(), 2);
    EXPECT_EQ(view.layoutForTest().axis, FactorAxis::forPanel(328, 1.0)); // the bar stands in the margin
    view.verticalScrollBar()->setValue(view.verticalScrollBar()->maximum());
    EXPECT_EQ(view.panelsInSight(), 2);
    EXPECT_EQ(view.layoutForTest().height - view.verticalScrollBar()->maximum(), 170);
    const QPoint inLast(int(view.lineX()), 130); // dragging works there as well
    QSignalSpy changed(&view, &CurveView::valueChanged);
    QTest::mousePress(view.viewport(), Qt::LeftButton, {}, inLast + QPoint(40, 0));
    QTest::mouseRelease(view.viewport(), Qt::LeftButton, {}, inLast + QPoint(40, 0));
    EXPECT_EQ(changed.count(), 1);
}

TEST(StatusLineTest, TheSentenceIsCutWithAnEllipsisAndTheToolTipHasItAll)
{
    UiDriver driver(QString::fromStdString(writeTinyModel()), sessionWith(2), MainWindow::kSmallestSize);
    dynamic_cast<StatusLine &>(*driver.window->statusBar()).setCellText(QString(300, QLatin1Char('x')));
    settle();
    const auto &text = driver.find<QLabel>("statusSelection");
    const auto &pass = driver.find<QLabel>("statusPass");
    EXPECT_TRUE(text.text().endsWith(QChar(0x2026)));
    EXPECT_LE(text.fontMetrics().horizontalAdvance(text.text()), text.width());
    EXPECT_GT(text.toolTip().size(), text.text().size());
    EXPECT_GE(inWindow(driver, pass).left(), inWindow(driver, text).right());
    // What never changes goes first, and stands in the tool tip of what stays.
    EXPECT_FALSE(driver.find<QLabel>("statusGrid").isVisible());
    EXPECT_FALSE(driver.find<QLabel>("statusPrecision").isVisible());
    EXPECT_TRUE(pass.isVisible());
    EXPECT_GE(pass.width(), pass.sizeHint().width());
    EXPECT_TRUE(pass.toolTip().contains(driver.labelText("statusPrecision"))) << qPrintable(pass.toolTip());
}
