// SPDX-License-Identifier: Apache-2.0
// A list in order of use, cut at its end.
#include "core/engine/checkpoint_store.h"

#include <algorithm>
#include <iterator>

namespace sinkscope {

namespace {

std::size_t bytesOf(const LayerRecord &record)
{
    std::size_t bytes =
        record.patterns.size() * sizeof(float) + record.halfPatterns.size() * sizeof(std::uint16_t);
    for (const Matrix *matrix : {&record.residualIn, &record.keys, &record.values, &record.sinkMass,
             &record.restMass, &record.entropy, &record.restEntropy, &record.sinkLogOdds, &record.lastRow})
        bytes += matrix->byteSize();
    return bytes;
}

/// Calls `visit(address, bytes)` for all that `snapshot` keeps alive and may share with others.
template <typename Visit> void forParts(const Snapshot &snapshot, const Visit &visit)
{
    visit(snapshot.logProbabilities.get(), snapshot.logProbabilities->size() * sizeof(double));
    visit(snapshot.pass.get(), snapshot.pass->logitsLast.size() * sizeof(float));
    for (const auto &layer : snapshot.pass->layers)
        visit(layer.get(), bytesOf(*layer));
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
    hold(*snapshot); // before others go, so that what they share stays counted
    for (auto kept = m_snapshots.begin(); kept != m_snapshots.end();)
        kept = answersTheSame(**kept, *snapshot) || passedBy(**kept) ? erase(kept) : std::next(kept);
    m_snapshots.push_front(std::move(snapshot));
    const Snapshot &newest = *m_snapshots.front();
    const auto mayGo = [&](const auto &kept) {
        return kept.get() != &newest
            && !(kept->intervention.changesNothing() && kept->prompt->ids == newest.prompt->ids);
    };
    while (m_bytes > m_budgetBytes) {
        const auto oldest = std::find_if(m_snapshots.rbegin(), m_snapshots.rend(), mayGo);
        if (oldest == m_snapshots.rend())
            return;
        erase(std::next(oldest).base());
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

void CheckpointStore::clear()
{
    m_snapshots.clear();
    m_holders.clear();
    m_bytes = 0;
}

void CheckpointStore::hold(const Snapshot &snapshot)
{
    forParts(snapshot, [this](const void *part, std::size_t bytes) {
        if (++m_holders[part] == 1)
            m_bytes += bytes;
    });
}

void CheckpointStore::letGo(const Snapshot &snapshot)
{
    forParts(snapshot, [this](const void *part, std::size_t bytes) {
        const auto found = m_holders.find(part);
        if (--found->second > 0)
            return;
        m_holders.erase(found);
        m_bytes -= bytes;
    });
}

CheckpointStore::Snapshots::iterator CheckpointStore::erase(Snapshots::iterator at)
{
    letGo(**at);
    return m_snapshots.erase(at);
}

} // namespace sinkscope
