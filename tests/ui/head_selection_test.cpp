// SPDX-License-Identifier: Apache-2.0
// Several heads chosen in the layer x head map, and one slider that turns them.
#include "tests/support/model_session.h"
#include "tests/support/tiny_model.h"
#include "tests/ui/ui_driver.h"
#include "ui/panels/panel.h"

#include <QAbstractButton>

#include <gtest/gtest.h>

using namespace sinkscope;
using namespace sinkscope::ui;
using namespace sinkscope::test;

namespace {

HeadRef at(int layer, int head)
{
    return {LayerIndex(layer), HeadIndex(head)};
}

/// A window on a tiny model of 3 layers and 4 heads.
class HeadSelection : public testing::Test {
protected:
    HeatmapView &map() { return m_driver.find<HeatmapView>("headMap"); }
    QPoint point(int layer, int head) { return map().viewportPoint({layer, head}); }

    void drawBox(const HeatmapCell &from, const HeatmapCell &to)
    {
        QWidget *area = map().viewport();
        QTest::mousePress(area, Qt::LeftButton, Qt::NoModifier, map().viewportPoint(from));
        QMouseEvent move(
            QEvent::MouseMove, map().viewportPoint(to), Qt::NoButton, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(area, &move);
        QTest::mouseRelease(area, Qt::LeftButton, Qt::NoModifier, map().viewportPoint(to));
    }
    void click(int layer, int head, Qt::KeyboardModifiers modifiers)
    {
        QTest::mouseClick(map().viewport(), Qt::LeftButton, modifiers, point(layer, head));
    }

    std::string m_model = writeTinyModel();
    UiDriver m_driver {QString::fromStdString(m_model)};
};

TEST_F(HeadSelection, BoxSelectingTwelveHeadsAndDraggingOneSliderTurnsThemAll)
{
    drawBox({0, 0}, {2, 3});
    ASSERT_EQ(m_driver.selection().heads().size(), 12U);
    EXPECT_EQ(m_driver.selection().head(), at(0, 0)) << "the head where the box began stays on screen";
    m_driver.dragSlider(3.0);
    ASSERT_TRUE(m_driver.waitComplete());
    const double gamma = m_driver.state().edits().effectiveFactor(at(1, 1));
    EXPECT_NEAR(gamma, 3.0, 0.3); // a pixel of the slider
    Intervention edits;
    for (int layer = 0; layer < 3; ++layer)
        for (int head = 0; head < 4; ++head) {
            EXPECT_EQ(m_driver.state().edits().effectiveFactor(at(layer, head)), gamma);
            edits.setFactor(at(layer, head), gamma);
        }
    ModelSession session(m_model);
    const auto pass = session.run(m_driver.state().baseline()->prompt->ids, &edits);
    EXPECT_NEAR(m_driver.state().edited()->output.entropyNats, entropyNats(logSoftmax(pass->logitsLast)),
        1e-5); // the window restarts; OpenBLAS has other kernels for other shapes
    m_driver.state().undoStack().undo();
    EXPECT_TRUE(m_driver.state().edits().isEmpty()) << "one drag, one step";
}

TEST_F(HeadSelection, ABoxTurnsTheScopeToTheChosenHeads)
{
    m_driver.selection().setScope(FactorScope::All);
    drawBox({1, 1}, {2, 2});
    EXPECT_EQ(m_driver.selection().scope(), FactorScope::Head);
    EXPECT_EQ(m_driver.selection().heads(), (std::vector<HeadRef> {at(1, 1), at(1, 2), at(2, 1), at(2, 2)}));
    EXPECT_EQ(m_driver.find<QAbstractButton>("scopeHead").text(), QStringLiteral("4 heads"));
    EXPECT_TRUE(map().accessibleName().startsWith(QStringLiteral("4 heads")));
}

TEST_F(HeadSelection, ShiftClickExtendsControlClickAddsAndTakesAway)
{
    m_driver.clickHead(0, 1);
    click(1, 2, Qt::ShiftModifier);
    EXPECT_EQ(m_driver.selection().heads(), (std::vector<HeadRef> {at(0, 1), at(0, 2), at(1, 1), at(1, 2)}));
    click(2, 3, Qt::ControlModifier);
    ASSERT_EQ(m_driver.selection().heads().size(), 5U);
    EXPECT_EQ(m_driver.selection().head(), at(2, 3));
    click(0, 2, Qt::ControlModifier);
    EXPECT_EQ(m_driver.selection().heads(), (std::vector<HeadRef> {at(2, 3), at(0, 1), at(1, 1), at(1, 2)}));
    m_driver.clickHead(1, 1);
    EXPECT_EQ(m_driver.selection().heads(), std::vector<HeadRef> {at(1, 1)});
}

TEST_F(HeadSelection, TheLastHeadCannotBeTakenAway)
{
    m_driver.clickHead(1, 1);
    click(1, 1, Qt::ControlModifier);
    EXPECT_EQ(m_driver.selection().heads(), std::vector<HeadRef> {at(1, 1)});
}

TEST_F(HeadSelection, ShiftArrowsGrowABoxAndEscapeLeavesOneHead)
{
    m_driver.clickHead(1, 1);
    map().setFocus();
    QTest::keyClick(&map(), Qt::Key_Right, Qt::ShiftModifier);
    QTest::keyClick(&map(), Qt::Key_Down, Qt::ShiftModifier);
    EXPECT_EQ(m_driver.selection().heads(), (std::vector<HeadRef> {at(1, 1), at(1, 2), at(2, 1), at(2, 2)}));
    QTest::keyClick(&map(), Qt::Key_Left, Qt::ShiftModifier);
    EXPECT_EQ(m_driver.selection().heads(), (std::vector<HeadRef> {at(1, 1), at(2, 1)}));
    QTest::keyClick(&map(), Qt::Key_Escape);
    EXPECT_EQ(m_driver.selection().heads(), std::vector<HeadRef> {at(1, 1)});
    QTest::keyClick(&map(), Qt::Key_Right);
    EXPECT_EQ(m_driver.selection().head(), at(1, 2));
}

TEST_F(HeadSelection, CurvesOfChosenHeadsAreComputedTogether)
{
    drawBox({1, 0}, {1, 2});
    m_driver.dragSlider(2.0);
    ASSERT_TRUE(m_driver.waitCurves());
    const FactorCurve *curve = m_driver.bench->curves.factorCurve();
    ASSERT_NE(curve, nullptr);
    Intervention edits;
    for (int head = 0; head < 3; ++head)
        edits.setFactor(at(1, head), 10.0);
    ModelSession session(m_model);
    const auto pass = session.run(m_driver.state().baseline()->prompt->ids, &edits);
    bool isFound = false;
    for (const auto &point : curve->points)
        if (point && std::abs(point->gamma - 10.0) < 1e-9) {
            isFound = true;
            EXPECT_NEAR(point->outputEntropyNats, entropyNats(logSoftmax(pass->logitsLast)), 1e-5);
        }
    EXPECT_TRUE(isFound);
}

TEST_F(HeadSelection, AnotherModelLeavesOneHead)
{
    drawBox({1, 1}, {2, 3});
    TinyModelOptions smaller;
    smaller.layers = 2;
    smaller.heads = 2;
    m_driver.bench->engine.openModel(QString::fromStdString(writeTinyModel(smaller)));
    ASSERT_TRUE(
        QTest::qWaitFor([this] { return m_driver.state().grid().layerCount == 2; }, UiDriver::kPatienceMs));
    EXPECT_EQ(m_driver.selection().heads().size(), 1U);
    ASSERT_TRUE(m_driver.waitComplete());
    EXPECT_EQ(map().selection().size(), 1U);
}

} // namespace
