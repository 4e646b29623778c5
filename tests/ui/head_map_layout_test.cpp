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

TEST(HeadMapLayout, NoTokensIsEmpty)
{
    const HeadMapLayout layout = layoutOf(0, kLarge);
    EXPECT_TRUE(layout.isEmpty());
    EXPECT_FALSE(layout.cellAt({300, 300}));
}

} // namespace
} // namespace sinkscope::ui
