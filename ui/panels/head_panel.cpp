// SPDX-License-Identifier: Apache-2.0
// The layer x head map and the choice of its colour.
#include "ui/panels/head_panel.h"

#include "ui/panels/head_measures.h"
#include "ui/state/live_attention.h"
#include "ui/theme/entropy_unit.h"
#include "ui/theme/number_format.h"
#include "ui/theme/tool_tip.h"
#include "ui/views/colour_scale.h"

#include <QtCore/QCoreApplication>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>
#include <array>
#include <cmath>

namespace sinkscope::ui {

namespace {

constexpr int kMargin = 16; ///< px, as in the title
constexpr float kLeastRange = 1e-3F; ///< of values and changes

float greatestFinite(const std::vector<float> &values)
{
    float greatest = 0.0F;
    for (const float value : values) {
        if (std::isfinite(value))
            greatest = std::max(greatest, std::abs(value));
    }
    return greatest;
}

/// `map`, made in nats, in the unit of the window.
HeatmapData inShownUnit(HeatmapData map, HeadMeasure measure)
{
    if (!isInNats(measure) || entropyUnit() == EntropyUnit::Nats)
        return map;
    std::vector<float> values(map.values.values().begin(), map.values.values().end());
    for (float &value : values)
        value = static_cast<float>(inEntropyUnit(value));
    map.values = SharedFloats(std::move(values));
    map.maximum = niceCeiling(static_cast<float>(inEntropyUnit(map.maximum)));
    return map;
}

} // namespace

HeadPanel::HeadPanel(Workbench &bench, QWidget *parent)
    : Panel(parent)
    , m_bench(bench)
    , m_title(new PanelTitle(tr("Heads"), this))
    , m_colourLabel(new QLabel(tr("colour:"), this))
    , m_measure(new ShrinkingBox(this))
    , m_listButton(new QToolButton(this))
    , m_list(new RankedHeads(bench, this))
    , m_view(new HeatmapView(this))
{
    for (const HeadMeasureText &text : headMeasures()) {
        if (beginsGroup(text.measure))
            m_measure->insertSeparator(m_measure->count());
        m_measure->addItem(translated(text.name), static_cast<int>(text.measure));
    }
    m_measure->setMaxVisibleItems(m_measure->count());
    m_measure->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    nameControl(
        m_measure, "headMeasure", tr("Colour of the head map"), tr("What the colour of each head shows"));
    leaveWheel(m_measure);
    m_colourLabel->setBuddy(m_measure);
    m_title->addYieldingControl(m_colourLabel);
    m_title->addControl(m_measure);
    m_view->setObjectName(QStringLiteral("headMap"));
    m_listButton->setText(tr("List of head&s"));
    m_listButton->setCheckable(true);
    m_listButton->setToolButtonStyle(Qt::ToolButtonTextOnly);
    m_listButton->setFocusPolicy(Qt::TabFocus);
    nameControl(m_listButton, "headListButton", tr("List of all heads"),
        tr("Lists all heads beside the map in the order of its colour (Alt+S): the measure that is chosen "
           "above"));
    m_list->hide();
    setTabOrder(m_listButton, m_view);
    setTabOrder(m_view, m_list);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_title);
    auto *row = new QHBoxLayout;
    row->setContentsMargins(kMargin, 0, kMargin, 4);
    row->addWidget(m_listButton);
    row->addStretch(1);
    column->addLayout(row);
    auto *beside = new QHBoxLayout;
    beside->setContentsMargins(0, 0, 0, 0);
    beside->setSpacing(0);
    beside->addWidget(m_view, 1);
    beside->addWidget(m_list);
    column->addLayout(beside, 1);

    connectState();
    sayFormulas();
    refresh();
}

