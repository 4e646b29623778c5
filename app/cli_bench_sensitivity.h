// SPDX-License-Identifier: Apache-2.0
// What the derivatives by all heads cost, in full passes.
#pragma once

#include "app/cli_bench_sample.h"
#include "app/cli_session.h"

#include <span>

namespace sinkscope {

/// The two scalars of `sensitivity` (margin and output entropy) against full passes of the same prompt.
struct SensitivityCost {
    int tokens = 0;
    Sample full; ///< a full pass with all attention captured
    Sample derivatives; ///< by all heads at a pass that is there

    /// Of medians.
    double ratioToFull() const { return derivatives.median() / full.median(); }
};

/// `runs` of both, in turn.
SensitivityCost measureSensitivity(Session &session, std::span<const TokenId> tokens, int runs);

} // namespace sinkscope
