// SPDX-License-Identifier: Apache-2.0
// Values, scales, images, words and mouse of the head map on patterns worked out by hand.
#include "ui/views/head_map_picture.h"
#include "ui/views/head_map_view.h"
#include "ui/views/head_map_words.h"

#include <gtest/gtest.h>

#include <QSignalSpy>
#include <QTest>

#include <cmath>

namespace sinkscope::ui {
namespace {

// Three tokens; edited = baseline with the factor 3 on key 0 of rows 1 and 2, worked out by hand:
// row 1: 0.25 * 3 / (0.75 + 0.75) = 0.5; row 2: 0.5 * 3 / (1.5 + 0.5) = 0.75, the rest / 2 * ... = 0.15, 0.1.
HeadMapData threeTokens()
{
    HeadMapData data;
    data.tokens = {{QStringLiteral("a"), 10}, {QStringLiteral("·b"), 11}, {QStringLiteral("·c"), 12}};
    data.baseline.pattern = SharedFloats(std::vector<float> {1.0F, 0.25F, 0.75F, 0.5F, 0.3F, 0.2F});
    data.edited.pattern = SharedFloats(std::vector<float> {1.0F, 0.5F, 0.5F, 0.75F, 0.15F, 0.1F});
    data.hasEdit = true;
    data.form = HeadMapScaleForm::Linear;
    return data;
}

TEST(HeadMapValues, CellsComeFromThePackedTriangle)
{
    HeadMapData data = threeTokens();
    EXPECT_FLOAT_EQ(shownValue(data, {2, 1}), 0.15F);
    EXPECT_FLOAT_EQ(shownValue(data, {1, 2}), 0.0F);
    data.mode = HeadMapMode::Baseline;
    EXPECT_FLOAT_EQ(shownValue(data, {2, 1}), 0.3F);
    data.mode = HeadMapMode::Difference;
    EXPECT_FLOAT_EQ(shownValue(data, {2, 0}), 0.25F);
    EXPECT_FLOAT_EQ(shownValue(data, {1, 1}), -0.25F);
}

TEST(HeadMapValues, RowFiguresAreThoseOfTheRow)
{
    const auto figures = rowFigures(threeTokens().baseline, 2);
    ASSERT_TRUE(figures);
    EXPECT_NEAR(figures->sinkMass, 0.5, 1e-7);
    // -(0.5 ln 0.5 + 0.3 ln 0.3 + 0.2 ln 0.2) = 1.029653; fp32 weights allow 1e-6.
    EXPECT_NEAR(figures->entropy, 1.029653, 1e-6);
    // 0.6 and 0.4: 0.673012.
    EXPECT_NEAR(figures->restEntropy, 0.673012, 1e-6);
    EXPECT_FALSE(rowFigures(HeadSide {}, 0));
}

TEST(HeadMapValues, RankCountsGreaterWeights)
{
    const HeadSide side = threeTokens().baseline;
    EXPECT_EQ(rankInRow(side, {2, 0}), 1);
    EXPECT_EQ(rankInRow(side, {2, 1}), 2);
    EXPECT_EQ(rankInRow(side, {2, 2}), 3);
}

TEST(HeadMapWords, ACellIsOneSentenceOrAFewLines)
{
    const HeadMapData data = threeTokens();
    const QStringList lines = headMapCellLines(data, {2, 1});
    ASSERT_EQ(lines.size(), 3);
    for (const QString &line : lines)
        EXPECT_LE(line.size(), 60) << line.toStdString(); // read at a glance
    EXPECT_TRUE(lines[1].startsWith(QStringLiteral("weight 0.1500, 15.00 %"))) << lines[1].toStdString();
    EXPECT_EQ(headMapCellInWords(data, {2, 1}),
        lines[0] + QStringLiteral(": ") + lines[1] + QStringLiteral(", ") + lines[2]);
    EXPECT_EQ(headMapCellLines(data, {1, 2}).size(), 1); // masked
}

TEST(HeadMapScales, RangeLeavesKeyZeroOutAndTakesBothSides)
{
    HeadMapData data = threeTokens();
    HeadMapScales scales = headMapScales(data);
    EXPECT_DOUBLE_EQ(scales.rest.maximum, 0.8); // 0.75 of the baseline, rounded up
    EXPECT_EQ(scales.keyZero, ColourScale::unit());
    data.keyZero = KeyZeroPlace::InScale;
    EXPECT_DOUBLE_EQ(headMapScales(data).rest.maximum, 1.0);
    data.keyZero = KeyZeroPlace::Apart;
    data.heldMaximum = 0.95;
    EXPECT_DOUBLE_EQ(headMapScales(data).rest.maximum, 1.0) << "held during a drag";
    data.range = HeadMapRange::AllHeads;
    data.sharedMaximum = 0.4;
    EXPECT_DOUBLE_EQ(headMapScales(data).rest.maximum, 0.4);
}

/// Six tokens: rows 1 and 2 give their last key 0.9, later rows spread evenly over their keys but for key 0.
HeadMapData sixTokens()
{
    HeadMapData data;
    std::vector<float> pattern;
    for (int query = 0; query < 6; ++query) {
        data.tokens.push_back({QStringLiteral("t"), query});
        for (int key = 0; key <= query; ++key)
            pattern.push_back(query > 0 && query < 3 ? (key == query ? 0.9F : 0.05F)
                    : key == 0 && query > 0          ? 0.5F
                                                     : 0.5F / float(std::max(1, query)));
    }
    data.edited.pattern = SharedFloats(pattern);
    data.baseline = data.edited;
    return data;
}

TEST(HeadMapScales, RowsOfFewKeysDoNotSetTheRange)
{
    HeadMapData data = sixTokens(); // row 4: 0.5 / 4 = 0.125
    const HeadMapScales scales = headMapScales(data);
    EXPECT_DOUBLE_EQ(scales.rest.maximum, 0.15);
    EXPECT_TRUE(scales.isClipped);
    EXPECT_EQ(restTicks(scales)[1].text.toStdString(), "≥ 0.15");
    data.heldMaximum = 0.4; // a drag: neither wider nor narrower
    EXPECT_DOUBLE_EQ(headMapScales(data).rest.maximum, 0.4);
    data.heldMaximum = 0.05;
    EXPECT_DOUBLE_EQ(headMapScales(data).rest.maximum, 0.05);
    EXPECT_FALSE(headMapScales(threeTokens()).isClipped);
}

TEST(HeadMapScales, ARowHasItsOwnScaleBelowTheMap)
{
    const HeadMapData data = sixTokens();
    EXPECT_DOUBLE_EQ(rowWeightsTop(data, 5), 0.1); // 0.5 / 5
    EXPECT_DOUBLE_EQ(rowWeightsTop(data, 2), 1.0); // 0.9
}

TEST(HeadMapScales, LogFloorIsThreeDecadesDownAtMost)
{
    const ColourScale scale = ColourScale::logarithmic(0.3);
    EXPECT_NEAR(scale.minimum, 0.001, 1e-12);
    EXPECT_DOUBLE_EQ(scale.share(0.3), 1.0);
    EXPECT_DOUBLE_EQ(scale.share(0.0), 0.0);
    EXPECT_DOUBLE_EQ(scale.share(0.0001), 0.0);
    // log10(0.03 / 0.001) / log10(0.3 / 0.001) = 1.47712 / 2.47712
    EXPECT_NEAR(scale.share(0.03), 0.596306, 1e-5);
    EXPECT_NEAR(ColourScale::logarithmic(1.0).minimum, 0.001, 1e-12);
    ASSERT_EQ(scale.ticks().size(), 4U);
    EXPECT_EQ(scale.ticks()[0].text.toStdString(), "≤ 0.001");
    EXPECT_EQ(scale.ticks()[1].text.toStdString(), "0.3");
}

TEST(HeadMapScales, DifferenceIsSymmetricAboutZero)
{
    HeadMapData data = threeTokens();
    data.mode = HeadMapMode::Difference;
    const HeadMapScales scales = headMapScales(data);
    EXPECT_TRUE(scales.diverges);
    EXPECT_DOUBLE_EQ(scales.rest.minimum, -scales.rest.maximum);
    EXPECT_DOUBLE_EQ(scales.rest.share(0.0), 0.5);
    EXPECT_DOUBLE_EQ(scales.rest.maximum, 0.3); // greatest change 0.25
    EXPECT_DOUBLE_EQ(scales.keyZero.maximum, 0.3);
}

TEST(HeadMapScales, NoDifferenceIsSaidAndKeepsAUsualRange)
{
    HeadMapData data = threeTokens();
    data.mode = HeadMapMode::Difference;
    EXPECT_FALSE(hasNoDifference(data));
    data.edited = data.baseline;
    EXPECT_TRUE(hasNoDifference(data));
    EXPECT_DOUBLE_EQ(headMapScales(data).rest.maximum, 0.1);
    EXPECT_TRUE(makeReadOut(data, std::nullopt, 2).title.startsWith(QStringLiteral("no difference")));
}

TEST(HeadMapScales, CeilingsAreCalmNumbers)
{
    EXPECT_DOUBLE_EQ(niceCeiling(0.27), 0.3);
    EXPECT_DOUBLE_EQ(niceCeiling(0.3), 0.3);
    EXPECT_DOUBLE_EQ(niceCeiling(0.83), 1.0);
    EXPECT_DOUBLE_EQ(niceCeiling(11.0), 15.0);
    EXPECT_DOUBLE_EQ(niceCeiling(0.0), 1.0);
}

TEST(HeadMapPicture, PooledPixelsTakeTheMaximum)
{
    constexpr int kTokens = 1200;
    std::vector<float> pattern;
    for (int query = 0; query < kTokens; ++query) {
        for (int key = 0; key <= query; ++key)
            pattern.push_back(query == 1000 && key == 501 ? 0.5F : 0.001F);
    }
    HeadMapData data;
    data.tokens.assign(kTokens, {QStringLiteral("t"), 0});
    data.edited.pattern = SharedFloats(pattern);
    data.baseline = data.edited;
    data.form = HeadMapScaleForm::Linear;
    HeadMapLayoutInput input;
    input.tokens = kTokens;
    input.area = QSize(1000, 700);
    const HeadMapLayout layout(input);
    ASSERT_TRUE(layout.isPooled());
    const Theme theme;
    HeadMapPicture picture(data, theme);
    picture.show(layout);
    const QPoint at = layout.cellRect({1000, 501}).topLeft() - layout.mapRect().topLeft();
    EXPECT_EQ(picture.mapImage().pixel(at), theme.attentionMap().rgb(1.0));
    EXPECT_EQ(picture.mapImage().pixel(at - QPoint(2, 0)), theme.attentionMap().rgb(0.001 / 0.5));
    EXPECT_EQ(picture.mapImage().pixel(layout.columnPixels() - 1, 0), theme.colours().masked.rgb());
}

TEST(HeadMapView, PaintsCellsMaskAndKeyZeroInTheirColours)
{
    HeadMapView view;
    view.resize(1100, 700);
    view.setData(threeTokens());
    view.show();
    const QImage image = view.viewport()->grab().toImage();
    const Theme theme;
    for (const HeadMapCell cell :
        {HeadMapCell {0, 0}, {1, 0}, {1, 1}, {2, 0}, {2, 1}, {2, 2}, {0, 1}, {1, 2}}) {
        const QColor painted(image.pixel(view.layoutForTest().cellRect(cell).topLeft() + QPoint(3, 3)));
        EXPECT_EQ(painted, view.cellColour(cell)) << cell.query << ", " << cell.key;
    }
    EXPECT_EQ(view.cellColour({2, 0}), theme.sink().colour(0.75));
    EXPECT_EQ(view.cellColour({1, 1}), theme.attentionMap().colour(0.5 / 0.8));
    EXPECT_EQ(view.cellColour({0, 1}), theme.colours().masked);
}

TEST(HeadMapView, NotCapturedKeepsKeyZeroFromTheSinkMasses)
{
    HeadMapView view;
    view.resize(1100, 700);
    HeadMapData data = threeTokens();
    data.hasEdit = false;
    data.edited = HeadSide {};
    data.edited.sinkMass = SharedFloats(std::vector<float> {1.0F, 0.25F, 0.5F});
    data.edited.entropy = SharedFloats(std::vector<float> {0.0F, 0.5F, 1.0F});
    data.baseline = data.edited;
    data.notCapturedReason = QStringLiteral("not kept");
    view.setData(data);
    view.show();
    EXPECT_EQ(view.cellColour({2, 0}), Theme().sink().colour(0.5));
    EXPECT_TRUE(view.cellInWords({2, 1}).contains(QStringLiteral("not captured")));
    EXPECT_FALSE(view.grab().isNull());
}

TEST(HeadMapView, ClickPinsAndASecondClickReleases)
{
    HeadMapView view;
    view.resize(1100, 700);
    view.setData(threeTokens());
    view.show();
    QSignalSpy pinned(&view, &HeadMapView::cellPinned);
    QSignalSpy released(&view, &HeadMapView::pinReleased);
    QTest::mouseClick(view.viewport(), Qt::LeftButton, Qt::NoModifier, view.viewportPoint({2, 1}));
    ASSERT_EQ(pinned.count(), 1);
    EXPECT_EQ(pinned.first().at(0).toInt(), 2);
    EXPECT_EQ(pinned.first().at(1).toInt(), 1);
    QTest::mouseClick(view.viewport(), Qt::LeftButton, Qt::NoModifier, view.viewportPoint({0, 2}));
    EXPECT_EQ(pinned.count(), 1) << "a masked cell is no cell";
    QTest::mouseClick(view.viewport(), Qt::LeftButton, Qt::NoModifier, view.viewportPoint({2, 1}));
    EXPECT_EQ(released.count(), 1);
    EXPECT_FALSE(view.pinned());
}

TEST(HeadMapView, KeysMoveTheCellAndReleaseIt)
{
    HeadMapView view;
    view.resize(1100, 700);
    view.setData(threeTokens());
    QSignalSpy released(&view, &HeadMapView::pinReleased);
    QSignalSpy log(&view, &HeadMapView::logToggled);
    QSignalSpy keyZero(&view, &HeadMapView::keyZeroToggled);
    view.setPinned(HeadMapCell {2, 2});
    QTest::keyClick(&view, Qt::Key_Up, Qt::AltModifier);
    EXPECT_EQ(view.pinned(), (HeadMapCell {1, 1})) << "the key stays within the row";
    QTest::keyClick(&view, Qt::Key_Left, Qt::AltModifier);
    QTest::keyClick(&view, Qt::Key_Left, Qt::AltModifier);
    EXPECT_EQ(view.pinned(), (HeadMapCell {1, 0}));
    QTest::keyClick(&view, Qt::Key_Escape);
    EXPECT_EQ(released.count(), 1);
    QTest::keyClick(&view, Qt::Key_L);
    QTest::keyClick(&view, Qt::Key_B);
    EXPECT_EQ(log.count(), 1);
    EXPECT_EQ(keyZero.count(), 1);
}

TEST(HeadMapWords, ReadOutHasBothSides)
{
    const ReadOut readOut = makeReadOut(threeTokens(), HeadMapCell {2, 1}, 2);
    EXPECT_EQ(readOut.title.toStdString(), "query 2 '·c' reads key 1 '·b'");
    ASSERT_EQ(readOut.lines.size(), 5U);
    EXPECT_EQ(readOut.lines[0].before.toStdString(), "0.3000");
    EXPECT_EQ(readOut.lines[0].after.toStdString(), "0.1500");
    EXPECT_EQ(readOut.lines[1].before.toStdString(), "0.5000");
    EXPECT_EQ(readOut.lines[1].after.toStdString(), "0.7500");
    EXPECT_EQ(readOut.lines[3].after.toStdString(), "0.673") << "without key 0 nothing changes";
    EXPECT_EQ(readOut.lines[4].after.toStdString(), "2 of 3") << "the first to go where room is short";
}

TEST(HeadMapWords, ALineThatDoesNotApplyStaysWithADashAndSaysWhy)
{
    const ReadOut first = makeReadOut(threeTokens(), HeadMapCell {0, 0}, 0); // key 0 is its only key
    ASSERT_EQ(first.lines.size(), 5U);
    EXPECT_EQ(first.lines[3].label.toStdString(), "without key 0, nats");
    EXPECT_EQ(first.lines[3].before, QString(QChar(0x2014)));
    EXPECT_EQ(first.lines[3].after, QString(QChar(0x2014)));
    EXPECT_FALSE(first.toolTip.isEmpty());
    EXPECT_TRUE(makeReadOut(threeTokens(), HeadMapCell {2, 1}, 2).toolTip.isEmpty());
}

TEST(HeadMapWords, BarsSayScaleKeysAndRange)
{
    HeadMapData data = threeTokens();
    EXPECT_EQ(restBarTitle(data, BarTitleForm::OneLine).toStdString(), "keys 1–2, linear, this head");
    data.form = HeadMapScaleForm::Log;
    data.range = HeadMapRange::AllHeads;
    EXPECT_EQ(restBarTitle(data, BarTitleForm::OneLine).toStdString(), "keys 1–2, log, all heads");
    EXPECT_EQ(keyZeroBarTitle(data, BarTitleForm::OneLine).toStdString(), "key 0, linear");
    EXPECT_EQ(maskedInWords(HeadMapUnit::Tokens, {12, 20}).toStdString(),
        "masked: key 20 comes later than query 12");
}

} // namespace
} // namespace sinkscope::ui