void HeadPanel::connectState()
{
    connect(m_measure, QOverload<int>::of(&QComboBox::activated), this, [this](int index) {
        m_bench.selection.setMeasure(static_cast<HeadMeasure>(m_measure->itemData(index).toInt()));
    });
    connect(m_view, &HeatmapView::headSelected, this, [this](int layer, int head) {
        m_bench.selection.setHead({LayerIndex(layer), HeadIndex(head)});
    });
    connect(m_view, &HeatmapView::selectionChanged, this, &HeadPanel::takeSelection);
    connect(&m_bench.selection, &Selection::headsChanged, this, &HeadPanel::refreshHead);
    connect(m_listButton, &QToolButton::toggled, this, &HeadPanel::toggleList);
    connect(&m_bench.effects, &SensitivityFeed::changed, this, [this] {
        if (effectOf(m_bench.selection.measure()))
            refresh();
    });
    connect(&m_bench.scores, &HeadScoreFeed::changed, this, [this] {
        const std::optional<HeadScoreKind> kind = scoreKindOf(m_bench.selection.measure());
        if (kind == HeadScoreKind::Repetition) // their formulas name what was repeated
            sayFormulas();
        if (kind)
            refresh();
    });
    connect(&m_bench.selection, &Selection::measureChanged, this, [this] {
        tellNeed();
        refresh();
    });
    connect(&m_bench.selection, &Selection::sideChanged, this, &HeadPanel::refresh);
    connect(&m_bench.state, &AppState::snapshotsChanged, this, &HeadPanel::refresh);
    connect(&m_bench.preferences, &Preferences::changed, this, &HeadPanel::sayFormulas);
    connect(&m_bench.state, &AppState::dragEnded, this, &HeadPanel::refresh);
    connect(&m_bench.state, &AppState::editsChanged, this, &HeadPanel::refresh);
    connect(&m_bench.state, &AppState::modelChanged, this, &HeadPanel::refresh);
    connect(&m_bench.state, &AppState::staleChanged, this, [this] {
        m_title->setActivity(m_bench.state.activity());
        refresh();
    });
}

void HeadPanel::setTheme(const Theme &theme)
{
    m_title->setTheme(theme);
    m_view->setTheme(theme);
    m_list->setTheme(theme);
    QPalette quiet = m_colourLabel->palette();
    quiet.setColor(QPalette::WindowText, theme.colours().secondaryText);
    m_colourLabel->setPalette(quiet);
}

void HeadPanel::refreshHead()
{
    std::vector<HeatmapCell> cells;
    cells.reserve(m_bench.selection.heads().size());
    for (const HeadRef head : m_bench.selection.heads())
        cells.push_back({head.layer.value, head.head.value});
    if (cells != m_view->selection())
        m_view->setSelection(std::move(cells));
}

/// A box of heads is what the slider turns.
void HeadPanel::takeSelection()
{
    std::vector<HeadRef> heads;
    heads.reserve(m_view->selection().size());
    for (const HeatmapCell cell : m_view->selection())
        heads.push_back({LayerIndex(cell.layer), HeadIndex(cell.head)});
    if (heads.size() > 1)
        m_bench.selection.setScope(FactorScope::Head);
    m_bench.selection.setHeads(std::move(heads));
}

void HeadPanel::tellNeed()
{
    m_bench.effects.setNeed(
        effectOf(m_bench.selection.measure()) ? SensitivityFeed::Need::Wanted : SensitivityFeed::Need::None);
    m_bench.scores.setNeed(scoreKindOf(m_bench.selection.measure()));
}

void HeadPanel::toggleList()
{
    const bool isShown = m_listButton->isChecked();
    m_list->setVisible(isShown);
    if (isShown)
        m_list->show(m_view->data());
    Q_EMIT listToggled(isShown ? m_list->width() : -m_list->width());
}

/// "margin", or "logit of ·the".
QString HeadPanel::attributedWords() const
{
    const std::optional<AttributedLogit> logit = m_bench.scores.attributed();
    if (!logit || logit->against || !m_bench.state.model())
        return tr("margin");
    return tr("logit of %1").arg(visibleToken(m_bench.state.model()->tokenizer->piece(logit->token)));
}

