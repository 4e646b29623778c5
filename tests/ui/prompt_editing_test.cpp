// SPDX-License-Identifier: Apache-2.0
// The prompt's editor, and what the panels say about answers and mixed factors.
#include "tests/support/tiny_model.h"
#include "tests/ui/ui_driver.h"
#include "ui/panels/answers_edit.h"
#include "ui/theme/number_format.h"

#include <QAction>
#include <QLabel>
#include <QPlainTextEdit>

#include <gtest/gtest.h>

#include <cmath>

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
    QPlainTextEdit &openEditor()
    {
        auto &strip = driver.find<QWidget>("tokenStrip");
        strip.setFocus();
        QTest::keyClick(&strip, Qt::Key_F2);
        return driver.find<QPlainTextEdit>("promptEditor");
    }
    bool runsTooLongAndIsRefused(QPlainTextEdit &editor)
    {
        editor.setPlainText(
            QStringLiteral("a ").repeated(400)); // past the 256 tokens of the tiny model's context
        QTest::keyClick(&editor, Qt::Key_Return);
        return QTest::qWaitFor([&] { return driver.state().isRefused(); }, UiDriver::kPatienceMs);
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
    EXPECT_TRUE(saysSomewhere("Return: keep, Esc: undo"));
    EXPECT_FALSE(map.data().isStale);
    QTest::keyClicks(&editor, QStringLiteral(" the"));
    EXPECT_TRUE(map.data().isStale);
    QTest::keyClick(&editor, Qt::Key_Escape);
    EXPECT_FALSE(editor.isVisible());
    EXPECT_FALSE(map.data().isStale);
    EXPECT_TRUE(saysSomewhere("as read by query"));
    EXPECT_EQ(driver.state().session().prompt, UiDriver::shortSession().prompt);
}

TEST_F(PromptEditing, AClickIntoTheAnswersEndsTheEditorAndTypesThere)
{
    auto &editor = openEditor();
    auto &line = driver.find<AnswersEdit>("answersLine");
    const KeyZeroScale before = driver.selection().keyZero();
    QTest::keyClicks(&editor, QStringLiteral(" the"));
    QTest::mouseClick(&line, Qt::LeftButton);
    EXPECT_FALSE(editor.isVisible());
    ASSERT_EQ(driver.window->focusWidget(), &line);
    QTest::keyClicks(driver.window->focusWidget(), QStringLiteral("b"));
    EXPECT_TRUE(line.text().contains(QLatin1Char('b')));
    EXPECT_EQ(driver.selection().keyZero(), before) << "B is a letter there";
}

TEST_F(PromptEditing, ARefusedPromptStaysInTheEditorSoThatWhatIsTypedIsText)
{
    auto &editor = openEditor();
    ASSERT_TRUE(runsTooLongAndIsRefused(editor));
    ASSERT_TRUE(editor.isVisible());
    editor.selectAll();
    QTest::keyClicks(driver.window->focusWidget(), QStringLiteral("the cat"));
    QTest::keyClick(driver.window->focusWidget(), Qt::Key_Return);
    ASSERT_TRUE(driver.waitComplete());
    EXPECT_EQ(driver.state().session().prompt.text, "the cat");
    EXPECT_TRUE(driver.state().edits().isEmpty());
    EXPECT_FALSE(editor.isVisible());
}

TEST_F(PromptEditing, EscapeAfterARefusalGoesBackToWhatRan)
{
    auto &editor = openEditor();
    ASSERT_TRUE(runsTooLongAndIsRefused(editor));
    QTest::keyClick(driver.window->focusWidget(), Qt::Key_Escape);
    ASSERT_TRUE(driver.waitComplete());
    EXPECT_EQ(driver.state().session().prompt, UiDriver::shortSession().prompt);
    EXPECT_FALSE(editor.isVisible());
}

TEST_F(PromptEditing, EscapeTakesBackWhatRanInAPause)
{
    auto &editor = openEditor();
    QTest::keyClicks(&editor, QStringLiteral(" the"));
    const std::string typed = UiDriver::shortSession().prompt.text + " the";
    ASSERT_TRUE(QTest::qWaitFor(
        [&] { return driver.state().session().prompt.text == typed; }, UiDriver::kPatienceMs));
    QTest::keyClick(&editor, Qt::Key_Escape);
    EXPECT_EQ(driver.state().session().prompt, UiDriver::shortSession().prompt);
    EXPECT_FALSE(driver.state().undoStack().canUndo()) << "what was left is no step";
}

