// SPDX-License-Identifier: Apache-2.0
// Attention under the edits as they are now: read from the newest pass, or by the closed form where that is
// exact.
#pragma once

#include "ui/state/app_state.h"
#include "ui/state/selection.h"

#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace sinkscope::ui {

/// Floats and what keeps them alive.
struct FloatRun {
    std::shared_ptr<const void> owner;
    std::span<const float> values;
};

/// One head on one side. T tokens.
struct HeadReading {
    FloatRun pattern; ///< [T (T + 1) / 2] lower triangle; empty: not captured
    FloatRun sinkMass; ///< [T]
    FloatRun entropy; ///< [T] nats
    FloatRun restEntropy; ///< [T] nats, without key 0
};

/// Of `head` in a layer of any pass.
HeadReading headReading(const std::shared_ptr<const LayerRecord> &record, HeadIndex head);

/// What a reading is made from: as long as it stays the same, so does the reading.
struct ReadingOrigin {
    std::weak_ptr<const LayerRecord> record;
    double gamma = 1.0; ///< of the closed form; 1 where none is needed

    bool isSame(const ReadingOrigin &other) const
    {
        return gamma == other.gamma && !record.owner_before(other.record)
            && !other.record.owner_before(record);
    }
};

/// Reads the state of the moment; made for one redraw. While a slider moves, the newest pass is older than
/// the factors: below the lowest changed layer nothing changed, in that layer the closed form is exact
/// (core/analysis/ closed_form.h), above it the values are of the earlier pass. Where edits of other kinds,
/// keys or rows changed in that layer or meet a changed factor there, no closed form holds and it is of the
/// earlier pass too. Threads: GUI thread. Validity: while the state is not changed.
class LiveAttention {
public:
    explicit LiveAttention(const AppState &state);

    bool isEmpty() const { return !m_baseline; }
    int tokenCount() const;
    HeadReading baseline(HeadRef head) const;
    HeadReading edited(HeadRef head) const;
    ReadingOrigin baselineOrigin(HeadRef head) const;
    ReadingOrigin editedOrigin(HeadRef head) const;
    /// Attention of the last row to key 0.
    float baselineSinkMass(HeadRef head) const;
    float editedSinkMass(HeadRef head) const;
    bool isCaptured(HeadRef head) const; ///< on both sides
    /// This and higher layers are of an earlier pass; nothing when all values belong to the present factors.
    std::optional<LayerIndex> firstOldLayer() const;
    bool isOld(LayerIndex layer) const { return firstOldLayer() && layer >= *firstOldLayer(); }

    /// A measure of all heads, [L * H] layer-major; NaN where it does not exist. Predicted effects are not
    /// read off a pass: SensitivityFeed has them.
    std::vector<float> baselineMeasure(HeadMeasure measure) const;
    std::vector<float> editedMeasure(HeadMeasure measure) const;

private:
    const Snapshot &sourceOf(LayerIndex layer) const;
    bool needsClosedForm(HeadRef head) const;
    float liveMeasure(HeadMeasure measure, HeadRef head) const;

    const AppState &m_state;
    std::shared_ptr<const Snapshot> m_baseline;
    std::shared_ptr<const Snapshot> m_latest; // layers above m_changed
    std::shared_ptr<const Snapshot>
        m_exact; // the pass that agrees with the present edits up to the highest layer
    Intervention m_now;
    bool m_isClosed = true; // plain factors alone changed there: the closed form holds
    std::optional<LayerIndex> m_changed; // lowest layer where the present edits differ from those of m_exact
};

/// The greatest weight of any head of a layer over keys >= 1 (of the captured rows).
float greatestRestWeight(const LayerRecord &record, std::size_t firstRow);
/// The greatest change of one, where both sides captured the patterns.
float greatestRestChange(const LayerRecord &before, const LayerRecord &after, std::size_t firstRow);
/// The same of all layers: for a colour range all heads share.
double greatestRestWeight(const Snapshot &snapshot, std::size_t firstRow = 1);
double greatestRestChange(const Snapshot &before, const Snapshot &after, std::size_t firstRow = 1);
/// Of the attention of any row of any head to key 0.
double greatestKeyZeroChange(const Snapshot &before, const Snapshot &after);

} // namespace sinkscope::ui
