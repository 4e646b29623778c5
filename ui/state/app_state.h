// SPDX-License-Identifier: Apache-2.0
// The state of the window: model, prompt, answers, edits with undo, and the newest snapshots.
#pragma once

#include "ui/bridge/engine_controller.h"
#include "ui/state/edit_list.h"
#include "ui/state/edit_target.h"
#include "ui/state/preference_values.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QTimer>
#include <QtWidgets/QUndoStack>

#include <memory>
#include <optional>

namespace sinkscope::ui {

/// Whether an answer is on its way that is waited for.
enum class Activity { Idle, Computing };

/// Whether the prompt being written is the session's.
enum class Draft { SameAsAsked, Differs };

/// A drag is a step of its own, presses of a key that follow quickly are one.
enum class TurnedBy { Mouse, Keys };

/// What a person allows the passes of the window.
struct PassLimits {
    std::optional<std::size_t> patternBudgetBytes; ///< of captured attention; nothing: from the free memory
    DragPrecision dragPrecision = DragPrecision::Preview;

    bool operator==(const PassLimits &) const = default;
};

/// A step of a saved history: what it was called and what it led to.
struct HistoryStep {
    QString text;
    SessionValue after;
};

/// A chain of steps, of which the first `done` are done and the others undone.
struct SavedHistory {
    SessionValue start; ///< before the first of `steps`
    std::vector<HistoryStep> steps;
    int done = 0; ///< those that are kept included
    int kept = 0; ///< steps of the undo stack that stay, before these
};

/// The one owner of what is asked and what was answered. Owner: the composition root. Threads: GUI thread.
/// Validity: the controller must outlive it.
class AppState : public QObject {
    Q_OBJECT

public:
    explicit AppState(EngineController &engine, QObject *parent = nullptr);

    // What is asked.
    std::shared_ptr<const Model> model() const { return m_model; }
    HeadGrid grid() const { return m_model ? m_model->config.headGrid() : HeadGrid {}; }
    const SessionValue &session() const { return m_session; }
    const EditList &edits() const { return m_session.edits; }
    Intervention intervention() const { return m_session.edits.intervention(); }

    /// Asks for another session as one step, which `text` names.
    void change(const SessionValue &after, const QString &text);
    /// Replaces everything without an undo step and asks (start, tests).
    void restoreSession(const SessionValue &session);
    /// Replaces everything, with steps that can be undone and done again, and asks. Between the present state
    /// and the new one nothing is asked or told.
    void restoreHistory(const SavedHistory &history);
    /// The same among the steps that the undo stack holds; `session` is the state after `done` of them.
    void goToStep(int done, const SessionValue &session);
    /// Takes, as a step, what was being changed when the program ended.
    void takeUnfinished(const SessionValue &session);
    void setPrompt(const PromptSpec &prompt);
    void setAnswers(const std::vector<std::string> &answers);
    void setPromptAndAnswers(const PromptSpec &prompt, const std::vector<std::string> &answers);
    void switchEdits(const std::vector<HeadRef> &heads, EditSwitch to);
    void removeEdits(const std::vector<HeadRef> &heads);
    /// The same for edits of any kind.
    void switchOthers(const std::vector<HeadEdit> &edits, EditSwitch to);
    void removeOthers(const std::vector<HeadEdit> &edits);
    void resetAllEdits();
    void replaceEdits(const EditList &edits, const QString &step); ///< all; `step` names it in the history

    /// Changes factors. Between beginDrag and endDrag the changes are one undo step; outside, each call is
    /// one, merged with an earlier one on the same target within a second. `target` names what is turned.
    void setFactors(const std::vector<HeadFactor> &factors, const QString &target);
    /// The same for edits of any kind. What the engine would refuse changes nothing: its sentence is
    /// returned.
    std::optional<UserMessage> setEdits(const std::vector<HeadEdit> &edits, const QString &target);
    void beginDrag();
    void endDrag(const QString &target, TurnedBy turnedBy = TurnedBy::Mouse);
    bool isDragging() const { return m_dragStart.has_value(); }
    /// What undo would come back to if the drag ended now; without a drag the session.
    const SessionValue &sessionBeforeDrag() const { return m_dragStart ? *m_dragStart : m_session; }

    QUndoStack &undoStack() { return m_undo; }

    /// Layers whose patterns are on screen; asks again when the snapshot lacks them.
    void setShownLayer(LayerIndex layer);

    /// Asks again where what is captured changes.
    void setPassLimits(const PassLimits &limits);
    /// Says again what was answered: for views, when figures are written in another way.
    void showAgain();

