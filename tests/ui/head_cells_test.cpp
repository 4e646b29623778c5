// SPDX-License-Identifier: Apache-2.0
// Quantities, filters, figures below the map and the table of cells, on patterns worked out by hand and by
// clicks in the real window.
#include "core/analysis/value_weights.h"
#include "tests/support/tiny_model.h"
#include "tests/ui/ui_driver.h"
#include "ui/models/head_cells_model.h"
#include "ui/views/figure_table.h"
#include "ui/views/head_map_picture.h"
#include "ui/views/head_map_received.h"
#include "ui/views/head_map_strongest.h"
#include "ui/views/head_map_view.h"
#include "ui/views/head_map_words.h"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QAction>
#include <QComboBox>
#include <QHeaderView>
#include <QToolButton>

#include <cmath>
#include <numeric>

namespace sinkscope::ui {
namespace {

// Six tokens; row q gives key 0 a half and the rest as listed.
HeadMapData sixRows()
{
    HeadMapData data;
    for (int token = 0; token < 6; ++token)
        data.tokens.push_back({QStringLiteral("t"), token});
    data.baseline.pattern = SharedFloats(std::vector<float> {1.0F, 0.5F, 0.5F, 0.5F, 0.2F, 0.3F, 0.5F, 0.1F,
        0.1F, 0.3F, 0.5F, 0.25F, 0.15F, 0.06F, 0.04F, 0.5F, 0.02F, 0.08F, 0.2F, 0.15F, 0.05F});
    data.edited = data.baseline;
    data.form = HeadMapScaleForm::Linear;
    return data;
}

TEST(HeadMapFilter, TheStrongestKeysOfARowAreCountedWithoutKeyZero)
{
    HeadMapData data = sixRows();
    EXPECT_TRUE(filterThresholds(data).empty());
    data.filter.strongestInRow = 2;
    const std::vector<float> two = filterThresholds(data);
    ASSERT_EQ(two.size(), 6U);
    EXPECT_FLOAT_EQ(two[4], 0.15F);
    EXPECT_FLOAT_EQ(two[5], 0.15F);
    EXPECT_FLOAT_EQ(two[1], 0.0F) << "one key: it passes";
    data.filter = {0.18, 2};
    EXPECT_FLOAT_EQ(filterThresholds(data)[5], 0.18F) << "the stricter one";
    data.filter.strongestInRow = 1;
    data.keyZero = KeyZeroPlace::InScale;
    EXPECT_FLOAT_EQ(filterThresholds(data)[5], 0.5F);
}

TEST(HeadMapFilter, CellsBelowItArePalerAndTheOthersAsTheyWere)
{
    HeadMapData data = sixRows();
    HeadMapView view;
    view.resize(1100, 700);
    view.setData(data);
    const QColor weak = view.cellColour({5, 1});
    const QColor strong = view.cellColour({5, 3});
    data.filter.leastWeight = 0.1;
    view.setData(data);
    EXPECT_NE(view.cellColour({5, 1}), weak);
    EXPECT_GT(view.cellColour({5, 1}).lightness(), 200) << "near the canvas";
    // With a filter there are 128 steps of colour instead of 255: one step of viridis is below 4 of 255.
    EXPECT_NEAR(view.cellColour({5, 3}).red(), strong.red(), 4);
    EXPECT_NEAR(view.cellColour({5, 3}).blue(), strong.blue(), 4);
}

TEST(HeadMapReceived, IsTheMeanOverTheRowsInViewThatSeeTheKey)
{
    const ReceivedAttention all = receivedAttention(sixRows(), {0, 5});
    EXPECT_FLOAT_EQ(all.shown[0], 3.5F / 6);
    EXPECT_FLOAT_EQ(all.shown[3], (0.3F + 0.06F + 0.2F) / 3); // rows 3, 4 and 5
    EXPECT_TRUE(all.baseline.empty());
    const ReceivedAttention some = receivedAttention(sixRows(), {3, 4});
    EXPECT_FLOAT_EQ(some.shown[1], (0.1F + 0.25F) / 2);
    EXPECT_FLOAT_EQ(some.shown[4], 0.04F);
    EXPECT_TRUE(std::isnan(some.shown[5]));
    EXPECT_DOUBLE_EQ(some.restTop, 0.2); // 0.18, rounded up
}

TEST(HeadMapQuantity, EachShowsItsFormula)
{
    HeadMapData data = sixRows();
    data.quantity = HeadMapQuantity::Contribution;
    EXPECT_FALSE(hasShownPattern(data));
    EXPECT_TRUE(std::isnan(shownValue(data, {5, 3})));
    data.edited.keyNorms = SharedFloats(std::vector<float> {0.1F, 1.0F, 2.0F, 3.0F, 4.0F, 5.0F});
    data.baseline.keyNorms = SharedFloats(std::vector<float> {0.1F, 1.0F, 2.0F, 1.0F, 4.0F, 5.0F});
    EXPECT_FLOAT_EQ(shownValue(data, {5, 3}), 0.2F * 3.0F);
    EXPECT_DOUBLE_EQ(headMapScales(data).rest.maximum, 0.6); // 0.2 * 3, in rows with four keys beside key 0
    EXPECT_DOUBLE_EQ(headMapScales(data).keyZero.maximum, 0.1);
    EXPECT_EQ(restBarTitle(data, BarTitleForm::OneLine), QStringLiteral("contribution, keys 1–5, linear"));
    data.mode = HeadMapMode::Difference;
    data.hasEdit = true;
    EXPECT_FLOAT_EQ(shownValue(data, {5, 3}), 0.2F * 3.0F - 0.2F);
    data.mode = HeadMapMode::Edited;
    data.quantity = HeadMapQuantity::Score;
    std::vector<float> scores(21);
    std::iota(scores.begin(), scores.end(), -7.3F);
    data.edited.scores = data.baseline.scores = SharedFloats(scores);
    EXPECT_FLOAT_EQ(shownValue(data, {5, 3}), 18.0F - 7.3F);
    const ColourScale scale = headMapScales(data).rest; // -5.3 to 12.7 in steps of 5
    EXPECT_DOUBLE_EQ(scale.minimum, -10.0);
    EXPECT_DOUBLE_EQ(scale.maximum, 15.0);
}

TEST(HeadMapStrongest, GreatestFirstWithoutKeyZeroAndRowsOfFewKeys)
{
    HeadMapData data = sixRows();
    const auto rows = strongestCells(data, 3);
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[0].cell, (HeadMapCell {4, 1}));
    EXPECT_EQ(rows[1].cell, (HeadMapCell {5, 3}));
    EXPECT_EQ(rows[2].cell, (HeadMapCell {4, 2})) << "of equal ones the upper row";
    EXPECT_FLOAT_EQ(rows[1].shown, 0.2F);
    std::vector<float> edited(data.edited.pattern.values().begin(), data.edited.pattern.values().end());
    edited[18] -= 0.17F; // query 5, key 3
    data.edited.pattern = SharedFloats(edited);
    data.mode = HeadMapMode::Difference;
    const auto changes = strongestCells(data, 1);
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_EQ(changes[0].cell, (HeadMapCell {5, 3}));
    EXPECT_FLOAT_EQ(changes[0].change, -0.17F);
}

TEST(HeadCellsModel, KeepsTheRulesOfModels)
{
    HeadCellsModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    model.setEntries({{4, 1, QStringLiteral("4 a"), QStringLiteral("1 b"), 0.25, 0.5, -0.25}},
        QStringLiteral("attention"));
    ASSERT_EQ(model.rowCount(), 1);
    EXPECT_EQ(model.index(0, HeadCellsModel::kKey).data().toString(), QStringLiteral("1 b"));
    EXPECT_EQ(model.index(0, HeadCellsModel::kShown).data().toString(), QStringLiteral("0.2500"));
    EXPECT_DOUBLE_EQ(model.index(0, HeadCellsModel::kChange).data(Qt::UserRole).toDouble(), 0.25)
        << "its size";
    model.setEntries({}, QStringLiteral("score"));
    EXPECT_EQ(model.headerData(HeadCellsModel::kShown, Qt::Horizontal, Qt::DisplayRole).toString(),
        QStringLiteral("score"));
}

class CellsOfTheHead : public testing::Test {
protected:
    void SetUp() override
    {
        driver.window->activateWindow();
        ASSERT_TRUE(QTest::qWaitForWindowActive(driver.window.get()));
    }
    HeadMapView &map() { return driver.find<HeadMapView>("patternMap"); }
    void choose(int quantity)
    {
        auto &box = driver.find<QComboBox>("quantityBox");
        box.setFocus();
        while (box.currentIndex() < quantity)
            QTest::keyClick(&box, Qt::Key_Down);
    }

