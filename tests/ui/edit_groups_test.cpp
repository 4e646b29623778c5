// SPDX-License-Identifier: Apache-2.0
// Edits of equal factors as one row: which stand together, how they are listed, and what turns them.
#include "tests/support/tiny_model.h"
#include "tests/ui/ui_driver.h"
#include "ui/models/edits_model.h"
#include "ui/models/roles.h"
#include "ui/state/edit_grouping.h"
#include "ui/views/edit_item_delegate.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QListView>

#include <gtest/gtest.h>

using namespace sinkscope;
using namespace sinkscope::ui;
using namespace sinkscope::test;

namespace {

const HeadGrid kGrid {4, 3}; // layers, heads

HeadRef head(int layer, int head)
{
    return {LayerIndex(layer), HeadIndex(head)};
}

/// The whole grid at `gamma`.
std::vector<EditEntry> everywhere(double gamma)
{
    std::vector<EditEntry> entries;
    for (int layer = 0; layer < 4; ++layer) {
        for (int at = 0; at < 3; ++at)
            entries.push_back({head(layer, at), gamma, true});
    }
    return entries;
}

std::vector<EditExtent> extents(const std::vector<EditGroup> &groups)
{
    std::vector<EditExtent> result;
    result.reserve(groups.size());
    for (const EditGroup &group : groups)
        result.push_back(group.extent);
    return result;
}

QString text(const QAbstractItemModel &model, int row, int role = Qt::DisplayRole)
{
    return model.index(row, 0).data(role).toString();
}

} // namespace

TEST(EditGroups, AllHeadsUnfoldToLayersAndTheseToHeads)
{
    const std::vector<EditGroup> groups = groupEdits(everywhere(0.5), kGrid);
    ASSERT_EQ(extents(groups), std::vector {EditExtent::All});
    EXPECT_EQ(groups[0].heads.size(), 12u);
    ASSERT_EQ(extents(groups[0].parts), std::vector(4, EditExtent::Layer));
    EXPECT_EQ(extents(groups[0].parts[2].parts), std::vector(3, EditExtent::Head));
    EXPECT_EQ(groups[0].parts[2].parts[1].heads, std::vector {head(2, 1)});
    EXPECT_TRUE(groups[0].contains(head(3, 2)));
}

TEST(EditGroups, OneOtherHeadLeavesLayersAndWhatIsLeftOfItsOwn)
{
    std::vector<EditEntry> entries = everywhere(0.5);
    entries[7].gamma = 3.0; // layer 2, head 1: the two left are too few for a row of their own
    const std::vector<EditGroup> groups = groupEdits(entries, kGrid);
    EXPECT_EQ(extents(groups),
        (std::vector {
            EditExtent::Layers, EditExtent::Head, EditExtent::Head, EditExtent::Head, EditExtent::Layer}));
    EXPECT_EQ(groups[0].heads.back(), head(1, 2));
    EXPECT_EQ(groups[4].heads.front(), head(3, 0));
}

TEST(EditGroups, AGapASwitchAndAnotherFactorPart)
{
    std::vector<EditEntry> entries = everywhere(0.5);
    entries.erase(entries.begin() + 3, entries.begin() + 6); // layer 1
    for (std::size_t at = 6; at < 9; ++at)
        entries[at].isEnabled = false; // layer 3
    EXPECT_EQ(extents(groupEdits(entries, kGrid)), std::vector(3, EditExtent::Layer));
}

TEST(EditGroups, ThreeOfALayerStandTogetherInTheOrderOfTheirFirst)
{
    const HeadGrid wide {2, 9};
    std::vector<EditEntry> entries;
    for (const int at : {0, 2, 3, 5})
        entries.push_back({head(1, at), at == 2 ? 3.0 : 0.5, true});
    const std::vector<EditGroup> groups = groupEdits(entries, wide);
    ASSERT_EQ(extents(groups), (std::vector {EditExtent::SomeHeads, EditExtent::Head}));
    EXPECT_EQ(groups[0].heads, (std::vector {head(1, 0), head(1, 3), head(1, 5)}));
    entries.pop_back();
    EXPECT_EQ(extents(groupEdits(entries, wide)), std::vector(3, EditExtent::Head));
}

