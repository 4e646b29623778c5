// SPDX-License-Identifier: Apache-2.0
// Multiplies each matrix twice and keeps the largest difference.
#include "core/analysis/backend_difference.h"

#include "core/analysis/pass_difference.h"
#include "core/base/random.h"

#include <algorithm>
#include <limits>
#include <set>

namespace sinkscope {

namespace {

constexpr std::size_t kRows = 9; // more than one block of rows of a kernel, and not a multiple of it

/// Nothing when cancelled; infinite when a stored value is not finite.
std::optional<double> matrixDifference(
    const WeightMatrix &loaded, Gemm &gemm, GemmBackend other, const StopToken &stop)
{
    WeightMatrix again;
    again.dtype = loaded.dtype;
    again.outputs = loaded.outputs;
    again.inputs = loaded.inputs;
    again.stored = loaded.stored;
    if (!prepareWeights(again, other, gemm.pool()))
        return std::numeric_limits<double>::infinity();
    Random random(loaded.inputs);
    double worst = 0.0;
    for (const std::size_t rows : {std::size_t {1}, kRows}) {
        Matrix x(rows, loaded.inputs);
        for (float &value : x.values())
            value = static_cast<float>(random.normal());
        Matrix ours(rows, loaded.outputs);
        Matrix theirs(rows, loaded.outputs);
        if (gemm.multiply(x.view(), loaded, ours.view(), stop) == WorkStatus::Cancelled
            || gemm.multiply(x.view(), again, theirs.view(), stop) == WorkStatus::Cancelled)
            return std::nullopt;
        worst = std::max(worst, relativeDifference(ours.values(), theirs.values()));
    }
    return worst;
}

} // namespace

std::optional<double> backendDifference(
    const Model &model, Gemm &gemm, GemmBackend other, const StopToken &stop)
{
    const std::size_t last = model.weights.layers.size() - 1;
    double worst = 0.0;
    for (const std::size_t layer : std::set<std::size_t> {0, last / 2, last})
        for (const auto member :
            {&LayerWeights::query, &LayerWeights::key, &LayerWeights::value, &LayerWeights::attentionOutput,
                &LayerWeights::gate, &LayerWeights::up, &LayerWeights::down}) {
            const std::optional<double> difference =
                matrixDifference(model.weights.layers[layer].*member, gemm, other, stop);
            if (!difference)
                return std::nullopt;
            worst = std::max(worst, *difference);
        }
    return worst;
}

} // namespace sinkscope
