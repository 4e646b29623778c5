// SPDX-License-Identifier: Apache-2.0
// The seam for file and message boxes: the window asks here, tests answer without a box.
#pragma once

#include "ui/bridge/user_message.h"

#include <QtCore/QString>

#include <functional>
#include <memory>

class QWidget;

namespace sinkscope::ui {

/// Opens boxes and returns at once; the answer comes by callback, so no nested event loop runs.
/// Owner: the composition root. Threads: GUI thread.
class FilePrompts {
public:
    virtual ~FilePrompts() = default;

    /// Calls `chosen` with the path; not at all when the person cancels.
    virtual void askModelFile(
        QWidget *parent, const QString &folder, std::function<void(const QString &)> chosen) = 0;
    /// Says what could not be done, with a button that copies the details; `openAnother` when the person asks
    /// for it.
    virtual void showLoadError(
        QWidget *parent, const UserMessage &message, std::function<void()> openAnother) = 0;
    /// Says that a model may need more memory than is free; `loadAnyway` when the person wants it still.
    virtual void askLoadAnyway(
        QWidget *parent, const UserMessage &message, std::function<void()> loadAnyway) = 0;
    /// A page of text: keys, about.
    virtual void showPage(QWidget *parent, const QString &title, const QString &richText) = 0;
};

/// Real boxes.
std::unique_ptr<FilePrompts> makeFilePrompts();

} // namespace sinkscope::ui
