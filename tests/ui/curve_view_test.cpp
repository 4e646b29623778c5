// SPDX-License-Identifier: Apache-2.0
// The curves: extremes, round axes, gaps, and the line that is the handle.
#include "tests/ui/curve_samples.h"
#include "ui/views/curve_labels.h"
#include "ui/views/curve_view.h"

#include <QApplication>
#include <QMouseEvent>
#include <QSignalSpy>
#include <QTest>

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

using namespace sinkscope::ui;

namespace {

QImage pictureOf(CurveView &view)
{
    view.show();
    QTest::qWait(1);
    return view.grab().toImage();
}

/// Whether `colour` (or one close to it) is painted within `reach` px of `place`.
bool isPainted(const QImage &image, QPointF place, const QColor &colour, int reach = 1)
{
    for (int y = int(place.y()) - reach; y <= int(place.y()) + reach; ++y) {
        for (int x = int(place.x()) - reach; x <= int(place.x()) + reach; ++x) {
            const QColor pixel = image.pixelColor(x, y);
            const int difference = std::abs(pixel.red() - colour.red())
                + std::abs(pixel.green() - colour.green()) + std::abs(pixel.blue() - colour.blue());
            if (difference < 150) { // antialiased lines are mixed with the ground, which is 600 away
                return true;
            }
        }
    }
    return false;
}

} // namespace

TEST(CurveData, InteriorExtreme)
{
    const auto extreme = findExtreme(bowl().lines[0], CurveExtreme::Lowest);
    ASSERT_TRUE(extreme);
    EXPECT_EQ(extreme->place, CurveExtremePoint::Place::Inside);
    EXPECT_NEAR(extreme->factor, std::pow(10.0, 0.6), 1e-9);
    EXPECT_EQ(extremeInWords(*extreme, CurveExtreme::Lowest), QStringLiteral("lowest, at 3.98"));
}

TEST(CurveData, AnExtremeThatOffBeatsSaysSo)
{
    CurveLine line = bowl().lines[0];
    const double lowest = findExtreme(line, CurveExtreme::Lowest)->value;
    ASSERT_EQ(line.points[0].factor, 0.0);
    line.points[0].value = lowest - 0.2;
    const auto extreme = findExtreme(line, CurveExtreme::Lowest);
    EXPECT_EQ(extremeInWords(*extreme, CurveExtreme::Lowest), QStringLiteral("lowest but off, at 3.98"));
    line.points[0].value = lowest + 0.2;
    EXPECT_FALSE(findExtreme(line, CurveExtreme::Lowest)->isBeatenByOff);
}

TEST(CurveData, BorderExtreme)
{
    const auto low = findExtreme(falling().lines[0], CurveExtreme::Lowest);
    ASSERT_TRUE(low);
    EXPECT_EQ(low->place, CurveExtremePoint::Place::AtHighest);
    EXPECT_EQ(extremeInWords(*low, CurveExtreme::Lowest), QStringLiteral("still falling at 100"));
    const auto high = findExtreme(falling().lines[0], CurveExtreme::Highest);
    EXPECT_EQ(extremeInWords(*high, CurveExtreme::Highest), QStringLiteral("still rising at 0.01"));
}

TEST(CurveData, NoExtremeWhileFillingOrFlat)
{
    CurveLine line = bowl().lines[0];
    line.points[30].value.reset();
    EXPECT_FALSE(findExtreme(line, CurveExtreme::Lowest));
    EXPECT_FALSE(findExtreme(lineOf([](double) { return 2.8; }), CurveExtreme::Lowest));
    EXPECT_FALSE(findExtreme(bowl().lines[0], CurveExtreme::None));
}

TEST(CurveData, ValueAtReadsBetweenNeighbours)
{
    CurveLine line = falling().lines[0];
    EXPECT_NEAR(*valueAt(line, 1.0), 0.3, 1e-12);
    EXPECT_NEAR(*valueAt(line, std::pow(10.0, 0.25)), 0.275, 1e-12); // linear in log factor
    EXPECT_NEAR(*valueAt(line, 0.0), 0.5, 1e-12);
    line.points[21].value.reset(); // factor 1
    EXPECT_FALSE(valueAt(line, 1.0));
    EXPECT_FALSE(valueAt(line, 1.1));
    EXPECT_TRUE(valueAt(line, 1.3));
}