TEST(EditGroups, NoneJoinsOrLeavesWhileASliderMoves)
{
    std::vector<EditEntry> entries = everywhere(0.5);
    entries[7].gamma = 3.0;
    const std::vector<EditGroup> before = groupEdits(entries, kGrid);
    entries[7].gamma = 0.5; // as its neighbours, in passing
    EXPECT_EQ(keptGroups(before, entries, kGrid), before);
    EXPECT_EQ(extents(keptGroups({}, entries, kGrid)), std::vector {EditExtent::All}); // all came
    entries.pop_back(); // and one goes: only its group is made anew
    const std::vector<EditGroup> after = keptGroups(before, entries, kGrid);
    EXPECT_EQ(extents(after),
        (std::vector {EditExtent::Layers, EditExtent::Head, EditExtent::Head, EditExtent::Head,
            EditExtent::Head, EditExtent::Head}));
}

TEST(EditGrouping, AnOpenGroupKeepsItsHeadsUntilItIsFolded)
{
    std::vector<EditEntry> entries = everywhere(0.5);
    EditGrouping grouping;
    grouping.update(entries, kGrid, Regroup::Yes);
    grouping.unfold(head(0, 0), 0);
    grouping.unfold(head(2, 0), 1);
    const std::vector<EditGroup> all = grouping.groups();
    entries[7].gamma = 3.0; // layer 2, head 1
    entries[8].isEnabled = false;
    grouping.update(entries, kGrid, Regroup::Yes);
    EXPECT_EQ(grouping.groups(), all);
    EXPECT_TRUE(grouping.isUnfolded(head(2, 0), 1));
    EXPECT_FALSE(grouping.isUnfolded(head(1, 0), 1));
    grouping.fold(head(0, 0), 0);
    grouping.update(entries, kGrid, Regroup::Yes);
    EXPECT_EQ(grouping.groups(), groupEdits(entries, kGrid));
    EXPECT_FALSE(grouping.isUnfolded(head(0, 0), 0));
}

TEST(EditGrouping, AHeadThatWasRemovedComesBackToItsPlace)
{
    std::vector<EditEntry> entries = everywhere(0.5);
    EditGrouping grouping;
    grouping.update(entries, kGrid, Regroup::Yes);
    grouping.unfold(head(0, 0), 0);
    const std::vector<EditGroup> all = grouping.groups();
    entries.erase(entries.begin()); // its first one
    grouping.update(entries, kGrid, Regroup::No);
    ASSERT_EQ(extents(grouping.groups()), std::vector {EditExtent::SomeHeads}); // no longer all heads
    EXPECT_EQ(grouping.groups()[0].heads.size(), 11u);
    EXPECT_EQ(extents(grouping.groups()[0].parts),
        (std::vector {EditExtent::SomeHeads, EditExtent::Layer, EditExtent::Layer, EditExtent::Layer}));
    EXPECT_TRUE(grouping.isUnfolded(head(0, 1), 0));
    grouping.update(everywhere(0.5), kGrid, Regroup::No);
    EXPECT_EQ(grouping.groups(), all);
}

TEST(EditGrouping, OneHeadThatIsLeftIsARowOfItsOwn)
{
    const std::vector<EditEntry> layer {{head(1, 0), 2.0}, {head(1, 1), 2.0}, {head(1, 2), 2.0}};
    EditGrouping grouping;
    grouping.update(layer, kGrid, Regroup::Yes);
    grouping.unfold(head(1, 0), 0);
    grouping.update({layer[1]}, kGrid, Regroup::No);
    ASSERT_EQ(extents(grouping.groups()), std::vector {EditExtent::Head});
    EXPECT_TRUE(grouping.groups()[0].parts.empty());
    grouping.update({layer[1]}, kGrid, Regroup::Yes);
    EXPECT_FALSE(grouping.isUnfolded(head(1, 1), 0)); // forgotten
    grouping.update({}, kGrid, Regroup::No);
    EXPECT_TRUE(grouping.groups().empty());
}

TEST(EditGrouping, RowsJoinAndPartOnlyWhenToldTo)
{
    std::vector<EditEntry> entries = everywhere(0.5);
    entries[7].gamma = 3.0;
    EditGrouping grouping;
    grouping.update(entries, kGrid, Regroup::Yes);
    const std::vector<EditGroup> apart = grouping.groups();
    grouping.update(everywhere(0.5), kGrid, Regroup::No);
    EXPECT_EQ(grouping.groups(), apart);
    grouping.update(everywhere(0.5), kGrid, Regroup::Yes);
    EXPECT_EQ(extents(grouping.groups()), std::vector {EditExtent::All});
    grouping.clear();
    EXPECT_TRUE(grouping.groups().empty());
}

