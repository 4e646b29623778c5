// SPDX-License-Identifier: Apache-2.0
// The layer x head map and the choice of its colour.
#include "ui/panels/head_panel.h"

#include "ui/state/live_attention.h"
#include "ui/theme/tool_tip.h"
#include "ui/views/colour_scale.h"

#include <QtCore/QCoreApplication>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>
#include <array>
#include <cmath>

namespace sinkscope::ui {

namespace {

constexpr int kMargin = 16; ///< px, as in the title
constexpr float kLeastRange = 1e-3F; ///< of values and changes

struct MeasureText {
    HeadMeasure measure;
    const char *name; ///< in the menu
    const char *title; ///< above the colour bar
    const char *words; ///< in a sentence
    const char *unit;
};

constexpr std::array kMeasures {
    MeasureText {HeadMeasure::SinkMassLast, QT_TRANSLATE_NOOP("HeadPanel", "sink mass, last row"),
        QT_TRANSLATE_NOOP("HeadPanel", "attention to key 0 from the last row"),
        QT_TRANSLATE_NOOP("HeadPanel", "sink mass"), ""},
    MeasureText {HeadMeasure::SinkMassMean, QT_TRANSLATE_NOOP("HeadPanel", "sink mass, mean"),
        QT_TRANSLATE_NOOP("HeadPanel", "attention to key 0, mean of rows 1 and later"),
        QT_TRANSLATE_NOOP("HeadPanel", "mean sink mass"), ""},
    MeasureText {HeadMeasure::EntropyLast, QT_TRANSLATE_NOOP("HeadPanel", "entropy, last row"),
        QT_TRANSLATE_NOOP("HeadPanel", "attention entropy of the last row, nats"),
        QT_TRANSLATE_NOOP("HeadPanel", "entropy"), QT_TRANSLATE_NOOP("HeadPanel", "nats")},
    MeasureText {HeadMeasure::EntropyMean, QT_TRANSLATE_NOOP("HeadPanel", "entropy, mean"),
        QT_TRANSLATE_NOOP("HeadPanel", "attention entropy, mean of all rows, nats"),
        QT_TRANSLATE_NOOP("HeadPanel", "mean entropy"), QT_TRANSLATE_NOOP("HeadPanel", "nats")},
    MeasureText {HeadMeasure::EntropyWithoutSinkLast, QT_TRANSLATE_NOOP("HeadPanel", "entropy w/o key 0"),
        QT_TRANSLATE_NOOP("HeadPanel", "entropy of the last row without key 0, nats"),
        QT_TRANSLATE_NOOP("HeadPanel", "entropy without key 0"), QT_TRANSLATE_NOOP("HeadPanel", "nats")},
    MeasureText {HeadMeasure::Factor, QT_TRANSLATE_NOOP("HeadPanel", "factor γ"),
        QT_TRANSLATE_NOOP("HeadPanel", "factor on the initial token, log axis"),
        QT_TRANSLATE_NOOP("HeadPanel", "factor"), ""},
    MeasureText {HeadMeasure::MarginEffect, QT_TRANSLATE_NOOP("HeadPanel", "effect on margin"),
        QT_TRANSLATE_NOOP("HeadPanel", "predicted effect on margin, nats/ln γ"),
        QT_TRANSLATE_NOOP("HeadPanel", "predicted effect on margin"),
        QT_TRANSLATE_NOOP("HeadPanel", "nats per ln γ")},
    MeasureText {HeadMeasure::EntropyEffect, QT_TRANSLATE_NOOP("HeadPanel", "effect on entropy"),
        QT_TRANSLATE_NOOP("HeadPanel", "predicted effect on entropy, nats/ln γ"),
        QT_TRANSLATE_NOOP("HeadPanel", "predicted effect on output entropy"),
        QT_TRANSLATE_NOOP("HeadPanel", "nats per ln γ")},
};

const MeasureText &textOf(HeadMeasure measure)
{
    return *std::find_if(kMeasures.begin(), kMeasures.end(),
        [measure](const MeasureText &text) { return text.measure == measure; });
}

int indexOf(HeadMeasure measure)
{
    return static_cast<int>(&textOf(measure) - kMeasures.data());
}

bool isSinkMass(HeadMeasure measure)
{
    return measure == HeadMeasure::SinkMassLast || measure == HeadMeasure::SinkMassMean;
}

float greatestFinite(const std::vector<float> &values)
{
    float greatest = 0.0F;
    for (const float value : values) {
        if (std::isfinite(value))
            greatest = std::max(greatest, std::abs(value));
    }
    return greatest;
}

} // namespace

HeadPanel::HeadPanel(Workbench &bench, QWidget *parent)
    : Panel(parent)
    , m_bench(bench)
    , m_title(new PanelTitle(tr("Heads"), this))
    , m_colourLabel(new QLabel(tr("colour:"), this))
    , m_measure(new QComboBox(this))
    , m_strongest(new StrongestHeads(bench, this))
    , m_view(new HeatmapView(this))
{
    for (const MeasureText &text : kMeasures)
        m_measure->addItem(QCoreApplication::translate("HeadPanel", text.name));
    m_measure->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    nameControl(
        m_measure, "headMeasure", tr("Colour of the head map"), tr("What the colour of each head shows"));
    for (const HeadMeasure measure : {HeadMeasure::MarginEffect, HeadMeasure::EntropyEffect})
        m_measure->setItemData(indexOf(measure),
            inShortLines(tr("Predicted, for all heads at once: the derivative by ln γ of each head at the "
                            "present edits, from one backward pass")),
            Qt::ToolTipRole);
    m_colourLabel->setBuddy(m_measure);
    m_title->addYieldingControl(m_colourLabel);
    m_title->addControl(m_measure);
    m_view->setObjectName(QStringLiteral("headMap"));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_title);
    auto *row = new QHBoxLayout;
    row->setContentsMargins(kMargin, 0, kMargin, 4);
    row->addWidget(m_strongest);
    row->addStretch(1);
    column->addLayout(row);
    column->addWidget(m_view, 1);

