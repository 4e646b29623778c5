// SPDX-License-Identifier: Apache-2.0
// All heads side by side: controls and the selection; what is shown is made in head_grid_panel_data.cpp.
#include "ui/panels/head_grid_panel.h"

#include <QtCore/QScopedValueRollback>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>
#include <array>

namespace sinkscope::ui {

namespace {

constexpr int kMargin = 16;
constexpr int kBoxHeight = 26; ///< px
constexpr int kNamedFrom = 800; ///< px of the panel
constexpr int kSizedFrom = 560; ///< below, keys change the size
constexpr std::array kSizes {0, 64, 96, 128}; ///< px of a thumbnail; 0: a layer fits

int indexOfSize(int px)
{
    const auto found = std::find(kSizes.begin(), kSizes.end(), px);
    return found == kSizes.end() ? 0 : static_cast<int>(found - kSizes.begin());
}

} // namespace

HeadGridPanel::HeadGridPanel(Workbench &bench, Use use, QWidget *parent)
    : Panel(parent)
    , m_bench(bench)
    , m_use(use)
    , m_title(new PanelTitle(tr("All heads"), this))
    , m_selected(bench.selection.heads())
{
    makeControls();
    layOut();
    connectView();
    connectState();
    if (use == Use::Figure)
        m_view->paintAllAtOnce();
    refresh();
}

// In the order in which Tab goes through them.
void HeadGridPanel::makeControls()
{
    m_range =
        new SegmentRow({{"gridRangeEach", tr("Each head"), tr("Colours of a head span its weights")},
                           {"gridRangeAll", tr("All heads"),
                               tr("Colours span the weights of all heads: equal colours, equal weights")}},
            this);
    m_scale = new SegmentRow({{"gridLinear", tr("Linear"), tr("Linear colours (L)")},
                                 {"gridLog", tr("Log"), tr("Logarithmic colours (L)")}},
        this);
    const auto makeBox = [this](const char *name, const QString &text, const QString &toolTip) {
        auto *box = new ShrinkingBox(this);
        box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
        nameControl(box, name, text, toolTip);
        leaveWheel(box);
        m_labels.push_back(new QLabel(text, this));
        m_labels.back()->setBuddy(box);
        return box;
    };
    m_order = makeBox("gridOrder", tr("Order"), tr("Order of the heads"));
    m_order->addItems({tr("layer, head"), tr("by the map")});
    m_order->setItemData(1, tr("In the order of the measure that colours the map of heads"), Qt::ToolTipRole);
    m_show = makeBox("gridShow", tr("Show"), tr("Which heads are shown"));
    m_show->addItems({tr("all heads"), tr("selected heads"), tr("layer of the head"), tr("edited heads")});
    m_size = makeBox("gridSize", tr("Size"), tr("Size of the pictures (+ and -, Ctrl+wheel)"));
    for (const int px : kSizes)
        m_size->addItem(px > 0 ? tr("%1 px").arg(px) : tr("fits"));
    m_size->setItemData(0, tr("As large as all heads of a layer fit, up to 96 px"), Qt::ToolTipRole);
    m_bars = new ScaleBars(this);
    m_bars->setObjectName(QStringLiteral("gridBars"));
    m_view = new HeadGridView(this);
}

void HeadGridPanel::layOut()
{
    m_title->addControl(m_range);
    m_title->addControl(m_scale);
    auto *row = new QHBoxLayout;
    row->setContentsMargins(kMargin, 4, kMargin, 8);
    row->setSpacing(8);
    const std::array boxes {m_order, m_show, m_size};
    for (std::size_t place = 0; place < boxes.size(); ++place) {
        row->addWidget(m_labels[place]);
        row->addWidget(boxes[place]);
        row->addSpacing(4);
    }
    row->addWidget(m_bars, 1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_title);
    column->addLayout(row);
    column->addWidget(m_view, 1);
}

void HeadGridPanel::makeRoom()
{
    const bool hasRoom = width() >= m_theme.type().scaled(kNamedFrom);
    for (QLabel *label : m_labels)
        label->setVisible(hasRoom && m_use == Use::Screen);
    m_size->setVisible(m_use == Use::Screen && width() >= m_theme.type().scaled(kSizedFrom));
}

void HeadGridPanel::resizeEvent(QResizeEvent *event)
{
    Panel::resizeEvent(event);
    makeRoom();
}

void HeadGridPanel::connectView()
{
    Selection &selection = m_bench.selection;
    connect(m_range, &SegmentRow::chosen, this, [this](int index) {
        GridLook look = m_bench.selection.gridLook();
        look.range = index == 0 ? PatternRange::ThisHead : PatternRange::AllHeads;
        changeLook(look);
    });
    connect(m_scale, &SegmentRow::chosen, &selection, [&selection](int index) {
        selection.setScale(index == 0 ? PatternScale::Linear : PatternScale::Log);
    });
    const auto activated = QOverload<int>::of(&QComboBox::activated);
    connect(m_order, activated, this, [this](int index) {
        GridLook look = m_bench.selection.gridLook();
        look.order = static_cast<GridOrder>(index);
        changeLook(look);
    });
    connect(m_show, activated, this, [this](int index) {
        GridLook look = m_bench.selection.gridLook();
        look.show = static_cast<GridShow>(index);
        m_selected = m_bench.selection.heads();
        changeLook(look);
    });
    connect(m_size, activated, this, [this](int index) {
        GridLook look = m_bench.selection.gridLook();
        look.thumbnailPx = kSizes[static_cast<std::size_t>(index)];
        changeLook(look);
    });
    connect(m_view, &HeadGridView::sizeStepped, this, &HeadGridPanel::stepSize);
    connect(m_view, &HeadGridView::headSelected, this, &HeadGridPanel::takeSelection);
    connect(m_view, &HeadGridView::selectionChanged, this, &HeadGridPanel::takeSelection);
    connect(m_view, &HeadGridView::headActivated, this, [this](int layer, int head) {
        m_bench.selection.setHead({LayerIndex(layer), HeadIndex(head)});
        Q_EMIT headOpened();
    });
    connect(m_view, &HeadGridView::hoveredChanged, this, &HeadGridPanel::wordsChanged);
    connect(m_view, &HeadGridView::viewChanged, this, &HeadGridPanel::refreshTitle);
}

void HeadGridPanel::connectState()
{
    const Selection &selection = m_bench.selection;
    connect(&selection, &Selection::headsChanged, this, &HeadGridPanel::refreshSelection);
    connect(&selection, &Selection::sideChanged, this, &HeadGridPanel::refresh);
    connect(&selection, &Selection::patternLookChanged, this, &HeadGridPanel::refresh);
    connect(&selection, &Selection::gridLookChanged, this, &HeadGridPanel::refresh);
    const AppState &state = m_bench.state;
    connect(&state, &AppState::snapshotsChanged, this, &HeadGridPanel::refresh);
    connect(&state, &AppState::editsChanged, this, &HeadGridPanel::refresh);
    connect(&state, &AppState::modelChanged, this, &HeadGridPanel::refresh);
    connect(&state, &AppState::staleChanged, this, &HeadGridPanel::refresh);
    connect(&state, &AppState::dragEnded, this, &HeadGridPanel::refresh);
}

void HeadGridPanel::changeLook(GridLook look)
{
    m_bench.selection.setGridLook(look);
}

/// From the size on screen to the next one.
void HeadGridPanel::stepSize(int steps)
{
    const double shown = m_view->thumbnailPx() / m_theme.type().scale;
    GridLook look = m_bench.selection.gridLook();
    const auto first = kSizes.begin() + 1;
    if (const auto larger = std::find_if(first, kSizes.end(), [&](int px) { return px > shown + 1.0; });
        steps > 0 && larger != kSizes.end())
        look.thumbnailPx = *larger;
    const auto smaller =
        std::find_if(kSizes.rbegin(), kSizes.rend() - 1, [&](int px) { return px < shown - 1.0; });
    if (steps < 0 && smaller != kSizes.rend() - 1)
        look.thumbnailPx = *smaller;
    changeLook(look);
}

void HeadGridPanel::setTheme(const Theme &theme)
{
    m_theme = theme;
    m_title->setTheme(theme);
    m_bars->setTheme(theme);
    m_view->setTheme(theme);
    for (QComboBox *box : {m_order, m_show, m_size})
        box->setFixedHeight(theme.type().scaled(kBoxHeight));
    for (QLabel *label : m_labels) {
        QPalette quiet = label->palette();
        quiet.setColor(QPalette::WindowText, theme.colours().secondaryText);
        label->setPalette(quiet);
    }
    QPalette canvas = palette();
    canvas.setColor(QPalette::Window, theme.colours().canvas);
    setPalette(canvas);
    setAutoFillBackground(true);
    makeRoom();
    refresh();
}

void HeadGridPanel::showEvent(QShowEvent *event)
{
    Panel::showEvent(event);
    refresh();
}

void HeadGridPanel::hideEvent(QHideEvent *event)
{
    Panel::hideEvent(event);
    HeadGridData grid = m_view->data();
    grid.read = nullptr; // which keeps the attention of the last pass in memory
    m_view->setData(std::move(grid));
}

void HeadGridPanel::setMeasured(const HeatmapData &map)
{
    m_measured = map;
    if (m_bench.selection.gridLook().order == GridOrder::Measure)
        refresh();
}

/// A box of heads is what the slider turns.
void HeadGridPanel::takeSelection()
{
    std::vector<HeadRef> heads;
    heads.reserve(m_view->selection().size());
    for (const HeatmapCell cell : m_view->selection())
        heads.push_back({LayerIndex(cell.layer), HeadIndex(cell.head)});
    const QScopedValueRollback taking(m_isTaking, true);
    if (heads.size() > 1)
        m_bench.selection.setScope(FactorScope::Head);
    m_bench.selection.setHeads(std::move(heads));
}

void HeadGridPanel::refreshSelection()
{
    if (!m_isTaking) // what is clicked here stays where it stands
        m_selected = m_bench.selection.heads();
    if (m_bench.selection.gridLook().show != GridShow::All)
        refresh();
    markSelection();
    Q_EMIT wordsChanged();
}

void HeadGridPanel::markSelection()
{
    std::vector<HeatmapCell> cells;
    cells.reserve(m_bench.selection.heads().size());
    for (const HeadRef head : m_bench.selection.heads())
        cells.push_back({head.layer.value, head.head.value});
    if (cells != m_view->selection())
        m_view->setSelection(std::move(cells));
}

void HeadGridPanel::refreshControls()
{
    const Selection &selection = m_bench.selection;
    const GridLook &look = selection.gridLook();
    m_order->setCurrentIndex(static_cast<int>(look.order));
    m_show->setCurrentIndex(static_cast<int>(look.show));
    m_size->setCurrentIndex(indexOfSize(look.thumbnailPx));
    m_range->setCurrent(look.range == PatternRange::ThisHead ? 0 : 1);
    const bool isDifference = selection.side() == Side::Difference;
    m_scale->setCurrent(isDifference || selection.scale() == PatternScale::Linear ? 0 : 1);
    for (const int index : {0, 1}) {
        if (isDifference)
            m_scale->disableSegment(index, tr("Differences always have linear colours"));
        else
            m_scale->enableSegment(
                index, index == 0 ? tr("Linear colours (L)") : tr("Logarithmic colours (L)"));
    }
    m_title->setActivity(m_bench.state.activity());
}

} // namespace sinkscope::ui
