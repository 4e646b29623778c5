// SPDX-License-Identifier: Apache-2.0
// Heads with their factors as a list: the edits, equal ones as one row, or all heads of a layer.
#pragma once

#include "core/base/index_types.h"
#include "ui/state/edit_groups.h"
#include "ui/theme/view_states.h"

#include <QAbstractListModel>
#include <QPointF>
#include <QVector>

#include <optional>
#include <vector>

namespace sinkscope::ui {

/// Whether a group shows what it holds.
enum class Fold { Folded, Unfolded };

/// One head, or several that are turned as one.
struct EditRow {
    HeadRef head; ///< the first one
    double gamma = 1.0; ///< 0 = off
    std::optional<bool> isEnabled; ///< the check box; absent: the row has none
    QVector<QPointF> curve; ///< output entropy: x = factor (0 = off), y = nats, NaN = not computed yet
    RowCurve curveState = RowCurve::Absent;
    EditExtent extent = EditExtent::Head;
    std::vector<HeadRef> others; ///< of a group, ascending: all but the first
    int depth = 0; ///< within how many groups it stands
    std::optional<bool> isExpanded; ///< absent: it does not unfold
    bool isMixed = false; ///< factors differ; `gamma` is the first head's
    std::optional<HeadEdit>
        edit; ///< one of another kind, keys or rows: it stands in a row of its own, without slider
    bool isPartlyOff = false; ///< some of its heads are switched off, not all

    bool contains(HeadRef wanted) const;
    bool isSameRow(const EditRow &other) const; ///< whatever the figures
    bool operator==(const EditRow &) const = default;
};

/// Formats and indexes; a tick or an unfolding is only asked for, the owner applies it and gives new rows.
/// Which heads are one row is the owner's choice (EditGrouping): rows join and part when a group is folded or
/// when the edits are changed elsewhere, never by what is done in the list, so none moves under the pointer.
/// Owner: its parent. Threads: GUI thread.
class EditsModel : public QAbstractListModel {
    Q_OBJECT
public:
    /// How rows are called where room is short.
    enum class Titles { LayerAndHead, Head };
    explicit EditsModel(QObject *parent = nullptr, Titles titles = Titles::LayerAndHead);

    /// Rows that stay keep their indexes, so selection and drags survive.
    void setRows(const std::vector<EditRow> &rows);
    const EditRow &row(int row) const { return m_rows[std::size_t(row)]; }
    /// The innermost row with `head`, or -1.
    int rowOf(HeadRef head) const;
    /// Layer 0, head 0 for an index that is not valid (any more).
    HeadRef headAt(const QModelIndex &index) const;
    /// None for such an index and for an edit of another kind.
    std::vector<HeadRef> headsAt(const QModelIndex &index) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    bool setData(const QModelIndex &index, const QVariant &value, int role) override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;

Q_SIGNALS:
    void switchRequested(const std::vector<sinkscope::HeadRef> &heads, sinkscope::ui::EditSwitch to);
    void editSwitchRequested(const sinkscope::HeadEdit &edit, sinkscope::ui::EditSwitch to);
    void foldRequested(int row, sinkscope::ui::Fold to);

private:
    QString name(const EditRow &row) const;
    QString title(const EditRow &row) const;
    QString spokenName(const EditRow &row) const;
    QString toolTip(const EditRow &row) const;
    static QString caption(const HeadEdit &edit);
    QString spokenText(const EditRow &row) const;
    QVariant detail(const EditRow &row) const;

    Titles m_titles;
    std::vector<EditRow> m_rows;
};

/// "L12 H5".
QString headName(HeadRef head);

} // namespace sinkscope::ui
