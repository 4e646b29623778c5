// SPDX-License-Identifier: Apache-2.0
// What the window says in its small states: no model, one token, masked cells, edits of other kinds, what a
// session looked at.
#include "tests/support/tiny_model.h"
#include "tests/ui/session_fixture.h"
#include "ui/models/roles.h"
#include "ui/panels/curve_menu.h"
#include "ui/panels/panel_scroll.h"
#include "ui/panels/token_find.h"
#include "ui/state/session_look.h"
#include "ui/views/curve_labels.h"
#include "ui/views/fitted_text.h"
#include "ui/views/head_map_view.h"

#include <QDockWidget>
#include <QListView>
#include <QMenu>

namespace sinkscope::test {

using namespace sinkscope::ui;

namespace {

HeadRef headAt(int layer, int head)
{
    return {LayerIndex(layer), HeadIndex(head)};
}

} // namespace

TEST(NoModel, SidesAreEmptyAndThePromptToComeStandsInTheMiddle)
{
    ResultRelay relay;
    ComputeWorker worker(relay, EngineOptions());
    Workbench bench(worker, relay, Settings(QString()));
    RecordedPrompts prompts;
    WindowOptions options;
    options.keepsSession = false;
    MainWindow window(bench, prompts, options);
    bench.state.restoreSession(UiDriver::shortSession());
    window.resize(1280, 800);
    window.show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(&window));
    for (const QDockWidget *dock : window.findChildren<QDockWidget *>())
        EXPECT_FALSE(qobject_cast<PanelScroll *>(dock->widget())->widget()->isVisible())
            << dock->objectName().toStdString();
    EXPECT_EQ(window.findChild<QLabel *>(QStringLiteral("startPrompt"))->text(),
        QStringLiteral("the cat sat on the mat, and"));
    EXPECT_FALSE(window.findChild<QWidget *>(QStringLiteral("sideBaseline"))->isEnabled());
}

TEST(OneToken, TheFactorPanelSaysWhyNothingChanges)
{
    SessionValue start;
    start.prompt.text = "a";
    UiDriver driver(QString::fromStdString(writeTinyModel()), start);
    ASSERT_EQ(driver.state().baseline()->prompt->ids.size(), 1U);
    EXPECT_TRUE(driver.labelText("factorNote").contains(QStringLiteral("reads only itself")));
    driver.state().restoreSession(UiDriver::shortSession());
    ASSERT_TRUE(driver.waitComplete());
    EXPECT_FALSE(driver.find<QLabel>("factorNote").isVisible());
}

TEST(MaskedCell, PointedAtItIsNamedInTheStatusBarUntilTheMouseGoesOn)
{
    UiDriver driver(QString::fromStdString(writeTinyModel()));
    auto &map = driver.find<HeadMapView>("patternMap");
    const QString before = driver.labelText("statusSelection");
    // Two moves: a first one onto a widget only enters it.
    for (const QPoint jitter : {QPoint(0, 0), QPoint(1, 0)})
        QTest::mouseMove(map.viewport(), map.viewportPoint({2, 4}) + jitter);
    EXPECT_EQ(driver.labelText("statusSelection"), QStringLiteral("masked: key 4 comes later than query 2"));
    QTest::mouseMove(map.viewport(), map.viewportPoint({4, 2}));
    EXPECT_TRUE(driver.labelText("statusSelection").startsWith(QStringLiteral("query 4")))
        << driver.labelText("statusSelection").toStdString();
    EXPECT_NE(before, QString());
}

TEST(OtherEdits, AreMarkedInTheMapAndHighlightedInTheListWhileTheyAreTurned)
{
    UiDriver driver(QString::fromStdString(writeTinyModel()));
    driver.clickHead(1, 1);
    driver.state().setFactors({{headAt(1, 1), 3.0}}, QStringLiteral("factor"));
    HeadEdit gain;
    gain.head = headAt(1, 1);
    gain.kind = EditKind::Gain;
    gain.gamma = 0.5;
    ASSERT_FALSE(driver.state().setEdits({gain}, QStringLiteral("gain")).has_value());
    ASSERT_TRUE(driver.waitComplete());
    EXPECT_TRUE(driver.headMap().hasOtherEdit({1, 1}));
    EXPECT_FALSE(driver.headMap().hasOtherEdit({1, 0}));
    EXPECT_EQ(driver.find<HeatmapView>("headMap").cellInWords({1, 1}).section(QStringLiteral(", factor"), 1),
        QStringLiteral(" 3.00, with another edit"));
    auto &list = driver.find<QListView>("editList");
    driver.selection().setTarget(targetOf(gain));
    EXPECT_TRUE(list.currentIndex().data(kCaptionRole).isValid()) << "the gain's row";
    driver.selection().setTarget({});
    EXPECT_FALSE(list.currentIndex().data(kCaptionRole).isValid()) << "the factor's row";
    driver.state().switchOthers({gain}, EditSwitch::Off);
    EXPECT_FALSE(driver.headMap().hasOtherEdit({1, 1})) << "switched off it has no effect";
}

