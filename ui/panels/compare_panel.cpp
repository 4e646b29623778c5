// SPDX-License-Identifier: Apache-2.0
// The comparison.
#include "ui/panels/compare_panel.h"

#include "ui/models/edits_model.h"
#include "ui/models/roles.h"
#include "ui/panels/compare_data.h"
#include "ui/theme/tool_tip.h"

#include <QtCore/QScopedValueRollback>
#include <QtGui/QKeyEvent>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

namespace sinkscope::ui {

namespace {

constexpr int kMapsShare = 3; ///< of the height
constexpr int kTablesShare = 2;

} // namespace

ComparePanel::ComparePanel(Workbench &bench, QWidget *parent)
    : Panel(parent)
    , m_bench(bench)
    , m_title(new PanelTitle(tr("Compare"), this))
    , m_stack(new QStackedWidget(this))
{
    setObjectName(QStringLiteral("comparePanel"));
    m_title->setObjectName(QStringLiteral("compareTitle"));
    makeControls();
    makeMaps();
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_title);
    column->addWidget(m_stack, kMapsShare);
    column->addWidget(makeTables(), kTablesShare);
    connectMaps();
    connectState();
}

void ComparePanel::makeControls()
{
    m_pin = new QPushButton(tr("Pin as A"), this);
    nameControl(m_pin, "pinReferenceButton", tr("Pin the present state as A"),
        tr("Keep what is on screen as A, whatever prompt, edits or model come (A); Esc goes back to the "
           "baseline"));
    m_swap = new QPushButton(tr("Swap A, B"), this);
    nameControl(
        m_swap, "swapSidesButton", tr("Swap A and B"), tr("A is asked now, and the present state becomes A"));
    m_blink = new QPushButton(tr("Blink"), this);
    m_blink->setCheckable(true);
    nameControl(m_blink, "blinkButton", tr("Blink between A and B"),
        tr("One large map that shows A and B in turn (Space); Esc ends it"));
    for (QPushButton *button : {m_pin, m_swap, m_blink}) {
        button->setFocusPolicy(Qt::TabFocus);
        m_title->addControl(button);
    }
    connect(m_pin, &QPushButton::clicked, this, [this] {
        if (m_bench.reference.canPin())
            m_bench.reference.pin();
    });
    connect(m_swap, &QPushButton::clicked, this, [this] {
        if (m_bench.reference.swapRefusal().isEmpty())
            m_bench.reference.swap();
    });
    connect(m_blink, &QPushButton::clicked, this, [this](bool isOn) {
        if (isOn)
            blink();
        else
            stepBack();
    });
}

void ComparePanel::connectMaps()
{
    Selection &selection = m_bench.selection;
    for (const Map map : {kSecond, kDifference, kBlinking}) { // over the tokens of B
        HeadMapView *view = m_maps[std::size_t(map)];
        connect(view, &HeadMapView::cellPinned, this, [this, &selection, map](int query, int key) {
            if (map != kBlinking || !m_isBlinkOnFirst)
                selection.setPinned({query, key});
        });
    }
    for (const Map map : {kFirst, kSecond, kDifference, kBlinking}) {
        HeadMapView *view = m_maps[std::size_t(map)];
        connect(view, &HeadMapView::pinReleased, &selection, [&selection] {
            selection.setPinned({selection.pinned().query, -1});
        });
        connect(view, &HeadMapView::sideToggled, this, &ComparePanel::blink);
        connect(view, &HeadMapView::cellHovered, this, [this, view](int query, int key) {
            say(query >= 0 ? view->cellInWords({query, key}) : QString());
        });
        connect(view, &HeadMapView::logToggled, &selection, [&selection] {
            selection.setScale(
                selection.scale() == PatternScale::Log ? PatternScale::Linear : PatternScale::Log);
        });
    }
}

