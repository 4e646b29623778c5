// SPDX-License-Identifier: Apache-2.0
// One task a head and scalar: its rows in blocks, their edits undone.
#include "core/model/attention_gradient_step.h"

#include "core/ops/attention_gradient.h"

#include <algorithm>
#include <atomic>
#include <cmath>

namespace sinkscope {

namespace {

// Query rows of one block: few enough to skip most masked keys.
constexpr std::size_t kBlockRows = 32;

bool removesKey(const HeadRowEdits &edits, std::size_t query, std::size_t key)
{
    const bool byShift = std::ranges::any_of(edits.scoreShifts, [&](const HeadRowEdits::ScoreShift &shift) {
        return std::isinf(shift.shift) && shift.rows.contains(query) && shift.keys.contains(key);
    });
    return byShift || (key == 0 && std::ranges::any_of(edits.sinkFactors, [&](const auto &factor) {
        return factor.gamma == 0.0 && factor.rows.contains(query);
    }));
}

bool losesAllKeys(const HeadRowEdits &edits, std::size_t query, std::size_t keys)
{
    for (std::size_t key = 0; key < keys; ++key)
        if (!removesKey(edits, query, key))
            return false;
    return true;
}

/// Derivatives through the edits of one row. Where key 0 is removed the derivative by ln gamma is 0 by
/// definition; a row that would lose all its keys was left as it was.
double rowGradient(const HeadRowEdits &edits, std::size_t query, std::span<float> gradScores)
{
    const bool sinkGone = removesKey(edits, query, 0);
    if (sinkGone && losesAllKeys(edits, query, gradScores.size()))
        return 0.0;
    const double byBias = sinkGone ? 0.0 : static_cast<double>(gradScores[0]);
    for (const HeadRowEdits::ScoreFactor &factor : edits.scoreFactors)
        if (factor.rows.contains(query))
            for (std::size_t key = factor.keys.begin; key < std::min(factor.keys.end, gradScores.size());
                 ++key)
                gradScores[key] = static_cast<float>(static_cast<double>(gradScores[key]) * factor.factor);
    return byBias;
}

/// Derivatives through the redistributions of one row, the last one first. `weights`: before all of them.
void leaveRedistributions(const HeadRowEdits &edits, std::size_t query, std::span<const float> weights,
    std::vector<float> &row, std::span<float> gradWeights)
{
    if (gradWeights.size() == 1 || losesAllKeys(edits, query, gradWeights.size()))
        return; // the row was left as it was
    for (std::size_t count = edits.redistributions.size(); count-- > 0;) {
        row.assign(weights.begin(), weights.end());
        RowSummary unused;
        for (std::size_t earlier = 0; earlier < count; ++earlier)
            redistribute(row, edits.redistributions[earlier], unused);
        redistributeGradient(row, edits.redistributions[count], gradWeights);
    }
}

/// From the derivatives by the head's edited output to those by the attention-weighted values.
void scaleByOutputFactors(const HeadRowEdits &edits, std::size_t firstQuery, MutableMatrixView gradOut)
{
    for (const HeadRowEdits::OutputFactor &factor : edits.outputFactors)
        for (std::size_t row = 0; row < gradOut.rows; ++row)
            if (factor.rows.contains(firstQuery + row))
                for (float &value : gradOut.row(row))
                    value = static_cast<float>(static_cast<double>(value) * factor.factor);
}

/// Rows [first, first + count) of the columns [column, column + width).
template <typename View>
View cut(View view, std::size_t first, std::size_t count, std::size_t column, std::size_t width)
{
    return {view.data + first * view.stride + column, count, width, view.stride};
}

/// The rows of one scalar for tokens [first, first + count), the columns of one head.
template <typename View>
View cutScalar(View view, const AttentionGradientStep &step, std::size_t scalar, std::size_t first,
    std::size_t count, HeadIndex head)
{
    const auto headSize = static_cast<std::size_t>(step.config.headSize);
    return {view.data + (first * step.scalars + scalar) * view.stride + head.asSize() * headSize, count,
        headSize, view.stride * step.scalars};
}

void clear(MutableMatrixView view)
{
    for (std::size_t row = 0; row < view.rows; ++row)
        std::ranges::fill(view.row(row), 0.0F);
}

/// Rows of the pattern from the lower triangle, zeros after.
void copyWeights(const LayerRecord &record, HeadIndex head, std::size_t firstQuery, MutableMatrixView weights)
{
    for (std::size_t row = 0; row < weights.rows; ++row) {
        const auto pattern = record.patternRow(head, TokenPos(static_cast<std::int32_t>(firstQuery + row)));
        std::ranges::copy(pattern, weights.row(row).begin());
        std::ranges::fill(weights.row(row).subspan(pattern.size()), 0.0F);
    }
}

/// All rows of one head for one scalar; returns the derivative by ln gamma.
double headGradient(
    const AttentionGradientStep &step, HeadIndex head, std::size_t scalar, AttentionGradientScratch &scratch)
{
    const auto headSize = static_cast<std::size_t>(step.config.headSize);
    const std::size_t column = head.asSize() * headSize;
    const std::size_t kvColumn = step.config.kvHeadOf(head).asSize() * headSize;
    const bool all = step.gradQueries.data != nullptr;
    const HeadRowEdits *edits = step.edits.of(head.asSize());
    const auto throughEdits = [&](std::size_t query, std::span<float> gradScores) {
        return rowGradient(*edits, query, gradScores);
    };
    const bool redistributes = edits && !edits->redistributions.empty();
    if (redistributes)
        scratch.softmaxWeights.resize(kBlockRows * step.tokens);
    scratch.weights.resize(kBlockRows * step.tokens);
    scratch.gradScores.resize(kBlockRows * step.tokens);
    if (all)
        for (const MutableMatrixView &grad : {step.gradQueries, step.gradKeys, step.gradValues})
            clear(cutScalar(grad, step, scalar, 0, step.tokens, head));
    double sum = 0.0;
    for (std::size_t first = step.firstLiveToken / kBlockRows * kBlockRows; first < step.tokens;
         first += kBlockRows) {
        const std::size_t rows = std::min(kBlockRows, step.tokens - first);
        const std::size_t keys = first + rows;
        const MutableMatrixView weights(scratch.weights.data(), rows, keys);
        copyWeights(*step.patterns, head, first, weights);
        HeadGradientBlock block;
        block.queries = cut(step.queries, first, rows, column, headSize);
        block.keys = cut(step.keys, 0, keys, kvColumn, headSize);
        block.values = cut(step.values, 0, keys, kvColumn, headSize);
        block.weights = weights;
        const MutableMatrixView before(scratch.softmaxWeights.data(), rows, keys);
        const auto throughRedistributions = [&](std::size_t query, std::span<float> gradWeights) {
            leaveRedistributions(
                *edits, query, before.row(query - first).first(query + 1), scratch.row, gradWeights);
        };
        if (redistributes) {
            copyWeights(*step.softmaxPatterns, head, first, before);
            block.softmaxWeights = before;
            block.weightGradient = throughRedistributions;
        }
        const MutableMatrixView gradOut = cutScalar(step.gradHeadOutputs, step, scalar, first, rows, head);
        if (edits)
            scaleByOutputFactors(*edits, first, gradOut);
        block.gradOut = gradOut;
        block.firstQuery = first;
        block.scale = 1.0F / std::sqrt(static_cast<float>(headSize));
        block.scratch = {scratch.gradScores.data(), rows, keys};
        if (all) {
            block.gradQueries = cutScalar(step.gradQueries, step, scalar, first, rows, head);
            block.gradKeys = cutScalar(step.gradKeys, step, scalar, 0, keys, head);
            block.gradValues = cutScalar(step.gradValues, step, scalar, 0, keys, head);
        }
        sum += attendBlockGradient(block, edits ? RowGradientFn(throughEdits) : RowGradientFn());
    }
    return sum;
}

} // namespace

WorkStatus runAttentionGradient(const AttentionGradientStep &step, ThreadPool &pool,
    std::vector<AttentionGradientScratch> &scratch, const StopToken &stop)
{
    scratch.resize(static_cast<std::size_t>(pool.threadCount()));
    const auto heads = static_cast<std::size_t>(step.config.headCount);
    std::atomic<bool> cancelled {false};
    pool.parallelFor(heads * step.scalars, [&](std::size_t task, int worker) {
        if (stop.stop_requested()) {
            cancelled = true;
            return;
        }
        const HeadIndex head(static_cast<std::int32_t>(task % heads));
        const std::size_t scalar = task / heads;
        step.byLogGamma[scalar].at(step.layer.asSize(), head.asSize()) =
            static_cast<float>(headGradient(step, head, scalar, scratch[static_cast<std::size_t>(worker)]));
    });
    return cancelled ? WorkStatus::Cancelled : WorkStatus::Completed;
}

} // namespace sinkscope