void HeadPanel::addScores(HeatmapData &map, HeadMeasure measure) const
{
    const HeadScoreFeed &scores = m_bench.scores;
    const Side side = m_bench.selection.side();
    const Matrix *baseline = scores.baselineOrNull(measure);
    const Matrix *edited = scores.editedOrNull(measure);
    if (!baseline || !edited) {
        map.missingReason = scores.missingReason(measure);
        return;
    }
    const Matrix &shown = side == Side::Baseline ? *baseline : *edited;
    std::vector<float> values(shown.values().begin(), shown.values().end());
    const bool hasSides = scoreKindOf(measure) == HeadScoreKind::Written;
    if (side == Side::Difference && hasSides) {
        for (std::size_t cell = 0; cell < values.size(); ++cell)
            values[cell] -= baseline->values()[cell];
        sayChange(map, textOf(measure));
        map.maximum = niceCeiling(std::max(greatestFinite(values), kLeastRange));
    } else {
        map.scale = textOf(measure).scale;
        const std::vector<float> other(baseline->values().begin(), baseline->values().end());
        map.maximum = niceCeiling(std::max({greatestFinite(values), greatestFinite(other), kLeastRange}));
    }
    if (measure == HeadMeasure::Attribution) {
        map.title = map.title.arg(attributedWords());
        map.shortMeasure = map.shortMeasure.arg(attributedWords());
    }
    if (const QString progress = scores.progress(measure); !progress.isEmpty()) // in one line as well
        map.title = translated(textOf(measure).name) + QStringLiteral(": ") + progress;
    map.values = SharedFloats(std::move(values));
    if (scores.isOld(measure)
        || (m_bench.state.isStale() && scoreKindOf(measure) != HeadScoreKind::Repetition))
        map.firstStaleLayer = 0;
}

/// The title of a difference: shorter than the measure alone, one line in the dock, whose map keeps its
/// place.
void HeadPanel::sayChange(HeatmapData &map, const HeadMeasureText &text)
{
    map.scale = HeatmapScale::Diverging;
    map.title = tr("change of %1").arg(translated(text.name));
    if (const QString unit = translated(text.unit); !unit.isEmpty())
        map.title += QStringLiteral(", ") + unit;
    map.shortMeasure = tr("change of %1").arg(map.shortMeasure);
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
    const HeadMeasureText &text = textOf(m_bench.selection.measure());
    HeatmapData map;
    map.layers = state.grid().layerCount;
    map.heads = state.grid().headCount;
    map.groupSize = state.model() ? state.model()->config.groupSize() : 1;
    map.title = translated(text.title);
    map.shortMeasure = translated(text.words);
    map.unit = translated(text.unit);
    for (int layer = 0; layer < map.layers; ++layer) {
        for (int head = 0; head < map.heads; ++head)
            map.gammas.push_back(
                static_cast<float>(state.edits().effectiveFactor({LayerIndex(layer), HeadIndex(head)})));
    }
    for (const OtherEdit &other : state.edits().others()) {
        map.otherEdits.resize(map.gammas.size(), 0);
        const HeadRef head = other.edit.head;
        if (other.isEnabled && other.edit.hasEffect())
            map.otherEdits[map.at({head.layer.value, head.head.value})] = 1;
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
    if (scoreKindOf(measure)) {
        addScores(map, measure);
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
        sayChange(map, textOf(measure));
        map.maximum = niceCeiling(std::max(greatestFinite(values), kLeastRange));
    } else if (textOf(measure).scale == HeatmapScale::SinkRamp) {
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

/// The tool tips of the menu's entries.
void HeadPanel::sayFormulas()
{
    const RepeatedTokens repeated = m_bench.scores.repeated();
    for (int index = 0; index < m_measure->count(); ++index) {
        if (!m_measure->itemData(index).isValid())
            continue;
        const auto measure = static_cast<HeadMeasure>(m_measure->itemData(index).toInt());
        QString words = translated(textOf(measure).toolTip);
        if (scoreKindOf(measure) == HeadScoreKind::Repetition)
            words = words.arg(repeated.length).arg(repeated.seed);
        m_measure->setItemData(index, inShortLines(words), Qt::ToolTipRole);
    }
}

void HeadPanel::refresh()
{
    m_measure->setCurrentIndex(m_measure->findData(static_cast<int>(m_bench.selection.measure())));
    HeatmapData map = inShownUnit(mapData(), m_bench.selection.measure());
    holdRange(map);
    m_view->setData(map);
    if (!m_list->isHidden())
        m_list->show(map);
    refreshHead();
    Q_EMIT measured(map);
}

} // namespace sinkscope::ui
