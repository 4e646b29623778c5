// SPDX-License-Identifier: Apache-2.0
// Editing as a whole in the real window: solo, mute, copying of factors, groups, presets, the random control.
#include "core/base/error.h"
#include "tests/ui/session_fixture.h"
#include "ui/state/copied_edits.h"
#include "ui/state/random_control.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QListView>
#include <QMenu>
#include <QPushButton>
#include <QStatusBar>
#include <QToolButton>

namespace sinkscope::test {

using namespace sinkscope::ui;

namespace {

HeadRef head(int layer, int head)
{
    return {LayerIndex(layer), HeadIndex(head)};
}

constexpr HeadGrid kGrid {3, 4, 2};

HeadEdit gain(HeadRef at, double gamma)
{
    HeadEdit edit;
    edit.head = at;
    edit.kind = EditKind::Gain;
    edit.gamma = gamma;
    return edit;
}

EditList edited(const std::vector<HeadFactor> &factors)
{
    EditList edits;
    for (const HeadFactor &factor : factors)
        edits.set(factor);
    return edits;
}

} // namespace

TEST(CopiedEdits, TheTextIsThatOfTheCommandLineAndIsReadBackFromALetter)
{
    const EditList edits = edited({{head(0, 1), 0.1}, {head(2, 3), 0.0}});
    const CopiedEdits copied = copyEdits(edits, {head(2, 3), head(0, 1), head(1, 0)});
    EXPECT_EQ(copiedText(copied), "L0H1=0.1\nL1H0=1\nL2H3=off\n");
    const CopiedEdits read = editsFromText("> # from Ada\n> --edit L0H1=0.1  L2H3=off\r\n", kGrid);
    EXPECT_EQ(read.heads, (std::vector<HeadRef> {head(0, 1), head(2, 3)}));
    EXPECT_EQ(read.edits, edits);
}

TEST(CopiedEdits, OtherKindsTravelAsJson)
{
    EditList edits = edited({{head(0, 1), 3.0}});
    edits.setEdit(gain(head(0, 1), 0.5));
    const CopiedEdits copied = copyEdits(edits, {head(0, 1)});
    EXPECT_EQ(editsFromText(copiedText(copied), kGrid), copied);
    const EditList pasted = pastedEdits(EditList(), copied, {head(2, 2)}, kGrid);
    EXPECT_EQ(pasted.listedFactor(head(2, 2)), 3.0);
    ASSERT_NE(pasted.findOrNull(gain(head(2, 2), 1.0)), nullptr);
    EXPECT_EQ(pasted.findOrNull(gain(head(2, 2), 1.0))->edit.gamma, 0.5);
}

TEST(CopiedEdits, ABoxGoesToABoxOfItsShapeAndReplacesWhatWasThere)
{
    const EditList edits = edited({{head(0, 0), 2.0}, {head(1, 1), 4.0}, {head(1, 3), 9.0}});
    const CopiedEdits box = copyEdits(edits, {head(0, 0), head(0, 1), head(1, 0), head(1, 1)});
    const EditList pasted = pastedEdits(edits, box, {head(2, 3), head(1, 3), head(1, 2), head(2, 2)}, kGrid);
    EXPECT_EQ(pasted, edited({{head(0, 0), 2.0}, {head(1, 1), 4.0}, {head(1, 2), 2.0}, {head(2, 3), 4.0}}));
    EXPECT_THROW(pastedEdits(edits, box, {head(2, 0), head(2, 1)}, kGrid), RequestError);
    EXPECT_THROW(
        pastedEdits(edits, box, {head(2, 0), head(2, 1), head(2, 2), head(2, 3)}, kGrid), RequestError);
}

TEST(CopiedEdits, TextThatIsNoEditIsRefused)
{
    EXPECT_THROW(editsFromText("Dear Ada, how are you?", kGrid), Error);
    EXPECT_THROW(editsFromText("", kGrid), Error);
    EXPECT_THROW(editsFromText("L9H0=2", kGrid), Error);
}

TEST(RandomControl, DrawsTheHeadsThatTheGeneratorGives)
{
    // SplitMix64 and Fisher-Yates over the ten other heads, worked out in Python from their definitions.
    const EditList edits = edited({{head(0, 0), 2.0}, {head(1, 2), 0.5}});
    const EditList first = randomControl(edits, kGrid, 1);
    EXPECT_EQ(first.listedFactor(head(1, 3)), 2.0);
    EXPECT_EQ(first.listedFactor(head(2, 1)), 0.5);
    EXPECT_EQ(first.entries().size(), 2U);
    EXPECT_EQ(controlSeed(first), 1U);
    const EditList third = randomControl(edits, kGrid, 3);
    EXPECT_EQ(third.listedFactor(head(0, 2)), 2.0);
    EXPECT_EQ(third.listedFactor(head(2, 1)), 0.5);
}

TEST(RandomControl, NeverDrawsAnEditedHeadAndSaysWhereTooFewAreLeft)
{
    EditList edits;
    for (int at = 0; at < 4; ++at)
        edits.set({head(0, at), 1.5 + at});
    ControlDraw control;
    EditList drawn = edits;
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        drawn = control.next(drawn, kGrid);
        EXPECT_EQ(controlSeed(drawn), seed);
        ASSERT_EQ(drawn.heads().size(), 4U);
        EXPECT_GT(drawn.heads().front().layer.value, 0);
    }
    edits.set({head(1, 0), 2.0});
    edits.set({head(1, 1), 2.0});
    edits.set({head(1, 2), 2.0});
    EXPECT_THROW(control.next(edits, kGrid), RequestError);
    EXPECT_THROW(control.next(EditList(), kGrid), RequestError);
}

