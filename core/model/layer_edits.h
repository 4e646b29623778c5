// SPDX-License-Identifier: Apache-2.0
// The edits of one layer, translated once for a pass into what rows and stored keys need.
#pragma once

#include "core/intervention/intervention.h"
#include "core/model/model_config.h"
#include "core/ops/row_edits.h"
#include "core/tensor/matrix_view.h"

#include <vector>

namespace sinkscope {

/// Owner: Workspace, or a test. Threads: prepared by one, then read by any. Validity: until prepared again,
/// while the intervention lives. Memory is kept from layer to layer.
class LayerEdits {
public:
    /// Translates what `intervention` (nullptr: nothing) does in `layer`. Throws RequestError when it was not
    /// resolved for the prompt.
    void prepare(
        const Intervention *intervention, LayerIndex layer, TokenPos promptLast, const ModelConfig &config);

    /// Of the same, what concerns stored keys alone: scaleStoredKeys and storedKeyFactor follow it.
    void prepareStoredKeys(const Intervention *intervention, LayerIndex layer, const ModelConfig &config);

    /// Row edits of `head`; nullptr when it has none.
    const HeadRowEdits *of(std::size_t head) const;

    /// Whether some head has redistributions, edits of finished weights that other weights enter.
    bool redistributes() const;
    void dropRedistributions();

    /// Scales the stored keys of the rows from `firstRow` on (KeyShared). `keys` [K, kvHeads * headSize].
    void scaleStoredKeys(MutableMatrixView keys, std::size_t firstRow) const;
    /// Factor on the stored key of `row` in `kvHead`; 1 where it is as computed.
    double storedKeyFactor(KvHeadIndex kvHead, std::size_t row) const;

private:
    void add(const HeadEdit &edit, TokenPos promptLast);
    void addProbability(const HeadEdit &edit, PositionRange rows);
    void addSharedKey(const HeadEdit &edit, const ModelConfig &config);

    struct StoredKeyFactor {
        KvHeadIndex kvHead;
        KeyTarget key;
        double gamma = 1.0;
    };
    std::vector<HeadRowEdits> m_heads; // [H]
    std::vector<StoredKeyFactor> m_storedKeys;
    std::size_t m_headSize = 0;
    bool m_any = false; // some head has row edits
};

} // namespace sinkscope
