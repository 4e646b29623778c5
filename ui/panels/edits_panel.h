// SPDX-License-Identifier: Apache-2.0
// What was changed: the list of edits with switches and small sliders, groups, presets and the control.
#pragma once

#include "ui/panels/head_list.h"

class QMenu;
class QPushButton;
class QToolButton;

namespace sinkscope::ui {

/// The dock's panel. Owner: its dock. Threads: GUI thread.
class EditsPanel : public Panel {
    Q_OBJECT

public:
    explicit EditsPanel(Workbench &bench, QWidget *parent = nullptr);

    void setTheme(const Theme &theme) override;
    /// Lower rows where the window is small.
    void setDensity(Density density);

    HeadList &list() { return *m_list; }
    /// Menus of the buttons in the title; whoever can ask for names fills them.
    void setMenus(QMenu *groups, QMenu *presets);

Q_SIGNALS:
    void controlRequested(); ///< random heads in the place of the edited ones

private:
    void refresh();
    QString note() const;
    QToolButton *menuButton(const char *objectName, const QString &text, const QString &toolTip);

    Workbench &m_bench;
    PanelTitle *m_title;
    QToolButton *m_groups;
    QToolButton *m_presets;
    ElidedLabel *m_note; // solo, control
    HeadList *m_list;
    QLabel *m_empty;
    QPushButton *m_control;
    Density m_density = Density::Full;
};

} // namespace sinkscope::ui
