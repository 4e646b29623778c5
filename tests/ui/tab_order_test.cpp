// SPDX-License-Identifier: Apache-2.0
// Walks the window by Tab: every control is reached, and where the focus is can be seen.
#include "tests/support/tiny_model.h"
#include "tests/ui/ui_driver.h"

#include <QApplication>

#include <gtest/gtest.h>

using namespace sinkscope;
using namespace sinkscope::ui;
using namespace sinkscope::test;

namespace {

QImage pictureOf(UiDriver &driver)
{
    QTest::qWait(20); // repaints that were put off
    return driver.window->grab().toImage();
}

TEST(TabOrder, EveryStopShowsWhereTheFocusIs)
{
    UiDriver driver(QString::fromStdString(writeTinyModel()));
    driver.dragSlider(2.0); // so that the list of edits has a row
    ASSERT_TRUE(driver.waitComplete());
    ASSERT_TRUE(driver.waitCurves());
    QApplication::setActiveWindow(driver.window.get());
    ASSERT_TRUE(QTest::qWaitFor([&] { return driver.window->isActiveWindow(); }));
    QWidget *first = nullptr;
    QStringList stops;
    for (int step = 0; step < 60; ++step) {
        QTest::keyClick(
            QApplication::focusWidget() ? QApplication::focusWidget() : driver.window.get(), Qt::Key_Tab);
        QWidget *now = QApplication::focusWidget();
        ASSERT_NE(now, nullptr);
        if (now == first)
            break;
        if (!first)
            first = now;
        stops += now->objectName();
        const QImage with = pictureOf(driver);
        now->clearFocus();
        const QImage without = pictureOf(driver);
        EXPECT_NE(with, without) << qPrintable(now->objectName()) << ' ' << now->metaObject()->className();
        now->setFocus(Qt::TabFocusReason);
    }
    EXPECT_LT(stops.size(), 60) << "the focus never comes back";
    while (stops.front() != QLatin1String("headMeasure"))
        stops.move(0, stops.size() - 1);
    // As the window is read: left, centre, right, toolbar; of joined buttons the one that is chosen.
    const QStringList expected = QStringLiteral(
        "headMeasure headListButton headMap groupsButton presetsButton editList controlButton formRaw "
        "editPromptButton stripReadingButton "
        "initialTokenBadge tokenStrip pictureButton rangeThisHead scaleLog quantityBox zoomButton lookButton "
        "patternMap "
        "outputLast answersLine answerBars nextTokens curvesButton scopeHead advancedButton factorField "
        "setToOneButton factorOffButton factorSlider factorCurves "
        "exploreTab modelButton examplePrompts undoButton sideEdited resetAllButton trustMark")
                                     .split(QLatin1Char(' '));
    EXPECT_EQ(stops.join(QLatin1Char(' ')).toStdString(), expected.join(QLatin1Char(' ')).toStdString());
}

} // namespace
