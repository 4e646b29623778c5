// SPDX-License-Identifier: Apache-2.0
// The docks have the sizes of the design at both window sizes.
#include "tests/support/tiny_model.h"
#include "tests/ui/ui_driver.h"

#include <gtest/gtest.h>

using namespace sinkscope;
using namespace sinkscope::ui;
using namespace sinkscope::test;

namespace {

constexpr int kSlackPx = 12; // a dock's frame and what its panel needs at least

struct SizeCase {
    QSize window;
    int left;
    int right;
};

class WindowSizes : public testing::TestWithParam<SizeCase> {
protected:
    void expectDocks(UiDriver &driver)
    {
        settle();
        EXPECT_NEAR(driver.find<QDockWidget>("headsDock").width(), GetParam().left, kSlackPx);
        EXPECT_NEAR(driver.find<QDockWidget>("factorDock").width(), GetParam().right, kSlackPx);
    }
};

TEST_P(WindowSizes, DocksHaveTheWidthsOfTheDesignAtTheStart)
{
    UiDriver driver(QString::fromStdString(writeTinyModel()), UiDriver::shortSession(), GetParam().window);
    expectDocks(driver);
}

TEST_P(WindowSizes, DocksHaveTheWidthsOfTheDesignAfterAResize)
{
    UiDriver driver(QString::fromStdString(writeTinyModel()), UiDriver::shortSession(), QSize(1500, 900));
    settle();
    driver.window->resize(QSize(1400, 900));
    settle();
    driver.window->resize(GetParam().window);
    if (GetParam().window.width() > 1500) // the docks are placed when the kind of layout changes
        expectDocks(driver);
}

INSTANTIATE_TEST_SUITE_P(
    Both, WindowSizes, testing::Values(SizeCase {{1920, 1080}, 304, 448}, SizeCase {{1280, 800}, 248, 328}));

TEST(WindowSizesSmall, NothingIsCutAt1280)
{
    UiDriver driver(QString::fromStdString(writeTinyModel()), UiDriver::shortSession(), QSize(1280, 800));
    settle();
    for (const QWidget *widget : driver.window->findChildren<QWidget *>()) {
        if (!widget->isVisible() || widget->focusPolicy() == Qt::NoFocus
            || widget->objectName().startsWith(QLatin1String("qt_")))
            continue;
        const QRect inWindow(widget->mapTo(driver.window.get(), QPoint()), widget->size());
        EXPECT_TRUE(driver.window->rect().contains(inWindow)) << qPrintable(widget->objectName());
        EXPECT_GT(widget->width(), 8) << qPrintable(widget->objectName());
    }
}

} // namespace
