// SPDX-License-Identifier: Apache-2.0
// What the present state is compared with: its baseline, or a state that was pinned.
#pragma once

#include "ui/state/app_state.h"

#include <QtCore/QString>

#include <memory>
#include <optional>

namespace sinkscope::ui {

/// A state that stays as it was, whatever becomes of prompt, edits and model. A value.
struct PinnedState {
    std::shared_ptr<const Snapshot> snapshot; ///< Full
    SessionValue session; ///< what was asked
    QString modelName;
    std::weak_ptr<const Model> model; ///< not kept open for it
};

/// Side A of a comparison; side B is the present state. Owner: Workbench. Threads: GUI thread.
class Reference : public QObject {
    Q_OBJECT

public:
    explicit Reference(AppState &state);

    bool isPinned() const { return m_pinned.has_value(); }
    const std::optional<PinnedState> &pinned() const { return m_pinned; }
    /// The pinned state's figures, or the baseline's; nothing before the first answer.
    std::shared_ptr<const Snapshot> snapshot() const;
    /// "baseline", "3 heads edited", with prompt and model where they are others than now.
    QString words() const;
    /// The same of the present state.
    QString presentWords() const;
    /// Whether A was computed by the model that is open.
    bool isSameModel() const;
    /// Whether the present state can be pinned: it is answered, and no slider moves.
    bool canPin() const { return m_state.isComplete() && m_state.edited(); }
    void pin(); ///< Precondition: canPin().
    void release(); ///< back to the baseline
    /// Why sides cannot be swapped; empty: they can.
    QString swapRefusal() const;
    /// What was asked of A is asked now, as one step that can be undone, and the present state becomes A.
    void swap(); ///< Precondition: no swapRefusal().

Q_SIGNALS:
    void changed();

private:
    QString editsWords(const SessionValue &session) const;

    AppState &m_state;
    std::optional<PinnedState> m_pinned;
};

} // namespace sinkscope::ui
