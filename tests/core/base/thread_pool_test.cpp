// SPDX-License-Identifier: Apache-2.0
// The thread pool: every chunk once, workers apart, quiet between jobs.
#include "core/base/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <ctime>
#include <thread>
#include <vector>

namespace sinkscope {

namespace {

double processSeconds()
{
    timespec now = {};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

} // namespace

TEST(ThreadPool, CountsTheCaller)
{
    EXPECT_EQ(ThreadPool(1).threadCount(), 1);
    EXPECT_EQ(ThreadPool(4).threadCount(), 4);
    EXPECT_GE(ThreadPool().threadCount(), 1);
    EXPECT_GE(ThreadPool(-3).threadCount(), 1);
}

TEST(ThreadPool, AnotherNumberOfThreadsHoldsFromTheNextJob)
{
    ThreadPool pool(2);
    for (const int threads : {5, 1, 3, 3, 2}) {
        pool.resize(threads);
        EXPECT_EQ(pool.threadCount(), threads);
        std::vector<std::atomic<int>> runs(100);
        std::atomic<bool> isWorkerKnown {true};
        pool.parallelFor(runs.size(), [&](std::size_t chunk, int worker) {
            ++runs[chunk];
            isWorkerKnown = isWorkerKnown && worker >= 0 && worker < threads;
        });
        for (const std::atomic<int> &count : runs)
            EXPECT_EQ(count, 1);
        EXPECT_TRUE(isWorkerKnown);
    }
    pool.resize(0);
    EXPECT_EQ(pool.threadCount(), availableProcessors());
}

TEST(ThreadPool, EveryChunkRunsOnce)
{
    for (const int threads : {1, 2, 3, 8}) {
        ThreadPool pool(threads);
        for (const std::size_t chunks : {0U, 1U, 2U, 3U, 7U, 1000U}) {
            std::vector<std::atomic<int>> runs(chunks);
            pool.parallelFor(chunks, [&](std::size_t chunk, int) { ++runs[chunk]; });
            for (std::size_t chunk = 0; chunk < chunks; ++chunk)
                ASSERT_EQ(runs[chunk], 1) << threads << " threads, chunk " << chunk << " of " << chunks;
        }
    }
}

TEST(ThreadPool, ResultsAreThereWhenItReturns)
{
    ThreadPool pool(4);
    std::vector<std::size_t> squares(64); // plain memory: the return orders the writes before these reads
    for (std::size_t job = 0; job < 2000; ++job) {
        pool.parallelFor(
            squares.size(), [&](std::size_t chunk, int) { squares[chunk] = chunk * chunk + job; });
        for (std::size_t chunk = 0; chunk < squares.size(); ++chunk)
            ASSERT_EQ(squares[chunk], chunk * chunk + job) << "job " << job;
    }
}

TEST(ThreadPool, AWorkersNumberIsItsOwn)
{
    ThreadPool pool(4);
    std::vector<std::atomic<int>> inside(4);
    std::atomic<int> clashes {0};
    pool.parallelFor(200, [&](std::size_t, int worker) {
        ASSERT_GE(worker, 0);
        ASSERT_LT(worker, 4);
        if (++inside[static_cast<std::size_t>(worker)] != 1)
            ++clashes;
        std::this_thread::sleep_for(std::chrono::microseconds(50));
        --inside[static_cast<std::size_t>(worker)];
    });
    EXPECT_EQ(clashes, 0);
}

TEST(ThreadPool, SeveralThreadsTakePart)
{
    ThreadPool pool(2);
    std::atomic<int> arrived {0};
    std::atomic<bool> met {false};
    // Each of the two chunks waits for the other: one thread alone would never see both (it gives up after 20
    // s).
    pool.parallelFor(2, [&](std::size_t, int) {
        ++arrived;
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (arrived < 2 && std::chrono::steady_clock::now() < end)
            std::this_thread::yield();
        if (arrived == 2)
            met = true;
    });
    EXPECT_TRUE(met);
}

TEST(ThreadPool, SleepsBetweenJobs)
{
    ThreadPool pool(4);
    pool.parallelFor(8, [](std::size_t, int) {});
    const double before = processSeconds();
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    // Three spinning workers would take 0.3 s of one core or more; sleeping ones take next to nothing.
    EXPECT_LT(processSeconds() - before, 0.1);
}

TEST(ThreadPool, EndsAtOnceWhetherOrNotItWorked)
{
    for (int round = 0; round < 200; ++round) {
        ThreadPool pool(4);
        if (round % 2 == 0)
            pool.parallelFor(4, [](std::size_t, int) {});
    }
}

} // namespace sinkscope
