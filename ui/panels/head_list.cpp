// SPDX-License-Identifier: Apache-2.0
// Heads with small sliders.
#include "ui/panels/head_list.h"

#include "ui/models/roles.h"
#include "ui/views/edit_item_delegate.h"

#include <QtCore/QItemSelectionModel>
#include <QtCore/QScopedValueRollback>
#include <QtGui/QFocusEvent>
#include <QtWidgets/QAction>
#include <QtWidgets/QScrollBar>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

namespace sinkscope::ui {

namespace {

constexpr int kLayerRowHeight = 22; ///< px: all heads of most models stand in the dock at once
constexpr int kCompactLayerRowHeight = 18;
constexpr int kColumns = 2; ///< of the heads of a layer

} // namespace

EditItemRoles editItemRoles()
{
    EditItemRoles roles;
    roles.factor = kFactorRole;
    roles.isMixed = kMixedRole;
    roles.curve = kCurveRole;
    roles.curveState = kCurveStateRole;
    roles.title = kTitleRole;
    roles.detail = kDetailRole;
    roles.depth = kDepthRole;
    roles.isExpanded = kExpandedRole;
    roles.caption = kCaptionRole;
    roles.valueWord = kValueWordRole;
    return roles;
}

HeadList::HeadList(Workbench &bench, Content content, QWidget *parent)
    : QWidget(parent)
    , m_bench(bench)
    , m_content(content)
    , m_model(
          nullptr, content == Content::Edits ? EditsModel::Titles::LayerAndHead : EditsModel::Titles::Head)
    , m_view(new QListView(this))
    , m_delegate(new EditItemDelegate(editItemRoles(), m_view))
{
    const bool isEdits = content == Content::Edits;
    nameControl(m_view, isEdits ? "editList" : "layerList", isEdits ? tr("Edits") : tr("Heads of the layer"),
        isEdits ? tr("Edited heads: switch them on and off, drag their factor; Delete removes "
                     "them. The curve above a slider is the output entropy")
                : tr("Heads of the selected layer: drag their factor"));
    m_view->setModel(&m_model);
    m_view->setItemDelegate(m_delegate);
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setSelectionMode(QAbstractItemView::SingleSelection);
    m_view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_view->setUniformItemSizes(true);
    m_view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_view->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_view->setMouseTracking(true);
    m_view->viewport()->setAutoFillBackground(false);
    if (!isEdits) {
        m_delegate->setRowHeight(kLayerRowHeight);
        m_delegate->setCellWidth(1); // until it is placed
        m_view->setFlow(QListView::LeftToRight);
        m_view->setWrapping(true);
        m_view->setResizeMode(QListView::Adjust);
    }
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_view);
    m_view->installEventFilter(this);
    connectList();
    connectState();
    if (isEdits)
        addActions();
    takeEdits();
}

void HeadList::connectList()
{
    connect(m_delegate, &EditItemDelegate::dragStarted, this, [this](const QModelIndex &index) {
        m_dragged = index.data().toString();
        m_bench.state.beginDrag();
    });
    connect(m_delegate, &EditItemDelegate::valueChanged, this, &HeadList::turn);
    connect(m_delegate, &EditItemDelegate::dragFinished, this, [this] {
        const QScopedValueRollback<bool> acting(m_isActing, true);
        m_bench.state.endDrag(m_dragged);
    });
    connect(&m_model, &EditsModel::switchRequested, this,
        [this](const std::vector<HeadRef> &heads, EditSwitch to) {
            const QScopedValueRollback<bool> acting(m_isActing, true);
            m_bench.state.switchEdits(heads, to);
        });
    connect(&m_model, &EditsModel::editSwitchRequested, this, [this](const HeadEdit &edit, EditSwitch to) {
        const QScopedValueRollback<bool> acting(m_isActing, true);
        m_bench.state.switchOthers({edit}, to);
    });
    connect(&m_model, &EditsModel::foldRequested, this, &HeadList::fold);
    // A key moves the current row last, the mouse the highlight. Nobody chose a row that is current without
    // a highlight, or in the place of one that went.
    const auto showHighlighted = [this] {
        if (!m_isRefreshing)
            showHeadOf(highlighted());
    };
    connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this, showHighlighted);
    connect(m_view->selectionModel(), &QItemSelectionModel::selectionChanged, this, showHighlighted);
    connect(m_view, &QListView::clicked, this, &HeadList::showHeadOf);
}

