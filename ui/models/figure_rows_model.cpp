// SPDX-License-Identifier: Apache-2.0
// Implements rows of written figures.
#include "ui/models/figure_rows_model.h"

#include "ui/models/roles.h"

#include <QSize>

#include <algorithm>
#include <utility>

namespace sinkscope::ui {

FigureRowsModel::FigureRowsModel(QObject *parent)
    : QAbstractTableModel(parent)
{
}

void FigureRowsModel::setColumns(std::vector<FigureColumn> columns)
{
    beginResetModel();
    m_columns = std::move(columns);
    endResetModel();
}

void FigureRowsModel::setRows(std::vector<FigureRow> rows)
{
    // The same number of rows is another text in the same places: the selection and the scroll stay.
    const bool isReset = rows.size() != m_rows.size();
    if (isReset)
        beginResetModel();
    m_rows = std::move(rows);
    arrange();
    if (isReset)
        endResetModel();
    else if (!m_rows.empty())
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
}

void FigureRowsModel::arrange()
{
    if (m_sorted < 0)
        return;
    const auto column = std::size_t(m_sorted);
    std::stable_sort(m_rows.begin(), m_rows.end(), [&](const FigureRow &one, const FigureRow &other) {
        if (column >= one.sortBy.size() || column >= other.sortBy.size())
            return false;
        return m_order == Qt::DescendingOrder ? one.sortBy[column] > other.sortBy[column]
                                              : one.sortBy[column] < other.sortBy[column];
    });
}

void FigureRowsModel::sort(int column, Qt::SortOrder order)
{
    m_sorted = column;
    m_order = order;
    arrange();
    if (!m_rows.empty())
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
}

int FigureRowsModel::rowOf(int layer, int head) const
{
    const auto found = std::find_if(m_rows.begin(), m_rows.end(),
        [&](const FigureRow &row) { return row.layer == layer && row.head == head; });
    return found == m_rows.end() ? -1 : int(found - m_rows.begin());
}

int FigureRowsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int FigureRowsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_columns.size());
}

QVariant FigureRowsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const FigureRow &shown = row(index.row());
    const bool isName = m_columns[std::size_t(index.column())].side == FigureColumn::Side::Left;
    switch (role) {
    case Qt::DisplayRole:
        return shown.cells.value(index.column());
    case Qt::ToolTipRole:
    case Qt::AccessibleTextRole:
        return shown.inWords.isEmpty() ? shown.cells.join(QLatin1Char(' ')) : shown.inWords;
    case Qt::TextAlignmentRole:
        return headerData(index.column(), Qt::Horizontal, role);
    case kEmphasisRole:
        return shown.isHeading ? 2 : shown.isQuiet && !isName ? 1 : 0;
    case kBarRole:
        return shown.bar && index.column() == 1 ? QVariant(*shown.bar) : QVariant();
    case kLayerRole:
        return shown.layer;
    case kHeadRole:
        return shown.head;
    default:
        return {};
    }
}

QVariant FigureRowsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount())
        return {};
    const FigureColumn &column = m_columns[std::size_t(section)];
    switch (role) {
    case Qt::DisplayRole:
        return column.title;
    case Qt::ToolTipRole:
        return column.toolTip.isEmpty() ? QVariant() : QVariant(column.toolTip);
    case Qt::TextAlignmentRole:
        return int(
            (column.side == FigureColumn::Side::Left ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    case Qt::SizeHintRole:
        return QSize(column.width, 0);
    default:
        return {};
    }
}

} // namespace sinkscope::ui
