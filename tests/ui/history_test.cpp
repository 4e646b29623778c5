// SPDX-License-Identifier: Apache-2.0
// The history: its lines, its tree as an item model, the names of steps, and going back in the real window.
#include "tests/support/tiny_model.h"
#include "tests/ui/session_fixture.h"
#include "ui/models/history_model.h"
#include "ui/models/roles.h"
#include "ui/state/presets.h"
#include "ui/state/step_names.h"

#include <QAbstractItemModelTester>
#include <QDockWidget>
#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTreeView>

#include <cstdio>

namespace sinkscope::test {

using namespace sinkscope::ui;

namespace {

HeadRef head(int layer, int head)
{
    return {LayerIndex(layer), HeadIndex(head)};
}

/// Nodes 1, 2, ... with these parents; 0: none.
HistoryNodes nodes(const std::vector<EntryId> &parents)
{
    HistoryNodes all;
    for (const EntryId parent : parents) {
        HistoryNode node;
        node.id = EntryId(all.size()) + 1;
        if (parent > 0)
            node.parent = parent;
        node.name = "step " + std::to_string(node.id);
        node.timeMs = 1700000000000 + node.id * 1000;
        all.emplace(node.id, node);
    }
    return all;
}

using Ids = std::vector<EntryId>;

} // namespace

TEST(HistoryLines, AChainIsOneFlatLine)
{
    const HistoryLines lines = historyLines(nodes({0, 1, 2, 3}));
    EXPECT_EQ(lines.rows, (std::map<EntryId, Ids> {{0, {1, 2, 3, 4}}}));
    EXPECT_EQ(lines.branchCount, 0);
}

TEST(HistoryLines, TheNewestStepEndsTheMainLineAndOtherStepsAreBranchesUnderTheStateTheyLeave)
{
    // 1 - 2 - 3 - 4, back to 2, 5 - 6, back to 5, 7.
    const HistoryLines lines = historyLines(nodes({0, 1, 2, 3, 2, 5, 5}));
    EXPECT_EQ(lines.rows, (std::map<EntryId, Ids> {{0, {1, 2, 5, 7}}, {2, {3, 4}}, {5, {6}}}));
    EXPECT_EQ(lines.branchCount, 2);
    EXPECT_TRUE(lines.places.at(3).startsBranch);
    EXPECT_FALSE(lines.places.at(4).startsBranch);
    EXPECT_EQ(lines.places.at(4).row, 1);
    EXPECT_EQ(lines.places.at(6).under, 5);
}

TEST(HistoryLines, AnOldBranchThatGoesOnBecomesTheMainLine)
{
    // Back to 1 twice: 2, 3, 4 begin there; then 5 goes on from 2.
    const HistoryLines lines = historyLines(nodes({0, 1, 1, 1, 2}));
    EXPECT_EQ(lines.rows, (std::map<EntryId, Ids> {{0, {1, 2, 5}}, {1, {3, 4}}}));
    EXPECT_EQ(lines.branchCount, 2);
}

TEST(HistoryLines, ALineGoesThroughAStateToItsEnd)
{
    const HistoryNodes tree = nodes({0, 1, 2, 3, 2, 5, 5});
    EXPECT_EQ(lineThrough(tree, 3), (Ids {1, 2, 3, 4}));
    EXPECT_EQ(lineThrough(tree, 1), (Ids {1, 2, 5, 7}));
    EXPECT_EQ(lineThrough(tree, 9), Ids());
}

TEST(HistoryModel, PassesTheModelTesterWhileStepsComeAndLinesMove)
{
    HistoryModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    const QSignalSpy added(&model, &QAbstractItemModel::rowsInserted);
    const QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
    const Ids parents {0, 1, 2, 2, 4, 3};
    for (std::size_t count = 1; count <= parents.size(); ++count)
        model.setHistory(nodes({parents.begin(), parents.begin() + std::ptrdiff_t(count)}), EntryId(count));
    EXPECT_EQ(added.size(), 4) << "steps at the end of the line";
    EXPECT_EQ(reset.size(), 2) << "3 became a branch, then 4";
    ASSERT_EQ(model.rowCount(), 4); // 1, 2, 3, 6
    const QModelIndex second = model.index(1, 0);
    ASSERT_EQ(model.rowCount(second), 2); // 4, 5
    EXPECT_EQ(model.index(0, 0, second).data().toString(), QStringLiteral("↳ step 4"));
    EXPECT_EQ(model.index(1, 0, second).data().toString(), QStringLiteral("step 5"));
    EXPECT_EQ(model.index(3, 1).data().toString(), QStringLiteral("now"));
    const auto state = [](const QModelIndex &index) { return StepState(index.data(kStepStateRole).toInt()); };
    EXPECT_EQ(state(model.index(3, 0)), StepState::Present);
    EXPECT_EQ(state(model.index(0, 0)), StepState::Done);
    EXPECT_EQ(state(model.index(0, 0, second)), StepState::Elsewhere);
    model.setHistory(nodes(parents), 4);
    EXPECT_EQ(reset.size(), 2) << "going to a state moves no row";
    EXPECT_EQ(state(model.index(0, 0, second)), StepState::Present);
    EXPECT_EQ(state(model.index(2, 0)), StepState::Elsewhere);
    EXPECT_TRUE(model.index(0, 0, second)
                    .data(Qt::AccessibleTextRole)
                    .toString()
                    .contains(QStringLiteral("begins a branch, the present state")));
}

TEST(StepNames, SayFromWhereToWhere)
{
    EditList before;
    EditList after;
    after.set({head(15, 3), 3.0});
    EXPECT_EQ(turnName(before, after, QStringLiteral("L15 H3")), QStringLiteral("L15 H3 1 → 3"));
    EXPECT_EQ(turnName(after, before, QStringLiteral("L15 H3")), QStringLiteral("L15 H3 3 → 1"));
    after.set({head(15, 4), 0.0});
    EXPECT_EQ(turnName(before, after, QStringLiteral("2 heads")), QStringLiteral("turn 2 heads"));
    EditList level;
    level.set({head(15, 3), 0.0});
    level.set({head(15, 4), 0.0});
    EditList mixed;
    mixed.set({head(15, 3), 2.0});
    mixed.set({head(15, 4), 0.5});
    EXPECT_EQ(turnName(mixed, level, QStringLiteral("2 heads")), QStringLiteral("2 heads → off"));
    EditList doubled;
    doubled.set({head(15, 3), 3.0});
    doubled.set({head(15, 4), 0.75});
    EXPECT_EQ(turnName(mixed, doubled, QStringLiteral("2 heads")), QStringLiteral("2 heads × 1.5"));
    EditList biased;
    HeadEdit bias;
    bias.head = head(1, 1);
    bias.kind = EditKind::Bias;
    bias.value = -1.5;
    biased.setEdit(bias);
    EXPECT_EQ(turnName(before, biased, QStringLiteral("L1 H1")), QStringLiteral("L1 H1 0 → -1.5"));
}

namespace {

/// Heads of the tiny model are turned in this order: a, b, c; back to a; d.
class HistoryInTheWindow : public SessionFiles {
protected:
    void SetUp() override
    {
        driver = start();
        driver->window->activateWindow();
        ASSERT_TRUE(QTest::qWaitForWindowActive(driver->window.get()));
        driver->find<QDockWidget>("historyDock").toggleViewAction()->trigger();
        turn(0, 0, 2.0);
        turn(0, 1, 3.0);
        turn(1, 0, 4.0);
        undo();
        undo();
        turn(1, 2, 0.5);
        settle();
    }

