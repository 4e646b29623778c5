// SPDX-License-Identifier: Apache-2.0
// Greedy and sampled choice of tokens, one cached step each.
#include "core/model/generate.h"

#include "core/base/error.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numeric>

namespace sinkscope {

namespace {

void checkOptions(const SamplingOptions &options)
{
    const auto refuse = [](const char *name, std::string given, const char *expected) {
        throw RequestError({.what = fmt::format("the {} is out of range", name),
            .given = std::move(given),
            .expected = expected});
    };
    if (options.maxNewTokens < 0)
        refuse("number of new tokens", fmt::format("{}", options.maxNewTokens), "0 or more");
    if (!std::isfinite(options.temperature) || options.temperature < 0.0)
        refuse("temperature", fmt::format("{}", options.temperature),
            "a finite number of 0 or more (0 is greedy)");
    if (options.topK < 0)
        refuse("top-k", fmt::format("{}", options.topK), "0 (all tokens) or more");
    if (!(options.topP > 0.0 && options.topP <= 1.0))
        refuse("top-p", fmt::format("{}", options.topP), "above 0, at most 1");
}

TokenId greedyToken(std::span<const float> logits)
{
    return TokenId(static_cast<std::int32_t>(std::ranges::max_element(logits) - logits.begin()));
}

/// Order as in transformers: temperature, then top-k, then top-p on what is left, then a draw.
TokenId sampledToken(std::span<const float> logits, const SamplingOptions &options, Random &random)
{
    std::vector<std::int32_t> order(logits.size());
    std::iota(order.begin(), order.end(), 0);
    const auto logitOf = [&](std::int32_t id) { return logits[static_cast<std::size_t>(id)]; };
    const auto likelier = [&](std::int32_t left, std::int32_t right) {
        return logitOf(left) != logitOf(right) ? logitOf(left) > logitOf(right) : left < right;
    };
    std::size_t kept = order.size();
    if (options.topK > 0)
        kept = std::min(kept, static_cast<std::size_t>(options.topK));
    std::partial_sort(
        order.begin(), order.begin() + static_cast<std::ptrdiff_t>(kept), order.end(), likelier);
    std::vector<double> weights(kept);
    double total = 0.0;
    for (std::size_t rank = 0; rank < kept; ++rank) {
        const double shifted =
            static_cast<double>(logitOf(order[rank])) - static_cast<double>(logitOf(order[0]));
        weights[rank] = std::exp(shifted / options.temperature);
        total += weights[rank];
    }
    double mass = 0.0; // smallest set whose mass reaches topP; the most likely token is always in it
    std::size_t allowed = 0;
    while (allowed < kept && (allowed == 0 || mass < options.topP * total))
        mass += weights[allowed++];
    double draw = random.uniform() * mass;
    for (std::size_t rank = 0; rank < allowed; ++rank) {
        draw -= weights[rank];
        if (draw < 0.0)
            return TokenId(order[rank]);
    }
    return TokenId(order[allowed - 1]);
}

} // namespace

Continuation::Continuation(Transformer &transformer, const PassResult &prompt,
    const Intervention *intervention, const SamplingOptions &options)
    : m_transformer(transformer)
    , m_intervention(intervention)
    , m_options(options)
    , m_random(options.seed)
{
    checkOptions(options);
    m_cache = KvCache::fromPass(prompt);
    m_logits = prompt.logitsLast;
    if (options.maxNewTokens == 0)
        m_end = GenerationEnd::TokenLimit;
}

WorkStatus Continuation::advance(const StopToken &stop)
{
    if (m_end)
        return WorkStatus::Completed;
    if (m_unread) {
        const std::optional<Matrix> step =
            m_transformer.extend(m_cache, std::span(&*m_unread, 1), m_intervention, stop);
        if (!step)
            return WorkStatus::Cancelled;
        m_logits.assign(step->row(0).begin(), step->row(0).end());
        m_unread.reset();
    }
    const TokenId next =
        m_options.temperature == 0.0 ? greedyToken(m_logits) : sampledToken(m_logits, m_options, m_random);
    m_tokens.push_back(tokenUnder(m_logits, next));
    const Model &model = m_transformer.model();
    if (model.tokenizer->endsGeneration(next))
        m_end = GenerationEnd::EndToken;
    else if (static_cast<int>(m_tokens.size()) == m_options.maxNewTokens)
        m_end = GenerationEnd::TokenLimit;
    else if (m_cache.tokenCount() >= static_cast<std::size_t>(model.config.contextLength))
        m_end = GenerationEnd::ContextFull;
    m_unread = next;
    return WorkStatus::Completed;
}

std::vector<TokenId> generate(Transformer &transformer, const PassResult &prompt,
    const Intervention *intervention, const SamplingOptions &options, const StopToken &stop,
    const std::function<void(TokenId)> &onToken)
{
    Continuation text(transformer, prompt, intervention, options);
    std::vector<TokenId> generated;
    while (!text.done() && text.advance(stop) == WorkStatus::Completed) {
        generated.push_back(text.tokens().back().id);
        if (onToken)
            onToken(generated.back());
    }
    return generated;
}

} // namespace sinkscope
