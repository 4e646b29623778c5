// SPDX-License-Identifier: Apache-2.0
// The weights of a loaded model multiplied by another backend than the one they are prepared for.
#pragma once

#include "core/model/model.h"
#include "core/tensor/gemm.h"

#include <optional>

namespace sinkscope {

/// Largest relative difference (of the largest output of a product) between the products of `model` as loaded
/// and those of the same stored matrices prepared for `other`: all matrices of the first, middle and last
/// layer, with a fixed random input of one row and of several. Nothing when cancelled.
std::optional<double> backendDifference(
    const Model &model, Gemm &gemm, GemmBackend other, const StopToken &stop);

} // namespace sinkscope
