// SPDX-License-Identifier: Apache-2.0
// Times of repeated runs and their quantiles.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <vector>

namespace sinkscope {

using BenchClock = std::chrono::steady_clock;

inline double millisecondsBetween(BenchClock::time_point start, BenchClock::time_point end)
{
    return std::chrono::duration<double, std::milli>(end - start).count();
}

/// Times of one kind of work, in milliseconds; at least one.
struct Sample {
    std::vector<double> elapsedMs;

    /// Runs `work` and adds how long it took.
    template <typename Work> void time(const Work &work)
    {
        const auto start = BenchClock::now();
        work();
        elapsedMs.push_back(millisecondsBetween(start, BenchClock::now()));
    }
    /// Quantile by linear interpolation between the sorted times.
    double quantile(double share) const
    {
        std::vector<double> sorted = elapsedMs;
        std::sort(sorted.begin(), sorted.end());
        const double at = share * static_cast<double>(sorted.size() - 1);
        const auto below = static_cast<std::size_t>(std::floor(at));
        const std::size_t above = std::min(below + 1, sorted.size() - 1);
        return sorted[below] + (at - std::floor(at)) * (sorted[above] - sorted[below]);
    }
    double median() const { return quantile(0.5); }
    double worst() const { return quantile(1.0); }
};

} // namespace sinkscope
