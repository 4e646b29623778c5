// SPDX-License-Identifier: Apache-2.0
// The maps keep their place: whatever is typed, computed or chosen; the divider alone moves the head's map.
#include "tests/support/tiny_model.h"
#include "tests/ui/fake_engine.h"
#include "tests/ui/ui_driver.h"
#include "ui/perspectives/centre_split.h"

#include <QPlainTextEdit>
#include <QScrollBar>

#include <gtest/gtest.h>

using namespace sinkscope;
using namespace sinkscope::ui;
using namespace sinkscope::test;

namespace {

QRect mapPlace(UiDriver &driver)
{
    settle();
    auto &map = driver.find<HeadMapView>("patternMap");
    return {map.mapTo(driver.window.get(), QPoint()), map.size()};
}

void dragDivider(UiDriver &driver, int by)
{
    auto *divider = driver.window->findChild<QSplitterHandle *>(QStringLiteral("promptDivider"));
    const QPoint start = divider->rect().center();
    QTest::mousePress(divider, Qt::LeftButton, Qt::NoModifier, start);
    QMouseEvent move(QEvent::MouseMove, start + QPoint(0, by), divider->mapToGlobal(start + QPoint(0, by)),
        Qt::LeftButton, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(divider, &move);
    QTest::mouseRelease(divider, Qt::LeftButton, Qt::NoModifier, start);
    settle();
}

TEST(CentreSplit, APromptOfAnyLengthItsEditorAndAChatLeaveTheMapWhereItIs)
{
    UiDriver driver(QString::fromStdString(writeTinyModel()));
    const QRect before = mapPlace(driver);
    PromptSpec longer = driver.state().session().prompt;
    for (int line = 0; line < 12; ++line)
        longer.text += "\nthe cat sat";
    driver.state().setPrompt(longer);
    EXPECT_EQ(mapPlace(driver), before) << "while it is computed";
    ASSERT_TRUE(driver.waitComplete());
    EXPECT_EQ(mapPlace(driver), before);
    driver.find<QWidget>("tokenStrip").setFocus();
    QTest::keyClick(&driver.find<QWidget>("tokenStrip"), Qt::Key_F2);
    EXPECT_EQ(mapPlace(driver), before) << "in the editor";
    QTest::keyClick(&driver.find<QPlainTextEdit>("promptEditor"), Qt::Key_Escape);
    PromptSpec chat = driver.state().session().prompt;
    chat.form = PromptForm::Chat; // the tiny model has no template: the panel says so below the text
    driver.state().setPrompt(chat);
    EXPECT_EQ(mapPlace(driver), before) << "with a message";
}

TEST(CentreSplit, TheDividerGivesThePromptMoreLinesAndIsRemembered)
{
    const std::string model = writeTinyModel();
    const QString ini = QString::fromStdString(temporaryPath("divider.ini"));
    const auto start = [&] {
        return std::make_unique<UiDriver>(
            QString::fromStdString(model), UiDriver::shortSession(), QSize(1600, 1000), ini);
    };
    int dragged = 0;
    {
        const auto driver = start();
        const int before = mapPlace(*driver).top();
        dragDivider(*driver, 100);
        settle();
        dragged = mapPlace(*driver).top();
        EXPECT_NEAR(dragged, before + 100, 3);
        driver->window->resize(1600, 900);
        settle();
        EXPECT_EQ(mapPlace(*driver).top(), dragged);
    }
    const auto driver = start();
    settle();
    EXPECT_EQ(mapPlace(*driver).top(), dragged);
}

TEST(CentreSplit, ADoubleClickShowsTheWholePrompt)
{
    UiDriver driver(QString::fromStdString(writeTinyModel()));
    PromptSpec longer = driver.state().session().prompt;
    for (int line = 0; line < 6; ++line)
        longer.text += "\nthe cat sat";
    driver.state().setPrompt(longer);
    ASSERT_TRUE(driver.waitComplete());
    auto &strip = driver.find<TokenStripView>("tokenStrip");
    settle();
    EXPECT_GT(strip.verticalScrollBar()->maximum(), 0);
    QTest::mouseDClick(
        driver.window->findChild<QSplitterHandle *>(QStringLiteral("promptDivider")), Qt::LeftButton);
    settle();
    EXPECT_EQ(strip.verticalScrollBar()->maximum(), 0);
}

TEST(CentreSplit, TheCellsOfTheHeadMapStayWhateverTheTitleOfItsColour)
{
    UiDriver driver(QString::fromStdString(writeTinyModel()), UiDriver::shortSession(), QSize(1280, 800));
    auto &map = driver.find<HeatmapView>("headMap");
    settle();
    const QRect before = map.layoutForTest().mapRect();
    const QRect bar = map.layoutForTest().barRect();
    for (const char *name : {"sink mass, mean", "entropy, last row", "effect on margin", "induction"}) {
        driver.chooseMeasure(name);
        settle();
        EXPECT_EQ(map.layoutForTest().mapRect(), before) << name;
        EXPECT_EQ(map.layoutForTest().barRect(), bar) << name;
    }
}

TEST(CentreSplit, NoCellOfTheFormerPromptIsMarkedOnTheTokensOfANewOne)
{
    ResultRelay relay;
    FakeEngine engine(relay);
    Workbench bench(engine, relay, Settings(QString()));
    RecordedPrompts prompts;
    MainWindow window(bench, prompts, {});
    bench.engine.openModel(QStringLiteral("a.gguf"));
    engine.listener().modelLoaded(engine.loadId, modelWithoutWeights());
    QCoreApplication::processEvents();
    bench.selection.setPinned({3, 2});
    auto tokens = std::make_shared<TokenizedPrompt>();
    for (int token = 0; token < 6; ++token) {
        tokens->ids.emplace_back(token);
        tokens->pieces.emplace_back("x");
        tokens->bytes.emplace_back("x");
    }
    engine.listener().promptTokenized(bench.engine.latestPass(), tokens);
    QCoreApplication::processEvents();
    ASSERT_TRUE(bench.state.pendingPrompt());
    auto *strip = window.findChild<TokenStripView *>(QStringLiteral("tokenStrip"));
    EXPECT_EQ(strip->data().tokens.size(), 6U);
    EXPECT_FALSE(strip->linkedKey());
    EXPECT_EQ(strip->data().query, -1);
    bench.selection.setHovered({4, 1}); // over the map, which is still of the former prompt
    EXPECT_FALSE(strip->linkedKey());
}

} // namespace
