// SPDX-License-Identifier: Apache-2.0
// Predicted effects in the window, over the real engine: the map's colours and the ten strongest heads.
#include "tests/support/model_session.h"
#include "tests/support/tiny_model.h"
#include "tests/ui/ui_driver.h"
#include "ui/panels/strongest_heads.h"

#include <QMenu>

#include <gtest/gtest.h>

using namespace sinkscope;
using namespace sinkscope::ui;
using namespace sinkscope::test;

namespace {

// The window's pass restarts at the edited layer; with OpenBLAS its kernels may differ by shape.
constexpr double kSamePass = 1e-5;

/// The derivatives at the state of the window, from a session of the test's own.
Sensitivity expectedAt(UiDriver &driver, const std::string &model)
{
    ModelSession session(model);
    const Intervention edits = driver.state().intervention();
    const auto pass = session.run(driver.state().baseline()->prompt->ids, &edits);
    Gemm gemm(session.pool());
    BackwardPass backward(session.model(), gemm);
    SensitivityRequest request;
    request.pass = pass.get();
    request.intervention = &edits;
    request.answers = driver.state().session().answers;
    return deriveOutput(backward, request, {}).value();
}

bool waitForFreshEffects(UiDriver &driver)
{
    return QTest::qWaitFor(
        [&driver] {
            return driver.state().isComplete() && driver.headMap().hasValues()
                && driver.headMap().firstStaleLayer < 0;
        },
        UiDriver::kPatienceMs);
}

void expectShown(UiDriver &driver, const Matrix &expected)
{
    const HeatmapData &map = driver.headMap();
    ASSERT_TRUE(map.hasValues());
    for (std::size_t at = 0; at < expected.values().size(); ++at) {
        EXPECT_NEAR(map.values[at], expected.values()[at], kSamePass) << at;
        EXPECT_LE(std::abs(map.values[at]), map.maximum);
    }
    EXPECT_EQ(map.scale, HeatmapScale::Diverging);
}

QMenu &openList(UiDriver &driver)
{
    QTest::mouseClick(&driver.find<StrongestHeads>("strongestHeads"), Qt::LeftButton);
    return driver.find<QMenu>("strongestHeadsMenu");
}

/// The entries that choose a head.
QList<QAction *> headsIn(const QMenu &menu)
{
    QList<QAction *> heads;
    for (QAction *action : menu.actions()) {
        if (action->objectName().startsWith(QLatin1String("strongestHead")))
            heads << action;
    }
    return heads;
}

TEST(HeadEffects, TheMapShowsTheDerivativesAtThePresentEdits)
{
    const std::string model = writeTinyModel();
    UiDriver driver(QString::fromStdString(model));
    driver.chooseMeasure("effect on margin");
    ASSERT_TRUE(waitForFreshEffects(driver));
    expectShown(driver, *expectedAt(driver, model).dMargin);

    driver.dragSlider(4.0);
    EXPECT_EQ(driver.headMap().firstStaleLayer, 0) << "from the edit on";
    ASSERT_TRUE(waitForFreshEffects(driver));
    expectShown(driver, *expectedAt(driver, model).dMargin);
    driver.chooseMeasure("effect on entropy");
    EXPECT_EQ(driver.headMap().firstStaleLayer, -1) << "both come from one backward pass";
    expectShown(driver, expectedAt(driver, model).dEntropy);
}

TEST(HeadEffects, TheTipSaysValueAndUnit)
{
    UiDriver driver(QString::fromStdString(writeTinyModel()));
    driver.chooseMeasure("effect on margin");
    ASSERT_TRUE(waitForFreshEffects(driver));
    const QString words = driver.find<HeatmapView>("headMap").cellInWords({2, 1});
    EXPECT_TRUE(words.contains(QStringLiteral("predicted effect on margin "))) << qPrintable(words);
    EXPECT_TRUE(words.contains(QStringLiteral(" nats per ln γ"))) << qPrintable(words);
    EXPECT_TRUE(driver.headMap().title.contains(QStringLiteral("nats/ln γ")));
}

TEST(HeadEffects, WithoutTwoAnswersTheMapSaysWhyInWords)
{
    SessionValue session = UiDriver::shortSession();
    session.answers = {" the"};
    UiDriver driver(QString::fromStdString(writeTinyModel()), session);
    driver.chooseMeasure("effect on margin");
    settle();
    EXPECT_FALSE(driver.headMap().hasValues());
    EXPECT_TRUE(driver.headMap().missingReason.contains(QStringLiteral("needs two answers")));
    EXPECT_TRUE(driver.find<HeatmapView>("headMap").cellInWords({0, 0}).contains(
        QStringLiteral("needs two answers")));
    driver.state().setAnswers({" the", " the cat"});
    ASSERT_TRUE(QTest::qWaitFor(
        [&driver] { return driver.headMap().missingReason.contains(QStringLiteral("share their first")); },
        UiDriver::kPatienceMs));
    driver.state().setAnswers({" the", " cat"});
    ASSERT_TRUE(waitForFreshEffects(driver));
}

TEST(HeadEffects, TheListHasTheTenStrongestInOrderAndChoosingOneBringsItsSlider)
{
    const std::string model = writeTinyModel();
    UiDriver driver(QString::fromStdString(model));
    driver.selection().setScope(FactorScope::All);
    QMenu &menu = openList(driver);
    ASSERT_TRUE(QTest::qWaitFor([&menu] { return !headsIn(menu).isEmpty(); }, UiDriver::kPatienceMs))
        << "computed though the map shows another measure";
    const std::vector<HeadRef> expected = strongestHeads(*expectedAt(driver, model).dMargin, 10);
    const QList<QAction *> heads = headsIn(menu);
    ASSERT_EQ(heads.size(), 10);
    for (int rank = 0; rank < 10; ++rank) {
        const HeadRef head = expected[static_cast<std::size_t>(rank)];
        EXPECT_TRUE(heads[rank]->text().contains(
            QStringLiteral("L%1 H%2\t").arg(head.layer.value).arg(head.head.value)))
            << qPrintable(heads[rank]->text());
    }
    QTest::mouseClick(&menu, Qt::LeftButton, Qt::NoModifier, menu.actionGeometry(heads[4]).center());
    EXPECT_EQ(driver.selection().head(), expected[4]);
    EXPECT_EQ(driver.selection().scope(), FactorScope::Head);
    EXPECT_FALSE(menu.isVisible());
    driver.dragSlider(3.0);
    EXPECT_NE(driver.state().edits().effectiveFactor(expected[4]), 1.0);
}

TEST(HeadEffects, TheListWorksByKeyboardAndIsAskedForOnlyWhileOpen)
{
    const std::string model = writeTinyModel();
    UiDriver driver(QString::fromStdString(model));
    auto &button = driver.find<StrongestHeads>("strongestHeads");
    button.setFocus(Qt::TabFocusReason);
    QTest::keyClick(&button, Qt::Key_Space);
    auto &menu = driver.find<QMenu>("strongestHeadsMenu");
    EXPECT_TRUE(menu.isVisible());
    ASSERT_TRUE(QTest::qWaitFor([&menu] { return !headsIn(menu).isEmpty(); }, UiDriver::kPatienceMs));
    QTest::keyClick(&menu, Qt::Key_3);
    EXPECT_EQ(driver.selection().head(), strongestHeads(*expectedAt(driver, model).dMargin, 10)[2]);
    EXPECT_FALSE(button.isOpen());
    driver.dragSlider(3.0);
    ASSERT_TRUE(driver.waitComplete());
    ASSERT_TRUE(driver.waitCurves());
    settle();
    EXPECT_TRUE(driver.bench->effects.isOld()) << "nobody looks: nothing is computed";
}

} // namespace
