// SPDX-License-Identifier: Apache-2.0
// Works out what edits mean for one prompt, before its pass.
#pragma once

#include "core/model/transformer.h"

#include <memory>
#include <optional>

namespace sinkscope {

/// `asked` as a pass over `tokens` can run it: see resolveFor (core/intervention/resolve.h). Baselines that
/// read attention take it from `unedited` (a pass over `tokens` without edits), whose attention is
/// computed again where it did not keep the patterns; without it a pass is run. Nothing when cancelled.
/// Throws RequestError where something does not fit the prompt or the model.
std::optional<Intervention> prepareEdits(Transformer &transformer, const Intervention &asked,
    std::span<const TokenId> tokens, std::shared_ptr<const PassResult> unedited, const StopToken &stop);

} // namespace sinkscope
