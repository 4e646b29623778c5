// SPDX-License-Identifier: Apache-2.0
// Distinct types for distinct indices, so that a head is never passed where a layer is meant.
#pragma once

#include <cstddef> // before <compare>: moc of Qt 5 needs its macros there
#include <compare>
#include <cstdint>
#include <functional>

namespace sinkscope {

/// An integer that knows what it counts. `value` is zero-based.
template <typename Tag> struct Index {
    std::int32_t value = 0;

    constexpr Index() = default;
    constexpr explicit Index(std::int32_t v)
        : value(v)
    {
    }
    constexpr std::size_t asSize() const { return static_cast<std::size_t>(value); }
    constexpr auto operator<=>(const Index &) const = default;
    constexpr Index &operator++()
    {
        ++value;
        return *this;
    }
};

using LayerIndex = Index<struct LayerTag>;
using HeadIndex = Index<struct HeadTag>; ///< a query head
using KvHeadIndex = Index<struct KvHeadTag>; ///< a key/value head, shared by a group of query heads
using TokenPos = Index<struct TokenPosTag>; ///< a position in the sequence
using TokenId = Index<struct TokenIdTag>; ///< an entry of the vocabulary

/// One query head of one layer.
struct HeadRef {
    LayerIndex layer;
    HeadIndex head;
    constexpr auto operator<=>(const HeadRef &) const = default;
};

} // namespace sinkscope

template <typename Tag> struct std::hash<sinkscope::Index<Tag>> {
    std::size_t operator()(sinkscope::Index<Tag> index) const noexcept
    {
        return std::hash<std::int32_t> {}(index.value);
    }
};
