// SPDX-License-Identifier: Apache-2.0
// The perspective Heads in the real window: thumbnails of all heads, chosen, ordered, turned.
#include "tests/ui/head_grid_fixture.h"

#include <QAbstractButton>
#include <QScrollBar>

using namespace sinkscope;
using namespace sinkscope::ui;
using namespace sinkscope::test;

namespace {

TEST_F(HeadGrid9x4, CtrlTwoShowsHeadsSideBySideAndAClickOnTheTabExplore)
{
    EXPECT_TRUE(grid().isVisible());
    EXPECT_FALSE(driver.find<QWidget>("patternMap").isVisible());
    EXPECT_TRUE(driver.find<QAbstractButton>("headsTab").isChecked());
    EXPECT_TRUE(driver.find<QWidget>("headMap").isVisible()) << "the docks stay";
    EXPECT_TRUE(driver.find<QWidget>("factorSlider").isVisible());
    QTest::mouseClick(&driver.find<QAbstractButton>("exploreTab"), Qt::LeftButton);
    EXPECT_FALSE(grid().isVisible());
    EXPECT_TRUE(driver.find<QWidget>("patternMap").isVisible());
    EXPECT_FALSE(driver.find<QAbstractButton>("headsTab").isChecked());
    QTest::mouseClick(&driver.find<QAbstractButton>("headsTab"), Qt::LeftButton);
    EXPECT_TRUE(grid().isVisible());
    pressCtrl(Qt::Key_1);
    EXPECT_FALSE(grid().isVisible());
}

TEST_F(HeadGrid9x4, AClickOnAThumbnailSelectsItsHeadAndADoubleClickOpensIt)
{
    click(2, 3);
    EXPECT_EQ(driver.selection().heads(), std::vector<HeadRef> {at(2, 3)});
    EXPECT_TRUE(grid().accessibleName().contains(QStringLiteral("Layer 2 head 3 (KV 1)")))
        << grid().accessibleName().toStdString();
    QTest::mouseDClick(grid().viewport(), Qt::LeftButton, Qt::NoModifier, grid().viewportPoint({1, 2}));
    EXPECT_EQ(driver.selection().head(), at(1, 2));
    EXPECT_TRUE(driver.find<QWidget>("patternMap").isVisible());
    EXPECT_FALSE(grid().isVisible());
}

TEST_F(HeadGrid9x4, KeysMoveTheSelectionAndReturnOpensIt)
{
    click(0, 0);
    grid().setFocus();
    const auto press = [this](Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
        QTest::keyClick(&grid(), key, modifiers);
        return driver.selection().head();
    };
    EXPECT_EQ(press(Qt::Key_Right), at(0, 1));
    EXPECT_EQ(press(Qt::Key_Down), at(1, 1));
    EXPECT_EQ(press(Qt::Key_PageDown), at(5, 1));
    EXPECT_EQ(press(Qt::Key_End), at(kLayers - 1, kHeads - 1));
    EXPECT_TRUE(grid().viewport()->rect().contains(grid().thumbnailRect({kLayers - 1, kHeads - 1})))
        << "it is scrolled into view";
    EXPECT_EQ(press(Qt::Key_Home), at(0, 0));
    press(Qt::Key_Down, Qt::ShiftModifier);
    press(Qt::Key_Right, Qt::ShiftModifier);
    EXPECT_EQ(driver.selection().heads(), (std::vector<HeadRef> {at(0, 0), at(0, 1), at(1, 0), at(1, 1)}));
    press(Qt::Key_Escape);
    EXPECT_EQ(driver.selection().heads(), std::vector<HeadRef> {at(0, 0)});
    press(Qt::Key_Return);
    EXPECT_TRUE(driver.find<QWidget>("patternMap").isVisible());
}

TEST_F(HeadGrid9x4, ABoxOfTwelveHeadsIsTurnedByOneDragOfTheSlider)
{
    drawBox({1, 0}, {3, 3});
    ASSERT_EQ(driver.selection().heads().size(), 12U);
    EXPECT_EQ(driver.selection().head(), at(1, 0));
    EXPECT_EQ(driver.find<QAbstractButton>("scopeHead").text(), QStringLiteral("12 heads"));
    driver.dragSlider(3.0);
    ASSERT_TRUE(driver.waitComplete());
    const double gamma = driver.state().edits().effectiveFactor(at(2, 2));
    EXPECT_NEAR(gamma, 3.0, 0.3); // a pixel of the slider
    for (int layer = 0; layer < kLayers; ++layer) {
        for (int head = 0; head < kHeads; ++head)
            EXPECT_EQ(driver.state().edits().effectiveFactor(at(layer, head)),
                layer >= 1 && layer <= 3 ? gamma : 1.0);
    }
    EXPECT_EQ(grid().data().gamma({3, 3}), double(float(gamma)));
    driver.state().undoStack().undo();
    EXPECT_TRUE(driver.state().edits().isEmpty());
}

TEST_F(HeadGrid9x4, ControlClickAddsAndTakesAway)
{
    click(1, 1);
    click(2, 3, Qt::ControlModifier);
    EXPECT_EQ(driver.selection().heads(), (std::vector<HeadRef> {at(2, 3), at(1, 1)}));
    click(1, 1, Qt::ControlModifier);
    EXPECT_EQ(driver.selection().heads(), std::vector<HeadRef> {at(2, 3)});
    click(3, 2, Qt::ShiftModifier);
    EXPECT_EQ(driver.selection().heads(), (std::vector<HeadRef> {at(2, 3), at(2, 2), at(3, 2), at(3, 3)}));
}

TEST_F(HeadGrid9x4, ScrollingShowsLaterLayersAndMakesTheirPictures)
{
    EXPECT_EQ(grid().visibleHeads().front(), (HeatmapCell {0, 0}));
    EXPECT_NE(grid().visibleHeads().back().layer, kLayers - 1);
    grid().verticalScrollBar()->setValue(grid().verticalScrollBar()->maximum());
    ASSERT_TRUE(waitPictures());
    EXPECT_EQ(grid().visibleHeads().back(), (HeatmapCell {kLayers - 1, kHeads - 1}));
    const QRect last = grid().thumbnailRect({kLayers - 1, kHeads - 1});
    const QImage shown = picture();
    // The upper right corner is masked, the lower left one of the map is not.
    EXPECT_EQ(shown.pixel(last.right(), last.top()), Theme().colours().masked.rgb());
    EXPECT_NE(shown.pixel(last.left() + 11, last.bottom()), Theme().colours().masked.rgb());
}

TEST_F(HeadGrid9x4, HeadsStandInTheOrderOfTheMapsMeasure)
{
    choose("gridOrder", 1);
    const HeatmapData &map = driver.headMap();
    const std::vector<HeatmapCell> &shown = grid().data().shown;
    ASSERT_EQ(shown.size(), std::size_t(kLayers * kHeads));
    for (std::size_t place = 1; place < shown.size(); ++place)
        EXPECT_GE(map.values[map.at(shown[place - 1])], map.values[map.at(shown[place])]);
    EXPECT_EQ(grid().data().form, HeadGridForm::Flow);
    driver.chooseMeasure("entropy, last row");
    settle();
    const HeatmapData &other = driver.headMap();
    const std::vector<HeatmapCell> &now = grid().data().shown;
    for (std::size_t place = 1; place < now.size(); ++place)
        EXPECT_GE(other.values[other.at(now[place - 1])], other.values[other.at(now[place])]);
}

TEST_F(HeadGrid9x4, EditedHeadsALayerOrTheSelectedOnesCanStandAlone)
{
    choose("gridShow", 3);
    EXPECT_TRUE(grid().data().shown.empty());
    EXPECT_FALSE(grid().data().emptyReason.isEmpty());
    driver.state().setFactors({{at(4, 1), 2.0}, {at(1, 3), 0.5}}, {});
    EXPECT_EQ(grid().data().shown, (std::vector<HeatmapCell> {{1, 3}, {4, 1}}));
    driver.selection().setHead(at(5, 0));
    choose("gridShow", 2);
    EXPECT_EQ(grid().data().shown, (std::vector<HeatmapCell> {{5, 0}, {5, 1}, {5, 2}, {5, 3}}));
    driver.selection().setHeads({at(7, 2), at(0, 1), at(3, 3)});
    choose("gridShow", 1);
    const std::vector<HeatmapCell> three {{0, 1}, {3, 3}, {7, 2}};
    EXPECT_EQ(grid().data().shown, three);
    click(3, 3);
    EXPECT_EQ(driver.selection().heads(), std::vector<HeadRef> {at(3, 3)});
    EXPECT_EQ(grid().data().shown, three) << "a click leaves the others where they are";
    driver.clickHead(2, 2);
    EXPECT_EQ(grid().data().shown, (std::vector<HeatmapCell> {{2, 2}})) << "chosen elsewhere";
}

TEST_F(HeadGrid9x4, ThumbnailsGrowAndShrinkByKeysAndInTheMenu)
{
    EXPECT_EQ(driver.find<QComboBox>("gridSize").currentText(), QStringLiteral("fits"));
    EXPECT_EQ(grid().thumbnailPx(), 96) << "there is room for more";
    grid().setFocus();
    QTest::keyClick(&grid(), Qt::Key_Plus);
    EXPECT_EQ(grid().thumbnailPx(), 128);
    QTest::keyClick(&grid(), Qt::Key_Plus);
    EXPECT_EQ(grid().thumbnailPx(), 128);
    QTest::keyClick(&grid(), Qt::Key_Minus);
    QTest::keyClick(&grid(), Qt::Key_Minus);
    EXPECT_EQ(grid().thumbnailPx(), 64);
    QTest::keyClick(&grid(), Qt::Key_Minus);
    EXPECT_EQ(grid().thumbnailPx(), 64);
    EXPECT_EQ(driver.find<QComboBox>("gridSize").currentText(), QStringLiteral("64 px"));
    choose("gridSize", 2);
    EXPECT_EQ(grid().thumbnailRect({0, 0}).size(), QSize(107, 96));
}

} // namespace
