// SPDX-License-Identifier: Apache-2.0
// The list of edits under the hand: what is done in it moves no row, no head and no highlight but the one
// meant.
#include "tests/support/tiny_model.h"
#include "tests/ui/ui_driver.h"
#include "ui/models/roles.h"
#include "ui/views/edit_item_delegate.h"

#include <QListView>
#include <QMouseEvent>
#include <QToolButton>

#include <gtest/gtest.h>

using namespace sinkscope;
using namespace sinkscope::ui;
using namespace sinkscope::test;

namespace {

HeadRef head(int layer, int head)
{
    return {LayerIndex(layer), HeadIndex(head)};
}

/// Layer 1 of a model of 3 x 4 heads at factor 3 is one row; head 0 of layer 0 stands alone.
class EditListInTheWindow : public testing::Test {
protected:
    void SetUp() override
    {
        driver.window->activateWindow();
        ASSERT_TRUE(QTest::qWaitForWindowActive(driver.window.get()));
        driver.find<QToolButton>("formRaw").setFocus();
        std::vector<HeadFactor> factors {{head(0, 0), 0.5}};
        for (int at = 0; at < driver.state().grid().headCount; ++at)
            factors.push_back({head(1, at), 3.0});
        driver.state().setFactors(factors, {});
        settle();
        ASSERT_EQ(names(), (QStringList {QStringLiteral("L0 H0"), QStringLiteral("L1, all heads")}));
    }

    const EditItemDelegate &delegate() { return dynamic_cast<EditItemDelegate &>(*list.itemDelegate()); }
    EditRowLayout row(int at) { return delegate().rowLayout(model.index(at, 0)); }
    QWidget *viewport() { return list.viewport(); }
    void click(const QPoint &at)
    {
        QTest::mouseClick(viewport(), Qt::LeftButton, {}, at);
        settle(1);
    }
    void move(const QPoint &to)
    {
        QMouseEvent event(
            QEvent::MouseMove, to, viewport()->mapToGlobal(to), Qt::NoButton, Qt::LeftButton, {});
        QApplication::sendEvent(viewport(), &event);
    }
    QPoint onTrack(int at, double factor)
    {
        const FactorSliderLayout slider = row(at).sliderLayout();
        return {qRound(slider.axis.xOf(factor)), int(slider.trackY)};
    }
    QStringList names() const
    {
        QStringList all;
        for (int at = 0; at < model.rowCount(); ++at)
            all << model.index(at, 0).data().toString();
        return all;
    }
    QStringList highlighted() const
    {
        QStringList all;
        for (const QModelIndex &index : list.selectionModel()->selectedIndexes())
            all << index.data().toString();
        return all;
    }
    int tick(int at) const { return model.index(at, 0).data(Qt::CheckStateRole).toInt(); }
    void unfoldLayer()
    {
        click(row(1).fold.center());
        ASSERT_EQ(model.rowCount(), 2 + driver.state().grid().headCount);
        unfolded = names();
    }

