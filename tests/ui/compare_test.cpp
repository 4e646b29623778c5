// SPDX-License-Identifier: Apache-2.0
// Comparing two states in the real window: pin, blink, unpin, swap, another prompt.
#include "core/base/utf8.h"
#include "tests/support/tiny_model.h"
#include "tests/ui/ui_driver.h"
#include "ui/models/figure_rows_model.h"
#include "ui/panels/compare_panel.h"
#include "ui/theme/number_format.h"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QPushButton>
#include <QStackedWidget>

#include <cmath>

namespace sinkscope::test {

using namespace sinkscope::ui;

namespace {

class Compare : public testing::Test {
protected:
    Compare()
        : driver(QString::fromStdString(writeTinyModel()))
    {
        QTest::keyClick(driver.window.get(), Qt::Key_3, Qt::ControlModifier);
    }

    HeadMapView &map(const char *name) { return driver.find<HeadMapView>(name); }
    QAbstractItemModel &rows(const char *name) { return *driver.find<FigureTable>(name).model(); }
    void setFactor(int layer, int head, double gamma)
    {
        driver.state().setFactors({{{LayerIndex(layer), HeadIndex(head)}, gamma}}, QStringLiteral("factor"));
        ASSERT_TRUE(driver.waitComplete());
    }
    Reference &reference() { return driver.bench->reference; }