TEST(EditsModelGroups, SaysWhatTheyAreAndAsksToUnfold)
{
    EditsModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    EditRow layers;
    layers.head = head(10, 0);
    layers.others = {head(10, 1), head(11, 0), head(11, 1)};
    layers.extent = EditExtent::Layers;
    layers.gamma = 0.5;
    layers.isEnabled = true;
    layers.isExpanded = false;
    EditRow some = layers;
    some.head = head(15, 0);
    some.others = {head(15, 2), head(15, 3)};
    some.extent = EditExtent::SomeHeads;
    model.setRows({layers, some});
    EXPECT_EQ(text(model, 0), QStringLiteral("L10–11, all heads"));
    EXPECT_EQ(text(model, 0, kTitleRole), QStringLiteral("L10–11"));
    EXPECT_EQ(text(model, 0, kDetailRole), QStringLiteral("all heads"));
    EXPECT_EQ(text(model, 1), QStringLiteral("L15, 3 heads"));
    EXPECT_TRUE(text(model, 0, Qt::AccessibleTextRole).contains(QStringLiteral("folded")));
    EXPECT_EQ(model.headsAt(model.index(1)), (std::vector {head(15, 0), head(15, 2), head(15, 3)}));
    int asked = -1;
    QObject::connect(&model, &EditsModel::foldRequested, &model, [&](int row, Fold to) {
        asked = row;
        EXPECT_EQ(to, Fold::Unfolded);
    });
    EXPECT_TRUE(model.setData(model.index(1), true, kExpandedRole));
    EXPECT_EQ(asked, 1);
    const QPersistentModelIndex kept = model.index(1);
    EditRow inside;
    inside.head = head(10, 0);
    inside.depth = 1;
    layers.isExpanded = true;
    model.setRows({layers, inside, some}); // its first head is the group's first one as well
    EXPECT_EQ(kept.row(), 2);
    EXPECT_EQ(model.rowOf(head(10, 0)), 1); // the innermost row
    EXPECT_EQ(model.rowOf(head(11, 1)), 0);
    model.setRows({some, layers});
    EXPECT_EQ(text(model, 1), QStringLiteral("L10–11, all heads"));
    EXPECT_EQ(model.rowCount(), 2);
}

TEST(EditItemDelegate, ACurveThatIsBeingComputedIsNotNothing)
{
    const Theme theme;
    const FactorSliderLayout layout({0, 0, 100, 32}, SliderSize::Small, FactorAxis::forSmall(100), 1.0);
    const auto paintedAbove = [&](RowCurve curve) {
        QImage image(100, 32, QImage::Format_RGB32);
        image.fill(theme.colours().window);
        FactorSliderState state;
        state.curveState = curve;
        QPainter painter(&image);
        paintFactorSlider(painter, layout, state, theme);
        painter.end();
        int count = 0;
        for (int y = int(layout.curveTop); y < int(layout.curveBottom) - 4; ++y) {
            for (int x = int(layout.axis.lowX); x < int(layout.axis.highX); ++x)
                count += image.pixelColor(x, y) != theme.colours().window ? 1 : 0;
        }
        return count;
    };
    EXPECT_EQ(paintedAbove(RowCurve::Absent), 0);
    EXPECT_GT(paintedAbove(RowCurve::Computing), 10); // dots
    EXPECT_LT(paintedAbove(RowCurve::Computing), 50);
}

class EditGroupsInTheWindow : public testing::Test {
protected:
    UiDriver driver {QString::fromStdString(writeTinyModel())};
    QAbstractItemView &list = driver.find<QAbstractItemView>("editList");
    const QAbstractItemModel &model = *list.model();

    const EditItemDelegate &delegate() { return dynamic_cast<EditItemDelegate &>(*list.itemDelegate()); }
    EditRowLayout row(int at) { return delegate().rowLayout(model.index(at, 0)); }
    void click(const QPoint &at) { QTest::mouseClick(list.viewport(), Qt::LeftButton, {}, at); }
    int steps() { return driver.state().undoStack().count(); }
};

