// SPDX-License-Identifier: Apache-2.0
// Implements the table of next tokens.
#include "ui/models/next_tokens_model.h"

#include "ui/models/roles.h"
#include "ui/theme/number_format.h"
#include "ui/theme/tool_tip.h"

#include <QSize>

#include <array>

namespace sinkscope::ui {
namespace {

/// px at text scale 1; the token takes the rest.
constexpr std::array<int, NextTokensModel::kColumnCount> kWidths {20, 0, 64, 50, 70, 72};

enum Emphasis { kNormal, kSecondary, kSmall }; // values of CellEmphasis

Emphasis emphasisOf(int column)
{
    switch (column) {
    case NextTokensModel::kToken:
    case NextTokensModel::kProbability:
        return kNormal;
    case NextTokensModel::kBaselineRank:
        return kSmall;
    default:
        return kSecondary;
    }
}

/// The most likely token is another one than without edits.
bool isFlip(const NextTokenRow &row, const QModelIndex &index)
{
    return index.row() == 0 && index.column() == NextTokensModel::kBaselineRank && row.baselineRank
        && *row.baselineRank != 1;
}

int alignmentOf(int column)
{
    const bool isText = column == NextTokensModel::kToken || column == NextTokensModel::kBaselineRank;
    return int((isText ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
}

} // namespace

NextTokensModel::NextTokensModel(QObject *parent)
    : QAbstractTableModel(parent)
{
}

void NextTokensModel::setRows(const std::vector<NextTokenRow> &rows)
{
    const int before = int(m_rows.size());
    const int now = int(rows.size());
    const QString changeBefore = headerData(kChange, Qt::Horizontal, Qt::DisplayRole).toString();
    if (now > before) {
        beginInsertRows({}, before, now - 1);
        m_rows = rows;
        endInsertRows();
    } else if (now < before) {
        beginRemoveRows({}, now, before - 1);
        m_rows = rows;
        endRemoveRows();
    } else {
        m_rows = rows;
    }
    if (now > 0) {
        Q_EMIT dataChanged(index(0, 0), index(now - 1, kColumnCount - 1));
    }
    if (headerData(kChange, Qt::Horizontal, Qt::DisplayRole).toString() != changeBefore) {
        Q_EMIT headerDataChanged(Qt::Horizontal, kChange, kChange);
    }
}

int NextTokensModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int NextTokensModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(kColumnCount);
}

QString NextTokensModel::text(const NextTokenRow &row, int rank, int column) const
{
    switch (column) {
    case kRank:
        return QString::number(rank);
    case kToken:
        return visibleToken(row.token.text);
    case kBaselineRank:
        return row.baselineRank && *row.baselineRank != rank ? tr("was %1").arg(*row.baselineRank)
                                                             : QString();
    case kId:
        return QString::number(row.token.id.value);
    case kProbability:
        return formatProbability(row.token.p);
    case kChange:
        return row.baselineP ? formatChange(row.token.p - *row.baselineP, 4) : QString();
    default:
        return {};
    }
}

QString NextTokensModel::toolTip(const NextTokenRow &row, int rank) const
{
    QString tip = tr("%1 (id %2): rank %3, probability %4")
                      .arg(visibleToken(row.token.text))
                      .arg(row.token.id.value)
                      .arg(rank)
                      .arg(formatPrecise(row.token.p));
    if (row.baselineRank && row.baselineP) {
        tip += tr("; without edits rank %1, probability %2")
                   .arg(*row.baselineRank)
                   .arg(formatPrecise(*row.baselineP));
        if (rank == 1 && *row.baselineRank != 1) {
            tip += tr(". The most likely token is another one than without edits");
        }
    }
    return tip;
}

QVariant NextTokensModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) {
        return {};
    }
    const NextTokenRow &row = m_rows[std::size_t(index.row())];
    const int rank = index.row() + 1;
    switch (role) {
    case Qt::DisplayRole:
        return text(row, rank, index.column());
    case Qt::ToolTipRole:
        return inShortLines(toolTip(row, rank));
    case Qt::AccessibleTextRole:
        return toolTip(row, rank);
    case Qt::TextAlignmentRole:
        return alignmentOf(index.column());
    case kEmphasisRole:
        return int(isFlip(row, index) ? kNormal : emphasisOf(index.column()));
    case kTokenIdRole:
        return row.token.id.value;
    case kProbabilityRole:
        return row.token.p;
    case kChangeRole:
        return row.baselineP ? QVariant(row.token.p - *row.baselineP) : QVariant();
    default:
        return {};
    }
}

QVariant NextTokensModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= kColumnCount) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return alignmentOf(section);
    }
    if (role == Qt::SizeHintRole) {
        return QSize(kWidths[std::size_t(section)], 0);
    }
    if (role == Qt::UserRole) {
        return section == kBaselineRank ? 1
            : section == kId            ? 2
                                        : 0; // in this order they go where room is short
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case kToken:
        return tr("next token");
    case kId:
        return tr("id");
    case kProbability:
        return tr("p");
    case kChange:
        return m_rows.empty() || m_rows.front().baselineP ? tr("change") : QString();
    default:
        return QString();
    }
}

} // namespace sinkscope::ui
