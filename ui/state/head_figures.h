// SPDX-License-Identifier: Apache-2.0
// Figures of a head that no pass keeps: lengths of values and contributions, scores before the softmax.
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

/// Computes them on a thread of its own from immutable records and keeps them under a budget; each is of one
/// record and one head (of a key/value head where its query heads share them).
/// Owner: the composition root. Threads: GUI thread; the destructor joins the worker.
class HeadFigures : public QObject {
    Q_OBJECT

public:
    explicit HeadFigures(const AppState &state, QObject *parent = nullptr);
    ~HeadFigures() override;

    /// Of the pass on `side` (Baseline, or Edited): scores [T (T + 1) / 2], else [T]. What is not there yet
    /// is computed (`changed` follows) and the former figures of the head are given instead, if they are of
    /// as many tokens; else empty. `quantity` is not Weight. Precondition: a baseline.
    FloatRun read(PatternQuantity quantity, HeadRef head, Side side);

Q_SIGNALS:
    void changed();

private:
    using Figures = std::shared_ptr<const std::vector<float>>;
    struct Question {
        std::shared_ptr<const Model> model;
        std::shared_ptr<const LayerRecord> record;
        HeadRef head;
        PatternQuantity quantity = PatternQuantity::Score;
    };
    struct Entry {
        std::weak_ptr<const LayerRecord> record; ///< passes may use it again
        HeadRef head;
        PatternQuantity quantity = PatternQuantity::Score;
        Figures figures;
    };
    static bool isOf(const Entry &entry, const Question &question);
    static bool areSame(const Question &first, const Question &second);
    static std::vector<float> compute(const Question &question, const StopToken &stop);
    void ask(Question question);
    void work(const StopToken &stop);
    void keep(Entry entry);

    const AppState &m_state;
    std::list<Entry> m_entries; ///< latest first
    std::mutex m_mutex; ///< guards what follows
    std::condition_variable_any m_wake;
    std::deque<Question> m_waiting; ///< at most one of each side
    std::optional<Question> m_running;
    std::jthread m_worker; ///< last: starts when the rest is there
};

} // namespace sinkscope::ui
