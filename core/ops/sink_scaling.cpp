// SPDX-License-Identifier: Apache-2.0
// Closed forms written so that nothing cancels when a0 is 1 in fp32.
#include "core/ops/sink_scaling.h"

#include <cmath>
#include <cstddef>
#include <limits>

namespace sinkscope {

void scaleSink(std::span<float> row, double gamma)
{
    if (gamma == 1.0 || row.size() < 2)
        return;
    double rest = 0.0;
    for (const float weight : row.subspan(1))
        rest += static_cast<double>(weight);
    const double scaled = gamma * static_cast<double>(row[0]);
    const double sum = scaled + rest;
    if (!(sum > 0.0))
        return;
    row[0] = static_cast<float>(scaled / sum);
    for (float &weight : row.subspan(1))
        weight = static_cast<float>(static_cast<double>(weight) / sum);
}

double scaledSinkMass(double sinkMass, double restMass, double gamma)
{
    const double scaled = gamma * sinkMass;
    const double sum = scaled + restMass;
    return sum > 0.0 ? scaled / sum : sinkMass;
}

void scaledHeadOutput(const HeadOutputParts &parts, double gamma, std::span<float> out)
{
    double scaled = gamma * parts.sinkMass;
    double sum = scaled + parts.restMass;
    if (!(sum > 0.0)) { // a row of key 0 alone stays as it is
        scaled = parts.sinkMass;
        sum = parts.sinkMass + parts.restMass;
    }
    for (std::size_t element = 0; element < out.size(); ++element) {
        const double mixed = scaled * static_cast<double>(parts.valueOfSink[element])
            + static_cast<double>(parts.restOutput[element]);
        out[element] = static_cast<float>(mixed / sum);
    }
}

double pairDifferenceChange(double weightI, double weightJ, double sinkMass, double gamma)
{
    const double divisor = (gamma - 1.0) * sinkMass + 1.0;
    return std::abs(weightI - weightJ) * std::abs(gamma - 1.0) * sinkMass / divisor;
}

double entropyFromLogOdds(double sinkLogOdds, double restEntropyNats)
{
    const double sink = sinkMassFromLogOdds(sinkLogOdds);
    const double rest = sinkMassFromLogOdds(-sinkLogOdds);
    // -ln a0 = ln(1 + exp(-x)): exact where a0 itself rounds to 1
    const double sinkPart = sink > 0.0 ? sink * std::log1p(std::exp(-sinkLogOdds)) : 0.0;
    const double restPart = rest > 0.0 ? rest * std::log1p(std::exp(sinkLogOdds)) : 0.0;
    // exp overflows past 709; there -ln of the mass is the log odds itself
    const double sinkTerm = std::isfinite(sinkPart) ? sinkPart : -sink * sinkLogOdds;
    const double restTerm = std::isfinite(restPart) ? restPart : rest * sinkLogOdds;
    return sinkTerm + restTerm + rest * restEntropyNats;
}

double sinkMassFromLogOdds(double sinkLogOdds)
{
    return 1.0 / (1.0 + std::exp(-sinkLogOdds));
}

double scaledLogOdds(double sinkLogOdds, double gamma)
{
    if (gamma == 1.0 || sinkLogOdds == std::numeric_limits<double>::infinity())
        return sinkLogOdds;
    return sinkLogOdds + std::log(gamma);
}

} // namespace sinkscope
