// SPDX-License-Identifier: Apache-2.0
// The sweep of `bench`.
#include "app/cli_bench_sweep.h"

#include "core/search/variant_batch.h"

namespace sinkscope {

SweepResult measureSweep(Session &session, Session &naiveSession, std::span<const TokenId> tokens, int runs)
{
    const ModelConfig &config = session.model().config;
    const LayerIndex middle(config.layerCount / 2);
    SweepResult result;
    result.tokens = static_cast<int>(tokens.size());
    result.variantsAtOnce = static_cast<int>(variantsAtOnce(tokens.size()));
    std::vector<Intervention> variants(variantsAtOnce(tokens.size()));
    for (std::size_t index = 0; index < variants.size(); ++index) {
        const auto heads = static_cast<std::size_t>(config.headCount);
        const HeadRef head {middle, HeadIndex(static_cast<std::int32_t>(index % heads))};
        const std::size_t round = index / heads; // the same heads again, with another factor
        variants[index].setFactor(head, 0.25 + 0.5 * static_cast<double>(round));
    }
    const Intervention none;
    PassRequest full;
    full.tokens = tokens;
    const auto baseline = session.run(full);
    naiveSession.run(full); // warms up
    const VariantBase base {
        .tokens = tokens, .pass = baseline, .intervention = &none, .focus = {middle, HeadIndex(0)}};
    const auto batch = [&] {
        runVariants(
            session.transformer(), base, variants, [](const VariantOutcome &) {}, StopToken {});
    };
    batch(); // warms up
    for (int run = 0; run < runs; ++run) {
        PassRequest naive = full;
        naive.intervention = &variants[static_cast<std::size_t>(run) % variants.size()];
        result.naive.time([&] { naiveSession.run(naive); });
        PassRequest single = naive;
        single.restartFrom = baseline;
        single.restartLayer = middle;
        result.single.time([&] { session.run(single); });
        result.batched.time(batch);
    }
    return result;
}

} // namespace sinkscope
