// SPDX-License-Identifier: Apache-2.0
// A list in order of use, cut at its end.
#include "core/engine/checkpoint_store.h"

#include <algorithm>
#include <unordered_set>

namespace sinkscope {

namespace {

std::size_t bytesOf(const LayerRecord &record)
{
    std::size_t bytes = record.patterns.size() * sizeof(float);
    for (const Matrix *matrix : {&record.residualIn, &record.keys, &record.values, &record.sinkMass,
             &record.restMass, &record.entropy, &record.restEntropy, &record.sinkLogOdds, &record.lastRow})
        bytes += matrix->byteSize();
    return bytes;
}

bool answersTheSame(const Snapshot &left, const Snapshot &right)
{
    const auto sameText = [](const AnswerScore &a, const AnswerScore &b) { return a.text == b.text; };
    return *left.prompt == *right.prompt && left.intervention == right.intervention
        && left.output.top.size() == right.output.top.size()
        && std::ranges::equal(left.output.answers, right.output.answers, sameText);
}

} // namespace

void CheckpointStore::put(std::shared_ptr<const Snapshot> snapshot)
{
    const auto passedBy = [](const Snapshot &kept) {
        return kept.stage == SnapshotStage::Preview && !kept.intervention.changesNothing();
    };
    m_snapshots.remove_if(
        [&](const auto &kept) { return answersTheSame(*kept, *snapshot) || passedBy(*kept); });
    m_snapshots.push_front(std::move(snapshot));
    const Snapshot &newest = *m_snapshots.front();
    const auto mayGo = [&](const auto &kept) {
        return kept.get() != &newest
            && !(kept->intervention.changesNothing() && kept->prompt->ids == newest.prompt->ids);
    };
    while (bytes() > m_budgetBytes) {
        const auto oldest = std::find_if(m_snapshots.rbegin(), m_snapshots.rend(), mayGo);
        if (oldest == m_snapshots.rend())
            return;
        m_snapshots.erase(std::next(oldest).base());
    }
}

std::shared_ptr<const Snapshot> CheckpointStore::findOrNull(const TokenizedPrompt &prompt,
    const PassResult &pass, const std::vector<std::string> &answers, int topCount)
{
    const auto sameText = [](const AnswerScore &score, const std::string &text) {
        return score.text == text;
    };
    const auto found = std::ranges::find_if(m_snapshots, [&](const auto &kept) {
        const std::size_t wantedTop =
            std::min(static_cast<std::size_t>(std::max(0, topCount)), kept->logProbabilities->size());
        return kept->pass.get() == &pass && kept->output.top.size() == wantedTop && *kept->prompt == prompt
            && std::ranges::equal(kept->output.answers, answers, sameText);
    });
    if (found == m_snapshots.end())
        return nullptr;
    m_snapshots.splice(m_snapshots.begin(), m_snapshots, found);
    return m_snapshots.front();
}

std::vector<RestartCandidate> CheckpointStore::candidates(
    std::span<const TokenId> tokens, Prompts prompts) const
{
    std::vector<RestartCandidate> found;
    for (const auto &kept : m_snapshots) {
        const std::vector<TokenId> &ids = kept->prompt->ids;
        const auto parted = std::ranges::mismatch(ids, tokens);
        const auto common = static_cast<std::size_t>(parted.in1 - ids.begin());
        if (common > 0
            && (prompts == Prompts::SameBeginning || (common == ids.size() && common == tokens.size())))
            found.push_back({kept->pass, &kept->intervention, common});
    }
    return found;
}

std::size_t CheckpointStore::bytes() const
{
    std::unordered_set<const void *> counted;
    std::size_t bytes = 0;
    for (const auto &kept : m_snapshots) {
        if (counted.insert(kept->logProbabilities.get()).second)
            bytes += kept->logProbabilities->size() * sizeof(double);
        if (!counted.insert(kept->pass.get()).second)
            continue;
        bytes += kept->pass->logitsLast.size() * sizeof(float);
        for (const auto &layer : kept->pass->layers)
            if (counted.insert(layer.get()).second)
                bytes += bytesOf(*layer);
    }
    return bytes;
}

} // namespace sinkscope