    UiDriver driver {QString::fromStdString(writeTinyModel())};
    QAbstractItemView &list = driver.find<QAbstractItemView>("editList");
    const QAbstractItemModel &model = *list.model();
    QStringList unfolded;
};

TEST_F(EditListInTheWindow, AClickOnTheTriangleOnlyFolds)
{
    driver.selection().setHead(head(0, 1)); // has no row
    ASSERT_TRUE(highlighted().isEmpty());
    click(row(1).fold.center());
    EXPECT_EQ(model.rowCount(), 2 + driver.state().grid().headCount);
    EXPECT_EQ(driver.selection().head(), head(0, 1));
    EXPECT_TRUE(highlighted().isEmpty());
    click(row(1).fold.center());
    EXPECT_EQ(model.rowCount(), 2);
    EXPECT_EQ(driver.selection().head(), head(0, 1));
    EXPECT_TRUE(highlighted().isEmpty());
}

TEST_F(EditListInTheWindow, ATriangleLeavesTheHighlightOfAnotherRow)
{
    click(row(1).name.center());
    click(row(0).name.center());
    ASSERT_EQ(driver.selection().head(), head(0, 0));
    const QPoint triangle = row(1).fold.center();
    QTest::mousePress(viewport(), Qt::LeftButton, {}, triangle);
    move(triangle + QPoint(2, 2)); // a hand is not quite still
    QTest::mouseRelease(viewport(), Qt::LeftButton, {}, triangle + QPoint(2, 2));
    EXPECT_EQ(model.rowCount(), 2 + driver.state().grid().headCount);
    QTest::mouseDClick(viewport(), Qt::LeftButton, {}, triangle);
    EXPECT_EQ(driver.selection().head(), head(0, 0));
    EXPECT_EQ(highlighted(), QStringList {QStringLiteral("L0 H0")});
}

TEST_F(EditListInTheWindow, KeysActOnNoRowWithoutAHighlight)
{
    click(row(1).name.center());
    list.clearSelection(); // as Ctrl and a click do; the row stays the current one
    ASSERT_TRUE(list.hasFocus() && list.currentIndex().isValid());
    const EditList before = driver.state().edits();
    for (const int key : {Qt::Key_Delete, Qt::Key_O, Qt::Key_Return})
        QTest::keyClick(&list, Qt::Key(key));
    EXPECT_EQ(driver.state().edits(), before);
    EXPECT_EQ(model.rowCount(), 2);
}

TEST_F(EditListInTheWindow, TabBeginsAtTheFirstRow)
{
    driver.selection().setHead(head(0, 1));
    list.setFocus(Qt::TabFocusReason);
    EXPECT_EQ(highlighted(), QStringList {QStringLiteral("L0 H0")});
    EXPECT_EQ(driver.selection().head(), head(0, 1)) << "until a key chooses";
}

TEST_F(EditListInTheWindow, TabOnItsWayThroughKeepsTheHead)
{
    driver.clickHead(2, 2);
    driver.find<HeatmapView>("headMap").setFocus();
    list.setFocus(Qt::TabFocusReason);
    EXPECT_EQ(driver.selection().head(), head(2, 2));
    QTest::keyClick(&list, Qt::Key_Down);
    EXPECT_EQ(driver.selection().head(), head(1, 0)) << "a key chooses";
}

TEST_F(EditListInTheWindow, AnUntickedHeadStaysInItsOpenGroup)
{
    unfoldLayer();
    click(row(3).check.center()); // L1 H1
    EXPECT_EQ(names(), unfolded);
    EXPECT_EQ(tick(3), int(Qt::Unchecked));
    EXPECT_EQ(tick(1), int(Qt::PartiallyChecked)); // the group says that one of it is off
    EXPECT_TRUE(model.index(1, 0).data(Qt::AccessibleTextRole).toString().contains(QStringLiteral("some")));
    EXPECT_EQ(highlighted(), QStringList {QStringLiteral("L1 H1")});
    ASSERT_TRUE(driver.waitComplete() && driver.waitCurves()); // answers do not move rows either
    EXPECT_EQ(names(), unfolded);

    QTest::keyClick(&list, Qt::Key_Delete);
    EXPECT_EQ(driver.state().edits().findOrNull(head(1, 1)), nullptr);
    QStringList left = unfolded;
    left.removeAt(3);
    left[1] = QStringLiteral("L1, %1 heads").arg(driver.state().grid().headCount - 1);
    EXPECT_EQ(names(), left);
    driver.state().undoStack().undo();
    EXPECT_EQ(names(), unfolded);
    EXPECT_EQ(tick(3), int(Qt::Unchecked));
}

TEST_F(EditListInTheWindow, DeleteGoesOnToTheNextHeadAndNeverToAGroup)
{
    unfoldLayer();
    const int heads = driver.state().grid().headCount;
    click(row(heads).name.center()); // the last but one of the layer
    QTest::keyClick(&list, Qt::Key_Delete);
    EXPECT_EQ(highlighted(), QStringList {QStringLiteral("L1 H%1").arg(heads - 1)});
    EXPECT_EQ(driver.selection().head(), head(1, heads - 1));
    QTest::keyClick(&list, Qt::Key_Delete);
    EXPECT_EQ(highlighted(), QStringList {QStringLiteral("L1 H%1").arg(heads - 3)});
    for (int left = heads - 2; left > 1; --left)
        QTest::keyClick(&list, Qt::Key_Delete);
    ASSERT_EQ(names(), (QStringList {QStringLiteral("L0 H0"), QStringLiteral("L1 H0")}));
    driver.state().undoStack().undo();
    EXPECT_EQ(model.rowCount(), 4); // the open group of two
}

TEST_F(EditListInTheWindow, AHeadThatIsDraggedStaysInItsOpenGroupUntilThisIsFolded)
{
    unfoldLayer();
    QTest::mousePress(viewport(), Qt::LeftButton, {}, onTrack(3, 3.0));
    move(onTrack(3, 0.2));
    EXPECT_EQ(names(), unfolded);
    QTest::mouseRelease(viewport(), Qt::LeftButton, {}, onTrack(3, 0.2));
    settle();
    EXPECT_EQ(names(), unfolded);
    EXPECT_EQ(highlighted(), QStringList {QStringLiteral("L1 H1")});
    EXPECT_LT(driver.state().edits().listedFactor(head(1, 1)), 0.3);
    EXPECT_TRUE(model.index(1, 0).data(kMixedRole).toBool());
    click(row(1).fold.center());
    EXPECT_FALSE(names().contains(QStringLiteral("L1, all heads")));
    EXPECT_TRUE(names().contains(QStringLiteral("L1 H1")));
    EXPECT_EQ(highlighted(), QStringList {QStringLiteral("L1 H1")});
}

TEST_F(EditListInTheWindow, APressChoosesTheHeadBeforeTheTick)
{
    unfoldLayer();
    driver.selection().setHead(head(1, 3));
    QTest::mousePress(viewport(), Qt::LeftButton, {}, row(2).check.center());
    EXPECT_EQ(driver.selection().head(), head(1, 0)); // else the list scrolls to the former head and back
    QTest::mouseRelease(viewport(), Qt::LeftButton, {}, row(2).check.center());
    EXPECT_EQ(driver.selection().head(), head(1, 0));
    QTest::keyClick(&list, Qt::Key_Down);
    EXPECT_EQ(driver.selection().head(), head(1, 1));
    EXPECT_EQ(names(), unfolded);
}

TEST_F(EditListInTheWindow, ATickDoesNotJoinRowsUnderThePointer)
{
    const int heads = driver.state().grid().headCount;
    driver.state().switchEdits({head(1, 0)}, EditSwitch::Off); // elsewhere: the layer parts
    settle();
    const QStringList apart = names();
    ASSERT_FALSE(apart.contains(QStringLiteral("L1, all heads")));
    const int at = apart.indexOf(QStringLiteral("L1 H0"));
    click(row(at).check.center());
    EXPECT_EQ(driver.state().edits().editedHeadCount(), 1 + heads);
    EXPECT_EQ(names(), apart);
    driver.find<QToolButton>("formRaw").setFocus();
    driver.state().setFactors({{head(0, 0), 0.7}}, {}); // elsewhere again
    EXPECT_TRUE(names().contains(QStringLiteral("L1, all heads")));
}

TEST_F(EditListInTheWindow, ATickOnAGroupThatIsPartlyOffSwitchesAllOn)
{
    unfoldLayer();
    click(row(3).check.center());
    ASSERT_EQ(tick(1), int(Qt::PartiallyChecked));
    click(row(1).check.center());
    EXPECT_EQ(tick(1), int(Qt::Checked));
    EXPECT_EQ(driver.state().edits().editedHeadCount(), 1 + driver.state().grid().headCount);
    EXPECT_EQ(names(), unfolded);
}

} // namespace
