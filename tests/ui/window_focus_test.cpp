// SPDX-License-Identifier: Apache-2.0
// Where keys and the wheel go, and what the status line says after them.
#include "tests/support/tiny_model.h"
#include "tests/ui/ui_driver.h"
#include "ui/views/head_map_view.h"

#include <QComboBox>
#include <QPushButton>
#include <QToolButton>
#include <QWheelEvent>

#include <gtest/gtest.h>

using namespace sinkscope;
using namespace sinkscope::ui;
using namespace sinkscope::test;

namespace {

class WindowKeys : public testing::Test {
protected:
    UiDriver driver {QString::fromStdString(writeTinyModel())};
};

TEST_F(WindowKeys, TheStatusLineSpeaksOfTheSideOnScreen)
{
    driver.clickHead(1, 2);
    driver.dragSlider(6.0);
    ASSERT_TRUE(driver.waitComplete());
    auto &map = driver.find<HeadMapView>("patternMap");
    QTest::mouseClick(map.viewport(), Qt::LeftButton, {}, map.viewportPoint({2, 1}));
    const QString edited = driver.labelText("statusSelection");
    EXPECT_TRUE(edited.contains(QStringLiteral("baseline"))) << qPrintable(edited);
    driver.selection().setSide(Side::Baseline);
    settle();
    const QString baseline = driver.labelText("statusSelection");
    EXPECT_FALSE(baseline == edited);
    EXPECT_TRUE(baseline.contains(QStringLiteral("edited"))) << qPrintable(baseline);
    driver.selection().setSide(Side::Edited);
    settle();
    EXPECT_EQ(driver.labelText("statusSelection"), edited);
}

TEST_F(WindowKeys, AClickOnResetLeavesTheKeysWhereTheyAre)
{
    driver.window->activateWindow();
    ASSERT_TRUE(QTest::qWaitForWindowActive(driver.window.get()));
    driver.clickHead(1, 2);
    driver.dragSlider(6.0);
    auto &map = driver.find<HeatmapView>("headMap");
    map.setFocus();
    auto &reset = driver.find<QPushButton>("resetAllButton");
    QTest::mouseClick(&reset, Qt::LeftButton);
    EXPECT_TRUE(driver.state().edits().isEmpty());
    EXPECT_TRUE(map.hasFocus());
    driver.state().undoStack().undo();
    reset.setFocus(Qt::TabFocusReason);
    QTest::keyClick(&reset, Qt::Key_Space);
    EXPECT_TRUE(driver.state().edits().isEmpty());
    EXPECT_TRUE(driver.find<QToolButton>("undoButton").hasFocus());
}

TEST_F(WindowKeys, TheWheelOverAMenuChoosesNothing)
{
    for (const char *name : {"examplePrompts", "headMeasure"}) {
        auto &menu = driver.find<QComboBox>(name);
        const int before = menu.currentIndex();
        const QPointF middle = menu.rect().center();
        for (const int notch : {120, -120, -120}) {
            QWheelEvent wheel(middle, menu.mapToGlobal(middle.toPoint()), {}, {0, notch}, Qt::NoButton,
                Qt::NoModifier, Qt::NoScrollPhase, false);
            QCoreApplication::sendEvent(&menu, &wheel);
            EXPECT_EQ(menu.currentIndex(), before) << name;
        }
    }
    EXPECT_EQ(driver.state().session(), UiDriver::shortSession());
}

} // namespace
