// SPDX-License-Identifier: Apache-2.0
// Figures of the next-token distribution and of answer strings.
#pragma once

#include "core/analysis/prompt.h"
#include "core/model/transformer.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace sinkscope {

struct TokenProbability {
    TokenId id;
    std::string text; ///< decoded alone
    double p = 0.0;
};

/// An answer string and its probability after the prompt.
struct AnswerScore {
    std::string text; ///< as typed, leading space kept
    std::vector<TokenId> ids; ///< tokenised alone, nothing prefixed
    double logProb = 0.0; ///< nats, of the whole string
    double p = 0.0; ///< exp(logProb)
    bool tokenisesDifferentlyInContext = false; ///< prompt + answer as one text gives other tokens
};

/// Figures of the last position.
struct OutputMetrics {
    double entropyNats = 0.0; ///< over the full vocabulary
    std::vector<TokenProbability> top; ///< most likely first
    std::vector<AnswerScore> answers; ///< in the order asked
    double answerMass() const; ///< sum of the answers' probabilities
    /// log p(first) - log p(second) of the first two answers; absent with fewer.
    std::optional<double> margin() const;
    /// Log-odds of each answer against all others together, ln p - ln(sum of the others' p), in nats: how the
    /// answers stand among themselves, whatever their mass. Of two answers these are the margin and its
    /// negative. Empty with fewer than two.
    std::vector<double> logOdds() const;
};

/// Natural log of the softmax of `logits` [V], computed in double.
std::vector<double> logSoftmax(std::span<const float> logits);
/// -sum p ln p, nats.
double entropyNats(std::span<const double> logProbabilities);
/// KL(p || q) = sum p (ln p - ln q), nats.
double klDivergenceNats(std::span<const double> logP, std::span<const double> logQ);
/// The `count` most likely tokens; ties by id.
std::vector<TokenProbability> topTokens(
    std::span<const double> logProbabilities, int count, const Tokenizer &tokenizer);
/// 1-based rank of `id` (number of tokens more likely, plus one; ties by id).
int tokenRank(std::span<const double> logProbabilities, TokenId id);

/// Answers to score after a prompt. What is referred to must outlive the call.
struct AnswerQuestion {
    const TokenizedPrompt &prompt;
    const PassResult &pass; ///< over the prompt, under `intervention`
    std::span<const double> logProbabilitiesLast; ///< [V] of its last row, nats
    const std::vector<std::string> &answers;
    const Intervention *intervention = nullptr; ///< nullptr: no edit
};

/// Scores the answers; strings of several tokens read the cache of the pass under its edits. Nothing when
/// cancelled. Throws RequestError for an answer that is empty, that the vocabulary cannot write or that
/// passes the context.
std::optional<std::vector<AnswerScore>> scoreAnswers(
    Transformer &transformer, const AnswerQuestion &question, const StopToken &stop);

} // namespace sinkscope
