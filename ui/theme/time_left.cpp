// SPDX-License-Identifier: Apache-2.0
// Rounded coarsely: a figure that changes with every report would be read as exact.
#include "ui/theme/time_left.h"

#include <QtCore/QCoreApplication>

#include <algorithm>
#include <cmath>

namespace sinkscope::ui {

namespace {

// Before this the rate of one layer or tensor stands for all.
constexpr double kSettledSeconds = 0.5;

/// Whole seconds up to 10, steps of 5 up to a minute, minutes above.
QString rounded(double seconds)
{
    const auto tr = [](const char *text) { return QCoreApplication::translate("TimeLeft", text); };
    if (seconds < 1.5)
        return tr("about 1 s left");
    if (seconds < 10.0)
        return tr("about %1 s left").arg(std::lround(seconds));
    if (seconds < 57.5)
        return tr("about %1 s left").arg(5 * std::lround(seconds / 5.0));
    return tr("about %1 min left").arg(std::max(1L, std::lround(seconds / 60.0)));
}

} // namespace

QString TimeLeft::text(double fraction, double nowSeconds)
{
    if (!m_begin || fraction < m_last)
        m_begin = {fraction, nowSeconds};
    m_last = fraction;
    const double done = fraction - m_begin->fraction;
    const double elapsed = nowSeconds - m_begin->seconds;
    if (done <= 0.0 || elapsed < kSettledSeconds || fraction >= 1.0)
        return {};
    return rounded(elapsed * (1.0 - fraction) / done);
}

} // namespace sinkscope::ui
