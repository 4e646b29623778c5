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

/// A distance in units of `largest`; infinite where that is not a number either.
double inUnitsOf(double largest, double distance)
{
    return distance > 0.0 ? farther(0.0, distance / largest) : 0.0;
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

double farther(double worst, double distance)
{
    return std::isnan(distance) ? kInfinite : std::max(worst, distance);
}

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
    return inUnitsOf(largest, difference);
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

double rowDifference(MatrixView a, MatrixView b)
{
    if (a.rows != b.rows || a.columns != b.columns)
        return kInfinite;
    double worst = 0.0;
    double largest = 0.0;
    for (std::size_t row = 0; row < a.rows; ++row) {
        double distance = 0.0;
        double norm = 0.0;
        for (std::size_t column = 0; column < a.columns; ++column) {
            const auto expected = static_cast<double>(b.row(row)[column]);
            const double difference = static_cast<double>(a.row(row)[column]) - expected;
            distance += difference * difference;
            norm += expected * expected;
        }
        worst = farther(worst, std::sqrt(distance));
        largest = std::max(largest, std::sqrt(norm));
    }
    return inUnitsOf(largest, worst);
}

ClosedFormError farther(const ClosedFormError &worst, const ClosedFormError &error)
{
    return {farther(worst.pattern, error.pattern), farther(worst.entropyNats, error.entropyNats),
        farther(worst.headOutput, error.headOutput), farther(worst.residual, error.residual)};
}

ClosedFormError closedFormError(const Model &model, const AttentionOfPass &recorded,
    const AttentionOfPass &edited, HeadRef head, double gamma)
{
    ClosedFormError error;
    const std::size_t row = head.head.asSize();
    const std::size_t size = LayerRecord::triangleSize(edited.record.tokenCount());
    error.pattern = largestDifference(scaledPattern(recorded.record, head.head, gamma),
        std::span(edited.record.patterns).subspan(row * size, size));
    for (std::size_t query = 0; query < edited.record.tokenCount(); ++query) {
        const ScaledRow scaled =
            scaledRow(recorded.record, head.head, TokenPos(static_cast<std::int32_t>(query)), gamma);
        error.entropyNats = farther(error.entropyNats,
            std::fabs(scaled.entropyNats - static_cast<double>(edited.record.entropy.at(row, query))));
    }
    const auto headSize = static_cast<std::size_t>(model.config.headSize);
    const MatrixView outputs = edited.attention.heads.view();
    error.headOutput = rowDifference(scaledOutput(recorded.record, model.config, head.head, gamma).view(),
        {outputs.data + row * headSize, outputs.rows, headSize, outputs.stride});
    Matrix predicted = scaledResidualDelta(recorded.record, model, head, gamma);
    const std::span<const float> before = recorded.attention.projected.values();
    for (std::size_t element = 0; element < predicted.values().size(); ++element)
        predicted.values()[element] += before[element];
    error.residual = rowDifference(predicted.view(), edited.attention.projected.view());
    return error;
}

} // namespace sinkscope
