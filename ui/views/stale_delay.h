// SPDX-License-Identifier: Apache-2.0
// Dims what is older than the slider after 100 ms, and undims it at once.
#pragma once

#include "ui/theme/view_states.h"

#include <QObject>
#include <QTimer>

namespace sinkscope::ui {

/// Owner: the view it serves. Threads: GUI thread.
class StaleDelay : public QObject {
    Q_OBJECT
public:
    explicit StaleDelay(QObject *parent = nullptr);

    void setFreshness(Freshness freshness);
    bool isDimmed() const { return m_dimmed; } ///< what is to be painted

Q_SIGNALS:
    void dimmedChanged();

private:
    QTimer m_timer;
    Freshness m_freshness = Freshness::Fresh; ///< what was set
    bool m_dimmed = false;
};

} // namespace sinkscope::ui
