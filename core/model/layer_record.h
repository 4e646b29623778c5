// SPDX-License-Identifier: Apache-2.0
// What one pass leaves behind: per layer the restart point and the attention, and the logits.
#pragma once

#include "core/base/cancellation.h"
#include "core/base/index_types.h"
#include "core/base/thread_pool.h"
#include "core/tensor/matrix_view.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace sinkscope {

/// How a layer's patterns are kept. Half: 2^-11 of a weight, or 3e-8 where it is below 6e-5.
enum class PatternPrecision : std::uint8_t { None, Half, Single };

/// Bytes of one weight.
constexpr std::size_t weightBytes(PatternPrecision precision)
{
    return precision == PatternPrecision::Single ? 4 : precision == PatternPrecision::Half ? 2 : 0;
}

/// Trace of one layer in one pass; immutable once the pass ended and shared between passes that agree up to
/// it. T tokens, H query heads. Row t of a pattern is query t over keys 0..t.
struct LayerRecord {
    Matrix residualIn; ///< [T, hidden] blocks.L.hook_resid_pre: the restart point
    Matrix keys; ///< [T, kvHeads * headSize] after rotary and after edits of stored keys (KeyShared)
    Matrix values; ///< [T, kvHeads * headSize]
    Matrix sinkMass; ///< [H, T] a0 after the edits: attention of each row to key 0
    Matrix
        restMass; ///< [H, T] 1 - a0 as a sum of its own (a0 reaches 1.0 in fp32: a difference would cancel)
    Matrix entropy; ///< [H, T] nats, of the row after the edits
    Matrix restEntropy; ///< [H, T] nats, of the row without key 0, renormalised; 0 in row 0
    Matrix sinkLogOdds; ///< [H, T] ln(a0 / rest) before any probability edit on key 0; +inf in row 0
    Matrix lastRow; ///< [H, T] pattern of the last query, after the edits
    /// [H][T (T + 1) / 2] lower triangles after the edits; empty when not captured in fp32.
    std::vector<float> patterns;
    /// The same as IEEE binary16, where all layers fit the budget only so; else empty.
    std::vector<std::uint16_t> halfPatterns;

    std::size_t tokenCount() const { return residualIn.rows(); }
    std::size_t headCount() const { return sinkMass.rows(); }
    PatternPrecision patternPrecision() const
    {
        return !patterns.empty()    ? PatternPrecision::Single
            : !halfPatterns.empty() ? PatternPrecision::Half
                                    : PatternPrecision::None;
    }
    bool hasPatterns() const { return patternPrecision() != PatternPrecision::None; }
    /// Makes room for patterns of `precision`, and drops those of another one.
    void reservePatterns(PatternPrecision precision);
    static constexpr std::size_t triangleSize(std::size_t tokens) { return tokens * (tokens + 1) / 2; }
    /// Row `query` of `head`: query + 1 weights. Precondition: the patterns are Single.
    std::span<const float> patternRow(HeadIndex head, TokenPos query) const
    {
        const std::size_t row = query.asSize();
        return std::span(patterns).subspan(
            head.asSize() * triangleSize(tokenCount()) + triangleSize(row), row + 1);
    }
    /// row [query + 1] = that row, whatever the precision. Key 0 is exact: sinkMass has it in fp32.
    /// Precondition: hasPatterns().
    void copyPatternRow(HeadIndex head, TokenPos query, std::span<float> row) const;
    /// The triangle of `head` [T (T + 1) / 2] by copyPatternRow; empty without patterns.
    std::vector<float> patternTriangle(HeadIndex head) const;
};

/// Copies the rows before `rows` with all that is recorded of them. Where `to` has room for patterns `from`
/// has them in the same precision. The records may be of prompts of different lengths.
void copyRows(const LayerRecord &from, LayerRecord &to, std::size_t rows, ThreadPool &pool);

/// Result of one pass over a prompt. Immutable; shared by pointer.
struct PassResult {
    std::vector<std::shared_ptr<const LayerRecord>> layers; ///< [L]
    std::vector<float> finalNormLast; ///< [hidden] last position, after the final norm; empty without logits
    /// What the final norm divides the residual stream of the last position by: sqrt(mean square + epsilon).
    double finalNormDivisorLast = 0.0;
    std::vector<float> logitsLast; ///< [V] last position, when asked for, else empty
    Matrix logitsAll; ///< [T, V] when asked for, else empty
    LayerIndex firstComputedLayer; ///< layers below were taken over from an earlier pass
    TokenPos firstComputedRow; ///< in the other layers, so were the rows before this one
    /// Query rows, summed over the edits, that see no key of an edit and stay as they are.
    std::size_t rowsWithoutTarget = 0;

    /// Lets go of the layers when the result goes back to its pool.
    void recycled() { layers.clear(); }
};

} // namespace sinkscope