    // What was answered; null before the first answer for this prompt.
    std::shared_ptr<const Snapshot> baseline() const { return m_baseline; }
    std::shared_ptr<const Snapshot> edited() const { return m_edited; }
    /// Whether the snapshots answer the newest question (at least its Preview).
    bool isFresh() const { return m_isFresh; }
    /// Whether the Full answer of the newest question is there.
    bool isComplete() const { return m_isComplete; }
    /// Older than what is asked for longer than kStaleDelayMs: shown dimmed.
    bool isStale() const { return m_isStale || m_draft == Draft::Differs; }
    /// Told by the prompt's editor: the picture of a text that is being changed is dimmed.
    void setDraft(Draft draft);
    /// Stale, and an answer is on its way (after an error none is).
    Activity activity() const;
    std::optional<UserMessage> passError() const { return m_passError; }
    /// Whether the snapshots answer another prompt than the session's.
    bool isOfFormerPrompt() const;
    /// What was asked cannot be computed; the snapshots, if any, answer what was asked before.
    bool isRefused() const { return m_passError.has_value(); }
    /// The session with a prompt that ran: its own, or the one that was answered last when its own was
    /// refused or is not computed yet. The session itself before the first answer.
    SessionValue sessionThatRan() const;
    /// After a refused prompt: takes the one that was answered last (as a step that can be undone).
    void returnToAnsweredPrompt();
    /// Whether the newest answer took a pass that was there already.
    bool isReusedPass() const { return m_isReusedPass; }
    /// The prompt that is being computed; null when the snapshots are of the session's prompt.
    std::shared_ptr<const TokenizedPrompt> pendingPrompt() const { return m_pendingPrompt; }
    /// Share 0..1 of a pass that takes longer than kProgressDelayMs; nothing otherwise.
    std::optional<double> progress() const;
    /// The last pass was cancelled and nothing was asked since.
    bool isCancelled() const { return m_isCancelled; }
    /// Ends what runs and returns to what was answered last (as a step that can be undone).
    void cancelPass();

    static constexpr int kStaleDelayMs = 100;
    static constexpr int kProgressDelayMs = 300;

Q_SIGNALS:
    void modelChanged();
    void promptChanged();
    void answersChanged();
    void editsChanged();
    void snapshotsChanged(); ///< baseline or edited replaced
    void completed(); ///< the Full answer of the newest question came
    void freshChanged(); ///< for views that delay the dimming themselves
    void staleChanged();
    void passErrorChanged();
    void pendingPromptChanged();
    void progressChanged(); ///< also of isCancelled()
    void dragStarted();
    void dragEnded();

private:
    enum class Answer { Newest, Earlier };
    enum class Asked { SamePrompt, OtherPrompt };
    void takeModel(const std::shared_ptr<const Model> &model);
    void askAgain();
    void takeAnswer(const PassAnswer &answer, SnapshotStage stage);
    void takeError(const UserMessage &message);
    void turn(SessionValue after, const QString &target);
    void apply(const SessionValue &session);
    void replay(const SessionValue &session); ///< by the undo stack
    void pushStep(const SessionValue &before, const QString &text, const QString &factorTarget = {});
    void ask(Asked asked);
    void setAnswer(Answer answer);
    void dim();
    void undim();
    void setPendingPrompt(const std::shared_ptr<const TokenizedPrompt> &prompt);
    void takeProgress(double fraction);
    void endProgress();
    void setPassError(const std::optional<UserMessage> &message);

    EngineController &m_engine;
    std::shared_ptr<const Model> m_model;
    SessionValue m_session;
    std::optional<SessionValue> m_dragStart;
    LayerIndex m_shownLayer;
    std::shared_ptr<const Snapshot> m_baseline;
    std::shared_ptr<const Snapshot> m_edited;
    std::optional<SessionValue> m_answered; // what the snapshots answer
    std::shared_ptr<const TokenizedPrompt> m_pendingPrompt;
    RequestId m_answeredId = 0;
    PassLimits m_limits;
    std::size_t m_patternBudgetBytes = 0; // of the open model
    double m_fraction = 0.0;
    bool m_isSlow = false; // the pass takes longer than kProgressDelayMs
    bool m_isCancelled = false;
    bool m_isReusedPass = false;
    std::optional<UserMessage> m_passError;
    bool m_isFresh = false;
    bool m_isComplete = false;
    bool m_isStale = false;
    bool m_isRestoring = false; // steps are being made or passed over, not done
    Draft m_draft = Draft::SameAsAsked;
    QUndoStack m_undo;
    QTimer m_staleTimer;
    QTimer m_slowTimer;
    QElapsedTimer m_clock;
};

} // namespace sinkscope::ui
