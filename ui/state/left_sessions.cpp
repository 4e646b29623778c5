// SPDX-License-Identifier: Apache-2.0
// Work without a name that earlier runs of the program left behind.
#include "ui/state/left_sessions.h"

#include "core/project/project_file.h"

#include <QtCore/QDir>

#include <utility>

namespace sinkscope::ui {

std::vector<LeftSession> leftSessions(const QString &folder)
{
    constexpr int kShownLetters = 60;
    std::vector<LeftSession> left;
    if (folder.isEmpty())
        return left;
    const QStringList pattern {QLatin1Char('*') + QString::fromLatin1(kProjectSuffix)};
    for (const QFileInfo &info : QDir(folder).entryInfoList(pattern, QDir::Files, QDir::Time)) {
        const std::string path = info.filePath().toStdString();
        if (isProjectInUse(path))
            continue;
        LeftSession session {info.filePath(), info.lastModified(), {}};
        try {
            const Project project = ProjectFile::open(path, {.access = ProjectAccess::ReadOnly})->read();
            session.changed = QDateTime::fromMSecsSinceEpoch(project.changedMs);
            session.prompt =
                QString::fromStdString(project.session.prompt.text).simplified().left(kShownLetters);
        } catch (const Error &) {
            session.prompt.clear(); // recovering it says what is wrong
        }
        left.push_back(std::move(session));
    }
    return left;
}

} // namespace sinkscope::ui
