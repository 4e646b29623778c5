// SPDX-License-Identifier: Apache-2.0
// What the selected head reads.
#include "ui/panels/head_view_panel.h"

#include "ui/models/edits_model.h"
#include "ui/views/head_map_picture.h"

#include <QtWidgets/QVBoxLayout>

#include <algorithm>
#include <span>

namespace sinkscope::ui {

namespace {

// Rows of the table of cells: fewer in a low window, so that the map stays larger than it.
constexpr int kRows = 6;
constexpr int kRowsWhereLow = 3;
constexpr int kLowBelow = 640; ///< px of the panel
constexpr int kBoxHeight = 26; ///< px: the title, and the map below it, keep their place

SharedRange::Ends endsOf(const HeadMapData &map)
{
    const HeadMapScales scales = headMapScales(map);
    return {scales.rest.maximum, scales.diverges ? scales.keyZero.maximum : 0.0};
}

void fillQuantities(QComboBox &box)
{
    nameControl(&box, "quantityBox", HeadViewPanel::tr("What the cells show"),
        HeadViewPanel::tr("What the cells of the map show"));
    const auto add = [&box](const QString &name, const QString &formula) {
        box.addItem(name);
        box.setItemData(box.count() - 1, formula, Qt::ToolTipRole);
    };
    // In the order of PatternQuantity.
    add(HeadViewPanel::tr("Probability"), HeadViewPanel::tr("a: attention of the query to the key"));
    add(HeadViewPanel::tr("Score"),
        HeadViewPanel::tr("q · k / √d, before the softmax and before the edits of this layer"));
    add(HeadViewPanel::tr("Value-weighted"),
        HeadViewPanel::tr("a ‖v‖: attention times the length of the key's value"));
    add(HeadViewPanel::tr("Contribution"),
        HeadViewPanel::tr("‖a W_O v‖: length of what the key adds to the residual stream through this head"));
}

} // namespace

HeadViewPanel::HeadViewPanel(Workbench &bench, QWidget *parent)
    : Panel(parent)
    , m_bench(bench)
    , m_title(new PanelTitle(QString(), this))
    , m_rangeLabel(new QLabel(tr("Range"), this))
{
    m_heads = new PictureButton(bench.selection, this);
    m_range =
        new SegmentRow({{"rangeThisHead", tr("This head"), tr("Colours span the weights of this head")},
                           {"rangeAllHeads", tr("All heads"), tr("Colours span the weights of all heads")}},
            this);
    m_scale = new SegmentRow({{"scaleLinear", tr("Linear"), tr("Linear colours (L)")},
                                 {"scaleLog", tr("Log"), tr("Logarithmic colours (L)")}},
        this);
    m_quantity = new ShrinkingBox(this);
    fillQuantities(*m_quantity);
    m_view = new HeadMapView(this);
    m_lines = new AttentionLinesView(this);
    m_lines->setObjectName(QStringLiteral("linesView"));
    m_lines->hide();
    m_zoom = new ZoomButton(*m_view, this);
    m_look = new LookButton(bench.selection, this);
    m_view->raise();
    setTabOrder(m_look, m_view); // after the controls above it
    setTabOrder(m_view, m_lines);
    m_rangeLabel->setObjectName(QStringLiteral("rangeLabel"));
    m_rangeLabel->setToolTip(tr("Range of the colours"));
    m_title->addYieldingControl(m_rangeLabel);
    m_title->addControl(m_heads);
    m_title->addControl(m_range);
    m_title->addControl(m_scale);
    m_title->addControl(m_quantity);
    m_title->addControl(m_zoom);
    m_title->addControl(m_look);
    m_view->setObjectName(QStringLiteral("patternMap"));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_title);
    column->addWidget(m_view, 1);
    column->addWidget(m_lines, 1);
    m_cells = new HeadCellsPanel(bench.selection, this);
    m_cells->setObjectName(QStringLiteral("cellsPanel"));
    m_cells->hide();
    column->addWidget(m_cells);

    connectView();
    connectLines();
    connectState();
    refresh();
}

