// SPDX-License-Identifier: Apache-2.0
// The output after any token of the prompt and the logit lens there: when they are wanted, what was computed.
#pragma once

#include "ui/state/app_state.h"
#include "ui/state/selection.h"

namespace sinkscope::ui {

/// Asks for the output at the position that the selection names, whenever it is not the last one (whose
/// output every pass brings) or the logit lens is open, and the newest pass is complete.
/// Owner: the composition root. Threads: GUI thread. Validity: controller, state and selection must outlive
/// it.
class PositionFeed : public QObject {
    Q_OBJECT

public:
    PositionFeed(EngineController &engine, AppState &state, Selection &selection, QObject *parent = nullptr);

    enum class LensNeed { None, Wanted };
    /// Whether the logit lens is on screen; nothing is computed for a closed view.
    void setLensNeed(LensNeed need);

    /// The position that is shown, of the prompt on screen; nothing before the first answer.
    std::optional<TokenPos> position() const;
    bool isLast() const; ///< also before the first answer
    /// The pinned row where it is another than the last.
    std::optional<TokenPos> pinnedRow() const;
    /// Of position() and the prompt on screen, with all layers where those are needed; nullptr where there is
    /// none (missingReason). Valid until changed().
    std::shared_ptr<const PositionAnswer> answerOrNull(LensLayers layers) const;
    QString missingReason() const; ///< why it is null, in words
    /// The answer is of other edits or other answers than are asked for.
    bool isOld() const;

Q_SIGNALS:
    void changed(); ///< the position, its figures, their age or the reason why there are none

private:
    struct Key {
        PromptSpec prompt;
        std::vector<std::string> answers;
        Intervention edits;
        TokenPos position;
        LensLayers layers = LensLayers::Last;
        bool operator==(const Key &) const = default;
    };
    std::optional<Key> wantedKey() const; ///< nothing: the pass itself has all that is shown
    bool isOnScreen(const Key &key) const; ///< of the position and prompt that are shown
    void pump();
    void take(const std::shared_ptr<const PositionAnswer> &answer);
    void takeFailure(const PositionQuestion &question, const UserMessage &message);
    bool isAsked(const PositionQuestion &question) const;

    EngineController &m_engine;
    AppState &m_state;
    Selection &m_selection;
    LensNeed m_lensNeed = LensNeed::None;
    std::shared_ptr<const PositionAnswer> m_answer;
    std::optional<UserMessage> m_failure;
    std::optional<Key> m_key; // what m_answer or m_failure belong to
    Key m_askedKey;
    RequestId m_askedId = 0; // question at which was asked last
};

} // namespace sinkscope::ui
