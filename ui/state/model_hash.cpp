// SPDX-License-Identifier: Apache-2.0
// The hash of the open model's file, computed beside the window.
#include "ui/state/model_hash.h"

#include "core/base/error.h"
#include "core/base/file_hash.h"

#include <QtCore/QFileInfo>

namespace sinkscope::ui {

ModelHash::~ModelHash()
{
    m_thread = std::jthread(); // before the signal's owner goes
}

void ModelHash::begin(const std::string &path)
{
    const QFileInfo file(QString::fromStdString(path));
    if (path == m_path && file.size() == m_bytes && file.lastModified() == m_changed)
        return;
    m_path = path;
    m_bytes = file.size();
    m_changed = file.lastModified();
    m_sha256.clear();
    const int round = ++m_round;
    m_thread = std::jthread([this, path, round](const StopToken &stop) {
        std::string sha256;
        try {
            sha256 = sha256OfFile(path, stop).value_or(std::string());
        } catch (const Error &) {
            return; // the engine reads the same file and says what is wrong with it
        }
        if (sha256.empty())
            return;
        QMetaObject::invokeMethod(
            this,
            [this, round, sha256] {
                if (round != m_round)
                    return;
                m_sha256 = sha256;
                Q_EMIT found(QString::fromStdString(sha256));
            },
            Qt::QueuedConnection);
    });
}

} // namespace sinkscope::ui
