// SPDX-License-Identifier: Apache-2.0
// Predicted effects of every head: when they are wanted, what was computed, whether it still holds.
#pragma once

#include "ui/state/app_state.h"

namespace sinkscope::ui {

/// What a head is predicted to move.
enum class Effect { Margin, Entropy };

/// Asks for the derivatives by ln gamma of all heads whenever they are wanted and the newest pass is
/// complete. Owner: the composition root. Threads: GUI thread. Validity: controller and state must outlive
/// it.
class SensitivityFeed : public QObject {
    Q_OBJECT

public:
    SensitivityFeed(EngineController &engine, AppState &state, QObject *parent = nullptr);

    enum class Need { None, Wanted };
    /// Whether something on screen shows effects; nothing is computed for a closed view.
    void setNeed(Need need);

    /// [L, H] nats per ln gamma; nullptr where there are none (missingReason). Valid until changed().
    const Matrix *effectOrNull(Effect effect) const;
    /// Why effectOrNull is null, in words.
    QString missingReason(Effect effect) const;
    /// Where effectOrNull is null: it will not be for long.
    bool isBeingComputed(Effect effect) const;
    /// The effects are of an earlier prompt, other answers or other edits.
    bool isOld() const;
    /// Margin where two answers can be compared, else Entropy.
    Effect mainEffect() const;

Q_SIGNALS:
    void changed(); ///< values, their age or the reason why there are none

private:
    QString obstacleTo(Effect effect) const; ///< empty: there is none
    struct Key {
        PromptSpec prompt;
        std::vector<std::string> answers;
        Intervention edits;
        bool operator==(const Key &) const = default;
    };
    Key presentKey() const;
    bool answersBeginAlike() const;
    void pump();
    void take(const std::shared_ptr<const Sensitivity> &sensitivity);
    void takeFailure(const UserMessage &message);

    EngineController &m_engine;
    AppState &m_state;
    Need m_need = Need::None;
    std::shared_ptr<const Sensitivity> m_sensitivity;
    std::optional<UserMessage> m_failure;
    std::optional<Key> m_key; // what m_sensitivity or m_failure answers
    Key m_askedKey;
    RequestId m_askedId = 0; // question at which was asked last
};

} // namespace sinkscope::ui
