// SPDX-License-Identifier: Apache-2.0
// How likely a token is under the logits that it was chosen from.
#include "core/model/text_generator.h"

#include <algorithm>
#include <cmath>

namespace sinkscope {

double logSumExp(std::span<const float> logits)
{
    const auto largest = static_cast<double>(*std::ranges::max_element(logits));
    double sum = 0.0;
    for (const float logit : logits)
        sum += std::exp(static_cast<double>(logit) - largest);
    return largest + std::log(sum);
}

GeneratedToken tokenUnder(std::span<const float> logits, TokenId id)
{
    const float own = logits[id.asSize()];
    int before = 0;
    for (std::size_t other = 0; other < logits.size(); ++other) {
        if (logits[other] > own || (logits[other] == own && other < id.asSize()))
            ++before;
    }
    return {.id = id, .logProbability = static_cast<double>(own) - logSumExp(logits), .rank = before + 1};
}

} // namespace sinkscope
