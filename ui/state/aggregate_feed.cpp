// SPDX-License-Identifier: Apache-2.0
// Attention of several heads as one picture.
#include "ui/state/aggregate_feed.h"

#include "core/analysis/attention_aggregate.h"

#include <algorithm>
#include <utility>

namespace sinkscope::ui {

namespace {

constexpr std::size_t kBudgetBytes = std::size_t {128} << 20;
constexpr std::size_t kKeptAnyway = 2; ///< the two sides on screen
constexpr std::size_t kMostWaiting = 2; ///< the same

std::optional<LayerIndex> missingLayer(const PassResult &pass, const AggregateWish &wish)
{
    if (wish.of == PatternOf::Rollout)
        return firstLayerWithoutPatterns(pass, LayerIndex(0), wish.heads.front().layer);
    std::optional<LayerIndex> missing;
    for (const HeadRef head : wish.heads)
        if (const auto layer = firstLayerWithoutPatterns(pass, head.layer, head.layer))
            missing = missing ? std::min(*missing, *layer) : *layer;
    return missing;
}

std::optional<std::vector<float>> compute(
    const PassResult &pass, const AggregateWish &wish, const StopToken &stop)
{
    if (wish.of == PatternOf::Rollout)
        return attentionRollout(pass, wish.heads.front().layer, stop);
    const bool isMaximum = wish.of == PatternOf::MaximumOfSelected;
    return aggregateHeads(pass, wish.heads, isMaximum ? HeadAggregate::Maximum : HeadAggregate::Mean, stop);
}

} // namespace

std::optional<AggregateWish> aggregateWish(const Selection &selection, const HeadGrid &grid)
{
    const LayerIndex layer = selection.head().layer;
    AggregateWish wish {selection.patternOf(), {}};
    switch (wish.of) {
    case PatternOf::ThisHead:
        return std::nullopt;
    case PatternOf::MeanOfSelected:
    case PatternOf::MaximumOfSelected:
        wish.heads = selection.heads();
        std::sort(wish.heads.begin(), wish.heads.end()); // the same heads, whichever was chosen first
        break;
    case PatternOf::MeanOfLayer:
        for (HeadIndex head; head.value < grid.headCount; ++head)
            wish.heads.push_back({layer, head});
        break;
    case PatternOf::Rollout:
        wish.heads = {{layer, HeadIndex(0)}};
        break;
    }
    return wish;
}

AggregateFeed::AggregateFeed(const AppState &state, QObject *parent)
    : QObject(parent)
    , m_state(state)
    , m_worker([this](const StopToken &stop) { work(stop); })
{
}

AggregateFeed::~AggregateFeed()
{
    m_worker.request_stop();
    {
        const std::lock_guard lock(m_mutex);
        m_runningStop.request_stop();
    }
    m_worker.join();
}

AggregateReading AggregateFeed::read(const AggregateWish &wish, Side side)
{
    const std::shared_ptr<const Snapshot> snapshot =
        side == Side::Baseline ? m_state.baseline() : m_state.edited();
    if (!snapshot)
        return {};
    const std::shared_ptr<const PassResult> &pass = snapshot->pass;
    if (const std::optional<LayerIndex> missing = missingLayer(*pass, wish))
        return {{}, false, missing};
    const auto found = std::find_if(m_entries.begin(), m_entries.end(),
        [&](const Entry &entry) { return entry.wish == wish && entry.pass.lock() == pass; });
    if (found != m_entries.end()) {
        m_entries.splice(m_entries.begin(), m_entries, found);
        return {{found->triangle, *found->triangle}, false, std::nullopt};
    }
    const std::size_t size = LayerRecord::triangleSize(pass->layers.front()->tokenCount());
    const auto former = std::find_if(m_entries.begin(), m_entries.end(),
        [&](const Entry &entry) { return entry.wish == wish && entry.triangle->size() == size; });
    ask({pass, wish});
    if (former == m_entries.end())
        return {};
    return {{former->triangle, *former->triangle}, true, std::nullopt};
}

void AggregateFeed::ask(Question question)
{
    const std::lock_guard lock(m_mutex);
    const auto isSame = [&question](const Question &other) {
        return other.pass == question.pass && other.wish == question.wish;
    };
    if (m_running && !(m_running->wish == question.wish))
        m_runningStop.request_stop(); // nobody looks at it; a newer pass waits for the one that runs
    std::erase_if(m_waiting, [&question](const Question &other) { return !(other.wish == question.wish); });
    const bool runs = m_running && isSame(*m_running) && !m_runningStop.stop_requested();
    if (runs || std::any_of(m_waiting.begin(), m_waiting.end(), isSame))
        return;
    m_waiting.push_back(std::move(question));
    if (m_waiting.size() > kMostWaiting)
        m_waiting.pop_front();
    m_wake.notify_one();
}

void AggregateFeed::work(const StopToken &stop)
{
    while (!stop.stop_requested()) {
        Question question;
        StopToken stopped;
        {
            std::unique_lock lock(m_mutex);
            m_running.reset();
            if (!m_wake.wait(lock, stop, [this] { return !m_waiting.empty(); }))
                return;
            question = std::move(m_waiting.front());
            m_waiting.pop_front();
            m_running = question;
            m_runningStop = std::stop_source();
            stopped = m_runningStop.get_token();
            if (stop.stop_requested()) // while it was taken: the destructor has stopped the one before
                return;
        }
        std::optional<std::vector<float>> triangle = compute(*question.pass, question.wish, stopped);
        if (!triangle || stop.stop_requested())
            continue;
        Entry entry {
            question.pass, question.wish, std::make_shared<const std::vector<float>>(std::move(*triangle))};
        QMetaObject::invokeMethod(
            this, [this, entry = std::move(entry)] { keep(entry); }, Qt::QueuedConnection);
    }
}

void AggregateFeed::keep(Entry entry)
{
    m_entries.push_front(std::move(entry));
    std::size_t bytes = 0;
    std::size_t count = 0;
    for (auto kept = m_entries.begin(); kept != m_entries.end();) {
        bytes += kept->triangle->size() * sizeof(float);
        ++count;
        const bool isOver = count > kKeptAnyway && bytes > kBudgetBytes;
        kept = isOver ? m_entries.erase(kept) : std::next(kept);
    }
    Q_EMIT changed();
}

} // namespace sinkscope::ui
