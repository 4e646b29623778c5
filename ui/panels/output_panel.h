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
    /// The least height with two answers, also while there are none.
    int heightWithAnswers() const;

private:
    void connectState();
    void refresh();
    void refreshAsked();
    void refreshStale();
    void refreshNote();
    QString chatHint() const;
    std::vector<AnswerBar> bars(const Snapshot &shown) const;
    std::vector<Figure> figures(const Snapshot &shown) const;
    std::vector<NextTokenRow> tokenRows(const Snapshot &shown) const;
    bool hasChanges() const;

    Workbench &m_bench;
    PanelTitle *m_title;
    QLabel *m_answersLabel;
    AnswersEdit *m_answersLine;
    QLabel *m_answersNote;
    QString m_wordsTyped; // the answers as written last
    AnswerBars *m_bars;
    FigureList *m_figures;
    NextTokensModel m_tokens;
    FigureTable *m_table;
    Theme m_theme;
    Density m_density = Density::Full;
};

} // namespace sinkscope::ui
