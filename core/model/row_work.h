// SPDX-License-Identifier: Apache-2.0
// Row-wise work shared among the threads of the pool.
#pragma once

#include "core/base/thread_pool.h"

#include <algorithm>

namespace sinkscope {

/// Calls `work(row)` for every row in [0, rows), some rows at a time on each thread.
template <typename RowWork> void forRows(ThreadPool &pool, std::size_t rows, const RowWork &work)
{
    constexpr std::size_t kRowsPerChunk = 16;
    pool.parallelFor((rows + kRowsPerChunk - 1) / kRowsPerChunk, [&](std::size_t chunk, int) {
        const std::size_t end = std::min(rows, (chunk + 1) * kRowsPerChunk);
        for (std::size_t row = chunk * kRowsPerChunk; row < end; ++row)
            work(row);
    });
}

} // namespace sinkscope
