// SPDX-License-Identifier: Apache-2.0
// Plain loops in double. Deliberately shares nothing with core/ops and core/model.
#include "tests/support/reference_forward.h"

#include <algorithm>
#include <cmath>

namespace sinkscope::test {

namespace {

using Values = std::vector<double>;

// y[t][o] = sum_i W[o][i] x[t][i]
Values product(const Values &x, std::size_t rows, const Values &w, std::size_t inputs)
{
    const std::size_t outputs = w.size() / inputs;
    Values y(rows * outputs);
    for (std::size_t t = 0; t < rows; ++t)
        for (std::size_t o = 0; o < outputs; ++o) {
            double sum = 0.0;
            for (std::size_t i = 0; i < inputs; ++i)
                sum += w[o * inputs + i] * x[t * inputs + i];
            y[t * outputs + o] = sum;
        }
    return y;
}

// x / sqrt(mean(x^2) + eps) * weight (Zhang, Sennrich 2019)
Values rmsNorm(const Values &x, const Values &weight, double epsilon)
{
    const std::size_t width = weight.size();
    Values y(x.size());
    for (std::size_t start = 0; start < x.size(); start += width) {
        double squares = 0.0;
        for (std::size_t i = 0; i < width; ++i)
            squares += x[start + i] * x[start + i];
        const double scale = 1.0 / std::sqrt(squares / static_cast<double>(width) + epsilon);
        for (std::size_t i = 0; i < width; ++i)
            y[start + i] = x[start + i] * scale * weight[i];
    }
    return y;
}

// Rotates the pair (2i, 2i + 1) of every head by t * base^(-2i / rotarySize) / factor_i (Su et al. 2021).
void rotate(Values &x, std::size_t headCount, const ReferenceWeights &w)
{
    const std::size_t width = headCount * w.headSize;
    for (std::size_t t = 0; t < x.size() / width; ++t)
        for (std::size_t head = 0; head < headCount; ++head)
            for (std::size_t pair = 0; pair < w.rotarySize / 2; ++pair) {
                const double exponent = -2.0 * static_cast<double>(pair) / static_cast<double>(w.rotarySize);
                const double factor = w.rotaryFactors.empty() ? 1.0 : w.rotaryFactors[pair];
                const double angle = static_cast<double>(t) * std::pow(w.rotaryBase, exponent) / factor;
                double &first = x[t * width + head * w.headSize + 2 * pair];
                double &second = x[t * width + head * w.headSize + 2 * pair + 1];
                const double a = first;
                const double b = second;
                first = a * std::cos(angle) - b * std::sin(angle);
                second = a * std::sin(angle) + b * std::cos(angle);
            }
}

bool selects(const HeadEdit &edit, std::size_t row, std::size_t promptLast)
{
    const auto begin = static_cast<std::size_t>(edit.queries.begin.value);
    const auto end = static_cast<std::size_t>(edit.queries.end.value);
    switch (edit.queries.kind) {
    case QuerySelection::Kind::All:
        return true;
    case QuerySelection::Kind::Last:
        return row >= promptLast;
    case QuerySelection::Kind::From:
        return row >= begin;
    case QuerySelection::Kind::Span:
        return row >= begin && row < end;
    }
    return false;
}

Values softmax(const Values &scores)
{
    const double largest = *std::max_element(scores.begin(), scores.end());
    Values p(scores.size());
    double sum = 0.0;
    for (std::size_t at = 0; at < scores.size(); ++at)
        sum += p[at] = std::exp(scores[at] - largest);
    for (double &value : p)
        value /= sum;
    return p;
}

// Calls `change` on each value of `row` that the edit's keys reach.
template <typename Change> void onKeys(const HeadEdit &edit, Values &row, const Change &change)
{
    for (int key = edit.key.begin.value; key < edit.key.end.value; ++key)
        if (static_cast<std::size_t>(key) < row.size())
            change(row[static_cast<std::size_t>(key)]);
}

double sumOf(const Values &values)
{
    double sum = 0.0;
    for (const double value : values)
        sum += value;
    return sum;
}

// w = (1 - beta) sum over S; A_k *= beta in S; the others get w A_j / (their sum): method 7.1, ACT.
Values redistributed(const Values &p, const FrozenEdit &act)
{
    std::vector<bool> chosen(p.size(), false);
    for (const TokenPos key : act.keys)
        if (key.asSize() < p.size())
            chosen[key.asSize()] = true;
    double inside = 0.0;
    double outside = 0.0;
    for (std::size_t key = 0; key < p.size(); ++key)
        (chosen[key] ? inside : outside) += p[key];
    Values result = p;
    const double moved = (1.0 - act.amount) * inside;
    for (std::size_t key = 0; key < p.size(); ++key)
        result[key] = chosen[key] ? act.amount * p[key] : p[key] + moved * p[key] / outside;
    return outside > 0.0 ? result : p;
}

// One row of attention under the edits of its head.
Values attentionRow(const Values &original, const std::vector<HeadEdit> &edits,
    const std::vector<FrozenEdit> &frozen, std::size_t promptLast)
{
    const std::size_t row = original.size() - 1;
    if (row == 0)
        return {1.0};
    // The key state is part of the score; biases come on top of it.
    Values scores = original;
    for (const HeadEdit &edit : edits)
        if (edit.kind == EditKind::Key && selects(edit, row, promptLast))
            onKeys(edit, scores, [&](double &score) { score *= edit.gamma; });
    for (const HeadEdit &edit : edits) {
        const bool logit = edit.kind == EditKind::Logit;
        if ((logit || edit.kind == EditKind::Bias) && selects(edit, row, promptLast))
            onKeys(edit, scores, [&](double &score) { score += logit ? std::log(edit.gamma) : edit.value; });
    }
    for (const FrozenEdit &edit : frozen)
        if (edit.kind == FrozenEdit::Kind::RowBias)
            for (std::size_t key = edit.keys[0].asSize(); key <= row && key < edit.keys[1].asSize(); ++key)
                scores[key] += row < edit.rowValues.size() ? edit.rowValues[row] : edit.rowValues.back();
    if (std::all_of(scores.begin(), scores.end(), [](double score) { return std::isinf(score); }))
        return softmax(original);
    Values p = softmax(scores);
    for (const HeadEdit &edit : edits) {
        if (edit.kind != EditKind::Probability || !selects(edit, row, promptLast))
            continue;
        onKeys(edit, p, [&](double &weight) { weight *= edit.gamma; });
        const double sum = sumOf(p);
        if (!(sum > 0.0))
            return softmax(original);
        for (double &value : p)
            value /= sum;
    }
    for (const FrozenEdit &edit : frozen)
        if (edit.kind == FrozenEdit::Kind::Redistribute)
            p = redistributed(p, edit);
    return p;
}

struct Attention {
    const ReferenceWeights &weights;
    std::span<const HeadEdit> edits;
    std::span<const FrozenEdit> frozen;
    std::size_t promptLast;

