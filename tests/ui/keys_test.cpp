// SPDX-License-Identifier: Apache-2.0
// Single keys act wherever no text is written, and the fields give Ctrl+Z to the window after Return.
#include "tests/support/tiny_model.h"
#include "tests/ui/ui_driver.h"
#include "ui/dialogs/pages.h"
#include "ui/panels/answers_edit.h"

#include <QAbstractItemView>
#include <QAction>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QTemporaryDir>
#include <QToolButton>

#include <gtest/gtest.h>

using namespace sinkscope;
using namespace sinkscope::ui;
using namespace sinkscope::test;

namespace {

class Keys : public testing::Test {
protected:
    void SetUp() override
    {
        driver.window->activateWindow();
        ASSERT_TRUE(QTest::qWaitForWindowActive(driver.window.get()));
    }
    double factor() { return driver.state().edits().effectiveFactor(driver.selection().head()); }
    void type(FactorField &field, const char *text)
    {
        QTest::keyClicks(&field, QLatin1String(text));
        QTest::keyClick(&field, Qt::Key_Return);
    }

    UiDriver driver {QString::fromStdString(writeTinyModel())};
};

TEST_F(Keys, LettersActWhileAButtonHasTheFocus)
{
    auto &button = driver.find<QToolButton>("formRaw");
    button.setFocus();
    QTest::keyClick(&button, Qt::Key_O);
    EXPECT_EQ(factor(), 0.0);
    QTest::keyClick(&button, Qt::Key_0);
    EXPECT_EQ(factor(), 1.0);
    QTest::keyClick(&button, Qt::Key_BracketRight);
    EXPECT_GT(factor(), 1.0);
    const PatternScale scale = driver.selection().scale();
    QTest::keyClick(&button, Qt::Key_L);
    EXPECT_NE(driver.selection().scale(), scale);
}

TEST_F(Keys, TextFieldsKeepTheLetters)
{
    auto &line = driver.find<AnswersEdit>("answersLine");
    line.setFocus();
    QTest::keyClick(&line, Qt::Key_End);
    QTest::keyClick(&line, Qt::Key_O);
    EXPECT_TRUE(line.text().endsWith(QLatin1Char('o')));
    EXPECT_EQ(factor(), 1.0);
    driver.find<QToolButton>("editPromptButton").click();
    auto &editor = driver.find<QPlainTextEdit>("promptEditor");
    QTest::keyClick(&editor, Qt::Key_BracketLeft);
    EXPECT_TRUE(editor.toPlainText().endsWith(QLatin1Char('[')));
    EXPECT_EQ(factor(), 1.0);
}

TEST_F(Keys, TheSliderAnswersItsKeysOnce)
{
    auto &slider = driver.find<FactorSlider>("factorSlider");
    slider.setFocus();
    QTest::keyClick(&slider, Qt::Key_BracketRight);
    const double once = factor();
    driver.state().resetAllEdits();
    auto &button = driver.find<QToolButton>("formRaw");
    button.setFocus();
    QTest::keyClick(&button, Qt::Key_BracketRight);
    EXPECT_DOUBLE_EQ(factor(), once);
}

TEST_F(Keys, UndoTakesBackATypedFactorAndWhatIsTypedNextReplacesIt)
{
    auto &field = driver.find<FactorField>("factorField");
    field.setFocus();
    field.selectAll();
    type(field, "2.46");
    EXPECT_DOUBLE_EQ(factor(), 2.46);
    type(field, "/2");
    EXPECT_TRUE(field.message().isEmpty()) << qPrintable(field.message());
    EXPECT_NEAR(factor(), 1.23, 1e-12);
    type(field, "*4");
    EXPECT_NEAR(factor(), 4.92, 1e-12);
    QTest::keyClick(&field, Qt::Key_Z, Qt::ControlModifier);
    EXPECT_LT(factor(), 4.0); // the step before; entries within a second are one step
    EXPECT_EQ(field.findChild<QLineEdit *>()->text().contains(QLatin1Char('*')), false);
}

TEST_F(Keys, UndoTakesBackTypedAnswers)
{
    auto &line = driver.find<AnswersEdit>("answersLine");
    line.setFocus();
    line.selectAll();
    QTest::keyClicks(&line, QStringLiteral(" mat|| sat"));
    QTest::keyClick(&line, Qt::Key_Return);
    EXPECT_EQ(driver.state().session().answers, (std::vector<std::string> {" mat", " sat"}));
    QTest::keyClick(&line, Qt::Key_Z, Qt::ControlModifier);
    EXPECT_EQ(driver.state().session().answers, UiDriver::shortSession().answers);
    EXPECT_EQ(line.text(), QStringLiteral(" the|| cat"));
}

TEST(KeysPage, NamesEveryKeyOfTheMenus)
{
    UiDriver driver(QString::fromStdString(writeTinyModel()));
    const QString page = keysPage();
    for (const QAction *action : driver.window->findChildren<QAction *>()) {
        const QString key = action->shortcut().toString();
        if (key.size() == 1 && key.front().isLetter()) {
            EXPECT_TRUE(page.contains(QStringLiteral("<b>%1</b>").arg(key))) << qPrintable(key);
        }
    }
}

TEST(KeysPage, NamesThePageKeysOfTheSlider)
{
    EXPECT_TRUE(
        keysPage().contains(QStringLiteral("<b>PgUp, PgDn, Home, End</b>&nbsp;&nbsp;</td><td>coarse steps")));
}

TEST_F(Keys, ThePageKeysOfTheListOfEditsTurnNothing)
{
    driver.state().setFactors(
        {{{LayerIndex(0), HeadIndex(0)}, 2.0}, {{LayerIndex(1), HeadIndex(0)}, 3.0}}, {});
    auto &list = driver.find<QAbstractItemView>("editList");
    list.setFocus();
    list.setCurrentIndex(list.model()->index(0, 0));
    const EditList before = driver.state().edits();
    QTest::keyClick(&list, Qt::Key_End);
    EXPECT_EQ(list.currentIndex().row(), 1);
    QTest::keyClick(&list, Qt::Key_PageUp);
    EXPECT_EQ(list.currentIndex().row(), 0);
    EXPECT_EQ(driver.state().edits(), before);
}

TEST(ColoursMenu, AChosenMapIsShownAndRemembered)
{
    QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("settings.ini"));
    const QString model = QString::fromStdString(writeTinyModel());
    {
        UiDriver driver(model, UiDriver::shortSession(), QSize(1280, 800), file);
        EXPECT_EQ(driver.window->theme().mapChoice(), SequentialMap::Viridis);
        driver.find<QAction>("colours-cividis").trigger();
        EXPECT_EQ(driver.window->theme().mapChoice(), SequentialMap::Cividis);
    }
    UiDriver driver(model, UiDriver::shortSession(), QSize(1280, 800), file);
    EXPECT_EQ(driver.window->theme().mapChoice(), SequentialMap::Cividis);
    EXPECT_TRUE(driver.find<QAction>("colours-cividis").isChecked());
}

} // namespace
