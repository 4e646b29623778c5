// SPDX-License-Identifier: Apache-2.0
// Heads with their factors as a list: the edits, or all heads of a layer.
#pragma once

#include "core/base/index_types.h"
#include "ui/state/edit_list.h"

#include <QAbstractListModel>
#include <QPointF>
#include <QVector>

#include <optional>
#include <vector>

namespace sinkscope::ui {

/// One head.
struct EditRow {
    HeadRef head;
    double gamma = 1.0; ///< 0 = off
    std::optional<bool> isEnabled; ///< the check box; absent: the row has none
    QVector<QPointF> curve; ///< output entropy: x = factor (0 = off), y = nats, NaN = not computed yet
    bool operator==(const EditRow &) const = default;
};

/// Formats and indexes; a tick in a check box is only asked for, the owner applies it and gives new rows.
/// Owner: its parent. Threads: GUI thread.
class EditsModel : public QAbstractListModel {
    Q_OBJECT
public:
    explicit EditsModel(QObject *parent = nullptr);

    /// `rows` ascending by head. Rows that stay keep their indexes, so selection and drags survive.
    void setRows(const std::vector<EditRow> &rows);
    const EditRow &row(int row) const { return m_rows[std::size_t(row)]; }
    /// The row of `head`, or -1.
    int rowOf(HeadRef head) const;
    /// Layer 0, head 0 for an index that is not valid (any more).
    HeadRef headAt(const QModelIndex &index) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    bool setData(const QModelIndex &index, const QVariant &value, int role) override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;

Q_SIGNALS:
    void switchRequested(sinkscope::HeadRef head, sinkscope::ui::EditSwitch to);

private:
    std::vector<EditRow> m_rows;
};

/// "L12 H5".
QString headName(HeadRef head);

} // namespace sinkscope::ui
