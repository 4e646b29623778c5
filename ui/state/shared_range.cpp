// SPDX-License-Identifier: Apache-2.0
// Ends of colour ranges that several views share.
#include "ui/state/shared_range.h"

#include "ui/state/live_attention.h"

#include <algorithm>

namespace sinkscope::ui {

bool SharedRange::isNew(std::shared_ptr<const Snapshot> &of) const
{
    const std::shared_ptr<const Snapshot> edited = m_state.edited();
    if (!edited || of == edited || (of && m_isHeld && m_growth == RangeGrowth::Still))
        return false;
    of = edited;
    return true;
}

double SharedRange::greatestWeightOf(const Snapshot &snapshot, std::size_t firstRow)
{
    float greatest = 0.0F;
    for (const std::shared_ptr<const LayerRecord> &record : snapshot.pass->layers) {
        const auto known = std::find_if(m_layers.begin(), m_layers.end(), [&](const OfLayer &layer) {
            return layer.firstRow == firstRow && !layer.record.owner_before(record)
                && !record.owner_before(layer.record);
        });
        if (known != m_layers.end()) {
            greatest = std::max(greatest, known->greatest);
            continue;
        }
        m_layers.push_back({record, firstRow, greatestRestWeight(*record, firstRow)});
        greatest = std::max(greatest, m_layers.back().greatest);
    }
    return greatest;
}

double SharedRange::greatestWeight(std::size_t firstRow)
{
    if (isNew(m_weightOf)) {
        std::erase_if(m_layers, [](const OfLayer &layer) { return layer.record.expired(); });
        m_weight = std::max(
            greatestWeightOf(*m_state.baseline(), firstRow), greatestWeightOf(*m_weightOf, firstRow));
    }
    return m_weight;
}

double SharedRange::greatestKeyZeroChange()
{
    if (isNew(m_keyZeroChangeOf)) {
        const double change = ui::greatestKeyZeroChange(*m_state.baseline(), *m_keyZeroChangeOf);
        m_keyZeroChange = m_isHeld ? std::max(m_keyZeroChange, change) : change;
    }
    return m_keyZeroChange;
}

double SharedRange::greatestChange(std::size_t firstRow)
{
    if (isNew(m_changeOf)) {
        const double change = greatestRestChange(*m_state.baseline(), *m_changeOf, firstRow);
        m_change = m_isHeld ? std::max(m_change, change) : change;
    }
    return m_change;
}

void SharedRange::hold(const Ends &ends, RangeGrowth growth)
{
    m_isHeld = true;
    m_growth = growth;
    m_held = growth == RangeGrowth::Still ? ends : Ends();
}

void SharedRange::follow(const Ends &ends)
{
    if (!m_isHeld || m_growth == RangeGrowth::Still)
        return;
    m_held.rest = std::max(m_held.rest, ends.rest);
    m_held.keyZero = std::max(m_held.keyZero, ends.keyZero);
}

void SharedRange::release()
{
    m_isHeld = false;
    m_held = Ends();
}

} // namespace sinkscope::ui
