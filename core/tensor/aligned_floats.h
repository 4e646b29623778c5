// SPDX-License-Identifier: Apache-2.0
// A large fp32 buffer on cache-line and, where it pays, huge-page boundaries.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <span>
#include <sys/mman.h>

namespace sinkscope {

/// `size` floats, not initialised. Move-only. Buffers over 2 MiB ask for huge pages: streaming weights
/// through 4 KiB pages misses the TLB once a page.
class AlignedFloats {
public:
    AlignedFloats() = default;
    explicit AlignedFloats(std::size_t size)
        : m_size(size)
    {
        const std::size_t alignment = alignmentOf(size);
        const std::size_t rounded = bytesOf(size);
        m_values.reset(static_cast<float *>(std::aligned_alloc(alignment, rounded)));
        if (!m_values)
            throw std::bad_alloc();
        if (alignment == kHugePage)
            ::madvise(m_values.get(), rounded, MADV_HUGEPAGE); // a wish; without it only speed is lost
    }

    /// Memory that a buffer of `size` floats takes: whole huge pages where it asks for them.
    static std::size_t bytesOf(std::size_t size)
    {
        const std::size_t alignment = alignmentOf(size);
        return (size * sizeof(float) + alignment - 1) / alignment * alignment;
    }

    bool empty() const { return m_size == 0; }
    float *data() { return m_values.get(); }
    const float *data() const { return m_values.get(); }
    std::span<float> values() { return {m_values.get(), m_size}; }

private:
    static constexpr std::size_t kHugePage = std::size_t {2} << 20;
    static std::size_t alignmentOf(std::size_t size)
    {
        constexpr std::size_t kCacheLine = 64;
        return size * sizeof(float) >= kHugePage ? kHugePage : kCacheLine;
    }
    struct Free {
        void operator()(float *values) const { std::free(values); }
    };
    std::unique_ptr<float, Free> m_values;
    std::size_t m_size = 0;
};

} // namespace sinkscope
