// SPDX-License-Identifier: Apache-2.0
// What the window looks at: head, cell, side, measure, scale. One object that all panels follow.
#pragma once

#include "core/base/index_types.h"

#include <QtCore/QObject>

#include <optional>
#include <vector>

namespace sinkscope::ui {

enum class Side { Baseline, Edited, Difference };
/// Colour of the layer x head map.
enum class HeadMeasure {
    SinkMassLast,
    SinkMassMean,
    EntropyLast,
    EntropyMean,
    EntropyWithoutSinkLast,
    Factor,
    MarginEffect, ///< predicted: derivative by ln gamma at the present edits
    EntropyEffect,
    // What follows needs scores of heads (HeadScoreFeed).
    EntropyShareLast, ///< entropy of the last row over ln of its length
    SinkValueRatio,
    OutputNorm,
    OutputRatio,
    Attribution, ///< of the margin, or of one token's logit
    AblationMargin,
    AblationEntropy,
    PreviousToken,
    DuplicateToken,
    Induction
};
enum class PatternRange { ThisHead, AllHeads };
enum class PatternScale { Linear, Log };
enum class KeyZeroScale { Apart, Shared };
enum class FactorScope { Head, Layer, Edited, All };

/// A query row and perhaps a key of it.
struct CellRef {
    int query = -1; ///< -1: none
    int key = -1; ///< -1: the whole row

    bool operator==(const CellRef &) const = default;
};

/// The shared selection. Owner: the composition root. Threads: GUI thread.
class Selection : public QObject {
    Q_OBJECT

public:
    explicit Selection(QObject *parent = nullptr);

    /// The head that views of one head show.
    HeadRef head() const { return m_heads.front(); }
    /// All chosen heads, that one first, the others by layer and head.
    const std::vector<HeadRef> &heads() const { return m_heads; }
    CellRef pinned() const { return m_pinned; }
    CellRef hovered() const { return m_hovered; }
    Side side() const { return m_side; }
    HeadMeasure measure() const { return m_measure; }
    PatternRange range() const { return m_range; }
    PatternScale scale() const { return m_scale; }
    KeyZeroScale keyZero() const { return m_keyZero; }
    FactorScope scope() const { return m_scope; }

    void setHead(HeadRef head); ///< and no other
    /// Precondition: not empty; heads.front() becomes head().
    void setHeads(std::vector<HeadRef> heads);
    void setPinned(CellRef cell);
    void setHovered(CellRef cell);
    void setSide(Side side);
    void setMeasure(HeadMeasure measure);
    void setRange(PatternRange range);
    void setScale(PatternScale scale);
    void setKeyZero(KeyZeroScale keyZero);
    void setScope(FactorScope scope);
    /// Baseline <-> Edited; from Difference to Baseline.
    void toggleSide();

Q_SIGNALS:
    void headsChanged();
    void headChanged(HeadRef head);
    void pinnedChanged(CellRef cell);
    void hoveredChanged(CellRef cell);
    void sideChanged(Side side);
    void measureChanged(HeadMeasure measure);
    void patternLookChanged(); ///< range, scale or place of key 0
    void scopeChanged(FactorScope scope);

private:
    std::vector<HeadRef> m_heads {HeadRef()};
    CellRef m_pinned;
    CellRef m_hovered;
    Side m_side = Side::Edited;
    HeadMeasure m_measure = HeadMeasure::SinkMassLast;
    PatternRange m_range = PatternRange::ThisHead;
    PatternScale m_scale = PatternScale::Log;
    KeyZeroScale m_keyZero = KeyZeroScale::Apart;
    FactorScope m_scope = FactorScope::Head;
};

} // namespace sinkscope::ui
