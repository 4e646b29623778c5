// SPDX-License-Identifier: Apache-2.0
// What thumbnails show in the real window: colours, ranges, the slider, what was not captured, the figure.
#include "tests/ui/head_grid_fixture.h"
#include "ui/views/colour_scale.h"

#include <QAbstractButton>
#include <QTemporaryDir>

#include <algorithm>

using namespace sinkscope;
using namespace sinkscope::ui;
using namespace sinkscope::test;

namespace {

/// The tokens that px `pixel` of 96 stands for.
std::pair<int, int> tokensOfPx(int pixel, int tokens)
{
    return {pixel * tokens / 96, (pixel + 1) * tokens / 96 - 1};
}

TEST_F(HeadGrid9x4, APixelHasTheColourOfTheGreatestOfItsWeights)
{
    const int tokens = int(driver.state().baseline()->prompt->ids.size());
    ASSERT_GT(tokens, 2 * 96) << "several tokens a px";
    ASSERT_EQ(grid().thumbnailPx(), 96);
    // The range: of all heads, keys from 1 on, rows of more than four keys.
    float greatest = 0.0F;
    for (int layer = 0; layer < kLayers; ++layer)
        for (int head = 0; head < kHeads; ++head)
            for (int query = 4; query < tokens; ++query)
                for (const float weight :
                    record(layer).patternRow(HeadIndex(head), TokenPos(query)).subspan(1))
                    greatest = std::max(greatest, weight);
    const ColourScale scale = ColourScale::logarithmic(niceCeiling(double(greatest)));
    const QImage shown = picture();
    const HeatmapCell cell {1, 2};
    const QRect thumbnail = grid().thumbnailRect(cell);
    const Theme theme;
    int compared = 0;
    for (const auto &[row, column] : {std::pair(95, 0), {60, 30}, {40, 39}, {95, 94}, {70, 5}, {33, 12}}) {
        const auto [firstQuery, lastQuery] = tokensOfPx(row, tokens);
        const auto [firstKey, lastKey] = tokensOfPx(column, tokens - 1);
        float weight = 0.0F;
        for (int query = firstQuery; query <= lastQuery; ++query) {
            const auto weights = record(cell.layer).patternRow(HeadIndex(cell.head), TokenPos(query));
            for (int key = firstKey + 1; key <= std::min(lastKey + 1, query); ++key)
                weight = std::max(weight, weights[std::size_t(key)]);
        }
        EXPECT_EQ(shown.pixel(thumbnail.left() + 11 + column, thumbnail.top() + row),
            theme.attentionMap().rgb(scale.share(double(weight))))
            << row << ' ' << column;
        float sink = 0.0F;
        for (int query = firstQuery; query <= lastQuery; ++query)
            sink = std::max(sink, record(cell.layer).sinkMass.at(std::size_t(cell.head), std::size_t(query)));
        EXPECT_EQ(shown.pixel(thumbnail.left() + 3, thumbnail.top() + row), theme.sink().rgb(double(sink)));
        ++compared;
    }
    EXPECT_EQ(compared, 6);
}

TEST_F(HeadGrid9x4, DuringADragTheThumbnailFollowsByTheClosedForm)
{
    click(2, 1);
    ASSERT_TRUE(waitPictures());
    const auto last = record(2).tokenCount() - 1;
    const double before = double(record(2).sinkMass.at(1, last));
    const QRect place = grid().thumbnailRect({2, 1});
    const QImage former = picture().copy(place);
    const QImage neighbour = picture().copy(grid().thumbnailRect({2, 3}));
    driver.dragSlider(20.0, 3, UiDriver::Release::No); // no answer of the engine is taken here
    const double gamma = driver.state().edits().effectiveFactor(at(2, 1));
    const double after = gamma * before / (gamma * before + 1.0 - before); // arXiv 2505.11739
    const auto cell = grid().data().at({2, 1});
    EXPECT_NEAR(double(grid().data().lastSinkMass[cell]), after, 1e-5); // fp32
    EXPECT_FALSE(driver.state().isFresh());
    EXPECT_NE(picture().copy(place), former);
    EXPECT_EQ(picture().copy(grid().thumbnailRect({2, 3})), neighbour) << "its neighbour stays";
    driver.releaseSlider();
    ASSERT_TRUE(driver.waitComplete());
}

TEST_F(HeadGrid9x4, LayersAboveTheEditDimWhileTheyAreOfTheEarlierPass)
{
    HeadGridData stale = grid().data();
    const QRect below = grid().thumbnailRect({1, 0});
    const QRect above = grid().thumbnailRect({3, 0});
    const QImage fresh = picture();
    stale.firstStaleLayer = 2;
    grid().setData(stale);
    const QImage dimmed = picture();
    EXPECT_EQ(dimmed.copy(below), fresh.copy(below));
    const QColor now = dimmed.pixelColor(above.left() + 11, above.bottom());
    const QColor full = fresh.pixelColor(above.left() + 11, above.bottom());
    const QColor expected = blended(full, Theme().colours().canvas, 0.64);
    EXPECT_NEAR(now.red(), expected.red(), 2); // Qt rounds opacity to 1 / 256
    EXPECT_NEAR(now.green(), expected.green(), 2);
    EXPECT_NEAR(now.blue(), expected.blue(), 2);
}

TEST_F(HeadGrid9x4, TheBarsSayWhichScale)
{
    auto &bars = driver.find<ScaleBars>("gridBars");
    const int last = int(driver.state().baseline()->prompt->ids.size()) - 1;
    ASSERT_EQ(bars.bars().size(), 2U);
    EXPECT_EQ(bars.bars()[0].title, QStringLiteral("key 0"));
    EXPECT_EQ(bars.bars()[1].title, QStringLiteral("keys 1–%1, log, all heads").arg(last));
    QTest::mouseClick(&driver.find<QAbstractButton>("gridRangeEach"), Qt::LeftButton);
    QTest::mouseClick(&driver.find<QAbstractButton>("gridLinear"), Qt::LeftButton);
    EXPECT_EQ(bars.bars()[1].title, QStringLiteral("keys 1–%1, linear, each head").arg(last));
    driver.selection().setKeyZero(KeyZeroScale::Shared);
    ASSERT_EQ(bars.bars().size(), 1U);
    EXPECT_TRUE(bars.bars()[0].title.startsWith(QStringLiteral("keys 0–")));
    driver.selection().setKeyZero(KeyZeroScale::Apart);
    driver.selection().setSide(Side::Difference);
    EXPECT_TRUE(bars.bars()[1].title.contains(QStringLiteral("change")));
    EXPECT_FALSE(driver.find<QAbstractButton>("gridLog").isEnabled());
}

TEST_F(HeadGrid9x4, HeadsOfLayersThatDidNotFitInMemoryAreHatchedWithTheReason)
{
    const QImage captured = picture();
    PassLimits limits;
    limits.patternBudgetBytes = 0; // of the selected layer alone
    driver.state().setPassLimits(limits);
    ASSERT_TRUE(driver.waitComplete());
    driver.selection().setHead(at(0, 0));
    ASSERT_TRUE(driver.waitComplete());
    ASSERT_TRUE(waitPictures());
    EXPECT_FALSE(grid().cellInWords({0, 1}).contains(QStringLiteral("Not captured")));
    EXPECT_TRUE(grid().cellInWords({3, 1}).contains(QStringLiteral("Not captured: the memory")));
    const QImage shown = picture();
    const QRect there = grid().thumbnailRect({0, 1});
    const QRect absent = grid().thumbnailRect({3, 1});
    EXPECT_EQ(shown.copy(there), captured.copy(there));
    const QRect corner(absent.right() - 20, absent.top(), 20, 20);
    EXPECT_NE(shown.copy(corner), captured.copy(corner)) << "masked before, hatched now";
    const QRect sink(absent.left(), absent.top(), 8, 96);
    EXPECT_EQ(shown.copy(sink), captured.copy(sink)) << "attention to key 0 is kept all the same";
}

TEST_F(HeadGrid9x4, AFigureMarksTheSelectedHead)
{
    driver.selection().setHead(at(3, 2));
    const HeadGridPanel figure(*driver.bench, HeadGridPanel::Use::Figure);
    EXPECT_EQ(static_cast<HeadGridView *>(figure.view())->selected(), (HeatmapCell {3, 2}));
}

TEST_F(HeadGrid9x4, FiguresOfAllHeadsAreExported)
{
    QTemporaryDir folder;
    driver.prompts.nextExport = folder.filePath(QStringLiteral("heads.png"));
    driver.window->findChild<QAction *>(QStringLiteral("exportFigureGrid"))->trigger();
    ASSERT_TRUE(QTest::qWaitFor([&] { return QFile::exists(driver.prompts.nextExport); }));
    QImage image;
    ASSERT_TRUE(QTest::qWaitFor([&] { return image.load(driver.prompts.nextExport); }));
    EXPECT_GE(image.height(), 2 * kLayers * 130) << "all layers, at two px for one";
    // The first thumbnail has the colours of the one on screen.
    const QRect first = grid().thumbnailRect({0, 0});
    const QRgb wanted = picture().pixel(first.left() + 11 + 20, first.top() + 60);
    bool isThere = false;
    for (int y = 0; y < image.height() / 4 && !isThere; ++y)
        for (int x = 0; x < image.width() / 4 && !isThere; ++x)
            isThere = image.pixel(x, y) == wanted;
    EXPECT_TRUE(isThere);
}

} // namespace
