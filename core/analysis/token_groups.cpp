// SPDX-License-Identifier: Apache-2.0
// Groups of tokens and attention between them.
#include "core/analysis/token_groups.h"

#include <algorithm>

namespace sinkscope {

namespace {

bool isSpace(char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/// Groups of `bytes` where `begins(before, token)` says that a token begins one; so do the first two.
template <typename Begins> TokenGroups groupsOf(std::span<const std::string> bytes, const Begins &begins)
{
    TokenGroups groups;
    groups.tokens = bytes.size();
    for (std::size_t token = 0; token < bytes.size(); ++token)
        if (token < 2 || begins(bytes[token - 1], bytes[token]))
            groups.starts.push_back(token);
    return groups;
}

} // namespace

std::size_t TokenGroups::groupOf(std::size_t token) const
{
    const auto after = std::upper_bound(starts.begin(), starts.end(), token);
    return static_cast<std::size_t>(after - starts.begin()) - 1;
}

TokenGroups wordGroups(std::span<const std::string> bytes)
{
    return groupsOf(bytes, [](const std::string &before, const std::string &token) {
        return (!before.empty() && isSpace(before.back())) || (!token.empty() && isSpace(token.front()));
    });
}

TokenGroups lineGroups(std::span<const std::string> bytes)
{
    return groupsOf(bytes, [](const std::string &before, const std::string &) {
        return before.find('\n') != std::string::npos;
    });
}

TokenGroups spanGroups(std::size_t tokens, std::size_t first, std::size_t last)
{
    TokenGroups groups;
    groups.tokens = tokens;
    first = std::max<std::size_t>(first, 1);
    for (std::size_t token = 0; token < tokens; ++token)
        if (token <= first || token > last)
            groups.starts.push_back(token);
    return groups;
}

std::vector<float> groupedAttention(std::span<const float> triangle, const TokenGroups &groups)
{
    std::vector<float> grouped;
    grouped.reserve(groups.count() * (groups.count() + 1) / 2);
    std::vector<double> sums;
    for (std::size_t rows = 0; rows < groups.count(); ++rows) {
        sums.assign(rows + 1, 0.0);
        for (std::size_t query = groups.first(rows); query <= groups.last(rows); ++query) {
            const std::span<const float> row = triangle.subspan(query * (query + 1) / 2, query + 1);
            for (std::size_t keys = 0; keys <= rows; ++keys) {
                const std::size_t end = std::min(groups.last(keys), query); // of its own group: keys so far
                for (std::size_t key = groups.first(keys); key <= end; ++key)
                    sums[keys] += static_cast<double>(row[key]);
            }
        }
        for (const double sum : sums)
            grouped.push_back(static_cast<float>(sum / static_cast<double>(groups.size(rows))));
    }
    return grouped;
}

} // namespace sinkscope