    // Mixed values of all heads [T, heads * headSize]; appends scores and patterns of the layer to `pass`.
    Values run(
        std::size_t layer, const Values &q, const Values &k, const Values &v, ReferencePass &pass) const
    {
        const std::size_t tokens = pass.tokens;
        Values scores(weights.heads * tokens * tokens);
        Values pattern(scores.size());
        Values mixed(tokens * weights.heads * weights.headSize);
        const Values stored = storedKeys(layer, k);
        for (std::size_t head = 0; head < weights.heads; ++head) {
            const auto own = ofHead(edits, layer, head);
            const auto ownFrozen = ofHead(frozen, layer, head);
            for (std::size_t row = 0; row < tokens; ++row) {
                const Values rowScores = scoresOf(head, row, q, k);
                const Values p = attentionRow(scoresOf(head, row, q, stored), own, ownFrozen, promptLast);
                std::copy(rowScores.begin(), rowScores.end(), scores.begin() + offset(head, row, tokens));
                std::copy(p.begin(), p.end(), pattern.begin() + offset(head, row, tokens));
                mix(head, row, p, v, mixed);
                scaleOutput(head, row, own, mixed);
            }
        }
        pass.scores.push_back(std::move(scores));
        pass.patterns.push_back(std::move(pattern));
        return mixed;
    }

private:
    static std::ptrdiff_t offset(std::size_t head, std::size_t row, std::size_t tokens)
    {
        return static_cast<std::ptrdiff_t>((head * tokens + row) * tokens);
    }
    std::size_t kvHeadOf(std::size_t head) const { return head / (weights.heads / weights.kvHeads); }

