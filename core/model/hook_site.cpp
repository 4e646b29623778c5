// SPDX-License-Identifier: Apache-2.0
// Spelling of the hook names.
#include "core/model/hook_site.h"

#include <fmt/format.h>

namespace sinkscope {

std::string hookSiteName(HookSite site, LayerIndex layer)
{
    switch (site) {
    case HookSite::ResidualIn:
        return fmt::format("blocks.{}.hook_resid_pre", layer.value);
    case HookSite::AttentionPattern:
        return fmt::format("blocks.{}.attn.pattern", layer.value);
    case HookSite::Keys:
        return fmt::format("blocks.{}.attn.k", layer.value);
    case HookSite::Values:
        return fmt::format("blocks.{}.attn.v", layer.value);
    case HookSite::FinalNorm:
        return "ln_final.hook_normalized";
    case HookSite::Logits:
        return "logits";
    }
    return {};
}

} // namespace sinkscope
