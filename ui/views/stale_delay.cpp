// SPDX-License-Identifier: Apache-2.0
// Implements the delayed dimming of stale values.
#include "ui/views/stale_delay.h"

namespace sinkscope::ui {
namespace {

constexpr int kDimAfterMs = 100; ///< most passes are done by then: no flicker

} // namespace

StaleDelay::StaleDelay(QObject *parent)
    : QObject(parent)
{
    m_timer.setSingleShot(true);
    m_timer.setInterval(kDimAfterMs);
    connect(&m_timer, &QTimer::timeout, this, [this] {
        m_dimmed = true;
        Q_EMIT dimmedChanged();
    });
}

void StaleDelay::setFreshness(Freshness freshness)
{
    if (m_freshness == freshness) {
        return;
    }
    m_freshness = freshness;
    if (freshness == Freshness::Stale) {
        m_timer.start();
        return;
    }
    m_timer.stop();
    if (m_dimmed) {
        m_dimmed = false;
        Q_EMIT dimmedChanged();
    }
}

} // namespace sinkscope::ui
