// SPDX-License-Identifier: Apache-2.0
// Attention under the edits as they are now.
#include "ui/state/live_attention.h"

#include "core/analysis/closed_form.h"
#include "core/intervention/intervention_diff.h"
#include "ui/state/edit_target.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sinkscope::ui {

namespace {

FloatRun run(std::vector<float> values)
{
    const auto owner = std::make_shared<const std::vector<float>>(std::move(values));
    return {owner, *owner};
}

/// The matrix [L, H] of `measure`; nullptr where it does not exist.
const Matrix *matrixOf(const HeadMetrics &metrics, HeadMeasure measure)
{
    switch (measure) {
    case HeadMeasure::SinkMassLast:
        return &metrics.sinkMassLast;
    case HeadMeasure::SinkMassMean:
        return metrics.sinkMassMean ? &*metrics.sinkMassMean : nullptr;
    case HeadMeasure::EntropyLast:
        return &metrics.entropyLast;
    case HeadMeasure::EntropyMean:
        return &metrics.entropyMean;
    case HeadMeasure::EntropyWithoutSinkLast:
        return &metrics.entropyWithoutSinkLast;
    default: // not of a pass
        break;
    }
    return nullptr;
}

bool isPlain(const HeadEdit &edit)
{
    return targetOf(edit).isPlain();
}

/// Whether plain factors alone differ in `layer`, of heads that have no other edit there.
bool isClosed(const Intervention &from, const Intervention &to, LayerIndex layer)
{
    const auto others = [layer](const Intervention &intervention) {
        std::vector<HeadEdit> edits = intervention.effectiveIn(layer);
        std::erase_if(edits, isPlain);
        return edits;
    };
    const std::vector<HeadEdit> held = others(from);
    return held == others(to) && std::ranges::all_of(held, [&](const HeadEdit &edit) {
        return from.factor(edit.head) == to.factor(edit.head);
    });
}

std::vector<float> factors(const Intervention &intervention, const HeadGrid &grid)
{
    std::vector<float> values(static_cast<std::size_t>(grid.layerCount * grid.headCount), 1.0F);
    for (const HeadEdit &edit : intervention.edits())
        if (isPlain(edit))
            values[edit.head.layer.asSize() * static_cast<std::size_t>(grid.headCount)
                + edit.head.head.asSize()] = static_cast<float>(edit.gamma);
    return values;
}

std::vector<float> measured(const Snapshot &snapshot, HeadMeasure measure, const HeadGrid &grid)
{
    const HeadMetrics metrics = snapshot.heads ? *snapshot.heads : headMetrics(snapshot.pass->layers);
    const Matrix *matrix = matrixOf(metrics, measure);
    if (!matrix)
        return std::vector<float>(static_cast<std::size_t>(grid.layerCount * grid.headCount),
            std::numeric_limits<float>::quiet_NaN());
    return {matrix->values().begin(), matrix->values().end()};
}

} // namespace

HeadReading headReading(const std::shared_ptr<const LayerRecord> &record, HeadIndex head)
{
    HeadReading reading;
    const std::size_t size = LayerRecord::triangleSize(record->tokenCount());
    if (record->patternPrecision() == PatternPrecision::Single)
        reading.pattern = {record, std::span(record->patterns).subspan(head.asSize() * size, size)};
    else if (record->hasPatterns())
        reading.pattern = run(record->patternTriangle(head));
    reading.sinkMass = {record, record->sinkMass.row(head.asSize())};
    reading.entropy = {record, record->entropy.row(head.asSize())};
    reading.restEntropy = {record, record->restEntropy.row(head.asSize())};
    return reading;
}

LiveAttention::LiveAttention(const AppState &state)
    : m_state(state)
    , m_baseline(state.baseline())
    , m_latest(state.edited())
    , m_exact(m_latest)
    , m_now(state.intervention())
{
    if (!m_baseline || !m_latest)
        return;
    m_changed = lowestDifferingLayer(m_latest->intervention, m_now);
    if (!m_changed)
        return;
    const std::optional<LayerIndex> fromBaseline = lowestDifferingLayer(m_baseline->intervention, m_now);
    if (!fromBaseline) {
        m_exact = m_latest = m_baseline;
        m_changed.reset();
        return;
    }
    // Where both reach as high, the unedited rows are finer, as long as the closed form holds from there.
    if (*fromBaseline > *m_changed
        || (*fromBaseline == *m_changed && isClosed(m_baseline->intervention, m_now, *m_changed))) {
        m_exact = m_baseline;
        m_changed = fromBaseline;
    }
    m_isClosed = isClosed(m_exact->intervention, m_now, *m_changed);
}

