// SPDX-License-Identifier: Apache-2.0
// Ends of colour ranges that several views share: over all heads, and held while a slider moves.
#pragma once

#include "ui/state/app_state.h"

namespace sinkscope::ui {

/// Whether a held range may widen. One that began without any difference must: all colours would stand at
/// its ends.
enum class RangeGrowth { Still, MayGrow };

/// Greatest weights and changes over keys >= 1 of all heads, computed once per pair of snapshots, and the
/// ends that are held from the press of a slider until what it asks for is computed, so that colours do not
/// move under the hand. Owner: the composition root. Threads: GUI thread.
class SharedRange {
public:
    /// Ends of the colours of the selected head; 0: of its own values.
    struct Ends {
        double rest = 0.0; ///< keys >= 1
        double keyZero = 0.0; ///< of differences
        bool operator==(const Ends &) const = default;
    };

    explicit SharedRange(const AppState &state)
        : m_state(state)
    {
    }

    /// Over the rows from `firstRow` on: earlier ones share their weight among few keys.
    double greatestWeight(std::size_t firstRow);
    double greatestChange(std::size_t firstRow);
    double greatestKeyZeroChange();

    void hold(const Ends &ends, RangeGrowth growth);
    /// What is shown now: widens ends that may grow.
    void follow(const Ends &ends);
    void release();
    bool isHeld() const { return m_isHeld; }
    const Ends &held() const { return m_held; }
    RangeGrowth growth() const { return m_growth; }

private:
    bool isNew(std::shared_ptr<const Snapshot> &of) const;
    double greatestWeightOf(const Snapshot &snapshot, std::size_t firstRow);

    const AppState &m_state;
    std::shared_ptr<const Snapshot> m_weightOf;
    std::shared_ptr<const Snapshot> m_changeOf;
    std::shared_ptr<const Snapshot> m_keyZeroChangeOf;
    /// Of the layers of the baseline and of the last edited pass: below the edits they are the same.
    struct OfLayer {
        std::weak_ptr<const LayerRecord> record;
        std::size_t firstRow = 0;
        float greatest = 0.0F;
    };
    std::vector<OfLayer> m_layers;
    double m_weight = 0.0;
    double m_keyZeroChange = 0.0;
    double m_change = 0.0;
    bool m_isHeld = false;
    RangeGrowth m_growth = RangeGrowth::Still;
    Ends m_held;
};

} // namespace sinkscope::ui
