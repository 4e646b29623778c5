// SPDX-License-Identifier: Apache-2.0
// Session files in the tests of the window.
#include "tests/ui/session_fixture.h"

#include "tests/support/tiny_model.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <QDir>

namespace sinkscope::test {

QString sqlValue(const QString &path, const char *query)
{
    SQLite::Database database(path.toStdString(), SQLite::OPEN_READONLY, 1000);
    return QString::fromStdString(database.execAndGet(query).getString());
}

double sqlNumber(const QString &path, const char *query)
{
    SQLite::Database database(path.toStdString(), SQLite::OPEN_READONLY, 1000);
    return database.execAndGet(query).getDouble();
}

SessionFiles::SessionFiles()
    : model(QString::fromStdString(writeTinyModel()))
{
}

QStringList SessionFiles::autosaved() const
{
    const QDir folder(autosaveFolder());
    QStringList paths;
    for (const QString &name : folder.entryList({QStringLiteral("*.sinkscope")}, QDir::Files))
        paths << folder.filePath(name);
    return paths;
}

std::unique_ptr<UiDriver> SessionFiles::start(const QString &settings) const
{
    return std::make_unique<UiDriver>(
        model, UiDriver::shortSession(), QSize(1280, 800), settings, autosaveFolder());
}

void SessionFiles::saveAs(UiDriver &driver, const QString &path)
{
    driver.prompts.nextSession = path;
    QTest::keyClick(driver.window.get(), Qt::Key_S, Qt::ControlModifier | Qt::ShiftModifier);
}

void SessionFiles::openSession(UiDriver &driver, const QString &path)
{
    driver.prompts.nextSession = path;
    QTest::keyClick(driver.window.get(), Qt::Key_O, Qt::ControlModifier | Qt::ShiftModifier);
}

double SessionFiles::factor(UiDriver &driver)
{
    return driver.state().edits().listedFactor(driver.selection().head());
}

} // namespace sinkscope::test
