// SPDX-License-Identifier: Apache-2.0
// The reference outputs of the default model: cases.json and the arrays beside it.
#pragma once

#include "core/intervention/intervention.h"
#include "tests/support/safetensors_reader.h"

#include <string>
#include <vector>

namespace sinkscope::test {

/// One of the most likely tokens.
struct ReferenceTop {
    TokenId id;
    double p = 0.0;
};

/// A scored answer string.
struct ReferenceAnswer {
    std::string text;
    std::vector<TokenId> ids;
    double logProb = 0.0; ///< nats, of the whole string
};

/// What the model said to a prompt under one intervention.
struct ReferenceOutcome {
    std::string name; ///< "baseline", or the edit's name; prefix of its arrays
    Intervention intervention; ///< empty for the baseline
    double outputEntropyNats = 0.0;
    std::vector<ReferenceTop> top; ///< most likely first
    std::vector<ReferenceAnswer> answers;
    std::vector<TokenId> greedy; ///< empty where none was made
};

/// A prompt and its outcomes, the baseline first.
struct ReferenceCase {
    std::string id;
    std::string prompt; ///< as tokenised; a chat is written out
    std::vector<TokenId> tokens;
    std::vector<ReferenceOutcome> outcomes;
};

/// All cases of `folder`/cases.json. Throws when the file is absent or of another form.
std::vector<ReferenceCase> loadReferenceCases(const std::string &folder);
/// The arrays of the case `id`.
ReferenceArrays loadReferenceArrays(const std::string &folder, const std::string &id);

} // namespace sinkscope::test
