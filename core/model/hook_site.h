// SPDX-License-Identifier: Apache-2.0
// Names of the places inside a pass, as researchers name them (TransformerLens).
#pragma once

#include "core/base/index_types.h"

#include <string>

namespace sinkscope {

/// Places that can be captured. T tokens, H query heads.
enum class HookSite {
    ResidualIn, ///< blocks.L.hook_resid_pre [T, hidden]
    AttentionPattern, ///< blocks.L.attn.pattern [H, T, T], after the edits
    Keys, ///< blocks.L.attn.k [T, kvHeads * headSize], after rotary
    Values, ///< blocks.L.attn.v [T, kvHeads * headSize]
    FinalNorm, ///< ln_final.hook_normalized [hidden], last position
    Logits, ///< logits [V], last position
};

/// E.g. hookSiteName(HookSite::AttentionPattern, LayerIndex(5)) = "blocks.5.attn.pattern". The last two have
/// no layer.
std::string hookSiteName(HookSite site, LayerIndex layer = {});

} // namespace sinkscope
