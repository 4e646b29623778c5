// SPDX-License-Identifier: Apache-2.0
// Ends of colour ranges that several views share.
#include "ui/state/shared_range.h"

#include "ui/state/live_attention.h"

#include <algorithm>

namespace sinkscope::ui {

bool SharedRange::isNew(std::shared_ptr<const Snapshot> &of) const
{
    const std::shared_ptr<const Snapshot> edited = m_state.edited();
    if (!edited || of == edited || (of && m_state.isDragging()))
        return false;
    of = edited;
    return true;
}

double SharedRange::greatestWeight()
{
    if (isNew(m_weightOf))
        m_weight = std::max(greatestRestWeight(*m_state.baseline()), greatestRestWeight(*m_weightOf));
    return m_weight;
}

double SharedRange::greatestChange()
{
    if (isNew(m_changeOf))
        m_change = greatestRestChange(*m_state.baseline(), *m_changeOf);
    return m_change;
}

void SharedRange::hold(double maximum)
{
    if (m_state.isDragging())
        m_held = std::max(m_held, maximum);
}

} // namespace sinkscope::ui
