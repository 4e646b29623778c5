// SPDX-License-Identifier: Apache-2.0
// All heads in the order of one measure.
#include "ui/models/head_rank_model.h"

#include "ui/models/roles.h"

#include <QSize>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

namespace sinkscope::ui {

namespace {

constexpr std::array<int, HeadRankModel::kColumnCount> kWidths {32, 60, 0}; ///< px at text scale 1

} // namespace

HeadRankModel::HeadRankModel(QObject *parent)
    : QAbstractTableModel(parent)
{
}

void HeadRankModel::setEntries(std::vector<HeadRankEntry> entries, const QString &measure, Rows rows)
{
    const bool hasSameHeads = entries.size() == m_entries.size();
    if (!hasSameHeads)
        beginResetModel();
    m_entries = std::move(entries);
    if (std::exchange(m_measure, measure) != measure)
        Q_EMIT headerDataChanged(Qt::Horizontal, kValue, kValue);
    if (!hasSameHeads || rows == Rows::Sorted)
        arrange();
    if (!hasSameHeads)
        endResetModel();
    else if (!m_entries.empty())
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, kColumnCount - 1));
}

const HeadRankEntry &HeadRankModel::entry(int row) const
{
    return m_entries[m_order[std::size_t(row)]];
}

int HeadRankModel::rowOf(int layer, int head) const
{
    for (int row = 0; row < rowCount(); ++row) {
        if (entry(row).layer == layer && entry(row).head == head)
            return row;
    }
    return -1;
}

bool HeadRankModel::isBefore(std::size_t first, std::size_t second) const
{
    const HeadRankEntry &a = m_entries[first];
    const HeadRankEntry &b = m_entries[second];
    const bool isDescending = m_sortOrder == Qt::DescendingOrder;
    if (m_column == kHead)
        return isDescending ? second < first : first < second;
    if (std::isnan(a.value) != std::isnan(b.value)) // without a value: last, either way
        return std::isnan(b.value);
    if (std::isnan(a.value))
        return first < second;
    if (isDescending && a.strength != b.strength)
        return a.strength > b.strength;
    if (!isDescending && a.value != b.value)
        return a.value < b.value;
    return first < second;
}

void HeadRankModel::arrange()
{
    m_order.resize(m_entries.size());
    std::iota(m_order.begin(), m_order.end(), std::size_t(0));
    const auto strongestFirst = [this](std::size_t first, std::size_t second) {
        return m_entries[first].strength > m_entries[second].strength;
    };
    std::vector<std::size_t> known;
    for (std::size_t at = 0; at < m_entries.size(); ++at) {
        if (!std::isnan(m_entries[at].value))
            known.push_back(at);
    }
    std::stable_sort(known.begin(), known.end(), strongestFirst);
    m_ranks.assign(m_entries.size(), 0);
    for (std::size_t place = 0; place < known.size(); ++place)
        m_ranks[known[place]] = int(place) + 1;
    std::sort(m_order.begin(), m_order.end(),
        [this](std::size_t first, std::size_t second) { return isBefore(first, second); });
}

void HeadRankModel::sort(int column, Qt::SortOrder order)
{
    m_column = column == kHead ? int(kHead) : int(kValue);
    // Rank 1 first is the strongest first.
    m_sortOrder =
        column == kRank ? (order == Qt::AscendingOrder ? Qt::DescendingOrder : Qt::AscendingOrder) : order;
    arrange();
    if (!m_entries.empty())
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, kColumnCount - 1));
}

int HeadRankModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_order.size());
}

int HeadRankModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(kColumnCount);
}

QVariant HeadRankModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const HeadRankEntry &shown = entry(index.row());
    const int rank = m_ranks[m_order[std::size_t(index.row())]];
    const QString name = tr("L%1 H%2").arg(shown.layer).arg(shown.head);
    const std::array<QString, kColumnCount> texts {
        rank > 0 ? QString::number(rank) : QStringLiteral("—"), name, shown.valueText};
    switch (role) {
    case Qt::DisplayRole:
        return texts[std::size_t(index.column())];
    case Qt::ToolTipRole:
    case Qt::AccessibleTextRole:
        return tr("%1, %2 %3, rank %4 of %5")
            .arg(name, m_measure, shown.valueText, texts[kRank])
            .arg(m_entries.size());
    case Qt::TextAlignmentRole:
        return headerData(index.column(), Qt::Horizontal, role);
    case kEmphasisRole:
        return index.column() == kRank ? 1 : 0;
    case kLayerRole:
        return shown.layer;
    case kHeadRole:
        return shown.head;
    default:
        return {};
    }
}

QVariant HeadRankModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= kColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int((section == kHead ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role == Qt::SizeHintRole)
        return QSize(kWidths[std::size_t(section)], 0);
    if (role == Qt::ToolTipRole && section == kValue)
        return tr("%1: largest first, either way; click for lowest first").arg(m_measure);
    if (role != Qt::DisplayRole)
        return {};
    return std::array {tr("rank"), tr("head"), m_measure}[std::size_t(section)];
}

} // namespace sinkscope::ui
