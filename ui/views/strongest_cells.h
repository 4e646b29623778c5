// SPDX-License-Identifier: Apache-2.0
// Down-sampling of attention: where several cells share a px the strongest is seen.
#pragma once

#include <span>
#include <vector>

namespace sinkscope::ui {

/// What is strong: the greatest value or, of changes, the largest of either sign.
enum class Strength { Greatest, LargestChange };

/// Folds rows of cells into one row of px. Owner: its caller. Threads: any, one at a time.
class StrongestCells {
public:
    /// For rows of at most `keys` cells.
    StrongestCells(Strength strength, std::size_t keys);

    void clear();
    /// One row: cells 0 .. row.size() - 1; those after them are masked.
    void take(std::span<const float> row);
    /// How many cells the longest row had.
    std::size_t length() const { return m_length; }
    /// Precondition: 0 <= first <= last < length().
    float strongest(std::size_t first, std::size_t last) const;

private:
    Strength m_strength;
    std::size_t m_length = 0;
    std::vector<float> m_high; ///< [keys] the greatest of each key
    std::vector<float> m_low; ///< [keys] the least; of changes only
};

} // namespace sinkscope::ui
