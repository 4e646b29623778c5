// SPDX-License-Identifier: Apache-2.0
// Text after the prompt: greedy or sampled, under edits.
#pragma once

#include "core/base/random.h"
#include "core/model/text_generator.h"
#include "core/model/transformer.h"

#include <functional>
#include <vector>

namespace sinkscope {

/// How the next token is chosen. Temperature 0 is greedy (the largest logit, the lowest id on a tie).
struct SamplingOptions {
    int maxNewTokens = 64;
    double temperature = 0.0; ///< >= 0
    int topK = 0; ///< keep the k most likely; 0 keeps all
    double topP = 1.0; ///< keep the smallest set with this mass, in (0, 1]
    std::uint64_t seed = 0;
};

/// Tokens after the prompt that a pass read, each chosen from the output after those before it; ends after an
/// end token (which is kept), after maxNewTokens or at the context length. Validity: `transformer` and
/// `intervention` (nullptr: none; the one of the pass) must outlive it; the pass need not.
class Continuation final : public TextGenerator {
public:
    /// Throws RequestError when an option is out of range.
    Continuation(Transformer &transformer, const PassResult &prompt, const Intervention *intervention,
        const SamplingOptions &options);

    WorkStatus advance(const StopToken &stop) override;
    const std::vector<GeneratedToken> &tokens() const override { return m_tokens; }
    std::optional<GenerationEnd> end() const override { return m_end; }

private:
    Transformer &m_transformer;
    const Intervention *m_intervention;
    SamplingOptions m_options;
    Random m_random;
    KvCache m_cache;
    std::vector<float> m_logits; // [V] of the next token once all of m_tokens is read
    std::optional<TokenId> m_unread; // the last token, until the one after it is wanted
    std::vector<GeneratedToken> m_tokens;
    std::optional<GenerationEnd> m_end;
};

/// The tokens of a Continuation that runs to its end or until it is cancelled. `onToken` (may be empty) is
/// told each token. Throws RequestError when an option is out of range.
std::vector<TokenId> generate(Transformer &transformer, const PassResult &prompt,
    const Intervention *intervention, const SamplingOptions &options, const StopToken &stop,
    const std::function<void(TokenId)> &onToken = {});

} // namespace sinkscope
