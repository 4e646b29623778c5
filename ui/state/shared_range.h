// SPDX-License-Identifier: Apache-2.0
// Ends of colour ranges that several views share: over all heads, and held while a slider moves.
#pragma once

#include "ui/state/app_state.h"

namespace sinkscope::ui {

/// Greatest weights and changes over keys >= 1 of all heads, computed once per pair of snapshots and not
/// renewed during a drag, so that colours do not move under the hand. Owner: the composition root. Threads:
/// GUI thread.
class SharedRange {
public:
    explicit SharedRange(const AppState &state)
        : m_state(state)
    {
    }

    double greatestWeight();
    double greatestChange();

    /// End of the selected head's own range: during a drag it may grow, never shrink.
    void hold(double maximum);
    void release() { m_held = 0.0; }
    double held() const { return m_held; }

private:
    bool isNew(std::shared_ptr<const Snapshot> &of) const;

    const AppState &m_state;
    std::shared_ptr<const Snapshot> m_weightOf;
    std::shared_ptr<const Snapshot> m_changeOf;
    double m_weight = 0.0;
    double m_change = 0.0;
    double m_held = 0.0;
};

} // namespace sinkscope::ui
