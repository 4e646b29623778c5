// SPDX-License-Identifier: Apache-2.0
// What a person does with sessions: the entries of the File menu, and the questions that come with them.
#pragma once

#include "ui/dialogs/file_prompts.h"
#include "ui/state/left_sessions.h"
#include "ui/state/workbench.h"

#include <QtWidgets/QMainWindow>

class QAction;
class QMenu;

namespace sinkscope::ui {

/// Owner: MainWindow. Threads: GUI thread. Validity: workbench and prompts must outlive it.
class SessionActions : public QObject {
    Q_OBJECT

public:
    SessionActions(Workbench &bench, FilePrompts &prompts, QMainWindow *window);

    /// Adds new, open, recent, save and save as.
    void addTo(QMenu *menu);
    QAction *pinAction() const { return m_pin; }

    /// Opens a session, or asks whether a copy will do; nothing for an empty path.
    void open(const QString &path);
    /// Offers the newest work without a name that was left behind; when it is discarded the next one.
    void offerLeft();

private:
    void openAs(const QString &path, OpenManner manner);
    void askAndOpen();
    void save();
    void askAndSave();
    void saveAs(QString path);
    void pin();
    void offer(const LeftSession &left);
    void remember();
    void fillRecent();
    void say(const QString &text);
    void complain(const QString &title, const Error &error);

    Workbench &m_bench;
    FilePrompts &m_prompts;
    QMainWindow *m_window;
    QMenu *m_recent = nullptr;
    QAction *m_pin = nullptr;
};

} // namespace sinkscope::ui
