// SPDX-License-Identifier: Apache-2.0
// Session files in the tests of the window: a folder, plain SQL on a file, the keys that save and open.
#pragma once

#include "tests/ui/ui_driver.h"

#include <QTemporaryDir>

#include <gtest/gtest.h>

namespace sinkscope::test {

/// What `query` gives as its first value, by plain SQL.
QString sqlValue(const QString &path, const char *query);
/// The same as a number, with all its digits.
double sqlNumber(const QString &path, const char *query);

/// A folder for session files and one for work without a name, and a tiny model.
class SessionFiles : public testing::Test {
protected:
    SessionFiles();

    QString path(const char *name) const { return m_folder.filePath(QLatin1String(name)); }
    QString autosaveFolder() const { return m_folder.filePath(QStringLiteral("sessions")); }
    /// The session files there.
    QStringList autosaved() const;
    std::unique_ptr<UiDriver> start(const QString &settings = {}) const;
    /// Ctrl+Shift+S, with `path` as the answer.
    static void saveAs(UiDriver &driver, const QString &path);
    /// Ctrl+Shift+O, with `path` as the answer.
    static void openSession(UiDriver &driver, const QString &path);
    /// The factor of the selected head.
    static double factor(UiDriver &driver);

    QString model;

private:
    QTemporaryDir m_folder;
};

} // namespace sinkscope::test