void HeadList::connectState()
{
    connect(&m_bench.state, &AppState::editsChanged, this, &HeadList::takeEdits);
    connect(&m_bench.state, &AppState::dragEnded, this, &HeadList::takeEdits);
    connect(&m_bench.state, &AppState::modelChanged, this, [this] {
        m_grouping.clear();
        takeEdits();
    });
    connect(&m_bench.curves, &CurveFeed::editCurveChanged, this, &HeadList::refresh);
    connect(&m_bench.selection, &Selection::headChanged, this, [this] {
        if (m_content == Content::SelectedLayer)
            refresh();
        followSelection();
    });
    connect(&m_bench.selection, &Selection::targetChanged, this, &HeadList::followSelection);
}

void HeadList::addActions()
{
    auto *remove = new QAction(tr("Remove (factor 1)"), m_view);
    remove->setObjectName(QStringLiteral("removeEditAction"));
    remove->setShortcut(QKeySequence::Delete);
    remove->setShortcutContext(Qt::WidgetShortcut);
    connect(remove, &QAction::triggered, this, &HeadList::removeHighlighted);
    auto *off = new QAction(tr("Factor off"), m_view);
    connect(off, &QAction::triggered, this, [this] { turn(highlighted(), 0.0); });
    m_view->addAction(remove);
    m_view->addAction(off);
    m_view->setContextMenuPolicy(Qt::ActionsContextMenu);
}

void HeadList::setTheme(const Theme &theme)
{
    m_delegate->setTheme(theme);
    QPalette palette = m_view->palette();
    palette.setColor(QPalette::Base, theme.colours().window);
    m_view->setPalette(palette);
    fitCells();
    m_view->doItemsLayout();
}

void HeadList::setDensity(Density density)
{
    if (m_content == Content::Edits)
        m_delegate->setDensity(density);
    else
        m_delegate->setRowHeight(density == Density::Compact ? kCompactLayerRowHeight : kLayerRowHeight);
    fitCells();
    m_view->doItemsLayout();
    Q_EMIT rowsChanged();
}

int HeadList::lineCount() const
{
    return m_content == Content::Edits ? rowCount() : (rowCount() + kColumns - 1) / kColumns;
}

int HeadList::lineHeight() const
{
    QStyleOptionViewItem option;
    option.initFrom(m_view);
    return m_delegate->sizeHint(option, m_model.index(0)).height();
}

void HeadList::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    layout()->activate();
    fitCells();
}

void HeadList::fitCells()
{
    if (m_content == Content::Edits)
        return;
    // Whether there is a scroll bar is said here: the list would keep its room free in either case.
    const bool scrolls = lineCount() * lineHeight() > m_view->height();
    m_view->setVerticalScrollBarPolicy(scrolls ? Qt::ScrollBarAlwaysOn : Qt::ScrollBarAlwaysOff);
    const int bar = scrolls ? m_view->verticalScrollBar()->sizeHint().width() : 0;
    m_delegate->setCellWidth(std::max(1, (m_view->width() - bar - 1) / kColumns));
    m_view->doItemsLayout();
}

void HeadList::turn(const QModelIndex &index, double gamma)
{
    const std::vector<HeadRef> heads = m_model.headsAt(index);
    if (heads.empty())
        return;
    const QScopedValueRollback<bool> acting(m_isActing, true);
    const QString name = index.data().toString();
    showHeadOf(index);
    std::vector<HeadFactor> factors;
    factors.reserve(heads.size());
    for (const HeadRef head : heads)
        factors.push_back({head, gamma});
    m_bench.state.setFactors(factors, name);
}

void HeadList::showHeadOf(const QModelIndex &index)
{
    if (!index.isValid())
        return;
    // What a row turns is what the slider below turns.
    const std::optional<HeadEdit> edit = m_model.row(index.row()).edit;
    const bool isHeadShown = m_model.row(index.row()).contains(m_bench.selection.head());
    if (!isHeadShown)
        m_bench.selection.setHead(m_model.headAt(index));
    if (edit)
        m_bench.selection.setScope(FactorScope::Head);
    m_bench.selection.setTarget(edit ? targetOf(*edit) : EditTarget());
}