    template <typename Edit>
    static std::vector<Edit> ofHead(std::span<const Edit> all, std::size_t layer, std::size_t head)
    {
        std::vector<Edit> own;
        for (const Edit &edit : all)
            if (edit.head.layer.asSize() == layer && edit.head.head.asSize() == head)
                own.push_back(edit);
        return own;
    }

    // Keys as the heads of each group see them; the same edit from two heads of a group counts once.
    Values storedKeys(std::size_t layer, const Values &k) const
    {
        Values stored = k;
        const std::size_t size = weights.headSize;
        for (std::size_t kvHead = 0; kvHead < weights.kvHeads; ++kvHead) {
            std::vector<KeyTarget> done;
            for (const HeadEdit &edit : edits) {
                if (edit.kind != EditKind::KeyShared || edit.head.layer.asSize() != layer
                    || kvHeadOf(edit.head.head.asSize()) != kvHead
                    || std::find(done.begin(), done.end(), edit.key) != done.end())
                    continue;
                done.push_back(edit.key);
                for (int key = edit.key.begin.value; key < edit.key.end.value; ++key)
                    for (std::size_t i = 0; i < size; ++i)
                        stored.at((static_cast<std::size_t>(key) * weights.kvHeads + kvHead) * size + i) *=
                            edit.gamma;
            }
        }
        return stored;
    }

    void scaleOutput(std::size_t head, std::size_t row, const std::vector<HeadEdit> &own, Values &mixed) const
    {
        for (const HeadEdit &edit : own) {
            const bool ablate = edit.kind == EditKind::Ablate;
            if ((!ablate && edit.kind != EditKind::Gain) || !selects(edit, row, promptLast))
                continue;
            for (std::size_t i = 0; i < weights.headSize; ++i)
                mixed[(row * weights.heads + head) * weights.headSize + i] *= ablate ? 0.0 : edit.gamma;
        }
    }

    Values scoresOf(std::size_t head, std::size_t row, const Values &q, const Values &k) const
    {
        const std::size_t size = weights.headSize;
        const double *query = &q[(row * weights.heads + head) * size];
        Values scores(row + 1);
        for (std::size_t key = 0; key <= row; ++key) {
            const double *other = &k[(key * weights.kvHeads + kvHeadOf(head)) * size];
            for (std::size_t i = 0; i < size; ++i)
                scores[key] += query[i] * other[i];
            scores[key] /= std::sqrt(static_cast<double>(size));
        }
        return scores;
    }

