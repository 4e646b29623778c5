// SPDX-License-Identifier: Apache-2.0
// Solo and mute: which edits act, as one step each.
#pragma once

#include "ui/state/app_state.h"

namespace sinkscope::ui {

/// Solo lets the edits of chosen heads act alone and remembers the switches of all others; mute switches the
/// edits of chosen heads. Edits of all kinds take part. Owner: Workbench. Threads: GUI thread. Validity: the
/// state must outlive it.
class Solo {
public:
    explicit Solo(AppState &state)
        : m_state(state)
    {
    }

    /// The edits of `heads` alone act, or, where they do already, the switches are again as they were.
    /// Without an edit of one of them nothing happens: the reason comes back.
    std::optional<QString> toggle(const std::vector<HeadRef> &heads);
    /// Switches the edits of `heads` off, or on where all of them are off.
    std::optional<QString> toggleMute(const std::vector<HeadRef> &heads);

    /// The heads whose edits act alone by solo, ascending; none without solo or when a switch was turned
    /// since.
    std::vector<HeadRef> heads() const;

private:
    struct Memory {
        EditList before; ///< its switches come back
        std::vector<HeadRef> heads; ///< ascending
    };
    void end();

    AppState &m_state;
    std::optional<Memory> m_memory;
};

/// "L15 H3", or "3 heads".
QString headsName(const std::vector<HeadRef> &heads);

} // namespace sinkscope::ui
