// SPDX-License-Identifier: Apache-2.0
// A window that is killed: what it held comes back.
#include "tests/ui/session_fixture.h"

#include <QElapsedTimer>
#include <QFileInfo>
#include <QProcess>

#include <cstdio>

namespace sinkscope::test {

using namespace sinkscope::ui;

namespace {

constexpr const char *kFolder = "SINKSCOPE_TEST_SESSIONS";
constexpr const char *kModel = "SINKSCOPE_TEST_MODEL";

/// A factor that the child's window had, and when.
struct Step {
    double gamma = 0.0;
    qint64 timeMs = 0;
};

std::vector<Step> stepsIn(const QByteArray &output)
{
    std::vector<Step> steps;
    for (const QByteArray &line : output.split('\n')) {
        const QList<QByteArray> words = line.split(' ');
        if (words.size() == 4 && words[0] == "step" && words[3] == "end")
            steps.push_back({words[1].toDouble(), words[2].toLongLong()});
    }
    return steps;
}

} // namespace

/// Not a test: the child that AWindowKilledInTheMiddleOfADragComesBack starts and kills.
TEST(RecoverChild, DISABLED_DragsUntilItIsKilled)
{
    UiDriver driver(qEnvironmentVariable(kModel), UiDriver::shortSession(), QSize(1280, 800), {},
        qEnvironmentVariable(kFolder));
    for (int number = 0;; ++number) {
        driver.dragSlider(1.5 + 0.1 * (number % 80), 2, UiDriver::Release::No);
        std::printf("step %.17g %lld end\n", driver.state().edits().listedFactor(driver.selection().head()),
            static_cast<long long>(QDateTime::currentMSecsSinceEpoch()));
        std::fflush(stdout);
        QTest::qWait(40);
    }
}

TEST_F(SessionFiles, AWindowKilledInTheMiddleOfADragComesBack)
{
    QProcess child;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QLatin1String(kFolder), autosaveFolder());
    environment.insert(QLatin1String(kModel), model);
    environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("offscreen"));
    child.setProcessEnvironment(environment);
    child.start(QCoreApplication::applicationFilePath(),
        {QStringLiteral("--gtest_filter=RecoverChild.*"), QStringLiteral("--gtest_also_run_disabled_tests")});
    QByteArray output;
    ASSERT_TRUE(QTest::qWaitFor(
        [&] {
            output += child.readAllStandardOutput();
            return stepsIn(output).size() >= 40; // some two seconds of dragging
        },
        UiDriver::kPatienceMs))
        << output.toStdString();
    const qint64 killedMs = QDateTime::currentMSecsSinceEpoch();
    child.kill(); // SIGKILL
    ASSERT_TRUE(child.waitForFinished());
    output += child.readAllStandardOutput();

    ASSERT_EQ(autosaved().size(), 1);
    EXPECT_EQ(sqlValue(autosaved().front(), "PRAGMA integrity_check"), QStringLiteral("ok"));
    const double kept =
        sqlNumber(autosaved().front(), "SELECT json_extract(content, '$.edits[0].gamma') FROM session");
    qint64 keptMs = 0;
    for (const Step &step : stepsIn(output))
        if (step.gamma == kept)
            keptMs = step.timeMs;
    EXPECT_GE(keptMs, killedMs - 1000) << "more than the last second is lost; kept " << kept;

    const auto driver = start();
    driver->prompts.leftWork = LeftWork::Recover;
    driver->window->sessions().offerLeft();
    ASSERT_EQ(driver->prompts.recoverOffers.size(), 1U);
    EXPECT_TRUE(driver->prompts.recoverOffers[0].cause.contains(QStringLiteral("the cat sat")));
    ASSERT_TRUE(driver->waitComplete());
    EXPECT_EQ(factor(*driver), kept);
    EXPECT_EQ(driver->state().session().prompt, UiDriver::shortSession().prompt);
    QTest::keyClick(driver->window.get(), Qt::Key_Z, Qt::ControlModifier);
    EXPECT_TRUE(driver->state().edits().isEmpty()) << "the drag is one step";
    EXPECT_EQ(driver->state().session(), UiDriver::shortSession());
    saveAs(*driver, path("recovered.sinkscope"));
    EXPECT_TRUE(autosaved().isEmpty());
}

/// Work without a name that a killed program left behind: the file of a window that is still there, copied.
class LeftBehind : public SessionFiles {
protected:
    void SetUp() override
    {
        const auto driver = start();
        driver->dragSlider(2.0);
        driver->bench->sessions.flush();
        ASSERT_EQ(autosaved().size(), 1);
        const QString copy = path("left.sinkscope");
        ProjectFile::open(autosaved().front().toStdString(), {.access = ProjectAccess::ReadOnly})
            ->saveCopy(copy.toStdString());
        EXPECT_TRUE(leftSessions(autosaveFolder()).empty()) << "it is in use";
        ASSERT_TRUE(QFile::rename(copy, autosaveFolder() + QStringLiteral("/left.sinkscope")));
    }
};

TEST_F(LeftBehind, IsKeptWhenThePersonDecidesLater)
{
    const auto driver = start();
    driver->window->sessions().offerLeft();
    EXPECT_EQ(driver->prompts.recoverOffers.size(), 1U);
    EXPECT_TRUE(driver->state().edits().isEmpty());
    EXPECT_EQ(autosaved().size(), 1);
}

TEST_F(LeftBehind, IsRemovedWhenItIsDiscarded)
{
    const auto driver = start();
    driver->prompts.leftWork = LeftWork::Discard;
    driver->window->sessions().offerLeft();
    EXPECT_EQ(driver->prompts.recoverOffers.size(), 1U);
    EXPECT_TRUE(autosaved().isEmpty());
    EXPECT_TRUE(driver->state().edits().isEmpty());
}

TEST_F(SessionFiles, QuittingLeavesNothingBehindButPinnedFigures)
{
    {
        const auto driver = start();
        driver->dragSlider(2.0);
        driver->bench->sessions.flush();
        EXPECT_EQ(autosaved().size(), 1);
        driver->window->close();
    }
    EXPECT_TRUE(autosaved().isEmpty()) << "the settings hold the last session";
    {
        const auto driver = start();
        QTest::keyClick(driver->window.get(), Qt::Key_P, Qt::ControlModifier);
        driver->window->close();
    }
    ASSERT_EQ(autosaved().size(), 1);
    EXPECT_EQ(sqlValue(autosaved().front(), "SELECT count(*) FROM snapshot"), QStringLiteral("1"));
}

TEST_F(SessionFiles, LookingAroundMakesNoFile)
{
    const auto driver = start();
    driver->clickHead(0, 1);
    driver->clickHead(2, 2);
    settle(2 * SessionStore::kDelayMs);
    EXPECT_TRUE(autosaved().isEmpty());
}

} // namespace sinkscope::test
