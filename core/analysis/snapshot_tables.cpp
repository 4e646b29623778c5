// SPDX-License-Identifier: Apache-2.0
// Tables of a pass as text.
#include "core/analysis/snapshot_tables.h"

#include "core/base/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <vector>

namespace sinkscope {

namespace {

constexpr std::size_t kPieceBytes = std::size_t {1} << 16;

/// Gathers lines and hands them on in larger pieces.
class Lines {
public:
    explicit Lines(const TextSink &sink)
        : m_sink(sink)
    {
    }
    template <typename... Values> void add(fmt::format_string<Values...> format, Values &&...values)
    {
        fmt::format_to(std::back_inserter(m_text), format, std::forward<Values>(values)...);
        m_text += "\r\n";
        if (m_text.size() >= kPieceBytes)
            flush();
    }
    void flush()
    {
        m_sink(m_text);
        m_text.clear();
    }

private:
    const TextSink &m_sink;
    std::string m_text;
};

/// Empty for what is no number: a cell without a figure.
std::string number(double value)
{
    return std::isfinite(value) ? fmt::format("{:.9g}", value) : std::string();
}

std::string cellOf(const std::optional<Matrix> &figures, HeadRef head)
{
    return figures ? number((figures->at(head.layer.asSize(), head.head.asSize()))) : std::string();
}

std::string cellsOf(const HeadMetrics &heads, HeadRef head)
{
    const auto of = [head](const Matrix &figures) {
        return number(figures.at(head.layer.asSize(), head.head.asSize()));
    };
    return fmt::format("{},{},{},{},{}", of(heads.sinkMassLast), cellOf(heads.sinkMassMean, head),
        of(heads.entropyLast), of(heads.entropyMean), of(heads.entropyWithoutSinkLast));
}

/// The rank of each token, 1 for the most likely; ties by id.
std::vector<int> ranks(std::span<const double> logProbabilities, std::vector<std::size_t> &order)
{
    order.resize(logProbabilities.size());
    std::iota(order.begin(), order.end(), std::size_t {0});
    std::stable_sort(order.begin(), order.end(), [logProbabilities](std::size_t left, std::size_t right) {
        return logProbabilities[left] > logProbabilities[right];
    });
    std::vector<int> rank(order.size());
    for (std::size_t at = 0; at < order.size(); ++at)
        rank[order[at]] = static_cast<int>(at) + 1;
    return rank;
}

} // namespace

std::string csvCell(std::string_view text)
{
    const bool isPlain = text.find_first_of(",\"\r\n") == std::string_view::npos
        && (text.empty() || (text.front() != ' ' && text.back() != ' '));
    if (isPlain)
        return std::string(text);
    std::string cell = "\"";
    for (const char byte : text) {
        cell += byte;
        if (byte == '"')
            cell += '"';
    }
    return cell + '"';
}

void requirePatterns(const SnapshotPair &pair, LayerIndex layer)
{
    for (const Snapshot *snapshot : {&pair.baseline, &pair.shown})
        if (!snapshot->pass->layers[layer.asSize()]->hasPatterns())
            throw RequestError(
                {.what = fmt::format("the attention of layer {} is not in memory", layer.value),
                    .given = fmt::format("{} tokens", snapshot->prompt->ids.size()),
                    .expected = "a layer whose map is shown",
                    .wayOut =
                        "Select a head of that layer first, give captured attention more memory, or write it "
                        "with sinkscope-cli run --export FILE --patterns LAYERS"});
}

void writeHeadsTable(const SnapshotPair &pair, const TextSink &sink)
{
    if (!pair.baseline.heads || !pair.shown.heads)
        throw RequestError({.what = "the figures of the heads are not computed yet",
            .wayOut = "Wait until the pass is complete"});
    const HeadGrid grid = pair.model.config.headGrid();
    Lines lines(sink);
    lines.add(
        "layer,head,kv_head,factor,baseline_sink_mass_last,baseline_sink_mass_mean,baseline_entropy_last,"
        "baseline_entropy_mean,baseline_entropy_without_sink_last,sink_mass_last,sink_mass_mean,"
        "entropy_last,entropy_mean,entropy_without_sink_last");
    for (int layer = 0; layer < grid.layerCount; ++layer)
        for (int head = 0; head < grid.headCount; ++head) {
            const HeadRef ref {LayerIndex(layer), HeadIndex(head)};
            lines.add("{},{},{},{},{},{}", layer, head, head / grid.groupSize(),
                number(pair.shown.intervention.factor(ref)), cellsOf(*pair.baseline.heads, ref),
                cellsOf(*pair.shown.heads, ref));
        }
    lines.flush();
}

void writeAttentionTable(const SnapshotPair &pair, std::span<const HeadRef> heads, const TextSink &sink)
{
    for (const HeadRef head : heads)
        requirePatterns(pair, head.layer);
    std::vector<std::string> tokens;
    for (const std::string &piece : pair.shown.prompt->pieces)
        tokens.push_back(csvCell(piece));
    std::vector<float> before(tokens.size());
    std::vector<float> after(tokens.size());
    Lines lines(sink);
    lines.add("layer,head,query,query_token,key,key_token,baseline,shown");
    for (const HeadRef head : heads) {
        const LayerRecord &baseline = *pair.baseline.pass->layers[head.layer.asSize()];
        const LayerRecord &shown = *pair.shown.pass->layers[head.layer.asSize()];
        for (std::size_t query = 0; query < tokens.size(); ++query) {
            const TokenPos row(static_cast<std::int32_t>(query));
            baseline.copyPatternRow(head.head, row, std::span(before).first(query + 1));
            shown.copyPatternRow(head.head, row, std::span(after).first(query + 1));
            for (std::size_t key = 0; key <= query; ++key)
                lines.add("{},{},{},{},{},{},{:.9g},{:.9g}", head.layer.value, head.head.value, query,
                    tokens[query], key, tokens[key], before[key], after[key]);
        }
    }
    lines.flush();
}

void writeNextTokensTable(const SnapshotPair &pair, const TextSink &sink)
{
    const std::vector<double> &before = *pair.baseline.logProbabilities;
    const std::vector<double> &after = *pair.shown.logProbabilities;
    std::vector<std::size_t> order;
    const std::vector<int> rankBefore = ranks(before, order);
    ranks(after, order);
    Lines lines(sink);
    lines.add("rank,id,token,baseline_rank,baseline_p,p,change");
    for (std::size_t at = 0; at < order.size(); ++at) {
        const std::size_t id = order[at];
        const double pBefore = std::exp(before[id]);
        const double pAfter = std::exp(after[id]);
        lines.add("{},{},{},{},{:.9g},{:.9g},{:.9g}", at + 1, id,
            csvCell(pair.model.tokenizer->piece(TokenId(static_cast<std::int32_t>(id)))), rankBefore[id],
            pBefore, pAfter, pAfter - pBefore);
    }
    lines.flush();
}

void writeAnswersTable(const SnapshotPair &pair, const TextSink &sink)
{
    Lines lines(sink);
    lines.add("answer,tokens,baseline_log_p,log_p,baseline_p,p");
    const std::vector<AnswerScore> &before = pair.baseline.output.answers;
    const std::vector<AnswerScore> &after = pair.shown.output.answers;
    for (std::size_t at = 0; at < std::min(before.size(), after.size()); ++at) {
        std::string ids;
        for (const TokenId id : after[at].ids)
            ids += fmt::format("{}{}", ids.empty() ? "" : " ", id.value);
        lines.add("{},{},{},{},{},{}", csvCell(after[at].text), ids, number(before[at].logProb),
            number(after[at].logProb), number(before[at].p), number(after[at].p));
    }
    lines.flush();
}

} // namespace sinkscope