TEST_F(EditGroupsInTheWindow, ADragOfAllIsOneRowAndOneStep)
{
    driver.selection().setScope(FactorScope::All);
    driver.dragSlider(0.3, 4, UiDriver::Release::No);
    EXPECT_EQ(model.rowCount(), 1);
    driver.releaseSlider();
    ASSERT_EQ(model.rowCount(), 1);
    EXPECT_EQ(text(model, 0), QStringLiteral("All heads"));
    EXPECT_EQ(steps(), 1);
    ASSERT_TRUE(driver.waitComplete() && driver.waitCurves());
    EXPECT_EQ(model.index(0, 0).data(kCurveStateRole).toInt(), int(RowCurve::Present));
    driver.state().undoStack().undo();
    EXPECT_EQ(model.rowCount(), 0);
}

TEST_F(EditGroupsInTheWindow, ARowIsDraggedSwitchedAndRemovedAsOne)
{
    const int all = driver.state().grid().layerCount * driver.state().grid().headCount;
    driver.selection().setScope(FactorScope::All);
    driver.dragSlider(0.3);
    settle();
    const FactorSliderLayout slider = row(0).sliderLayout();
    const auto at = [&](double factor) { return QPoint(int(slider.axis.xOf(factor)), int(slider.trackY)); };
    const double before = driver.state().edits().entries().front().gamma;
    QTest::mousePress(list.viewport(), Qt::LeftButton, {}, at(before));
    QMouseEvent move(QEvent::MouseMove, at(10.0), list.viewport()->mapToGlobal(at(10.0)), Qt::NoButton,
        Qt::LeftButton, {});
    QApplication::sendEvent(list.viewport(), &move);
    EXPECT_EQ(model.rowCount(), 1);
    QTest::mouseRelease(list.viewport(), Qt::LeftButton, {}, at(10.0));
    EXPECT_EQ(driver.state().edits().editedHeadCount(), all);
    for (const EditEntry &entry : driver.state().edits().entries())
        EXPECT_EQ(entry.gamma, driver.state().edits().entries().front().gamma);
    EXPECT_GT(driver.state().edits().entries().front().gamma, 5.0);
    EXPECT_EQ(steps(), 2);
    click(row(0).check.center());
    EXPECT_EQ(driver.state().edits().editedHeadCount(), 0);
    EXPECT_EQ(model.rowCount(), 1); // switched off, still listed
    EXPECT_EQ(steps(), 3);
    list.setFocus();
    list.setCurrentIndex(model.index(0, 0));
    QTest::keyClick(&list, Qt::Key_Delete);
    EXPECT_TRUE(driver.state().edits().isEmpty());
    EXPECT_EQ(steps(), 4);
    driver.state().undoStack().undo();
    EXPECT_EQ(driver.state().edits().entries().size(), std::size_t(all));
}

TEST_F(EditGroupsInTheWindow, UnfoldsToLayersAndHeads)
{
    const HeadGrid grid = driver.state().grid();
    driver.selection().setScope(FactorScope::All);
    driver.dragSlider(0.3);
    settle();
    click(row(0).fold.center());
    ASSERT_EQ(model.rowCount(), 1 + grid.layerCount);
    EXPECT_EQ(text(model, 1), QStringLiteral("L0, all heads"));
    settle();
    click(row(1).fold.center());
    ASSERT_EQ(model.rowCount(), 1 + grid.layerCount + grid.headCount);
    EXPECT_EQ(text(model, 2), QStringLiteral("L0 H0"));
    settle();
    click(row(2).check.center()); // one head of all
    EXPECT_EQ(driver.state().edits().editedHeadCount(), grid.layerCount * grid.headCount - 1);
    driver.state().undoStack().undo();
    settle();
    list.setFocus();
    list.setCurrentIndex(model.index(0, 0));
    QTest::keyClick(&list, Qt::Key_Return); // and by the keyboard
    EXPECT_EQ(model.rowCount(), 1);
}

TEST_F(EditGroupsInTheWindow, AHeadThatPassesItsNeighboursFactorKeepsItsRow)
{
    std::vector<HeadFactor> layer;
    for (int at = 1; at < driver.state().grid().headCount; ++at)
        layer.push_back({head(1, at), 0.0});
    layer.push_back({head(1, 0), 0.5});
    driver.state().setFactors(layer, {});
    const int rows = model.rowCount();
    driver.state().beginDrag();
    driver.state().setFactors({{head(1, 0), 0.0}}, {});
    EXPECT_EQ(model.rowCount(), rows);
    driver.state().endDrag({});
    EXPECT_EQ(model.rowCount(), 1);
    EXPECT_EQ(text(model, 0), QStringLiteral("L1, all heads"));
}
