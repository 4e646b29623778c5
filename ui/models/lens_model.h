// SPDX-License-Identifier: Apache-2.0
// The logit lens as a table: a row for each place between layers, the output last.
#pragma once

#include "core/analysis/position_output.h"

#include <QAbstractTableModel>

#include <optional>
#include <vector>

namespace sinkscope::ui {

/// One place of the residual stream.
struct LensTableRow {
    LensRow shown; ///< its texts as shown: bytes that are a piece of a character as \xHH
    std::optional<LensRow> baseline; ///< the same without edits; absent: nothing is edited
};

/// A token whose probability has a column.
struct LensColumn {
    QString text; ///< "·positive"
    bool isNext = false; ///< the prompt goes on with it; else it begins an answer
};

/// What the cells of followed tokens and entropies say.
enum class LensCells { Values, Changes };

/// Everything the table shows.
struct LensTableData {
    std::vector<LensTableRow> rows; ///< row l enters layer l, the last one is the output
    std::vector<LensColumn> followed;
    LensCells cells = LensCells::Values;
};

/// Formats and indexes; computes nothing. Owner: its parent. Threads: GUI thread.
class LensModel : public QAbstractTableModel {
    Q_OBJECT
public:
    /// The columns before those of followed tokens; Baseline is there where something is edited.
    enum class Column { Place, Token, Probability, Baseline, Entropy, Followed };

    explicit LensModel(QObject *parent = nullptr);

    void setTable(const LensTableData &data);
    const LensTableData &table() const { return m_data; }
    Column columnAt(int column) const;
    /// -1: it has none now.
    int indexOf(Column column) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    bool hasBaseline() const { return !m_data.rows.empty() && m_data.rows.front().baseline; }
    bool isOutput(int row) const { return row + 1 == int(m_data.rows.size()); }
    std::size_t followedAt(int column) const;
    QString text(int row, int column) const;
    QString rowInWords(int row) const;
    QVariant tint(int row, int column) const;
    QString headerText(int section) const;
    QString headerToolTip(int section) const;

    LensTableData m_data;
};

} // namespace sinkscope::ui
