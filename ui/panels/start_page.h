// SPDX-License-Identifier: Apache-2.0
// What stands in the centre while there is no model: ways to open one, or the progress of a load.
#pragma once

#include "ui/panels/panel.h"
#include "ui/theme/time_left.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QStringList>

class QProgressBar;
class QPushButton;
class QVBoxLayout;

namespace sinkscope::ui {

/// Ways to open a model. Owner: the window. Threads: GUI thread.
class StartPage : public Panel {
    Q_OBJECT

public:
    explicit StartPage(QWidget *parent = nullptr);

    void setTheme(const Theme &theme) override;
    /// Models opened before, newest first.
    void setRecent(const QStringList &paths);
    /// Says how to obtain the example model where `path` is not there.
    void setExample(const QString &path);
    /// What will be run once a model is there; nothing stands there for an empty text.
    void setPrompt(const QString &text);

Q_SIGNALS:
    void openRequested();
    void exampleRequested();
    void recentRequested(const QString &path);

private:
    QLabel *m_title;
    QLabel *m_hint;
    QLabel *m_recentTitle;
    QVBoxLayout *m_recent;
    QLabel *m_promptTitle;
    QLabel *m_prompt;
};

/// Progress of a load with a way to cancel it. Owner: the window. Threads: GUI thread.
class LoadPage : public Panel {
    Q_OBJECT

public:
    explicit LoadPage(QWidget *parent = nullptr);

    void setTheme(const Theme &theme) override;
    /// `promptText`: what will be run once the model is there.
    void begin(const QString &fileName, const QString &promptText);
    void setProgress(double fraction, const QString &step);

Q_SIGNALS:
    void cancelRequested();

private:
    QLabel *m_title;
    QProgressBar *m_bar;
    QLabel *m_step;
    QLabel *m_prompt;
    QPushButton *m_cancel;
    TimeLeft m_timeLeft;
    QElapsedTimer m_clock;
};

} // namespace sinkscope::ui
