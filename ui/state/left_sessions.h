// SPDX-License-Identifier: Apache-2.0
// Work without a name that earlier runs of the program left behind.
#pragma once

#include <QtCore/QDateTime>
#include <QtCore/QString>

#include <vector>

namespace sinkscope::ui {

/// One of them.
struct LeftSession {
    QString path;
    QDateTime changed;
    QString prompt; ///< its beginning; empty where the file cannot be read
};

/// The session files in `folder` that no program has open, newest first. Empty for an empty path.
std::vector<LeftSession> leftSessions(const QString &folder);

} // namespace sinkscope::ui
