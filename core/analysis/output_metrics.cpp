// SPDX-License-Identifier: Apache-2.0
// The next-token distribution in double, and answer strings on top of it.
#include "core/analysis/output_metrics.h"

#include "core/base/error.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <numeric>

namespace sinkscope {

double OutputMetrics::answerMass() const
{
    return std::accumulate(answers.begin(), answers.end(), 0.0,
        [](double sum, const AnswerScore &answer) { return sum + answer.p; });
}

std::optional<double> OutputMetrics::margin() const
{
    return answers.size() < 2 ? std::nullopt : std::optional(answers[0].logProb - answers[1].logProb);
}

std::vector<double> OutputMetrics::logOdds() const
{
    std::vector<double> odds;
    for (std::size_t one = 0; one < answers.size() && answers.size() > 1; ++one) {
        double largest = -std::numeric_limits<double>::infinity();
        for (std::size_t other = 0; other < answers.size(); ++other)
            largest = other == one ? largest : std::max(largest, answers[other].logProb);
        double sum = 0.0; // of the others, over exp(largest): probabilities may be far below the least double
        for (std::size_t other = 0; other < answers.size(); ++other)
            sum += other == one ? 0.0 : std::exp(answers[other].logProb - largest);
        odds.push_back(answers[one].logProb - largest - std::log(sum));
    }
    return odds;
}

std::vector<double> logSoftmax(std::span<const float> logits)
{
    const auto largest = static_cast<double>(*std::ranges::max_element(logits));
    double sum = 0.0;
    for (const float logit : logits)
        sum += std::exp(static_cast<double>(logit) - largest);
    const double logSum = std::log(sum);
    std::vector<double> logProbabilities(logits.size());
    // in two steps: at huge logits their maximum would swallow the logarithm
    std::ranges::transform(logits, logProbabilities.begin(),
        [&](float logit) { return static_cast<double>(logit) - largest - logSum; });
    return logProbabilities;
}

double entropyNats(std::span<const double> logProbabilities)
{
    double entropy = 0.0;
    for (const double logP : logProbabilities)
        if (const double p = std::exp(logP); p != 0.0) // 0 ln 0 is 0, also where ln 0 is -infinity
            entropy -= p * logP; // no number stays no number
    return entropy;
}

double klDivergenceNats(std::span<const double> logP, std::span<const double> logQ)
{
    double divergence = 0.0;
    for (std::size_t id = 0; id < logP.size(); ++id)
        if (const double p = std::exp(logP[id]); p != 0.0) // 0 ln 0 is 0, also where ln 0 is -infinity
            divergence += p * (logP[id] - logQ[id]);
    // KL is never negative, a rounding error of the sum may be; no number stays no number
    return divergence < 0.0 ? 0.0 : divergence;
}

std::vector<TokenProbability> topTokens(
    std::span<const double> logProbabilities, int count, const Tokenizer &tokenizer)
{
    std::vector<std::int32_t> order(logProbabilities.size());
    std::iota(order.begin(), order.end(), 0);
    const auto kept = std::min(order.size(), static_cast<std::size_t>(std::max(0, count)));
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(kept), order.end(),
        [&](std::int32_t left, std::int32_t right) {
            const double a = logProbabilities[static_cast<std::size_t>(left)];
            const double b = logProbabilities[static_cast<std::size_t>(right)];
            return a != b ? a > b : left < right;
        });
    std::vector<TokenProbability> top;
    for (std::size_t rank = 0; rank < kept; ++rank) {
        const TokenId id(order[rank]);
        // the embedding may have more rows than the tokenizer has tokens
        const std::string text =
            id.asSize() < tokenizer.vocabularySize() ? tokenizer.piece(id) : std::string();
        top.push_back({id, text, std::exp(logProbabilities[id.asSize()])});
    }
    return top;
}

int tokenRank(std::span<const double> logProbabilities, TokenId id)
{
    const double own = logProbabilities[id.asSize()];
    int rank = 1;
    for (std::size_t other = 0; other < logProbabilities.size(); ++other)
        if (logProbabilities[other] > own || (logProbabilities[other] == own && other < id.asSize()))
            ++rank;
    return rank;
}

namespace {

void requireRoom(const ModelConfig &config, std::size_t prompt, std::size_t more, const std::string &answer)
{
    if (prompt + more > static_cast<std::size_t>(config.contextLength))
        throw RequestError(
            {.what = fmt::format(
                 "the prompt and the answer \"{}\" together are longer than the context", answer),
                .given = fmt::format("{} tokens and {} more", prompt, more),
                .expected = fmt::format("at most {}", config.contextLength),
                .wayOut = "Shorten the prompt or the answer"});
}

/// `promptAlone`: the prompt's text tokenised without added tokens.
bool tokenisesDifferently(const Tokenizer &tokenizer, const std::string &promptText,
    const std::vector<TokenId> &promptAlone, const AnswerScore &answer)
{
    std::vector<TokenId> apart = promptAlone;
    apart.insert(apart.end(), answer.ids.begin(), answer.ids.end());
    return tokenizer.encode(promptText + answer.text, SpecialTokens::Recognise, AddedTokens::None) != apart;
}

} // namespace

std::optional<std::vector<AnswerScore>> scoreAnswers(
    Transformer &transformer, const AnswerQuestion &question, const StopToken &stop)
{
    const TokenizedPrompt &prompt = question.prompt;
    const Tokenizer &tokenizer = *transformer.model().tokenizer;
    std::vector<AnswerScore> scores;
    if (question.answers.empty())
        return scores;
    const std::vector<TokenId> promptAlone =
        tokenizer.encode(prompt.text, SpecialTokens::Recognise, AddedTokens::None);
    std::optional<KvCache> cache; // made for the first answer that needs it
    for (const std::string &text : question.answers) {
        AnswerScore score;
        score.text = text;
        score.ids = tokenizer.encode(text, SpecialTokens::Recognise, AddedTokens::None);
        if (score.ids.empty())
            throw RequestError(
                {.what = text.empty() ? "an answer is empty" : "the model has no tokens for an answer",
                    .given = fmt::format("\"{}\"", text),
                    .wayOut = text.empty() ? "Separate answers by ||, each at least one character long"
                                           : "Use characters that its vocabulary can write"});
        score.logProb = question.logProbabilitiesLast[score.ids.front().asSize()];
        if (score.ids.size() > 1) {
            if (!cache)
                cache = KvCache::fromPass(question.pass);
            const std::size_t promptTokens = cache->tokenCount();
            const std::span<const TokenId> read = std::span(score.ids).first(score.ids.size() - 1);
            requireRoom(transformer.model().config, promptTokens, read.size(), text);
            const std::optional<Matrix> logits =
                transformer.extend(*cache, read, question.intervention, stop);
            if (!logits)
                return std::nullopt;
            for (std::size_t row = 0; row < read.size(); ++row)
                score.logProb += logSoftmax(logits->row(row))[score.ids[row + 1].asSize()];
            cache->truncate(promptTokens);
        }
        score.p = std::exp(score.logProb);
        score.tokenisesDifferentlyInContext =
            tokenisesDifferently(tokenizer, prompt.text, promptAlone, score);
        scores.push_back(std::move(score));
    }
    return scores;
}

} // namespace sinkscope
