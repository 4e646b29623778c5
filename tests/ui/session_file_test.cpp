// SPDX-License-Identifier: Apache-2.0
// Saving and opening sessions in the real window.
#include "tests/ui/session_fixture.h"

#include "tests/support/tiny_model.h"

#include <QCryptographicHash>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMenu>
#include <QMimeData>
#include <QProcess>

namespace sinkscope::test {

using namespace sinkscope::ui;

namespace {

QString hashOf(const QString &path)
{
    QFile file(path);
    EXPECT_TRUE(file.open(QIODevice::ReadOnly));
    return QString::fromLatin1(QCryptographicHash::hash(file.readAll(), QCryptographicHash::Sha256).toHex());
}

QByteArray bytesOf(const QString &path)
{
    QFile file(path);
    EXPECT_TRUE(file.open(QIODevice::ReadOnly));
    return file.readAll();
}

constexpr const char *kGamma = "SELECT json_extract(content, '$.edits[0].gamma') FROM session";
constexpr const char *kPrompt = "SELECT json_extract(content, '$.prompt') FROM session";

} // namespace

TEST_F(SessionFiles, SavingUnderANameKeepsPromptAnswersEditsAndModel)
{
    const auto driver = start();
    driver->dragSlider(2.0);
    ASSERT_TRUE(driver->waitComplete());
    saveAs(*driver, path("work"));
    const QString file = path("work.sinkscope");
    EXPECT_EQ(sqlValue(file, kPrompt), QStringLiteral("the cat sat on the mat, and"));
    EXPECT_EQ(sqlValue(file, "SELECT json_extract(content, '$.answers') FROM session"),
        QStringLiteral("[\" the\",\" cat\"]"));
    EXPECT_DOUBLE_EQ(sqlNumber(file, kGamma), factor(*driver));
    EXPECT_EQ(sqlValue(file, "SELECT path FROM model"), model);
    EXPECT_TRUE(driver->window->windowTitle().startsWith(QStringLiteral("work - ")))
        << driver->window->windowTitle().toStdString();
    EXPECT_TRUE(autosaved().isEmpty()) << "it has a name now";
    EXPECT_TRUE(QTest::qWaitFor(
        [&] { return sqlValue(file, "SELECT sha256 FROM model") == hashOf(model); }, UiDriver::kPatienceMs));
}

TEST_F(SessionFiles, ANamedSessionHoldsWhatIsDoneWithoutSaving)
{
    const auto driver = start();
    saveAs(*driver, path("work.sinkscope"));
    driver->dragSlider(3.0, 4, UiDriver::Release::No);
    EXPECT_TRUE(
        QTest::qWaitFor([&] { return sqlNumber(path("work.sinkscope"), kGamma) == factor(*driver); }, 1000))
        << "within a second, in the middle of a drag";
    driver->releaseSlider();
    QTest::keyClick(driver->window.get(), Qt::Key_S, Qt::ControlModifier); // at once
    EXPECT_EQ(sqlValue(path("work.sinkscope"), "SELECT count(*) FROM node"), QStringLiteral("2"));
    EXPECT_TRUE(driver->prompts.sessionErrors.empty());
}

TEST_F(SessionFiles, OpeningBringsBackUndoRedoAndTheHead)
{
    double first = 0.0;
    double second = 0.0;
    HeadRef head;
    {
        const auto driver = start();
        driver->clickHead(2, 3);
        head = driver->selection().head();
        driver->dragSlider(2.0);
        first = factor(*driver);
        driver->dragSlider(0.5);
        second = factor(*driver);
        QTest::keyClick(driver->window.get(), Qt::Key_Z, Qt::ControlModifier);
        saveAs(*driver, path("undo.sinkscope"));
    }
    const auto driver = start();
    openSession(*driver, path("undo.sinkscope"));
    ASSERT_EQ(driver->selection().head(), head);
    EXPECT_DOUBLE_EQ(factor(*driver), first);
    QTest::keyClick(driver->window.get(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    EXPECT_DOUBLE_EQ(factor(*driver), second);
    QTest::keyClick(driver->window.get(), Qt::Key_Z, Qt::ControlModifier);
    QTest::keyClick(driver->window.get(), Qt::Key_Z, Qt::ControlModifier);
    EXPECT_TRUE(driver->state().edits().isEmpty());
    EXPECT_TRUE(driver->waitComplete());
}

TEST_F(SessionFiles, AStepAfterUndoLeavesTheUndoneOneAsABranch)
{
    const auto driver = start();
    driver->dragSlider(2.0);
    QTest::keyClick(driver->window.get(), Qt::Key_Z, Qt::ControlModifier);
    driver->dragSlider(0.5);
    saveAs(*driver, path("tree.sinkscope"));
    EXPECT_EQ(sqlValue(path("tree.sinkscope"), "SELECT group_concat(ifnull(parent, 0)) FROM node"),
        QStringLiteral("0,1,1"));
    EXPECT_EQ(sqlValue(path("tree.sinkscope"), "SELECT node FROM current_node"), QStringLiteral("3"));
    EXPECT_DOUBLE_EQ(sqlNumber(path("tree.sinkscope"),
                         "SELECT json_extract(content, '$.edits[0].gamma') FROM node WHERE id = 3"),
        factor(*driver));
}

TEST_F(SessionFiles, AnEditSwitchedOffComesBackSwitchedOff)
{
    SessionValue saved;
    {
        const auto driver = start();
        driver->dragSlider(2.0);
        driver->state().switchEdits({driver->selection().head()}, EditSwitch::Off);
        saved = driver->state().session();
        saveAs(*driver, path("off.sinkscope"));
    }
    const auto driver = start();
    openSession(*driver, path("off.sinkscope"));
    EXPECT_EQ(driver->state().session(), saved);
    EXPECT_EQ(driver->state().edits().editedHeadCount(), 0);
    EXPECT_EQ(driver->state().edits().entries().size(), 1U);
}

TEST_F(SessionFiles, FiguresArePinnedWithAllTheirDigits)
{
    const auto driver = start();
    driver->dragSlider(0.3);
    ASSERT_TRUE(driver->waitComplete());
    QTest::keyClick(driver->window.get(), Qt::Key_P, Qt::ControlModifier);
    saveAs(*driver, path("pins.sinkscope"));
    ASSERT_TRUE(driver->prompts.sessionErrors.empty());
    const OutputMetrics &output = driver->state().edited()->output;
    const auto number = [&](const char *query) { return sqlNumber(path("pins.sinkscope"), query); };
    EXPECT_EQ(number("SELECT output_entropy_nats FROM snapshot"), output.entropyNats);
    EXPECT_EQ(number("SELECT log_prob FROM snapshot_answer WHERE place = 1"), output.answers[1].logProb);
    EXPECT_EQ(number("SELECT count(*) FROM snapshot_top"), 20.0);
    EXPECT_EQ(number("SELECT length(sink_mass_last) FROM snapshot"), 3 * 4 * 4.0);
    const std::map<EntryId, PinnedSnapshot> pins = driver->bench->sessions.pins();
    driver->bench->sessions.startNew();
    EXPECT_TRUE(driver->bench->sessions.pins().empty());
    openSession(*driver, path("pins.sinkscope"));
    ASSERT_EQ(driver->bench->sessions.pins().size(), 1U);
    EXPECT_EQ(driver->bench->sessions.pins().at(1).name, pins.at(1).name);
    EXPECT_EQ(driver->bench->sessions.pins().at(1).content, pins.at(1).content);
}

TEST_F(SessionFiles, FiguresPinnedInTheWindowAreReplayedByTheCommandLineToTheBit)
{
    const QString program = QCoreApplication::applicationDirPath() + QStringLiteral("/sinkscope-cli");
    if (!QFile::exists(program))
        GTEST_SKIP() << "sinkscope-cli is not built";
    const auto driver = start();
    for (const double gamma : {0.3, 4.0}) {
        driver->dragSlider(gamma);
        ASSERT_TRUE(driver->waitComplete());
        QTest::keyClick(driver->window.get(), Qt::Key_P, Qt::ControlModifier);
    }
    saveAs(*driver, path("replay.sinkscope"));
    ASSERT_TRUE(QTest::qWaitFor(
        [&] { return !sqlValue(path("replay.sinkscope"), "SELECT max(sha256) FROM model").isEmpty(); },
        UiDriver::kPatienceMs));
    QProcess replay; // the window has the file open all the while
    replay.start(program,
        {QStringLiteral("replay"), path("replay.sinkscope"), QStringLiteral("--json"),
            QStringLiteral("--backend"),
            QString::fromLatin1(gemmBackendName(preparedBackend(*driver->state().model())).data())});
    ASSERT_TRUE(replay.waitForFinished(UiDriver::kPatienceMs));
    EXPECT_EQ(replay.exitCode(), 0) << replay.readAllStandardError().toStdString();
    const QJsonArray snapshots = QJsonDocument::fromJson(replay.readAllStandardOutput())
                                     .object()[QLatin1String("snapshots")]
                                     .toArray();
    ASSERT_EQ(snapshots.size(), 2);
    const bool isExact = preparedBackend(*driver->state().model()) != GemmBackend::Blas;
    for (const QJsonValue &snapshot : snapshots)
        EXPECT_EQ(snapshot[QLatin1String("worst")][QLatin1String("tolerance")].toDouble() == 0.0, isExact);
}

TEST_F(SessionFiles, NotesAreKeptChangedAndRemoved)
{
    const auto driver = start();
    saveAs(*driver, path("notes.sinkscope"));
    SessionStore &store = driver->bench->sessions;
    HeadNote note {0, {LayerIndex(1), HeadIndex(2)}, TokenPos(3), std::nullopt, "copies", 0};
    note.id = store.setNote(note);
    const EntryId other =
        store.setNote({0, {LayerIndex(0), HeadIndex(0)}, std::nullopt, std::nullopt, "sink", 0});
    note.text = "copies names";
    store.setNote(note);
    store.setNote({other, {}, std::nullopt, std::nullopt, "", 0});
    store.flush();
    EXPECT_EQ(
        sqlValue(path("notes.sinkscope"), "SELECT group_concat(text || layer || head || query) FROM note"),
        QStringLiteral("copies names123"));
}

TEST_F(SessionFiles, ASecondWindowIsToldAndWorksOnACopy)
{
    const auto first = start();
    first->dragSlider(2.0);
    saveAs(*first, path("shared.sinkscope"));
    const double gamma = factor(*first);
    const auto second = start();
    openSession(*second, path("shared.sinkscope"));
    ASSERT_EQ(second->prompts.copyOffers.size(), 1U);
    EXPECT_TRUE(second->prompts.copyOffers[0].oneLine().contains(QStringLiteral("open in another program")));
    EXPECT_TRUE(second->state().edits().isEmpty()) << "nothing happened yet";
    second->prompts.opensCopy = true;
    openSession(*second, path("shared.sinkscope"));
    EXPECT_DOUBLE_EQ(second->state().edits().listedFactor(first->selection().head()), gamma);
    EXPECT_FALSE(second->bench->sessions.isNamed());
    second->state().resetAllEdits();
    second->bench->sessions.flush();
    EXPECT_DOUBLE_EQ(sqlNumber(path("shared.sinkscope"), kGamma), gamma);
    EXPECT_EQ(autosaved().size(), 1) << "the copy";
}

TEST_F(SessionFiles, WhatIsNoSessionIsSaidAndTheScreenStays)
{
    const auto driver = start();
    driver->dragSlider(2.0);
    const SessionValue before = driver->state().session();
    openSession(*driver, model);
    ASSERT_EQ(driver->prompts.sessionErrors.size(), 1U);
    EXPECT_TRUE(
        driver->prompts.sessionErrors[0].oneLine().contains(QStringLiteral("no session of Sinkscope")));
    EXPECT_EQ(driver->state().session(), before);
    EXPECT_TRUE(driver->state().undoStack().canUndo());
}

TEST_F(SessionFiles, NewSessionBeginsWithoutEditsAndLeavesTheFileAsItWas)
{
    const auto driver = start();
    driver->dragSlider(2.0);
    const double gamma = factor(*driver);
    saveAs(*driver, path("old.sinkscope"));
    QTest::keyClick(driver->window.get(), Qt::Key_N, Qt::ControlModifier);
    EXPECT_TRUE(driver->state().edits().isEmpty());
    EXPECT_FALSE(driver->state().undoStack().canUndo());
    EXPECT_FALSE(driver->window->windowTitle().contains(QStringLiteral("old")));
    driver->dragSlider(0.5);
    driver->bench->sessions.flush();
    EXPECT_DOUBLE_EQ(sqlNumber(path("old.sinkscope"), kGamma), gamma);
    ASSERT_EQ(autosaved().size(), 1);
    EXPECT_DOUBLE_EQ(sqlNumber(autosaved().front(), kGamma), factor(*driver));
}

TEST_F(SessionFiles, AnotherModelEndsTheSessionAndTheSessionBringsItsModelBack)
{
    TinyModelOptions options;
    options.layers = 2;
    const QString other = QString::fromStdString(writeTinyModel(options));
    const auto driver = start();
    driver->dragSlider(2.0);
    const double gamma = factor(*driver);
    const HeadRef head = driver->selection().head();
    saveAs(*driver, path("model.sinkscope"));
    driver->window->openModel(other);
    ASSERT_TRUE(QTest::qWaitFor(
        [&] { return driver->state().grid().layerCount == 2 && driver->state().isComplete(); },
        UiDriver::kPatienceMs));
    EXPECT_FALSE(driver->bench->sessions.isNamed());
    driver->state().resetAllEdits();
    EXPECT_DOUBLE_EQ(sqlNumber(path("model.sinkscope"), kGamma), gamma);
    EXPECT_EQ(sqlValue(path("model.sinkscope"), "SELECT path FROM model"), model);

    openSession(*driver, path("model.sinkscope"));
    ASSERT_TRUE(QTest::qWaitFor(
        [&] { return driver->state().grid().layerCount == 3 && driver->state().isComplete(); },
        UiDriver::kPatienceMs));
    EXPECT_DOUBLE_EQ(driver->state().edits().listedFactor(head), gamma);
    EXPECT_TRUE(driver->bench->sessions.isNamed());
    EXPECT_TRUE(driver->state().undoStack().canUndo());
}

TEST_F(SessionFiles, AModelFileThatWasExchangedIsSaidAndTheSessionStaysAsItIs)
{
    const QString moving = path("moving.gguf");
    ASSERT_TRUE(QFile::copy(model, moving));
    model = moving;
    {
        const auto driver = start();
        driver->dragSlider(2.0);
        saveAs(*driver, path("exchanged.sinkscope"));
        ASSERT_TRUE(QTest::qWaitFor(
            [&] { return !sqlValue(path("exchanged.sinkscope"), "SELECT sha256 FROM model").isEmpty(); },
            UiDriver::kPatienceMs));
    }
    TinyModelOptions options;
    options.seed = 9;
    QFile::remove(moving);
    ASSERT_TRUE(QFile::copy(QString::fromStdString(writeTinyModel(options)), moving));
    const QByteArray before = bytesOf(path("exchanged.sinkscope"));
    const auto driver = start();
    openSession(*driver, path("exchanged.sinkscope"));
    ASSERT_TRUE(
        QTest::qWaitFor([&] { return !driver->prompts.sessionErrors.empty(); }, UiDriver::kPatienceMs));
    EXPECT_TRUE(driver->prompts.sessionErrors[0].oneLine().contains(hashOf(moving)));
    EXPECT_FALSE(driver->bench->sessions.isNamed());
    driver->dragSlider(0.5);
    driver->bench->sessions.flush();
    EXPECT_EQ(bytesOf(path("exchanged.sinkscope")), before);
}

TEST_F(SessionFiles, RecentSessionsAreListedAndTheLastIsOpenedAtTheNextStart)
{
    const QString settings = path("settings.ini");
    {
        const auto driver = start(settings);
        saveAs(*driver, path("a.sinkscope"));
        saveAs(*driver, path("b.sinkscope"));
    }
    EXPECT_EQ(Settings(settings).sessionFile(), path("b.sinkscope"));
    const auto driver = start(settings);
    auto &menu = driver->find<QMenu>("recentSessionsMenu");
    ASSERT_EQ(menu.actions().size(), 2);
    EXPECT_EQ(menu.actions()[1]->text(), QStringLiteral("a"));
    menu.actions()[1]->trigger();
    EXPECT_EQ(driver->bench->sessions.path(), path("a.sinkscope"));
    EXPECT_EQ(Settings(settings).sessionFile(), path("a.sinkscope"));
}

TEST_F(SessionFiles, ADroppedSessionIsOpened)
{
    const auto driver = start();
    driver->dragSlider(2.0);
    saveAs(*driver, path("dropped.sinkscope"));
    QTest::keyClick(driver->window.get(), Qt::Key_N, Qt::ControlModifier);
    QMimeData mime;
    mime.setUrls({QUrl::fromLocalFile(path("dropped.sinkscope"))});
    QDragEnterEvent enter(QPoint(10, 10), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(driver->window.get(), &enter);
    QDropEvent drop(QPointF(10, 10), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(driver->window.get(), &drop);
    EXPECT_EQ(driver->bench->sessions.name(), QStringLiteral("dropped"));
    EXPECT_EQ(driver->state().edits().editedHeadCount(), 1);
}

} // namespace sinkscope::test
