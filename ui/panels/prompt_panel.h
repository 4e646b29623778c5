// SPDX-License-Identifier: Apache-2.0
// The prompt: tokens under the reading of the pinned query, or a text editor; raw or chat; the badge of
// position 0.
#pragma once

#include "ui/panels/panel.h"
#include "ui/panels/strip_reading.h"
#include "ui/state/workbench.h"
#include "ui/views/initial_token_badge.h"
#include "ui/views/token_strip_view.h"

class QLineEdit;
class QStackedLayout;
class QToolButton;

namespace sinkscope::ui {

class InitialTokenPanel;
class PromptEditor;

/// Joins strip, editor and badge to the state. Owner: the perspective. Threads: GUI thread.
class PromptPanel : public Panel {
    Q_OBJECT

public:
    explicit PromptPanel(Workbench &bench, QWidget *parent = nullptr);

    void setTheme(const Theme &theme) override;
    QWidget *view() const { return m_strip; }
    void startEditing();
    bool isEditing() const;
    int heightOfLines(int lines) const; ///< px with `lines` lines of tokens
    int heightOfAll() const; ///< px with all lines at the present width

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    QWidget *makeSystemRow();
    void connectViews();
    void actOnBadge(); // shows what is known of position 0
    void commit();
    void refuseDraft(const QString &sentence); // what is written is not asked; empty: it is
    void compareDraft(); // tells the state whether what is written is what was asked
    void takeBack();
    void endEditing();
    void commitSystem();
    void chooseForm(int index);
    void refreshAsked(); // what is asked: form, system text, error
    void refresh(); // what was answered: tokens, weights, badge
    void refreshQuery();
    TokenStripData stripData() const;
    QString readingInWords(const TokenStripData &strip) const;

    Workbench &m_bench;
    Theme m_theme;
    PanelTitle *m_title;
    SegmentRow *m_form;
    QToolButton *m_editButton;
    StripReadingButton *m_reading;
    InitialTokenBadge *m_badge;
    InitialTokenPanel *m_inspector = nullptr; // once it was asked for
    QWidget *m_systemRow;
    QLineEdit *m_system;
    QWidget *m_page;
    QStackedLayout *m_stack;
    TokenStripView *m_strip;
    PromptEditor *m_editor;
    QLabel *m_error;
    QString m_draftRefusal;
    bool m_reopensIfRefused = false; // the editor was left by Return
    PromptSpec m_promptBefore; // when the editor was opened
    int m_stepsBefore = 0; // of the undo stack, when editing began
};

} // namespace sinkscope::ui
