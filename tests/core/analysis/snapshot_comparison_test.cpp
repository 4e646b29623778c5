// SPDX-License-Identifier: Apache-2.0
// Alignments, changes of heads and next tokens, against lists written by hand.
#include "core/analysis/snapshot_comparison.h"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>

namespace sinkscope {
namespace {

using Tokens = std::vector<std::string>;

std::vector<int> aligned(const Tokens &first, const Tokens &second)
{
    return alignTokens(first, second).inFirst;
}

TEST(TokenAlignment, BeginningAndEndAreAlignedAroundAChangedWord)
{
    const Tokens first {"The", " cat", " sat", "."};
    EXPECT_EQ(aligned(first, {"The", " old", " dog", " sat", "."}), (std::vector<int> {0, -1, -1, 2, 3}));
    EXPECT_EQ(aligned(first, first), (std::vector<int> {0, 1, 2, 3}));
    EXPECT_TRUE(alignTokens(first, first).isOneToOne());
    EXPECT_FALSE(alignTokens(first, Tokens {"The", " cat", " sat"}).isOneToOne())
        << "one of the first is left";
    EXPECT_FALSE(alignTokens(Tokens {"The"}, first).isOneToOne());
}

TEST(TokenAlignment, TheMiddleHasALongestCommonSubsequence)
{
    // Of a b c b d a b and b d c a b a: length 4 (Cormen et al., Introduction to Algorithms, section 15.4).
    const Tokens first {"<", "a", "b", "c", "b", "d", "a", "b", ">"};
    const Tokens second {"<", "b", "d", "c", "a", "b", "a", ">"};
    const TokenAlignment alignment = alignTokens(first, second);
    EXPECT_EQ(alignment.partnerCount(), 6U) << "four and the two ends";
    int last = -1;
    for (std::size_t token = 0; token < second.size(); ++token) {
        const int partner = alignment.inFirst[token];
        if (partner < 0)
            continue;
        EXPECT_GT(partner, last);
        EXPECT_EQ(first[static_cast<std::size_t>(partner)], second[token]);
        last = partner;
    }
}

TEST(TokenAlignment, NothingInCommonAndNothingAtAll)
{
    EXPECT_EQ(aligned({"a", "b"}, {"c"}), (std::vector<int> {-1}));
    EXPECT_TRUE(aligned({"a"}, {}).empty());
    EXPECT_EQ(aligned({}, {"a"}), (std::vector<int> {-1}));
}

/// One layer with two heads, of which the last row is given.
PassResult passOf(const std::vector<float> &rowOfHead0, const std::vector<float> &rowOfHead1)
{
    auto layer = std::make_shared<LayerRecord>();
    const std::size_t tokens = rowOfHead0.size();
    layer->residualIn = Matrix(tokens, 2);
    layer->sinkMass = Matrix(2, tokens);
    layer->entropy = Matrix(2, tokens);
    layer->lastRow = Matrix(2, tokens);
    for (std::size_t head = 0; head < 2; ++head) {
        const std::vector<float> &row = head == 0 ? rowOfHead0 : rowOfHead1;
        float entropy = 0.0F;
        for (std::size_t key = 0; key < tokens; ++key) {
            layer->lastRow.row(head)[key] = row[key];
            entropy -= row[key] > 0 ? row[key] * std::log(row[key]) : 0.0F;
        }
        layer->sinkMass.row(head)[tokens - 1] = row[0];
        layer->entropy.row(head)[tokens - 1] = entropy;
    }
    PassResult pass;
    pass.layers = {layer};
    return pass;
}

TEST(HeadChanges, AreOrderedByHalfTheSumOfDifferencesOfTheLastRow)
{
    const PassResult first = passOf({0.5F, 0.25F, 0.25F}, {0.5F, 0.5F, 0.0F});
    const PassResult second = passOf({0.25F, 0.5F, 0.25F}, {1.0F, 0.0F, 0.0F});
    const Tokens tokens {"a", "b", "c"};
    const std::vector<HeadChange> changes = compareHeads(first, second, alignTokens(tokens, tokens));
    ASSERT_EQ(changes.size(), 2U);
    EXPECT_EQ(changes[0].head.head.value, 1);
    EXPECT_DOUBLE_EQ(changes[0].movedWeight, 0.5);
    EXPECT_DOUBLE_EQ(changes[0].sinkMass, 0.5);
    EXPECT_NEAR(changes[0].entropyNats, -std::log(2.0), 1e-7); // fp32 figures
    EXPECT_DOUBLE_EQ(changes[1].movedWeight, 0.25);
    EXPECT_DOUBLE_EQ(changes[1].sinkMass, -0.25);
    EXPECT_NEAR(changes[1].entropyNats, 0.0, 1e-7);
    EXPECT_DOUBLE_EQ(compareHeads(first, first, alignTokens(tokens, tokens))[0].movedWeight, 0.0);
}

TEST(HeadChanges, AKeyWithoutPartnerCountsAsAWhole)
{
    const PassResult first = passOf({0.5F, 0.25F, 0.25F}, {1.0F, 0.0F, 0.0F});
    const PassResult second = passOf({0.5F, 0.125F, 0.125F, 0.25F}, {1.0F, 0.0F, 0.0F, 0.0F});
    // " b" went, " x" and " y" came: |0.5 - 0.5| + 0.125 + 0.125 + |0.25 - 0.25| + 0.25, half of it.
    const TokenAlignment alignment = alignTokens(Tokens {"a", " b", "."}, Tokens {"a", " x", " y", "."});
    const std::vector<HeadChange> changes = compareHeads(first, second, alignment);
    EXPECT_EQ(changes[0].head.head.value, 0);
    EXPECT_DOUBLE_EQ(changes[0].movedWeight, 0.25);
    EXPECT_DOUBLE_EQ(changes[1].movedWeight, 0.0);
}

TEST(HeadChanges, OfModelsOfOtherShapesThereAreNone)
{
    PassResult two = passOf({1.0F}, {1.0F});
    two.layers.push_back(two.layers.front());
    EXPECT_TRUE(compareHeads(passOf({1.0F}, {1.0F}), two, alignTokens(Tokens {"a"}, Tokens {"a"})).empty());
}

Snapshot snapshotOf(const std::vector<double> &probabilities, const std::vector<int> &top)
{
    Snapshot snapshot;
    auto logs = std::make_shared<std::vector<double>>();
    for (const double p : probabilities)
        logs->push_back(std::log(p));
    snapshot.logProbabilities = logs;
    for (const int id : top)
        snapshot.output.top.push_back(
            {TokenId(id), "t" + std::to_string(id), probabilities[static_cast<std::size_t>(id)]});
    return snapshot;
}

TEST(NextTokenPairs, HoldTheMostLikelyOfBothSidesInTheOrderOfTheSecond)
{
    const Snapshot first = snapshotOf({0.5, 0.3, 0.15, 0.05}, {0, 1, 2, 3});
    const Snapshot second = snapshotOf({0.1, 0.2, 0.6, 0.1}, {2, 1, 0, 3});
    const auto pairs = compareNextTokens(first, second, Vocabularies::Same, 2);
    ASSERT_EQ(pairs.size(), 3U) << "2 and 1 of the second, 0 of the first";
    EXPECT_EQ(pairs[0].text, "t2");
    EXPECT_NEAR(*pairs[0].first, 0.15, 1e-12); // exp of ln
    EXPECT_NEAR(*pairs[0].second, 0.6, 1e-12);
    EXPECT_EQ(pairs[2].text, "t0");
    EXPECT_NEAR(*pairs[2].first, 0.5, 1e-12);
    EXPECT_NEAR(*pairs[2].second, 0.1, 1e-12);
}

TEST(NextTokenPairs, OfOtherVocabulariesAreJoinedByTextAndUnknownElsewhere)
{
    Snapshot first = snapshotOf({0.5, 0.5}, {0, 1});
    first.output.top[1].text = "other";
    const Snapshot second = snapshotOf({0.25, 0.75}, {1, 0});
    const auto pairs = compareNextTokens(first, second, Vocabularies::Different, 2);
    ASSERT_EQ(pairs.size(), 3U);
    EXPECT_EQ(pairs[0].text, "t1");
    EXPECT_FALSE(pairs[0].first.has_value());
    EXPECT_EQ(pairs[1].text, "t0");
    EXPECT_NEAR(*pairs[1].first, 0.5, 1e-12);
    EXPECT_EQ(pairs[2].text, "other");
    EXPECT_FALSE(pairs[2].second.has_value());
}

} // namespace
} // namespace sinkscope
