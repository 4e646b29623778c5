// SPDX-License-Identifier: Apache-2.0
// Implements the list of heads with their factors.
#include "ui/models/edits_model.h"

#include "ui/models/edit_captions.h"
#include "ui/models/roles.h"
#include "ui/theme/number_format.h"

#include <algorithm>

namespace sinkscope::ui {

namespace {

/// "L15", "L10–19".
QString layersName(const EditRow &row)
{
    const int first = row.head.layer.value;
    const int last = row.others.empty() ? first : row.others.back().layer.value;
    return first == last ? QStringLiteral("L%1").arg(first) : QStringLiteral("L%1–%2").arg(first).arg(last);
}

QVariant checkState(const EditRow &row)
{
    if (!row.isEnabled)
        return {};
    return row.isPartlyOff ? Qt::PartiallyChecked : *row.isEnabled ? Qt::Checked : Qt::Unchecked;
}

} // namespace

QString headName(HeadRef head)
{
    return QStringLiteral("L%1 H%2").arg(head.layer.value).arg(head.head.value);
}

bool EditRow::contains(HeadRef wanted) const
{
    return head == wanted || std::binary_search(others.begin(), others.end(), wanted);
}

bool EditRow::isSameRow(const EditRow &other) const
{
    const bool isSameEdit = edit && other.edit ? edit->sameTarget(*other.edit) : !edit && !other.edit;
    return isSameEdit && head == other.head && extent == other.extent && depth == other.depth
        && others == other.others;
}

EditsModel::EditsModel(QObject *parent, Titles titles)
    : QAbstractListModel(parent)
    , m_titles(titles)
{
}

void EditsModel::setRows(const std::vector<EditRow> &rows)
{
    const auto stays = [&rows](const EditRow &row, std::size_t from) {
        return std::any_of(rows.begin() + std::ptrdiff_t(from), rows.end(),
            [&row](const EditRow &next) { return next.isSameRow(row); });
    };
    for (std::size_t place = 0; place < std::max(m_rows.size(), rows.size()); ++place) {
        const int at = int(place);
        while (place < m_rows.size() && !(place < rows.size() && m_rows[place].isSameRow(rows[place]))
            && !stays(m_rows[place], place)) {
            beginRemoveRows({}, at, at);
            m_rows.erase(m_rows.begin() + at);
            endRemoveRows();
        }
        if (place >= rows.size())
            continue;
        if (place == m_rows.size() || !m_rows[place].isSameRow(rows[place])) {
            beginInsertRows({}, at, at);
            m_rows.insert(m_rows.begin() + at, rows[place]);
            endInsertRows();
        } else if (!(m_rows[place] == rows[place])) {
            m_rows[place] = rows[place];
            Q_EMIT dataChanged(index(at), index(at));
        }
    }
}

int EditsModel::rowOf(HeadRef head) const
{
    int found = -1;
    for (int row = 0; row < int(m_rows.size()); ++row) {
        const EditRow &candidate = m_rows[std::size_t(row)];
        if (candidate.contains(head) && (found < 0 || candidate.depth > m_rows[std::size_t(found)].depth))
            found = row;
    }
    return found;
}

HeadRef EditsModel::headAt(const QModelIndex &index) const
{
    return checkIndex(index, CheckIndexOption::IndexIsValid) ? m_rows[std::size_t(index.row())].head
                                                             : HeadRef {};
}

std::vector<HeadRef> EditsModel::headsAt(const QModelIndex &index) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid) || m_rows[std::size_t(index.row())].edit)
        return {};
    const EditRow &row = m_rows[std::size_t(index.row())];
    std::vector<HeadRef> heads {row.head};
    heads.insert(heads.end(), row.others.begin(), row.others.end());
    return heads;
}

int EditsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

QString EditsModel::name(const EditRow &row) const
{
    switch (row.extent) {
    case EditExtent::Head:
        return headName(row.head);
    case EditExtent::SomeHeads:
        return tr("%1, %n heads", nullptr, int(row.others.size()) + 1).arg(layersName(row));
    case EditExtent::Layer:
    case EditExtent::Layers:
        return tr("%1, all heads").arg(layersName(row));
    case EditExtent::All:
        break;
    }
    return tr("All heads");
}

QString EditsModel::title(const EditRow &row) const
{
    if (row.extent == EditExtent::Head)
        return m_titles == Titles::Head ? QStringLiteral("H%1").arg(row.head.head.value) : headName(row.head);
    return row.extent == EditExtent::All ? tr("All %1").arg(row.others.size() + 1) : layersName(row);
}

