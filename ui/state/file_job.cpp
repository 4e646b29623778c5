// SPDX-License-Identifier: Apache-2.0
// Writing a file beside the window.
#include "ui/state/file_job.h"

#include <QtCore/QFile>
#include <QtCore/QFileInfo>

#include <new>
#include <optional>

namespace sinkscope::ui {

FileJob::~FileJob() = default;

void FileJob::start(const QString &path, std::function<void(const std::string &path)> write)
{
    if (m_running == 0)
        m_threads.clear(); // all of them are done
    ++m_running;
    m_threads.emplace_back([this, path, title = tr("%1 cannot be written").arg(QFileInfo(path).fileName()),
                               write = std::move(write)] {
        std::optional<UserMessage> error;
        try {
            write(QFile::encodeName(path).toStdString());
        } catch (const Error &refusal) {
            error = userMessage(title, refusal.parts());
        } catch (const std::bad_alloc &) {
            error =
                userMessage(title, {.what = "there is not enough memory", .wayOut = "Export less at once"});
        }
        QMetaObject::invokeMethod(
            this, [this, path, error] { finish(path, error); }, Qt::QueuedConnection);
    });
}

void FileJob::finish(const QString &path, const std::optional<UserMessage> &error)
{
    --m_running;
    if (error)
        Q_EMIT failed(*error);
    else
        Q_EMIT written(path);
}

} // namespace sinkscope::ui
