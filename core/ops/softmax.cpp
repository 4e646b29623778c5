// SPDX-License-Identifier: Apache-2.0
// The split softmax on the vectorised exponential.
#include "core/ops/softmax.h"

#include "core/ops/row_kernels.h"
#include "core/ops/sink_scaling.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sinkscope {

RowSummary sinkSplitSoftmax(std::span<float> row, double gamma)
{
    RowSummary summary;
    if (row.size() == 1) {
        row[0] = 1.0F;
        summary.sinkLogOdds = std::numeric_limits<double>::infinity();
        return summary;
    }
    const std::span<float> rest = row.subspan(1);
    const float restMax = largestOf(rest);
    if (restMax <= kRemovedScore) { // only key 0 is left
        std::fill(rest.begin(), rest.end(), 0.0F);
        row[0] = 1.0F;
        summary.sinkLogOdds = std::numeric_limits<double>::infinity();
        return summary;
    }
    // H_r = ln Z - (1/Z) sum e^s s: no logarithm an element.
    const auto [sum, weighted] = expShifted(rest, restMax);
    const double logSum = std::log(sum);
    summary.restEntropy = std::max(0.0, logSum - weighted / sum);
    summary.sinkLogOdds = row[0] <= kRemovedScore
        ? -std::numeric_limits<double>::infinity()
        : static_cast<double>(row[0]) - static_cast<double>(restMax) - logSum;
    const double logOdds = scaledLogOdds(summary.sinkLogOdds, gamma);
    summary.sinkMass = sinkMassFromLogOdds(logOdds);
    summary.restMass = sinkMassFromLogOdds(-logOdds);
    summary.entropy = entropyFromLogOdds(logOdds, summary.restEntropy);
    row[0] = static_cast<float>(summary.sinkMass);
    scaleBy(rest, static_cast<float>(summary.restMass / sum));
    return summary;
}

} // namespace sinkscope
