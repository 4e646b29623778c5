// SPDX-License-Identifier: Apache-2.0
// Groups of tokens, and attention between them, worked out by hand.
#include "core/analysis/token_groups.h"

#include <cmath>
#include <gtest/gtest.h>

namespace sinkscope {
namespace {

using Starts = std::vector<std::size_t>;

TEST(TokenGroups, AWordBeginsWithOrAfterWhiteSpace)
{
    const std::vector<std::string> bytes {
        "<s>", "The", " film", " is", " pain", "fully", " slow", ".", "\n", "Truly", "?"};
    const TokenGroups groups = wordGroups(bytes);
    EXPECT_EQ(groups.starts, (Starts {0, 1, 2, 3, 4, 6, 8, 9}));
    EXPECT_EQ(groups.groupOf(5), 4U) << "'fully' belongs to ' pain'";
    EXPECT_EQ(groups.last(4), 5U);
    EXPECT_EQ(groups.last(5), 7U) << "the full stop belongs to ' slow'";
    EXPECT_EQ(groups.last(7), 10U) << "to the end of the prompt";
}

TEST(TokenGroups, TheInitialTokenStaysAlone)
{
    EXPECT_EQ(wordGroups(std::vector<std::string> {"un", "happy", "ly"}).starts, (Starts {0, 1}));
    EXPECT_EQ(lineGroups(std::vector<std::string> {"un", "happy", "ly"}).starts, (Starts {0, 1}));
    EXPECT_EQ(spanGroups(5, 0, 2).starts, (Starts {0, 1, 3, 4}));
    EXPECT_EQ(wordGroups(std::vector<std::string> {"one"}).starts, (Starts {0}));
    EXPECT_TRUE(wordGroups(std::vector<std::string> {}).starts.empty());
}

TEST(TokenGroups, ALineEndsAfterItsLineFeed)
{
    const std::vector<std::string> bytes {"<s>", "one", " two", ".\n\n", "three", "\n", "four"};
    EXPECT_EQ(lineGroups(bytes).starts, (Starts {0, 1, 4, 6}));
}

TEST(TokenGroups, ASpanChosenByHandIsOneGroup)
{
    const TokenGroups groups = spanGroups(6, 2, 4);
    EXPECT_EQ(groups.starts, (Starts {0, 1, 2, 5}));
    EXPECT_EQ(groups.size(2), 3U);
    EXPECT_EQ(spanGroups(3, 1, 1).starts, (Starts {0, 1, 2})) << "one token: nothing changes";
}

TEST(GroupedAttention, SumsKeysAndTakesTheMeanOfQueries)
{
    // Tokens 0 | 1 2 | 3.
    const std::vector<float> triangle {1.0F, //
        0.75F, 0.25F, //
        0.5F, 0.375F, 0.125F, //
        0.25F, 0.25F, 0.125F, 0.375F};
    TokenGroups groups;
    groups.starts = {0, 1, 3};
    groups.tokens = 4;
    // Row 1: key 0 (0.75 + 0.5) / 2, keys 1 and 2 (0.25 + 0.375 + 0.125) / 2.
    EXPECT_EQ(groupedAttention(triangle, groups),
        (std::vector<float> {1.0F, 0.625F, 0.375F, 0.25F, 0.375F, 0.375F}));
}

TEST(GroupedAttention, RowsGoOnSummingToOne)
{
    constexpr std::size_t kTokens = 23;
    std::vector<float> triangle;
    for (std::size_t query = 0; query < kTokens; ++query) {
        std::vector<double> row(query + 1);
        double sum = 0.0;
        for (std::size_t key = 0; key <= query; ++key)
            sum += row[key] = 1.0 + std::sin(static_cast<double>(7 * query + 3 * key));
        for (const double weight : row)
            triangle.push_back(static_cast<float>(weight / sum));
    }
    const TokenGroups groups = spanGroups(kTokens, 4, 11);
    const std::vector<float> grouped = groupedAttention(triangle, groups);
    ASSERT_EQ(grouped.size(), groups.count() * (groups.count() + 1) / 2);
    for (std::size_t row = 0, at = 0; row < groups.count(); ++row) {
        double sum = 0.0;
        for (std::size_t key = 0; key <= row; ++key)
            sum += static_cast<double>(grouped[at++]);
        EXPECT_NEAR(sum, 1.0, 2e-6) << row; // up to 23 roundings of fp32 in the rows and as many again here
    }
}

} // namespace
} // namespace sinkscope