TEST(Presets, SurviveTheirTextAndADamagedFileIsSaid)
{
    EditList edits = edited({{head(0, 1), 0.1}, {head(2, 3), 0.0}});
    edits.setSwitch(head(2, 3), EditSwitch::Off);
    edits.setEdit(gain(head(1, 1), 1.0 / 3.0));
    const std::vector<Preset> presets {{QStringLiteral("a \"b\""), edits}};
    EXPECT_EQ(presetsFromJson(presetsToJson(presets), QStringLiteral("file")), presets);
    EXPECT_THROW(presetsFromJson("{", QStringLiteral("file")), Error);
    EXPECT_THROW(presetsFromJson("[]", QStringLiteral("file")), Error);
}

namespace {

/// Three heads of the tiny model are edited.
class Editing : public SessionFiles {
protected:
    void SetUp() override { open({}); }
    void open(const QString &settings)
    {
        driver.reset();
        driver = start(settings);
        driver->window->activateWindow();
        ASSERT_TRUE(QTest::qWaitForWindowActive(driver->window.get()));
        driver->state().setFactors({{head(0, 0), 2.0}, {head(1, 1), 3.0}, {head(2, 2), 4.0}}, {});
        driver->clickHead(1, 1);
    }
    void key(int key, Qt::KeyboardModifiers modifiers = {})
    {
        QTest::keyClick(driver->window.get(), Qt::Key(key), modifiers);
    }
    void undo() { key(Qt::Key_Z, Qt::ControlModifier); }
    /// The factors that act on the three heads.
    std::vector<double> acting()
    {
        const EditList &edits = driver->state().edits();
        return {edits.effectiveFactor(head(0, 0)), edits.effectiveFactor(head(1, 1)),
            edits.effectiveFactor(head(2, 2))};
    }
    QString count() { return driver->labelText("editedCount"); }
    QString said() { return driver->window->statusBar()->currentMessage(); }
    /// Opens the menu of a button of the title and presses the entry with that object name in it.
    void choose(const char *menuName, const char *entry, const char *within = nullptr)
    {
        auto &menu = driver->find<QMenu>(menuName);
        Q_EMIT menu.aboutToShow();
        for (QAction *action : allActions(menu)) {
            const bool isWithin = !within
                || (action->associatedWidgets().value(0)
                    && qobject_cast<QMenu *>(action->associatedWidgets()[0])
                           ->title()
                           .startsWith(QLatin1String(within)));
            if (action->objectName() == QLatin1String(entry) && isWithin) {
                action->trigger();
                return;
            }
        }
        ADD_FAILURE() << entry << " is not in the menu";
    }
    static QList<QAction *> allActions(QMenu &menu)
    {
        QList<QAction *> all;
        for (QAction *action : menu.actions()) {
            all << action;
            if (action->menu())
                all << allActions(*action->menu());
        }
        return all;
    }

