// SPDX-License-Identifier: Apache-2.0
// Predicted effects in the window, over the real engine: the map's colours and the list of heads.
#include "tests/support/model_session.h"
#include "tests/support/tiny_model.h"
#include "tests/ui/ui_driver.h"
#include "ui/models/roles.h"
#include "ui/panels/ranked_heads.h"

#include <QAbstractItemModelTester>
#include <QDockWidget>
#include <QScrollArea>
#include <QScrollBar>
#include <QToolButton>

#include <gtest/gtest.h>

#include <cmath>

using namespace sinkscope;
using namespace sinkscope::ui;
using namespace sinkscope::test;

namespace {

// The window's pass restarts at the edited layer; with OpenBLAS its kernels may differ by shape.
constexpr double kSamePass = 1e-5;

/// The derivatives at the state of the window, from a session of the test's own.
Sensitivity expectedAt(UiDriver &driver, const std::string &model)
{
    ModelSession session(model);
    const Intervention edits = driver.state().intervention();
    const auto pass = session.run(driver.state().baseline()->prompt->ids, &edits);
    Gemm gemm(session.pool());
    BackwardPass backward(session.model(), gemm);
    SensitivityRequest request;
    request.pass = pass.get();
    request.intervention = &edits;
    request.answers = driver.state().session().answers;
    return deriveOutput(backward, request, {}).value();
}

bool waitForFreshEffects(UiDriver &driver)
{
    return QTest::qWaitFor(
        [&driver] {
            return driver.state().isComplete() && driver.headMap().hasValues()
                && driver.headMap().firstStaleLayer < 0;
        },
        UiDriver::kPatienceMs);
}

void expectShown(UiDriver &driver, const Matrix &expected)
{
    const HeatmapData &map = driver.headMap();
    ASSERT_TRUE(map.hasValues());
    for (std::size_t at = 0; at < expected.values().size(); ++at) {
        EXPECT_NEAR(map.values[at], expected.values()[at], kSamePass) << at;
        EXPECT_LE(std::abs(map.values[at]), map.maximum);
    }
    EXPECT_EQ(map.scale, HeatmapScale::Diverging);
}

FigureTable &openList(UiDriver &driver)
{
    driver.find<QToolButton>("headListButton").click();
    settle();
    return driver.find<FigureTable>("rankedHeads");
}

QString textAt(const FigureTable &table, int row, int column)
{
    return table.model()->index(row, column).data().toString();
}

TEST(HeadEffects, TheMapShowsTheDerivativesAtThePresentEdits)
{
    const std::string model = writeTinyModel();
    UiDriver driver(QString::fromStdString(model));
    driver.chooseMeasure("effect on margin");
    ASSERT_TRUE(waitForFreshEffects(driver));
    expectShown(driver, *expectedAt(driver, model).dMargin);

    driver.dragSlider(4.0);
    EXPECT_EQ(driver.headMap().firstStaleLayer, 0) << "from the edit on";
    ASSERT_TRUE(waitForFreshEffects(driver));
    expectShown(driver, *expectedAt(driver, model).dMargin);
    driver.chooseMeasure("effect on entropy");
    EXPECT_EQ(driver.headMap().firstStaleLayer, -1) << "both come from one backward pass";
    expectShown(driver, expectedAt(driver, model).dEntropy);
}

TEST(HeadEffects, TheTipSaysValueAndUnit)
{
    UiDriver driver(QString::fromStdString(writeTinyModel()));
    driver.chooseMeasure("effect on margin");
    ASSERT_TRUE(waitForFreshEffects(driver));
    const QString words = driver.find<HeatmapView>("headMap").cellInWords({2, 1});
    EXPECT_TRUE(words.contains(QStringLiteral("predicted effect on margin "))) << qPrintable(words);
    EXPECT_TRUE(words.contains(QStringLiteral(" nats per ln γ"))) << qPrintable(words);
    EXPECT_TRUE(driver.headMap().title.contains(QStringLiteral("nats/ln γ")));
}

TEST(HeadEffects, WithoutTwoAnswersTheMapSaysWhyInWords)
{
    SessionValue session = UiDriver::shortSession();
    session.answers = {" the"};
    UiDriver driver(QString::fromStdString(writeTinyModel()), session);
    driver.chooseMeasure("effect on margin");
    settle();
    EXPECT_FALSE(driver.headMap().hasValues());
    EXPECT_TRUE(driver.headMap().missingReason.contains(QStringLiteral("needs two answers")));
    EXPECT_TRUE(driver.find<HeatmapView>("headMap").cellInWords({0, 0}).contains(
        QStringLiteral("needs two answers")));
    driver.state().setAnswers({" the", " the cat"});
    ASSERT_TRUE(QTest::qWaitFor(
        [&driver] { return driver.headMap().missingReason.contains(QStringLiteral("share their first")); },
        UiDriver::kPatienceMs));
    driver.state().setAnswers({" the", " cat"});
    ASSERT_TRUE(waitForFreshEffects(driver));
}

TEST(HeadEffects, TheListHasAllHeadsInTheOrderOfTheMapsMeasureAndAClickBringsTheSlider)
{
    const std::string model = writeTinyModel();
    UiDriver driver(QString::fromStdString(model));
    driver.selection().setScope(FactorScope::All);
    driver.chooseMeasure("effect on margin");
    ASSERT_TRUE(waitForFreshEffects(driver));
    FigureTable &table = openList(driver);
    const Matrix effects = *expectedAt(driver, model).dMargin;
    const std::vector<HeadRef> expected = strongestHeads(effects, effects.values().size());
    ASSERT_EQ(table.model()->rowCount(), 12);
    for (int row = 0; row < 12; ++row) {
        const HeadRef head = expected[static_cast<std::size_t>(row)];
        EXPECT_EQ(textAt(table, row, HeadRankModel::kRank), QString::number(row + 1));
        EXPECT_EQ(textAt(table, row, HeadRankModel::kHead),
            QStringLiteral("L%1 H%2").arg(head.layer.value).arg(head.head.value));
    }
    EXPECT_TRUE(driver.labelText("rankedHeadsTitle").contains(QStringLiteral("predicted effect on margin")));
    const QRect fifth = table.visualRect(table.model()->index(4, 1));
    QTest::mouseClick(table.viewport(), Qt::LeftButton, Qt::NoModifier, fifth.center());
    EXPECT_EQ(driver.selection().head(), expected[4]);
    EXPECT_EQ(driver.selection().scope(), FactorScope::Head);
    QTest::keyClick(&table, Qt::Key_Down);
    EXPECT_EQ(driver.selection().head(), expected[5]);
    driver.dragSlider(3.0);
    EXPECT_NE(driver.state().edits().effectiveFactor(expected[5]), 1.0);
}

TEST(HeadEffects, TheListFollowsTheMeasureOfTheMapAndItsHeadingsSort)
{
    UiDriver driver(QString::fromStdString(writeTinyModel()));
    FigureTable &table = openList(driver);
    const auto expectOrder = [&](Qt::SortOrder order) {
        const HeatmapData &map = driver.headMap();
        for (int row = 1; row < table.model()->rowCount(); ++row) {
            const auto at = [&](int place) {
                const QModelIndex index = table.model()->index(place, 0);
                return map.values[map.at({index.data(kLayerRole).toInt(), index.data(kHeadRole).toInt()})];
            };
            if (order == Qt::DescendingOrder)
                EXPECT_GE(at(row - 1), at(row)) << row;
            else
                EXPECT_LE(at(row - 1), at(row)) << row;
        }
    };
    expectOrder(Qt::DescendingOrder);
    driver.chooseMeasure("entropy, last row");
    settle();
    expectOrder(Qt::DescendingOrder);
    EXPECT_TRUE(driver.labelText("rankedHeadsTitle").contains(QStringLiteral("attention entropy")));
    table.sortByColumn(HeadRankModel::kValue, Qt::AscendingOrder);
    expectOrder(Qt::AscendingOrder);
    EXPECT_EQ(textAt(table, 0, HeadRankModel::kRank), QStringLiteral("12"));
    table.sortByColumn(HeadRankModel::kHead, Qt::AscendingOrder);
    for (int row = 0; row < 12; ++row)
        EXPECT_EQ(
            textAt(table, row, HeadRankModel::kHead), QStringLiteral("L%1 H%2").arg(row / 4).arg(row % 4));
    driver.clickHead(2, 1);
    EXPECT_EQ(table.currentIndex().row(), 9) << "the map's head is the row";
}

TEST(HeadEffects, NoRowOfTheListMovesUnderADrag)
{
    UiDriver driver(QString::fromStdString(writeTinyModel()));
    FigureTable &table = openList(driver);
    driver.clickHead(1, 2);
    const auto names = [&] {
        QStringList all;
        for (int row = 0; row < 12; ++row)
            all += textAt(table, row, HeadRankModel::kHead);
        return all;
    };
    const QStringList before = names();
    driver.dragSlider(0.01, 4, UiDriver::Release::No);
    EXPECT_EQ(names(), before);
    driver.releaseSlider();
    ASSERT_TRUE(driver.waitComplete());
    EXPECT_NE(names(), before) << "the head without its sink has another place";
}

TEST(HeadRankModel, PassesTheTesterAndPutsHeadsWithoutAValueLast)
{
    HeadRankModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    const double none = std::nan("");
    model.setEntries({{0, 0, -2.0, QStringLiteral("-2"), 2.0}, {0, 1, none, QStringLiteral("?"), none},
                         {1, 0, 2.5, QStringLiteral("2.5"), 2.5}, {1, 1, -3.0, QStringLiteral("-3"), 3.0}},
        QStringLiteral("nats"), HeadRankModel::Rows::Sorted);
    const auto order = [&] {
        QString all;
        for (int row = 0; row < model.rowCount(); ++row)
            all += model.index(row, HeadRankModel::kValue).data().toString() + QLatin1Char(' ');
        return all;
    };
    EXPECT_EQ(order(), QStringLiteral("-3 2.5 -2 ? ")) << "strongest first, either way";
    model.sort(HeadRankModel::kValue, Qt::AscendingOrder);
    EXPECT_EQ(order(), QStringLiteral("-3 -2 2.5 ? "));
    model.sort(HeadRankModel::kRank, Qt::DescendingOrder);
    EXPECT_EQ(order(), QStringLiteral("-3 -2 2.5 ? ")) << "by the value itself";
    EXPECT_EQ(model.rowOf(1, 0), 2);
    EXPECT_EQ(model.index(3, 0).data().toString(), QStringLiteral("—"));
}

TEST(HeadList, ClosingItGivesTheWidthBack)
{
    for (const QSize size : {QSize(1280, 800), QSize(1920, 1080)}) {
        UiDriver driver(QString::fromStdString(writeTinyModel()), UiDriver::shortSession(), size);
        auto &button = driver.find<QToolButton>("headListButton");
        auto &dock = driver.find<QDockWidget>("headsDock");
        auto *scroll = qobject_cast<QScrollArea *>(dock.widget());
        settle();
        const int before = dock.width();
        QTest::mouseClick(&button, Qt::LeftButton);
        settle();
        EXPECT_GT(dock.width(), before);
        EXPECT_EQ(scroll->horizontalScrollBar()->maximum(), 0) << size.width();
        QTest::mouseClick(&button, Qt::LeftButton);
        settle();
        EXPECT_EQ(dock.width(), before) << size.width();
        EXPECT_EQ(scroll->horizontalScrollBar()->maximum(), 0) << size.width();
    }
}

} // namespace
