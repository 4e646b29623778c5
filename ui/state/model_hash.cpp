// SPDX-License-Identifier: Apache-2.0
// The hash of the open model's file, computed beside the window.
#include "ui/state/model_hash.h"

#include "core/base/error.h"
#include "core/base/file_hash.h"

namespace sinkscope::ui {

ModelHash::~ModelHash()
{
    m_thread = std::jthread(); // before the signal's owner goes
}

void ModelHash::begin(const std::string &path)
{
    if (path == m_path)
        return;
    m_path = path;
    m_sha256.clear();
    m_thread = std::jthread([this, path](const StopToken &stop) {
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
            [this, path, sha256] {
                if (path != m_path)
                    return;
                m_sha256 = sha256;
                Q_EMIT found(QString::fromStdString(sha256));
            },
            Qt::QueuedConnection);
    });
}

} // namespace sinkscope::ui
