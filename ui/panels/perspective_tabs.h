// SPDX-License-Identifier: Apache-2.0
// The tabs of the perspectives, at the left of the toolbar.
#pragma once

#include "ui/theme/theme.h"

#include <QtWidgets/QButtonGroup>
#include <QtWidgets/QWidget>

class QAction;

namespace sinkscope::ui {

/// A flat tab for each action; the one that is checked is bold and underlined. Owner: the toolbar. Threads:
/// GUI thread.
class PerspectiveTabs : public QWidget {
    Q_OBJECT

public:
    /// The actions are exclusive, and outlive this.
    explicit PerspectiveTabs(const QList<QAction *> &actions, QWidget *parent = nullptr);

    void setTheme(const Theme &theme);

private:
    QButtonGroup m_group;
};

} // namespace sinkscope::ui