    std::unique_ptr<UiDriver> driver;
};

using Factors = std::vector<double>;

} // namespace

TEST_F(Editing, TheKeySLetsTheSelectedHeadActAloneAndASecondSRestoresTheSwitches)
{
    driver->state().switchEdits({head(2, 2)}, EditSwitch::Off);
    key(Qt::Key_S);
    EXPECT_EQ(acting(), (Factors {1.0, 3.0, 1.0}));
    EXPECT_EQ(driver->labelText("editsNote"), QStringLiteral("Solo: L1 H1 alone (S ends it)"));
    EXPECT_TRUE(driver->find<QAction>("soloAction").isChecked());
    key(Qt::Key_S);
    EXPECT_EQ(acting(), (Factors {2.0, 3.0, 1.0})) << "L2 H2 was off before";
    EXPECT_FALSE(driver->find<QLabel>("editsNote").isVisible());
    undo();
    EXPECT_EQ(acting(), (Factors {1.0, 3.0, 1.0})) << "one step each";
    undo();
    EXPECT_EQ(acting(), (Factors {2.0, 3.0, 1.0}));
}

TEST_F(Editing, SoloOfAnotherHeadRemembersTheFirstSwitches)
{
    key(Qt::Key_S);
    driver->clickHead(2, 2);
    key(Qt::Key_S);
    EXPECT_EQ(acting(), (Factors {1.0, 1.0, 4.0}));
    key(Qt::Key_S);
    EXPECT_EQ(acting(), (Factors {2.0, 3.0, 4.0}));
}

TEST_F(Editing, SoloOfAHeadWithoutEditSaysSo)
{
    driver->clickHead(2, 0);
    key(Qt::Key_S);
    EXPECT_EQ(acting(), (Factors {2.0, 3.0, 4.0}));
    EXPECT_EQ(said(), QStringLiteral("L2 H0 has no edit to switch"));
    EXPECT_FALSE(driver->find<QAction>("soloAction").isChecked());
}

TEST_F(Editing, TheKeyMMutesAllEditsOfTheSelectedHeads)
{
    driver->state().setEdits({gain(head(1, 1), 0.5)}, {});
    driver->selection().setHeads({head(1, 1), head(2, 2)});
    key(Qt::Key_M);
    EXPECT_EQ(acting(), (Factors {2.0, 1.0, 1.0}));
    EXPECT_FALSE(driver->state().edits().others().front().isEnabled);
    EXPECT_EQ(driver->state().edits().editedHeadCount(), 1);
    key(Qt::Key_M);
    EXPECT_EQ(acting(), (Factors {2.0, 3.0, 4.0}));
    EXPECT_TRUE(driver->state().edits().others().front().isEnabled);
    undo();
    EXPECT_EQ(acting(), (Factors {2.0, 1.0, 1.0}));
}

TEST_F(Editing, TheRowInHandIsWhatSActsOn)
{
    auto &list = driver->find<QAbstractItemView>("editList");
    list.setFocus();
    list.setCurrentIndex(list.model()->index(2, 0));
    QTest::keyClick(&list, Qt::Key_S);
    EXPECT_EQ(acting(), (Factors {1.0, 1.0, 4.0}));
}

