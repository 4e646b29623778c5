// SPDX-License-Identifier: Apache-2.0
// The logit lens: what each layer would predict at the position that is shown.
#pragma once

#include "ui/models/lens_model.h"
#include "ui/panels/panel.h"
#include "ui/state/workbench.h"
#include "ui/views/figure_table.h"

namespace sinkscope::ui {

/// A table of the layers, computed while it is on screen. Owner: its dock. Threads: GUI thread.
class LensPanel : public Panel {
    Q_OBJECT

public:
    explicit LensPanel(Workbench &bench, QWidget *parent = nullptr);

    void setTheme(const Theme &theme) override;
    QSize minimumSizeHint() const override;

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    void refresh();
    void refreshStale();
    LensTableData tableOf(const PositionAnswer &answer) const;

    Workbench &m_bench;
    PanelTitle *m_title;
    LensModel m_model;
    FigureTable *m_table;
};

} // namespace sinkscope::ui
