// SPDX-License-Identifier: Apache-2.0
// Beam search: the likeliest whole text that is found, under edits.
#pragma once

#include "core/model/text_generator.h"
#include "core/model/transformer.h"

#include <vector>

namespace sinkscope {

struct BeamOptions {
    int maxNewTokens = 64; ///< 0 or more
    int beams = 4; ///< texts that are kept at each length, 1 to kMostBeams; 1 is greedy

    static constexpr int kMostBeams = 64;
};

/// Goes on with the `beams` likeliest texts of each length by the sum of ln p of their tokens (Lowerre 1976),
/// without a correction for length. A text with an end token is finished; the search ends when no unfinished
/// text is likelier than the likeliest finished one, which none of its continuations could be either, at
/// maxNewTokens or at the context length. With enough beams to drop none it finds the likeliest text. On a
/// tie the text of the earlier beam and the lower id wins. Validity: as Continuation.
class BeamSearch final : public TextGenerator {
public:
    /// Throws RequestError when an option is out of range.
    BeamSearch(Transformer &transformer, const PassResult &prompt, const Intervention *intervention,
        const BeamOptions &options);

    /// All beams by one token.
    WorkStatus advance(const StopToken &stop) override;
    const std::vector<GeneratedToken> &tokens() const override { return best().tokens; }
    std::optional<GenerationEnd> end() const override { return m_end; }
    double logProbability() const { return best().logProbability; } ///< of tokens(), nats

private:
    struct Text {
        std::vector<GeneratedToken> tokens;
        double logProbability = 0.0;
        std::vector<Matrix> keys; // [L] of [tokens read, kvHeads * headSize]: those after the prompt's
        std::vector<Matrix> values;
        std::vector<float> logits; // [V] of the next token; empty: the last token is unread
    };
    struct Candidate {
        std::size_t beam = 0;
        GeneratedToken token;
        double logProbability = 0.0; // of the text with it
    };
    const Text &best() const;
    WorkStatus read(Text &text, const StopToken &stop);
    std::vector<Candidate> candidates() const; // likeliest first
    void extendTexts();
    void endWhereDone();

    Transformer &m_transformer;
    const Intervention *m_intervention;
    BeamOptions m_options;
    KvCache m_cache; // of the prompt, then of the text that is read
    std::size_t m_promptTokens;
    std::vector<Text> m_live; // likeliest first
    std::optional<Text> m_finished; // the likeliest one
    std::optional<GenerationEnd> m_end;
};

} // namespace sinkscope
