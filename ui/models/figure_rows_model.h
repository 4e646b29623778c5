// SPDX-License-Identifier: Apache-2.0
// Rows of written figures: the tables of a comparison.
#pragma once

#include <QAbstractTableModel>
#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace sinkscope::ui {

/// One column.
struct FigureColumn {
    enum class Side { Left, Right };
    QString title;
    int width = 0; ///< px at text scale 1; 0: what is left
    Side side = Side::Right;
    QString toolTip;
};

/// One row.
struct FigureRow {
    QStringList cells;
    std::vector<double> sortBy; ///< per column, or empty: it is not sorted by
    std::optional<double> bar; ///< 0..1, drawn in the column that shows bars
    bool isHeading = false; ///< of the rows below it
    bool isQuiet = false;
    int layer = -1; ///< of the head that the row is about
    int head = -1;
    QString inWords; ///< for tool tip and assistive programs

    bool operator==(const FigureRow &) const = default;
};

/// Formats nothing: cells come as they are written. Owner: its parent. Threads: GUI thread.
class FigureRowsModel : public QAbstractTableModel {
    Q_OBJECT
public:
    explicit FigureRowsModel(QObject *parent = nullptr);

    void setColumns(std::vector<FigureColumn> columns);
    /// Rows in their own order; a table that was sorted stays so.
    void setRows(std::vector<FigureRow> rows);
    const FigureRow &row(int row) const { return m_rows[std::size_t(row)]; }
    int rowOf(int layer, int head) const; ///< -1: there is none

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    void sort(int column, Qt::SortOrder order) override;

private:
    void arrange();

    std::vector<FigureColumn> m_columns;
    std::vector<FigureRow> m_rows;
    int m_sorted = -1; // column; -1: as they came
    Qt::SortOrder m_order = Qt::DescendingOrder;
};

} // namespace sinkscope::ui