void HeadViewPanel::connectView()
{
    Selection &selection = m_bench.selection;
    connect(m_range, &SegmentRow::chosen, &selection, [&selection](int index) {
        selection.setRange(index == 0 ? PatternRange::ThisHead : PatternRange::AllHeads);
    });
    connect(m_scale, &SegmentRow::chosen, &selection, [&selection](int index) {
        selection.setScale(index == 0 ? PatternScale::Linear : PatternScale::Log);
    });
    connect(m_quantity, QOverload<int>::of(&QComboBox::activated), &selection,
        [&selection](int index) { selection.setQuantity(static_cast<PatternQuantity>(index)); });
    connect(m_view, &HeadMapView::cellHovered, &selection, [this, &selection](int query, int key) {
        selection.setHovered(m_picture.refOf({query, key}));
    });
    connect(m_view, &HeadMapView::cellPinned, &selection, [this, &selection](int query, int key) {
        selection.setPinned(m_picture.refOf({query, key}));
    });
    connect(m_view, &HeadMapView::cellKept, this, [this](int query, int key) { toggleKept({query, key}); });
    connect(m_view, &HeadMapView::pinReleased, &selection, [&selection] {
        selection.setPinned({selection.pinned().query, -1});
    });
    connect(m_view, &HeadMapView::maskedPointedAt, this, &HeadViewPanel::cellWordsChanged);
    connect(m_look->cellsAction(), &QAction::toggled, m_cells, &QWidget::setVisible);
    connect(m_cells, &HeadCellsPanel::opened, this, &HeadViewPanel::showCells);
    connect(m_view, &HeadMapView::keptReleased, &selection, [&selection] { selection.setKept({}); });
    connect(m_view, &HeadMapView::sideToggled, &selection, &Selection::toggleSide);
    connect(m_view, &HeadMapView::logToggled, &selection, [&selection] {
        selection.setScale(selection.scale() == PatternScale::Log ? PatternScale::Linear : PatternScale::Log);
    });
    connect(m_view, &HeadMapView::keyZeroToggled, &selection, [&selection] {
        selection.setKeyZero(
            selection.keyZero() == KeyZeroScale::Apart ? KeyZeroScale::Shared : KeyZeroScale::Apart);
    });
}

void HeadViewPanel::connectLines()
{
    Selection &selection = m_bench.selection;
    connect(m_lines, &AttentionLinesView::queryHovered, &selection, [this, &selection](int query) {
        selection.setHovered({m_picture.refOf({query, 0}).query, -1});
    });
    connect(m_lines, &AttentionLinesView::keyHovered, &selection, [this, &selection](int key) {
        selection.setHovered({-1, m_picture.refOf({0, key}).key});
    });
    connect(m_lines, &AttentionLinesView::queryPinned, &selection, [this, &selection](int query) {
        selection.setPinned({m_picture.refOf({query, 0}).query, -1});
    });
}

void HeadViewPanel::connectState()
{
    connect(&m_bench.selection, &Selection::headChanged, this, [this](HeadRef head) {
        m_bench.state.setShownLayer(head.layer);
        lookElsewhere();
    });
    connect(&m_bench.selection, &Selection::sideChanged, this, &HeadViewPanel::lookElsewhere);
    connect(&m_bench.selection, &Selection::patternLookChanged, this, &HeadViewPanel::lookElsewhere);
    connect(&m_bench.selection, &Selection::pinnedChanged, this, &HeadViewPanel::refreshPinned);
    connect(&m_bench.selection, &Selection::keptChanged, this, &HeadViewPanel::refreshPinned);
    connect(&m_bench.selection, &Selection::hoveredChanged, this, [this](CellRef cell) {
        const int key = cell.query < 0 ? m_picture.placeOf(cell.key) : -1;
        m_view->setLinkedKey(key >= 0 ? std::optional(key) : std::nullopt);
    });
    connect(&m_bench.selection, &Selection::headsChanged, this, [this] {
        if (m_bench.selection.patternOf() != PatternOf::ThisHead)
            lookElsewhere();
    });
    connect(&m_bench.figures, &HeadFigures::changed, this, &HeadViewPanel::refresh);
    connect(&m_bench.aggregates, &AggregateFeed::changed, this, &HeadViewPanel::refresh);
    connect(&m_bench.state, &AppState::snapshotsChanged, this, &HeadViewPanel::refresh);
    connect(&m_bench.state, &AppState::editsChanged, this, &HeadViewPanel::refresh);
    connect(&m_bench.state, &AppState::modelChanged, this, &HeadViewPanel::refresh);
    connect(&m_bench.state, &AppState::staleChanged, this, &HeadViewPanel::refresh);
    connect(&m_bench.state, &AppState::dragStarted, this, &HeadViewPanel::holdRange); // before the first move
    connect(&m_bench.state, &AppState::dragEnded, this, &HeadViewPanel::refresh);
}

