// SPDX-License-Identifier: Apache-2.0
// What the grid of thumbnails shows, from the state of the moment.
#include "ui/panels/head_data.h"
#include "ui/panels/head_grid_panel.h"
#include "ui/panels/ranked_heads.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>

namespace sinkscope::ui {

namespace {

HeadRef headOf(HeatmapCell cell)
{
    return {LayerIndex(cell.layer), HeadIndex(cell.head)};
}

HeatmapCell cellOf(HeadRef head)
{
    return {head.layer.value, head.head.value};
}

HeadMapRange rangeOf(PatternRange range)
{
    return range == PatternRange::ThisHead ? HeadMapRange::ThisHead : HeadMapRange::AllHeads;
}

/// Strongest first; those without a value last, in their order.
void sortByMeasure(std::vector<HeatmapCell> &heads, const HeatmapData &map)
{
    std::map<std::pair<int, int>, double> strengths;
    for (const HeadRankEntry &entry : rankEntries(map)) {
        if (!std::isnan(entry.value))
            strengths[{entry.layer, entry.head}] = entry.strength;
    }
    const auto strength = [&strengths](HeatmapCell cell) {
        const auto found = strengths.find({cell.layer, cell.head});
        return found == strengths.end() ? -HUGE_VAL : found->second;
    };
    std::stable_sort(heads.begin(), heads.end(),
        [&](HeatmapCell first, HeatmapCell second) { return strength(first) > strength(second); });
}

} // namespace

bool HeadGridPanel::isHeld() const
{
    return m_bench.state.isDragging() || (m_bench.range.isHeld() && !m_bench.state.isFresh());
}

HeadGridData HeadGridPanel::emptyGrid() const
{
    const AppState &state = m_bench.state;
    const Selection &selection = m_bench.selection;
    HeadGridData grid;
    grid.layers = state.grid().layerCount;
    grid.heads = state.grid().headCount;
    grid.groupSize = state.model() ? state.model()->config.groupSize() : 1;
    grid.thumbnailPx = selection.gridLook().thumbnailPx;
    grid.mode = mapMode(selection.side());
    grid.scale = selection.scale() == PatternScale::Log ? HeadMapScaleForm::Log : HeadMapScaleForm::Linear;
    grid.range = rangeOf(selection.gridLook().range);
    grid.keyZero = selection.keyZero() == KeyZeroScale::Apart ? KeyZeroPlace::Apart : KeyZeroPlace::InScale;
    grid.holdsRanges = isHeld();
    grid.notCapturedReason = tr("the memory set aside for attention holds one layer of this prompt; a head "
                                "that is opened is computed");
    for (int layer = 0; layer < grid.layers; ++layer) {
        for (int head = 0; head < grid.heads; ++head)
            grid.gammas.push_back(
                static_cast<float>(state.edits().effectiveFactor({LayerIndex(layer), HeadIndex(head)})));
    }
    return grid;
}

std::vector<HeatmapCell> HeadGridPanel::chosenHeads() const
{
    const HeadGrid grid = m_bench.state.grid();
    std::vector<HeatmapCell> heads;
    const auto take = [&](const std::vector<HeadRef> &from) {
        for (const HeadRef head : from) {
            if (head.layer.value < grid.layerCount && head.head.value < grid.headCount)
                heads.push_back(cellOf(head));
        }
    };
    const auto takeLayers = [&](int first, int last) {
        for (int layer = first; layer <= last; ++layer)
            for (int head = 0; head < grid.headCount; ++head)
                heads.push_back({layer, head});
    };
    const int own = m_bench.selection.head().layer.value;
    switch (m_bench.selection.gridLook().show) {
    case GridShow::All:
        takeLayers(0, grid.layerCount - 1);
        break;
    case GridShow::Selected:
        take(m_selected);
        break;
    case GridShow::Layer:
        takeLayers(own, std::min(own, grid.layerCount - 1));
        break;
    case GridShow::Edited:
        take(m_bench.state.edits().heads());
        break;
    }
    std::sort(heads.begin(), heads.end(), [](HeatmapCell first, HeatmapCell second) {
        return std::pair(first.layer, first.head) < std::pair(second.layer, second.head);
    });
    return heads;
}

void HeadGridPanel::arrange(HeadGridData &grid)
{
    const GridLook &look = m_bench.selection.gridLook();
    const bool isByMeasure = look.order == GridOrder::Measure;
    grid.form = look.show == GridShow::All && !isByMeasure ? HeadGridForm::Layers : HeadGridForm::Flow;
    grid.shown = chosenHeads();
    grid.emptyReason = look.show == GridShow::Edited
        ? tr("No head is edited: turn the slider of one, and it stands here.")
        : QString();
    if (!isByMeasure)
        return;
    const HeatmapData &map = m_measured;
    const std::vector<HeatmapCell> &before = m_view->data().shown;
    const bool isSameSet = before.size() == grid.shown.size()
        && std::is_permutation(
            before.begin(), before.end(), grid.shown.begin(), grid.shown.end(), std::equal_to<>());
    if (isHeld() && isSameSet && m_view->data().form == grid.form)
        grid.shown = before; // nothing moves under the hand
    else
        sortByMeasure(grid.shown, map);
    grid.notes.assign(static_cast<std::size_t>(grid.cellCount()), QString());
    for (const HeadRankEntry &entry : rankEntries(map)) {
        if (entry.layer < grid.layers && entry.head < grid.heads)
            grid.notes[grid.at({entry.layer, entry.head})] = entry.valueText;
    }
}

/// Heads whose reading is made from something else than before get another version.
void HeadGridPanel::countVersions(HeadGridData &grid, const LiveAttention &live)
{
    m_origins.resize(static_cast<std::size_t>(grid.cellCount()));
    grid.versions.resize(m_origins.size());
    for (int layer = 0; layer < grid.layers; ++layer) {
        for (int head = 0; head < grid.heads; ++head) {
            const HeatmapCell cell {layer, head};
            Origins &known = m_origins[grid.at(cell)];
            const ReadingOrigin baseline = live.baselineOrigin(headOf(cell));
            const ReadingOrigin edited = live.editedOrigin(headOf(cell));
            if (!known.baseline.isSame(baseline) || !known.edited.isSame(edited))
                known = {baseline, edited, known.version + 1};
            grid.versions[grid.at(cell)] = known.version;
        }
    }
}

void HeadGridPanel::addColours(HeadGridData &grid, const LiveAttention &live)
{
    const auto firstRow = static_cast<std::size_t>(firstRangeRow(grid.tokens));
    const bool isDifference = grid.mode == HeadMapMode::Difference;
    if (grid.range == HeadMapRange::AllHeads) {
        grid.sharedMaximum =
            isDifference ? m_bench.range.greatestChange(firstRow) : m_bench.range.greatestWeight(firstRow);
        grid.sharedKeyZeroChange = isDifference ? m_bench.range.greatestKeyZeroChange() : 0.0;
    }
    const AppState &state = m_bench.state;
    if (state.isStale() && state.isOfFormerPrompt())
        grid.firstStaleLayer = 0;
    else if (state.isStale() && live.firstOldLayer() && grid.mode != HeadMapMode::Baseline)
        grid.firstStaleLayer = live.firstOldLayer()->value;
}

void HeadGridPanel::addReading(HeadGridData &grid, const LiveAttention &live) const
{
    const bool needsBoth = grid.range == HeadMapRange::ThisHead || grid.mode == HeadMapMode::Difference;
    const bool needsBaseline = needsBoth || grid.mode == HeadMapMode::Baseline;
    const bool needsEdited = needsBoth || grid.mode == HeadMapMode::Edited;
    grid.read = [live, needsBaseline, needsEdited](HeatmapCell cell) {
        HeadGridReading reading;
        if (needsBaseline)
            reading.baseline = headSide(live.baseline(headOf(cell)));
        if (needsEdited)
            reading.edited = headSide(live.edited(headOf(cell)));
        return reading;
    };
}

void HeadGridPanel::addValues(HeadGridData &grid)
{
    const LiveAttention live(m_bench.state);
    if (live.isEmpty())
        return;
    grid.tokens = live.tokenCount();
    const bool hasEdits = !m_bench.state.intervention().changesNothing();
    const auto cells = static_cast<std::size_t>(grid.cellCount());
    grid.lastSinkMass.resize(cells);
    grid.captured.resize(cells);
    if (hasEdits)
        grid.baselineSinkMass.resize(cells);
    for (int layer = 0; layer < grid.layers; ++layer) {
        for (int head = 0; head < grid.heads; ++head) {
            const HeadRef place = headOf({layer, head});
            const std::size_t at = grid.at({layer, head});
            const float before = live.baselineSinkMass(place);
            const float now = live.editedSinkMass(place);
            grid.lastSinkMass[at] = grid.mode == HeadMapMode::Baseline ? before
                : grid.mode == HeadMapMode::Difference                 ? now - before
                                                                       : now;
            if (hasEdits)
                grid.baselineSinkMass[at] = before;
            grid.captured[at] = live.isCaptured(place);
        }
    }
    countVersions(grid, live);
    addColours(grid, live);
    addReading(grid, live);
}

void HeadGridPanel::refresh()
{
    if (m_use == Use::Screen && !isVisible())
        return;
    refreshControls();
    HeadGridData grid = emptyGrid();
    addValues(grid);
    arrange(grid);
    m_view->setData(std::move(grid));
    markSelection();
    refreshBars();
    refreshTitle();
    Q_EMIT wordsChanged();
}

void HeadGridPanel::refreshTitle()
{
    const HeadGridData &grid = m_view->data();
    QString title = tr("All heads");
    switch (m_bench.selection.gridLook().show) {
    case GridShow::All:
        break;
    case GridShow::Selected:
        title = tr("Selected heads");
        break;
    case GridShow::Layer:
        title = tr("Layer %1").arg(m_bench.selection.head().layer.value);
        break;
    case GridShow::Edited:
        title = tr("Edited heads");
        break;
    }
    m_title->setTitle(title);
    if (m_use == Use::Figure)
        return;
    const std::vector<HeatmapCell> heads = m_view->visibleHeads();
    QString remark;
    if (!heads.empty()) {
        remark = tr("%1 of %2 heads in view").arg(heads.size()).arg(grid.cellCount());
        if (grid.form == HeadGridForm::Layers)
            remark.prepend(tr("layers %1–%2 of %3 · ")
                               .arg(heads.front().layer)
                               .arg(heads.back().layer)
                               .arg(grid.layers));
    }
    m_title->setRemark(remark);
}

void HeadGridPanel::refreshBars()
{
    const HeadGridData &grid = m_view->data();
    if (grid.tokens == 0) {
        m_bars->setBars({});
        return;
    }
    const bool isDifference = grid.mode == HeadMapMode::Difference;
    const bool isShared = grid.range == HeadMapRange::AllHeads;
    const bool isApart = grid.keyZero == KeyZeroPlace::Apart;
    const ColourMap &diverging = m_theme.diverging();
    const HeadMapScales &scales = m_view->sharedScales();
    // Without a common range the ends are those of each head.
    const std::vector<ScaleTick> own = isDifference
        ? std::vector<ScaleTick> {{0.0, tr("−most")}, {1.0, tr("+most")}, {0.5, QStringLiteral("0")}}
        : std::vector<ScaleTick> {{0.0, tr("least")}, {1.0, tr("most")}};
    std::vector<ColourBar> bars;
    if (isApart && isDifference)
        bars.push_back({tr("change of key 0"), &diverging, isShared ? scales.keyZero.ticks() : own});
    else if (isApart)
        bars.push_back({tr("key 0"), &m_theme.sink(), ColourScale::unit().ticks()});
    const QString keys = tr("keys %1–%2").arg(isApart ? 1 : 0).arg(grid.tokens - 1);
    const QString form = isDifference         ? tr("change")
        : grid.scale == HeadMapScaleForm::Log ? tr("log")
                                              : tr("linear");
    const QString range = isShared ? tr("all heads") : tr("each head");
    bars.push_back({QStringList {keys, form, range}.join(QStringLiteral(", ")),
        isDifference ? &diverging : &m_theme.attentionMap(), isShared ? restTicks(scales) : own});
    m_bars->setBars(bars);
}

} // namespace sinkscope::ui
