// SPDX-License-Identifier: Apache-2.0
// Causal attention of one head for a block of query rows, with edits and capture.
#pragma once

#include "core/base/function_ref.h"
#include "core/ops/row_edits.h"
#include "core/ops/softmax.h"
#include "core/tensor/matrix_view.h"

#include <span>

namespace sinkscope {

/// Keys and values laid out for the packed kernel, 64 columns a panel; empty: the products run on OpenBLAS.
struct AttentionProducts {
    const float *keyPanels = nullptr; ///< [panels of 64 keys][d][64], missing keys 0
    const float *valuePanels = nullptr; ///< [keyCount][64] of the first 64 elements of the head
    std::size_t valuePanelStride = 0; ///< floats from one key to the next
    std::size_t valuePanelStep = 0; ///< floats from one panel to the next
};

/// One head, a block of consecutive queries. d = head size.
struct HeadAttentionBlock {
    MatrixView queries; ///< [rows, d] of this head, after rotary
    MatrixView keys; ///< [keyCount, d] of its kv head: all keys that the last row sees
    MatrixView values; ///< [keyCount, d]
    std::size_t firstQuery = 0; ///< absolute position of row 0; it sees keys 0..firstQuery
    float scale = 1.0F; ///< on the scores, usually 1 / sqrt(d)
    AttentionProducts products;
    MutableMatrixView scratch; ///< [rows, keyCount], stride up to a multiple of 64
    MutableMatrixView out; ///< [rows, d]
};

/// Receives each finished row: absolute query, its weights [query + 1], its summary.
using RowCaptureFn =
    FunctionRef<void(std::size_t query, std::span<const float> weights, const RowSummary &summary)>;

/// out = softmax(scale q k^T, causal, edited) v, times the output factors. `edits` is null for a head without
/// any: it then takes the plain path.
void attendBlock(const HeadAttentionBlock &block, const HeadRowEdits *edits, RowCaptureFn capture);

} // namespace sinkscope
