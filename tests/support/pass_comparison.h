// SPDX-License-Identifier: Apache-2.0
// Compares a pass of the core with the reference pass, site by site in the order they are computed.
#pragma once

#include "core/model/layer_record.h"
#include "tests/support/reference_forward.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace sinkscope::test {

/// Largest absolute differences that fp32 against double may show on tiny models. Measured for models of this
/// size (reference/models/README.md): logits 1.3e-5, attention 2.5e-6, residual 5.5e-6; these leave about
/// eightfold room.
struct PassTolerances {
    double logits = 1e-4;
    double attention = 2e-5;
    double residual = 5e-5;
    double entropy = 1e-4; ///< a sum of p ln p over up to 100 weights, each with the attention's error
};

/// The largest difference at one site.
struct SiteDifference {
    std::string site; ///< as researchers name it, e.g. "blocks.1.attn.pattern"
    double difference = 0.0; ///< infinity where a value is not finite or a size differs
    double tolerance = 0.0;
    std::string where; ///< e.g. "head 2 query 5 key 0"
    bool exceeds() const { return !(difference <= tolerance); }
};

/// All sites, first computed first. Patterns and logits of all rows are compared where they were captured.
std::vector<SiteDifference> compareSites(
    const PassResult &pass, const ReferencePass &reference, const PassTolerances &tolerances);

/// Success, or a message that names the first diverging site and all later ones.
testing::AssertionResult agrees(
    const PassResult &pass, const ReferencePass &reference, const PassTolerances &tolerances = {});

/// Success when both passes hold the same bytes everywhere.
testing::AssertionResult sameBytes(const PassResult &left, const PassResult &right);

} // namespace sinkscope::test
