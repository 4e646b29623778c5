// SPDX-License-Identifier: Apache-2.0
// Implements the tree of steps.
#include "ui/models/history_model.h"

#include "ui/models/roles.h"

#include <QDateTime>
#include <QLocale>

#include <algorithm>

namespace sinkscope::ui {

namespace {

constexpr EntryId kMainLine = 0; // what stands under no step

} // namespace

const std::vector<EntryId> &HistoryModel::under(EntryId id) const
{
    static const std::vector<EntryId> kNone;
    const auto place = m_lines.rows.find(id);
    return place == m_lines.rows.end() ? kNone : place->second;
}

/// Whether `lines` are those that are shown with the step `added` as a new last row of a line.
bool HistoryModel::isSameBut(const HistoryLines &lines, EntryId added) const
{
    if (lines.places.size() != m_lines.places.size() + 1)
        return false;
    const HistoryLines::Place &place = lines.places.at(added);
    if (place.row + 1 != int(lines.rows.at(place.under).size()))
        return false;
    return std::all_of(m_lines.places.begin(), m_lines.places.end(), [&lines](const auto &known) {
        const auto now = lines.places.find(known.first);
        return now != lines.places.end() && now->second.under == known.second.under
            && now->second.row == known.second.row && now->second.startsBranch == known.second.startsBranch;
    });
}

void HistoryModel::takeSteps(const HistoryNodes &nodes, EntryId present)
{
    m_steps.clear();
    for (const auto &[id, node] : nodes)
        m_steps.emplace(id, Step {QString::fromStdString(node.name), node.timeMs, StepState::Elsewhere});
    for (auto node = nodes.find(present); node != nodes.end();) {
        m_steps[node->first].state = node->first == present ? StepState::Present : StepState::Done;
        node = node->second.parent ? nodes.find(*node->second.parent) : nodes.end();
    }
}

void HistoryModel::setHistory(const HistoryNodes &nodes, EntryId present)
{
    HistoryLines lines = historyLines(nodes);
    const EntryId newest = nodes.empty() ? 0 : nodes.rbegin()->first;
    const bool isSame =
        std::equal(lines.rows.begin(), lines.rows.end(), m_lines.rows.begin(), m_lines.rows.end());
    const bool isOneMore = !isSame && newest > 0 && isSameBut(lines, newest);
    if (isOneMore) {
        const HistoryLines::Place place = lines.places.at(newest);
        beginInsertRows(indexOf(place.under), place.row, place.row);
    } else if (!isSame) {
        beginResetModel();
    }
    m_lines = std::move(lines);
    takeSteps(nodes, present);
    if (isOneMore)
        endInsertRows();
    else if (!isSame)
        endResetModel();
    if (!isSame && !isOneMore)
        return;
    for (const auto &[id, rows] : m_lines.rows)
        Q_EMIT dataChanged(indexOf(rows.front(), kStep), indexOf(rows.back(), kTime));
}

QModelIndex HistoryModel::indexOf(EntryId id, int column) const
{
    const auto place = m_lines.places.find(id);
    return place == m_lines.places.end() ? QModelIndex()
                                         : createIndex(place->second.row, column, quintptr(id));
}

QModelIndex HistoryModel::index(int row, int column, const QModelIndex &parent) const
{
    if (parent.isValid() && parent.column() != kStep)
        return {};
    const std::vector<EntryId> &rows = under(parent.isValid() ? idOf(parent) : kMainLine);
    if (row < 0 || row >= int(rows.size()) || column < 0 || column >= kColumns)
        return {};
    return createIndex(row, column, quintptr(rows[std::size_t(row)]));
}

QModelIndex HistoryModel::parent(const QModelIndex &index) const
{
    const auto place = m_lines.places.find(idOf(index));
    return index.isValid() && place != m_lines.places.end() ? indexOf(place->second.under) : QModelIndex();
}

int HistoryModel::rowCount(const QModelIndex &parent) const
{
    if (parent.isValid() && parent.column() != kStep)
        return 0;
    return int(under(parent.isValid() ? idOf(parent) : kMainLine).size());
}

int HistoryModel::columnCount(const QModelIndex &) const
{
    return kColumns;
}

QString HistoryModel::time(const Step &step) const
{
    if (step.state == StepState::Present)
        return tr("now");
    const QDateTime made = QDateTime::fromMSecsSinceEpoch(step.timeMs);
    if (made.date() == QDate::currentDate())
        return made.time().toString(QStringLiteral("HH:mm:ss"));
    return QLocale().toString(made, QStringLiteral("d MMM"));
}

QString HistoryModel::toolTip(EntryId id, const Step &step) const
{
    const QString made = QLocale().toString(QDateTime::fromMSecsSinceEpoch(step.timeMs), QLocale::LongFormat);
    QString text = QStringLiteral("%1\n%2").arg(step.name, made);
    if (m_lines.places.at(id).startsBranch)
        text += QLatin1Char('\n') + tr("A branch begins here: it leaves the state above");
    return text + QLatin1Char('\n')
        + (step.state == StepState::Present ? tr("This state is on screen")
                                            : tr("Click to go to this state"));
}

QString HistoryModel::spoken(EntryId id, const Step &step) const
{
    const QString made =
        QDateTime::fromMSecsSinceEpoch(step.timeMs).time().toString(QStringLiteral("HH:mm:ss"));
    QString text = tr("%1, %2").arg(step.name, made);
    if (m_lines.places.at(id).startsBranch)
        text = tr("%1, begins a branch").arg(text);
    switch (step.state) {
    case StepState::Present:
        return tr("%1, the present state").arg(text);
    case StepState::Done:
        return text;
    case StepState::Elsewhere:
        break;
    }
    return tr("%1, not in effect").arg(text);
}

QVariant HistoryModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const EntryId id = idOf(index);
    const Step &step = m_steps.at(id);
    switch (role) {
    case Qt::DisplayRole:
        if (index.column() == kTime)
            return time(step);
        return m_lines.places.at(id).startsBranch ? QStringLiteral("↳ %1").arg(step.name) : step.name;
    case Qt::TextAlignmentRole:
        return int((index.column() == kTime ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case Qt::ToolTipRole:
        return toolTip(id, step);
    case Qt::AccessibleTextRole:
        return index.column() == kTime ? time(step) : spoken(id, step);
    case kStepStateRole:
        return int(step.state);
    default:
        return {};
    }
}

} // namespace sinkscope::ui