void ComparePanel::connectState()
{
    AppState &state = m_bench.state;
    connect(&m_bench.reference, &Reference::changed, this, &ComparePanel::refresh);
    connect(&state, &AppState::snapshotsChanged, this, &ComparePanel::refresh);
    connect(&state, &AppState::editsChanged, this, &ComparePanel::refresh);
    connect(&state, &AppState::completed, this, &ComparePanel::refreshTitles);
    connect(&state, &AppState::modelChanged, this, &ComparePanel::refresh);
    connect(&state, &AppState::freshChanged, this, &ComparePanel::refreshStale);
    connect(
        &state, &AppState::staleChanged, this, [this] { m_title->setActivity(m_bench.state.activity()); });
    connect(&m_bench.selection, &Selection::headChanged, this, &ComparePanel::refresh);
    connect(&m_bench.selection, &Selection::patternLookChanged, this, &ComparePanel::refresh);
    connect(&m_bench.selection, &Selection::pinnedChanged, this, &ComparePanel::refreshPinned);
    connect(&m_bench.preferences, &Preferences::changed, this, &ComparePanel::refresh);
    connect(&m_bench.selection, &Selection::sideChanged, this, &ComparePanel::shareRoom);
}

void ComparePanel::setTheme(const Theme &theme)
{
    m_title->setTheme(theme);
    for (HeadMapView *map : m_maps)
        map->setTheme(theme);
    for (PanelTitle *title : m_titles)
        title->setTheme(theme);
    for (PanelTitle *title : m_tableTitles)
        title->setTheme(theme);
    for (FigureTable *table : {m_tokenTable, m_measureTable, m_headTable})
        table->setTheme(theme);
    m_textScale = theme.type().scale;
    shareRoom();
    m_stack->setAutoFillBackground(true);
    QPalette canvas = m_stack->palette();
    canvas.setColor(QPalette::Window, theme.colours().canvas);
    m_stack->setPalette(canvas);
}

void ComparePanel::setTileBudget(std::size_t bytes)
{
    for (HeadMapView *map : m_maps)
        map->setTileBudget(bytes / kMapCount);
}

void ComparePanel::showEvent(QShowEvent *event)
{
    Panel::showEvent(event);
    refresh();
}

void ComparePanel::refresh()
{
    if (!isVisible())
        return;
    refreshTitles();
    const std::shared_ptr<const Snapshot> first = m_bench.reference.snapshot();
    const std::shared_ptr<const Snapshot> second = m_bench.state.edited();
    if (!first || !second || !m_bench.state.baseline()) {
        for (HeadMapView *map : m_maps)
            map->setData({});
        for (FigureRowsModel *model : {&m_tokens, &m_measures, &m_heads})
            model->setRows({});
        return;
    }
    m_alignment = alignTokens(first->prompt->bytes, second->prompt->bytes);
    const ComparePanes panes = comparePanes(m_bench, m_alignment);
    m_maps[kFirst]->setData(panes.first);
    m_maps[kSecond]->setData(panes.second);
    m_maps[kDifference]->setData(panes.difference);
    m_maps[kBlinking]->setData(m_isBlinkOnFirst ? panes.first : panes.second);
    m_tokens.setRows(comparedTokens(m_bench));
    m_measures.setRows(comparedMeasures(m_bench));
    m_heads.setRows(changedHeads(m_bench, m_alignment));
    m_tableTitles.back()->setRemark(
        m_heads.rowCount() > 0 ? tr("last row") : tr("models of different shapes"));
    m_title->setRemark(alignmentInWords(m_bench, m_alignment));
    markSelected();
    refreshPinned();
    refreshStale();
}

void ComparePanel::refreshTitles()
{
    if (!isVisible())
        return;
    const QString head = headName(m_bench.selection.head());
    m_title->setTitle(tr("Compare %1").arg(head));
    m_titles[kFirst]->setTitle(tr("A"));
    m_titles[kFirst]->setRemark(m_bench.reference.words());
    m_titles[kSecond]->setTitle(tr("B"));
    m_titles[kSecond]->setRemark(m_bench.reference.presentWords());
    m_titles[kDifference]->setTitle(tr("B − A"));
    m_titles[kDifference]->setRemark(tr("difference"));
    m_titles[kBlinking]->setTitle(m_isBlinkOnFirst ? tr("A") : tr("B"));
    m_titles[kBlinking]->setRemark(
        m_isBlinkOnFirst ? m_bench.reference.words() : m_bench.reference.presentWords());
    m_pin->setEnabled(m_bench.reference.canPin());
    const QString refusal = m_bench.reference.swapRefusal();
    m_swap->setEnabled(refusal.isEmpty());
    m_swap->setToolTip(inShortLines(refusal.isEmpty()
            ? tr("What was asked of A is asked now, and the present state becomes A")
            : refusal));
}

