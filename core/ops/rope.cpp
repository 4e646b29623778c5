// SPDX-License-Identifier: Apache-2.0
// Tables and rotation of RotaryTable.
#include "core/ops/rope.h"

#include <cmath>

namespace sinkscope {

RotaryTable::RotaryTable(std::size_t rotarySize, double base, std::span<const float> frequencyDivisors)
    : m_pairs(rotarySize / 2)
{
    m_inverseFrequencies.reserve(m_pairs);
    for (std::size_t pair = 0; pair < m_pairs; ++pair) {
        const float exponent = static_cast<float>(2 * pair) / static_cast<float>(rotarySize);
        float frequency = 1.0F / std::pow(static_cast<float>(base), exponent);
        if (!frequencyDivisors.empty())
            frequency /= frequencyDivisors[pair];
        m_inverseFrequencies.push_back(frequency);
    }
}

void RotaryTable::reserve(std::size_t positions)
{
    const std::size_t present = m_pairs == 0 ? positions : m_cosines.size() / m_pairs;
    for (std::size_t position = present; position < positions; ++position)
        for (const float frequency : m_inverseFrequencies) {
            const float angle = static_cast<float>(position) * frequency;
            m_cosines.push_back(static_cast<float>(std::cos(static_cast<double>(angle))));
            m_sines.push_back(static_cast<float>(std::sin(static_cast<double>(angle))));
        }
}

template <RotaryTable::Direction kDirection>
void RotaryTable::rotatePairs(std::span<float> head, std::size_t position, RotaryLayout layout) const
{
    const float *cosines = m_cosines.data() + position * m_pairs;
    const float *sines = m_sines.data() + position * m_pairs;
    const std::size_t step = layout == RotaryLayout::Interleaved ? 2 : 1;
    const std::size_t distance = layout == RotaryLayout::Interleaved ? 1 : m_pairs;
    for (std::size_t pair = 0; pair < m_pairs; ++pair) {
        float &first = head[pair * step];
        float &second = head[pair * step + distance];
        const float a = first;
        const float b = second;
        if constexpr (kDirection == Direction::Forward) {
            first = a * cosines[pair] - b * sines[pair];
            second = b * cosines[pair] + a * sines[pair];
        } else {
            first = a * cosines[pair] + b * sines[pair];
            second = b * cosines[pair] - a * sines[pair];
        }
    }
}

void RotaryTable::rotate(std::span<float> head, std::size_t position, RotaryLayout layout) const
{
    rotatePairs<Direction::Forward>(head, position, layout);
}

void RotaryTable::rotateBack(std::span<float> head, std::size_t position, RotaryLayout layout) const
{
    rotatePairs<Direction::Back>(head, position, layout);
}

} // namespace sinkscope
