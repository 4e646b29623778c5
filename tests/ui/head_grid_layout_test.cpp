// SPDX-License-Identifier: Apache-2.0
// Geometry of the grid of thumbnails, with px worked out by hand.
#include "ui/views/head_grid_layout.h"

#include <gtest/gtest.h>

using namespace sinkscope::ui;

namespace {

HeadGridLayoutInput layers()
{
    HeadGridLayoutInput input;
    input.layers = 3;
    input.heads = 4;
    input.groupSize = 2;
    input.area = {700, 300};
    return input; // thumbnails of 107 x 96 px, 14 px a line, labels of 24 px
}

HeadGridLayoutInput flow(int count)
{
    HeadGridLayoutInput input;
    input.form = HeadGridForm::Flow;
    input.count = count;
    input.area = {500, 300};
    return input;
}

TEST(HeadGridLayout, ARowIsALayerAndKvGroupsStandApart)
{
    const HeadGridLayout layout(layers());
    EXPECT_EQ(layout.count(), 12);
    EXPECT_EQ(layout.pitch(), QSize(126, 130)); // of the design
    const int left = 16 + 24 + 12; // margin, label, gap
    const int top = 2 * 14 + 6 + 5; // KV and head, gap, room of the ring
    EXPECT_EQ(layout.thumbnailRect(0), QRect(left, top, 107, 96));
    EXPECT_EQ(layout.thumbnailRect(1).left(), left + 126);
    EXPECT_EQ(layout.thumbnailRect(2).left(), left + 2 * 126 + 8);
    EXPECT_EQ(layout.thumbnailRect(4).topLeft(), QPoint(left, top + 130));
    EXPECT_EQ(layout.captionRect(0), QRect(left, top + 96 + 2, 107, 14));
    EXPECT_EQ(layout.contentSize(), QSize(left + 3 * 126 + 8 + 107 + 16, top + 3 * 130));
    EXPECT_TRUE(layout.showsGroupTitles());
}

TEST(HeadGridLayout, HeadsMoveTogetherWhereAllOfALayerFitSo)
{
    HeadGridLayoutInput input = layers();
    input.area = {52 + 4 * 107 + 3 * 14 + 8 + 16, 300};
    const HeadGridLayout close(input);
    EXPECT_EQ(close.pitch().width(), 107 + 14);
    EXPECT_EQ(close.contentSize().width(), input.area.width());
    input.area.rwidth() -= 20; // less than 12 px between them: they scroll instead
    EXPECT_EQ(HeadGridLayout(input).pitch().width(), 126);
}

TEST(HeadGridLayout, MapsCanBeAsLargeAsALayerFits)
{
    HeadGridLayoutInput input = layers();
    // 52 px of labels, 16 of margin, 8 between groups, 3 gaps of 12, 4 times key 0 with its gap.
    const int others = 52 + 16 + 8 + 3 * 12 + 4 * 11;
    EXPECT_EQ(HeadGridLayout::fittingMap(input, others + 4 * 70), 70);
    EXPECT_EQ(HeadGridLayout::fittingMap(input, others + 4 * 70 + 3), 70);
    input.thumbnail.map = 70;
    input.area = {others + 4 * 70, 300};
    EXPECT_EQ(HeadGridLayout(input).contentSize().width(), input.area.width());
}

TEST(HeadGridLayout, APointFindsItsThumbnailAndGapsBelongToTheOneBefore)
{
    const HeadGridLayout layout(layers());
    for (int index = 0; index < layout.count(); ++index) {
        EXPECT_EQ(layout.indexAt(layout.thumbnailRect(index).center()), index);
        EXPECT_EQ(layout.indexAt(layout.cellRect(index).topLeft()), index);
        EXPECT_EQ(layout.indexAt(layout.captionRect(index).bottomRight()), index);
    }
    EXPECT_EQ(layout.indexAt({10, 100}), std::nullopt) << "labels of rows";
    EXPECT_EQ(layout.indexAt({100, 10}), std::nullopt) << "labels of columns";
    EXPECT_EQ(layout.indexAt({52 + 126 + 107 + 20, 100}), 1) << "between two groups";
    EXPECT_EQ(layout.indexAt({100, 39 + 3 * 130}), std::nullopt) << "below the last";
}

TEST(HeadGridLayout, ABoxHoldsRowsAndColumnsBetweenItsCorners)
{
    const HeadGridLayout layout(layers());
    EXPECT_EQ(layout.box(1, 10), (std::vector<int> {1, 2, 5, 6, 9, 10}));
    EXPECT_EQ(layout.box(10, 1), layout.box(1, 10));
    EXPECT_EQ(layout.box(2, 9), layout.box(1, 10)) << "the other two corners";
}

TEST(HeadGridLayout, StepsStayInside)
{
    const HeadGridLayout layout(layers());
    EXPECT_EQ(layout.step(5, 1, 0), 9);
    EXPECT_EQ(layout.step(5, 4, 0), 9);
    EXPECT_EQ(layout.step(5, 0, -4), 4);
    EXPECT_EQ(layout.step(5, -4, 0), 1);
    const HeadGridLayout flowing(flow(5)); // 3 and 2
    EXPECT_EQ(flowing.step(2, 1, 0), 4) << "the last row is not full";
    EXPECT_EQ(flowing.box(1, 4), (std::vector<int> {1, 4}));
    EXPECT_EQ(flowing.box(2, 3), (std::vector<int> {0, 1, 2, 3, 4})) << "without the one that is not there";
}

TEST(HeadGridLayout, InAFlowAsManyStandInARowAsThereIsRoomFor)
{
    const HeadGridLayout layout(flow(5));
    EXPECT_EQ(layout.columns(), 3); // (500 - 32 + 19) / 126
    EXPECT_EQ(layout.rows(), 2);
    EXPECT_EQ(layout.thumbnailRect(0).topLeft(), QPoint(16, 10 + 16)); // below its name
    EXPECT_EQ(layout.thumbnailRect(3).topLeft(), QPoint(16, 10 + 16 + 146));
    EXPECT_EQ(layout.nameRect(0), QRect(16, 10, 107, 14));
    EXPECT_EQ(layout.headerHeight(), 10) << "no labels of columns";
    EXPECT_LE(layout.contentSize().width(), 500);
}

TEST(HeadGridLayout, OnlyThoseInSightAreListed)
{
    const HeadGridLayout layout(layers());
    EXPECT_EQ(layout.indicesIn({0, 39 + 130, 180, 100}), (std::vector<int> {4, 5}));
    EXPECT_EQ(layout.indicesIn({0, 0, 2000, 2000}).size(), 12U);
    EXPECT_TRUE(layout.indicesIn({0, 5000, 700, 300}).empty());
    EXPECT_TRUE(HeadGridLayout(flow(0)).indicesIn({0, 0, 100, 100}).empty());
    EXPECT_EQ(HeadGridLayout(flow(0)).count(), 0);
}

} // namespace
