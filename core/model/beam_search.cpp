// SPDX-License-Identifier: Apache-2.0
// Beam search over one cache: the rows after the prompt are put in for the text that is read.
#include "core/model/beam_search.h"

#include "core/base/error.h"

#include <algorithm>
#include <fmt/format.h>
#include <numeric>

namespace sinkscope {

namespace {

/// Ranks beyond the beams that are looked at in each text: room for end tokens among them, of which known
/// tokenizers have fewer.
constexpr std::size_t kRoomForEnds = 16;

/// Rows [first, ...) of `from` at the end of `to`.
void appendRows(Matrix &to, const Matrix &from, std::size_t first)
{
    const std::size_t before = to.rows();
    if (to.columns() == 0)
        to.reshape(0, from.columns());
    to.resizeRows(before + from.rows() - first);
    for (std::size_t row = first; row < from.rows(); ++row)
        std::ranges::copy(from.row(row), to.row(before + row - first).begin());
}

} // namespace

BeamSearch::BeamSearch(Transformer &transformer, const PassResult &prompt, const Intervention *intervention,
    const BeamOptions &options)
    : m_transformer(transformer)
    , m_intervention(intervention)
    , m_options(options)
    , m_cache(KvCache::fromPass(prompt))
    , m_promptTokens(m_cache.tokenCount())
{
    if (options.beams < 1 || options.beams > BeamOptions::kMostBeams)
        throw RequestError({.what = "the number of beams is out of range",
            .given = fmt::format("{}", options.beams),
            .expected = fmt::format("1 to {}", BeamOptions::kMostBeams)});
    if (options.maxNewTokens < 0)
        throw RequestError({.what = "the number of new tokens is out of range",
            .given = fmt::format("{}", options.maxNewTokens),
            .expected = "0 or more"});
    Text empty;
    empty.keys.resize(m_cache.keys.size());
    empty.values.resize(m_cache.values.size());
    empty.logits = prompt.logitsLast;
    m_live.push_back(std::move(empty));
    if (options.maxNewTokens == 0)
        m_end = GenerationEnd::TokenLimit;
}

const BeamSearch::Text &BeamSearch::best() const
{
    const bool isFinishedBest =
        m_finished && (m_live.empty() || m_finished->logProbability >= m_live.front().logProbability);
    return isFinishedBest ? *m_finished : m_live.front();
}

WorkStatus BeamSearch::read(Text &text, const StopToken &stop)
{
    if (!text.logits.empty())
        return WorkStatus::Completed;
    m_cache.truncate(m_promptTokens);
    for (std::size_t layer = 0; layer < m_cache.keys.size(); ++layer) {
        appendRows(m_cache.keys[layer], text.keys[layer], 0);
        appendRows(m_cache.values[layer], text.values[layer], 0);
    }
    const std::size_t before = m_cache.tokenCount();
    const std::optional<Matrix> step =
        m_transformer.extend(m_cache, std::span(&text.tokens.back().id, 1), m_intervention, stop);
    if (!step)
        return WorkStatus::Cancelled;
    for (std::size_t layer = 0; layer < m_cache.keys.size(); ++layer) {
        appendRows(text.keys[layer], m_cache.keys[layer], before);
        appendRows(text.values[layer], m_cache.values[layer], before);
    }
    text.logits.assign(step->row(0).begin(), step->row(0).end());
    return WorkStatus::Completed;
}

std::vector<BeamSearch::Candidate> BeamSearch::candidates() const
{
    std::vector<Candidate> found;
    for (std::size_t beam = 0; beam < m_live.size(); ++beam) {
        const std::vector<float> &logits = m_live[beam].logits;
        std::vector<std::int32_t> order(logits.size());
        std::iota(order.begin(), order.end(), 0);
        const std::size_t kept =
            std::min(order.size(), static_cast<std::size_t>(m_options.beams) + kRoomForEnds);
        const auto logitOf = [&](std::int32_t id) { return logits[static_cast<std::size_t>(id)]; };
        std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(kept), order.end(),
            [&](std::int32_t left, std::int32_t right) {
                return logitOf(left) != logitOf(right) ? logitOf(left) > logitOf(right) : left < right;
            });
        const double normalizer = logSumExp(logits);
        for (std::size_t rank = 0; rank < kept; ++rank) {
            const double logP = static_cast<double>(logitOf(order[rank])) - normalizer;
            found.push_back({beam, {TokenId(order[rank]), logP, static_cast<int>(rank) + 1},
                m_live[beam].logProbability + logP});
        }
    }
    std::ranges::stable_sort(found, std::ranges::greater(), &Candidate::logProbability);
    return found;
}

void BeamSearch::extendTexts()
{
    std::vector<Text> next;
    for (const Candidate &candidate : candidates()) {
        if (next.size() == static_cast<std::size_t>(m_options.beams))
            break;
        const Text &before = m_live[candidate.beam];
        Text text;
        text.tokens = before.tokens;
        text.tokens.push_back(candidate.token);
        text.logProbability = candidate.logProbability;
        if (m_transformer.model().tokenizer->endsGeneration(candidate.token.id)) {
            if (!m_finished || text.logProbability > m_finished->logProbability)
                m_finished = std::move(text);
            continue;
        }
        text.keys = before.keys;
        text.values = before.values;
        next.push_back(std::move(text));
    }
    m_live = std::move(next);
}

void BeamSearch::endWhereDone()
{
    const bool isFinishedBest =
        m_finished && (m_live.empty() || m_finished->logProbability >= m_live.front().logProbability);
    const std::size_t length = m_live.empty() ? 0 : m_live.front().tokens.size();
    const auto contextLength = static_cast<std::size_t>(m_transformer.model().config.contextLength);
    if (isFinishedBest)
        m_end = GenerationEnd::EndToken;
    else if (length == static_cast<std::size_t>(m_options.maxNewTokens))
        m_end = GenerationEnd::TokenLimit;
    else if (m_promptTokens + length > contextLength) // the last token has no room to be read
        m_end = GenerationEnd::ContextFull;
}

WorkStatus BeamSearch::advance(const StopToken &stop)
{
    if (m_end)
        return WorkStatus::Completed;
    for (Text &text : m_live) {
        if (read(text, stop) == WorkStatus::Cancelled)
            return WorkStatus::Cancelled;
    }
    extendTexts();
    endWhereDone();
    return WorkStatus::Completed;
}

} // namespace sinkscope