    connect(m_measure, QOverload<int>::of(&QComboBox::activated), this, [this](int index) {
        m_bench.selection.setMeasure(kMeasures[static_cast<std::size_t>(index)].measure);
    });
    connect(m_view, &HeatmapView::headSelected, this, [this](int layer, int head) {
        m_bench.selection.setHead({LayerIndex(layer), HeadIndex(head)});
    });
    connect(&m_bench.selection, &Selection::headChanged, this, &HeadPanel::refreshHead);
    connect(m_strongest, &StrongestHeads::openChanged, this, &HeadPanel::tellNeed);
    connect(&m_bench.effects, &SensitivityFeed::changed, this, [this] {
        if (effectOf(m_bench.selection.measure()))
            refresh();
    });
    connect(&m_bench.selection, &Selection::measureChanged, this, [this] {
        tellNeed();
        refresh();
    });
    connect(&m_bench.selection, &Selection::sideChanged, this, &HeadPanel::refresh);
    connect(&m_bench.state, &AppState::snapshotsChanged, this, &HeadPanel::refresh);
    connect(&m_bench.state, &AppState::dragEnded, this, &HeadPanel::refresh);
    connect(&m_bench.state, &AppState::editsChanged, this, &HeadPanel::refresh);
    connect(&m_bench.state, &AppState::modelChanged, this, &HeadPanel::refresh);
    connect(&m_bench.state, &AppState::staleChanged, this, [this] {
        m_title->setActivity(m_bench.state.activity());
        refresh();
    });
    refresh();
}

void HeadPanel::setTheme(const Theme &theme)
{
    m_title->setTheme(theme);
    m_view->setTheme(theme);
    QPalette quiet = m_colourLabel->palette();
    quiet.setColor(QPalette::WindowText, theme.colours().secondaryText);
    m_colourLabel->setPalette(quiet);
}

void HeadPanel::refreshHead()
{
    const HeadRef head = m_bench.selection.head();
    m_view->setSelected({head.layer.value, head.head.value});
}

void HeadPanel::tellNeed()
{
    const bool isShown = effectOf(m_bench.selection.measure()) || m_strongest->isOpen();
    m_bench.effects.setNeed(isShown ? SensitivityFeed::Need::Wanted : SensitivityFeed::Need::None);
}

