// SPDX-License-Identifier: Apache-2.0
// The fp32 product kernel on packed weights, chosen at run time by what the processor has.
#pragma once

#include "core/tensor/matrix_view.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace sinkscope {

/// Outputs of one packed panel: [inputs][kPanelWidth], so that the kernel reads weights once, in order.
inline constexpr std::size_t kPanelWidth = 64;

/// Lays `rows` [at most kPanelWidth outputs, inputs] out as a panel [inputs, kPanelWidth]; missing outputs
/// are 0.
void packPanel(MatrixView rows, float *panel);

/// The bf16 values as fp32, exactly: both hold as many.
void expandBf16(std::span<const std::uint16_t> values, float *out);

/// One panel times some rows. Every output is a sum of chains of 128 fused multiply-adds over the inputs in
/// order, whatever the number of rows: a product of one row equals that row of a larger product bit by bit.
struct PackedProduct {
    const float *x = nullptr; ///< [rows, inputs]
    std::size_t xStride = 0;
    std::size_t rows = 0;
    std::size_t inputs = 0;
    const float *panel = nullptr; ///< [inputs, kPanelWidth]
    std::size_t panelStride = kPanelWidth; ///< floats from one input to the next
    float *out = nullptr; ///< [rows, width]
    std::size_t outStride = 0;
    std::size_t width = kPanelWidth; ///< outputs of this panel that exist, <= kPanelWidth
};

/// Computes `product` on the calling thread.
void multiplyPanel(const PackedProduct &product);

/// Panels that the transposed product sums in one chain before it adds them to what it writes.
inline constexpr std::size_t kPanelsOfASum = 16;

/// Some rows times a group of panels, the other way round: gradIn += gradOut * W. The inputs may be a part of
/// the panels'. Every element is a sum over lanes of one chain over the outputs in order, whatever the number
/// of rows or inputs.
struct PackedTransposedProduct {
    const float *gradOut = nullptr; ///< [rows, outputs]
    std::size_t gradOutStride = 0;
    std::size_t rows = 0;
    std::size_t outputs = 0; ///< at most kPanelsOfASum * kPanelWidth; the last panel may be partly used
    const float *panels = nullptr; ///< [panel][.][kPanelWidth] at the first input
    std::size_t panelStride = 0; ///< floats from one panel to the next
    float *gradIn = nullptr; ///< [rows, inputs]
    std::size_t gradInStride = 0;
    std::size_t inputs = 0;
};

/// Computes `product` on the calling thread.
void addPanelsTransposed(const PackedTransposedProduct &product);

/// The instruction set in use, e.g. "AVX-512".
std::string packedKernelName();

} // namespace sinkscope