void HeadViewPanel::setTheme(const Theme &theme)
{
    m_quantity->setFixedHeight(theme.type().scaled(kBoxHeight)); // its own hint may be of an earlier font
    m_title->setTheme(theme);
    m_view->setTheme(theme);
    m_lines->setTheme(theme);
    m_cells->setTheme(theme);
    QPalette canvas = palette();
    canvas.setColor(QPalette::Window, theme.colours().canvas);
    setPalette(canvas);
    setAutoFillBackground(true);
    QPalette quiet = m_rangeLabel->palette();
    quiet.setColor(QPalette::WindowText, theme.colours().secondaryText);
    m_rangeLabel->setPalette(quiet);
}

void HeadViewPanel::resizeEvent(QResizeEvent *event)
{
    Panel::resizeEvent(event);
    m_cells->setShownRows(height() < kLowBelow ? kRowsWhereLow : kRows);
    nameRanges();
}

void HeadViewPanel::nameRanges()
{
    const bool isMap = m_bench.selection.picture() == PatternPicture::Map; // which alone is zoomed
    m_range->setText(0, tr("This head"));
    m_range->setText(1, tr("All heads"));
    m_zoom->setVisible(isMap);
    if (m_title->leastWidth() <= width())
        return;
    m_range->setText(0, tr("This"));
    m_range->setText(1, tr("All"));
    m_zoom->setVisible(isMap && m_title->leastWidth() <= width()); // its keys act all the same
}

void HeadViewPanel::holdRange()
{
    m_bench.range.release();
    if (!m_bench.state.baseline())
        return;
    const HeadMapData map = shownPicture(m_bench).data;
    const bool isDifference = map.mode == HeadMapMode::Difference;
    const bool hasNothing = isDifference
        && (m_bench.state.intervention().changesNothing()
            || (map.range == HeadMapRange::ThisHead && hasNoDifference(map)));
    m_bench.range.hold(endsOf(map), hasNothing ? RangeGrowth::MayGrow : RangeGrowth::Still);
}

void HeadViewPanel::lookElsewhere()
{
    if (m_bench.range.isHeld()) // by a drag that goes on, of what is no longer shown
        holdRange();
    refresh();
}

bool HeadViewPanel::liesBeforeTheEdits(LayerIndex layer) const
{
    const Intervention intervention = m_bench.state.intervention();
    const std::span<const HeadEdit> edits = intervention.edits();
    return !edits.empty() && std::all_of(edits.begin(), edits.end(), [layer](const HeadEdit &edit) {
        return layer < edit.head.layer;
    });
}

void HeadViewPanel::refreshTitle()
{
    const Selection &selection = m_bench.selection;
    const HeadRef head = selection.head();
    const std::shared_ptr<const Model> model = m_bench.state.model();
    m_title->setTitle(pictureTitle(m_bench));
    const bool isOneHead = selection.patternOf() == PatternOf::ThisHead;
    QString remark =
        model && isOneHead ? tr("KV %1").arg(model->config.kvHeadOf(head.head).value) : QString();
    if (selection.side() == Side::Difference && isOneHead && liesBeforeTheEdits(head.layer))
        remark += tr(" · unchanged: lies before the edited layers");
    const PatternTokens tokens = selection.patternTokens();
    if (tokens != PatternTokens::Single)
        remark += (remark.isEmpty() ? QString() : QStringLiteral(" · "))
            + (tokens == PatternTokens::Words ? tr("words") : tr("lines"));
    m_title->setRemark(remark);
}

