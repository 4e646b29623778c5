// SPDX-License-Identifier: Apache-2.0
// The steps of a session as a tree: the main line flat, branches under the state that they leave.
#pragma once

#include "ui/state/history_lines.h"

#include <QAbstractItemModel>

namespace sinkscope::ui {

/// Where a step stands as seen from the present state.
enum class StepState {
    Present, ///< what is on screen
    Done, ///< on the way there: undo comes to it
    Elsewhere ///< undone, or on another branch
};

/// Formats and indexes; the shape is that of historyLines. Owner: its parent. Threads: GUI thread.
class HistoryModel : public QAbstractItemModel {
    Q_OBJECT

public:
    enum Column { kStep, kTime, kColumns };
    using QAbstractItemModel::QAbstractItemModel;

    /// Steps at the end of a line are added; where lines change their places all is new (modelReset).
    void setHistory(const HistoryNodes &nodes, EntryId present);

    EntryId idOf(const QModelIndex &index) const { return EntryId(index.internalId()); }
    QModelIndex indexOf(EntryId id, int column = kStep) const; ///< not valid for an unknown id
    int stepCount() const { return int(m_steps.size()); }
    int branchCount() const { return m_lines.branchCount; }

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &index) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;

private:
    struct Step {
        QString name;
        qint64 timeMs = 0;
        StepState state = StepState::Elsewhere;
    };
    const std::vector<EntryId> &under(EntryId id) const;
    bool isSameBut(const HistoryLines &lines, EntryId added) const;
    QString time(const Step &step) const;
    QString toolTip(EntryId id, const Step &step) const;
    QString spoken(EntryId id, const Step &step) const;
    void takeSteps(const HistoryNodes &nodes, EntryId present);

    HistoryLines m_lines;
    std::map<EntryId, Step> m_steps;
};

} // namespace sinkscope::ui
