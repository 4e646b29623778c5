// SPDX-License-Identifier: Apache-2.0
// The way back through causal attention of one head, for a block of query rows.
#pragma once

#include "core/base/function_ref.h"
#include "core/tensor/matrix_view.h"

#include <span>

namespace sinkscope {

/// Receives the derivatives of a row by its finished weights, [query + 1], and turns them into those by the
/// weights of the softmax.
using WeightGradientFn = FunctionRef<void(std::size_t query, std::span<float> gradWeights)>;

/// One head, a block of consecutive queries, one scalar that is derived. d = head size.
struct HeadGradientBlock {
    MatrixView queries; ///< [rows, d] of this head, after rotary
    MatrixView keys; ///< [keyCount, d] of its kv head: all keys that the last row sees
    MatrixView values; ///< [keyCount, d]
    MatrixView weights; ///< [rows, keyCount] after the edits, 0 for keys that a row does not see
    /// The same as the softmax gave them; without data: `weights`, no edit acts on finished weights
    MatrixView softmaxWeights;
    WeightGradientFn weightGradient; ///< from `weights` to `softmaxWeights`; empty where they are the same
    MatrixView gradOut; ///< [rows, d] by the head's output
    std::size_t firstQuery = 0; ///< absolute position of row 0; it sees keys 0..firstQuery
    float scale = 1.0F; ///< on the scores, usually 1 / sqrt(d)
    MutableMatrixView scratch; ///< [rows, keyCount]
    MutableMatrixView gradQueries; ///< [rows, d] is set; without data: only the return value is computed
    MutableMatrixView gradKeys; ///< [keyCount, d] is added to
    MutableMatrixView gradValues; ///< [keyCount, d] is added to
};

/// Receives the derivatives of a row by its scores after the edits, [query + 1], turns them into those by the
/// scores before, and returns the row's derivative by a bias on the score of key 0.
using RowGradientFn = FunctionRef<double(std::size_t query, std::span<float> gradScores)>;

/// Derivatives by queries, keys and values; returns the one by a bias b on the score of key 0 in the rows
/// from 1 on, at b = 0: sum_t a_t0 gradOut_t (v_0 - out_t) where no edit acts on finished weights. A factor
/// gamma on the weight of key 0, the row renormalised, is the bias ln gamma (method 1.2). `rowGradient` may
/// be empty (no edits).
double attendBlockGradient(const HeadGradientBlock &block, RowGradientFn rowGradient);

} // namespace sinkscope
