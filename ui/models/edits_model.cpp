// SPDX-License-Identifier: Apache-2.0
// Implements the list of heads with their factors.
#include "ui/models/edits_model.h"

#include "ui/models/roles.h"
#include "ui/theme/number_format.h"

#include <algorithm>

namespace sinkscope::ui {

QString headName(HeadRef head)
{
    return QStringLiteral("L%1 H%2").arg(head.layer.value).arg(head.head.value);
}

EditsModel::EditsModel(QObject *parent)
    : QAbstractListModel(parent)
{
}

void EditsModel::setRows(const std::vector<EditRow> &rows)
{
    // Both lists ascend by head: one walk finds what goes, what comes and what changed.
    std::size_t place = 0;
    std::size_t next = 0;
    while (place < m_rows.size() || next < rows.size()) {
        const int at = int(place);
        if (next == rows.size() || (place < m_rows.size() && m_rows[place].head < rows[next].head)) {
            beginRemoveRows({}, at, at);
            m_rows.erase(m_rows.begin() + at);
            endRemoveRows();
            continue;
        }
        if (place == m_rows.size() || rows[next].head < m_rows[place].head) {
            beginInsertRows({}, at, at);
            m_rows.insert(m_rows.begin() + at, rows[next]);
            endInsertRows();
        } else if (!(m_rows[place] == rows[next])) {
            m_rows[place] = rows[next];
            Q_EMIT dataChanged(index(at), index(at));
        }
        ++place;
        ++next;
    }
}

int EditsModel::rowOf(HeadRef head) const
{
    const auto found = std::lower_bound(m_rows.begin(), m_rows.end(), head,
        [](const EditRow &row, HeadRef wanted) { return row.head < wanted; });
    return found != m_rows.end() && found->head == head ? int(found - m_rows.begin()) : -1;
}

HeadRef EditsModel::headAt(const QModelIndex &index) const
{
    return checkIndex(index, CheckIndexOption::IndexIsValid) ? m_rows[std::size_t(index.row())].head
                                                             : HeadRef {};
}

int EditsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

QVariant EditsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) {
        return {};
    }
    const EditRow &row = m_rows[std::size_t(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return headName(row.head);
    case Qt::CheckStateRole:
        return row.isEnabled ? QVariant(*row.isEnabled ? Qt::Checked : Qt::Unchecked) : QVariant();
    case Qt::ToolTipRole:
        return tr("%1: factor %2, ln γ %3")
            .arg(headName(row.head), row.gamma > 0 ? formatPrecise(row.gamma) : formatFactor(0),
                formatLnFactor(row.gamma));
    case Qt::AccessibleTextRole: {
        const QString words = tr("Layer %1 head %2, factor %3")
                                  .arg(row.head.layer.value)
                                  .arg(row.head.head.value)
                                  .arg(formatFactor(row.gamma));
        return row.isEnabled.value_or(true) ? words : tr("%1, switched off").arg(words);
    }
    case kFactorRole:
        return row.gamma;
    case kCurveRole:
        return QVariant::fromValue(row.curve);
    case kLayerRole:
        return row.head.layer.value;
    case kHeadRole:
        return row.head.head.value;
    default:
        return {};
    }
}

bool EditsModel::setData(const QModelIndex &index, const QVariant &value, int role)
{
    if (role != Qt::CheckStateRole || !checkIndex(index, CheckIndexOption::IndexIsValid)
        || !m_rows[std::size_t(index.row())].isEnabled) {
        return false;
    }
    Q_EMIT switchRequested(headAt(index), value.toInt() == Qt::Checked ? EditSwitch::On : EditSwitch::Off);
    return true;
}

Qt::ItemFlags EditsModel::flags(const QModelIndex &index) const
{
    if (!index.isValid()) {
        return Qt::NoItemFlags;
    }
    const Qt::ItemFlags usual = Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren;
    return m_rows[std::size_t(index.row())].isEnabled ? usual | Qt::ItemIsUserCheckable : usual;
}

} // namespace sinkscope::ui
