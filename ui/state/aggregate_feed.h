// SPDX-License-Identifier: Apache-2.0
// Attention of several heads as one picture: mean, maximum, rollout.
#pragma once

#include "ui/state/app_state.h"
#include "ui/state/live_attention.h"
#include "ui/state/selection.h"

#include <QtCore/QObject>

#include <condition_variable>
#include <deque>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace sinkscope::ui {

/// Which heads as one.
struct AggregateWish {
    PatternOf of = PatternOf::MeanOfSelected; ///< not ThisHead
    std::vector<HeadRef> heads; ///< whose patterns are read; of a rollout one head of its last layer

    bool operator==(const AggregateWish &) const = default;
};

/// What `selection` asks for. Nothing for a head alone.
std::optional<AggregateWish> aggregateWish(const Selection &selection, const HeadGrid &grid);

/// One side of an aggregate.
struct AggregateReading {
    FloatRun pattern; ///< [T (T + 1) / 2] lower triangle; empty: not there yet, or `missing`
    bool isFormer = false; ///< of an earlier pass, until that of this one is computed
    std::optional<LayerIndex> missing; ///< the lowest layer that is needed and keeps no pattern
};

/// Computes them on a thread of its own from immutable passes and keeps them under a budget. Owner: the
/// composition root. Threads: GUI thread; the destructor joins the worker.
class AggregateFeed : public QObject {
    Q_OBJECT

public:
    explicit AggregateFeed(const AppState &state, QObject *parent = nullptr);
    ~AggregateFeed() override;

    /// Of the newest pass on `side` (Baseline, or Edited). What is not there yet is computed (`changed`
    /// follows) and what the wish gave of an earlier pass of as many tokens stands for it. Precondition: a
    /// baseline.
    AggregateReading read(const AggregateWish &wish, Side side);

Q_SIGNALS:
    void changed();

private:
    using Triangle = std::shared_ptr<const std::vector<float>>;
    struct Question {
        std::shared_ptr<const PassResult> pass;
        AggregateWish wish;
    };
    struct Entry {
        std::weak_ptr<const PassResult> pass;
        AggregateWish wish;
        Triangle triangle;
    };
    void ask(Question question);
    void work(const StopToken &stop);
    void keep(Entry entry);

    const AppState &m_state;
    std::list<Entry> m_entries; ///< latest first
    std::mutex m_mutex; ///< guards what follows
    std::condition_variable_any m_wake;
    std::deque<Question> m_waiting; ///< at most one of each side
    std::optional<Question> m_running;
    std::stop_source m_runningStop; ///< of what runs: stopped when something else is wanted
    std::jthread m_worker; ///< last: starts when the rest is there
};

} // namespace sinkscope::ui
