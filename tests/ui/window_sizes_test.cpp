// SPDX-License-Identifier: Apache-2.0
// The docks have the sizes of the design at both window sizes.
#include "tests/support/tiny_model.h"
#include "tests/ui/fake_engine.h"
#include "tests/ui/ui_driver.h"

#include <QScreen>
#include <QScrollArea>
#include <QScrollBar>
#include <QStatusBar>

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

TEST(WindowSizesSmall, TheFirstWindowAndItsFrameFitOnTheScreen)
{
    ResultRelay relay;
    FakeEngine engine {relay};
    Workbench bench(engine, relay, Settings(QString()));
    RecordedPrompts prompts;
    WindowOptions options;
    options.keepsSession = false;
    MainWindow window(bench, prompts, options);
    const QSize screen = QGuiApplication::primaryScreen()->availableSize();
    EXPECT_LE(window.height() + 40, screen.height()); // a usual title bar is 20 to 40 px high
    EXPECT_LE(window.width() + 10, screen.width());
    EXPECT_LE(window.minimumHeight() + 40, screen.height());
    EXPECT_LE(window.minimumWidth() + 10, screen.width());
}

TEST(WindowSizesSmall, OnASmallScreenPanelsScrollAndNothingStandsOverAnythingElse)
{
    UiDriver driver(QString::fromStdString(writeTinyModel()), UiDriver::shortSession(), QSize(1024, 680));
    for (const QSize size : {QSize(1012, 592), QSize(840, 485)}) { // 1280 x 800 at 125 % and 150 %
        driver.window->setMinimumSize(size);
        driver.window->resize(size);
        settle();
        ASSERT_EQ(driver.window->size(), size);
        const auto place = [&driver](const char *name) {
            const auto &widget = driver.find<QWidget>(name);
            return QRect(widget.mapTo(driver.window.get(), QPoint()), widget.size());
        };
        const int status = driver.window->statusBar()->geometry().top();
        EXPECT_LT(place("headsDock").bottom(), place("editsDock").top());
        EXPECT_LT(place("outputDock").bottom(), place("factorDock").top());
        EXPECT_LE(place("factorDock").bottom(), status);
        EXPECT_LE(place("editsDock").bottom(), status);
        EXPECT_LE(place("factorDock").right(), size.width());
        EXPECT_LT(place("headsDock").right(), place("patternMap").left());
        EXPECT_LT(place("patternMap").right(), place("factorDock").left());
        // What does not fit is reached by scrolling.
        auto *scroll = qobject_cast<QScrollArea *>(driver.find<QDockWidget>("factorDock").widget());
        ASSERT_TRUE(scroll);
        EXPECT_GE(scroll->widget()->height(), scroll->widget()->minimumSizeHint().height());
        EXPECT_GT(scroll->verticalScrollBar()->maximum(), 0);
    }
}

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