TEST_F(Editing, TextFieldsKeepSAndM)
{
    auto &line = driver->find<QWidget>("answersLine");
    line.setFocus();
    QTest::keyClick(&line, Qt::Key_S);
    QTest::keyClick(&line, Qt::Key_M);
    EXPECT_EQ(acting(), (Factors {2.0, 3.0, 4.0}));
}

TEST_F(Editing, FactorsAreCopiedFromOneHeadAndPastedToABox)
{
    key(Qt::Key_F, Qt::ControlModifier | Qt::ShiftModifier);
    EXPECT_EQ(QGuiApplication::clipboard()->text(), QStringLiteral("L1H1=3\n"));
    driver->selection().setHeads({head(0, 0), head(0, 1)});
    key(Qt::Key_V, Qt::ControlModifier | Qt::ShiftModifier);
    EXPECT_EQ(acting(), (Factors {3.0, 3.0, 4.0}));
    EXPECT_EQ(driver->state().edits().effectiveFactor(head(0, 1)), 3.0);
    EXPECT_EQ(count(), QStringLiteral("4 of 12 heads edited"));
    undo();
    EXPECT_EQ(acting(), (Factors {2.0, 3.0, 4.0}));
}

TEST_F(Editing, AnotherShapeIsRefusedInTheStatusBar)
{
    driver->selection().setHeads({head(0, 0), head(1, 1)});
    key(Qt::Key_F, Qt::ControlModifier | Qt::ShiftModifier);
    driver->selection().setHeads({head(0, 0), head(0, 1)});
    key(Qt::Key_V, Qt::ControlModifier | Qt::ShiftModifier);
    EXPECT_EQ(acting(), (Factors {2.0, 3.0, 4.0}));
    EXPECT_TRUE(said().contains(QStringLiteral("2 heads copied, 2 heads selected in another shape")))
        << said().toStdString();
}

TEST_F(Editing, ASpecFromALetterIsPastedToTheHeadsItNames)
{
    QGuiApplication::clipboard()->setText(QStringLiteral("> L0H0=0.25\n> L2H1=off\n"));
    key(Qt::Key_B, Qt::ControlModifier | Qt::ShiftModifier);
    EXPECT_EQ(acting(), (Factors {0.25, 3.0, 4.0}));
    EXPECT_EQ(driver->state().edits().effectiveFactor(head(2, 1)), 0.0);
}

TEST_F(Editing, AGroupIsNamedSelectedAndTurnedAndStaysInTheSession)
{
    driver->selection().setHeads({head(0, 0), head(2, 2)});
    choose("groupsMenu", "up");
    driver->clickHead(1, 1);
    choose("groupsMenu", "selectGroup", "up");
    EXPECT_EQ(driver->selection().heads(), (std::vector<HeadRef> {head(0, 0), head(2, 2)}));
    EXPECT_TRUE(driver->labelText("factorSubject").startsWith(QStringLiteral("up")));
    driver->dragSlider(8.0);
    EXPECT_GT(driver->state().edits().listedFactor(head(0, 0)), 2.0);
    saveAs(*driver, path("groups.sinkscope"));
    const EditList::Groups groups = driver->state().edits().groups();
    ASSERT_EQ(groups.size(), 1U);
    driver.reset();
    driver = start();
    openSession(*driver, path("groups.sinkscope"));
    EXPECT_EQ(driver->state().edits().groups(), groups);
    driver->state().resetAllEdits();
    EXPECT_EQ(driver->state().edits().groups(), groups) << "a reset takes the edits only";
    driver->prompts.nextName = QStringLiteral("mine");
    choose("groupsMenu", "renameGroup", "up");
    EXPECT_EQ(driver->state().edits().groups().begin()->first, "mine");
    choose("groupsMenu", "deleteGroup", "mine");
    EXPECT_TRUE(driver->state().edits().groups().empty());
    undo();
    EXPECT_EQ(driver->state().edits().groups().begin()->first, "mine");
}

