// SPDX-License-Identifier: Apache-2.0
// The seam for file and message boxes: the window asks here, tests answer without a box.
#pragma once

#include "ui/bridge/user_message.h"

#include <QtCore/QString>
#include <QtCore/QStringList>

#include <functional>
#include <memory>

class QWidget;

namespace sinkscope::ui {

/// Whether a file is read or written.
enum class FileUse { Open, Save };

/// A file that is asked for.
struct FileQuestion {
    QString title;
    QString path; ///< a folder, or a suggested name in one
    QStringList filters; ///< "Words (*.ending)"; the first is the usual one
    FileUse use = FileUse::Save;
};

/// Why a session file is asked for.
enum class SessionFileUse { Open, Save };

/// What becomes of work without a name that was left behind.
enum class LeftWork { Recover, Discard };

/// Opens boxes and returns at once; the answer comes by callback, so no nested event loop runs.
/// Owner: the composition root. Threads: GUI thread.
class FilePrompts {
public:
    virtual ~FilePrompts() = default;

    /// Calls `chosen` with the path; not at all when the person cancels.
    virtual void askModelFile(
        QWidget *parent, const QString &folder, std::function<void(const QString &)> chosen) = 0;
    /// The same for a folder, beginning at `folder`.
    virtual void askFolder(
        QWidget *parent, const QString &folder, std::function<void(const QString &)> chosen) = 0;
    /// Says what could not be done, with a button that copies the details; `openAnother` when the person asks
    /// for it.
    virtual void showLoadError(
        QWidget *parent, const UserMessage &message, std::function<void()> openAnother) = 0;
    /// Says that a model may need more memory than is free; `loadAnyway` when the person wants it still.
    virtual void askLoadAnyway(
        QWidget *parent, const UserMessage &message, std::function<void()> loadAnyway) = 0;
    /// Calls `chosen` with the path of a session file, beginning at `path`; a name that exists was confirmed.
    /// Not at all when the person cancels.
    virtual void askSessionFile(QWidget *parent, SessionFileUse use, const QString &path,
        std::function<void(const QString &)> chosen) = 0;
    /// Offers work that was left behind; `answered` is not called when the person wants to decide later.
    virtual void askRecover(
        QWidget *parent, const UserMessage &message, std::function<void(LeftWork)> answered) = 0;
    /// Says why a session cannot be written where it is; `openCopy` when the person wants a copy.
    virtual void askOpenCopy(QWidget *parent, const UserMessage &message, std::function<void()> openCopy) = 0;
    /// Says what could not be done with a session.
    virtual void showSessionError(QWidget *parent, const UserMessage &message) = 0;
    /// Calls `chosen` with the path of a file; one to be written has an ending, and a name that exists was
    /// confirmed. Not at all when the person cancels.
    virtual void askFile(
        QWidget *parent, const FileQuestion &question, std::function<void(const QString &path)> chosen) = 0;
    /// Asks for a factor; `chosen` is not called when the person cancels.
    virtual void askFactor(
        QWidget *parent, const QString &words, std::function<void(double factor)> chosen) = 0;
    /// Asks for a name, beginning with `suggested`; `chosen` gets it without spaces around it and not empty,
    /// and is not called when the person cancels.
    virtual void askName(QWidget *parent, const QString &words, const QString &suggested,
        std::function<void(const QString &name)> chosen) = 0;
    /// Says what could not be done.
    virtual void showError(QWidget *parent, const UserMessage &message) = 0;
    /// A page of text: keys, about.
    virtual void showPage(QWidget *parent, const QString &title, const QString &richText) = 0;
};

/// Real boxes.
std::unique_ptr<FilePrompts> makeFilePrompts();

} // namespace sinkscope::ui