const Snapshot &LiveAttention::sourceOf(LayerIndex layer) const
{
    const std::optional<LayerIndex> old = firstOldLayer();
    return old && layer < *old ? *m_exact : *m_latest;
}

int LiveAttention::tokenCount() const
{
    return m_baseline ? static_cast<int>(m_baseline->prompt->ids.size()) : 0;
}

std::optional<LayerIndex> LiveAttention::firstOldLayer() const
{
    if (!m_changed)
        return std::nullopt;
    return m_isClosed ? LayerIndex(m_changed->value + 1) : *m_changed;
}

bool LiveAttention::needsClosedForm(HeadRef head) const
{
    return m_changed && m_isClosed && head.layer == *m_changed
        && m_exact->intervention.factor(head) != m_now.factor(head);
}

HeadReading LiveAttention::baseline(HeadRef head) const
{
    return headReading(m_baseline->pass->layers[head.layer.asSize()], head.head);
}

HeadReading LiveAttention::edited(HeadRef head) const
{
    const std::shared_ptr<const LayerRecord> &record = sourceOf(head.layer).pass->layers[head.layer.asSize()];
    HeadReading reading = headReading(record, head.head);
    if (!needsClosedForm(head))
        return reading;
    const double gamma = m_now.factor(head);
    const std::size_t tokens = record->tokenCount();
    std::vector<float> sinkMass(tokens);
    std::vector<float> entropy(tokens);
    for (std::size_t query = 0; query < tokens; ++query) {
        const ScaledRow row =
            scaledRow(*record, head.head, TokenPos(static_cast<std::int32_t>(query)), gamma);
        sinkMass[query] = static_cast<float>(row.sinkMass);
        entropy[query] = static_cast<float>(row.entropyNats);
    }
    reading.sinkMass = run(std::move(sinkMass));
    reading.entropy = run(std::move(entropy));
    if (record->hasPatterns())
        reading.pattern = run(scaledPattern(*record, head.head, gamma));
    return reading;
}

ReadingOrigin LiveAttention::baselineOrigin(HeadRef head) const
{
    return {m_baseline->pass->layers[head.layer.asSize()]};
}

ReadingOrigin LiveAttention::editedOrigin(HeadRef head) const
{
    return {sourceOf(head.layer).pass->layers[head.layer.asSize()],
        needsClosedForm(head) ? m_now.factor(head) : 1.0};
}

float LiveAttention::baselineSinkMass(HeadRef head) const
{
    return m_baseline->pass->layers[head.layer.asSize()]->sinkMass.row(head.head.asSize()).back();
}

float LiveAttention::editedSinkMass(HeadRef head) const
{
    if (needsClosedForm(head))
        return liveMeasure(HeadMeasure::SinkMassLast, head);
    return sourceOf(head.layer).pass->layers[head.layer.asSize()]->sinkMass.row(head.head.asSize()).back();
}

bool LiveAttention::isCaptured(HeadRef head) const
{
    const std::size_t layer = head.layer.asSize();
    return m_baseline->pass->layers[layer]->hasPatterns()
        && sourceOf(head.layer).pass->layers[layer]->hasPatterns();
}

std::vector<float> LiveAttention::baselineMeasure(HeadMeasure measure) const
{
    if (measure == HeadMeasure::Factor)
        return factors(Intervention(), m_state.grid());
    return measured(*m_baseline, measure, m_state.grid());
}

float LiveAttention::liveMeasure(HeadMeasure measure, HeadRef head) const
{
    const LayerRecord &record = *m_exact->pass->layers[head.layer.asSize()];
    const double gamma = m_now.factor(head);
    const auto tokens = static_cast<std::int32_t>(record.tokenCount());
    const ScaledRow last = scaledRow(record, head.head, TokenPos(tokens - 1), gamma);
    double sinkSum = 0.0;
    double entropySum = 0.0;
    switch (measure) {
    case HeadMeasure::SinkMassLast:
        return static_cast<float>(last.sinkMass);
    case HeadMeasure::EntropyLast:
        return static_cast<float>(last.entropyNats);
    case HeadMeasure::EntropyWithoutSinkLast:
        return static_cast<float>(last.restEntropyNats);
    case HeadMeasure::SinkMassMean:
    case HeadMeasure::EntropyMean:
        for (std::int32_t query = 0; query < tokens; ++query) {
            const ScaledRow row = scaledRow(record, head.head, TokenPos(query), gamma);
            sinkSum += query > 0 ? row.sinkMass : 0.0;
            entropySum += row.entropyNats;
        }
        if (measure == HeadMeasure::EntropyMean)
            return static_cast<float>(entropySum / tokens);
        return tokens > 1 ? static_cast<float>(sinkSum / (tokens - 1))
                          : std::numeric_limits<float>::quiet_NaN();
    case HeadMeasure::Factor:
        return static_cast<float>(gamma);
    default: // not of a pass
        break;
    }
    return std::numeric_limits<float>::quiet_NaN();
}

