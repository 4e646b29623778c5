// SPDX-License-Identifier: Apache-2.0
// The list of edits, and the list of a layer's heads.
#include "ui/panels/edits_panel.h"

#include "ui/models/roles.h"
#include "ui/views/edit_item_delegate.h"

#include <QtCore/QItemSelectionModel>
#include <QtWidgets/QListView>
#include <QtWidgets/QVBoxLayout>

#include <limits>

namespace sinkscope::ui {

namespace {

constexpr int kLayerRowHeight = 22; ///< px: all heads of most models stand in the dock at once

QVector<QPointF> entropyCurve(const FactorCurve *curveOrNull)
{
    QVector<QPointF> points;
    if (!curveOrNull)
        return points;
    for (std::size_t index = 0; index < curveOrNull->gammas.size(); ++index) {
        const auto &point = curveOrNull->points[index];
        points.append({curveOrNull->gammas[index],
            point ? point->outputEntropyNats : std::numeric_limits<double>::quiet_NaN()});
    }
    return points;
}

} // namespace

HeadList::HeadList(Workbench &bench, Content content, QWidget *parent)
    : QWidget(parent)
    , m_bench(bench)
    , m_content(content)
    , m_view(new QListView(this))
    , m_delegate(new EditItemDelegate({kFactorRole, kCurveRole}, m_view))
{
    const bool isEdits = content == Content::Edits;
    nameControl(m_view, isEdits ? "editList" : "layerList", isEdits ? tr("Edits") : tr("Heads of the layer"),
        isEdits ? tr("Edited heads: switch them on and off, drag their factor")
                : tr("Heads of the selected layer: drag their factor"));
    if (!isEdits)
        m_delegate->setRowHeight(kLayerRowHeight);
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
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_view);

    connect(m_delegate, &EditItemDelegate::dragStarted, this, [this] { m_bench.state.beginDrag(); });
    connect(
        m_delegate, &EditItemDelegate::valueChanged, this, [this](const QModelIndex &index, double gamma) {
            const HeadRef head = m_model.headAt(index);
            m_bench.selection.setHead(head);
            m_bench.state.setFactors({{head, gamma}}, headName(head));
        });
    connect(m_delegate, &EditItemDelegate::dragFinished, this,
        [this](const QModelIndex &index) { m_bench.state.endDrag(headName(m_model.headAt(index))); });
    connect(&m_model, &EditsModel::switchRequested, this,
        [this](HeadRef head, EditSwitch to) { m_bench.state.switchEdit(head, to); });
    connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this,
        [this](const QModelIndex &index) {
            if (index.isValid() && m_view->hasFocus())
                m_bench.selection.setHead(m_model.headAt(index));
        });
    connect(m_view, &QListView::clicked, this,
        [this](const QModelIndex &index) { m_bench.selection.setHead(m_model.headAt(index)); });
    connect(&m_bench.state, &AppState::editsChanged, this, &HeadList::refresh);
    connect(&m_bench.state, &AppState::modelChanged, this, &HeadList::refresh);
    connect(&m_bench.curves, &CurveFeed::editCurveChanged, this, &HeadList::refresh);
    connect(&m_bench.selection, &Selection::headChanged, this, [this] {
        if (m_content == Content::SelectedLayer)
            refresh();
        followSelection();
    });
    refresh();
}

void HeadList::setTheme(const Theme &theme)
{
    m_delegate->setTheme(theme);
    QPalette palette = m_view->palette();
    palette.setColor(QPalette::Base, theme.colours().window);
    m_view->setPalette(palette);
    m_view->doItemsLayout();
}

void HeadList::setDensity(Density density)
{
    m_delegate->setDensity(density);
    m_view->doItemsLayout();
    Q_EMIT rowsChanged();
}

void HeadList::setAxis(const FactorAxis &axis)
{
    m_delegate->setAxis(axis);
    m_view->viewport()->update();
}

int HeadList::heightFor(int rows) const
{
    QStyleOptionViewItem option;
    option.initFrom(m_view);
    return rows * m_delegate->sizeHint(option, m_model.index(0)).height();
}

EditRow HeadList::rowOf(HeadRef head, const EditEntry *entryOrNull) const
{
    EditRow row;
    row.head = head;
    row.gamma = entryOrNull ? entryOrNull->gamma : 1.0;
    if (m_content == Content::Edits)
        row.isEnabled = entryOrNull && entryOrNull->isEnabled;
    else if (entryOrNull && !entryOrNull->isEnabled)
        row.gamma = 1.0;
    row.curve = entropyCurve(m_bench.curves.editCurve(head));
    return row;
}

std::vector<EditRow> HeadList::rows() const
{
    std::vector<EditRow> rows;
    const EditList &edits = m_bench.state.edits();
    if (m_content == Content::Edits) {
        for (const EditEntry &entry : edits.entries())
            rows.push_back(rowOf(entry.head, &entry));
        return rows;
    }
    const LayerIndex layer = m_bench.selection.head().layer;
    for (HeadIndex head; head.value < m_bench.state.grid().headCount; ++head)
        rows.push_back(rowOf({layer, head}, edits.findOrNull({layer, head})));
    return rows;
}

void HeadList::refresh()
{
    const int before = m_model.rowCount();
    m_model.setRows(rows());
    followSelection();
    if (m_model.rowCount() != before)
        Q_EMIT rowsChanged();
}

void HeadList::followSelection()
{
    const int row = m_model.rowOf(m_bench.selection.head());
    const QSignalBlocker blocker(m_view->selectionModel());
    if (row < 0) {
        m_view->selectionModel()->clear();
    } else {
        m_view->selectionModel()->setCurrentIndex(m_model.index(row), QItemSelectionModel::ClearAndSelect);
        m_view->scrollTo(m_model.index(row));
    }
    m_view->viewport()->update();
}

EditsPanel::EditsPanel(Workbench &bench, QWidget *parent)
    : Panel(parent)
    , m_bench(bench)
    , m_title(new PanelTitle(tr("Edits"), this))
    , m_list(new HeadList(bench, HeadList::Content::Edits, this))
    , m_empty(new QLabel(tr("No head is edited. Select a head in the map and turn its factor."), this))
{
    m_empty->setWordWrap(true);
    m_empty->setContentsMargins(16, 4, 16, 4);
    m_empty->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_title);
    column->addWidget(m_empty, 1);
    column->addWidget(m_list, 100);
    column->addStretch(1);
    connect(&m_bench.state, &AppState::editsChanged, this, &EditsPanel::refresh);
    connect(m_list, &HeadList::rowsChanged, this, &EditsPanel::refresh);
    refresh();
}

void EditsPanel::setTheme(const Theme &theme)
{
    m_title->setTheme(theme);
    m_list->setTheme(theme);
    QPalette quiet = m_empty->palette();
    quiet.setColor(QPalette::WindowText, theme.colours().secondaryText);
    m_empty->setPalette(quiet);
}

void EditsPanel::setDensity(Density density)
{
    m_list->setDensity(density);
    refresh();
}

void EditsPanel::refresh()
{
    const bool isEmpty = m_bench.state.edits().isEmpty();
    m_title->setRemark(isEmpty ? QString() : tr("curve: output entropy"));
    m_list->setVisible(!isEmpty);
    m_list->setMaximumHeight(m_list->heightFor(m_list->rowCount()));
    m_empty->setVisible(isEmpty);
}

} // namespace sinkscope::ui