void HeadPanel::addEffect(HeatmapData &map, Effect effect) const
{
    map.scale = HeatmapScale::Diverging;
    const Matrix *derivatives = m_bench.effects.effectOrNull(effect);
    if (!derivatives) {
        map.missingReason = m_bench.effects.missingReason(effect);
        return;
    }
    std::vector<float> values(derivatives->values().begin(), derivatives->values().end());
    map.maximum = niceCeiling(std::max(greatestFinite(values), 1e-6F));
    map.values = SharedFloats(std::move(values));
    if (m_bench.effects.isOld() || m_bench.state.isStale())
        map.firstStaleLayer = 0;
}

/// Everything but the values.
HeatmapData HeadPanel::emptyMap() const
{
    const AppState &state = m_bench.state;
    const MeasureText &text = textOf(m_bench.selection.measure());
    HeatmapData map;
    map.layers = state.grid().layerCount;
    map.heads = state.grid().headCount;
    map.groupSize = state.model() ? state.model()->config.groupSize() : 1;
    map.title = QCoreApplication::translate("HeadPanel", text.title);
    map.shortMeasure = QCoreApplication::translate("HeadPanel", text.words);
    map.unit = QCoreApplication::translate("HeadPanel", text.unit);
    for (int layer = 0; layer < map.layers; ++layer) {
        for (int head = 0; head < map.heads; ++head)
            map.gammas.push_back(
                static_cast<float>(state.edits().effectiveFactor({LayerIndex(layer), HeadIndex(head)})));
    }
    return map;
}

HeatmapData HeadPanel::mapData() const
{
    const AppState &state = m_bench.state;
    const HeadMeasure measure = m_bench.selection.measure();
    const Side side = m_bench.selection.side();
    HeatmapData map = emptyMap();
    const LiveAttention live(state);
    if (live.isEmpty())
        return map;
    if (const std::optional<Effect> effect = effectOf(measure)) {
        addEffect(map, *effect);
        return map;
    }
    std::vector<float> values =
        side == Side::Baseline ? live.baselineMeasure(measure) : live.editedMeasure(measure);
    const std::vector<float> baseline = live.baselineMeasure(measure);
    if (measure == HeadMeasure::Factor) {
        map.scale = HeatmapScale::Factor;
    } else if (side == Side::Difference) {
        for (std::size_t cell = 0; cell < values.size(); ++cell)
            values[cell] -= baseline[cell];
        map.scale = HeatmapScale::Diverging;
        map.maximum = niceCeiling(std::max(greatestFinite(values), kLeastRange));
        // Shorter than the measure alone: one line in the dock, whose map keeps its place.
        map.title = tr("change of %1").arg(tr(textOf(measure).name));
        if (const QString unit = tr(textOf(measure).unit); !unit.isEmpty())
            map.title += QStringLiteral(", ") + unit;
        map.shortMeasure = tr("change of %1").arg(map.shortMeasure);
    } else if (isSinkMass(measure)) {
        map.scale = HeatmapScale::SinkRamp;
    } else {
        map.scale = HeatmapScale::Sequential;
        map.maximum = niceCeiling(std::max({greatestFinite(values), greatestFinite(baseline), kLeastRange}));
    }
    map.values = SharedFloats(std::move(values));
    if (state.isStale() && state.isOfFormerPrompt())
        map.firstStaleLayer = 0;
    else if (state.isStale() && live.firstOldLayer() && side != Side::Baseline
        && measure != HeadMeasure::Factor)
        map.firstStaleLayer = live.firstOldLayer()->value;
    return map;
}

void HeadPanel::holdRange(HeatmapData &map) const
{
    // As that of the head's own map: still under the hand, until what was asked for is here.
    const AppState &state = m_bench.state;
    const HeatmapData &before = m_view->data();
    if (!state.isDragging() && !(m_bench.range.isHeld() && !state.isFresh()))
        return;
    if (map.scale != before.scale || map.title != before.title)
        return;
    const bool mayGrow = m_bench.range.growth() == RangeGrowth::MayGrow;
    map.maximum = mayGrow ? std::max(before.maximum, map.maximum) : before.maximum;
}

void HeadPanel::refresh()
{
    m_measure->setCurrentIndex(indexOf(m_bench.selection.measure()));
    HeatmapData map = mapData();
    holdRange(map);
    m_view->setData(map);
    refreshHead();
}

} // namespace sinkscope::ui