TEST_F(Editing, APresetIsKeptForTheNextStartAndAppliedAsOneStep)
{
    open(path("settings.ini"));
    driver->prompts.nextName = QStringLiteral("three");
    choose("presetsMenu", "savePreset");
    open(path("settings.ini"));
    driver->state().resetAllEdits();
    choose("presetsMenu", "ownPreset");
    EXPECT_EQ(acting(), (Factors {2.0, 3.0, 4.0}));
    EXPECT_EQ(driver->state().undoStack().undoText(), QStringLiteral("preset: three"));
    undo();
    EXPECT_TRUE(driver->state().edits().isEmpty());
    choose("presetsMenu", "removePreset");
    EXPECT_TRUE(driver->bench->presets.all().empty());
}

TEST_F(Editing, APresetOfAllHeadsCountsAllOfThem)
{
    choose("presetsMenu", "presetOfAll");
    EXPECT_EQ(acting(), (Factors {1.5, 1.5, 1.5}));
    EXPECT_EQ(count(), QStringLiteral("12 of 12 heads edited"));
    choose("presetsMenu", "presetByEffect");
    EXPECT_TRUE(said().startsWith(QStringLiteral("Not known yet"))) << said().toStdString();
}

TEST_F(Editing, ThePresetByEffectTakesTheTenHeadsOfTheGreatestDerivatives)
{
    driver->chooseMeasure("effect on margin");
    ASSERT_TRUE(QTest::qWaitFor(
        [&] {
            return driver->bench->effects.effectOrNull(Effect::Margin) && !driver->bench->effects.isOld();
        },
        UiDriver::kPatienceMs));
    const Matrix effect = *driver->bench->effects.effectOrNull(Effect::Margin);
    choose("presetsMenu", "presetByEffect");
    std::vector<double> taken;
    std::vector<double> left;
    for (int layer = 0; layer < 3; ++layer)
        for (int at = 0; at < 4; ++at) {
            const double size = std::abs(double(effect.at(std::size_t(layer), std::size_t(at))));
            (driver->state().edits().effectiveFactor(head(layer, at)) == 2.0 ? taken : left).push_back(size);
        }
    ASSERT_EQ(taken.size(), 10U);
    EXPECT_GE(*std::min_element(taken.begin(), taken.end()), *std::max_element(left.begin(), left.end()));
}

TEST_F(Editing, AClickOnRandomControlMovesTheFactorsToOtherHeadsWithASeedThatCountsUp)
{
    auto &button = driver->find<QPushButton>("controlButton");
    QTest::mouseClick(&button, Qt::LeftButton);
    EXPECT_EQ(acting(), (Factors {1.0, 1.0, 1.0}));
    std::vector<double> factors;
    for (const EditEntry &entry : driver->state().edits().entries())
        factors.push_back(entry.gamma);
    std::sort(factors.begin(), factors.end());
    EXPECT_EQ(factors, (Factors {2.0, 3.0, 4.0}));
    EXPECT_EQ(driver->labelText("editsNote"), QStringLiteral("Random control, seed 1: 3 heads"));
    EXPECT_EQ(count(), QStringLiteral("3 of 12 heads edited"));
    EXPECT_EQ(driver->state().undoStack().undoText(), QStringLiteral("random control, seed 1: 3 heads"));
    QTest::mouseClick(&button, Qt::LeftButton);
    EXPECT_EQ(acting(), (Factors {1.0, 1.0, 1.0})) << "not the edited heads themselves";
    EXPECT_EQ(driver->labelText("editsNote"), QStringLiteral("Random control, seed 2: 3 heads"));
    undo();
    undo();
    EXPECT_EQ(acting(), (Factors {2.0, 3.0, 4.0}));
}

} // namespace sinkscope::test
