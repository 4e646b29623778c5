// SPDX-License-Identifier: Apache-2.0
// The head map's geometry: whole-px cells, hit testing, pooling, room of the parts around.
#include "ui/views/head_map_layout.h"

#include <gtest/gtest.h>

#include <vector>

namespace sinkscope::ui {
namespace {

constexpr QSize kLarge(1167, 830); // the centre of the window at 1920 x 1080
constexpr QSize kSmall(703, 565); // at 1280 x 800

HeadMapLayout layoutOf(int tokens, QSize area)
{
    HeadMapLayoutInput input;
    input.tokens = tokens;
    input.area = area;
    return HeadMapLayout(input);
}

TEST(HeadMapLayout, SizesOfTheDesign)
{
    const HeadMapLayout large = layoutOf(32, kLarge);
    EXPECT_EQ(large.cellPx(), 20);
    EXPECT_EQ(large.sinkColumnRect().width(), 24);
    EXPECT_EQ(large.mapRect().left() - large.sinkColumnRect().right() - 1, 8);
    EXPECT_EQ(large.mapRect().size(), QSize(31 * 20, 32 * 20));
    EXPECT_TRUE(large.hasProfiles());
    const HeadMapLayout small = layoutOf(32, kSmall);
    EXPECT_EQ(small.cellPx(), 13);
    EXPECT_EQ(small.sinkColumnRect().width(), 18);
    EXPECT_FALSE(small.hasProfiles());
    EXPECT_EQ(small.labelStep(), 2);
    EXPECT_EQ(large.labelStep(), 1);
}

TEST(HeadMapLayout, HitTestingIsTheInverseOfTheCells)
{
    for (const int tokens : {1, 2, 5, 32, 128, 400}) {
        const HeadMapLayout layout = layoutOf(tokens, kLarge);
        ASSERT_GT(layout.cellPx(), 0) << tokens;
        for (int query = 0; query < tokens; ++query) {
            for (int key = 0; key < tokens; ++key) {
                const QRect rect = layout.cellRect({query, key});
                ASSERT_EQ(layout.cellAt(rect.topLeft()), (HeadMapCell {query, key}));
                ASSERT_EQ(layout.cellAt(rect.bottomRight()), (HeadMapCell {query, key}));
            }
        }
        const QRect sink = layout.sinkColumnRect();
        EXPECT_FALSE(layout.cellAt({sink.right() + 4, sink.top()})) << "the gap after key 0";
        EXPECT_FALSE(layout.cellAt({sink.left(), sink.top() - 1}));
        EXPECT_FALSE(layout.cellAt({sink.left(), sink.bottom() + 1}));
    }
}

TEST(HeadMapLayout, PooledPixelsCoverEveryTokenOnce)
{
    for (const int tokens : {700, 1000, 1500}) {
        for (const QSize area : {kLarge, kSmall, QSize(320, 280)}) {
            const HeadMapLayout layout = layoutOf(tokens, area);
            ASSERT_TRUE(layout.isPooled());
            int next = 0;
            for (int row = 0; row < layout.rowPixels(); ++row) {
                const TokenSpan span = layout.rowSpan(row);
                ASSERT_EQ(span.first, next);
                ASSERT_GE(span.last, span.first);
                next = span.last + 1;
            }
            EXPECT_EQ(next, tokens);
            next = 1;
            for (int column = 0; column < layout.columnPixels(); ++column) {
                const TokenSpan span = layout.columnSpan(column);
                ASSERT_EQ(span.first, next);
                next = span.last + 1;
            }
            EXPECT_EQ(next, tokens);
        }
    }
}

TEST(HeadMapLayout, PooledCellStandsOnThePixelThatHoldsIt)
{
    const HeadMapLayout layout = layoutOf(1500, kLarge);
    const QRect map = layout.mapRect();
    for (int token = 1; token < 1500; ++token) {
        const QRect rect = layout.cellRect({token, token});
        ASSERT_TRUE(map.contains(rect));
        const TokenSpan row = layout.rowSpan(rect.top() - map.top());
        const TokenSpan column = layout.columnSpan(rect.left() - map.left());
        ASSERT_TRUE(row.first <= token && token <= row.last) << token;
        ASSERT_TRUE(column.first <= token && token <= column.last) << token;
    }
}

TEST(HeadMapLayout, PartsStayInsideAndDoNotOverlap)
{
    for (const int tokens : {1, 2, 5, 12, 32, 200, 1000}) {
        for (const QSize area : {kLarge, kSmall, QSize(1500, 1000), QSize(900, 600), QSize(500, 420)}) {
            const HeadMapLayout layout = layoutOf(tokens, area);
            const QRect whole(QPoint(0, 0), area);
            std::vector<QRect> parts {layout.sinkColumnRect(), layout.mapRect(), layout.sinkProfileRect(),
                layout.entropyProfileRect(), layout.weightsRect(), layout.sinkBarRect(), layout.mapBarRect(),
                layout.legendRect()};
            for (std::size_t first = 0; first < parts.size(); ++first) {
                if (parts[first].isEmpty())
                    continue;
                EXPECT_TRUE(whole.contains(parts[first]))
                    << tokens << " tokens, " << area.width() << " wide, part " << first;
                for (std::size_t second = first + 1; second < parts.size(); ++second)
                    EXPECT_FALSE(parts[first].intersects(parts[second])) << first << " and " << second;
            }
        }
    }
}

TEST(HeadMapLayout, LabelsFollowOneTwoFiveAndNeverTouch)
{
    for (const int tokens : {10, 32, 64, 100, 300, 512, 1000, 1500}) {
        for (const QSize area : {kLarge, kSmall}) {
            const HeadMapLayout layout = layoutOf(tokens, area);
            int step = layout.labelStep();
            const int next =
                layout.rowLabelRect(std::min(step, tokens - 1)).top() - layout.rowLabelRect(0).top();
            if (step < tokens) {
                EXPECT_GE(next, layout.labelPitch() - 1) << tokens;
            }
            while (step % 10 == 0)
                step /= 10;
            EXPECT_TRUE(step == 1 || step == 2 || step == 5) << layout.labelStep();
        }
    }
}

TEST(HeadMapLayout, ReadOutKeepsOffTheDiagonal)
{
    for (const int tokens : {32, 100, 1000}) {
        for (const QSize area : {kLarge, kSmall}) {
            const HeadMapLayout layout = layoutOf(tokens, area);
            const QRect rect = layout.readOutRect(5, 20);
            ASSERT_FALSE(rect.isEmpty());
            EXPECT_TRUE(layout.mapRect().contains(rect));
            const auto corner = layout.cellAt(rect.bottomLeft());
            ASSERT_TRUE(corner);
            EXPECT_GT(corner->key, corner->query) << "inside the masked half";
        }
    }
    EXPECT_TRUE(layoutOf(32, {500, 300}).readOutRect(5, 20).isEmpty()) << "a map below 200 px has none";
}

TEST(HeadMapLayout, ANarrowReadOutReachesFurtherDown)
{
    const HeadMapLayout layout = layoutOf(32, {703, 500});
    EXPECT_TRUE(layout.readOutRect(6, 16).isEmpty());
    const QRect rect = layout.readOutRect(6, 16, 200);
    ASSERT_FALSE(rect.isEmpty());
    EXPECT_TRUE(layout.mapRect().contains(rect));
}

TEST(HeadMapLayout, AFewTokensHaveTheReadOutBesideTheMap)
{
    const HeadMapLayout layout = layoutOf(5, kLarge);
    const QRect rect = layout.readOutRect(7, 20);
    ASSERT_FALSE(rect.isEmpty());
    EXPECT_GT(rect.left(), layout.mapRect().right());
    EXPECT_LT(rect.right(), layout.sinkProfileRect().left());
}

TEST(HeadMapLayout, EveryPromptHasRoomForTheWholeReadOut)
{
    constexpr QSize kMedium(846, 820); // the centre of the window at 1600 x 1000
    for (const int tokens : {1, 2, 3, 4, 5, 8, 32, 48, 64, 128, 1000}) {
        for (const QSize area : {kLarge, kMedium, kSmall}) {
            HeadMapLayoutInput input;
            input.tokens = tokens;
            input.area = area;
            const HeadMapLayout layout(input);
            const QRect rect = layout.readOutRect(8, 15, input.leastReadOut.width());
            ASSERT_FALSE(rect.isEmpty()) << tokens << " tokens, " << area.width() << " wide";
            for (const QRect &part : {layout.sinkProfileRect(), layout.sinkBarRect(), layout.mapBarRect(),
                     layout.legendRect(), layout.weightsRect()})
                EXPECT_FALSE(rect.intersects(part)) << tokens << " tokens, " << area.width() << " wide";
            EXPECT_TRUE(QRect(QPoint(0, 0), area).contains(rect));
        }
    }
}

TEST(HeadMapLayout, ProfilesShowFromAWindowOf1600On)
{
    for (const int tokens : {2, 3, 5, 32, 200}) {
        EXPECT_TRUE(layoutOf(tokens, {846, 820}).hasProfiles()) << tokens;
        EXPECT_GE(layoutOf(tokens, {846, 820}).sinkProfileRect().width(), 80) << tokens;
        EXPECT_FALSE(layoutOf(tokens, kSmall).hasProfiles()) << tokens;
    }
}

TEST(HeadMapLayout, AMapInALowNarrowPlaceKeepsASensibleSize)
{
    const HeadMapLayout layout = layoutOf(32, {447, 390}); // the centre at 1024 x 680
    EXPECT_GE(layout.mapRect().height(), 200);
    EXPECT_FALSE(layout.hasWeights()); // they stand in the prompt strip as well
    EXPECT_LE(layout.mapBarRect().bottom(), 390);
}

HeadMapLayout zoomedLayout(int tokens, double pxPerToken, QPoint scroll)
{
    HeadMapLayoutInput input;
    input.tokens = tokens;
    input.area = kLarge;
    input.zoom = {pxPerToken};
    input.scroll = scroll;
    return HeadMapLayout(input);
}

TEST(HeadMapAxis, SpansAndPositionsByHand)
{
    // Ten tokens of 4 px, 12 px in view from px 6 on: tokens 1 (its last 2 px), 2, 3 and 4 (its first 2).
    const HeadMapAxis cells {.tokens = 10, .cell = 4, .content = 40, .visible = 12, .offset = 6};
    EXPECT_EQ(cells.spanAt(0), (TokenSpan {1, 1}));
    EXPECT_EQ(cells.spanAt(2), (TokenSpan {2, 2}));
    EXPECT_EQ(cells.positionOf(0), -6);
    EXPECT_EQ(cells.positionOf(4), 10);
    EXPECT_EQ(cells.visibleTokens(), (TokenSpan {1, 4}));
    EXPECT_EQ(cells.maximumOffset(), 28);
    // Keys 1..9, two or three a px: 9 tokens on 4 px begin at 0, 2, 4 and 6.
    const HeadMapAxis pooled {.firstToken = 1, .tokens = 9, .content = 4, .visible = 2, .offset = 2};
    EXPECT_EQ(pooled.spanAt(0), (TokenSpan {5, 6}));
    EXPECT_EQ(pooled.spanAt(1), (TokenSpan {7, 9}));
    EXPECT_EQ(pooled.positionOf(8), 1);
    EXPECT_EQ(pooled.positionOf(1), -2);
}

TEST(HeadMapAxis, ZoomGoesThroughWholePixelsOrWholeTokens)
{
    EXPECT_DOUBLE_EQ(zoomedIn(0.62).pxPerToken, 1.0);
    EXPECT_DOUBLE_EQ(zoomedIn(1.0).pxPerToken, 2.0);
    EXPECT_DOUBLE_EQ(zoomedIn(72.0).pxPerToken, 72.0);
    EXPECT_DOUBLE_EQ(zoomedOut(2.0, 0.3).pxPerToken, 1.0);
    EXPECT_DOUBLE_EQ(zoomedOut(1.0, 0.3).pxPerToken, 0.5);
    EXPECT_TRUE(zoomedOut(1.0, 0.62).isFit()) << "half a px is smaller than the whole map needs";
    EXPECT_TRUE(zoomedOut(16.0, 13.0).isFit());
}

TEST(HeadMapLayout, AZoomedMapFillsItsRoomAndKeepsTheScrollInRange)
{
    const HeadMapLayout fit = layoutOf(1024, kLarge);
    const HeadMapLayout zoomed = zoomedLayout(1024, 6, QPoint(100000, -5));
    EXPECT_TRUE(zoomed.isZoomed());
    EXPECT_FALSE(fit.isZoomed());
    EXPECT_EQ(zoomed.cellPx(), 6);
    EXPECT_EQ(zoomed.scroll(), QPoint(1023 * 6 - zoomed.columnPixels(), 0));
    EXPECT_GE(zoomed.columnPixels(), fit.columnPixels() - 8);
    EXPECT_GE(zoomed.rowPixels(), fit.rowPixels());
    EXPECT_TRUE(QRect(QPoint(), kLarge).contains(zoomed.mapRect()));
    EXPECT_EQ(zoomed.columnSpan(zoomed.columnPixels() - 1).last, 1023);
    // Larger than what fits in any case: the whole map.
    EXPECT_FALSE(zoomedLayout(1024, 0.1, {}).isZoomed());
    EXPECT_EQ(zoomedLayout(1024, 0.1, {}).mapRect(), fit.mapRect());
}

TEST(HeadMapLayout, HitTestingOfAZoomedMapIsTheInverseOfItsCells)
{
    for (const double px : {0.75, 1.0, 2.0, 24.0}) {
        const HeadMapLayout layout = zoomedLayout(1024, px, QPoint(311, 217));
        ASSERT_TRUE(layout.isZoomed()) << px;
        for (const QPoint inMap : {QPoint(0, 0), QPoint(17, 300), QPoint(200, 333)}) {
            const QPoint point = layout.mapRect().topLeft() + inMap;
            const auto cell = layout.cellAt(point);
            ASSERT_TRUE(cell);
            EXPECT_TRUE(layout.cellRect(*cell).contains(point))
                << px << ": " << cell->query << ", " << cell->key;
            EXPECT_TRUE(layout.isPooled() || layout.columnSpan(inMap.x()).first == cell->key);
        }
    }
}

TEST(HeadMapLayout, TheTokenUnderAPointStaysThereWhenTheMapGrows)
{
    const QPoint point(500, 400);
    const HeadMapLayout before = zoomedLayout(1024, 2, QPoint(300, 500));
    const QPointF tokens = before.tokensAt(point);
    HeadMapLayout after = zoomedLayout(1024, 8, {});
    after = zoomedLayout(1024, 8, after.scrollFor(tokens, point));
    // The map may move by the width of key 0; half a px of rounding of 8 is left.
    EXPECT_NEAR(after.tokensAt(point).x(), tokens.x(), 0.07);
    EXPECT_NEAR(after.tokensAt(point).y(), tokens.y(), 0.07);
}

TEST(HeadMapLayout, ScrollingToACellMovesNoFurtherThanNeeded)
{
    const HeadMapLayout layout = zoomedLayout(1024, 8, QPoint(800, 800));
    EXPECT_EQ(layout.scrollToShow(*layout.cellAt(layout.mapRect().center())), layout.scroll());
    EXPECT_EQ(layout.scrollToShow({50, 20}), QPoint(19 * 8, 50 * 8)); // key 1 is the first column
    EXPECT_EQ(layout.scrollToShow({900, 0}).x(), 800) << "key 0 is always in view";
    EXPECT_EQ(layout.scrollToShow({900, 0}).y(), 901 * 8 - layout.rowPixels());
}

TEST(HeadMapLayout, NoTokensIsEmpty)
{
    const HeadMapLayout layout = layoutOf(0, kLarge);
    EXPECT_TRUE(layout.isEmpty());
    EXPECT_FALSE(layout.cellAt({300, 300}));
}

} // namespace
} // namespace sinkscope::ui
