// SPDX-License-Identifier: Apache-2.0
// Cells of the head's map as a table: query, key, value on both sides, change.
#pragma once

#include <QAbstractTableModel>

#include <optional>
#include <vector>

namespace sinkscope::ui {

/// One cell as it is written. NaN: not known.
struct HeadCellEntry {
    int query = 0;
    int key = 0;
    QString queryText; ///< "31 :"
    QString keyText;
    double shown = 0.0;
    std::optional<double> baseline; ///< absent: nothing is edited
    double change = 0.0; ///< with a baseline
};

/// Formats and indexes; computes nothing. Sorted by Qt::UserRole through a proxy. Owner: its parent. Threads:
/// GUI thread.
class HeadCellsModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { kQuery, kKey, kShown, kBaseline, kChange, kColumnCount };

    explicit HeadCellsModel(QObject *parent = nullptr);

    /// `quantity`: what is shown, as the head of its column.
    void setEntries(std::vector<HeadCellEntry> entries, const QString &quantity);
    const HeadCellEntry &entry(int row) const { return m_entries[std::size_t(row)]; }

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QString text(const HeadCellEntry &entry, int column) const;
    QVariant number(const HeadCellEntry &entry, int column) const;

    std::vector<HeadCellEntry> m_entries;
    QString m_quantity;
};

} // namespace sinkscope::ui
