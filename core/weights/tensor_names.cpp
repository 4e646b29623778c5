// SPDX-License-Identifier: Apache-2.0
// The table of tensor names.
#include "core/weights/tensor_names.h"

#include <array>
#include <cassert>
#include <string_view>

namespace sinkscope {

namespace {

struct NamedRole {
    TensorRole role;
    bool inEachLayer;
    std::string_view name; // after "blk.<layer>." when it is in each layer
};

constexpr std::array<NamedRole, 13> kNames {{
    {TensorRole::TokenEmbedding, false, "token_embd.weight"},
    {TensorRole::AttentionNorm, true, "attn_norm.weight"},
    {TensorRole::Query, true, "attn_q.weight"},
    {TensorRole::Key, true, "attn_k.weight"},
    {TensorRole::Value, true, "attn_v.weight"},
    {TensorRole::AttentionOutput, true, "attn_output.weight"},
    {TensorRole::FeedForwardNorm, true, "ffn_norm.weight"},
    {TensorRole::Gate, true, "ffn_gate.weight"},
    {TensorRole::Up, true, "ffn_up.weight"},
    {TensorRole::Down, true, "ffn_down.weight"},
    {TensorRole::FinalNorm, false, "output_norm.weight"},
    {TensorRole::OutputHead, false, "output.weight"},
    {TensorRole::RotaryFactors, false, "rope_freqs.weight"},
}};

} // namespace

std::string ggufTensorName(TensorRole role, LayerIndex layer)
{
    for (const NamedRole &row : kNames) {
        if (row.role != role)
            continue;
        std::string name = row.inEachLayer ? "blk." + std::to_string(layer.value) + "." : std::string();
        return name.append(row.name);
    }
    assert(false && "every role is in the table");
    return {};
}

} // namespace sinkscope