    void turn(int layer, int at, double gamma)
    {
        driver->state().beginDrag();
        driver->state().setFactors({{head(layer, at), gamma}}, {});
        driver->state().endDrag(QStringLiteral("L%1 H%2").arg(layer).arg(at));
    }
    void undo() { QTest::keyClick(driver->window.get(), Qt::Key_Z, Qt::ControlModifier); }
    void redo() { QTest::keyClick(driver->window.get(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier); }
    QTreeView &tree() { return driver->find<QTreeView>("historyTree"); }
    QModelIndex step(const char *name)
    {
        const QAbstractItemModel &steps = *tree().model();
        const QModelIndexList found = steps.match(steps.index(0, 0), Qt::DisplayRole, QString::fromUtf8(name),
            1, Qt::MatchEndsWith | Qt::MatchRecursive);
        return found.value(0);
    }
    void click(const char *name)
    {
        tree().scrollTo(step(name));
        QTest::mouseClick(tree().viewport(), Qt::LeftButton, {}, tree().visualRect(step(name)).center());
    }
    /// Factors of the four heads that are turned.
    std::vector<double> factors()
    {
        const EditList &edits = driver->state().edits();
        return {edits.effectiveFactor(head(0, 0)), edits.effectiveFactor(head(0, 1)),
            edits.effectiveFactor(head(1, 0)), edits.effectiveFactor(head(1, 2))};
    }

    std::unique_ptr<UiDriver> driver;
};

using Factors = std::vector<double>;

} // namespace

TEST_F(HistoryInTheWindow, StandsClosedAtFirstAndShowsTheTreeWhenItIsOpened)
{
    const auto other = SessionFiles::start();
    EXPECT_FALSE(other->find<QDockWidget>("historyDock").isVisible());
    EXPECT_TRUE(tree().isVisible());
    const QAbstractItemModel &steps = *tree().model();
    ASSERT_EQ(steps.rowCount(), 3);
    EXPECT_EQ(steps.index(0, 0).data().toString(), QStringLiteral("start"));
    EXPECT_EQ(steps.index(1, 0).data().toString(), QStringLiteral("L0 H0 1 → 2"));
    EXPECT_EQ(steps.index(2, 0).data().toString(), QStringLiteral("L1 H2 1 → 0.5"));
    ASSERT_EQ(steps.rowCount(steps.index(1, 0)), 2);
    EXPECT_TRUE(tree().isExpanded(steps.index(1, 0)));
    EXPECT_EQ(steps.index(0, 0, steps.index(1, 0)).data().toString(), QStringLiteral("↳ L0 H1 1 → 3"));
    EXPECT_EQ(tree().currentIndex(), steps.index(2, 0));
}

TEST_F(HistoryInTheWindow, AClickJumpsToAnotherBranchAndUndoAndRedoGoOnFromThere)
{
    click("L1 H0 1 → 4");
    EXPECT_EQ(factors(), (Factors {2.0, 3.0, 4.0, 1.0}));
    EXPECT_TRUE(driver->waitComplete());
    EXPECT_EQ(tree().model()->rowCount(), 3) << "no row moves";
    EXPECT_FALSE(driver->state().undoStack().canRedo());
    undo();
    EXPECT_EQ(factors(), (Factors {2.0, 3.0, 1.0, 1.0}));
    EXPECT_EQ(tree().currentIndex(), step("L0 H1 1 → 3"));
    redo();
    EXPECT_EQ(factors(), (Factors {2.0, 3.0, 4.0, 1.0}));
    click("L1 H2 1 → 0.5");
    EXPECT_EQ(factors(), (Factors {2.0, 1.0, 1.0, 0.5}));
    undo();
    undo();
    EXPECT_EQ(factors(), (Factors {1.0, 1.0, 1.0, 1.0}));
    EXPECT_EQ(driver->bench->sessions.history().nodes().size(), 5U) << "a jump is no step";
}

TEST_F(HistoryInTheWindow, ArrowsOnlyLookAndEnterJumps)
{
    tree().setFocus();
    QTest::keyClick(&tree(), Qt::Key_Home);
    EXPECT_EQ(tree().currentIndex(), tree().model()->index(0, 0));
    EXPECT_EQ(factors(), (Factors {2.0, 1.0, 1.0, 0.5}));
    QTest::keyClick(&tree(), Qt::Key_Return);
    EXPECT_EQ(factors(), (Factors {1.0, 1.0, 1.0, 1.0}));
    for (int down = 0; down < 3; ++down)
        QTest::keyClick(&tree(), Qt::Key_Down);
    QTest::keyClick(&tree(), Qt::Key_Enter);
    EXPECT_EQ(factors(), (Factors {2.0, 3.0, 4.0, 1.0})) << "the third row below is the end of the branch";
}

TEST_F(HistoryInTheWindow, AStepAfterAJumpBranchesThereAndRedoFollowsIt)
{
    click("L0 H1 1 → 3");
    turn(2, 0, 9.0);
    EXPECT_EQ(driver->bench->sessions.history().nodes().rbegin()->second.parent, 3);
    undo();
    redo();
    EXPECT_EQ(driver->state().edits().effectiveFactor(head(2, 0)), 9.0);
    EXPECT_EQ(driver->bench->sessions.history().current(), 6);
}

TEST_F(HistoryInTheWindow, AStepRightAfterUndoIsOneOfItsOwn)
{
    driver->state().setFactors({{head(2, 1), 2.0}}, QStringLiteral("L2 H1"));
    driver->state().setFactors({{head(2, 1), 3.0}}, QStringLiteral("L2 H1")); // joins it
    EXPECT_EQ(driver->bench->sessions.history().nodes().rbegin()->second.name, "L2 H1 1 → 3");
    driver->state().setFactors({{head(2, 2), 2.0}}, QStringLiteral("L2 H2"));
    undo();
    driver->state().setFactors({{head(2, 1), 3.5}}, QStringLiteral("L2 H1"));
    driver->state().setFactors({{head(2, 1), 4.0}}, QStringLiteral("L2 H1")); // joins that one
    const HistoryNodes &all = driver->bench->sessions.history().nodes();
    EXPECT_EQ(all.rbegin()->second.name, "L2 H1 3 → 4");
    EXPECT_EQ(all.rbegin()->second.parent, 6);
    EXPECT_EQ(all.at(6).content.edits.factor(head(2, 1)), 3.0) << "the state between keeps what it was";
}

TEST_F(HistoryInTheWindow, TheFileFollowsAJumpAlsoBeforeItHasAName)
{
    click("L0 H1 1 → 3");
    driver->bench->sessions.flush();
    ASSERT_EQ(autosaved().size(), 1);
    EXPECT_EQ(sqlValue(autosaved().front(), "SELECT node FROM current_node"), QStringLiteral("3"));
    EXPECT_EQ(
        sqlNumber(autosaved().front(), "SELECT json_extract(content, '$.edits[1].gamma') FROM session"), 3.0);
    saveAs(*driver, path("tree.sinkscope"));
    const auto other = SessionFiles::start();
    openSession(*other, path("tree.sinkscope"));
    EXPECT_EQ(other->prompts.copyOffers.size(), 1U) << "it is open here";
    driver.reset();
    openSession(*other, path("tree.sinkscope"));
    EXPECT_EQ(other->bench->sessions.history().current(), 3);
    EXPECT_EQ(other->state().edits().effectiveFactor(head(0, 1)), 3.0);
    EXPECT_EQ(other->state().undoStack().redoText(), QStringLiteral("L1 H0 1 → 4"));
}

TEST_F(HistoryInTheWindow, AFoldedBranchStaysFoldedWhenStepsCome)
{
    const QModelIndex left = tree().model()->index(1, 0);
    const QRect row = tree().visualRect(left);
    QTest::mouseClick(tree().viewport(), Qt::LeftButton, {}, QPoint(row.left() - 7, row.center().y()));
    EXPECT_FALSE(tree().isExpanded(left));
    EXPECT_EQ(factors(), (Factors {2.0, 1.0, 1.0, 0.5})) << "the triangle only folds";
    undo();
    turn(2, 2, 5.0);
    EXPECT_FALSE(tree().isExpanded(tree().model()->index(1, 0)));
    EXPECT_EQ(tree().model()->rowCount(tree().model()->index(1, 0)), 3) << "both branches";
}

TEST_F(HistoryInTheWindow, AThousandStepsOfAllHeadsAreCrossedWithOneQuestion)
{
    const HeadGrid grid = driver->state().grid();
    for (int count = 1; count <= 1000; ++count) {
        EditList edits;
        for (LayerIndex layer; layer.value < grid.layerCount; ++layer)
            for (HeadIndex at; at.value < grid.headCount; ++at)
                edits.set({{layer, at}, 1.0 + 0.001 * count});
        driver->state().replaceEdits(edits, QStringLiteral("step %1").arg(count));
    }
    ASSERT_TRUE(driver->waitComplete());
    const QSignalSpy changes(&driver->state(), &AppState::editsChanged);
    driver->bench->sessions.goTo(4); // the branch that was left
    driver->bench->sessions.goTo(driver->bench->sessions.history().nodes().rbegin()->first);
    EXPECT_EQ(changes.size(), 2);
    EXPECT_EQ(driver->state().edits().effectiveFactor(head(0, 0)), 2.0);
    EXPECT_EQ(driver->state().undoStack().count(), 1002);
}

/// Not a test: prints how long a jump keeps the window's thread, over 1,000 steps of 30 x 9 heads.
/// test_ui --gtest_also_run_disabled_tests --gtest_filter=*MeasuresAJump
TEST_F(SessionFiles, DISABLED_MeasuresAJump)
{
    TinyModelOptions options;
    options.layers = 30;
    options.heads = 9;
    options.kvHeads = 3;
    model = QString::fromStdString(writeTinyModel(options));
    const auto driver = start();
    driver->find<QDockWidget>("historyDock").toggleViewAction()->trigger();
    const auto allAt = [&](int step) { return allHeadsAt(1.0 + 0.001 * step, driver->state().grid()); };
    driver->state().replaceEdits(allAt(-1), QStringLiteral("another way"));
    driver->bench->sessions.goTo(1);
    for (int step = 1; step <= 1000; ++step)
        driver->state().replaceEdits(allAt(step), QStringLiteral("step %1").arg(step));
    ASSERT_TRUE(driver->waitComplete());
    settle();
    for (const EntryId target : {EntryId(1), EntryId(1002), EntryId(2), EntryId(1002)}) {
        QElapsedTimer clock;
        clock.start();
        driver->bench->sessions.goTo(target);
        std::printf(
            "to %lld: %lld ms\n", static_cast<long long>(target), static_cast<long long>(clock.elapsed()));
        ASSERT_TRUE(driver->waitComplete());
    }
    QElapsedTimer clock;
    saveAs(*driver, path("long.sinkscope"));
    driver->bench->sessions.startNew();
    clock.start();
    openSession(*driver, path("long.sinkscope"));
    std::printf("opened: %lld ms\n", static_cast<long long>(clock.elapsed()));
}

} // namespace sinkscope::test
