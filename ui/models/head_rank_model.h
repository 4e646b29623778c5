// SPDX-License-Identifier: Apache-2.0
// All heads in the order of one measure.
#pragma once

#include <QAbstractTableModel>

#include <optional>
#include <vector>

namespace sinkscope::ui {

/// A head with the value of the measure. NaN: it has none.
struct HeadRankEntry {
    int layer = 0;
    int head = 0;
    double value = 0.0;
    QString valueText;
    double strength = 0.0; ///< by which it ranks: the value, or its size where either way counts
};

/// Ranks, formats and indexes. Owner: its parent. Threads: GUI thread.
class HeadRankModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { kRank, kHead, kValue, kColumnCount };
    enum class Rows { Sorted, AsTheyStand };

    explicit HeadRankModel(QObject *parent = nullptr);

    /// `measure` heads the column of values. AsTheyStand: no row moves (while a slider is dragged).
    void setEntries(std::vector<HeadRankEntry> entries, const QString &measure, Rows rows);
    const HeadRankEntry &entry(int row) const;
    int rowOf(int layer, int head) const; ///< -1: none

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    /// Rank and value: by strength, ascending by the value itself; heads: by layer and head.
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;

private:
    void arrange();
    bool isBefore(std::size_t first, std::size_t second) const;

    std::vector<HeadRankEntry> m_entries;
    std::vector<std::size_t> m_order; ///< entry of each row
    std::vector<int> m_ranks; ///< of each entry, from 1; 0: it has no value
    QString m_measure;
    int m_column = kValue;
    Qt::SortOrder m_sortOrder = Qt::DescendingOrder;
};

} // namespace sinkscope::ui
