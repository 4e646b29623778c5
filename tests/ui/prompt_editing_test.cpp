// SPDX-License-Identifier: Apache-2.0
// The prompt's editor, and what the panels say about answers and mixed factors.
#include "tests/support/tiny_model.h"
#include "tests/ui/ui_driver.h"
#include "ui/panels/answers_edit.h"

#include <QAction>
#include <QLabel>
#include <QPlainTextEdit>

#include <gtest/gtest.h>

using namespace sinkscope;
using namespace sinkscope::ui;
using namespace sinkscope::test;

namespace {

class PromptEditing : public testing::Test {
protected:
    bool saysSomewhere(const char *words)
    {
        for (const PanelTitle *title : driver.window->findChildren<PanelTitle *>()) {
            if (title->remark().contains(QLatin1String(words)))
                return true;
        }
        return false;
    }
    void typeAnswers(const char *words)
    {
        auto &line = driver.find<AnswersEdit>("answersLine");
        line.setFocus();
        line.selectAll();
        QTest::keyClicks(&line, QLatin1String(words));
        QTest::keyClick(&line, Qt::Key_Return);
    }

    UiDriver driver {QString::fromStdString(writeTinyModel())};
};

TEST_F(PromptEditing, AClickBesideTheTokensOpensTheEditorAndOneOnATokenPinsIt)
{
    auto &strip = driver.find<TokenStripView>("tokenStrip");
    auto &editor = driver.find<QPlainTextEdit>("promptEditor");
    QTest::mouseClick(strip.viewport(), Qt::LeftButton, Qt::NoModifier, strip.viewportPoint(1));
    EXPECT_FALSE(editor.isVisible());
    EXPECT_EQ(driver.selection().pinned().query, 1);
    const QPoint corner(strip.viewport()->width() - 3, strip.viewport()->height() - 3);
    ASSERT_LT(strip.tokenAt(corner), 0);
    QTest::mouseClick(strip.viewport(), Qt::LeftButton, Qt::NoModifier, corner);
    EXPECT_TRUE(editor.isVisible());
}

TEST_F(PromptEditing, TheHeadingSaysWhatTheKeysDoAndTheOldMapIsDimmed)
{
    auto &editor = driver.find<QPlainTextEdit>("promptEditor");
    auto &map = driver.find<HeadMapView>("patternMap");
    EXPECT_TRUE(saysSomewhere("as read by query"));
    driver.find<QWidget>("tokenStrip").setFocus();
    QTest::keyClick(&driver.find<QWidget>("tokenStrip"), Qt::Key_F2);
    ASSERT_TRUE(editor.isVisible());
    EXPECT_NE(editor.frameShape(), QFrame::NoFrame);
    EXPECT_FALSE(saysSomewhere("as read by query"));
    EXPECT_TRUE(saysSomewhere("Return runs it, Esc leaves it"));
    EXPECT_FALSE(map.data().isStale);
    QTest::keyClicks(&editor, QStringLiteral(" the"));
    EXPECT_TRUE(map.data().isStale);
    QTest::keyClick(&editor, Qt::Key_Escape);
    EXPECT_FALSE(editor.isVisible());
    EXPECT_FALSE(map.data().isStale);
    EXPECT_TRUE(saysSomewhere("as read by query"));
    EXPECT_EQ(driver.state().session().prompt, UiDriver::shortSession().prompt);
}

TEST_F(PromptEditing, EscapeTakesBackWhatRanInAPause)
{
    driver.find<QWidget>("tokenStrip").setFocus();
    QTest::keyClick(&driver.find<QWidget>("tokenStrip"), Qt::Key_F2);
    auto &editor = driver.find<QPlainTextEdit>("promptEditor");
    QTest::keyClicks(&editor, QStringLiteral(" the"));
    const std::string typed = UiDriver::shortSession().prompt.text + " the";
    ASSERT_TRUE(QTest::qWaitFor(
        [&] { return driver.state().session().prompt.text == typed; }, UiDriver::kPatienceMs));
    QTest::keyClick(&editor, Qt::Key_Escape);
    EXPECT_EQ(driver.state().session().prompt, UiDriver::shortSession().prompt);
}

TEST_F(PromptEditing, TwiceTheSameAnswerAndAnEmptyOneAreNamed)
{
    auto &note = driver.find<QLabel>("answersNote");
    EXPECT_FALSE(note.isVisible());
    typeAnswers(" cat|| cat");
    EXPECT_TRUE(note.isVisible());
    EXPECT_TRUE(note.text().contains(QStringLiteral("twice"))) << qPrintable(note.text());
    typeAnswers(" cat|| mat||");
    EXPECT_TRUE(note.text().contains(QStringLiteral("empty"))) << qPrintable(note.text());
    typeAnswers(" cat|| mat");
    EXPECT_FALSE(note.isVisible());
}

TEST_F(PromptEditing, TheMarginNamesItsAnswers)
{
    const Figure &margin = driver.find<FigureList>("outputFigures").figures()[1];
    for (const QString &text : {margin.label, margin.shortLabel})
        EXPECT_TRUE(text.contains(QStringLiteral("the over cat"))) << qPrintable(text);
}

TEST_F(PromptEditing, ADragOfMixedFactorsSaysWhatItDoes)
{
    driver.state().setFactors({{{LayerIndex(0), HeadIndex(0)}, 4.0}}, {});
    driver.selection().setScope(FactorScope::All);
    EXPECT_TRUE(driver.labelText("lnFactor").startsWith(QStringLiteral("mean ")));
    driver.dragSlider(0.2, 3, UiDriver::Release::No);
    EXPECT_TRUE(driver.labelText("lnFactor").startsWith(QStringLiteral("×")))
        << qPrintable(driver.labelText("lnFactor"));
    EXPECT_TRUE(driver.labelText("lnFactor").endsWith(QStringLiteral(" on all")));
    driver.releaseSlider();
    EXPECT_TRUE(driver.labelText("lnFactor").startsWith(QStringLiteral("mean ")));
}

TEST_F(PromptEditing, TheSliderOffersOneAndOffInItsMenu)
{
    auto &slider = driver.find<FactorSlider>("factorSlider");
    const HeadRef head = driver.selection().head();
    const auto choose = [&slider](const char *text) {
        for (QAction *action : slider.actions()) {
            if (action->text() == QLatin1String(text))
                action->trigger();
        }
    };
    choose("Off");
    EXPECT_EQ(driver.state().edits().effectiveFactor(head), 0.0);
    choose("Set to 1");
    EXPECT_EQ(driver.state().edits().effectiveFactor(head), 1.0);
}

} // namespace
