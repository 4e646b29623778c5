// SPDX-License-Identifier: Apache-2.0
// The text editor that the token strip turns into.
#pragma once

#include <QtCore/QTimer>
#include <QtWidgets/QPlainTextEdit>

namespace sinkscope::ui {

/// Return runs, Shift+Return starts a line, a pause runs too, Esc and leaving end editing.
/// Owner: the prompt panel. Threads: GUI thread.
class PromptEditor : public QPlainTextEdit {
    Q_OBJECT

public:
    explicit PromptEditor(QWidget *parent = nullptr);

    static constexpr int kPauseMs = 1200; ///< without a key after which the text is run

Q_SIGNALS:
    void cancelled(); ///< Esc: the text before is wanted again
    void committed(); ///< the text is to be run
    void finished(); ///< the strip is to come back

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;

private:
    QTimer m_pause;
};

} // namespace sinkscope::ui
