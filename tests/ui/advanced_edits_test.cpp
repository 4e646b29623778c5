// SPDX-License-Identifier: Apache-2.0
// Edits of every kind in the real window: chosen in the fold, dragged, listed, undone; what they give is
// computed once more by a session of the test.
#include "tests/support/model_session.h"
#include "tests/support/tiny_model.h"
#include "tests/ui/ui_driver.h"
#include "ui/models/edits_model.h"
#include "ui/models/roles.h"
#include "ui/panels/curves_and_heads.h"
#include "ui/views/edit_item_delegate.h"
#include "ui/views/factor_field.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QToolButton>

#include <gtest/gtest.h>

#include <cmath>

using namespace sinkscope;
using namespace sinkscope::ui;
using namespace sinkscope::test;

namespace {

/// The window restarts its passes; OpenBLAS has other kernels for other shapes.
constexpr double kSamePass = 1e-5;
constexpr HeadRef kHead {LayerIndex(1), HeadIndex(3)};

/// A window on a tiny model of 3 layers, 4 heads and 2 KV heads, head L1 H3 selected.
class AdvancedEdits : public testing::Test {
protected:
    AdvancedEdits() { m_driver.clickHead(1, 3); }

    void open() { QTest::mouseClick(&m_driver.find<QToolButton>("advancedButton"), Qt::LeftButton); }
    void choose(const char *box, const char *text)
    {
        auto &menu = m_driver.find<QComboBox>(box);
        const int index = menu.findText(QLatin1String(text));
        ASSERT_GE(index, 0) << text;
        menu.setFocus();
        QTest::keyClick(&menu, Qt::Key_Home);
        for (int step = 0; step < index; ++step)
            QTest::keyClick(&menu, Qt::Key_Down);
        ASSERT_EQ(menu.currentText(), QLatin1String(text));
    }
    void type(const char *field, const char *text)
    {
        auto &line = m_driver.find<QLineEdit>(field);
        ASSERT_TRUE(line.isVisible());
        line.setFocus();
        line.selectAll();
        QTest::keyClicks(&line, QLatin1String(text));
        QTest::keyClick(&line, Qt::Key_Return);
        settle();
    }
    void typeValue(const char *text)
    {
        auto &field = m_driver.find<FactorField>("factorField");
        field.setFocus();
        field.selectAll();
        QTest::keyClicks(&field, QLatin1String(text));
        QTest::keyClick(&field, Qt::Key_Return);
        settle();
    }
    QString note() { return m_driver.labelText("targetNote"); }

    /// The output entropy of a pass under `edits`, by a session of the test.
    double entropyUnder(const Intervention &edits)
    {
        ModelSession session(m_model);
        return entropyNats(
            logSoftmax(session.run(m_driver.state().baseline()->prompt->ids, &edits)->logitsLast));
    }
    void expectResultOf(const HeadEdit &edit)
    {
        Intervention expected;
        expected.set(edit);
        ASSERT_TRUE(m_driver.waitComplete());
        ASSERT_EQ(m_driver.state().intervention().edits().size(), 1U);
        const HeadEdit got = m_driver.state().intervention().edits().front();
        EXPECT_TRUE(got.sameTarget(edit));
        EXPECT_NEAR(got.gamma, edit.gamma, 1e-9 * edit.gamma);
        EXPECT_NEAR(got.value, edit.value, 1e-9);
        const double entropy = entropyUnder(expected);
        EXPECT_NEAR(m_driver.state().edited()->output.entropyNats, entropy, kSamePass);
        EXPECT_GT(std::abs(m_driver.state().baseline()->output.entropyNats - entropy), 10 * kSamePass)
            << "an edit that moves nothing would prove nothing";
    }

