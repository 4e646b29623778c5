// SPDX-License-Identifier: Apache-2.0
// Edits of one row: scores, key 0 after the softmax, weights.
#include "core/ops/row_edits.h"

#include <algorithm>
#include <cmath>

namespace sinkscope {

namespace {

// Edited scores stay finite and above what counts as removed.
constexpr double kLargestScore = 1e29;

float score(double value)
{
    return static_cast<float>(std::clamp(value, -kLargestScore, kLargestScore));
}

std::span<float> visible(std::span<float> row, const PositionRange &keys)
{
    const std::size_t begin = std::min(keys.begin, row.size());
    return row.subspan(begin, std::min(keys.end, row.size()) - begin);
}

bool removes(const HeadRowEdits::ScoreShift &shift)
{
    return std::isinf(shift.shift) && shift.shift < 0.0;
}

// 0 wins over any others, also over a product that double cannot hold.
double sinkGammaOf(std::size_t query, const HeadRowEdits &edits)
{
    double gamma = 1.0;
    bool isZero = false;
    for (const HeadRowEdits::SinkFactor &factor : edits.sinkFactors)
        if (factor.rows.contains(query)) {
            gamma *= factor.gamma;
            isZero = isZero || factor.gamma == 0.0;
        }
    return isZero ? 0.0 : gamma;
}

// One past the last key that an edit removes together with `key`; `key` itself where none does.
std::size_t removedFrom(std::size_t key, std::size_t query, const HeadRowEdits &edits)
{
    for (const HeadRowEdits::ScoreShift &shift : edits.scoreShifts)
        if (removes(shift) && shift.rows.contains(query) && shift.keys.contains(key))
            return shift.keys.end;
    return key;
}

bool losesAllKeys(std::size_t keyCount, std::size_t query, double sinkGamma, const HeadRowEdits &edits)
{
    if (std::none_of(edits.scoreShifts.begin(), edits.scoreShifts.end(), removes))
        return false;
    std::size_t key = sinkGamma == 0.0 ? 1 : removedFrom(0, query, edits);
    while (key != 0 && key < keyCount) {
        const std::size_t next = removedFrom(key, query, edits);
        if (next == key)
            return false;
        key = next;
    }
    return key != 0;
}

void editScores(std::span<float> row, std::size_t query, const HeadRowEdits &edits)
{
    for (const HeadRowEdits::ScoreFactor &edit : edits.scoreFactors)
        if (edit.rows.contains(query))
            for (float &value : visible(row, edit.keys))
                value = score(static_cast<double>(value) * edit.factor);
    for (const HeadRowEdits::ScoreShift &edit : edits.scoreShifts)
        if (edit.rows.contains(query) && !removes(edit))
            for (float &value : visible(row, edit.keys))
                value = score(static_cast<double>(value) + edit.shift);
    for (const HeadRowEdits::RowShift &edit : edits.rowShifts) {
        const double shift = edit.shifts[std::min(query, edit.shifts.size() - 1)];
        if (shift != 0.0)
            for (float &value : visible(row, edit.keys))
                value = score(static_cast<double>(value) + shift);
    }
    for (const HeadRowEdits::ScoreShift &edit : edits.scoreShifts)
        if (edit.rows.contains(query) && removes(edit))
            std::ranges::fill(visible(row, edit.keys), kRemovedScore);
}

// Summary of finished weights, without cancellation; the log odds stay those before the edits of weights.
void summarise(std::span<const float> row, RowSummary &summary)
{
    double rest = 0.0;
    for (const float weight : row.subspan(1))
        rest += static_cast<double>(weight);
    double restEntropy = 0.0;
    for (const float weight : row.subspan(1)) {
        const double share = rest > 0.0 ? static_cast<double>(weight) / rest : 0.0;
        restEntropy -= share > 0.0 ? share * std::log(share) : 0.0;
    }
    const auto sink = static_cast<double>(row[0]);
    const auto term = [](double mass) { return mass > 0.0 ? -mass * std::log(mass) : 0.0; };
    summary.sinkMass = sink;
    summary.restMass = rest;
    summary.restEntropy = std::max(0.0, restEntropy);
    summary.entropy = std::max(0.0, term(sink) + term(rest) + rest * summary.restEntropy);
}

/// Calls `work` with each key of a row and whether the redistribution chose it.
template <typename Work>
void forKeys(std::size_t keyCount, const HeadRowEdits::Redistribution &redistribution, const Work &work)
{
    auto next = redistribution.keys.begin();
    for (std::size_t key = 0; key < keyCount; ++key) {
        const bool isChosen = next != redistribution.keys.end() && next->asSize() == key;
        if (isChosen)
            ++next;
        work(key, isChosen);
    }
}

/// Sums of the chosen weights of a row and of the others.
struct RedistributedSums {
    double chosen = 0.0;
    double others = 0.0;
    bool change() const { return chosen > 0.0 && others > 0.0; }
};

RedistributedSums sumsOf(std::span<const float> row, const HeadRowEdits::Redistribution &redistribution)
{
    RedistributedSums sums;
    forKeys(row.size(), redistribution, [&](std::size_t key, bool isChosen) {
        (isChosen ? sums.chosen : sums.others) += static_cast<double>(row[key]);
    });
    return sums;
}

} // namespace

bool HeadRowEdits::empty() const
{
    return scoreFactors.empty() && scoreShifts.empty() && rowShifts.empty() && sinkFactors.empty()
        && redistributions.empty() && outputFactors.empty();
}

void HeadRowEdits::clear()
{
    scoreFactors.clear();
    scoreShifts.clear();
    rowShifts.clear();
    sinkFactors.clear();
    redistributions.clear();
    outputFactors.clear();
}

RowSummary editedSoftmax(std::span<float> row, std::size_t query, const HeadRowEdits &edits)
{
    if (row.size() == 1)
        return sinkSplitSoftmax(row);
    const double sinkGamma = sinkGammaOf(query, edits);
    if (losesAllKeys(row.size(), query, sinkGamma, edits))
        return sinkSplitSoftmax(row);
    editScores(row, query, edits);
    RowSummary summary = sinkSplitSoftmax(row, sinkGamma);
    for (const HeadRowEdits::Redistribution &redistribution : edits.redistributions)
        redistribute(row, redistribution, summary);
    return summary;
}

void redistribute(
    std::span<float> row, const HeadRowEdits::Redistribution &redistribution, RowSummary &summary)
{
    const RedistributedSums sums = sumsOf(row, redistribution);
    if (!sums.change())
        return;
    const double grown = 1.0 + (1.0 - redistribution.keep) * sums.chosen / sums.others;
    forKeys(row.size(), redistribution, [&](std::size_t key, bool isChosen) {
        row[key] =
            static_cast<float>(static_cast<double>(row[key]) * (isChosen ? redistribution.keep : grown));
    });
    summarise(row, summary);
}

void redistributeGradient(
    std::span<const float> weights, const HeadRowEdits::Redistribution &redistribution, std::span<float> grad)
{
    const RedistributedSums sums = sumsOf(weights, redistribution);
    if (!sums.change())
        return;
    double mean = 0.0; // of the derivatives by the others, as they are weighted
    forKeys(weights.size(), redistribution, [&](std::size_t key, bool isChosen) {
        if (!isChosen)
            mean += static_cast<double>(weights[key]) / sums.others * static_cast<double>(grad[key]);
    });
    const double lost = 1.0 - redistribution.keep;
    const double ratio = sums.chosen / sums.others;
    forKeys(weights.size(), redistribution, [&](std::size_t key, bool isChosen) {
        const auto own = static_cast<double>(grad[key]);
        grad[key] = static_cast<float>(
            isChosen ? redistribution.keep * own + lost * mean : own + lost * ratio * (own - mean));
    });
}

} // namespace sinkscope