TEST(CurveView, ACurveOfTinyValuesIsDrawn)
{
    CurveView view;
    view.resize(400, 260);
    CurveSeries tiny {QStringLiteral("p"), {}, {lineOf([](double log) { return 1e-13 * (4.0 + log); })},
        CurveExtreme::None};
    view.setSeries({tiny});
    view.setFactor(50.0);
    const QImage image = pictureOf(view);
    const CurveLayout &layout = view.layoutForTest();
    for (const double log : {-1.55, -0.75, 0.35}) // between labels and the lines at 1 and at the handle
        EXPECT_TRUE(isPainted(image, layout.point(0, std::pow(10.0, log), 1e-13 * (4.0 + log), view.range(0)),
            Theme().colours().text))
            << log;
}

TEST(CurveView, AxesNeverShrinkWhilePointsArrive)
{
    CurveView view;
    CurveSeries part = falling();
    for (PlottedPoint &point : part.lines[0].points) {
        if (point.factor > 1.0) {
            point.value.reset();
        }
    }
    view.setSeries({part});
    const CurveRange before = view.range(0);
    view.setSeries({falling()});
    EXPECT_LE(view.range(0).low, before.low);
    EXPECT_GE(view.range(0).high, before.high);
    EXPECT_TRUE(isFilledFurther(part, falling()));
    EXPECT_FALSE(isFilledFurther(falling(), part));
}

TEST(CurveLayout, PanelsStandOnTheSlidersAxis)
{
    const FactorAxis axis = FactorAxis::forPanel(448, 1.0);
    const CurveLayout layout({448, 500}, axis, {0, 1, 0, 2}, 1.0);
    ASSERT_EQ(layout.panels.size(), 4u);
    EXPECT_EQ(layout.plotHeight, 76);
    for (const CurvePanelRects &panel : layout.panels) {
        EXPECT_EQ(panel.plot.left(), axis.xOf(0.01));
        EXPECT_EQ(panel.plot.right(), axis.xOf(100.0));
    }
    EXPECT_EQ(
        layout.panels[1].plot.top() - layout.panels[0].plot.bottom(), 14 + 18 + 15); // gap, title, names
    EXPECT_EQ(layout.panels[2].plot.top() - layout.panels[1].plot.bottom(), 14 + 18);
    EXPECT_EQ(layout.panels[3].legend.height(), 30);
    EXPECT_EQ(layout.height, 8 + 4 * (18 + 76) + 3 * 15 + 3 * 14 + 8);
    const CurveLayout low({448, 210}, axis, {0, 1, 0, 2}, 1.0);
    EXPECT_EQ(low.panels.size(), 4u); // none is left out: the view scrolls
    EXPECT_EQ(low.plotHeight, 52);
    EXPECT_EQ(low.height, 8 + 4 * (18 + 52) + 3 * 15 + 3 * 14 + 8);
    EXPECT_EQ(low.height, curvesHeight({0, 1, 0, 2}, Density::Compact, 1.0));
    EXPECT_TRUE(CurveLayout({448, 10}, axis, {}, 1.0).panels.empty());
}

TEST(CurveView, EverythingOfAnEarlierPromptIsDimmed)
{
    CurveView view;
    view.resize(448, 440);
    view.setSeries({falling()});
    view.setFactor(10.0);
    const QImage fresh = pictureOf(view); // lays the view out
    const QPoint onLine(int(view.lineX()), int(view.layoutForTest().panels[0].plot.top()) + 2);
    const QColor accent = Theme().colours().accent;
    EXPECT_EQ(fresh.pixelColor(onLine), accent);
    view.setFreshness(Freshness::Stale);
    ASSERT_TRUE(QTest::qWaitFor([&] { return pictureOf(view).pixelColor(onLine) != accent; }, 5000));
    EXPECT_EQ(pictureOf(view).pixelColor(onLine), blended(accent, Theme().colours().window, kStaleShare));
}

