// SPDX-License-Identifier: Apache-2.0
// Implements the list of a generated text.
#include "ui/models/generated_text_model.h"

#include "ui/models/roles.h"
#include "ui/theme/number_format.h"
#include "ui/theme/tool_tip.h"

#include <algorithm>

namespace sinkscope::ui {

GeneratedTextModel::GeneratedTextModel(QObject *parent)
    : QAbstractListModel(parent)
{
}

void GeneratedTextModel::setRows(
    const std::vector<GeneratedRow> &rows, std::optional<std::size_t> firstDifference)
{
    const auto kept = static_cast<int>(
        std::mismatch(m_rows.begin(), m_rows.end(), rows.begin(), rows.end()).first - m_rows.begin());
    if (kept < int(m_rows.size())) { // of a beam, or another text
        beginRemoveRows({}, kept, int(m_rows.size()) - 1);
        m_rows.resize(std::size_t(kept));
        endRemoveRows();
    }
    if (int(rows.size()) > kept) {
        beginInsertRows({}, kept, int(rows.size()) - 1);
        m_rows = rows;
        endInsertRows();
    }
    if (m_firstDifference == firstDifference)
        return;
    m_firstDifference = firstDifference;
    if (!m_rows.empty())
        Q_EMIT dataChanged(index(0), index(rowCount() - 1));
}

int GeneratedTextModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

QString GeneratedTextModel::rowInWords(int row) const
{
    const GeneratedRow &token = m_rows[std::size_t(row)];
    QString words = tr("Token %1 '%2': probability %3, rank %4, id %5")
                        .arg(row + 1)
                        .arg(token.text, formatPrecise(token.probability))
                        .arg(token.rank)
                        .arg(token.id);
    if (token.isEnd)
        words += tr("; an end token");
    if (m_firstDifference == std::size_t(row))
        words += tr("; the first that differs from the baseline");
    return words;
}

QVariant GeneratedTextModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const GeneratedRow &token = m_rows[std::size_t(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return token.text;
    case Qt::ToolTipRole:
        return inShortLines(rowInWords(index.row()));
    case Qt::AccessibleTextRole:
        return rowInWords(index.row());
    case kTokenIdRole:
        return token.id;
    case kProbabilityRole:
    case kTintRole:
        return token.probability;
    case kEmphasisRole:
        return token.isEnd ? 1 : 0; // CellEmphasis
    case kMarkRole:
        return m_firstDifference == std::size_t(index.row());
    default:
        return {};
    }
}

} // namespace sinkscope::ui
