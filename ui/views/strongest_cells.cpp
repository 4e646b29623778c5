// SPDX-License-Identifier: Apache-2.0
// Down-sampling of attention.
#include "ui/views/strongest_cells.h"

#include <algorithm>
#include <limits>

namespace sinkscope::ui {

StrongestCells::StrongestCells(Strength strength, std::size_t keys)
    : m_strength(strength)
    , m_high(keys)
    , m_low(strength == Strength::LargestChange ? keys : 0)
{
    clear();
}

void StrongestCells::clear()
{
    m_length = 0;
    std::fill(m_high.begin(), m_high.end(), std::numeric_limits<float>::lowest());
    std::fill(m_low.begin(), m_low.end(), std::numeric_limits<float>::max());
}

// Key by key over rows, which the compiler does eight at a time; along a row it may not reorder comparisons.
void StrongestCells::take(std::span<const float> row)
{
    const std::size_t count = row.size();
    m_length = std::max(m_length, count);
    const float *from = row.data();
    float *high = m_high.data();
    for (std::size_t key = 0; key < count; ++key)
        high[key] = from[key] > high[key] ? from[key] : high[key];
    if (m_strength == Strength::Greatest)
        return;
    float *low = m_low.data();
    for (std::size_t key = 0; key < count; ++key)
        low[key] = from[key] < low[key] ? from[key] : low[key];
}

float StrongestCells::strongest(std::size_t first, std::size_t last) const
{
    float high = m_high[first];
    for (std::size_t key = first + 1; key <= last; ++key)
        high = m_high[key] > high ? m_high[key] : high;
    if (m_strength == Strength::Greatest)
        return high;
    float low = m_low[first];
    for (std::size_t key = first + 1; key <= last; ++key)
        low = m_low[key] < low ? m_low[key] : low;
    return -low > high ? low : high;
}

} // namespace sinkscope::ui