TEST(CurvesMenu, StaysOpenWhileTicksAreSetByClickAndSpace)
{
    UiDriver driver(QString::fromStdString(writeTinyModel()));
    QMenu &menu = *driver.find<CurveMenu>("curvesButton").menu();
    menu.popup(driver.window->mapToGlobal(QPoint(900, 300)));
    ASSERT_TRUE(QTest::qWaitForWindowExposed(&menu));
    QAction &margin = driver.find<QAction>("curve_margin");
    const bool before = margin.isChecked();
    QTest::mouseClick(&menu, Qt::LeftButton, {}, menu.actionGeometry(&margin).center());
    EXPECT_NE(margin.isChecked(), before);
    EXPECT_TRUE(menu.isVisible());
    menu.setActiveAction(&margin);
    QTest::keyClick(&menu, Qt::Key_Space);
    EXPECT_EQ(margin.isChecked(), before);
    EXPECT_TRUE(menu.isVisible());
    QTest::keyClick(&menu, Qt::Key_Escape);
    EXPECT_FALSE(menu.isVisible());
}

TEST(CurveWords, PlacesAreNamedAsTheSliderAboveNamesThem)
{
    CurveExtremePoint inside;
    inside.factor = 0.5;
    EXPECT_EQ(extremeInWords(inside, CurveExtreme::Lowest, AxisScale::LnFactor),
        QStringLiteral("lowest, at \u22120.693")); // ln 0.5
    CurveExtremePoint end;
    end.factor = 0.01;
    end.place = CurveExtremePoint::Place::AtLowest;
    EXPECT_EQ(extremeInWords(end, CurveExtreme::Lowest, AxisScale::LnFactor),
        QStringLiteral("still falling at \u22124.6")); // ln 0.01
}

TEST(FindToken, AnOccurrenceBelongsToTheTokenInWhichItBegins)
{
    TokenizedPrompt prompt;
    prompt.bytes = {"The", " pain", "fully", " \xC3", "\x84", "rger", " The"}; // a letter over two tokens
    EXPECT_EQ(tokensWith(prompt, QStringLiteral("the")), (std::vector<int> {0, 6}));
    EXPECT_EQ(tokensWith(prompt, QStringLiteral("painful")), (std::vector<int> {1}));
    EXPECT_EQ(tokensWith(prompt, QString::fromUtf8("\xC3\xA4rger")), (std::vector<int> {3})) << "lower case";
    EXPECT_TRUE(tokensWith(prompt, QStringLiteral("cat")).empty());
    EXPECT_TRUE(tokensWith(prompt, QString()).empty());
}

TEST(FindToken, SlashOpensItEnterGoesOnAndEscapeReturns)
{
    UiDriver driver(QString::fromStdString(writeTinyModel()));
    auto &map = driver.find<HeatmapView>("headMap");
    map.setFocus();
    QTest::keyClick(&map, Qt::Key_Slash);
    auto &field = driver.find<TokenFind>("tokenFind");
    ASSERT_TRUE(field.hasFocus());
    QTest::keyClicks(&field, QStringLiteral("at")); // "cat", "sat", "mat"
    const auto &prompt = *driver.state().baseline()->prompt;
    const std::vector<int> found = tokensWith(prompt, QStringLiteral("at"));
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(driver.selection().pinned().query, found[0]) << "from the last token once round";
    QTest::keyClick(&field, Qt::Key_Return);
    EXPECT_EQ(driver.selection().pinned().query, found[1]);
    EXPECT_EQ(driver.labelText("tokenFindCount"), QStringLiteral("2 of 3"));
    QTest::keyClick(&field, Qt::Key_Return, Qt::ShiftModifier);
    EXPECT_EQ(driver.selection().pinned().query, found[0]);
    QTest::keyClicks(&field, QStringLiteral("xyz"));
    EXPECT_EQ(driver.labelText("tokenFindCount"), QStringLiteral("not found"));
    EXPECT_EQ(driver.selection().pinned().query, found[0]);
    QTest::keyClick(&field, Qt::Key_Escape);
    EXPECT_FALSE(field.isVisible());
    EXPECT_TRUE(map.hasFocus());
}

