// SPDX-License-Identifier: Apache-2.0
// Implements the table of the logit lens.
#include "ui/models/lens_model.h"

#include "ui/models/roles.h"
#include "ui/theme/entropy_unit.h"
#include "ui/theme/number_format.h"
#include "ui/theme/tool_tip.h"

#include <QSize>

#include <algorithm>
#include <cmath>

namespace sinkscope::ui {
namespace {

constexpr double kLeastShown = 0.0005; ///< what three decimals write as more than nothing
enum Emphasis { kNormal, kSecondary, kSmall }; // values of CellEmphasis

/// Three decimals, or the nearest power of ten where they would say nothing: orders of magnitude count there.
QString shortProbability(double p)
{
    if (p >= kLeastShown) {
        return formatFixed(p, 3);
    }
    return p > 0.0 ? formatPowerOfTen(int(std::lround(std::log10(p)))) : QStringLiteral("0");
}

/// What these decimals would round away is none here: a power of ten has no room.
QString shortChange(double change, int decimals)
{
    const bool isNone = std::abs(change) < 0.5 * std::pow(10.0, -decimals);
    return isNone ? QStringLiteral("±0") : formatChange(change, decimals);
}

int alignmentOf(LensModel::Column column)
{
    const bool isText = column == LensModel::Column::Token || column == LensModel::Column::Baseline;
    return int((isText ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
}

} // namespace

LensModel::LensModel(QObject *parent)
    : QAbstractTableModel(parent)
{
}

void LensModel::setTable(const LensTableData &data)
{
    const bool hasBaselineNow = !data.rows.empty() && data.rows.front().baseline;
    if (data.rows.size() != m_data.rows.size() || data.followed.size() != m_data.followed.size()
        || hasBaselineNow != hasBaseline()) {
        beginResetModel();
        m_data = data;
        endResetModel();
        return;
    }
    m_data = data;
    if (m_data.rows.empty()) {
        return;
    }
    Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
    Q_EMIT headerDataChanged(Qt::Horizontal, 0, columnCount() - 1);
}

LensModel::Column LensModel::columnAt(int column) const
{
    const int skipped = !hasBaseline() && column >= int(Column::Baseline) ? 1 : 0;
    return Column(std::min(column + skipped, int(Column::Followed)));
}

int LensModel::indexOf(Column column) const
{
    if (column == Column::Baseline && !hasBaseline()) {
        return -1;
    }
    return int(column) - (!hasBaseline() && column > Column::Baseline ? 1 : 0);
}

std::size_t LensModel::followedAt(int column) const
{
    return std::size_t(column - indexOf(Column::Followed));
}

int LensModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_data.rows.size());
}

int LensModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : indexOf(Column::Followed) + int(m_data.followed.size());
}

QString LensModel::text(int row, int column) const
{
    const LensTableRow &place = m_data.rows[std::size_t(row)];
    const bool isChange = m_data.cells == LensCells::Changes && place.baseline;
    switch (columnAt(column)) {
    case Column::Place:
        return isOutput(row) ? tr("out") : tr("L%1").arg(row);
    case Column::Token:
        return visibleToken(place.shown.top.front().text);
    case Column::Probability:
        return shortProbability(place.shown.top.front().p);
    case Column::Baseline:
        return place.baseline->top.front().id == place.shown.top.front().id
            ? QString()
            : visibleToken(place.baseline->top.front().text);
    case Column::Entropy:
        return isChange ? shortChange(inEntropyUnit(place.shown.entropyNats - place.baseline->entropyNats), 2)
                        : formatFixed(inEntropyUnit(place.shown.entropyNats), 2);
    case Column::Followed:
        break;
    }
    const std::size_t token = followedAt(column);
    const double p = place.shown.followed[token].p;
    return isChange ? shortChange(p - place.baseline->followed[token].p, 3) : shortProbability(p);
}

QVariant LensModel::tint(int row, int column) const
{
    const LensTableRow &place = m_data.rows[std::size_t(row)];
    if (columnAt(column) == Column::Probability) {
        return place.shown.top.front().p;
    }
    if (columnAt(column) != Column::Followed) {
        return {};
    }
    const std::size_t token = followedAt(column);
    const double p = place.shown.followed[token].p;
    return m_data.cells == LensCells::Changes && place.baseline ? p - place.baseline->followed[token].p : p;
}

