// SPDX-License-Identifier: Apache-2.0
// A pool that sleeps between jobs: an idle explorer must not burn a core.
#include "core/base/thread_pool.h"

#include <algorithm>
#include <sched.h>

namespace sinkscope {

int availableProcessors()
{
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0)
        return std::max(1, CPU_COUNT(&allowed));
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

ThreadPool::ThreadPool(int threadCount)
{
    start(threadCount);
}

ThreadPool::~ThreadPool()
{
    stop();
}

void ThreadPool::start(int threadCount)
{
    const int count = threadCount > 0 ? threadCount : availableProcessors();
    m_stopping = false;
    for (int worker = 1; worker < count; ++worker) // a job that ended before they began is not theirs
        m_workers.emplace_back([this, worker, seen = m_generation] { workerLoop(worker, seen); });
}

void ThreadPool::stop()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_wake.notify_all();
    for (std::thread &worker : m_workers)
        worker.join();
    m_workers.clear();
}

void ThreadPool::resize(int threadCount)
{
    const int count = threadCount > 0 ? threadCount : availableProcessors();
    if (count == this->threadCount())
        return;
    stop();
    start(count);
}

void ThreadPool::parallelFor(std::size_t chunkCount, FunctionRef<void(std::size_t, int)> work)
{
    if (chunkCount == 0)
        return;
    if (chunkCount == 1 || m_workers.empty()) {
        for (std::size_t chunk = 0; chunk < chunkCount; ++chunk)
            work(chunk, 0);
        return;
    }
    {
        const std::lock_guard lock(m_mutex);
        m_work = work;
        m_chunkCount = chunkCount;
        m_nextChunk = 0;
        m_running = static_cast<int>(m_workers.size());
        ++m_generation;
    }
    m_wake.notify_all();
    runChunks(0);
    std::unique_lock lock(m_mutex);
    m_done.wait(lock, [this] { return m_running == 0; });
    m_work = {};
}

void ThreadPool::runChunks(int worker)
{
    for (std::size_t chunk = m_nextChunk++; chunk < m_chunkCount; chunk = m_nextChunk++)
        m_work(chunk, worker);
}

void ThreadPool::workerLoop(int worker, std::size_t seen)
{
    for (;;) {
        {
            std::unique_lock lock(m_mutex);
            m_wake.wait(lock, [&] { return m_stopping || m_generation != seen; });
            if (m_stopping)
                return;
            seen = m_generation;
        }
        runChunks(worker);
        const std::lock_guard lock(m_mutex);
        if (--m_running == 0)
            m_done.notify_one();
    }
}

} // namespace sinkscope
