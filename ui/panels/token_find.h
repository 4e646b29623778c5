// SPDX-License-Identifier: Apache-2.0
// Finding a token of the prompt by its text.
#pragma once

#include "ui/panels/panel.h"
#include "ui/state/workbench.h"

#include <QtCore/QPointer>
#include <QtWidgets/QLineEdit>

#include <vector>

namespace sinkscope::ui {

/// Tokens of `prompt` in which an occurrence of `text` begins, ascending, each once. Case does not count; an
/// occurrence may reach over several tokens. None for an empty text.
std::vector<int> tokensWith(const TokenizedPrompt &prompt, const QString &text);

/// A field over the title of the prompt: what is typed there is found while it is typed, Enter goes on to the
/// next place, Shift+Enter to the one before; the token found becomes the pinned query. Esc goes back to
/// where the keyboard was. Owner: the prompt panel. Threads: GUI thread.
class TokenFind : public QLineEdit {
    Q_OBJECT

public:
    TokenFind(Workbench &bench, QWidget *parent);

    void setTheme(const Theme &theme);
    void open(); ///< shows it with what was sought last

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    enum class Direction { Here, Next, Before };
    void find(Direction direction);
    void say(const QString &text, const QColor &colour);

    Workbench &m_bench;
    QLabel *m_count; ///< "2 of 5", inside the field at its right
    QPointer<QWidget> m_cameFrom;
    Theme m_theme;
};

} // namespace sinkscope::ui
