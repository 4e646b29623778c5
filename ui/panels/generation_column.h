// SPDX-License-Identifier: Apache-2.0
// One generated text: its name and state, its tokens, what can be done with it.
#pragma once

#include "ui/models/generated_text_model.h"
#include "ui/panels/panel.h"
#include "ui/state/workbench.h"
#include "ui/views/generated_text_view.h"

class QToolButton;

namespace sinkscope::ui {

/// Owner: the generation panel. Threads: GUI thread.
class GenerationColumn : public QWidget {
    Q_OBJECT

public:
    GenerationColumn(Workbench &bench, GenerationFeed::Text text, QWidget *parent = nullptr);

    void setTheme(const Theme &theme);
    void refresh();
    GeneratedTextView *view() const { return m_view; }
    QString currentInWords() const; ///< the token that is chosen; empty: none

Q_SIGNALS:
    void currentMoved();

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    QToolButton *addButton(const char *objectName, const QString &text);
    void nameButtons();
    const GeneratedText *textOrNull() const;
    QString stateInWords(const GeneratedText &text) const;
    QString differenceInWords(const GenerationAnswer &answer) const;
    void showBeginning(const GenerationAnswer &answer); ///< of what differs, once all is there
    QString emptyText() const;
    QString plainText() const; ///< as it is copied: without its end token
    void copy();
    void openCurrent();

    Workbench &m_bench;
    GenerationFeed::Text m_text;
    QLabel *m_name;
    QLabel *m_difference;
    ElidedLabel *m_state;
    QToolButton *m_copy;
    QToolButton *m_open;
    GeneratedTextModel m_model;
    GeneratedTextView *m_view;
    int m_roomForWords = 0; ///< px from which on there is room for the long form
    bool m_wasComplete = false;
};

} // namespace sinkscope::ui
