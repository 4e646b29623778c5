// SPDX-License-Identifier: Apache-2.0
// A mailbox with one slot: the newest letter replaces a waiting one.
#pragma once

#include <optional>
#include <utility>

namespace sinkscope {

/// Holds at most one value; putting another drops the first. Not synchronised: the owner guards it.
template <typename T> class LatestMailbox {
public:
    void put(T value) { m_slot = std::move(value); }
    std::optional<T> take() { return std::exchange(m_slot, std::nullopt); }
    bool empty() const { return !m_slot.has_value(); }
    void clear() { m_slot.reset(); }

private:
    std::optional<T> m_slot;
};

} // namespace sinkscope
