// SPDX-License-Identifier: Apache-2.0
// The most likely next tokens with their change against the baseline, as a table.
#pragma once

#include "core/analysis/output_metrics.h"

#include <QAbstractTableModel>

#include <optional>
#include <vector>

namespace sinkscope::ui {

/// One token; its rank is its place in the list.
struct NextTokenRow {
    TokenProbability token; ///< its text as shown: bytes that are a piece of a character as \xHH
    std::optional<int> baselineRank; ///< 1-based; absent: nothing is edited
    std::optional<double> baselineP;
};

/// Formats and indexes; computes nothing. Owner: its parent. Threads: GUI thread.
class NextTokensModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { kRank, kToken, kBaselineRank, kId, kProbability, kChange, kColumnCount };

    explicit NextTokensModel(QObject *parent = nullptr);

    void setRows(const std::vector<NextTokenRow> &rows);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QString text(const NextTokenRow &row, int rank, int column) const;
    QString toolTip(const NextTokenRow &row, int rank) const;

    std::vector<NextTokenRow> m_rows;
};

} // namespace sinkscope::ui
