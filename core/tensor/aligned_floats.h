// SPDX-License-Identifier: Apache-2.0
// A large buffer of numbers on cache-line and, where it pays, huge-page boundaries.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <span>
#include <sys/mman.h>

namespace sinkscope {

/// `size` numbers, not initialised. Move-only. Buffers over 2 MiB ask for huge pages: streaming weights
/// through 4 KiB pages misses the TLB once a page.
template <typename Value> class AlignedBuffer {
public:
    AlignedBuffer() = default;
    explicit AlignedBuffer(std::size_t size)
        : m_size(size)
    {
        const std::size_t alignment = alignmentOf(size);
        const std::size_t rounded = bytesOf(size);
        m_values.reset(static_cast<Value *>(std::aligned_alloc(alignment, rounded)));
        if (!m_values)
            throw std::bad_alloc();
        if (alignment == kHugePage)
            ::madvise(m_values.get(), rounded, MADV_HUGEPAGE); // a wish; without it only speed is lost
    }

    /// Memory that a buffer of `size` numbers takes: whole huge pages where it asks for them.
    static std::size_t bytesOf(std::size_t size)
    {
        const std::size_t alignment = alignmentOf(size);
        return (size * sizeof(Value) + alignment - 1) / alignment * alignment;
    }

    bool empty() const { return m_size == 0; }
    std::size_t size() const { return m_size; }
    Value *data() { return m_values.get(); }
    const Value *data() const { return m_values.get(); }
    std::span<Value> values() { return {m_values.get(), m_size}; }

private:
    static constexpr std::size_t kHugePage = std::size_t {2} << 20;
    static std::size_t alignmentOf(std::size_t size)
    {
        constexpr std::size_t kCacheLine = 64;
        return size * sizeof(Value) >= kHugePage ? kHugePage : kCacheLine;
    }
    struct Free {
        void operator()(Value *values) const { std::free(values); }
    };
    std::unique_ptr<Value, Free> m_values;
    std::size_t m_size = 0;
};

using AlignedFloats = AlignedBuffer<float>;

} // namespace sinkscope