void HeadList::removeHighlighted()
{
    const QModelIndex index = highlighted();
    if (!index.isValid())
        return;
    const int row = index.row();
    const int depth = m_model.row(row).depth;
    {
        const QScopedValueRollback<bool> acting(m_isActing, true);
        if (const std::optional<HeadEdit> edit = m_model.row(row).edit)
            m_bench.state.removeOthers({*edit});
        else
            m_bench.state.removeEdits(m_model.headsAt(index));
    }
    // The next one of its kind follows, so that Delete goes on; never a group after one of its heads.
    for (const int next : {row, row - 1}) {
        if (!highlighted().isValid() && next >= 0 && next < m_model.rowCount()
            && m_model.row(next).depth == depth)
            m_view->setCurrentIndex(m_model.index(next));
    }
}

std::vector<HeadRef> HeadList::headsInHand() const
{
    const QModelIndex index = highlighted();
    if (!index.isValid() || !m_view->hasFocus())
        return {};
    const std::vector<HeadRef> heads = m_model.headsAt(index);
    return heads.empty() ? std::vector<HeadRef> {m_model.headAt(index)} : heads;
}

void HeadList::addMenuAction(QAction *action)
{
    m_view->addAction(action);
}

QModelIndex HeadList::highlighted() const
{
    const QModelIndex current = m_view->currentIndex();
    return m_view->selectionModel()->isSelected(current) ? current : QModelIndex();
}

bool HeadList::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_view && event->type() == QEvent::FocusIn && !highlighted().isValid()) {
        // The keyboard needs a row to begin at; a click says itself which row it means, or none.
        const Qt::FocusReason reason = static_cast<QFocusEvent *>(event)->reason();
        // It is not shown before a key chooses: Tab on its way to the slider must not change the head.
        const QScopedValueRollback<bool> passing(m_isRefreshing, true);
        if (reason == Qt::TabFocusReason || reason == Qt::BacktabFocusReason)
            m_view->selectionModel()->setCurrentIndex(
                m_model.index(std::max(0, m_view->currentIndex().row())),
                QItemSelectionModel::ClearAndSelect);
    }
    return QWidget::eventFilter(watched, event);
}

void HeadList::takeEdits()
{
    // While a slider moves or the hand is in this list, no row joins or leaves another.
    const bool isStill = m_bench.state.isDragging() || m_isActing || m_view->hasFocus();
    regroup(isStill ? Regroup::No : Regroup::Yes);
}

void HeadList::fold(int row, Fold to)
{
    const EditRow &group = m_model.row(row);
    if (to == Fold::Unfolded) {
        m_grouping.unfold(group.head, group.depth);
        refresh();
    } else {
        m_grouping.fold(group.head, group.depth);
        regroup(Regroup::Yes);
    }
}

void HeadList::regroup(Regroup regroup)
{
    if (m_content == Content::Edits) {
        m_grouping.update(m_bench.state.edits().entries(), m_bench.state.grid(), regroup);
        m_bench.curves.setEditRows(m_grouping.groups());
    }
    refresh();
}

void HeadList::refresh()
{
    m_withCurve = m_bench.curves.editsWithCurve();
    const int before = m_model.rowCount();
    {
        const QScopedValueRollback<bool> refreshing(m_isRefreshing, true);
        m_model.setRows(rows());
    }
    followSelection();
    if (m_model.rowCount() != before) {
        fitCells();
        Q_EMIT rowsChanged();
    }
}

bool HeadList::isTurned(int row) const
{
    const EditRow &shown = m_model.row(row);
    const bool isOfHead = shown.contains(m_bench.selection.head());
    if (m_content == Content::SelectedLayer)
        return isOfHead;
    const EditTarget &target = m_bench.selection.target();
    return isOfHead && (shown.edit ? targetOf(*shown.edit) == target : target.isPlain());
}

void HeadList::followSelection()
{
    const HeadRef head = m_bench.selection.head();
    const QModelIndex current = m_view->currentIndex();
    if (current.isValid() && m_view->selectionModel()->isSelected(current) && isTurned(current.row()))
        return;
    int row = m_model.rowOf(head);
    for (int other = 0; other < m_model.rowCount(); ++other)
        row = m_model.row(other).edit && isTurned(other) ? other : row;
    const QSignalBlocker blocker(m_view->selectionModel());
    if (row < 0) {
        m_view->selectionModel()->clear();
    } else {
        m_view->selectionModel()->setCurrentIndex(m_model.index(row), QItemSelectionModel::ClearAndSelect);
        m_view->scrollTo(m_model.index(row));
    }
    m_view->viewport()->update();
}

} // namespace sinkscope::ui
