// SPDX-License-Identifier: Apache-2.0
// The toolbar: model, example prompts, undo, side, how far from the original.
#pragma once

#include "ui/panels/panel.h"
#include "ui/state/workbench.h"

#include <QtWidgets/QToolBar>

class QComboBox;
class QPushButton;
class QToolButton;

namespace sinkscope::ui {

/// Owner: the window. Threads: GUI thread.
class MainToolBar : public QToolBar {
    Q_OBJECT

public:
    struct Parts {
        QMenu *modelMenu; ///< opens below the model's name
        QAction *undo;
        QAction *redo;
    };
    MainToolBar(Workbench &bench, const Parts &parts, QWidget *parent = nullptr);

    void setTheme(const Theme &theme);
    void setDensity(Density density);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void makeRoom(); ///< the count of edited heads goes where room lacks
    void refreshModel();
    void refreshEdits();
    void refreshExample();
    void chooseExample(int index);

    QToolButton *historyButton(QAction *action, const char *objectName);
    void connectState();

    Workbench &m_bench;
    QWidget *m_row;
    QToolButton *m_model;
    QComboBox *m_examples;
    SegmentRow *m_side;
    QLabel *m_edited;
    QPushButton *m_reset;
};

} // namespace sinkscope::ui
