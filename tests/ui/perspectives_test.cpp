// SPDX-License-Identifier: Apache-2.0
// Perspectives are remembered and fit.
#include "tests/ui/head_grid_fixture.h"
#include "ui/state/session_look.h"

#include <QScrollBar>
#include <QTemporaryDir>

using namespace sinkscope;
using namespace sinkscope::ui;
using namespace sinkscope::test;

namespace {

TEST(Perspective, IsRememberedInSettingsAndSession)
{
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("settings.ini"));
    const QString file = QString::fromStdString(gridModel());
    {
        UiDriver driver(file, UiDriver::shortSession(), QSize(1280, 800), path);
        driver.window->findChild<QAction *>(QStringLiteral("heads"))->trigger();
        driver.window->close();
    }
    UiDriver driver(file, UiDriver::shortSession(), QSize(1280, 800), path);
    EXPECT_TRUE(driver.find<QWidget>("headGrid").isVisible());
    Selection other;
    takeLook(other, {kLayers, kHeads}, lookOf(driver.selection()));
    EXPECT_EQ(other.perspective(), QStringLiteral("heads"));
    takeLook(driver.selection(), {kLayers, kHeads}, R"({"perspective":"of another time"})");
    EXPECT_TRUE(driver.find<QWidget>("patternMap").isVisible()) << "a name nobody knows";
}

TEST(Perspective, At1280TheToolbarAndTheGridsControlsFit)
{
    UiDriver driver(QString::fromStdString(gridModel()), UiDriver::shortSession(), QSize(1280, 800));
    driver.window->findChild<QAction *>(QStringLiteral("heads"))->trigger();
    settle();
    EXPECT_EQ(driver.window->size(), QSize(1280, 800));
    EXPECT_EQ(driver.find<HeadGridView>("headGrid").horizontalScrollBar()->maximum(), 0);
    for (const char *name : {"exploreTab", "headsTab", "modelButton", "examplePrompts", "sideEdited",
             "resetAllButton", "gridOrder", "gridShow", "gridSize", "gridBars", "gridLog"}) {
        auto &widget = driver.find<QWidget>(name);
        const QRect place(widget.mapTo(driver.window.get(), QPoint()), widget.size());
        EXPECT_TRUE(driver.window->rect().contains(place)) << name;
        EXPECT_GE(widget.width(), widget.minimumSizeHint().width()) << name;
    }
}

} // namespace