    UiDriver driver;
};

/// The weights of a triangle.
std::vector<float> weightsOf(const HeadSide &side)
{
    return {side.pattern.values().begin(), side.pattern.values().end()};
}

TEST_F(Compare, CtrlThreeShowsTheBaselineBesideThePresentState)
{
    ASSERT_TRUE(driver.find<ComparePanel>("comparePanel").isVisible());
    setFactor(0, 1, 5.0);
    driver.selection().setHead({LayerIndex(0), HeadIndex(1)});
    const auto &layer = *driver.state().edited()->pass->layers[0];
    const auto &before = *driver.state().baseline()->pass->layers[0];
    EXPECT_EQ(weightsOf(map("compareMapB").data().edited), layer.patternTriangle(HeadIndex(1)));
    EXPECT_EQ(weightsOf(map("compareMapA").data().edited), before.patternTriangle(HeadIndex(1)));
    EXPECT_EQ(map("compareMapDifference").data().mode, HeadMapMode::Difference);
    EXPECT_EQ(map("compareMapA").restMaximum(), map("compareMapB").restMaximum()) << "one range";
}

TEST_F(Compare, TheHeadThatMovedMostStandsFirstAndAClickShowsIt)
{
    setFactor(1, 0, 20.0);
    const auto &layer = *driver.state().edited()->pass->layers[1];
    const auto &before = *driver.state().baseline()->pass->layers[1];
    double moved = 0.0;
    for (std::size_t key = 0; key < layer.lastRow.row(0).size(); ++key)
        moved += std::abs(double(layer.lastRow.row(0)[key]) - double(before.lastRow.row(0)[key])) / 2;
    auto &table = driver.find<FigureTable>("compareHeads");
    const QAbstractItemModelTester tester(
        table.model(), QAbstractItemModelTester::FailureReportingMode::Fatal);
    EXPECT_EQ(table.model()->index(0, 0).data().toString(), QStringLiteral("L1 H0 ▲"));
    EXPECT_EQ(table.model()->index(0, 1).data().toString(), formatFigure(moved, 3));
    driver.selection().setHead({LayerIndex(0), HeadIndex(0)});
    QTest::mouseClick(
        table.viewport(), Qt::LeftButton, {}, table.visualRect(table.model()->index(0, 0)).center());
    EXPECT_EQ(driver.selection().head(), (HeadRef {LayerIndex(1), HeadIndex(0)}));
}

TEST_F(Compare, AKeyPinsTheStateSpaceBlinksAndEscapeUnpins)
{
    setFactor(0, 1, 5.0);
    driver.selection().setHead({LayerIndex(0), HeadIndex(1)});
    auto &b = map("compareMapB");
    b.setFocus();
    QTest::keyClick(&b, Qt::Key_A);
    ASSERT_TRUE(reference().isPinned());
    const std::vector<float> pinned = weightsOf(b.data().edited);
    setFactor(0, 1, 0.2);
    EXPECT_EQ(weightsOf(map("compareMapA").data().edited), pinned) << "A stays";
    EXPECT_NE(weightsOf(b.data().edited), pinned);
    QTest::keyClick(&b, Qt::Key_Space);
    auto &large = map("compareMapBlink");
    ASSERT_TRUE(large.isVisible());
    EXPECT_FALSE(b.isVisible());
    EXPECT_EQ(weightsOf(large.data().edited), pinned) << "A first";
    QTest::keyClick(&large, Qt::Key_Space);
    EXPECT_EQ(weightsOf(large.data().edited), weightsOf(b.data().edited));
    QTest::keyClick(&large, Qt::Key_Escape);
    EXPECT_TRUE(b.isVisible());
    EXPECT_TRUE(reference().isPinned()) << "one step back at a time";
    b.setPinned(std::nullopt);
    QTest::keyClick(&b, Qt::Key_Escape);
    EXPECT_FALSE(reference().isPinned());
    EXPECT_EQ(weightsOf(map("compareMapA").data().edited),
        driver.state().baseline()->pass->layers[0]->patternTriangle(HeadIndex(1)));
}

TEST_F(Compare, SwapAsksForWhatAWasAndOneUndoTakesItBack)
{
    auto &swap = driver.find<QPushButton>("swapSidesButton");
    EXPECT_FALSE(swap.isEnabled()) << "both sides are the baseline";
    setFactor(0, 1, 5.0);
    QTest::mouseClick(&driver.find<QPushButton>("pinReferenceButton"), Qt::LeftButton);
    setFactor(0, 1, 0.5);
    ASSERT_TRUE(swap.isEnabled());
    QTest::mouseClick(&swap, Qt::LeftButton);
    EXPECT_EQ(driver.state().edits().listedFactor({LayerIndex(0), HeadIndex(1)}), 5.0);
    EXPECT_EQ(reference().pinned()->session.edits.listedFactor({LayerIndex(0), HeadIndex(1)}), 0.5);
    ASSERT_TRUE(driver.waitComplete());
    driver.state().undoStack().undo();
    EXPECT_EQ(driver.state().edits().listedFactor({LayerIndex(0), HeadIndex(1)}), 0.5);
}

TEST_F(Compare, OfAnotherPromptTokensWithoutPartnerStayEmpty)
{
    reference().pin();
    PromptSpec prompt;
    prompt.text = "the dog sat on the mat, and"; // "cat" in A
    driver.state().setPrompt(prompt);
    ASSERT_TRUE(driver.waitComplete());
    const auto &first = *reference().snapshot()->prompt;
    const auto &second = *driver.state().edited()->prompt;
    const HeadMapData &difference = map("compareMapDifference").data();
    ASSERT_EQ(difference.tokenCount(), int(second.ids.size()));
    // Tiny models read bytes and a few pairs: the tokens of "the " and of " sat ... and" are the same on
    // both.
    std::size_t begin = 0;
    while (first.bytes[begin] == second.bytes[begin])
        ++begin;
    ASSERT_GT(begin, 0U);
    const std::vector<float> placed = weightsOf(difference.baseline);
    const std::size_t changed = LayerRecord::triangleSize(begin) + begin; // that token reads itself
    EXPECT_TRUE(std::isnan(placed[changed]));
    EXPECT_FALSE(std::isnan(placed[LayerRecord::triangleSize(begin - 1) + begin - 1]));
    EXPECT_TRUE(driver.find<PanelTitle>("compareTitle").remark().contains(QStringLiteral("have a partner")));
}

TEST_F(Compare, AnotherModelStandsBesideTheFormerOne)
{
    setFactor(0, 1, 5.0);
    reference().pin();
    TinyModelOptions options;
    options.layers = 2;
    options.heads = 2;
    options.kvHeads = 1;
    options.seed = 7;
    driver.window->openModel(QString::fromStdString(writeTinyModel(options)));
    ASSERT_TRUE(QTest::qWaitFor(
        [this] { return driver.state().grid().headCount == 2 && driver.state().isComplete(); },
        UiDriver::kPatienceMs));
    EXPECT_FALSE(reference().isSameModel());
    EXPECT_TRUE(reference().words().contains(reference().pinned()->modelName));
    EXPECT_FALSE(driver.find<QPushButton>("swapSidesButton").isEnabled());
    EXPECT_GT(rows("compareTokens").rowCount(), 0);
    EXPECT_TRUE(map("compareMapA").data().edited.hasPattern());
}

} // namespace
} // namespace sinkscope::test