    std::string m_model = writeTinyModel();
    UiDriver m_driver {QString::fromStdString(m_model)};
};

TEST_F(AdvancedEdits, TheFoldIsClosedUntilItIsClicked)
{
    EXPECT_FALSE(m_driver.find<QComboBox>("targetKind").isVisible());
    EXPECT_TRUE(m_driver.selection().target().isPlain());
    open();
    EXPECT_TRUE(m_driver.find<QComboBox>("targetKind").isVisible());
    choose("targetKind", "gain");
    open();
    EXPECT_FALSE(m_driver.find<QComboBox>("targetKind").isVisible());
    EXPECT_TRUE(m_driver.selection().target().isPlain()) << "closed, the slider turns the factor again";
}

struct KindCase {
    const char *menu;
    EditKind kind;
    const char *typed; ///< into the field of the value
    double gamma;
    double value;
};

class AdvancedKinds : public AdvancedEdits, public testing::WithParamInterface<KindCase> { };

TEST_P(AdvancedKinds, AKindIsChosenAndItsValueTyped)
{
    open();
    choose("targetKind", GetParam().menu);
    typeValue(GetParam().typed);
    HeadEdit edit;
    edit.head = kHead;
    edit.kind = GetParam().kind;
    edit.gamma = GetParam().gamma;
    edit.value = GetParam().value;
    if (edit.kind == EditKind::KeyShared)
        edit.head.head = HeadIndex(2); // heads 2 and 3 share a key: the edit stands at the first
    expectResultOf(edit);
    m_driver.state().undoStack().undo();
    EXPECT_TRUE(m_driver.state().edits().isEmpty());
    m_driver.state().undoStack().redo();
    EXPECT_EQ(m_driver.state().edits().others().size(), 1U);
}

TEST_P(AdvancedKinds, ADragOfTheSliderIsOneStepAndGivesTheTruePass)
{
    open();
    choose("targetKind", GetParam().menu);
    settle();
    m_driver.dragSlider(10.0); // a quarter of the axis above 1: gamma 10, ln 10, or +5
    ASSERT_TRUE(m_driver.waitComplete());
    ASSERT_EQ(m_driver.state().intervention().edits().size(), 1U);
    const HeadEdit edit = m_driver.state().intervention().edits().front();
    EXPECT_EQ(edit.kind, GetParam().kind);
    if (edit.kind == EditKind::Bias)
        EXPECT_NEAR(edit.value, 5.0, 0.2); // a pixel of the slider
    else
        EXPECT_NEAR(std::log10(edit.gamma), 1.0, 0.04);
    EXPECT_NEAR(m_driver.state().edited()->output.entropyNats, entropyUnder(m_driver.state().intervention()),
        kSamePass);
    EXPECT_EQ(m_driver.state().undoStack().count(), 1);
}

// By hand: ln gamma 1.5 is gamma e^1.5.
INSTANTIATE_TEST_SUITE_P(Kinds, AdvancedKinds,
    testing::Values(KindCase {"logit", EditKind::Logit, "1.5", 4.4816890703380645, 0.0},
        KindCase {"key", EditKind::Key, "2.5", 2.5, 0.0},
        KindCase {"shared key", EditKind::KeyShared, "2.5", 2.5, 0.0},
        KindCase {"bias", EditKind::Bias, "-2", 1.0, -2.0},
        KindCase {"gain", EditKind::Gain, "4", 4.0, 0.0}));

TEST_F(AdvancedEdits, AnAblationIsAButtonAndRestoredByAnother)
{
    open();
    choose("targetKind", "ablate");
    settle();
    EXPECT_FALSE(m_driver.find<FactorSlider>("factorSlider").isVisible());
    EXPECT_TRUE(m_driver.find<QLabel>("noCurve").isVisible());
    QTest::mouseClick(&m_driver.find<QPushButton>("factorOffButton"), Qt::LeftButton);
    HeadEdit edit;
    edit.head = kHead;
    edit.kind = EditKind::Ablate;
    expectResultOf(edit);
    EXPECT_EQ(m_driver.labelText("lnFactor"), QStringLiteral("output 0"));
    QTest::mouseClick(&m_driver.find<QPushButton>("setToOneButton"), Qt::LeftButton);
    EXPECT_TRUE(m_driver.state().edits().isEmpty());
}

TEST_F(AdvancedEdits, KeysAndQueriesAreTyped)
{
    open();
    choose("targetKeys", "keys from-to");
    type("targetKeysField", "2-4");
    choose("targetQueries", "queries from");
    type("targetQueriesField", "3");
    typeValue("20");
    HeadEdit edit;
    edit.head = kHead;
    edit.gamma = 20.0;
    edit.key = KeyTarget(TokenPos(2), TokenPos(5));
    edit.queries.kind = QuerySelection::Kind::From;
    edit.queries.begin = TokenPos(3);
    expectResultOf(edit);
    choose("targetQueries", "all queries");
    settle();
    EXPECT_EQ(note(), QStringLiteral("2 queries see none of the keys and stay as they are.")) << "0 and 1";
}

TEST_F(AdvancedEdits, KeysOutsideThePromptAreRefusedWhereTheyAreWritten)
{
    open();
    choose("targetKeys", "keys from-to");
    type("targetKeysField", "40-50");
    EXPECT_TRUE(note().contains(QStringLiteral("refused"))) << note().toStdString();
    auto &slider = m_driver.find<QWidget>("factorSlider");
    EXPECT_FALSE(slider.isEnabled());
    EXPECT_FALSE(m_driver.find<QWidget>("factorCurves").isVisible()) << "nothing is computed";
    type("targetKeysField", "2-4");
    EXPECT_FALSE(note().contains(QStringLiteral("refused"))) << note().toStdString();
    EXPECT_TRUE(slider.isEnabled());
    EXPECT_TRUE(m_driver.find<QWidget>("factorCurves").isVisible());
}

TEST_F(AdvancedEdits, WhatCannotBeReadTurnsNothingUntilItIsMended)
{
    open();
    choose("targetKeys", "keys from-to");
    type("targetKeysField", "2-4");
    auto &slider = m_driver.find<QWidget>("factorSlider");
    ASSERT_TRUE(slider.isEnabled());
    type("targetKeysField", "3,5");
    EXPECT_TRUE(note().contains(QStringLiteral("3,5"))) << note().toStdString();
    EXPECT_FALSE(slider.isEnabled()) << "the former keys are no longer written there";
    type("targetKeysField", "3-5");
    EXPECT_TRUE(slider.isEnabled());
}

TEST_F(AdvancedEdits, TheFirstTokenThatIsNotPaddingIsKeyZeroHere)
{
    open();
    choose("targetKeys", "first token not padding");
    choose("targetQueries", "last query");
    typeValue("30");
    ASSERT_TRUE(m_driver.waitComplete());
    Intervention expected;
    HeadEdit edit;
    edit.head = kHead;
    edit.gamma = 30.0;
    edit.queries.kind = QuerySelection::Kind::Last;
    expected.set(edit); // the prompt has no padding: the same as key 0
    EXPECT_EQ(m_driver.state().intervention().edits().front().key, KeyTarget::firstNonPad());
    EXPECT_NEAR(m_driver.state().edited()->output.entropyNats, entropyUnder(expected), kSamePass);
}

TEST_F(AdvancedEdits, WhatIsRefusedSaysWhyAndChangesNothing)
{
    open();
    choose("targetKeys", "one key");
    type("targetKeysField", "x");
    EXPECT_TRUE(note().contains(QStringLiteral("'x' is no position")));
    type("targetKeysField", "4000");
    typeValue("3");
    EXPECT_TRUE(note().startsWith(QStringLiteral("This edit is refused"))) << note().toStdString();
    EXPECT_TRUE(note().contains(QStringLiteral("4000"))) << note().toStdString();
    EXPECT_TRUE(m_driver.state().edits().isEmpty());
    EXPECT_EQ(m_driver.find<FactorSlider>("factorSlider").factor(), 1.0) << "the handle shows what is";
    EXPECT_FALSE(m_driver.state().isRefused());
    type("targetKeysField", "4");
    typeValue("500"); // past the axis, as for the factor
    EXPECT_FALSE(m_driver.labelText("factorNote").isEmpty());
}

TEST_F(AdvancedEdits, ASharedKeyNamesTheHeadsThatMove)
{
    open();
    choose("targetKind", "shared key");
    settle();
    EXPECT_EQ(note(), QStringLiteral("Moves L1 H2, L1 H3 together, in all queries. An experiment."));
    EXPECT_FALSE(m_driver.find<QComboBox>("targetQueries").isEnabled());
    typeValue("3");
    m_driver.clickHead(1, 2);
    EXPECT_EQ(m_driver.find<FactorSlider>("factorSlider").factor(), 3.0) << "seen from the other head";
    typeValue("5");
    EXPECT_EQ(m_driver.state().edits().others().size(), 1U) << "one stored key, one edit";
    m_driver.selection().setScope(FactorScope::Layer);
    typeValue("2");
    EXPECT_EQ(m_driver.state().edits().others().size(), 2U) << "two KV groups";
    ASSERT_TRUE(m_driver.waitComplete());
}

TEST_F(AdvancedEdits, TheListHasThemWithCaptionTickAndDelete)
{
    m_driver.dragSlider(3.0); // a plain factor on the same head
    open();
    choose("targetKind", "bias");
    choose("targetKeys", "one key");
    type("targetKeysField", "2");
    typeValue("4");
    auto &list = m_driver.find<QListView>("editList");
    ASSERT_EQ(list.model()->rowCount(), 2);
    const QModelIndex row = list.model()->index(1, 0);
    EXPECT_EQ(row.data(kTitleRole).toString(), QStringLiteral("L1 H3"));
    EXPECT_EQ(row.data(kCaptionRole).toString(), QStringLiteral("bias, key 2"));
    EXPECT_EQ(row.data(kValueWordRole).toString(), QStringLiteral("+4.00"));
    EXPECT_EQ(
        row.data(Qt::AccessibleTextRole).toString(), QStringLiteral("Layer 1 head 3, bias, key 2 +4.00"));
    EXPECT_EQ(m_driver.state().edits().editedHeadCount(), 1) << "one head, two edits";
    auto &delegate = dynamic_cast<EditItemDelegate &>(*list.itemDelegate());
    QTest::mouseClick(
        list.viewport(), Qt::LeftButton, Qt::NoModifier, delegate.rowLayout(row).check.center());
    ASSERT_EQ(m_driver.state().edits().others().size(), 1U);
    EXPECT_FALSE(m_driver.state().edits().others().front().isEnabled);
    EXPECT_EQ(m_driver.state().intervention().edits().size(), 1U) << "without effect while it is off";
    const QPoint onCaption = delegate.rowLayout(row).slider.center().toPoint();
    open(); // closed: the panel turns the factor
    ASSERT_TRUE(m_driver.selection().target().isPlain());
    QTest::mouseClick(list.viewport(), Qt::LeftButton, Qt::NoModifier,
        delegate.rowLayout(list.model()->index(0, 0)).name.center());
    EXPECT_TRUE(m_driver.selection().target().isPlain());
    QTest::mouseClick(list.viewport(), Qt::LeftButton, Qt::NoModifier, onCaption);
    EXPECT_EQ(m_driver.selection().target().kind, EditKind::Bias) << "a click opens what it turns";
    EXPECT_TRUE(m_driver.find<QComboBox>("targetKind").isVisible());
    EXPECT_EQ(m_driver.state().edits().others().front().edit.value, 4.0) << "a caption is no slider";
    QTest::keyClick(&list, Qt::Key_Delete);
    EXPECT_TRUE(m_driver.state().edits().others().empty());
    EXPECT_EQ(m_driver.state().edits().entries().size(), 1U) << "the factor stays";
}

TEST_F(AdvancedEdits, TheCurveIsOfWhatIsTurned)
{
    open();
    choose("targetKind", "key");
    choose("targetKeys", "one key");
    type("targetKeysField", "2");
    ASSERT_TRUE(m_driver.waitComplete());
    ASSERT_TRUE(m_driver.waitCurves());
    const FactorCurve *curve = m_driver.bench->curves.factorCurve();
    ASSERT_NE(curve, nullptr);
    HeadEdit edit;
    edit.head = kHead;
    edit.kind = EditKind::Key;
    edit.key = KeyTarget(TokenPos(2));
    edit.gamma = 10.0;
    Intervention edits;
    edits.set(edit);
    bool isFound = false;
    for (const auto &point : curve->points)
        if (point && std::abs(point->gamma - 10.0) < 1e-9) {
            isFound = true;
            EXPECT_NEAR(point->outputEntropyNats, entropyUnder(edits), kSamePass);
        }
    EXPECT_TRUE(isFound);
    choose("targetKind", "bias");
    settle();
    EXPECT_EQ(m_driver.bench->curves.factorCurve(), nullptr);
    EXPECT_TRUE(m_driver.find<QLabel>("noCurve").isVisible());
    EXPECT_TRUE(m_driver.bench->curves.isIdle() || m_driver.waitCurves());
    choose("targetKind", "probability");
    choose("targetKeys", "key 0");
    settle();
    EXPECT_FALSE(m_driver.find<QLabel>("noCurve").isVisible());
}

TEST_F(AdvancedEdits, TheMuteKeySwitchesWhatThePanelTurns)
{
    open();
    choose("targetKind", "gain");
    typeValue("3");
    m_driver.window->setFocus();
    QTest::keyClick(m_driver.window.get(), Qt::Key_M);
    ASSERT_EQ(m_driver.state().edits().others().size(), 1U);
    EXPECT_FALSE(m_driver.state().edits().others().front().isEnabled);
    EXPECT_EQ(m_driver.labelText("factorNote"), QStringLiteral("Switched off in the list"));
    QTest::keyClick(m_driver.window.get(), Qt::Key_M);
    EXPECT_TRUE(m_driver.state().edits().others().front().isEnabled);
}

TEST(AxisScales, ReadAndWriteTheirOwnNumbers)
{
    EXPECT_EQ(valueText(1.0, AxisScale::Additive), QStringLiteral("±0.00"));
    EXPECT_EQ(valueText(100.0, AxisScale::Additive), QStringLiteral("+10.00"));
    EXPECT_EQ(valueText(0.1, AxisScale::Additive), QStringLiteral("−5.00"));
    EXPECT_EQ(valueText(0.0, AxisScale::LnFactor), QStringLiteral("off"));
    EXPECT_EQ(valueText(std::exp(1.0), AxisScale::LnFactor), QStringLiteral("+1.000"));
    EXPECT_NEAR(parseOnScale(QStringLiteral("-5"), AxisScale::Additive).entry->number, 0.1, 1e-12);
    EXPECT_NEAR(
        parseOnScale(QStringLiteral("ln 1"), AxisScale::LnFactor).entry->number, std::exp(1.0), 1e-12);
    EXPECT_EQ(parseOnScale(QStringLiteral("off"), AxisScale::LnFactor).entry->number, 0.0);
    for (const char *wrong : {"off", "11", "x", ""})
        EXPECT_FALSE(parseOnScale(QLatin1String(wrong), AxisScale::Additive).entry.has_value()) << wrong;
    EXPECT_FALSE(parseOnScale(QStringLiteral("5"), AxisScale::LnFactor).entry.has_value()) << "past 100";
}

} // namespace
