// SPDX-License-Identifier: Apache-2.0
// What the model says now: answers, entropy, margin, next tokens, each against the baseline.
#pragma once

#include "ui/models/next_tokens_model.h"
#include "ui/panels/panel.h"
#include "ui/state/workbench.h"
#include "ui/views/answer_bars.h"
#include "ui/views/figure_list.h"
#include "ui/views/figure_table.h"

namespace sinkscope::ui {

class AnswersEdit;

/// Joins the output views to the state. Owner: its dock. Threads: GUI thread.
class OutputPanel : public Panel {
    Q_OBJECT

public:
    explicit OutputPanel(Workbench &bench, QWidget *parent = nullptr);

    void setTheme(const Theme &theme) override;
    /// Fewer figures and tokens where the window is small.
    void setDensity(Density density);
    /// Height in px with which all answers asked for, two at least, stand without scrolling.
    int heightWithAnswers() const;
    /// The same for up to three answers, which come and go without moving anything.
    int usualHeight() const;
    /// The same whatever is shown: answers and notes come and go without moving what lies below the panel.
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void answersShown(); ///< other answers than before

private:
    void connectState();
    void addTokenActions();
    void refresh();
    void refreshAsked();
    void refreshStale();
    void refreshNote();
    void refreshPosition();
    QString chatHint() const;
    int usualBars() const; ///< px
    int heightFor(int barsHeight, int tokens) const;

    Workbench &m_bench;
    PanelTitle *m_title;
    SegmentRow *m_position;
    QLabel *m_answersLabel;
    AnswersEdit *m_answersLine;
    ElidedLabel *m_answersNote;
    QString m_wordsTyped; // the answers as written last
    AnswerBars *m_bars;
    FigureList *m_figures;
    NextTokensModel m_tokens;
    FigureTable *m_table;
    std::vector<std::string> m_shownAnswers;
    Theme m_theme;
    Density m_density = Density::Full;
    bool m_showsLast = true; // else the output after the pinned row
};

} // namespace sinkscope::ui
