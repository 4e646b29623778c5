// SPDX-License-Identifier: Apache-2.0
// Tokens in groups that follow each other (words, lines, a span), and attention between groups.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace sinkscope {

/// Groups that follow each other and together hold all tokens; at least one token each.
struct TokenGroups {
    std::vector<std::size_t> starts; ///< [G] first token of each; starts[0] = 0, ascending
    std::size_t tokens = 0; ///< T

    std::size_t count() const { return starts.size(); }
    std::size_t first(std::size_t group) const { return starts[group]; }
    std::size_t last(std::size_t group) const
    {
        return (group + 1 < starts.size() ? starts[group + 1] : tokens) - 1;
    }
    std::size_t size(std::size_t group) const { return last(group) - first(group) + 1; }
    /// Of `token`. Precondition: token < tokens.
    std::size_t groupOf(std::size_t token) const;

    bool operator==(const TokenGroups &) const = default;
};

/// A token that begins with white space, or follows one that ends so, begins a word (ASCII white space).
/// `bytes` [T] of each token. The initial token is a group of its own here and below: a sink must not be
/// added to a word.
TokenGroups wordGroups(std::span<const std::string> bytes);

/// A token after one that holds a line feed begins a line.
TokenGroups lineGroups(std::span<const std::string> bytes);

/// Tokens first..last as one group, every other token alone; a span with the initial token leaves it out.
/// Precondition: first <= last < tokens.
TokenGroups spanGroups(std::size_t tokens, std::size_t first, std::size_t last);

/// [G (G + 1) / 2] attention between groups from a lower triangle [T (T + 1) / 2]: the sum over the keys of a
/// group, mean over the queries of a group. A row sums to 1 where the rows of its queries do.
std::vector<float> groupedAttention(std::span<const float> triangle, const TokenGroups &groups);

} // namespace sinkscope
