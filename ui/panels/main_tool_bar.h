// SPDX-License-Identifier: Apache-2.0
// The toolbar: perspectives, model, example prompts, undo, side, how far from the original.
#pragma once

#include "ui/panels/panel.h"
#include "ui/panels/perspective_tabs.h"
#include "ui/state/workbench.h"

#include <QtWidgets/QToolBar>

class QComboBox;
class QFrame;
class QPushButton;
class QToolButton;

namespace sinkscope::ui {

/// Owner: the window. Threads: GUI thread.
class MainToolBar : public QToolBar {
    Q_OBJECT

public:
    struct Parts {
        QList<QAction *> perspectives; ///< exclusive; each becomes a tab
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
    void nameModel(); ///< cut where room lacks
    void refreshEdits();
    void refreshExample();
    void chooseExample(int index);

    QToolButton *historyButton(QAction *action, const char *objectName);
    void connectState();

    Workbench &m_bench;
    QWidget *m_row;
    PerspectiveTabs *m_tabs;
    QFrame *m_line;
    QToolButton *m_model;
    QString m_modelName;
    Density m_density = Density::Full;
    QComboBox *m_examples;
    SegmentRow *m_side;
    QLabel *m_edited;
    QPushButton *m_reset;
};

} // namespace sinkscope::ui
