// SPDX-License-Identifier: Apache-2.0
// Variants per second: stacked, one by one from the restart layer, and as naive full passes.
#pragma once

#include "app/cli_bench_sample.h"
#include "app/cli_session.h"

#include <span>

namespace sinkscope {

/// What a sweep over the heads of the middle layer costs.
struct SweepResult {
    int tokens = 0;
    int variantsAtOnce = 0; ///< variants in one run of `batched`
    Sample naive; ///< one full pass with capture on `naiveSession`
    Sample single; ///< one restart at the middle layer
    Sample batched; ///< one stack of variants

    double naivePerSecond() const { return 1000.0 / naive.median(); }
    double singlePerSecond() const { return 1000.0 / single.median(); }
    double batchedPerSecond() const { return 1000.0 * variantsAtOnce / batched.median(); }
};

/// `runs` of each way in turn, one head of the middle layer per variant. `naiveSession` may be `session`.
SweepResult measureSweep(Session &session, Session &naiveSession, std::span<const TokenId> tokens, int runs);

} // namespace sinkscope