    void mix(std::size_t head, std::size_t row, const Values &p, const Values &v, Values &mixed) const
    {
        const std::size_t size = weights.headSize;
        for (std::size_t key = 0; key <= row; ++key)
            for (std::size_t i = 0; i < size; ++i)
                mixed[(row * weights.heads + head) * size + i] +=
                    p[key] * v[(key * weights.kvHeads + kvHeadOf(head)) * size + i];
    }
};

// silu(gate x) * (up x), then down (Shazeer 2020)
Values swiGlu(const Values &x, std::size_t rows, const ReferenceLayer &layer, const ReferenceWeights &w)
{
    const Values gate = product(x, rows, layer.gate, w.hidden);
    Values inner = product(x, rows, layer.up, w.hidden);
    for (std::size_t at = 0; at < inner.size(); ++at)
        inner[at] *= gate[at] / (1.0 + std::exp(-gate[at]));
    return product(inner, rows, layer.down, w.feedForward);
}

void addTo(Values &sum, const Values &term)
{
    for (std::size_t at = 0; at < sum.size(); ++at)
        sum[at] += term[at];
}

} // namespace

ReferencePass referenceForward(const ReferenceWeights &weights, std::span<const TokenId> tokens,
    std::span<const HeadEdit> edits, int promptLast, std::span<const FrozenEdit> frozen)
{
    ReferencePass pass {.tokens = tokens.size(),
        .heads = weights.heads,
        .hidden = weights.hidden,
        .vocabulary = weights.vocabulary,
        .scores = {},
        .patterns = {},
        .residuals = {},
        .finalNorm = {},
        .logits = {}};
    const std::size_t last = promptLast < 0 ? tokens.size() - 1 : static_cast<std::size_t>(promptLast);
    const Attention attention {weights, edits, frozen, last};
    Values residual;
    for (const TokenId id : tokens) {
        const auto row =
            weights.tokenEmbedding.begin() + static_cast<std::ptrdiff_t>(id.asSize() * weights.hidden);
        residual.insert(residual.end(), row, row + static_cast<std::ptrdiff_t>(weights.hidden));
    }
    for (std::size_t index = 0; index < weights.layers.size(); ++index) {
        const ReferenceLayer &layer = weights.layers[index];
        pass.residuals.push_back(residual);
        const Values normed = rmsNorm(residual, layer.attentionNorm, weights.normEpsilon);
        Values q = product(normed, tokens.size(), layer.query, weights.hidden);
        Values k = product(normed, tokens.size(), layer.key, weights.hidden);
        const Values v = product(normed, tokens.size(), layer.value, weights.hidden);
        rotate(q, weights.heads, weights);
        rotate(k, weights.kvHeads, weights);
        const Values mixed = attention.run(index, q, k, v, pass);
        addTo(
            residual, product(mixed, tokens.size(), layer.attentionOutput, weights.heads * weights.headSize));
        const Values inner = rmsNorm(residual, layer.feedForwardNorm, weights.normEpsilon);
        addTo(residual, swiGlu(inner, tokens.size(), layer, weights));
    }
    pass.residuals.push_back(residual);
    pass.finalNorm = rmsNorm(residual, weights.finalNorm, weights.normEpsilon);
    const Values &head = weights.outputHead.empty() ? weights.tokenEmbedding : weights.outputHead;
    pass.logits = product(pass.finalNorm, tokens.size(), head, weights.hidden);
    return pass;
}

std::vector<double> referenceLogSoftmax(std::span<const double> logits)
{
    const double largest = *std::max_element(logits.begin(), logits.end());
    double sum = 0.0;
    for (const double logit : logits)
        sum += std::exp(logit - largest);
    Values result(logits.begin(), logits.end());
    for (double &value : result)
        value -= largest + std::log(sum);
    return result;
}

double referenceEntropy(std::span<const double> weights)
{
    double entropy = 0.0;
    for (const double p : weights)
        if (p > 0.0)
            entropy -= p * std::log(p);
    return entropy;
}

double referenceRestEntropy(std::span<const double> weights)
{
    const Values rest(weights.begin() + 1, weights.end());
    double sum = 0.0;
    for (const double p : rest)
        sum += p;
    if (!(sum > 0.0))
        return 0.0;
    Values shares = rest;
    for (double &p : shares)
        p /= sum;
    return referenceEntropy(shares);
}

std::vector<TokenId> referenceGreedy(const ReferenceWeights &weights, std::vector<TokenId> tokens,
    std::span<const HeadEdit> edits, std::size_t steps, const std::vector<TokenId> &endTokens)
{
    const int promptLast = static_cast<int>(tokens.size()) - 1;
    std::vector<TokenId> generated;
    while (generated.size() < steps) {
        const ReferencePass pass = referenceForward(weights, tokens, edits, promptLast);
        const auto row = pass.logitsRow(tokens.size() - 1);
        const auto best = std::max_element(row.begin(), row.end());
        generated.emplace_back(static_cast<std::int32_t>(best - row.begin()));
        tokens.push_back(generated.back());
        if (std::find(endTokens.begin(), endTokens.end(), generated.back()) != endTokens.end())
            break;
    }
    return generated;
}

} // namespace sinkscope::test
