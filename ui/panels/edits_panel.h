// SPDX-License-Identifier: Apache-2.0
// What was changed: the list of edits with switches and small sliders.
#pragma once

#include "ui/panels/head_list.h"

namespace sinkscope::ui {

/// The dock's panel. Owner: its dock. Threads: GUI thread.
class EditsPanel : public Panel {
    Q_OBJECT

public:
    explicit EditsPanel(Workbench &bench, QWidget *parent = nullptr);

    void setTheme(const Theme &theme) override;
    /// Lower rows where the window is small.
    void setDensity(Density density);

private:
    void refresh();

    Workbench &m_bench;
    PanelTitle *m_title;
    HeadList *m_list;
    QLabel *m_empty;
};

} // namespace sinkscope::ui
