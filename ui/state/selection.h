// SPDX-License-Identifier: Apache-2.0
// What the window looks at: head, cell, side, measure, scale. One object that all panels follow.
#pragma once

#include "core/base/index_types.h"
#include "ui/state/edit_target.h"

#include <QtCore/QObject>

#include <optional>
#include <utility>
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
/// What the cells of the head's map show. Formulas: HeadMapQuantity of the view.
enum class PatternQuantity { Weight, Score, ValueWeighted, Contribution };
/// What stands below the map for each key: weights of one row, or attention received from the rows in view.
enum class ColumnFigure { RowWeights, Received };
/// Cells of the map that are not paler than the others.
struct PatternFilter {
    double leastWeight = 0.0; ///< of attention; 0: all
    int strongestInRow = 0; ///< keys of each row; 0: all

    bool operator==(const PatternFilter &) const = default;
};
enum class FactorScope { Head, Layer, Edited, All };

/// A query row and perhaps a key of it.
struct CellRef {
    int query = -1; ///< -1: none
    int key = -1; ///< -1: the whole row

    bool operator==(const CellRef &) const = default;
};

/// The pinned cell and those that are kept beside it.
struct PinnedCells {
    CellRef pinned;
    std::vector<CellRef> kept;
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
    /// Cells that stay pinned beside it, in the order in which they were pinned.
    const std::vector<CellRef> &kept() const { return m_kept; }
    CellRef hovered() const { return m_hovered; }
    Side side() const { return m_side; }
    HeadMeasure measure() const { return m_measure; }
    PatternRange range() const { return m_range; }
    PatternScale scale() const { return m_scale; }
    KeyZeroScale keyZero() const { return m_keyZero; }
    PatternQuantity quantity() const { return m_quantity; }
    ColumnFigure columnFigure() const { return m_columnFigure; }
    const PatternFilter &filter() const { return m_filter; }
    FactorScope scope() const { return m_scope; }
    const EditTarget &target() const { return m_target; } ///< what the slider of the scope turns

    void setHead(HeadRef head); ///< and no other
    /// Precondition: not empty; heads.front() becomes head().
    void setHeads(std::vector<HeadRef> heads);
    void setPinned(CellRef cell);
    void setKept(std::vector<CellRef> cells);
    void toggleKept(CellRef cell); ///< keeps it, or lets it go
    /// Cells of a prompt that may not have been answered yet: whoever knows its tokens takes them once.
    void restoreCells(PinnedCells cells);
    std::optional<PinnedCells> takeRestoredCells() { return std::exchange(m_restored, std::nullopt); }
    void setHovered(CellRef cell);
    void setSide(Side side);
    void setMeasure(HeadMeasure measure);
    void setRange(PatternRange range);
    void setScale(PatternScale scale);
    void setKeyZero(KeyZeroScale keyZero);
    void setQuantity(PatternQuantity quantity);
    void setColumnFigure(ColumnFigure figure);
    void setFilter(const PatternFilter &filter);
    void setScope(FactorScope scope);
    void setTarget(const EditTarget &target);
    /// Baseline <-> Edited; from Difference to Baseline.
    void toggleSide();

Q_SIGNALS:
    void headsChanged();
    void headChanged(HeadRef head);
    void pinnedChanged(CellRef cell);
    void hoveredChanged(CellRef cell);
    void sideChanged(Side side);
    void measureChanged(HeadMeasure measure);
    void keptChanged();
    void cellsRestored(); ///< takeRestoredCells has some
    void patternLookChanged(); ///< quantity, filter, range, scale, place of key 0, figure below the map
    void scopeChanged(FactorScope scope);
    void targetChanged();

private:
    std::vector<HeadRef> m_heads {HeadRef()};
    CellRef m_pinned;
    std::vector<CellRef> m_kept;
    std::optional<PinnedCells> m_restored;
    CellRef m_hovered;
    Side m_side = Side::Edited;
    HeadMeasure m_measure = HeadMeasure::SinkMassLast;
    PatternRange m_range = PatternRange::ThisHead;
    PatternScale m_scale = PatternScale::Log;
    KeyZeroScale m_keyZero = KeyZeroScale::Apart;
    PatternQuantity m_quantity = PatternQuantity::Weight;
    ColumnFigure m_columnFigure = ColumnFigure::RowWeights;
    PatternFilter m_filter;
    FactorScope m_scope = FactorScope::Head;
    EditTarget m_target;
};

} // namespace sinkscope::ui