void ComparePanel::refreshPinned()
{
    if (!isVisible() || m_maps[kSecond]->data().tokenCount() == 0)
        return;
    const CellRef cell = m_bench.selection.pinned();
    const int tokens = m_maps[kSecond]->data().tokenCount();
    const bool isCell = cell.query >= 0 && cell.query < tokens && cell.key >= 0 && cell.key <= cell.query;
    const auto pinned = isCell ? std::optional(HeadMapCell {cell.query, cell.key}) : std::nullopt;
    std::optional<HeadMapCell> partner;
    if (isCell && int(m_alignment.inFirst.size()) == tokens) {
        const int query = m_alignment.inFirst[std::size_t(cell.query)];
        const int key = m_alignment.inFirst[std::size_t(cell.key)];
        if (query >= 0 && key >= 0)
            partner = HeadMapCell {query, key};
    }
    m_maps[kFirst]->setPinned(partner);
    m_maps[kSecond]->setPinned(pinned);
    m_maps[kDifference]->setPinned(pinned);
    m_maps[kBlinking]->setPinned(m_isBlinkOnFirst ? partner : pinned);
    say(QString());
}

void ComparePanel::refreshStale()
{
    const bool isOld =
        m_bench.state.baseline() && (m_bench.state.isOfFormerPrompt() || !m_bench.state.isFresh());
    for (FigureTable *table : {m_tokenTable, m_measureTable, m_headTable})
        table->setFreshness(isOld ? Freshness::Stale : Freshness::Fresh);
}

void ComparePanel::markSelected()
{
    if (m_isTaking)
        return;
    const HeadRef head = m_bench.selection.head();
    const int row = m_heads.rowOf(head.layer.value, head.head.value);
    const QSignalBlocker blocker(m_headTable->selectionModel());
    m_headTable->setCurrentIndex(row >= 0 ? m_heads.index(row, 0) : QModelIndex());
    m_headTable->viewport()->update();
}

void ComparePanel::takeHead(const QModelIndex &index)
{
    if (!index.isValid())
        return;
    const QScopedValueRollback<bool> taking(m_isTaking, true);
    const FigureRow &row = m_heads.row(index.row());
    m_bench.selection.setHead({LayerIndex(row.layer), HeadIndex(row.head)});
}

void ComparePanel::blink()
{
    const bool wasLarge = m_stack->currentIndex() == 1;
    m_isBlinkOnFirst = !wasLarge || !m_isBlinkOnFirst; // A first
    m_stack->setCurrentIndex(1);
    m_blink->setChecked(true);
    refresh();
    if (!wasLarge)
        m_maps[kBlinking]->setFocus(Qt::OtherFocusReason);
}

bool ComparePanel::stepBack()
{
    if (m_stack->currentIndex() == 1) {
        m_stack->setCurrentIndex(0);
        m_blink->setChecked(false);
        view()->setFocus(Qt::OtherFocusReason);
        return true;
    }
    if (!m_bench.reference.isPinned())
        return false;
    m_bench.reference.release();
    return true;
}

void ComparePanel::say(const QString &words)
{
    const std::optional<HeadMapCell> cell = m_maps[kSecond]->pinned();
    m_words = !words.isEmpty() ? words : cell ? m_maps[kSecond]->cellInWords(*cell) : QString();
    Q_EMIT wordsChanged();
}

bool ComparePanel::eventFilter(QObject *watched, QEvent *event)
{
    // Before the map lets go of its pinned cell.
    const bool isBlinking = m_stack->currentIndex() == 1;
    if (isBlinking && event->type() == QEvent::KeyPress
        && static_cast<QKeyEvent *>(event)->key() == Qt::Key_Escape)
        return stepBack();
    return Panel::eventFilter(watched, event);
}

void ComparePanel::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Space) {
        blink();
        return;
    }
    if (event->key() == Qt::Key_Escape && stepBack())
        return;
    Panel::keyPressEvent(event);
}

} // namespace sinkscope::ui
