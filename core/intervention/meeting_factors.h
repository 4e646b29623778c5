// SPDX-License-Identifier: Apache-2.0
// Factors of one head that meet on one key in one row multiply; their product has bounds.
#pragma once

#include "core/intervention/head_edit.h"

#include <span>

namespace sinkscope {

/// Throws RequestError where factors of one kind meet on a key in a row of one head (keyShared: of one KV
/// group, the same keys counted once), none of them is 0, and those above 1 multiply to more than 1e24 (gain
/// and keyShared: 10000) or those below 1 to less than 1e-24. Beyond that fp32 loses or overflows what they
/// act on. `edits` in the order of an Intervention. `tokenCount`: of the prompt, below 0 where not known.
/// Does not allocate unless it throws.
void requireBoundedProducts(std::span<const HeadEdit> edits, const HeadGrid &grid, int tokenCount);

} // namespace sinkscope
