// SPDX-License-Identifier: Apache-2.0
// Undo steps: each holds the session before and after; steps of one gesture become one.
#pragma once

#include "ui/state/edit_list.h"

#include <QtWidgets/QUndoCommand>

#include <functional>

namespace sinkscope::ui {

/// What kind of gesture a step belongs to; steps of the same kind and target that follow quickly are merged.
enum class StepKind { Single = -1, Factor = 1 };

/// Replaces the session's value. Owner: the undo stack. Validity: `apply` must outlive it.
class ChangeSessionCommand : public QUndoCommand {
public:
    using Apply = std::function<void(const SessionValue &)>;

    struct Step {
        SessionValue before;
        SessionValue after;
        StepKind kind = StepKind::Single;
        QString target; ///< what is turned, e.g. "L17 H2"; only equal targets merge
        qint64 timeMs = 0; ///< of the step, on a monotonic clock
        bool followsUndo = false; ///< it begins a branch: the state before it stays as it is
    };

    ChangeSessionCommand(Step step, const QString &text, Apply apply);

    const SessionValue &before() const { return m_step.before; }
    void undo() override;
    void redo() override;
    int id() const override { return static_cast<int>(m_step.kind); }
    /// Wheel turns and key presses on one slider within kMergeMs of each other are one step.
    bool mergeWith(const QUndoCommand *other) override;

    static constexpr qint64 kMergeMs = 1000;

private:
    Step m_step;
    Apply m_apply;
};

} // namespace sinkscope::ui
