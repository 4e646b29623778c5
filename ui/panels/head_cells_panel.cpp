// SPDX-License-Identifier: Apache-2.0
// The table of cells below the head's map.
#include "ui/panels/head_cells_panel.h"

#include "ui/models/roles.h"
#include "ui/views/head_map_strongest.h"
#include "ui/views/head_map_words.h"

#include <QtWidgets/QHeaderView>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

namespace sinkscope::ui {

namespace {

constexpr int kStrongest = 100; ///< rows

} // namespace

HeadCellsPanel::HeadCellsPanel(Selection &selection, QWidget *parent)
    : Panel(parent)
    , m_selection(selection)
    , m_title(new PanelTitle(tr("Cells"), this))
    , m_table(new FigureTable(kEmphasisRole, this))
{
    m_choice = new SegmentRow(
        {{"cellsStrongest", tr("Strongest"),
             tr("The 100 strongest cells of the map, in rows with four keys or more beside key 0")},
            {"cellsPinned", tr("Pinned"), tr("The pinned cell and those kept with Ctrl+click or Shift+P")}},
        this);
    m_title->addControl(m_choice);
    m_sorted.setSourceModel(&m_model);
    m_sorted.setSortRole(Qt::UserRole);
    m_table->setModel(&m_sorted);
    nameControl(m_table, "cellsTable", tr("Cells of the head's map"),
        tr("Choose a row to pin its cell; click a heading to sort by it"));
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->horizontalHeader()->setSectionsClickable(true);
    m_table->horizontalHeader()->setSortIndicator(-1, Qt::DescendingOrder); // as they come: strongest first
    m_table->setSortingEnabled(true);
    m_table->setFixedHeight(m_table->heightFor(m_shownRows));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_title);
    column->addWidget(m_table);
    connect(m_choice, &SegmentRow::chosen, this, [this](int index) {
        m_listed = index == 0 ? Listed::Strongest : Listed::Pinned;
        Q_EMIT opened();
    });
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
        [this](const QModelIndex &index) { pinRow(index); });
    connect(m_table, &QAbstractItemView::clicked, this, &HeadCellsPanel::pinRow);
}

void HeadCellsPanel::setTheme(const Theme &theme)
{
    m_title->setTheme(theme);
    m_table->setTheme(theme);
    m_table->setFixedHeight(m_table->heightFor(m_shownRows));
}

void HeadCellsPanel::setShownRows(int rows)
{
    m_shownRows = rows;
    m_table->setFixedHeight(m_table->heightFor(rows));
}

void HeadCellsPanel::pinRow(const QModelIndex &index)
{
    if (!index.isValid() || !m_table->hasFocus()) // not while the rows are filled
        return;
    m_selection.setPinned(m_cells[std::size_t(m_sorted.mapToSource(index).row())]);
}

void HeadCellsPanel::showEvent(QShowEvent *event)
{
    Panel::showEvent(event);
    Q_EMIT opened();
}

void HeadCellsPanel::show(const ShownPicture &picture)
{
    if (isVisible())
        fill(picture);
}

void HeadCellsPanel::fill(const ShownPicture &picture)
{
    const HeadMapData &map = picture.data;
    std::vector<HeadMapCellRow> rows;
    if (m_listed == Listed::Strongest) {
        rows = strongestCells(map, kStrongest);
    } else {
        std::vector<HeadMapCell> cells;
        std::vector<CellRef> chosen {m_selection.pinned()};
        chosen.insert(chosen.end(), m_selection.kept().begin(), m_selection.kept().end());
        for (const CellRef &cell : chosen) {
            const std::optional<HeadMapCell> place = picture.cellOf(cell);
            if (place && std::find(cells.begin(), cells.end(), *place) == cells.end())
                cells.push_back(*place);
        }
        rows = cellRows(map, cells);
    }
    const auto name = [&map](int token) {
        return QStringLiteral("%1 %2").arg(token).arg(map.tokens[std::size_t(token)].text);
    };
    std::vector<HeadCellEntry> entries;
    entries.reserve(rows.size());
    m_cells.clear();
    for (const HeadMapCellRow &row : rows)
        m_cells.push_back(picture.refOf(row.cell));
    for (const HeadMapCellRow &row : rows)
        entries.push_back({row.cell.query, row.cell.key, name(row.cell.query), name(row.cell.key), row.shown,
            map.hasEdit ? std::optional<double>(row.baseline) : std::nullopt, row.change});
    m_choice->setCurrent(m_listed == Listed::Strongest ? 0 : 1);
    const bool isCut = m_listed == Listed::Strongest && int(rows.size()) == kStrongest;
    m_title->setRemark(rows.empty() && m_listed == Listed::Pinned
            ? tr("none is pinned: click a cell, Ctrl+click for several")
            : isCut ? tr("the %1 strongest; more are not listed").arg(kStrongest)
                    : QString());
    const QString quantity = quantityName(map.quantity);
    const QString attention = map.pictured.isEmpty() ? tr("attention") : map.pictured;
    m_model.setEntries(std::move(entries), quantity.isEmpty() ? attention : quantity);
}

} // namespace sinkscope::ui
