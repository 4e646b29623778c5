// SPDX-License-Identifier: Apache-2.0
// Keeps the selection inside the model and the prompt at hand.
#pragma once

#include "ui/state/app_state.h"
#include "ui/state/selection.h"

namespace sinkscope::ui {

/// Moves the selection when what it points at is gone: another model, another prompt.
/// Owner: the composition root. Threads: GUI thread.
class SelectionKeeper : public QObject {
    Q_OBJECT

public:
    SelectionKeeper(AppState &state, Selection &selection, QObject *parent = nullptr);

    /// The head to look at when `model` is loaded; a head the model has not is replaced by a middle one.
    void setWantedHead(HeadRef head) { m_wanted = head; }

private:
    void fitHead();
    void fitCell();

    AppState &m_state;
    Selection &m_selection;
    std::optional<HeadRef> m_wanted;
    bool m_needsCell = true; // no cell was chosen since the prompt changed
};

} // namespace sinkscope::ui