void HeadViewPanel::refreshControls()
{
    const Selection &selection = m_bench.selection;
    const bool isPlain = isPlainPicture(selection);
    const PatternQuantity quantity = isPlain ? selection.quantity() : PatternQuantity::Weight;
    m_quantity->setCurrentIndex(static_cast<int>(quantity));
    m_quantity->setEnabled(isPlain);
    m_quantity->setToolTip(isPlain ? tr("What the cells of the map show")
                                   : tr("Several heads or groups of tokens are shown by their attention"));
    const bool isWeight = quantity == PatternQuantity::Weight;
    m_range->setCurrent(isWeight && isPlain && selection.range() == PatternRange::AllHeads ? 1 : 0);
    const bool isDifference = selection.side() == Side::Difference; // whose colours are linear
    const bool isLinear = isDifference || quantity == PatternQuantity::Score;
    m_scale->setCurrent(isLinear || selection.scale() == PatternScale::Linear ? 0 : 1);
    for (const int index : {0, 1}) {
        if (isLinear)
            m_scale->disableSegment(index,
                isDifference ? tr("Differences always have linear colours")
                             : tr("Scores always have linear colours"));
        else
            m_scale->enableSegment(
                index, index == 0 ? tr("Linear colours (L)") : tr("Logarithmic colours (L)"));
    }
    if (isWeight && isPlain)
        m_range->enableSegment(1, tr("Colours span the weights of all heads"));
    else
        m_range->disableSegment(1,
            isPlain ? tr("Only attention has a range of all heads")
                    : tr("Only single heads and tokens have a range of all heads"));
}

void HeadViewPanel::refresh()
{
    refreshTitle();
    refreshControls();
    nameRanges();
    m_title->setActivity(m_bench.state.activity());
    if (!m_bench.state.baseline()) {
        m_picture = ShownPicture();
        m_view->setData({});
        showPicture();
        return;
    }
    // Held until what the slider asked for is here: one step from the old range to the new one.
    if (!m_bench.state.isDragging() && m_bench.state.isFresh())
        m_bench.range.release();
    m_picture = shownPicture(m_bench);
    HeadMapData &map = m_picture.data;
    HeadMapData unheld = map;
    unheld.heldMaximum = unheld.heldKeyZeroMaximum = 0.0;
    m_bench.range.follow(endsOf(unheld));
    map.heldMaximum = m_bench.range.held().rest;
    map.heldKeyZeroMaximum = m_bench.range.held().keyZero;
    m_view->setData(map);
    showPicture();
    refreshPinned();
}

void HeadViewPanel::showPicture()
{
    const bool isLines = m_bench.selection.picture() == PatternPicture::Lines;
    if (isLines)
        m_lines->setData(m_view->data());
    const bool hadFocus = m_view->hasFocus() || m_lines->hasFocus();
    if (m_lines->isHidden() == isLines) {
        m_view->setFocusProxy(isLines ? m_lines : nullptr); // whoever asks for the view gets what is shown
        m_view->setVisible(!isLines);
        m_lines->setVisible(isLines);
        if (hadFocus)
            m_view->setFocus(Qt::OtherFocusReason);
        Q_EMIT cellWordsChanged();
    }
}

void HeadViewPanel::toggleKept(HeadMapCell cell)
{
    std::vector<CellRef> kept = m_bench.selection.kept();
    // A word's cell is let go with every cell of its tokens.
    if (std::erase_if(kept, [&](const CellRef &other) { return m_picture.cellOf(other) == cell; }) == 0)
        kept.push_back(m_picture.refOf(cell));
    m_bench.selection.setKept(std::move(kept));
}

void HeadViewPanel::showCells()
{
    if (m_bench.state.baseline())
        m_cells->show(m_picture);
}

QString HeadViewPanel::cellInWords() const
{
    if (m_bench.selection.picture() == PatternPicture::Lines)
        return m_lines->isolatedInWords();
    return m_view->pointedInWords();
}

void HeadViewPanel::refreshPinned()
{
    const CellRef cell = m_bench.selection.pinned();
    const int query = m_picture.placeOf(cell.query);
    m_view->setDefaultQuery(query >= 0 ? query : m_view->data().tokenCount() - 1);
    const std::optional<HeadMapCell> pinned = m_picture.cellOf(cell);
    const bool isElsewhere = pinned && pinned != m_view->pinned(); // chosen in the text or in a table
    m_view->setPinned(pinned);
    m_lines->setPinned(query >= 0 ? std::optional(query) : std::nullopt);
    if (isElsewhere)
        m_view->showCell(*pinned);
    std::vector<HeadMapCell> kept;
    for (const CellRef &other : m_bench.selection.kept())
        if (const std::optional<HeadMapCell> place = m_picture.cellOf(other))
            kept.push_back(*place);
    m_view->setKept(kept);
    showCells();
    m_view->setColumnFigure(m_bench.selection.columnFigure() == ColumnFigure::Received
            ? HeadMapColumnFigure::Received
            : HeadMapColumnFigure::RowWeights);
}

} // namespace sinkscope::ui