QString LensModel::rowInWords(int row) const
{
    const LensTableRow &place = m_data.rows[std::size_t(row)];
    const TokenProbability &top = place.shown.top.front();
    const QString where = isOutput(row) ? tr("The output") : tr("Before layer %1").arg(row);
    QStringList lines {tr("%1: %2, probability %3").arg(where, visibleToken(top.text), formatPrecise(top.p))};
    if (place.baseline && place.baseline->top.front().id != top.id) {
        lines += tr("without edits %1, probability %2")
                     .arg(visibleToken(place.baseline->top.front().text),
                         formatPrecise(place.baseline->top.front().p));
    }
    lines += inEntropyWords(tr("entropy %1 nats")).arg(formatEntropy(place.shown.entropyNats));
    for (std::size_t token = 0; token < m_data.followed.size(); ++token) {
        const FollowedToken &now = place.shown.followed[token];
        QString line = tr("%1: probability %2, rank %3")
                           .arg(m_data.followed[token].text, formatPrecise(now.p))
                           .arg(now.rank);
        if (place.baseline) {
            line += tr("; without edits %1, rank %2")
                        .arg(formatPrecise(place.baseline->followed[token].p))
                        .arg(place.baseline->followed[token].rank);
        }
        lines += line;
    }
    return lines.join(QLatin1Char('\n'));
}

QVariant LensModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) {
        return {};
    }
    const Column column = columnAt(index.column());
    switch (role) {
    case Qt::DisplayRole:
        return text(index.row(), index.column());
    case Qt::ToolTipRole:
        return inShortLines(rowInWords(index.row()));
    case Qt::AccessibleTextRole:
        return rowInWords(index.row());
    case Qt::TextAlignmentRole:
        return alignmentOf(column);
    case kEmphasisRole:
        return int(column == Column::Place || column == Column::Entropy ? kSecondary
                : column == Column::Baseline                            ? kSmall
                                                                        : kNormal);
    case kTintRole:
        return tint(index.row(), index.column());
    case kLayerRole:
        return index.row();
    default:
        return {};
    }
}

QString LensModel::headerText(int section) const
{
    switch (columnAt(section)) {
    case Column::Place:
        return tr("before");
    case Column::Token:
        return tr("most likely");
    case Column::Probability:
        return tr("p");
    case Column::Baseline:
        return tr("was");
    case Column::Entropy:
        return m_data.cells == LensCells::Changes && hasBaseline() ? tr("ΔH") : tr("H");
    case Column::Followed:
        break;
    }
    return m_data.followed[followedAt(section)].text;
}

QString LensModel::headerToolTip(int section) const
{
    switch (columnAt(section)) {
    case Column::Place:
        return tr("The residual stream as it enters each layer; out: as it leaves the last one, which is the "
                  "output of the model");
    case Column::Token:
        return tr("The most likely token, were the final norm and the output head applied there");
    case Column::Probability:
        return tr("Its probability; the deeper the tint, the nearer to 1");
    case Column::Baseline:
        return tr("The most likely token without edits, where it is another one");
    case Column::Entropy:
        return inEntropyWords(tr("Entropy of the distribution over the whole vocabulary, in nats"));
    case Column::Followed:
        break;
    }
    const LensColumn &column = m_data.followed[followedAt(section)];
    const QString which = column.isNext ? tr("'%1', with which the prompt goes on").arg(column.text)
                                        : tr("'%1', the first token of an answer").arg(column.text);
    return m_data.cells == LensCells::Changes && hasBaseline()
        ? tr("Change of the probability of %1, against no edits").arg(which)
        : tr("Probability of %1").arg(which);
}

QVariant LensModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount()) {
        return {};
    }
    const Column column = columnAt(section);
    switch (role) {
    case Qt::DisplayRole:
        return headerText(section);
    case Qt::ToolTipRole:
        return inShortLines(headerToolTip(section));
    case Qt::TextAlignmentRole:
        return alignmentOf(column);
    case Qt::UserRole: // in this order they go where room is short
        return column == Column::Baseline ? 1 : column == Column::Entropy ? 2 : 0;
    case Qt::SizeHintRole:
        switch (column) { // px at text scale 1; the token takes the rest
        case Column::Place:
            return QSize(34, 0);
        case Column::Token:
            return QSize(0, 0);
        case Column::Baseline:
            return QSize(76, 0);
        case Column::Probability:
        case Column::Entropy:
            return QSize(46, 0);
        case Column::Followed:
            return QSize(56, 0);
        }
        return {};
    default:
        return {};
    }
}

} // namespace sinkscope::ui
