// SPDX-License-Identifier: Apache-2.0
// What the checkpoint store keeps, counts and lets go.
#include "core/engine/checkpoint_store.h"

#include <gtest/gtest.h>

namespace sinkscope {
namespace {

constexpr std::size_t kRecordBytes = 4 * 8 * sizeof(float); // of one record below: [4, 8] floats

std::shared_ptr<const LayerRecord> record()
{
    auto made = std::make_shared<LayerRecord>();
    made->residualIn = Matrix(4, 8);
    return made;
}

/// A snapshot of a model of two layers; `gamma` 1 is the baseline. `below` is shared with another pass.
std::shared_ptr<const Snapshot> snapshot(
    int firstToken, double gamma, const std::shared_ptr<const LayerRecord> &below = record())
{
    auto made = std::make_shared<Snapshot>();
    made->stage = SnapshotStage::Full;
    auto prompt = std::make_shared<TokenizedPrompt>();
    prompt->ids = {TokenId(firstToken), TokenId(2), TokenId(3), TokenId(4)};
    made->prompt = prompt;
    made->intervention.setFactor({LayerIndex(1), HeadIndex(0)}, gamma);
    auto pass = std::make_shared<PassResult>();
    pass->layers = {below, record()};
    made->pass = pass;
    made->logProbabilities = std::make_shared<const std::vector<double>>();
    return made;
}

TEST(CheckpointStore, CountsSharedRecordsOnce)
{
    CheckpointStore store(1 << 20);
    const auto below = record();
    store.put(snapshot(1, 1.0, below));
    EXPECT_EQ(store.bytes(), 2 * kRecordBytes);
    store.put(snapshot(1, 2.0, below));
    EXPECT_EQ(store.bytes(), 3 * kRecordBytes);
}

TEST(CheckpointStore, CountsPatternsInEitherPrecision)
{
    CheckpointStore store(1 << 20);
    const auto single = std::make_shared<LayerRecord>(*record());
    single->patterns.resize(10);
    const auto half = std::make_shared<LayerRecord>(*record());
    half->halfPatterns.resize(10);
    store.put(snapshot(1, 1.0, single));
    EXPECT_EQ(store.bytes(), 2 * kRecordBytes + 10 * 4);
    store.put(snapshot(2, 1.0, half));
    EXPECT_EQ(store.bytes(), 4 * kRecordBytes + 10 * 4 + 10 * 2);
}

TEST(CheckpointStore, TheLeastRecentlyUsedGoFirst)
{
    CheckpointStore store(6 * kRecordBytes);
    const auto oldest = snapshot(1, 2.0);
    const auto used = snapshot(2, 2.0);
    store.put(oldest);
    store.put(used);
    store.put(snapshot(3, 2.0));
    EXPECT_EQ(store.findOrNull(*oldest->prompt, *oldest->pass, {}, 0), oldest); // now the most recent
    store.put(snapshot(4, 2.0));
    EXPECT_EQ(store.size(), 3U);
    EXPECT_EQ(store.findOrNull(*used->prompt, *used->pass, {}, 0), nullptr);
    EXPECT_EQ(store.findOrNull(*oldest->prompt, *oldest->pass, {}, 0), oldest);
}

TEST(CheckpointStore, TheNewestAndItsBaselineStayWhateverTheBudget)
{
    CheckpointStore store(1);
    const auto baseline = snapshot(1, 1.0);
    store.put(baseline);
    store.put(snapshot(1, 2.0));
    store.put(snapshot(1, 3.0));
    EXPECT_EQ(store.size(), 2U);
    EXPECT_EQ(store.findOrNull(*baseline->prompt, *baseline->pass, {}, 0), baseline);
}

TEST(CheckpointStore, TheSameQuestionReplaces)
{
    CheckpointStore store(1 << 20);
    const auto first = snapshot(1, 2.0);
    store.put(first);
    store.put(snapshot(1, 2.0));
    EXPECT_EQ(store.size(), 1U);
    EXPECT_EQ(store.bytes(), 2 * kRecordBytes);
    const auto again = std::make_shared<Snapshot>(*first);
    store.put(first);
    store.put(again); // of the same pass: what it shares with the one that goes stays counted
    EXPECT_EQ(store.size(), 1U);
    EXPECT_EQ(store.bytes(), 2 * kRecordBytes);
    store.clear();
    EXPECT_EQ(store.bytes(), 0U);
}

TEST(CheckpointStore, PicturesOfADragGoWithTheNextOne)
{
    CheckpointStore store(1 << 20);
    const auto baseline = snapshot(1, 1.0);
    const auto answered = snapshot(1, 2.0);
    const auto passing = std::make_shared<Snapshot>(*snapshot(1, 3.0));
    passing->stage = SnapshotStage::Preview;
    for (const auto &kept : {baseline, answered, std::shared_ptr<const Snapshot>(passing)})
        store.put(kept);
    EXPECT_EQ(store.size(), 3U); // the newest stays, whatever its stage
    store.put(snapshot(1, 4.0));
    EXPECT_EQ(store.size(), 3U);
    EXPECT_EQ(store.findOrNull(*passing->prompt, *passing->pass, {}, 0), nullptr);
    EXPECT_EQ(store.findOrNull(*answered->prompt, *answered->pass, {}, 0), answered);
}

TEST(CheckpointStore, CandidatesAreOfTheSameTokens)
{
    CheckpointStore store(1 << 20);
    const auto mine = snapshot(1, 2.0);
    store.put(mine);
    store.put(snapshot(2, 2.0));
    const auto found = store.candidates(mine->prompt->ids, CheckpointStore::Prompts::Same);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found.front().pass, mine->pass);
    EXPECT_EQ(*found.front().intervention, mine->intervention);
    EXPECT_EQ(found.front().commonTokens, 4U);
}

TEST(CheckpointStore, PromptsThatBeginAlikeAreCandidatesToo)
{
    CheckpointStore store(1 << 20);
    const auto mine = snapshot(1, 2.0); // tokens 1 2 3 4
    store.put(mine);
    store.put(snapshot(9, 2.0));
    const std::vector<TokenId> longer {TokenId(1), TokenId(2), TokenId(3), TokenId(7), TokenId(8)};
    EXPECT_TRUE(store.candidates(longer, CheckpointStore::Prompts::Same).empty());
    const auto found = store.candidates(longer, CheckpointStore::Prompts::SameBeginning);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found.front().pass, mine->pass);
    EXPECT_EQ(found.front().commonTokens, 3U);
}

TEST(CheckpointStore, OtherAnswersAreAnotherQuestion)
{
    CheckpointStore store(1 << 20);
    const auto mine = snapshot(1, 2.0);
    store.put(mine);
    EXPECT_EQ(store.findOrNull(*mine->prompt, *mine->pass, {" yes"}, 0), nullptr);
    EXPECT_EQ(store.findOrNull(*mine->prompt, *mine->pass, {}, 0), mine);
}

} // namespace
} // namespace sinkscope
