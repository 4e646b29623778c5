// SPDX-License-Identifier: Apache-2.0
// What a pass recorded as named tensors, for .safetensors files.
#pragma once

#include "core/analysis/snapshot_tables.h"
#include "core/weights/safetensors_writer.h"

#include <span>
#include <string>
#include <vector>

namespace sinkscope {

/// `matrix` must outlive the writing.
SafetensorsEntry matrixEntry(std::string name, const Matrix &matrix);

/// [H, T, T] the patterns of `record` with zeros above the diagonal. Precondition: record.hasPatterns().
/// `record` must outlive the writing.
SafetensorsEntry patternEntry(std::string name, const LayerRecord &record);

/// The tensors of `layers` under the names that TransformerLens gives its hooks, without its first dimension
/// (the batch): "blocks.L.attn.hook_pattern" [H, T, T] and "blocks.L.hook_resid_pre" [T, hidden]; and
/// "logits_last" [V]. Those of the baseline have the prefix "baseline." where another pass is shown. Throws
/// RequestError where the patterns of a layer were not kept.
std::vector<SafetensorsEntry> hookTensors(const SnapshotPair &pair, std::span<const LayerIndex> layers);

} // namespace sinkscope
