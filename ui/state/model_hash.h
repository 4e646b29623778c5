// SPDX-License-Identifier: Apache-2.0
// The hash of the open model's file, computed beside the window.
#pragma once

#include <QtCore/QDateTime>
#include <QtCore/QObject>
#include <QtCore/QString>

#include <string>
#include <thread>

namespace sinkscope::ui {

/// Owner: SessionStore. Threads: GUI thread; the file is read on a thread of its own, which the destructor
/// ends and waits for (it looks for the end every few MiB).
class ModelHash : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;
    ~ModelHash() override;

    /// Computes the hash of `path`, unless it is that one's already and the file has the same size and time;
    /// an earlier one is given up.
    void begin(const std::string &path);
    /// Of the file that begin() named last; empty while it is not known.
    const std::string &sha256() const { return m_sha256; }
    const std::string &path() const { return m_path; }

Q_SIGNALS:
    void found(const QString &sha256); ///< not for a file that cannot be read

private:
    std::string m_path;
    qint64 m_bytes = -1;
    QDateTime m_changed;
    int m_round = 0; // of begin(): what an earlier one finds is not wanted
    std::string m_sha256;
    std::jthread m_thread;
};

} // namespace sinkscope::ui