QVariant EditsModel::detail(const EditRow &row) const
{
    switch (row.extent) {
    case EditExtent::Head:
        return {};
    case EditExtent::SomeHeads:
        return tr("%n heads", nullptr, int(row.others.size()) + 1);
    case EditExtent::Layer:
    case EditExtent::Layers:
        return tr("all heads");
    case EditExtent::All:
        break;
    }
    return tr("heads");
}

QString EditsModel::spokenName(const EditRow &row) const
{
    if (row.extent == EditExtent::Head)
        return tr("Layer %1 head %2").arg(row.head.layer.value).arg(row.head.head.value);
    return name(row);
}

QString EditsModel::toolTip(const EditRow &row) const
{
    if (row.edit)
        return tr("%1: %2\n%3. Its value is turned below, in the advanced part of the factor")
            .arg(name(row), caption(*row.edit), kindSentence(row.edit->kind));
    QString text = row.isMixed
        ? tr("%1: factors that differ; turning this row gives them one").arg(name(row))
        : tr("%1: factor %2, ln γ %3")
              .arg(name(row), row.gamma > 0 ? formatPrecise(row.gamma) : formatFactor(0),
                  formatLnFactor(row.gamma));
    if (row.isPartlyOff)
        text += QLatin1Char('\n') + tr("Some of its heads are switched off");
    if (row.curveState == RowCurve::Computing)
        text += QLatin1Char('\n') + tr("The curve of the output entropy is being computed");
    else if (row.curveState == RowCurve::Old)
        text += QLatin1Char('\n') + tr("The curve is of other edits; its new one is being computed");
    return text;
}

/// "logit, key 3 ln +1.10".
QString EditsModel::caption(const HeadEdit &edit)
{
    return (targetWords(targetOf(edit)) + QLatin1Char(' ') + valueWord(edit)).trimmed();
}

QString EditsModel::spokenText(const EditRow &row) const
{
    QString words = row.edit ? tr("%1, %2").arg(spokenName(row), caption(*row.edit))
        : row.isMixed        ? tr("%1, factors that differ").arg(spokenName(row))
                             : tr("%1, factor %2").arg(spokenName(row), formatFactor(row.gamma));
    if (row.isPartlyOff)
        words = tr("%1, some switched off").arg(words);
    else if (!row.isEnabled.value_or(true))
        words = tr("%1, switched off").arg(words);
    if (row.isExpanded)
        words = *row.isExpanded ? tr("%1, unfolded").arg(words) : tr("%1, folded").arg(words);
    return words;
}

QVariant EditsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) {
        return {};
    }
    const EditRow &row = m_rows[std::size_t(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return name(row);
    case kTitleRole:
        return title(row);
    case kDetailRole:
        return detail(row);
    case Qt::CheckStateRole:
        return checkState(row);
    case Qt::ToolTipRole:
        return toolTip(row);
    case Qt::AccessibleTextRole:
        return spokenText(row);
    case kCaptionRole:
        return row.edit ? QVariant(targetWords(targetOf(*row.edit))) : QVariant();
    case kValueWordRole:
        return row.edit ? QVariant(valueWord(*row.edit)) : QVariant();
    case kFactorRole:
        return row.gamma;
    case kMixedRole:
        return row.isMixed;
    case kCurveRole:
        return QVariant::fromValue(row.curve);
    case kCurveStateRole:
        return int(row.curveState);
    case kDepthRole:
        return row.depth;
    case kExpandedRole:
        return row.isExpanded ? QVariant(*row.isExpanded) : QVariant();
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
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return false;
    }
    const EditRow &row = m_rows[std::size_t(index.row())];
    if (role == kExpandedRole && row.isExpanded) {
        Q_EMIT foldRequested(index.row(), value.toBool() ? Fold::Unfolded : Fold::Folded);
        return true;
    }
    if (role != Qt::CheckStateRole || !row.isEnabled) {
        return false;
    }
    if (row.edit) {
        Q_EMIT editSwitchRequested(
            *row.edit, value.toInt() == Qt::Checked ? EditSwitch::On : EditSwitch::Off);
        return true;
    }
    Q_EMIT switchRequested(headsAt(index), value.toInt() == Qt::Checked ? EditSwitch::On : EditSwitch::Off);
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
