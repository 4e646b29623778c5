// SPDX-License-Identifier: Apache-2.0
// Many variants of the edits of one prompt, a stack of rows at a time.
#pragma once

#include "core/base/function_ref.h"
#include "core/model/transformer.h"

#include <memory>
#include <span>

namespace sinkscope {

/// One variant's result.
struct VariantOutcome {
    std::size_t index = 0; ///< into the variants
    std::span<const float> logitsLast; ///< [V] of the last position; valid during the call
    RowSummary focus; ///< last row of the focus head
};

/// What the variants have in common.
struct VariantBase {
    std::span<const TokenId> tokens;
    std::shared_ptr<const PassResult> pass; ///< an earlier pass over `tokens`
    const Intervention *intervention = nullptr; ///< of that pass
    HeadRef focus;
};

/// How many variants of a prompt of `tokens` tokens one stack holds: 1,024 rows keep the packed products at
/// their rate, more gain nothing (performance page, section 4).
std::size_t variantsAtOnce(std::size_t tokens);

/// Runs `variants` in their order, each from the lowest layer where one of its stack parts from the base, and
/// hands every outcome to `onVariant` as soon as its stack is done. Checks `stop` between layers and panels.
/// Throws RequestError when an edit does not fit the model.
WorkStatus runVariants(Transformer &transformer, const VariantBase &base,
    std::span<const Intervention> variants, FunctionRef<void(const VariantOutcome &outcome)> onVariant,
    const StopToken &stop);

} // namespace sinkscope
