// SPDX-License-Identifier: Apache-2.0
// Writes fp32 tensors to a .safetensors file, all of it or nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace sinkscope {

/// Takes the values of a tensor piece by piece, in row-major order.
using FloatSink = std::function<void(std::span<const float>)>;

/// One tensor of a file to be written. `write` hands shape[0] * shape[1] * ... values to the sink, in as many
/// pieces as it likes, so that a large tensor need never be in memory whole.
struct SafetensorsEntry {
    std::string name;
    std::vector<std::uint64_t> shape;
    std::function<void(const FloatSink &sink)> write;
};

/// Entry whose values are in memory already; they must outlive the writing.
SafetensorsEntry safetensorsEntry(
    std::string name, std::vector<std::uint64_t> shape, std::span<const float> values);

/// Writes `entries` as F32 in the order given, with `metadata` as the file's "__metadata__". Format:
/// https://github.com/huggingface/safetensors (8 bytes header length, JSON header padded to 8 bytes, values).
/// Written whole or not at all (AtomicFile). Throws Error when the file cannot be written.
void writeSafetensors(const std::string &path, std::span<const SafetensorsEntry> entries,
    const std::map<std::string, std::string> &metadata);

} // namespace sinkscope