TEST(FittedTexts, AFormWithoutNamesStandsWhereTheyWouldBeCutToNothing)
{
    const QFontMetricsF metrics {QFont()};
    const FittedText text {
        {QStringLiteral("of %1"), QStringLiteral("short")}, {QStringLiteral("wonderfully")}};
    EXPECT_EQ(fitted(text, metrics, 1000), QStringLiteral("of wonderfully"));
    const QString cut = QStringLiteral("of wond\u2026lly"); // 8 letters of 11
    EXPECT_EQ(fitted(text, metrics, metrics.horizontalAdvance(cut)).left(5), QStringLiteral("of wo"));
    const QString tooShort = QStringLiteral("of wo\u2026ly"); // 5: names of fewer than 6 tell nothing
    EXPECT_EQ(fitted(text, metrics, metrics.horizontalAdvance(tooShort)), QStringLiteral("short"));
}

TEST_F(SessionFiles, ASessionReopensWithItsHeadsItsCellsAndTheirLook)
{
    const auto driver = start();
    Selection &selection = driver->selection();
    selection.setHeads({headAt(1, 1), headAt(0, 1), headAt(1, 0)});
    selection.setPinned({4, 2});
    selection.setKept({{3, 1}});
    selection.setScale(PatternScale::Linear);
    selection.setMeasure(HeadMeasure::EntropyLast);
    saveAs(*driver, path("look"));
    saveAs(*driver, path("other")); // what follows is no longer in the first
    driver->state().setPrompt(PromptSpec {"another prompt with words"});
    ASSERT_TRUE(driver->waitComplete());
    selection.setHead(headAt(0, 0));
    selection.setScale(PatternScale::Log);
    selection.setMeasure(HeadMeasure::Factor);
    openSession(*driver, path("look.sinkscope"));
    ASSERT_TRUE(driver->waitComplete());
    EXPECT_EQ(selection.pinned(), (CellRef {4, 2}));
    EXPECT_EQ(selection.kept(), (std::vector<CellRef> {{3, 1}}));
    EXPECT_EQ(selection.heads(), (std::vector<HeadRef> {headAt(1, 1), headAt(0, 1), headAt(1, 0)}));
    EXPECT_EQ(selection.scale(), PatternScale::Linear);
    EXPECT_EQ(selection.measure(), HeadMeasure::EntropyLast);
}

TEST(SessionLook, IsTakenAgainAndWhatIsNotUnderstoodIsLeft)
{
    Selection from;
    from.setHeads({headAt(1, 1), headAt(0, 1)});
    from.setSide(Side::Difference);
    from.setMeasure(HeadMeasure::EntropyLast);
    from.setScale(PatternScale::Linear);
    from.setScope(FactorScope::Layer);
    HeadGrid grid;
    grid.layerCount = 2;
    grid.headCount = 2;
    Selection to;
    takeLook(to, grid, lookOf(from));
    EXPECT_EQ(to.heads(), from.heads());
    EXPECT_EQ(to.side(), Side::Difference);
    EXPECT_EQ(to.measure(), HeadMeasure::EntropyLast);
    EXPECT_EQ(to.scale(), PatternScale::Linear);
    EXPECT_EQ(to.scope(), FactorScope::Layer);
    for (const char *wrong : {"", "[]", R"({"heads":[[2,0]],"side":9,"measure":-1,"pinned":[1]})"}) {
        Selection untouched;
        takeLook(untouched, grid, wrong);
        EXPECT_EQ(untouched.heads(), Selection().heads()) << wrong;
        EXPECT_EQ(untouched.side(), Selection().side()) << wrong;
        EXPECT_EQ(untouched.measure(), Selection().measure()) << wrong;
        EXPECT_FALSE(untouched.takeRestoredCells().has_value()) << wrong;
    }
}

} // namespace sinkscope::test
