// SPDX-License-Identifier: Apache-2.0
// Curves over the factor: which are wanted, what was computed, what is asked next in idle time.
#pragma once

#include "ui/state/app_state.h"
#include "ui/state/edit_groups.h"
#include "ui/state/factor_scope.h"

#include <QtCore/QTimer>

#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace sinkscope::ui {

/// A curve being filled in: the scope's factor at each gamma, everything else held.
struct FactorCurve {
    std::vector<CurveHead> scope;
    std::vector<std::string> answers; ///< whose probabilities the points hold
    HeadRef focus; ///< whose attention figures are given
    HeadEdit turned; ///< kind, keys and rows of what moves
    std::vector<double> gammas; ///< ascending; the first is 0, "off"
    std::vector<std::optional<CurvePoint>> points; ///< [gammas]

    bool hasPoints() const;
    bool isComplete() const;
    std::size_t knownCount() const;
};

/// How many points of a curve are computed.
struct CurveProgress {
    std::size_t known = 0;
    std::size_t wanted = 0;
};

/// Asks for the curve of the factor panel, then for those of the list of edits, one after another, whenever
/// the newest pass is complete. Owner: the composition root. Threads: GUI thread.
class CurveFeed : public QObject {
    Q_OBJECT

public:
    CurveFeed(EngineController &engine, AppState &state, Selection &selection, QObject *parent = nullptr);

    /// The curve of the current scope. Until its first point comes, that of earlier edits outside the scope
    /// (isOldFactorCurve), if there is one for the same heads and prompt; else nullptr.
    const FactorCurve *factorCurve() const;
    bool isOldFactorCurve() const;
    /// The same for what does not depend on the answers: after these change, the curve with the former ones
    /// until the new one has more points.
    const FactorCurve *entropyCurve() const;
    /// Of the curve of the current scope; nothing when it is complete or there is none.
    std::optional<CurveProgress> factorProgress() const;
    /// The curve of edited heads that are turned as one, with the other edits held; perhaps of earlier edits
    /// (isOldEditCurve).
    const FactorCurve *editCurve(const std::vector<HeadRef> &heads) const;
    bool isOldEditCurve(const std::vector<HeadRef> &heads) const;
    /// The outermost rows of the list of edits. Until it says which, edits stand together as groupEdits says.
    void setEditRows(const std::vector<EditGroup> &groups);
    /// The heads of each row of the list of edits that gets a curve: switched on, with one factor.
    std::vector<std::vector<HeadRef>> editsWithCurve() const;
    /// Nothing is left to ask for what is on screen.
    bool isIdle() const;

    static constexpr int kGammaCount = 41; ///< on the log axis 0.01..100, "off" comes on top
    static constexpr int kSettleMs = 120; ///< after a Full answer or a change of selection
    static constexpr int kMostEditCurves = 12; ///< longer lists show curves for the first so many groups

Q_SIGNALS:
    void factorCurveChanged();
    void editCurveChanged();
    void idleReached();

private:
    struct Key {
        PromptSpec prompt;
        std::vector<std::string> answers;
        std::vector<HeadFactor> scope; ///< .gamma holds the ratio
        EditTarget target; ///< what is turned of them
        HeadRef focus;
        Intervention others; ///< edits outside the scope
        bool operator==(const Key &other) const;
        bool sameSubject(const Key &other) const; ///< whatever the edits outside
        bool sameButAnswers(const Key &other) const;
    };
    struct Entry {
        Key key;
        FactorCurve curve;
    };
    Key factorKey() const;
    Key editKey(const std::vector<HeadRef> &heads) const;
    Key keyFor(const ScopeReading &scope, const EditTarget &target, HeadRef focus) const;
    ScopeReading factorScope() const; ///< none where no factor is turned
    std::shared_ptr<Entry> shownFactorEntry() const;
    std::shared_ptr<Entry> findOrNull(const Key &key) const;
    std::shared_ptr<Entry> findOrMake(const Key &key);
    void settle();
    void pump();
    void askFor(const std::shared_ptr<Entry> &entry, double handle);
    void takePoint(const CurvePoint &point);

    EngineController &m_engine;
    AppState &m_state;
    Selection &m_selection;
    QTimer m_settle;
    std::vector<EditGroup> m_editRows;
    std::vector<std::shared_ptr<Entry>> m_entries; // most recent last, bounded
    // What the list shows until the new curve comes, by the heads that are turned.
    std::map<std::vector<HeadRef>, std::shared_ptr<Entry>> m_lastOfEdit;
    std::shared_ptr<Entry> m_lastFactor; // what the factor panel showed last
    std::shared_ptr<Entry> m_asked; // the curve being computed
    std::vector<std::size_t> m_askedPlaces; // index into m_asked's gammas for each gamma asked
    std::size_t m_missing = 0; // points of m_asked still to come
};

} // namespace sinkscope::ui
