// SPDX-License-Identifier: Apache-2.0
// Which head matters: derivatives of the output by ln gamma of every head, from one backward pass.
#pragma once

#include "core/analysis/prompt.h"
#include "core/model/backward.h"

#include <optional>
#include <string>
#include <vector>

namespace sinkscope {

/// Whether each answer's own derivatives are computed beside the margin's (one scalar more an answer).
enum class AnswerDerivatives { MarginOnly, EachAnswer };

/// What to derive. `pass` and `intervention` must outlive the call.
struct SensitivityRequest {
    const PassResult *pass = nullptr;
    const Intervention *intervention = nullptr; ///< under which `pass` was run; nullptr: no edit
    std::vector<std::string> answers; ///< as typed; the margin is between the first two
    AnswerDerivatives perAnswer = AnswerDerivatives::MarginOnly;
    std::function<void(double fraction)> progress = {};
};

/// First token of an answer.
struct AnswerSensitivity {
    std::string text;
    TokenId firstToken;
    int tokenCount = 0; ///< of the whole answer; only the first counts here
    double logProb = 0.0; ///< nats, of the first token
    std::optional<Matrix> dLogProb; ///< [L, H] by ln gamma; with AnswerDerivatives::EachAnswer
};

/// Derivatives at the edits of the pass. By ln gamma of the plain edit (probability, key 0, all rows) of each
/// head; 0 where that factor is 0.
struct Sensitivity {
    double outputEntropyNats = 0.0;
    Matrix dEntropy; ///< [L, H] nats
    /// ln p(first token of the first answer) - ln p(first token of the second); absent with fewer answers.
    std::optional<double> margin;
    std::optional<Matrix> dMargin; ///< [L, H]; all 0 when firstTokensEqual
    bool firstTokensEqual = false; ///< the first two answers begin with the same token: the margin is 0
    std::vector<AnswerSensitivity> answers; ///< in the order asked
};

/// The `count` heads with the largest derivatives in `by` [L, H], either sign, the largest first; equal ones
/// in order of layer and head.
std::vector<HeadRef> strongestHeads(const Matrix &by, std::size_t count);

/// Derives at `request.pass`. Nothing when cancelled. Throws RequestError for an empty answer.
std::optional<Sensitivity> deriveOutput(
    BackwardPass &backward, const SensitivityRequest &request, const StopToken &stop);

} // namespace sinkscope
