// SPDX-License-Identifier: Apache-2.0
// Implements the comparison of two passes.
#include "core/analysis/snapshot_comparison.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace sinkscope {

namespace {

constexpr std::size_t kMostPairs = std::size_t(64) << 20;

enum class Step : std::uint8_t { Both, First, Second };

/// Aligns the tokens of `first` and `second`, whose positions begin at `firstBegin` and `secondBegin`.
void alignBetween(std::span<const std::string> first, std::span<const std::string> second,
    std::size_t firstBegin, std::span<int> inFirst)
{
    const std::size_t rows = first.size();
    const std::size_t columns = second.size();
    if (rows == 0 || columns == 0 || rows > kMostPairs / columns)
        return;
    // lengths[j]: longest common subsequence of first[i...] and second[j...], from the end to the beginning.
    std::vector<std::uint32_t> lengths(columns + 1, 0);
    std::vector<Step> steps(rows * columns);
    for (std::size_t i = rows; i-- > 0;) {
        std::uint32_t diagonal = 0; // lengths[j + 1] of row i + 1
        for (std::size_t j = columns; j-- > 0;) {
            const std::uint32_t below = lengths[j];
            Step &step = steps[i * columns + j];
            if (first[i] == second[j]) {
                lengths[j] = diagonal + 1;
                step = Step::Both;
            } else {
                step = below >= lengths[j + 1] ? Step::First : Step::Second;
                lengths[j] = std::max(below, lengths[j + 1]);
            }
            diagonal = below;
        }
    }
    for (std::size_t i = 0, j = 0; i < rows && j < columns;) {
        const Step step = steps[i * columns + j];
        if (step == Step::Both)
            inFirst[j] = static_cast<int>(firstBegin + i);
        i += step != Step::Second ? 1 : 0;
        j += step != Step::First ? 1 : 0;
    }
}

/// Half the sum of |second - first| over the keys, those without a partner against 0.
double movedWeight(
    std::span<const float> first, std::span<const float> second, const TokenAlignment &alignment)
{
    double sum = 0.0;
    double partnered = 0.0;
    for (std::size_t key = 0; key < second.size(); ++key) {
        const int partner = alignment.inFirst[key];
        const bool isThere = partner >= 0 && static_cast<std::size_t>(partner) < first.size();
        const double before = isThere ? static_cast<double>(first[static_cast<std::size_t>(partner)]) : 0.0;
        sum += std::abs(static_cast<double>(second[key]) - before);
        partnered += before;
    }
    double all = 0.0;
    for (const float weight : first)
        all += static_cast<double>(weight);
    return 0.5 * (sum + std::max(0.0, all - partnered));
}

double lastOf(const Matrix &figures, HeadIndex head)
{
    const auto row = figures.row(head.asSize());
    return static_cast<double>(row[row.size() - 1]);
}

std::vector<NextTokenPair> listed(const std::vector<TokenProbability> &top, int count)
{
    std::vector<NextTokenPair> pairs;
    for (std::size_t place = 0; place < std::min(top.size(), static_cast<std::size_t>(count)); ++place)
        pairs.push_back({top[place].text, top[place].id, std::nullopt, std::nullopt});
    return pairs;
}

/// The probability of `token` on a side, by id in the whole distribution or by text among its most likely
/// ones.
std::optional<double> probabilityOf(
    const NextTokenPair &token, const Snapshot &side, Vocabularies vocabularies)
{
    if (vocabularies == Vocabularies::Same)
        return std::exp((*side.logProbabilities)[token.id.asSize()]);
    const auto &top = side.output.top;
    const auto found = std::find_if(
        top.begin(), top.end(), [&token](const TokenProbability &one) { return one.text == token.text; });
    return found != top.end() ? std::optional(found->p) : std::nullopt;
}

} // namespace

std::size_t TokenAlignment::partnerCount() const
{
    return static_cast<std::size_t>(
        std::count_if(inFirst.begin(), inFirst.end(), [](int partner) { return partner >= 0; }));
}

bool TokenAlignment::isOneToOne() const
{
    return inFirst.size() == firstCount && partnerCount() == firstCount;
}

TokenAlignment alignTokens(std::span<const std::string> first, std::span<const std::string> second)
{
    TokenAlignment alignment;
    alignment.firstCount = first.size();
    alignment.inFirst.assign(second.size(), -1);
    const std::size_t shorter = std::min(first.size(), second.size());
    std::size_t head = 0;
    for (; head < shorter && first[head] == second[head]; ++head)
        alignment.inFirst[head] = static_cast<int>(head);
    std::size_t tail = 0;
    for (; tail < shorter - head && first[first.size() - 1 - tail] == second[second.size() - 1 - tail];
         ++tail)
        alignment.inFirst[second.size() - 1 - tail] = static_cast<int>(first.size() - 1 - tail);
    alignBetween(first.subspan(head, first.size() - head - tail),
        second.subspan(head, second.size() - head - tail), head,
        std::span(alignment.inFirst).subspan(head, second.size() - head - tail));
    return alignment;
}

std::vector<HeadChange> compareHeads(
    const PassResult &first, const PassResult &second, const TokenAlignment &alignment)
{
    std::vector<HeadChange> changes;
    if (first.layers.size() != second.layers.size() || first.layers.empty()
        || first.layers.front()->headCount() != second.layers.front()->headCount())
        return changes;
    for (std::size_t layer = 0; layer < second.layers.size(); ++layer) {
        const LayerRecord &before = *first.layers[layer];
        const LayerRecord &after = *second.layers[layer];
        for (HeadIndex head; head.asSize() < after.headCount(); ++head)
            changes.push_back({{LayerIndex(static_cast<std::int32_t>(layer)), head},
                movedWeight(before.lastRow.row(head.asSize()), after.lastRow.row(head.asSize()), alignment),
                lastOf(after.sinkMass, head) - lastOf(before.sinkMass, head),
                lastOf(after.entropy, head) - lastOf(before.entropy, head)});
    }
    std::stable_sort(changes.begin(), changes.end(),
        [](const HeadChange &one, const HeadChange &other) { return one.movedWeight > other.movedWeight; });
    return changes;
}

std::vector<NextTokenPair> compareNextTokens(
    const Snapshot &first, const Snapshot &second, Vocabularies vocabularies, int count)
{
    std::vector<NextTokenPair> pairs = listed(second.output.top, count);
    for (NextTokenPair &one : listed(first.output.top, count)) {
        const bool isListed = std::any_of(pairs.begin(), pairs.end(), [&](const NextTokenPair &other) {
            return vocabularies == Vocabularies::Same ? other.id == one.id : other.text == one.text;
        });
        if (!isListed)
            pairs.push_back(std::move(one));
    }
    for (NextTokenPair &pair : pairs) {
        pair.first = probabilityOf(pair, first, vocabularies);
        pair.second = probabilityOf(pair, second, vocabularies);
    }
    std::stable_sort(pairs.begin(), pairs.end(), [](const NextTokenPair &one, const NextTokenPair &other) {
        return one.second.value_or(-1.0) > other.second.value_or(-1.0);
    });
    return pairs;
}

} // namespace sinkscope
