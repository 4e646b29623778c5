// SPDX-License-Identifier: Apache-2.0
// The tolerances of these checks, each with its reason.
#include "core/analysis/verify_checks.h"

#include <utility>

namespace sinkscope {

namespace {

constexpr double kExact = 0.0; // the same fp32 operations in the same order: not a byte may differ
// A row is T weights, each right to 2^-24 of itself, over a normaliser that was summed in fp32: with the 20
// tokens or so used here the sum is off by less than T * 2^-24 = 1.2e-6.
constexpr double kRowSum = 1e-5;
// OpenBLAS chooses kernels by shape, so that sums may be taken in another order: fp32 against fp64 of a whole
// pass differs by 3.5e-6 in patterns.
constexpr double kBlasRestart = 1e-5;
// One layer at the same input: the closed form rescales fp32 weights in fp64, the pass computes them anew in
// fp32. An entropy of up to ln T = 3 nats carries some 10 roundings of 2^-24 of it. Outputs of the
// head and of attention are in units of the largest norm of a row: sums of T products, then of all columns of
// a projection, in which roundings of 2^-24 of the norm grow like the square root of their number.
constexpr double kClosedForm = 1e-5;
// ln gamma added to a score of size s is rounded at 2^-24 s and moves the weights by as much, and the layers
// above carry that on; fp32 against fp64 of a whole pass differs by 3.5e-6.
constexpr double kLogitForm = 1e-5;

} // namespace

VerifyCheck verifyCheck(std::string name, double value, double tolerance)
{
    return {std::move(name), value <= tolerance, value, tolerance};
}

VerifyCheck rowSumCheck(std::string name, const PassResult &pass)
{
    return verifyCheck(std::move(name), rowSumError(pass), kRowSum);
}

VerifyCheck unchangedCheck(const PassResult &plain, const PassResult &unchanged)
{
    return verifyCheck(
        "gammaOneChangesNothing", static_cast<double>(differingBytes(plain, unchanged)), kExact);
}

VerifyCheck restartCheck(GemmBackend backend, const PassResult &full, const PassResult &restarted)
{
    if (backend != GemmBackend::Blas)
        return verifyCheck(
            "restartEqualsFullPass", static_cast<double>(differingBytes(full, restarted)), kExact);
    return verifyCheck("restartEqualsFullPass",
        farther(
            patternDifference(full, restarted), relativeDifference(restarted.logitsLast, full.logitsLast)),
        kBlasRestart);
}

std::vector<VerifyCheck> closedFormChecks(const ClosedFormError &worst)
{
    return {verifyCheck("closedFormPattern", worst.pattern, kClosedForm),
        verifyCheck("closedFormEntropy", worst.entropyNats, kClosedForm),
        verifyCheck("closedFormHeadOutput", worst.headOutput, kClosedForm),
        verifyCheck("closedFormResidual", worst.residual, kClosedForm)};
}

VerifyCheck logitFormCheck(const PassResult &byLogit, const PassResult &byProbability)
{
    return verifyCheck("logitEqualsProbability", patternDifference(byLogit, byProbability), kLogitForm);
}

} // namespace sinkscope
