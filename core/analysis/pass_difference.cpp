// SPDX-License-Identifier: Apache-2.0
// Compares records weight by weight; what is not a number counts as infinitely far.
#include "core/analysis/pass_difference.h"

#include "core/analysis/closed_form.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sinkscope {

namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

/// The larger of two distances, where NaN is the largest of all.
double farther(double worst, double distance)
{
    return std::isnan(distance) ? kInfinite : std::max(worst, distance);
}

template <typename Value> std::size_t differingBytes(std::span<const Value> a, std::span<const Value> b)
{
    const auto left = std::as_bytes(a);
    const auto right = std::as_bytes(b);
    if (left.size() != right.size())
        return std::max(left.size(), right.size());
    std::size_t count = 0;
    for (std::size_t at = 0; at < left.size(); ++at)
        count += left[at] == right[at] ? 0 : 1;
    return count;
}

std::size_t differingBytes(const LayerRecord &a, const LayerRecord &b)
{
    std::size_t count = differingBytes(std::span(a.patterns), std::span(b.patterns))
        + differingBytes(std::span(a.halfPatterns), std::span(b.halfPatterns));
    for (const auto member : {&LayerRecord::residualIn, &LayerRecord::keys, &LayerRecord::values,
             &LayerRecord::sinkMass, &LayerRecord::restMass, &LayerRecord::entropy, &LayerRecord::restEntropy,
             &LayerRecord::sinkLogOdds, &LayerRecord::lastRow})
        count += differingBytes((a.*member).values(), (b.*member).values());
    return count;
}

} // namespace

double largestDifference(std::span<const float> a, std::span<const float> b)
{
    if (a.size() != b.size())
        return kInfinite;
    double worst = 0.0;
    for (std::size_t at = 0; at < a.size(); ++at)
        worst = farther(worst, std::fabs(static_cast<double>(a[at]) - static_cast<double>(b[at])));
    return worst;
}

double relativeDifference(std::span<const float> a, std::span<const float> b)
{
    const double difference = largestDifference(a, b);
    double largest = 0.0;
    for (const float value : b)
        largest = std::max(largest, std::fabs(static_cast<double>(value)));
    return difference > 0.0 ? difference / largest : 0.0;
}

double rowSumError(const PassResult &pass)
{
    double worst = 0.0;
    for (const auto &layer : pass.layers)
        for (std::size_t head = 0; head < layer->headCount(); ++head)
            for (std::size_t query = 0; query < layer->tokenCount(); ++query) {
                double sum = 0.0;
                for (const float weight : layer->patternRow(HeadIndex(static_cast<std::int32_t>(head)),
                         TokenPos(static_cast<std::int32_t>(query))))
                    sum += static_cast<double>(weight);
                worst = farther(worst, std::fabs(sum - 1.0));
            }
    return worst;
}

std::size_t differingBytes(const PassResult &a, const PassResult &b)
{
    std::size_t count = differingBytes(std::span(a.logitsLast), std::span(b.logitsLast))
        + differingBytes(std::span(a.finalNormLast), std::span(b.finalNormLast));
    for (std::size_t layer = 0; layer < std::min(a.layers.size(), b.layers.size()); ++layer)
        count += differingBytes(*a.layers[layer], *b.layers[layer]);
    return count;
}

double patternDifference(const PassResult &a, const PassResult &b)
{
    double worst = a.layers.size() == b.layers.size() ? 0.0 : kInfinite;
    for (std::size_t layer = 0; layer < std::min(a.layers.size(), b.layers.size()); ++layer)
        worst = farther(worst, largestDifference(a.layers[layer]->patterns, b.layers[layer]->patterns));
    return worst;
}

ClosedFormError closedFormError(
    const LayerRecord &recorded, const LayerRecord &edited, HeadIndex head, double gamma)
{
    ClosedFormError error;
    const std::size_t size = LayerRecord::triangleSize(edited.tokenCount());
    error.pattern = largestDifference(
        scaledPattern(recorded, head, gamma), std::span(edited.patterns).subspan(head.asSize() * size, size));
    for (std::size_t query = 0; query < edited.tokenCount(); ++query) {
        const ScaledRow row = scaledRow(recorded, head, TokenPos(static_cast<std::int32_t>(query)), gamma);
        error.entropyNats = farther(error.entropyNats,
            std::fabs(row.entropyNats - static_cast<double>(edited.entropy.at(head.asSize(), query))));
    }
    return error;
}

} // namespace sinkscope
