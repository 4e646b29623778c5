// SPDX-License-Identifier: Apache-2.0
// Dims what is older than the slider after 100 ms, and undims it at once.
#pragma once

#include <QObject>
#include <QTimer>

namespace sinkscope::ui {

/// Owner: the view it serves. Threads: GUI thread.
class StaleDelay : public QObject {
    Q_OBJECT
public:
    explicit StaleDelay(QObject *parent = nullptr);

    void setStale(bool stale);
    bool isStale() const { return m_stale; } ///< what was set
    bool isDimmed() const { return m_dimmed; } ///< what is to be painted

Q_SIGNALS:
    void dimmedChanged(bool dimmed);

private:
    QTimer m_timer;
    bool m_stale = false;
    bool m_dimmed = false;
};

} // namespace sinkscope::ui
