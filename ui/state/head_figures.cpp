// SPDX-License-Identifier: Apache-2.0
// Figures of a head that no pass keeps.
#include "ui/state/head_figures.h"

#include "core/analysis/value_weights.h"

#include <algorithm>
#include <utility>

namespace sinkscope::ui {

namespace {

constexpr std::size_t kBudgetBytes = std::size_t {128} << 20;
constexpr std::size_t kKeptAnyway = 2; ///< the two sides on screen
constexpr std::size_t kMostWaiting = 2; ///< the same: what was asked before them is on screen no more

} // namespace

HeadFigures::HeadFigures(const AppState &state, QObject *parent)
    : QObject(parent)
    , m_state(state)
    , m_worker([this](const StopToken &stop) { work(stop); })
{
}

HeadFigures::~HeadFigures()
{
    m_worker.request_stop();
    m_worker.join();
}

bool HeadFigures::isOf(const Entry &entry, const Question &question)
{
    return entry.head == question.head && entry.quantity == question.quantity
        && entry.record.lock() == question.record;
}

bool HeadFigures::areSame(const Question &first, const Question &second)
{
    return first.head == second.head && first.quantity == second.quantity && first.record == second.record;
}

FloatRun HeadFigures::read(PatternQuantity quantity, HeadRef head, Side side)
{
    const std::shared_ptr<const Snapshot> snapshot =
        side == Side::Baseline ? m_state.baseline() : m_state.edited();
    if (!snapshot || !m_state.model())
        return {};
    Question question {m_state.model(), snapshot->pass->layers[head.layer.asSize()], head, quantity};
    const int group = question.model->config.groupSize();
    if (quantity == PatternQuantity::ValueWeighted) // one for all query heads that share the values
        question.head.head = HeadIndex(head.head.value / group * group);
    const auto found = std::find_if(m_entries.begin(), m_entries.end(),
        [&question](const Entry &entry) { return isOf(entry, question); });
    if (found != m_entries.end()) {
        m_entries.splice(m_entries.begin(), m_entries, found);
        return {found->figures, *found->figures};
    }
    const std::size_t tokens = question.record->tokenCount();
    const std::size_t size = quantity == PatternQuantity::Score ? LayerRecord::triangleSize(tokens) : tokens;
    const auto former = std::find_if(m_entries.begin(), m_entries.end(), [&](const Entry &entry) {
        return entry.head == question.head && entry.quantity == quantity && entry.figures->size() == size;
    });
    ask(std::move(question));
    return former == m_entries.end() ? FloatRun() : FloatRun {former->figures, *former->figures};
}

void HeadFigures::ask(Question question)
{
    const std::lock_guard lock(m_mutex);
    const auto isSame = [&question](const Question &other) { return areSame(other, question); };
    if ((m_running && isSame(*m_running)) || std::any_of(m_waiting.begin(), m_waiting.end(), isSame))
        return;
    m_waiting.push_back(std::move(question));
    if (m_waiting.size() > kMostWaiting)
        m_waiting.pop_front();
    m_wake.notify_one();
}

std::vector<float> HeadFigures::compute(const Question &question, const StopToken &stop)
{
    const ModelConfig &config = question.model->config;
    switch (question.quantity) {
    case PatternQuantity::Score:
        return attentionScores(*question.model, question.head, *question.record, stop)
            .value_or(std::vector<float>());
    case PatternQuantity::ValueWeighted:
        return valueNorms(*question.record, config.kvHeadOf(question.head.head), config.headSize);
    case PatternQuantity::Contribution:
    case PatternQuantity::Weight:
        break;
    }
    return contributionNorms(*question.model, question.head, *question.record);
}

void HeadFigures::work(const StopToken &stop)
{
    while (!stop.stop_requested()) {
        Question question;
        {
            std::unique_lock lock(m_mutex);
            m_running.reset();
            if (!m_wake.wait(lock, stop, [this] { return !m_waiting.empty(); }))
                return;
            question = std::move(m_waiting.front());
            m_waiting.pop_front();
            m_running = question;
        }
        auto figures = std::make_shared<const std::vector<float>>(compute(question, stop));
        Entry entry {question.record, question.head, question.quantity, std::move(figures)};
        if (!stop.stop_requested())
            QMetaObject::invokeMethod(
                this, [this, entry = std::move(entry)] { keep(entry); }, Qt::QueuedConnection);
    }
}

void HeadFigures::keep(Entry entry)
{
    m_entries.push_front(std::move(entry));
    std::size_t bytes = 0;
    std::size_t count = 0;
    for (auto kept = m_entries.begin(); kept != m_entries.end();) {
        bytes += kept->figures->size() * sizeof(float);
        ++count;
        const bool isOver = count > kKeptAnyway && bytes > kBudgetBytes;
        kept = isOver ? m_entries.erase(kept) : std::next(kept);
    }
    Q_EMIT changed();
}

} // namespace sinkscope::ui
