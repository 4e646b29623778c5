// SPDX-License-Identifier: Apache-2.0
// A generated text as a list: a row for each token.
#pragma once

#include <QAbstractListModel>

#include <optional>
#include <vector>

namespace sinkscope::ui {

struct GeneratedRow {
    QString text; ///< as shown: visibleToken()
    int id = -1;
    double probability = 0.0; ///< under the model's own distribution
    int rank = 1;
    bool isEnd = false; ///< an end token

    bool operator==(const GeneratedRow &) const = default;
};

/// Formats and indexes; computes nothing. Owner: its parent. Threads: GUI thread.
class GeneratedTextModel : public QAbstractListModel {
    Q_OBJECT
public:
    explicit GeneratedTextModel(QObject *parent = nullptr);

    /// Rows that stay keep their indexes. `firstDifference`: the row that differs from the other text.
    void setRows(const std::vector<GeneratedRow> &rows, std::optional<std::size_t> firstDifference);
    const std::vector<GeneratedRow> &rows() const { return m_rows; }

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;

private:
    QString rowInWords(int row) const;

    std::vector<GeneratedRow> m_rows;
    std::optional<std::size_t> m_firstDifference;
};

} // namespace sinkscope::ui
