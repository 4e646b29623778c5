// SPDX-License-Identifier: Apache-2.0
// What the window begins with, and what becomes of a prompt that is refused.
#include "tests/support/tiny_model.h"
#include "tests/ui/ui_driver.h"
#include "ui/state/example_prompts.h"
#include "ui/state/start_session.h"

#include <QLabel>
#include <QTemporaryDir>

#include <gtest/gtest.h>

using namespace sinkscope;
using namespace sinkscope::ui;
using namespace sinkscope::test;

namespace {

class StartSession : public testing::Test {
protected:
    QString file() const { return m_folder.filePath(QStringLiteral("settings.ini")); }
    void save(const std::string &prompt)
    {
        SavedSession saved;
        saved.session.prompt.text = prompt;
        saved.session.answers = {" x"};
        Settings(file()).setSession(saved);
    }

private:
    QTemporaryDir m_folder;
};

TEST_F(StartSession, TheLastSessionComesBackUnlessAPromptIsGiven)
{
    save("once upon");
    EXPECT_EQ(startSession({}, Settings(file())).session.prompt.text, "once upon");
    const SavedSession given =
        startSession({QStringLiteral("a"), QStringLiteral("b||c"), false}, Settings(file()));
    EXPECT_EQ(given.session.prompt.text, "a");
    EXPECT_EQ(given.session.answers, (std::vector<std::string> {"b", "c"}));
}

TEST_F(StartSession, ASavedPromptWithoutTextGivesTheExample)
{
    save("");
    const SavedSession start = startSession({}, Settings(file()));
    EXPECT_EQ(start.session.prompt, examplePrompts().front().prompt);
    EXPECT_EQ(start.session.answers, examplePrompts().front().answers);
}

TEST_F(StartSession, AFirstPromptThatIsRefusedGivesTheExample)
{
    const QString model = QString::fromStdString(writeTinyModel());
    UiDriver driver(model);
    takeExampleWhenRefused(driver.state());
    driver.state().setPrompt(PromptSpec()); // something is on screen: the words stay the person's
    ASSERT_TRUE(QTest::qWaitFor([&driver] { return driver.state().isRefused(); }, UiDriver::kPatienceMs));
    EXPECT_TRUE(driver.state().session().prompt.text.empty());
    driver.window->openModel(model); // nothing is on screen
    const std::string example = examplePrompts().front().prompt.text;
    EXPECT_TRUE(QTest::qWaitFor(
        [&] { return driver.state().isComplete() && driver.state().session().prompt.text == example; },
        UiDriver::kPatienceMs));
}

TEST_F(StartSession, QuittingWithARefusedPromptKeepsTheOneThatRan)
{
    const QString model = QString::fromStdString(writeTinyModel());
    {
        UiDriver driver(model, UiDriver::shortSession(), QSize(1280, 800), file());
        driver.dragSlider(2.0);
        ASSERT_TRUE(driver.waitComplete());
        driver.state().setPrompt(PromptSpec());
        ASSERT_TRUE(QTest::qWaitFor([&driver] { return driver.state().isRefused(); }, UiDriver::kPatienceMs));
        driver.window->close();
    }
    const SavedSession start = startSession({}, Settings(file()));
    EXPECT_EQ(start.session.prompt, UiDriver::shortSession().prompt);
    EXPECT_EQ(start.session.edits.editedHeadCount(), 1);
}

TEST(RefusedPrompt, KeepsTheCurvesOfTheFormerOneAndEscapeReturnsToIt)
{
    UiDriver driver(QString::fromStdString(writeTinyModel()));
    ASSERT_TRUE(driver.waitCurves());
    driver.state().setPrompt(PromptSpec());
    ASSERT_TRUE(QTest::qWaitFor([&driver] { return driver.state().isRefused(); }, UiDriver::kPatienceMs));
    ASSERT_NE(driver.bench->curves.factorCurve(), nullptr);
    EXPECT_TRUE(driver.bench->curves.factorCurve()->isComplete());
    EXPECT_GE(driver.find<CurveView>("factorCurves").panelsInSight(), 2);
    QTest::keyClick(driver.window.get(), Qt::Key_Escape);
    EXPECT_EQ(driver.state().session().prompt, UiDriver::shortSession().prompt);
    ASSERT_TRUE(driver.waitComplete());
    EXPECT_FALSE(driver.state().isRefused());
    EXPECT_FALSE(driver.find<QLabel>("promptError").isVisible());
}

} // namespace
