// SPDX-License-Identifier: Apache-2.0
// Scalars of the output as derivatives by the logits, and what the backward pass makes of them.
#include "core/analysis/sensitivity.h"

#include "core/analysis/output_metrics.h"
#include "core/base/error.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <fmt/format.h>

namespace sinkscope {

namespace {

/// Rows to derive, and which derivative each is.
struct Scalars {
    std::size_t count = 0;
    std::size_t entropy = 0;
    std::optional<std::size_t> margin; ///< absent when there is none, or when it is 0 for certain
    std::vector<std::size_t> answers; ///< empty, or one an answer
};

/// With a margin the first answer needs no scalar: ln p(first) = margin + ln p(second).
Scalars chooseScalars(const SensitivityRequest &request, bool marginIsNotZero)
{
    Scalars scalars;
    scalars.entropy = scalars.count++;
    if (marginIsNotZero)
        scalars.margin = scalars.count++;
    if (request.perAnswer == AnswerDerivatives::EachAnswer)
        for (std::size_t answer = 0; answer < request.answers.size(); ++answer)
            scalars.answers.push_back(answer == 0 && scalars.margin ? *scalars.margin : scalars.count++);
    return scalars;
}

/// d H / d logit_i = -p_i (ln p_i + H).
void entropyGradient(std::span<const double> logProbabilities, double entropy, std::span<float> out)
{
    for (std::size_t id = 0; id < out.size(); ++id) {
        const double p = std::exp(logProbabilities[id]);
        out[id] = p > 0.0 ? static_cast<float>(-p * (logProbabilities[id] + entropy)) : 0.0F;
    }
}

/// d ln p_id / d logit_i = [i = id] - p_i.
void logProbabilityGradient(std::span<const double> logProbabilities, TokenId token, std::span<float> out)
{
    for (std::size_t id = 0; id < out.size(); ++id)
        out[id] = static_cast<float>((id == token.asSize() ? 1.0 : 0.0) - std::exp(logProbabilities[id]));
}

std::vector<AnswerSensitivity> firstTokens(const Tokenizer &tokenizer,
    const std::vector<std::string> &answers, std::span<const double> logProbabilities)
{
    std::vector<AnswerSensitivity> found;
    for (const std::string &text : answers) {
        const std::vector<TokenId> ids = tokenizer.encode(text, SpecialTokens::Recognise, AddedTokens::None);
        if (ids.empty())
            throw RequestError({.what = "an answer is empty",
                .given = fmt::format("\"{}\"", text),
                .wayOut = "Separate answers by ||, each at least one character long"});
        AnswerSensitivity answer;
        answer.text = text;
        answer.firstToken = ids.front();
        answer.tokenCount = static_cast<int>(ids.size());
        answer.logProb = logProbabilities[ids.front().asSize()];
        found.push_back(std::move(answer));
    }
    return found;
}

Matrix sumOf(const Matrix &left, const Matrix &right)
{
    Matrix sum = left;
    for (std::size_t at = 0; at < sum.values().size(); ++at)
        sum.values()[at] += right.values()[at];
    return sum;
}

} // namespace

std::vector<HeadRef> strongestHeads(const Matrix &by, std::size_t count)
{
    std::vector<std::size_t> order(by.values().size());
    std::iota(order.begin(), order.end(), std::size_t {0});
    std::ranges::stable_sort(
        order, std::ranges::greater {}, [&](std::size_t at) { return std::abs(by.values()[at]); });
    order.resize(std::min(order.size(), count));
    std::vector<HeadRef> heads;
    heads.reserve(order.size());
    for (const std::size_t at : order)
        heads.push_back({LayerIndex(static_cast<int>(at / by.columns())),
            HeadIndex(static_cast<int>(at % by.columns()))});
    return heads;
}

std::optional<Sensitivity> deriveOutput(
    BackwardPass &backward, const SensitivityRequest &request, const StopToken &stop)
{
    const std::vector<double> logProbabilities = logSoftmax(request.pass->logitsLast);
    Sensitivity result;
    result.outputEntropyNats = entropyNats(logProbabilities);
    result.answers = firstTokens(*backward.model().tokenizer, request.answers, logProbabilities);
    const bool hasMargin = result.answers.size() >= 2;
    result.firstTokensEqual = hasMargin && result.answers[0].firstToken == result.answers[1].firstToken;
    if (hasMargin) // 0 for the same token, to the bit
        result.margin = result.answers[0].logProb - result.answers[1].logProb;

    const Scalars scalars = chooseScalars(request, hasMargin && !result.firstTokensEqual);
    Matrix byLogits(scalars.count, logProbabilities.size());
    entropyGradient(logProbabilities, result.outputEntropyNats, byLogits.row(scalars.entropy));
    for (std::size_t answer = 0; answer < scalars.answers.size(); ++answer)
        if (scalars.answers[answer] != scalars.margin)
            logProbabilityGradient(
                logProbabilities, result.answers[answer].firstToken, byLogits.row(scalars.answers[answer]));
    if (scalars.margin) { // the normalisation cancels: two logits are all it depends on
        byLogits.at(*scalars.margin, result.answers[0].firstToken.asSize()) = 1.0F;
        byLogits.at(*scalars.margin, result.answers[1].firstToken.asSize()) = -1.0F;
    }
    std::optional<std::vector<Matrix>> derivatives =
        backward.run({.pass = request.pass,
                         .intervention = request.intervention,
                         .logitGradients = static_cast<const Matrix &>(byLogits).view(),
                         .progress = request.progress},
            stop);
    if (!derivatives)
        return std::nullopt;
    result.dEntropy = derivatives->at(scalars.entropy);
    if (hasMargin)
        result.dMargin = scalars.margin ? derivatives->at(*scalars.margin)
                                        : Matrix(result.dEntropy.rows(), result.dEntropy.columns());
    for (std::size_t answer = 0; answer < scalars.answers.size(); ++answer)
        result.answers[answer].dLogProb = scalars.answers[answer] == scalars.margin
            ? sumOf(*result.dMargin, derivatives->at(scalars.answers[1]))
            : derivatives->at(scalars.answers[answer]);
    return result;
}

} // namespace sinkscope
