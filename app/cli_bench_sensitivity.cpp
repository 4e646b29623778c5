// SPDX-License-Identifier: Apache-2.0
// The derivatives of `bench`.
#include "app/cli_bench_sensitivity.h"

#include "core/analysis/sensitivity.h"

namespace sinkscope {

SensitivityCost measureSensitivity(Session &session, std::span<const TokenId> tokens, int runs)
{
    SensitivityCost cost;
    cost.tokens = static_cast<int>(tokens.size());
    PassRequest full;
    full.tokens = tokens;
    const std::shared_ptr<const PassResult> pass = session.run(full);
    BackwardPass backward(session.model(), session.gemm());
    SensitivityRequest wanted;
    wanted.pass = pass.get();
    wanted.answers = {" negative", " positive"};
    const auto derive = [&] { deriveOutput(backward, wanted, StopToken {}); };
    derive(); // warms up
    for (int run = 0; run < runs; ++run) {
        cost.full.time([&] { session.run(full); });
        cost.derivatives.time(derive);
    }
    return cost;
}

} // namespace sinkscope
