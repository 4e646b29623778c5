// SPDX-License-Identifier: Apache-2.0
// The factor slider and field under mouse, wheel and keys.
#include "ui/views/factor_field.h"
#include "ui/views/factor_slider.h"

#include <QAccessible>
#include <QApplication>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>

#include <gtest/gtest.h>

#include <cmath>

using namespace sinkscope::ui;

namespace {

/// A slider of the panel's width with spies on all that it reports.
struct SliderBench {
    FactorSlider slider {SliderSize::Large};
    QSignalSpy started {&slider, &FactorSlider::dragStarted};
    QSignalSpy changed {&slider, &FactorSlider::valueChanged};
    QSignalSpy scaled {&slider, &FactorSlider::ratioChanged};
    QSignalSpy finished {&slider, &FactorSlider::dragFinished};

    SliderBench()
    {
        slider.resize(448, 48);
        slider.show();
        QTest::qWait(1);
    }
    QPoint at(double factor) const
    {
        return {int(std::lround(slider.axis().xOf(factor))), int(slider.layoutForTest().trackY)};
    }
    void drag(const QPoint &to, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
    {
        QMouseEvent move(
            QEvent::MouseMove, to, slider.mapToGlobal(to), Qt::NoButton, Qt::LeftButton, modifiers);
        QApplication::sendEvent(&slider, &move);
    }
    void wheel(int notches, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
    {
        const QPointF place(at(1.0));
        QWheelEvent event(place, slider.mapToGlobal(at(1.0)), {}, {0, 120 * notches}, Qt::NoButton, modifiers,
            Qt::NoScrollPhase, false);
        QApplication::sendEvent(&slider, &event);
    }
    double last() const { return changed.last().first().toDouble(); }
};

} // namespace

TEST(FactorSlider, ADragIsOneAct)
{
    SliderBench bench;
    QTest::mousePress(&bench.slider, Qt::LeftButton, {}, bench.at(1.0));
    bench.drag(bench.at(2.0));
    bench.drag(bench.at(10.0));
    EXPECT_TRUE(bench.slider.isDragging());
    QTest::mouseRelease(&bench.slider, Qt::LeftButton, {}, bench.at(10.0));
    EXPECT_EQ(bench.started.count(), 1);
    EXPECT_EQ(bench.changed.count(), 2);
    EXPECT_EQ(bench.finished.count(), 1);
    EXPECT_NEAR(bench.last(), 10.0, 0.15); // half a px of 85 a decade
    EXPECT_EQ(bench.slider.factor(), bench.last());
}

TEST(FactorSlider, GrabbingTheHandleBesideItsMiddleDoesNotMoveIt)
{
    SliderBench bench;
    bench.slider.setFactor(3.0);
    QTest::mousePress(&bench.slider, Qt::LeftButton, {}, bench.at(3.0) + QPoint(4, 3));
    QTest::mouseRelease(&bench.slider, Qt::LeftButton, {}, bench.at(3.0) + QPoint(4, 3));
    EXPECT_EQ(bench.changed.count(), 0);
    EXPECT_EQ(bench.slider.factor(), 3.0);
}

TEST(FactorSlider, SnapsAtOneUnlessAltIsHeld)
{
    SliderBench bench;
    bench.slider.setFactor(5.0);
    QTest::mousePress(&bench.slider, Qt::LeftButton, {}, bench.at(5.0));
    bench.drag(bench.at(1.0) + QPoint(4, 0));
    EXPECT_EQ(bench.last(), 1.0);
    bench.drag(bench.at(1.0) + QPoint(4, 0), Qt::AltModifier);
    EXPECT_GT(bench.last(), 1.05);
    bench.drag(QPoint(20, bench.at(1.0).y()));
    EXPECT_EQ(bench.last(), 0.0); // the off stop
    QTest::mouseRelease(&bench.slider, Qt::LeftButton, {}, QPoint(20, 16));
}

TEST(FactorSlider, DoubleClickSetsOne)
{
    SliderBench bench;
    bench.slider.setFactor(0.3);
    QTest::mouseDClick(&bench.slider, Qt::LeftButton, {}, bench.at(0.3));
    EXPECT_EQ(bench.slider.factor(), 1.0);
    EXPECT_EQ(bench.started.count(), bench.finished.count());
}

TEST(FactorSlider, WheelNeedsFocusOrRest)
{
    SliderBench bench;
    bench.slider.clearFocus();
    bench.wheel(1);
    EXPECT_EQ(bench.changed.count(), 0); // scrolling past never edits
    QEvent enter(QEvent::Enter);
    QApplication::sendEvent(&bench.slider, &enter);
    bench.wheel(1);
    EXPECT_EQ(bench.changed.count(), 0);
    QTest::qWait(350); // more than the 300 ms of rest
    bench.wheel(2);
    bench.wheel(1);
    ASSERT_EQ(bench.changed.count(), 2);
    EXPECT_NEAR(bench.last(), std::pow(10.0, 3 / 40.0), 1e-9);
    EXPECT_EQ(bench.started.count(), 1);
    EXPECT_TRUE(bench.finished.wait(1000)); // a run of notches is one act
}

TEST(FactorSlider, Keys)
{
    SliderBench bench;
    QTest::keyClick(&bench.slider, Qt::Key_BracketRight);
    EXPECT_NEAR(bench.slider.factor(), std::pow(10.0, 1 / 40.0), 1e-12);
    QTest::keyClick(&bench.slider, Qt::Key_Left, Qt::ShiftModifier);
    EXPECT_NEAR(bench.slider.factor(), std::pow(10.0, 4 / 200.0), 1e-12);
    QTest::keyClick(&bench.slider, Qt::Key_O);
    EXPECT_EQ(bench.slider.factor(), 0.0);
    QTest::keyClick(&bench.slider, Qt::Key_0);
    EXPECT_EQ(bench.slider.factor(), 1.0);
    EXPECT_EQ(bench.started.count(), 4);
    EXPECT_EQ(bench.finished.count(), 4);
    QTest::keyClick(&bench.slider, Qt::Key_O, Qt::ControlModifier); // File > Open is not "off"
    EXPECT_EQ(bench.slider.factor(), 1.0);
}

TEST(FactorSlider, PageKeysStepCoarselyHomeIsOffAndEndTheGreatest)
{
    SliderBench bench;
    QTest::keyClick(&bench.slider, Qt::Key_PageUp);
    EXPECT_NEAR(bench.slider.factor(), 1.7783, 1e-4); // a quarter of a decade
    QTest::keyClick(&bench.slider, Qt::Key_End);
    EXPECT_EQ(bench.slider.factor(), 100.0);
    QTest::keyClick(&bench.slider, Qt::Key_PageDown);
    EXPECT_NEAR(bench.slider.factor(), 56.2341, 1e-4);
    QTest::keyClick(&bench.slider, Qt::Key_Home);
    EXPECT_EQ(bench.slider.factor(), 0.0);
    QTest::keyClick(&bench.slider, Qt::Key_PageUp);
    EXPECT_EQ(bench.slider.factor(), 0.01);
    bench.slider.setFactor(0.9);
    QTest::keyClick(&bench.slider, Qt::Key_PageUp);
    EXPECT_EQ(bench.slider.factor(), 1.0); // never jumped over
    EXPECT_EQ(bench.started.count(), 6); // each one a step to undo
    EXPECT_EQ(bench.finished.count(), 6);
}

TEST(FactorSlider, MixedRangeMultiplies)
{
    SliderBench bench;
    bench.slider.setMixed({0.5, 8.0}, 2.0);
    QTest::mousePress(&bench.slider, Qt::LeftButton, {}, bench.at(2.0));
    bench.drag(bench.at(2.0) + QPoint(17, 0)); // a fifth of a decade
    QTest::mouseRelease(&bench.slider, Qt::LeftButton, {}, bench.at(2.0));
    EXPECT_EQ(bench.changed.count(), 0);
    ASSERT_EQ(bench.scaled.count(), 1);
    EXPECT_NEAR(bench.scaled.last().first().toDouble(), std::pow(10.0, 0.2), 1e-9);
    bench.slider.turnTo(1.0);
    EXPECT_EQ(bench.last(), 1.0); // one factor for all again
    EXPECT_FALSE(bench.slider.isMixed());
}

TEST(FactorSlider, SteppingAMixedRangeToOneKeepsItsRatios)
{
    const double below = steppedFactor(1.0, -1, StepSize::Normal);
    SliderBench bench;
    bench.slider.setMixed({0.1, 8.0}, below);
    bench.slider.setFocus();
    QTest::keyClick(&bench.slider, Qt::Key_Right);
    EXPECT_EQ(bench.slider.factor(), 1.0); // the mean, not every head
    EXPECT_TRUE(bench.slider.isMixed());
    EXPECT_EQ(bench.changed.count(), 0);
    ASSERT_EQ(bench.scaled.count(), 1);
    EXPECT_NEAR(bench.scaled.last().first().toDouble(), 1.0 / below, 1e-12);
    QTest::keyClick(&bench.slider, Qt::Key_0); // this asks for 1
    EXPECT_EQ(bench.last(), 1.0);
    EXPECT_FALSE(bench.slider.isMixed());
}

TEST(FactorSlider, AWheelThroughOneKeepsTheRatiosOfAMixedRange)
{
    SliderBench bench;
    bench.slider.setMixed({0.1, 8.0}, steppedFactor(1.0, -1, StepSize::Normal));
    bench.slider.setFocus();
    bench.wheel(1);
    bench.wheel(1);
    EXPECT_EQ(bench.changed.count(), 0);
    EXPECT_EQ(bench.scaled.count(), 2);
    EXPECT_TRUE(bench.slider.isMixed());
}

TEST(FactorSlider, DisabledTurnsNothing)
{
    SliderBench bench;
    bench.slider.setEnabled(false);
    QTest::mouseClick(&bench.slider, Qt::LeftButton, {}, bench.at(10.0));
    EXPECT_EQ(bench.started.count(), 0);
}

TEST(FactorSlider, TellsItsValueToAssistivePrograms)
{
    SliderBench bench;
    bench.slider.setSubject(QStringLiteral("L17 H2"));
    bench.slider.setFactor(2.5);
    QAccessibleInterface *spoken = QAccessible::queryAccessibleInterface(&bench.slider);
    ASSERT_NE(spoken, nullptr);
    EXPECT_EQ(spoken->role(), QAccessible::Slider);
    EXPECT_TRUE(spoken->text(QAccessible::Name).contains(QStringLiteral("L17 H2")));
    EXPECT_EQ(spoken->text(QAccessible::Value), QStringLiteral("2.50"));
    ASSERT_NE(spoken->valueInterface(), nullptr);
    spoken->valueInterface()->setCurrentValue(0.5);
    EXPECT_EQ(bench.last(), 0.5);
}

TEST(FactorSlider, HandleIsHollowAtOneAndFilledWhenEdited)
{
    SliderBench bench;
    const Theme theme;
    const auto middle = [&](double factor) {
        return bench.slider.grab().toImage().pixelColor(bench.at(factor));
    };
    EXPECT_EQ(middle(1.0), theme.colours().base);
    bench.slider.setFactor(10.0);
    EXPECT_EQ(middle(10.0), theme.colours().accent);
    EXPECT_EQ(middle(3.0), factorColour(10.0, theme)); // the segment
    bench.slider.setFactor(0.1);
    EXPECT_EQ(middle(0.3), factorColour(0.1, theme));
    EXPECT_NE(factorColour(0.1, theme), factorColour(10.0, theme));
}

TEST(FactorSlider, CurvesDragIsTheSameAct)
{
    SliderBench bench;
    bench.slider.dragExternally(5.0); // no act has begun
    EXPECT_EQ(bench.changed.count(), 0);
    bench.slider.beginExternalDrag();
    bench.slider.dragExternally(5.0);
    bench.slider.endExternalDrag();
    EXPECT_EQ(bench.started.count(), 1);
    EXPECT_EQ(bench.last(), 5.0);
    EXPECT_EQ(bench.finished.count(), 1);
}

namespace {

void typeInto(FactorField &field, const char *text)
{
    field.findChild<QLineEdit *>()->clear();
    QTest::keyClicks(&field, QString::fromLatin1(text));
}

} // namespace

TEST(FactorField, EnterAppliesAndNothingElseDoes)
{
    FactorField field;
    QSignalSpy entered(&field, &FactorField::factorEntered);
    field.show();
    field.setFocus();
    typeInto(field, "2.5");
    EXPECT_EQ(entered.count(), 0);
    QTest::keyClick(&field, Qt::Key_Return);
    ASSERT_EQ(entered.count(), 1);
    EXPECT_EQ(entered.last().first().toDouble(), 2.5);
    EXPECT_EQ(field.text(), QStringLiteral("2.50"));
    typeInto(field, "/2");
    QTest::keyClick(&field, Qt::Key_Enter);
    EXPECT_EQ(entered.last().first().toDouble(), 1.25);
    typeInto(field, "7");
    QTest::keyClick(&field, Qt::Key_Escape);
    EXPECT_EQ(field.text(), QStringLiteral("1.25"));
    EXPECT_EQ(entered.count(), 2);
}

TEST(FactorField, MarksWhatIsNotAFactor)
{
    FactorField field;
    QSignalSpy entered(&field, &FactorField::factorEntered);
    field.show();
    field.setFocus();
    typeInto(field, "2,5");
    QTest::keyClick(&field, Qt::Key_Return);
    EXPECT_EQ(entered.count(), 0);
    EXPECT_TRUE(field.message().contains(QStringLiteral("decimal point")));
    EXPECT_EQ(field.grab().toImage().pixelColor(1, field.height() / 2), Theme().colours().error);
    field.setFactor(4.0); // an answer that comes in between leaves the typed text alone
    EXPECT_EQ(field.text(), QStringLiteral("2,5"));
    QTest::keyClick(&field, Qt::Key_Escape);
    EXPECT_TRUE(field.message().isEmpty());
    EXPECT_EQ(field.text(), QStringLiteral("4.00"));
}

TEST(FactorField, EnterWithoutTypingKeepsTheExactFactor)
{
    FactorField field;
    QSignalSpy entered(&field, &FactorField::factorEntered);
    field.setFactor(2.4987); // shown as 2.50
    field.show();
    QTest::keyClick(&field, Qt::Key_Return);
    EXPECT_EQ(entered.count(), 0);
    EXPECT_EQ(field.factor(), 2.4987);
}

TEST(FactorField, MixedTakesRatios)
{
    FactorField field;
    QSignalSpy entered(&field, &FactorField::factorEntered);
    QSignalSpy ratio(&field, &FactorField::ratioEntered);
    field.setMixed(2.0);
    EXPECT_EQ(field.text(), QStringLiteral("mixed"));
    field.show();
    typeInto(field, "*2");
    QTest::keyClick(&field, Qt::Key_Return);
    EXPECT_EQ(entered.count(), 0);
    ASSERT_EQ(ratio.count(), 1);
    EXPECT_EQ(ratio.last().first().toDouble(), 2.0);
    typeInto(field, "off");
    QTest::keyClick(&field, Qt::Key_Return);
    EXPECT_EQ(entered.last().first().toDouble(), 0.0);
}