TEST(CurveView, PaintsCurveLineAndRings)
{
    CurveView view;
    view.resize(448, 440);
    view.setSeries({falling()});
    view.setFactor(10.0);
    const QImage image = pictureOf(view);
    const Theme theme;
    const CurveLayout &layout = view.layoutForTest();
    const CurveRange range = view.range(0);
    EXPECT_TRUE(isPainted(image, layout.point(0, 0.1, 0.4, range), theme.colours().text));
    EXPECT_FALSE(isPainted(image, layout.point(0, 0.1, 0.2, range), theme.colours().text));
    EXPECT_TRUE(isPainted(image, layout.point(0, 10.0, 0.45, range), theme.colours().accent)); // the line
    EXPECT_TRUE(
        isPainted(image, layout.point(0, 10.0, 0.2, range) + QPointF(4, 0), theme.colours().accent)); // ring
    EXPECT_TRUE(
        isPainted(image, layout.point(0, 0.0, 0.5, range) + QPointF(3, 0), theme.colours().text)); // off
    EXPECT_TRUE(
        isPainted(image, layout.point(0, 100.0, 0.1, range) - QPointF(7, 0), theme.colours().warning, 5));
}

TEST(CurveView, PointsNotComputedLeaveAGap)
{
    CurveView view;
    view.resize(448, 440);
    CurveSeries series = falling();
    for (PlottedPoint &point : series.lines[0].points) {
        if (point.factor > 0.05 && point.factor < 0.5) {
            point.value.reset();
        }
    }
    view.setSeries({series});
    view.setFactor(10.0);
    const QImage image = pictureOf(view);
    const CurveLayout &layout = view.layoutForTest();
    EXPECT_FALSE(
        isPainted(image, layout.point(0, 0.15, 0.3 + 0.0824, view.range(0)), Theme().colours().text));
    EXPECT_TRUE(isPainted(image, layout.point(0, 2.0, 0.3 - 0.0301, view.range(0)), Theme().colours().text));
}

TEST(CurveView, DraggingTheLineIsDraggingTheHandle)
{
    CurveView view;
    view.resize(448, 440);
    view.setSeries({falling(), bowl()});
    view.setFactor(2.5);
    view.show();
    QTest::qWait(1);
    QSignalSpy started(&view, &CurveView::dragStarted);
    QSignalSpy changed(&view, &CurveView::valueChanged);
    QSignalSpy finished(&view, &CurveView::dragFinished);
    const int y = int(view.layoutForTest().panels[0].plot.center().y());
    QTest::mousePress(view.viewport(), Qt::LeftButton, {}, QPoint(int(view.lineX()), y));
    const QPoint to(347, y); // factor 10
    QMouseEvent move(
        QEvent::MouseMove, to, view.viewport()->mapToGlobal(to), Qt::NoButton, Qt::LeftButton, {});
    QApplication::sendEvent(view.viewport(), &move);
    QTest::mouseRelease(view.viewport(), Qt::LeftButton, {}, to);
    EXPECT_EQ(started.count(), 1);
    EXPECT_NEAR(changed.last().first().toDouble(), 10.0, 1e-9);
    EXPECT_NEAR(view.factor(), 10.0, 1e-9);
    EXPECT_EQ(finished.count(), 1);
    QTest::keyClick(&view, Qt::Key_0);
    EXPECT_EQ(changed.last().first().toDouble(), 1.0);
    EXPECT_EQ(finished.count(), 2);
}

TEST(CurveView, AxesNeverShrinkDuringADrag)
{
    CurveView view;
    view.resize(448, 440);
    view.setSeries({falling()});
    const CurveRange before = view.range(0);
    CurveSeries lower = falling();
    for (PlottedPoint &point : lower.lines[0].points) {
        point.value = *point.value * 0.1;
    }
    view.beginDrag();
    view.setSeries({lower});
    EXPECT_EQ(view.range(0), before);
    view.endDrag();
    EXPECT_LT(view.range(0).high, before.high);
}

TEST(CurveView, SaysPanelsInWords)
{
    CurveView view;
    view.resize(448, 440);
    view.setSeries({bowl()});
    view.setFactor(1.0);
    EXPECT_EQ(view.panelInWords(0), QStringLiteral("Output entropy, nats: 3.0360; lowest, at 3.98"));
    EXPECT_TRUE(view.accessibleDescription().contains(QStringLiteral("Factor 1.00")));
}
