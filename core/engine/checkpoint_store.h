// SPDX-License-Identifier: Apache-2.0
// Earlier answers kept under a byte budget: restart points, undo and going back to a former prompt.
#pragma once

#include "core/analysis/snapshot.h"
#include "core/engine/restart_plan.h"

#include <list>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

namespace sinkscope {

/// Snapshots of one model, most recently used first. A snapshot's records are the residual stream at each
/// layer entry for its tokens and the edits below: any pass over the same tokens can start there, and a
/// question asked before gets the very snapshot of then. Records shared between snapshots count once. Owner:
/// Engine. Threads: one. Validity: for the model that made them; clear() when it goes.
class CheckpointStore {
public:
    explicit CheckpointStore(std::size_t budgetBytes)
        : m_budgetBytes(budgetBytes)
    {
    }

    /// Keeps `snapshot` in the place of one that answered the same. An edited one that never became Full was
    /// passed by in a drag and goes first: its memory serves the next picture. Then the least recently used
    /// others go until the budget holds; the newest and the unedited one of its prompt always stay.
    void put(std::shared_ptr<const Snapshot> snapshot);

    /// The kept snapshot of `pass` with these answers and this many top tokens; it becomes the most recent.
    std::shared_ptr<const Snapshot> findOrNull(const TokenizedPrompt &prompt, const PassResult &pass,
        const std::vector<std::string> &answers, int topCount);

    enum class Prompts { Same, SameBeginning };
    /// Where passes over `tokens` can start, most recently used first: passes over the same tokens, or over
    /// any that begin alike. Valid until the next put or clear.
    std::vector<RestartCandidate> candidates(std::span<const TokenId> tokens, Prompts prompts) const;

    /// The next put holds to it.
    void setBudget(std::size_t budgetBytes) { m_budgetBytes = budgetBytes; }
    void clear();
    std::size_t size() const { return m_snapshots.size(); }
    /// Bytes of all records, logits and distributions held.
    std::size_t bytes() const { return m_bytes; }

private:
    using Snapshots = std::list<std::shared_ptr<const Snapshot>>;
    void hold(const Snapshot &snapshot);
    void letGo(const Snapshot &snapshot);
    Snapshots::iterator erase(Snapshots::iterator at);

    std::size_t m_budgetBytes;
    Snapshots m_snapshots;
    std::unordered_map<const void *, std::size_t> m_holders; // of each record, pass and distribution
    std::size_t m_bytes = 0; // of those that have a holder
};

} // namespace sinkscope
