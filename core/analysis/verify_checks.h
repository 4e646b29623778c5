// SPDX-License-Identifier: Apache-2.0
// Checks of the trust report made from passes that were already run: what is compared and how far it may be.
#pragma once

#include "core/analysis/pass_difference.h"
#include "core/analysis/verify_report.h"
#include "core/tensor/gemm.h"

#include <string>
#include <vector>

namespace sinkscope {

/// ok where `value` <= `tolerance`; not for NaN.
VerifyCheck verifyCheck(std::string name, double value, double tolerance);

/// Every row of every pattern sums to 1. Precondition of all checks here: patterns in fp32 in all layers.
VerifyCheck rowSumCheck(std::string name, const PassResult &pass);
/// "gammaOneChangesNothing": a pass with edits that have no effect holds the bytes of the plain one.
VerifyCheck unchangedCheck(const PassResult &plain, const PassResult &unchanged);
/// "restartEqualsFullPass": to the byte, on OpenBLAS within its sums in another order.
VerifyCheck restartCheck(GemmBackend backend, const PassResult &full, const PassResult &restarted);
/// "closedFormPattern", "closedFormEntropy", "closedFormHeadOutput", "closedFormResidual".
std::vector<VerifyCheck> closedFormChecks(const ClosedFormError &worst);
/// "logitEqualsProbability": ln gamma on the score against gamma on the probability.
VerifyCheck logitFormCheck(const PassResult &byLogit, const PassResult &byProbability);

} // namespace sinkscope
