// SPDX-License-Identifier: Apache-2.0
// Room for a panel in a window that is too small for it.
#pragma once

#include "ui/panels/panel.h"

#include <QtWidgets/QScrollArea>

namespace sinkscope::ui {

/// Asks for the panel's least size, or for less where it is told so: then the panel scrolls.
/// Owner: its dock. Threads: GUI thread.
class PanelScroll : public QScrollArea {
    Q_OBJECT

public:
    explicit PanelScroll(ui::Panel *panel, QWidget *parent = nullptr);

    /// px: what the place may shrink to, however much the panel needs.
    void setGreatestLeast(const QSize &size);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    bool viewportEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void fitPanel();

    QSize m_greatestLeast {QWIDGETSIZE_MAX, QWIDGETSIZE_MAX};
};

} // namespace sinkscope::ui
