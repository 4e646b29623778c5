// SPDX-License-Identifier: Apache-2.0
// Products of factors on the cells (key, row) where the edits of one head overlap.
#include "core/intervention/meeting_factors.h"

#include "core/base/error.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>

namespace sinkscope {

namespace {

constexpr std::int32_t kEndless = std::numeric_limits<std::int32_t>::max();
// Scores are cut at 1e29 (core/ops/row_edits.cpp): a score of 1e5 times this stays below it.
constexpr double kLargestProduct = 1e24;
constexpr double kSmallestProduct = 1e-24;
// As for one such factor (checkEdit): the layers above square what it multiplies.
constexpr double kLargestStateProduct = 1e4;
constexpr double kRoundingOfLogarithms = 1e-9; // so that 100 times 100 is not more than 10000

double largestProduct(EditKind kind)
{
    const bool scalesState = kind == EditKind::Gain || kind == EditKind::KeyShared;
    return scalesState ? kLargestStateProduct : kLargestProduct;
}

/// Rows [begin, end) of a selection.
struct Rows {
    std::int32_t begin = 0;
    std::int32_t end = kEndless;
    bool contains(std::int32_t row) const { return row >= begin && row < end; }
};

Rows rowsOf(const QuerySelection &queries, int tokenCount)
{
    switch (queries.kind) {
    case QuerySelection::Kind::All:
        return {};
    case QuerySelection::Kind::Last: // of a prompt not known yet: somewhere behind all others
        return {.begin = tokenCount > 0 ? tokenCount - 1 : kEndless - 1};
    case QuerySelection::Kind::From:
        return {.begin = queries.begin.value};
    case QuerySelection::Kind::Span:
        return {.begin = queries.begin.value, .end = queries.end.value};
    }
    return {};
}

/// Logarithms of the factors that meet: of those above 1 and of those below.
struct Product {
    double above = 0.0;
    double below = 0.0;
    int count = 0;
    bool isZero = false;

    void multiply(double gamma)
    {
        ++count;
        if (gamma == 0.0)
            isZero = true;
        else
            (gamma > 1.0 ? above : below) += std::log(gamma);
    }
    bool isBounded(EditKind kind) const
    {
        return count < 2
            || (above <= std::log(largestProduct(kind)) + kRoundingOfLogarithms
                && below >= std::log(kSmallestProduct) - kRoundingOfLogarithms);
    }
};

/// The edits that act on the same thing as one of them: same head (KeyShared: KV group) and kind.
class Site {
public:
    Site(std::span<const HeadEdit> edits, const HeadEdit &first, const HeadGrid &grid, int tokenCount)
        : m_edits(edits)
        , m_first(first)
        , m_groupSize(first.kind == EditKind::KeyShared ? grid.groupSize() : 1)
        , m_tokenCount(tokenCount)
    {
    }

    void require() const
    {
        // All of them together bound what any cell can have: most edits end here.
        if (productWhere([](const HeadEdit &) { return true; }).isBounded(m_first.kind))
            return;
        // The cell with the most factors begins where one of them begins, in keys and in rows.
        for (const HeadEdit &keys : m_edits) {
            if (!isMember(keys))
                continue;
            const TokenPos key = keys.key.begin;
            const auto onKey = [&](const HeadEdit &edit) { return edit.key.contains(key); };
            if (productWhere(onKey).isBounded(m_first.kind))
                continue;
            for (const HeadEdit &rows : m_edits)
                if (isMember(rows) && onKey(rows))
                    requireCell(key, rowsOf(rows.queries, m_tokenCount).begin);
        }
    }

    bool isMember(const HeadEdit &edit) const
    {
        return edit.kind == m_first.kind && edit.hasEffect() && edit.key.kind == KeyTarget::Kind::Keys
            && edit.head.layer == m_first.head.layer
            && edit.head.head.value / m_groupSize == m_first.head.head.value / m_groupSize;
    }

private:
    void requireCell(TokenPos key, std::int32_t row) const
    {
        const Product product = productWhere([&](const HeadEdit &edit) {
            return edit.key.contains(key) && rowsOf(edit.queries, m_tokenCount).contains(row);
        });
        if (product.isZero || product.isBounded(m_first.kind))
            return;
        throw RequestError(
            {.what = fmt::format("{} factors of kind {} of layer {} head {} meet{} in row {} and "
                                 "multiply beyond what can be computed",
                 product.count, kindName(m_first.kind), m_first.head.layer.value, m_first.head.head.value,
                 hasKeys(m_first.kind) ? fmt::format(" on key {}", key.value) : "", row),
                .given = fmt::format("a product of 10^{:.0f} of those above 1, 10^{:.0f} of those below",
                    product.above / std::log(10.0), product.below / std::log(10.0)),
                .expected = fmt::format("at most {} and at least {}, or one that is 0",
                    largestProduct(m_first.kind), kSmallestProduct),
                .wayOut = "Give one edit for what they share"});
    }

    /// KeyShared given for several heads of the group is one factor.
    bool isRepeated(const HeadEdit &edit) const
    {
        return m_groupSize > 1 && std::any_of(m_edits.data(), &edit, [&](const HeadEdit &earlier) {
            return isMember(earlier) && earlier.key == edit.key;
        });
    }

    template <typename Wanted> Product productWhere(const Wanted &wanted) const
    {
        Product product;
        for (const HeadEdit &edit : m_edits)
            if (isMember(edit) && wanted(edit) && !isRepeated(edit))
                product.multiply(edit.gamma);
        return product;
    }

    std::span<const HeadEdit> m_edits; ///< of one layer and, but for KeyShared, of one head and kind
    const HeadEdit &m_first;
    int m_groupSize;
    int m_tokenCount;
};

} // namespace

void requireBoundedProducts(std::span<const HeadEdit> edits, const HeadGrid &grid, int tokenCount)
{
    const auto endOf = [&](std::size_t at, const auto &same) {
        while (at < edits.size() && same(edits[at]))
            ++at;
        return at;
    };
    for (std::size_t layerBegin = 0; layerBegin < edits.size();) {
        const std::size_t layerEnd = endOf(layerBegin,
            [&](const HeadEdit &edit) { return edit.head.layer == edits[layerBegin].head.layer; });
        std::int32_t checkedGroups = -1; // KV groups come in order
        for (std::size_t at = layerBegin; at < layerEnd;) {
            const HeadEdit &first = edits[at];
            const std::size_t end = endOf(
                at, [&](const HeadEdit &edit) { return edit.head == first.head && edit.kind == first.kind; });
            const std::int32_t group = first.head.head.value / grid.groupSize();
            if (first.kind == EditKind::KeyShared) {
                if (group > checkedGroups)
                    Site(edits.subspan(layerBegin, layerEnd - layerBegin), first, grid, tokenCount).require();
                checkedGroups = group;
            } else if (hasGamma(first.kind) && end - at > 1) {
                Site(edits.subspan(at, end - at), first, grid, tokenCount).require();
            }
            at = end;
        }
        layerBegin = layerEnd;
    }
}

} // namespace sinkscope