TEST_F(PromptEditing, TwiceTheSameAnswerAndAnEmptyOneAreNamed)
{
    auto &note = driver.find<QLabel>("answersNote");
    EXPECT_FALSE(note.isVisible());
    typeAnswers(" cat|| cat");
    EXPECT_TRUE(note.isVisible());
    EXPECT_TRUE(note.text().contains(QStringLiteral("twice"))) << qPrintable(note.text());
    EXPECT_EQ(note.palette().color(QPalette::WindowText), driver.window->theme().colours().warning);
    ASSERT_TRUE(driver.waitComplete());
    EXPECT_EQ(driver.state().session().answers, std::vector<std::string> {" cat"}); // one bar
    typeAnswers(" cat|| mat||");
    EXPECT_TRUE(note.text().contains(QStringLiteral("empty"))) << qPrintable(note.text());
    typeAnswers(" cat|| mat");
    EXPECT_FALSE(note.isVisible());
}

TEST_F(PromptEditing, TheMarginNamesItsAnswers)
{
    const Figure &margin = driver.find<FigureList>("outputFigures").figures()[1];
    EXPECT_TRUE(margin.label.contains(QStringLiteral("the over cat"))) << qPrintable(margin.label);
    EXPECT_TRUE(margin.toolTip.contains(QStringLiteral("'the' minus ln p of 'cat'")))
        << qPrintable(margin.toolTip);
    const QStringList forms = margin.shorter.forms;
    ASSERT_GE(forms.size(), 2);
    EXPECT_EQ(margin.shorter.whole(int(forms.size()) - 2),
        QStringLiteral("Margin, the/cat")); // what is short still says what it is
    EXPECT_EQ(forms.last(), QStringLiteral("Margin, nats")); // where names would be cut to nothing
}

TEST_F(PromptEditing, TheCaptionOfMixedFactorsHasOneFormAndFollowsEveryChange)
{
    const HeadGrid grid = driver.state().grid();
    const HeadRef first {LayerIndex(0), HeadIndex(0)};
    const auto caption = [this] {
        return driver.labelText("lnFactor").replace(QLatin1Char('\n'), QLatin1String(", "));
    };
    // All other heads have factor 1: the geometric mean is the n-th root of the first one's.
    const auto expected = [&](double factor, double rest) {
        const double n = grid.layerCount * grid.headCount;
        const double mean = std::exp((std::log(factor) + (n - 1) * std::log(rest)) / n);
        return QStringLiteral("%1 to %2, mean %3")
            .arg(formatFactor(std::min(factor, rest)), formatFactor(std::max(factor, rest)),
                formatFactor(mean));
    };
    driver.state().setFactors({{first, 4.0}}, {});
    driver.selection().setScope(FactorScope::All);
    EXPECT_EQ(caption(), expected(4.0, 1.0));
    driver.dragSlider(0.2, 3, UiDriver::Release::No);
    const double moved = driver.state().edits().effectiveFactor({LayerIndex(1), HeadIndex(0)});
    ASSERT_LT(moved, 0.5);
    EXPECT_EQ(caption(), expected(4.0 * moved, moved));
    driver.releaseSlider();
    EXPECT_EQ(caption(), expected(4.0 * moved, moved));
    driver.state().beginDrag(); // of a row of the list
    driver.state().setFactors({{first, 2.0}}, {});
    EXPECT_EQ(caption(), expected(2.0, moved));
    driver.state().endDrag({});
    EXPECT_EQ(caption(), expected(2.0, moved));
}

TEST_F(PromptEditing, TheEndOfADragElsewhereFreesNothingThatCannotBeTurned)
{
    driver.selection().setScope(FactorScope::Edited);
    auto &slider = driver.find<FactorSlider>("factorSlider");
    ASSERT_FALSE(slider.isEnabled());
    driver.state()
        .beginDrag(); // a row is pressed on and let go, which selects its head and changes no factor
    driver.selection().setHead({LayerIndex(1), HeadIndex(1)});
    driver.state().endDrag({});
    EXPECT_FALSE(slider.isEnabled());
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
