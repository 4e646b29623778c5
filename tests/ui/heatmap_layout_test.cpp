// SPDX-License-Identifier: Apache-2.0
// The layer x head map: cells and hit testing, sizes of the design, words, keys and signals.
#include "ui/views/heatmap_layout.h"
#include "ui/views/heatmap_view.h"

#include <gtest/gtest.h>

#include <QSignalSpy>
#include <QTest>

namespace sinkscope::ui {
namespace {

HeatmapLayoutInput input(int layers, int heads, int groupSize, QSize area)
{
    return {layers, heads, groupSize, area, 7, 16};
}

TEST(HeatmapLayout, SizesOfTheDesign)
{
    const HeatmapLayout large(input(30, 9, 3, {304, 700}));
    EXPECT_EQ(large.cellPitch(), QSize(27, 18));
    const HeatmapLayout small(input(30, 9, 3, {248, 560}));
    EXPECT_EQ(small.cellPitch(), QSize(21, 14));
    // The gap between two key/value groups is 4 px on top of the pitch.
    EXPECT_EQ(large.cellRect({0, 3}).left() - large.cellRect({0, 2}).left(), 27 + 4);
    EXPECT_EQ(large.cellRect({0, 2}).left() - large.cellRect({0, 1}).left(), 27);
}

TEST(HeatmapLayout, HitTestingIsTheInverseOfTheCells)
{
    struct Shape {
        int layers, heads, groupSize;
        QSize area;
    };
    for (const Shape &shape : {Shape {30, 9, 3, {304, 700}}, Shape {32, 32, 4, {304, 600}},
             Shape {80, 64, 8, {304, 900}}, Shape {12, 12, 1, {248, 400}}, Shape {1, 1, 1, {232, 200}}}) {
        const HeatmapLayout layout(input(shape.layers, shape.heads, shape.groupSize, shape.area));
        for (int layer = 0; layer < shape.layers; ++layer) {
            for (int head = 0; head < shape.heads; ++head) {
                const HeatmapCell cell {layer, head};
                const QRect rect = layout.cellRect(cell);
                EXPECT_EQ(layout.cellAt(rect.topLeft()), cell);
                EXPECT_EQ(layout.cellAt(rect.bottomRight()), cell);
                EXPECT_EQ(layout.cellAt(rect.center()), cell);
                EXPECT_EQ(layout.cellAt(rect.bottomRight() + QPoint(1, 1)), cell)
                    << "the gap behind a cell is its own";
            }
        }
        EXPECT_FALSE(layout.cellAt(layout.mapRect().topLeft() - QPoint(1, 0)));
        EXPECT_FALSE(layout.cellAt(layout.mapRect().topLeft() - QPoint(0, 1)));
        EXPECT_FALSE(layout.cellAt(layout.mapRect().bottomRight() + QPoint(0, 2)));
        EXPECT_FALSE(layout.cellAt(layout.mapRect().bottomRight() + QPoint(2, 0)));
    }
}

TEST(HeatmapLayout, AllLayersAndTheLegendAreInSightInASmallWindow)
{
    // The view at 1024 x 680, and at 1280 x 800 with a text of 125 % and a title of two lines.
    HeatmapLayoutInput small = input(30, 9, 3, {248, 392});
    HeatmapLayoutInput largeText {30, 9, 3, {302, 460}, 9, 20, 1.25, 2};
    for (const HeatmapLayoutInput &in : {small, largeText}) {
        const HeatmapLayout layout(in);
        EXPECT_LE(layout.contentSize().height(), in.area.height());
        EXPECT_LT(layout.legendRect().bottom(), in.area.height() - 4);
        EXPECT_GE(layout.cellPitch().height(), 8); // a cell can still be hit
    }
}

TEST(HeatmapLayout, TheLegendStaysInSightWhereTheLayersScroll)
{
    const HeatmapLayout layout(input(80, 9, 3, {248, 400}));
    EXPECT_TRUE(layout.isLegendPinned());
    EXPECT_LT(layout.legendRect().bottom(), 400);
    EXPECT_LT(layout.mapRect().top() + 8 * layout.cellPitch().height(), layout.barRect().top());
    // Scrolled to the end, the last layer stands above the bar.
    const int scroll = layout.contentSize().height() - 400;
    EXPECT_LT(layout.mapRect().bottom() - scroll, layout.barRect().top());
}

TEST(HeatmapLayout, GapBetweenGroupsBelongsToNoHead)
{
    const HeatmapLayout layout(input(30, 9, 3, {304, 700}));
    const QRect before = layout.cellRect({4, 2});
    EXPECT_FALSE(layout.cellAt({before.right() + 3, before.center().y()}));
}

TEST(HeatmapLayout, WordsBelowANarrowMapHaveTheirRoom)
{
    HeatmapLayoutInput narrow = input(1, 2, 1, {304, 700});
    const HeatmapLayout layout(narrow);
    EXPECT_GE(layout.legendRect().width(), 28 * narrow.digitPx); // two triangles and "layer 0 at the top"
    EXPECT_GT(layout.legendRect().top(), layout.barRect().bottom());
    narrow.titleLines = 2;
    EXPECT_EQ(HeatmapLayout(narrow).barRect().height(), layout.barRect().height() + narrow.axisHeightPx);
    narrow.area = {180, 700}; // too narrow for one line
    EXPECT_EQ(HeatmapLayout(narrow).legendRect().height(), 2 * narrow.axisHeightPx);
}

TEST(HeatmapLayout, CellsKeepTheirLeastSizeAndTheMapScrolls)
{
    const HeatmapLayout layout(input(80, 64, 8, {304, 600}));
    EXPECT_GE(layout.cellPitch().width(), 12);
    EXPECT_GE(layout.cellPitch().height(), 12);
    EXPECT_GT(layout.contentSize().width(), 304);
    EXPECT_GT(layout.contentSize().height(), 600);
    const HeatmapLayout fits(input(30, 9, 3, {304, 700}));
    EXPECT_LE(fits.contentSize().width(), 304);
    EXPECT_LE(fits.contentSize().height(), 700);
}

TEST(HeatmapLayout, LabelsAreThinnedSoThatTheyDoNotTouch)
{
    for (const int height : {420, 560, 700, 1000}) {
        const HeatmapLayout layout(input(30, 9, 3, {304, height}));
        int former = -100;
        for (int layer = 0; layer < 30; ++layer) {
            if (!layout.showsRowLabel(layer))
                continue;
            EXPECT_GE(layout.rowLabelRect(layer).top() - former, 14) << height;
            former = layout.rowLabelRect(layer).top();
        }
        EXPECT_TRUE(layout.showsRowLabel(0));
    }
}

TEST(HeatmapLayout, BarAndLegendStandBelowTheMap)
{
    const HeatmapLayout layout(input(30, 9, 3, {304, 700}));
    EXPECT_GT(layout.barRect().top(), layout.mapRect().bottom());
    EXPECT_GT(layout.legendRect().top(), layout.barRect().bottom());
    EXPECT_LE(layout.legendRect().bottom(), layout.contentSize().height());
}

HeatmapData smallData()
{
    HeatmapData data;
    data.layers = 6;
    data.heads = 4;
    data.groupSize = 2;
    std::vector<float> values;
    values.reserve(std::size_t(24));
    for (int position = 0; position < 24; ++position)
        values.push_back(float(position) / 23.0F);
    data.values = SharedFloats(values);
    data.gammas.assign(24, 1.0F);
    data.gammas[9] = 0.5F;
    data.title = QStringLiteral("attention to key 0");
    data.shortMeasure = QStringLiteral("sink mass");
    return data;
}

TEST(HeatmapView, KeysMoveTheSelectionAndStayInside)
{
    HeatmapView view;
    view.resize(304, 400);
    view.setData(smallData());
    QSignalSpy selected(&view, &HeatmapView::headSelected);
    QTest::keyClick(&view, Qt::Key_Right);
    QTest::keyClick(&view, Qt::Key_Down);
    EXPECT_EQ(view.selected(), (HeatmapCell {1, 1}));
    QTest::keyClick(&view, Qt::Key_PageDown);
    EXPECT_EQ(view.selected(), (HeatmapCell {5, 1}));
    QTest::keyClick(&view, Qt::Key_End);
    EXPECT_EQ(view.selected(), (HeatmapCell {5, 3}));
    ASSERT_EQ(selected.count(), 4);
    QTest::keyClick(&view, Qt::Key_Right);
    EXPECT_EQ(selected.count(), 4) << "the border is no move";
    QTest::keyClick(&view, Qt::Key_Home);
    EXPECT_EQ(view.selected(), (HeatmapCell {0, 0}));
    EXPECT_EQ(selected.last().at(0).toInt(), 0);
}

TEST(HeatmapView, ClickSelectsAndHoverTells)
{
    HeatmapView view;
    view.resize(304, 400);
    view.setData(smallData());
    view.show();
    QSignalSpy selected(&view, &HeatmapView::headSelected);
    QSignalSpy hovered(&view, &HeatmapView::headHovered);
    QTest::mouseMove(view.viewport(), view.viewportPoint({3, 2}));
    QTest::mouseClick(view.viewport(), Qt::LeftButton, Qt::NoModifier, view.viewportPoint({3, 2}));
    ASSERT_EQ(selected.count(), 1);
    EXPECT_EQ(selected.first().at(0).toInt(), 3);
    EXPECT_EQ(selected.first().at(1).toInt(), 2);
    ASSERT_FALSE(hovered.isEmpty());
    EXPECT_EQ(hovered.last().at(0).toInt(), 3);
}

TEST(HeatmapView, WordsNameHeadGroupValueAndFactor)
{
    HeatmapView view;
    view.setData(smallData());
    EXPECT_EQ(view.cellInWords({2, 1}).toStdString(), "Layer 2 head 1 (KV 0), sink mass 0.3913, factor 0.50");
    EXPECT_EQ(view.cellInWords({2, 2}).toStdString(), "Layer 2 head 2 (KV 1), sink mass 0.4348");
    view.setSelected({2, 1});
    EXPECT_TRUE(view.accessibleName().contains(QStringLiteral("Layer 2 head 1")));
}

TEST(HeatmapView, PaintsEachCellInItsColour)
{
    HeatmapView view;
    view.resize(304, 400);
    HeatmapData data = smallData();
    data.firstStaleLayer = 4;
    view.setData(data);
    view.show();
    const QImage image = view.viewport()->grab().toImage();
    for (int layer = 1; layer < 6; ++layer) {
        const HeatmapCell cell {layer, 3};
        EXPECT_EQ(QColor(image.pixel(view.viewportPoint(cell))), view.cellColour(cell)) << layer;
    }
    const Theme theme;
    EXPECT_EQ(view.cellColour({3, 3}), theme.sink().colour(15.0 / 23.0));
    EXPECT_EQ(view.cellColour({5, 3}), blended(theme.sink().colour(1.0), theme.colours().window, 0.64));
}

TEST(HeatmapView, FactorScaleHasOneInTheMiddle)
{
    HeatmapView view;
    HeatmapData data = smallData();
    std::vector<float> gammas(24, 1.0F);
    gammas[0] = 100.0F;
    gammas[1] = 0.0F;
    data.values = SharedFloats(gammas);
    data.scale = HeatmapScale::Factor;
    view.setData(data);
    const Theme theme;
    EXPECT_EQ(view.cellColour({1, 1}), theme.diverging().colour(0.5));
    EXPECT_EQ(view.cellColour({0, 0}), theme.diverging().colour(1.0));
    EXPECT_EQ(view.cellColour({0, 1}), theme.diverging().colour(0.0));
}

} // namespace
} // namespace sinkscope::ui
