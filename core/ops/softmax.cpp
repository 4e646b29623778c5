// SPDX-License-Identifier: Apache-2.0
// The split softmax on Eigen's vectorised exponential.
#include "core/ops/softmax.h"

#include "core/ops/sink_scaling.h"

#include <Eigen/Core>
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
    Eigen::Map<Eigen::ArrayXf> rest(row.data() + 1, static_cast<Eigen::Index>(row.size()) - 1);
    const float restMax = rest.maxCoeff();
    if (restMax <= kRemovedScore) { // only key 0 is left
        rest.setZero();
        row[0] = 1.0F;
        summary.sinkLogOdds = std::numeric_limits<double>::infinity();
        return summary;
    }
    // H_r = ln Z - (1/Z) sum e^s s: no logarithm an element. Two sweeps: s is needed beside e^s.
    rest -= restMax;
    double sum = 0.0;
    double weighted = 0.0;
    constexpr Eigen::Index kBlock = 64; // fp32 sums of a block, then double: exact enough at any length
    Eigen::Array<float, kBlock, 1> shifted;
    for (Eigen::Index begin = 0; begin < rest.size(); begin += kBlock) {
        const Eigen::Index count = std::min(kBlock, rest.size() - begin);
        shifted.head(count) = rest.segment(begin, count);
        rest.segment(begin, count) = shifted.head(count).exp();
        sum += static_cast<double>(rest.segment(begin, count).sum());
        weighted += static_cast<double>((rest.segment(begin, count) * shifted.head(count)).sum());
    }
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
    rest *= static_cast<float>(summary.restMass / sum);
    return summary;
}

} // namespace sinkscope
