// SPDX-License-Identifier: Apache-2.0
// Writing a file beside the window.
#pragma once

#include "ui/bridge/user_message.h"

#include <QtCore/QObject>

#include <functional>
#include <list>
#include <optional>
#include <string>
#include <thread>

namespace sinkscope::ui {

/// Writes files on threads of their own, so that a table of millions of rows holds nothing up.
/// Owner: who asks. Threads: GUI thread; the destructor waits for what is being written, so that no file is
/// given up that was asked for.
class FileJob : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;
    ~FileJob() override;

    /// Runs `write`, which may throw Error and shares nothing with the window but what is immutable.
    void start(const QString &path, std::function<void(const std::string &path)> write);

Q_SIGNALS:
    void written(const QString &path);
    void failed(const sinkscope::ui::UserMessage &message);

private:
    void finish(const QString &path, const std::optional<UserMessage> &error);

    std::list<std::jthread> m_threads;
    int m_running = 0;
};

} // namespace sinkscope::ui