std::vector<float> LiveAttention::editedMeasure(HeadMeasure measure) const
{
    const HeadGrid grid = m_state.grid();
    if (measure == HeadMeasure::Factor)
        return factors(m_now, grid);
    std::vector<float> values = measured(*m_latest, measure, grid);
    if (!m_changed)
        return values;
    const std::vector<float> exact = measured(*m_exact, measure, grid);
    const auto heads = static_cast<std::ptrdiff_t>(grid.headCount);
    std::copy_n(exact.begin(), firstOldLayer()->value * heads, values.begin());
    for (HeadIndex head; head.value < grid.headCount; ++head) {
        const HeadRef place {*m_changed, head};
        if (needsClosedForm(place))
            values[place.layer.asSize() * static_cast<std::size_t>(grid.headCount) + head.asSize()] =
                liveMeasure(measure, place);
    }
    return values;
}

namespace {

/// Row by row into the greatest of each key, which the compiler does eight at a time.
class Greatest {
public:
    explicit Greatest(std::size_t keys)
        : m_high(keys)
    {
    }
    void take(std::span<const float> row)
    {
        float *high = m_high.data();
        for (std::size_t key = 0; key < row.size(); ++key)
            high[key] = row[key] > high[key] ? row[key] : high[key];
    }
    float value() const { return *std::max_element(m_high.begin(), m_high.end()); }

private:
    std::vector<float> m_high; ///< [keys], at least 0
};

TokenPos position(std::size_t query)
{
    return TokenPos(static_cast<std::int32_t>(query));
}

} // namespace

float greatestRestWeight(const LayerRecord &record, std::size_t firstRow)
{
    Greatest greatest(record.tokenCount());
    std::vector<float> row(record.tokenCount());
    for (HeadIndex head; head.asSize() < record.headCount(); ++head) {
        if (!record.hasPatterns()) {
            greatest.take(record.lastRow.row(head.asSize()).subspan(1));
            continue;
        }
        for (std::size_t query = std::max<std::size_t>(firstRow, 1); query < record.tokenCount(); ++query) {
            record.copyPatternRow(head, position(query), row);
            greatest.take(std::span(row).subspan(1, query));
        }
    }
    return greatest.value();
}

float greatestRestChange(const LayerRecord &before, const LayerRecord &after, std::size_t firstRow)
{
    if (&before == &after || !before.hasPatterns() || !after.hasPatterns())
        return 0.0F;
    Greatest greatest(before.tokenCount());
    std::vector<float> old(before.tokenCount());
    std::vector<float> now(old.size());
    for (HeadIndex head; head.asSize() < before.headCount(); ++head) {
        for (std::size_t query = std::max<std::size_t>(firstRow, 1); query < before.tokenCount(); ++query) {
            before.copyPatternRow(head, position(query), old);
            after.copyPatternRow(head, position(query), now);
            for (std::size_t key = 1; key <= query; ++key)
                now[key] = std::abs(now[key] - old[key]);
            greatest.take(std::span(now).subspan(1, query));
        }
    }
    return greatest.value();
}

double greatestRestWeight(const Snapshot &snapshot, std::size_t firstRow)
{
    float greatest = 0.0F;
    for (const std::shared_ptr<const LayerRecord> &record : snapshot.pass->layers)
        greatest = std::max(greatest, greatestRestWeight(*record, firstRow));
    return greatest;
}

double greatestRestChange(const Snapshot &before, const Snapshot &after, std::size_t firstRow)
{
    float greatest = 0.0F;
    for (std::size_t layer = 0; layer < before.pass->layers.size(); ++layer)
        greatest = std::max(
            greatest, greatestRestChange(*before.pass->layers[layer], *after.pass->layers[layer], firstRow));
    return greatest;
}

double greatestKeyZeroChange(const Snapshot &before, const Snapshot &after)
{
    float greatest = 0.0F;
    for (std::size_t layer = 0; layer < before.pass->layers.size(); ++layer) {
        const std::span<const float> old = before.pass->layers[layer]->sinkMass.values();
        const std::span<const float> now = after.pass->layers[layer]->sinkMass.values();
        for (std::size_t at = 0; at < old.size(); ++at)
            greatest = std::max(greatest, std::abs(now[at] - old[at]));
    }
    return greatest;
}

} // namespace sinkscope::ui
