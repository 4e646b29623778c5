// SPDX-License-Identifier: Apache-2.0
// The program's one pool of compute threads: every parallel product runs on it.
#pragma once

#include "core/base/function_ref.h"

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <thread>
#include <vector>

namespace sinkscope {

/// Processors that this process may use, at least 1.
int availableProcessors();

/// Runs the chunks of one job at a time on a fixed set of threads, the caller included.
/// Owner: the Engine or command that computes. Threads: parallelFor may be called from one thread at a time.
/// Validity: the function passed must not throw and must not call parallelFor of the same pool.
class ThreadPool {
public:
    /// `threadCount` <= 0 means one thread per processor that this process may use.
    explicit ThreadPool(int threadCount = 0);
    ~ThreadPool();
    ThreadPool(const ThreadPool &) = delete;
    ThreadPool &operator=(const ThreadPool &) = delete;

    /// Another number of threads, counted as in the constructor. Between jobs only; scratch memory that is
    /// laid out by thread has to follow threadCount().
    void resize(int threadCount);
    int threadCount() const { return static_cast<int>(m_workers.size()) + 1; }

    /// Calls `work(chunk, worker)` for every chunk in [0, chunkCount); `worker` in [0, threadCount()) names
    /// the thread, for scratch memory. Which thread runs a chunk is undefined, so a result must not depend on
    /// it.
    void parallelFor(std::size_t chunkCount, FunctionRef<void(std::size_t chunk, int worker)> work);

private:
    void start(int threadCount);
    void stop();
    void workerLoop(int worker, std::size_t seen);
    void runChunks(int worker);

    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::condition_variable m_done;
    FunctionRef<void(std::size_t, int)> m_work; // guarded by m_mutex, stable during a job
    std::size_t m_chunkCount = 0;
    std::atomic<std::size_t> m_nextChunk {0};
    std::size_t m_generation = 0;
    int m_running = 0;
    bool m_stopping = false;
    std::vector<std::thread> m_workers;
};

} // namespace sinkscope
