// SPDX-License-Identifier: Apache-2.0
// Zooming and scrolling the head's map by wheel, mouse and keys; its tiles.
#include "ui/views/head_map_picture.h"
#include "ui/views/head_map_view.h"

#include <gtest/gtest.h>

#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>

#include <memory>

namespace sinkscope::ui {
namespace {

constexpr int kTokens = 1200;

// Even rows of 1e-3, with one bright cell.
HeadMapData longPrompt(HeadMapCell bright = {500, 301})
{
    HeadMapData data;
    std::vector<float> pattern;
    for (int query = 0; query < kTokens; ++query) {
        data.tokens.push_back({QStringLiteral("t"), query});
        for (int key = 0; key <= query; ++key)
            pattern.push_back(HeadMapCell {query, key} == bright ? 0.5F : 1e-3F);
    }
    data.baseline.pattern = SharedFloats(std::move(pattern));
    data.edited = data.baseline;
    data.form = HeadMapScaleForm::Linear;
    return data;
}

class ZoomedMap : public testing::Test {
protected:
    void SetUp() override
    {
        view.resize(1100, 700);
        view.setData(longPrompt());
        view.show();
        view.setFocus();
        ASSERT_TRUE(view.layoutForTest().isPooled());
    }
    void turnWheel(QPoint at, int notches, Qt::KeyboardModifiers modifiers)
    {
        QWheelEvent event(at, view.viewport()->mapToGlobal(at), {}, QPoint(0, 120 * notches), Qt::NoButton,
            modifiers, Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(view.viewport(), &event);
    }
    void drag(Qt::MouseButton button, QPoint from, QPoint by)
    {
        QTest::mousePress(view.viewport(), button, Qt::NoModifier, from);
        QMouseEvent move(QEvent::MouseMove, from + by, view.viewport()->mapToGlobal(from + by), Qt::NoButton,
            button, Qt::NoModifier);
        QCoreApplication::sendEvent(view.viewport(), &move);
        QTest::mouseRelease(view.viewport(), button, Qt::NoModifier, from + by);
    }
    const HeadMapLayout &layout() const { return view.layoutForTest(); }
    QPoint middle() const { return layout().mapRect().center(); }

    HeadMapView view;
};

TEST_F(ZoomedMap, ControlAndWheelZoomAboutThePointer)
{
    const QPoint at = view.viewportPoint({800, 400});
    turnWheel(at, 2, Qt::ControlModifier); // half a px, then a px a token: the first size that scrolls
    ASSERT_TRUE(layout().cellAt(at));
    const HeadMapCell cell = *layout().cellAt(at);
    turnWheel(at, 2, Qt::ControlModifier);
    EXPECT_EQ(layout().cellPx(), 3);
    EXPECT_EQ(view.zoomInWords(), QStringLiteral("3 px per token"));
    ASSERT_TRUE(layout().cellAt(at));
    EXPECT_NEAR(layout().cellAt(at)->query, cell.query, 1);
    EXPECT_NEAR(layout().cellAt(at)->key, cell.key, 1);
    turnWheel(at, -4, Qt::ControlModifier);
    EXPECT_FALSE(view.isZoomed());
    EXPECT_TRUE(view.zoomInWords().startsWith(QStringLiteral("fit, 2"))) << qPrintable(view.zoomInWords());
}

TEST_F(ZoomedMap, TheWheelScrollsWhenZoomedAndIsLeftToOthersElse)
{
    turnWheel(middle(), -1, Qt::NoModifier);
    EXPECT_EQ(layout().scroll(), QPoint());
    turnWheel(middle(), 5, Qt::ControlModifier);
    const QPoint before = layout().scroll();
    turnWheel(middle(), -1, Qt::NoModifier);
    EXPECT_EQ(layout().scroll(), before + QPoint(0, 60));
    turnWheel(middle(), -1, Qt::ShiftModifier);
    EXPECT_EQ(layout().scroll(), before + QPoint(60, 60));
}

TEST_F(ZoomedMap, KeysZoomAndComeBack)
{
    QTest::keyClick(&view, Qt::Key_Plus);
    EXPECT_TRUE(view.isZoomed());
    EXPECT_EQ(view.zoomInWords(), QStringLiteral("2 tokens per px"));
    QTest::keyClick(&view, Qt::Key_Equal);
    QTest::keyClick(&view, Qt::Key_Equal);
    EXPECT_EQ(layout().cellPx(), 2);
    QTest::keyClick(&view, Qt::Key_Minus);
    EXPECT_EQ(layout().cellPx(), 1);
    QTest::keyClick(&view, Qt::Key_Z);
    EXPECT_FALSE(view.isZoomed());
    QTest::keyClick(&view, Qt::Key_Plus);
    QTest::keyClick(&view, Qt::Key_0, Qt::ControlModifier);
    EXPECT_FALSE(view.isZoomed());
}

TEST_F(ZoomedMap, DraggingWithTheMiddleButtonMovesTheMapAndPinsNothing)
{
    turnWheel(middle(), 6, Qt::ControlModifier);
    QSignalSpy pinned(&view, &HeadMapView::cellPinned);
    const QPoint before = layout().scroll();
    drag(Qt::MiddleButton, middle(), QPoint(-40, -25));
    EXPECT_EQ(layout().scroll(), before + QPoint(40, 25));
    EXPECT_EQ(pinned.count(), 0);
}

TEST_F(ZoomedMap, SpaceMovesTheMapWhileDraggedAndElseTurnsTheSide)
{
    turnWheel(middle(), 6, Qt::ControlModifier);
    QSignalSpy pinned(&view, &HeadMapView::cellPinned);
    QSignalSpy side(&view, &HeadMapView::sideToggled);
    const QPoint before = layout().scroll();
    QTest::keyPress(&view, Qt::Key_Space);
    drag(Qt::LeftButton, middle(), QPoint(10, 12));
    QTest::keyRelease(&view, Qt::Key_Space);
    EXPECT_EQ(layout().scroll(), before - QPoint(10, 12));
    EXPECT_EQ(side.count(), 0);
    EXPECT_EQ(pinned.count(), 0);
    QTest::keyClick(&view, Qt::Key_Space);
    EXPECT_EQ(side.count(), 1);
}

TEST_F(ZoomedMap, AClickPinsTheCellThatIsSeen)
{
    turnWheel(view.viewportPoint({500, 301}), 10, Qt::ControlModifier);
    view.showCell({500, 301});
    const QPoint at = view.viewportPoint({500, 301});
    ASSERT_TRUE(layout().mapRect().contains(at));
    QTest::mouseClick(view.viewport(), Qt::LeftButton, Qt::NoModifier, at);
    EXPECT_EQ(view.pinned(), (HeadMapCell {500, 301}));
    const QImage image = view.viewport()->grab().toImage();
    EXPECT_EQ(QColor(image.pixel(at)), Theme().attentionMap().colour(1.0));
}

TEST_F(ZoomedMap, MovingTheCellByKeysKeepsItInView)
{
    view.setPinned(HeadMapCell {500, 301});
    turnWheel(view.viewportPoint({500, 301}), 12, Qt::ControlModifier);
    for (int step = 0; step < 60; ++step)
        QTest::keyClick(&view, Qt::Key_Up, Qt::AltModifier);
    ASSERT_TRUE(view.pinned());
    EXPECT_NEAR(view.pinned()->query, 440, 2); // from the cell that came to lie under the pointer
    EXPECT_TRUE(layout().mapRect().contains(view.viewportPoint(*view.pinned())));
}

TEST_F(ZoomedMap, AnotherPromptIsShownWhole)
{
    QTest::keyClick(&view, Qt::Key_Plus);
    HeadMapData other = longPrompt();
    other.tokens[3].text = QStringLiteral("u");
    view.setData(other);
    EXPECT_FALSE(view.isZoomed());
}

TEST_F(ZoomedMap, ControlAndClickKeepsCellsAndEscapeReleasesThePinFirst)
{
    QSignalSpy kept(&view, &HeadMapView::cellKept);
    QSignalSpy keptReleased(&view, &HeadMapView::keptReleased);
    QSignalSpy pinReleased(&view, &HeadMapView::pinReleased);
    QTest::mouseClick(view.viewport(), Qt::LeftButton, Qt::ControlModifier, view.viewportPoint({400, 20}));
    ASSERT_EQ(kept.count(), 1);
    EXPECT_FALSE(view.pinned());
    view.setKept({{400, 20}, {300, 7}});
    view.setPinned(HeadMapCell {200, 1});
    QTest::keyClick(&view, Qt::Key_Escape);
    EXPECT_EQ(pinReleased.count(), 1);
    EXPECT_EQ(keptReleased.count(), 0);
    QTest::keyClick(&view, Qt::Key_Escape);
    EXPECT_EQ(keptReleased.count(), 1);
}

HeadMapLayout layoutAt(double pxPerToken, QPoint scroll)
{
    HeadMapLayoutInput input;
    input.tokens = kTokens;
    input.area = QSize(1100, 700);
    input.zoom = {pxPerToken};
    input.scroll = scroll;
    return HeadMapLayout(input);
}

TEST(HeadMapPicture, TilesTogetherShowEveryCellInItsColour)
{
    const HeadMapData data = longPrompt({259, 255}); // beside the corner where four tiles meet
    const Theme theme;
    HeadMapPicture picture(data, theme);
    const HeadMapLayout layout = layoutAt(2, QPoint(2 * 200, 2 * 200));
    picture.show(layout);
    ASSERT_EQ(picture.mapTarget().topLeft(), layout.mapRect().topLeft());
    const auto pixel = [&](int query, int key) {
        return picture.mapImage().pixel(key - 1 - 200, query - 200);
    };
    EXPECT_EQ(pixel(259, 255), theme.attentionMap().rgb(1.0));
    EXPECT_EQ(pixel(259, 256), picture.colourOf({259, 256}));
    EXPECT_EQ(pixel(258, 255), theme.attentionMap().rgb(1e-3 / 0.5));
    EXPECT_EQ(pixel(255, 256), theme.colours().masked.rgb());
    EXPECT_EQ(pixel(256, 256), theme.attentionMap().rgb(1e-3 / 0.5));
}

TEST(HeadMapPicture, DifferencesAreDrawnByTheLargestChange)
{
    HeadMapData data = longPrompt();
    std::vector<float> changed(data.baseline.pattern.values().begin(), data.baseline.pattern.values().end());
    const auto at = [](int query, int key) { return std::size_t(query) * (query + 1) / 2 + key; };
    changed[at(401, 101)] += 0.02F;
    changed[at(400, 101)] -= 0.2F;
    data.edited.pattern = SharedFloats(std::move(changed));
    data.hasEdit = true;
    data.mode = HeadMapMode::Difference;
    const Theme theme;
    HeadMapPicture picture(data, theme);
    HeadMapLayout layout = layoutAt(0.0, {});
    picture.show(layout);
    // 400 and 401, or 400 and 399, may share a px: the fall is seen whatever it shares it with.
    const QPoint px = layout.cellRect({400, 101}).topLeft() - layout.mapRect().topLeft();
    EXPECT_EQ(picture.mapImage().pixel(px), theme.diverging().rgb(0.0));
}

TEST(TileCache, LetsTheOldestGoAndKeepsToItsBudget)
{
    TileCache cache(2500); // two images of 32 x 32 bytes
    const QImage image(32, 32, QImage::Format_Indexed8);
    cache.insert({0, 0, 0}, image);
    cache.insert({0, 0, 1}, image);
    ASSERT_TRUE(cache.find({0, 0, 0})); // used again
    cache.insert({0, 0, 2}, image);
    EXPECT_EQ(cache.bytes(), 2048U);
    EXPECT_TRUE(cache.find({0, 0, 0}));
    EXPECT_FALSE(cache.find({0, 0, 1}));
    EXPECT_TRUE(cache.find({0, 0, 2}));
}

} // namespace
} // namespace sinkscope::ui