    test::UiDriver driver {QString::fromStdString(test::writeTinyModel())};
};

TEST_F(CellsOfTheHead, ChoosingContributionShowsAttentionTimesTheLengthOfWhatTheKeyAdds)
{
    choose(3);
    ASSERT_TRUE(QTest::qWaitFor([this] { return hasShownPattern(map().data()); }));
    const HeadMapData &data = map().data();
    EXPECT_EQ(data.quantity, HeadMapQuantity::Contribution);
    const HeadRef head = driver.selection().head();
    const auto &record = *driver.state().baseline()->pass->layers[head.layer.asSize()];
    const std::vector<float> norms = contributionNorms(*driver.state().model(), head, record);
    EXPECT_FLOAT_EQ(shownValue(data, {3, 2}), record.patternRow(head.head, TokenPos(3))[2] * norms[2]);
    EXPECT_FALSE(driver.find<QToolButton>("rangeAllHeads").isEnabled());
}

TEST_F(CellsOfTheHead, ChoosingScoreShowsTheScoresWhoseSoftmaxTheRowIs)
{
    choose(1);
    ASSERT_TRUE(QTest::qWaitFor([this] { return hasShownPattern(map().data()); }));
    const HeadMapData &data = map().data();
    // Differences of scores are those of the logs of the weights, which carry fp32 roundings of some 1e-6.
    EXPECT_NEAR(shownValue(data, {3, 2}) - shownValue(data, {3, 1}),
        std::log(weightOf(data.edited, {3, 2}) / weightOf(data.edited, {3, 1})), 1e-4);
    EXPECT_FALSE(driver.find<QToolButton>("scaleLog").isEnabled());
    EXPECT_NE(map().cellColour({3, 2}), QColor());
}

TEST_F(CellsOfTheHead, TOpensTheTableAndAClickedRowIsPinned)
{
    auto &table = driver.find<FigureTable>("cellsTable");
    EXPECT_FALSE(table.isVisible());
    QTest::keyClick(&map(), Qt::Key_T);
    ASSERT_TRUE(table.isVisible());
    ASSERT_GT(table.model()->rowCount(), 1);
    const int query = table.model()->index(1, HeadCellsModel::kQuery).data(Qt::UserRole).toInt();
    const int key = table.model()->index(1, HeadCellsModel::kKey).data(Qt::UserRole).toInt();
    test::settle();
    QTest::mouseClick(table.viewport(), Qt::LeftButton, Qt::NoModifier,
        table.visualRect(table.model()->index(1, HeadCellsModel::kKey)).center());
    EXPECT_EQ(map().pinned(), (HeadMapCell {query, key}));
    EXPECT_EQ(driver.selection().pinned(), (CellRef {query, key}));
    // Sorted by the key: the lowest first after one click, the highest after another.
    table.sortByColumn(HeadCellsModel::kKey, Qt::AscendingOrder);
    const int first = table.model()->index(0, HeadCellsModel::kKey).data(Qt::UserRole).toInt();
    for (int row = 0; row < table.model()->rowCount(); ++row)
        EXPECT_GE(table.model()->index(row, HeadCellsModel::kKey).data(Qt::UserRole).toInt(), first);
}

TEST_F(CellsOfTheHead, ControlAndClickListsSeveralCellsAndEscapeReleasesThem)
{
    QTest::keyClick(&map(), Qt::Key_T);
    driver.find<QToolButton>("cellsPinned").click();
    QTest::mouseClick(map().viewport(), Qt::LeftButton, Qt::NoModifier, map().viewportPoint({3, 1}));
    QTest::mouseClick(map().viewport(), Qt::LeftButton, Qt::ControlModifier, map().viewportPoint({3, 2}));
    QTest::mouseClick(map().viewport(), Qt::LeftButton, Qt::ControlModifier, map().viewportPoint({2, 1}));
    auto &table = driver.find<FigureTable>("cellsTable");
    EXPECT_EQ(table.model()->rowCount(), 3);
    EXPECT_EQ(map().kept(), (std::vector<HeadMapCell> {{3, 2}, {2, 1}}));
    map().setFocus();
    QTest::keyClick(&map(), Qt::Key_Escape);
    EXPECT_EQ(table.model()->rowCount(), 2);
    QTest::keyClick(&map(), Qt::Key_Escape);
    EXPECT_EQ(table.model()->rowCount(), 0);
    EXPECT_TRUE(map().kept().empty());
}

TEST_F(CellsOfTheHead, CTurnsToWhatTheKeysReceive)
{
    QTest::keyClick(&map(), Qt::Key_C);
    EXPECT_EQ(driver.selection().columnFigure(), ColumnFigure::Received);
    QTest::keyClick(&map(), Qt::Key_C);
    EXPECT_EQ(driver.selection().columnFigure(), ColumnFigure::RowWeights);
}

TEST_F(CellsOfTheHead, AFilterOfTheMenuIsShownAtTheButton)
{
    driver.find<QAction>("filterStrongest").trigger(); // the first one
    EXPECT_EQ(driver.selection().filter(), (PatternFilter {0.0, 1}));
    EXPECT_EQ(map().data().filter.strongestInRow, 1);
    EXPECT_EQ(driver.find<QToolButton>("lookButton").text(), QStringLiteral("Filtered"));
    driver.find<QAction>("filterNone").trigger();
    EXPECT_TRUE(map().data().filter.isOff());
}

} // namespace
} // namespace sinkscope::ui
