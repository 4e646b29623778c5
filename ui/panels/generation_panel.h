// SPDX-License-Identifier: Apache-2.0
// Text after the prompt without and with the edits, side by side.
#pragma once

#include "ui/panels/generation_column.h"
#include "ui/panels/generation_controls.h"

class QPushButton;

namespace sinkscope::ui {

/// Owner: its dock. Threads: GUI thread.
class GenerationPanel : public Panel {
    Q_OBJECT

public:
    explicit GenerationPanel(Workbench &bench, QWidget *parent = nullptr);

    void setTheme(const Theme &theme) override;
    QList<QWidget *> keyViews() const { return {m_baseline->view(), m_edited->view()}; }

protected:
    void showEvent(QShowEvent *event) override;

private:
    void addButtons();
    void refresh();
    void refreshTurns(); // of a conversation
    QString ageInWords() const;

    Workbench &m_bench;
    PanelTitle *m_title;
    QPushButton *m_generate;
    QPushButton *m_stop;
    GenerationControls *m_controls;
    ElidedLabel *m_turns;
    GenerationColumn *m_baseline;
    GenerationColumn *m_edited;
    GenerationColumn *m_moved = nullptr; // whose token was chosen last
};

} // namespace sinkscope::ui
