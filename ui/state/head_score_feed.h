// SPDX-License-Identifier: Apache-2.0
// Scores of all heads beyond a pass: when they are wanted, what was computed, whether it still holds.
#pragma once

#include "ui/state/app_state.h"
#include "ui/state/selection.h"

#include <array>

namespace sinkscope::ui {

/// The scores that `measure` needs; nothing for measures that a pass or the derivatives give.
std::optional<HeadScoreKind> scoreKindOf(HeadMeasure measure);

/// Asks for the scores of the measure on screen whenever the newest pass is complete.
/// Owner: the composition root. Threads: GUI thread. Validity: controller and state must outlive it.
class HeadScoreFeed : public QObject {
    Q_OBJECT

public:
    HeadScoreFeed(EngineController &engine, AppState &state, QObject *parent = nullptr);

    /// What something on screen shows; nothing is computed for a closed view.
    void setNeed(std::optional<HeadScoreKind> need);
    /// Whose logit is attributed; nothing: the margin of the first two answers, or the most likely token.
    void setAttributed(std::optional<TokenId> token);
    std::optional<TokenId> attributedToken() const { return m_attributed; }

    /// [L, H]; nullptr where there are none (missingReason). Valid until changed(). What knows no sides is
    /// the same on both.
    const Matrix *baselineOrNull(HeadMeasure measure) const;
    const Matrix *editedOrNull(HeadMeasure measure) const;
    QString missingReason(HeadMeasure measure) const; ///< why they are null, in words
    /// The scores are of an earlier prompt, other answers or other edits.
    bool isOld(HeadMeasure measure) const;
    /// What the attributed scores are about; nothing before there are some.
    std::optional<AttributedLogit> attributed() const;
    /// "34 of 270 heads" while heads are being removed; else empty.
    QString progress(HeadMeasure measure) const;
    RepeatedTokens repeated() const;

Q_SIGNALS:
    void changed(); ///< values, their age, progress or the reason why there are none

private:
    struct Key {
        PromptSpec prompt;
        std::vector<std::string> answers;
        Intervention edits;
        std::optional<TokenId> attributed;
        bool operator==(const Key &) const = default;
    };
    /// Of one kind.
    struct Known {
        std::shared_ptr<const HeadScoreAnswer> answer;
        std::optional<UserMessage> failure;
        std::optional<Key> key; ///< what answer or failure belong to
    };
    Known &known(HeadScoreKind kind) { return m_known[static_cast<std::size_t>(kind)]; }
    const Known &known(HeadScoreKind kind) const { return m_known[static_cast<std::size_t>(kind)]; }
    const Known *knownFor(HeadMeasure measure) const;
    Key presentKey(HeadScoreKind kind) const;
    void pump();
    void take(const std::shared_ptr<const HeadScoreAnswer> &answer);
    void takeFailure(const HeadScoreQuestion &question, const UserMessage &message);

    EngineController &m_engine;
    AppState &m_state;
    std::optional<HeadScoreKind> m_need;
    std::optional<TokenId> m_attributed;
    std::array<Known, 3> m_known;
    std::optional<HeadScoreKind> m_askedKind;
    Key m_askedKey;
    RequestId m_askedId = 0; // question at which was asked last
};

} // namespace sinkscope::ui
