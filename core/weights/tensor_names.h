// SPDX-License-Identifier: Apache-2.0
// What a tensor is for, and its name in a GGUF file.
#pragma once

#include "core/base/index_types.h"

#include <cstdint>
#include <string>

namespace sinkscope {

/// What a weight is for. Those from AttentionNorm to Down exist once a layer, the others once a model.
enum class TensorRole : std::uint8_t {
    TokenEmbedding,
    AttentionNorm,
    Query,
    Key,
    Value,
    AttentionOutput,
    FeedForwardNorm,
    Gate,
    Up,
    Down,
    FinalNorm,
    OutputHead,
    RotaryFactors
};

/// Name of the tensor in a GGUF file, e.g. "blk.3.attn_q.weight"; `layer` is unused for the roles that exist
/// once a model. Source: tensor names of the GGUF specification ("Standardized tensor names").
std::string ggufTensorName(TensorRole role, LayerIndex layer = {});

} // namespace sinkscope
