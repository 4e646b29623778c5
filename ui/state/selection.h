// SPDX-License-Identifier: Apache-2.0
// What the window looks at: head, cell, side, measure, scale. One object that all panels follow.
#pragma once

#include "core/base/index_types.h"
#include "ui/state/edit_target.h"

#include <QtCore/QObject>
#include <QtCore/QString>

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
/// Of what the head's map is: the selected head, or several as one picture
/// (core/analysis/attention_aggregate.h).
enum class PatternOf { ThisHead, MeanOfSelected, MaximumOfSelected, MeanOfLayer, Rollout };
/// What a row and a column of it stand for (core/analysis/token_groups.h).
enum class PatternTokens { Single, Words, Lines };
/// How the weights are drawn: as cells, or as lines from queries to keys.
enum class PatternPicture { Map, Lines };
/// What stands below the map for each key: weights of one row, or attention received from the rows in view.
enum class ColumnFigure { RowWeights, Received };
/// Cells of the map that are not paler than the others.
struct PatternFilter {
    double leastWeight = 0.0; ///< of attention; 0: all
    int strongestInRow = 0; ///< keys of each row; 0: all

    bool operator==(const PatternFilter &) const = default;
};
/// After which token of the prompt the output is shown: the last, or the query row that is pinned.
enum class OutputRow { Last, Pinned };
enum class FactorScope { Head, Layer, Edited, All };
/// How the thumbnails of the heads stand.
enum class GridOrder { Layers, Measure };
enum class GridShow { All, Selected, Layer, Edited };
struct GridLook {
    GridOrder order = GridOrder::Layers;
    GridShow show = GridShow::All;
    PatternRange range = PatternRange::AllHeads; ///< side by side, equal colours mean equal weights
    int thumbnailPx = 0; ///< before the text's scale; 0: a layer fits

    bool operator==(const GridLook &) const = default;
};

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
    PatternOf patternOf() const { return m_patternOf; }
    PatternTokens patternTokens() const { return m_patternTokens; }
    PatternPicture picture() const { return m_picture; }
    const PatternFilter &filter() const { return m_filter; }
    OutputRow outputRow() const { return m_outputRow; }
    FactorScope scope() const { return m_scope; }
    const EditTarget &target() const { return m_target; } ///< what the slider of the scope turns
    const GridLook &gridLook() const { return m_gridLook; }
    const QString &perspective() const { return m_perspective; } ///< its name: Perspectives knows them

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
    void setPatternOf(PatternOf of);
    void setPatternTokens(PatternTokens tokens);
    void setPicture(PatternPicture picture);
    void setFilter(const PatternFilter &filter);
    void setOutputRow(OutputRow row);
    void setScope(FactorScope scope);
    void setTarget(const EditTarget &target);
    void setGridLook(const GridLook &look);
    void setPerspective(const QString &name); ///< a name that nobody knows changes nothing on screen
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
    void patternLookChanged(); ///< of what, tokens, picture, quantity, filter, range, scale, place of key 0,
                               ///< figure below the map
    void outputRowChanged(OutputRow row);
    void scopeChanged(FactorScope scope);
    void targetChanged();
    void gridLookChanged();
    void perspectiveChanged(const QString &name);

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
    PatternOf m_patternOf = PatternOf::ThisHead;
    PatternTokens m_patternTokens = PatternTokens::Single;
    PatternPicture m_picture = PatternPicture::Map;
    PatternFilter m_filter;
    OutputRow m_outputRow = OutputRow::Last;
    FactorScope m_scope = FactorScope::Head;
    EditTarget m_target;
    GridLook m_gridLook;
    QString m_perspective;
};

} // namespace sinkscope::ui
