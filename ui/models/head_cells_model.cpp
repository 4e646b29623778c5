// SPDX-License-Identifier: Apache-2.0
// Cells of the head's map as a table.
#include "ui/models/head_cells_model.h"

#include "ui/models/roles.h"
#include "ui/theme/number_format.h"

#include <QSize>

#include <array>
#include <cmath>
#include <utility>

namespace sinkscope::ui {

namespace {

/// px at text scale 1; the key takes the rest.
constexpr std::array<int, HeadCellsModel::kColumnCount> kWidths {150, 0, 96, 80, 88};

int alignmentOf(int column)
{
    const bool isText = column == HeadCellsModel::kQuery || column == HeadCellsModel::kKey;
    return int((isText ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
}

} // namespace

HeadCellsModel::HeadCellsModel(QObject *parent)
    : QAbstractTableModel(parent)
{
}

void HeadCellsModel::setEntries(std::vector<HeadCellEntry> entries, const QString &quantity)
{
    const auto hasBaseline = [](const std::vector<HeadCellEntry> &rows) {
        return !rows.empty() && rows.front().baseline;
    };
    const bool hasSameSize = entries.size() == m_entries.size() && quantity == m_quantity
        && hasBaseline(entries) == hasBaseline(m_entries); // else the headings change too
    if (!hasSameSize)
        beginResetModel();
    m_entries = std::move(entries);
    m_quantity = quantity;
    if (!hasSameSize)
        endResetModel();
    else if (!m_entries.empty())
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, kColumnCount - 1));
}

int HeadCellsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_entries.size());
}

int HeadCellsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(kColumnCount);
}

QString HeadCellsModel::text(const HeadCellEntry &entry, int column) const
{
    switch (column) {
    case kQuery:
        return entry.queryText;
    case kKey:
        return entry.keyText;
    case kShown:
        return formatPrecise(entry.shown);
    case kBaseline:
        return entry.baseline ? formatPrecise(*entry.baseline) : QString();
    case kChange:
        return entry.baseline ? formatChange(entry.change, 4) : QString();
    default:
        return {};
    }
}

QVariant HeadCellsModel::number(const HeadCellEntry &entry, int column) const
{
    switch (column) {
    case kQuery:
        return entry.query;
    case kKey:
        return entry.key;
    case kShown:
        return entry.shown;
    case kBaseline:
        return entry.baseline.value_or(0.0);
    default:
        return entry.baseline ? std::abs(entry.change) : 0.0; // the largest first, either way
    }
}

QVariant HeadCellsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const HeadCellEntry &entry = m_entries[std::size_t(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return text(entry, index.column());
    case Qt::ToolTipRole:
        return tr("query %1 reads key %2").arg(entry.queryText, entry.keyText);
    case Qt::AccessibleTextRole:
        return headerData(index.column(), Qt::Horizontal, Qt::DisplayRole).toString() + QLatin1Char(' ')
            + text(entry, index.column());
    case Qt::TextAlignmentRole:
        return alignmentOf(index.column());
    case Qt::UserRole:
        return number(entry, index.column());
    case kEmphasisRole:
        return index.column() == kBaseline || index.column() == kChange ? 1 : 0;
    default:
        return {};
    }
}

QVariant HeadCellsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= kColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return alignmentOf(section);
    if (role == Qt::SizeHintRole)
        return QSize(kWidths[std::size_t(section)], 0);
    if (role == Qt::UserRole)
        return section == kBaseline; // may go where room is short
    if (role != Qt::DisplayRole)
        return {};
    const bool hasBaseline = m_entries.empty() || m_entries.front().baseline;
    if (!hasBaseline && (section == kBaseline || section == kChange))
        return QString();
    const std::array names {
        tr("query (reads)"), tr("key (is read)"), m_quantity, tr("baseline"), tr("change")};
    return names[std::size_t(section)];
}

} // namespace sinkscope::ui
