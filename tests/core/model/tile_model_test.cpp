// SPDX-License-Identifier: Apache-2.0
// Whole models on the tile unit (or the model of it): against the slow reference, with fewer terms, under a
// budget.
#include "core/weights/open_weights.h"
#include "core/weights/weight_source.h"
#include "tests/core/model/test_edits.h"
#include "tests/support/model_session.h"
#include "tests/support/pass_comparison.h"
#include "tests/support/tiny_model.h"

#include <cmath>
#include <gtest/gtest.h>

namespace sinkscope {
namespace {

using test::ModelSession;
using test::TinyModelOptions;
using test::TinyStorage;

constexpr LoadOptions kOnTiles {.backend = GemmBackend::Amx};

std::vector<TokenId> someTokens(int count)
{
    std::vector<TokenId> tokens;
    tokens.reserve(static_cast<std::size_t>(count));
    for (int at = 0; at < count; ++at)
        tokens.emplace_back((at * 41 + 7) % 280);
    return tokens;
}

/// The shapes at whose edges tiles end: rows, inputs and outputs that fill them and that do not.
std::vector<TinyModelOptions> shapes()
{
    std::vector<TinyModelOptions> shapes(6);
    shapes[1].heads = 5;
    shapes[1].kvHeads = 1;
    shapes[1].headSize = 14;
    shapes[1].hidden = 27;
    shapes[1].feedForward = 41;
    shapes[2].tied = false;
    shapes[3].storage = TinyStorage::F16;
    shapes[4].storage = TinyStorage::Q4_1;
    shapes[5].storage = TinyStorage::Q8_0;
    return shapes;
}

// The tolerances of the other backends: they are those of fp32.
TEST(TileModel, PassesAgreeWithTheReference)
{
    const Intervention edits = test::withEdits({test::headEdit(0, 0, 0.0), test::headEdit(1, 0, 6.5)});
    int shape = 0;
    for (const TinyModelOptions &options : shapes()) {
        SCOPED_TRACE(shape++);
        ModelSession session(test::writeTinyModel(options), kOnTiles);
        ASSERT_EQ(preparedBackend(session.model()), GemmBackend::Amx);
        for (const int count : {1, 24, 33}) {
            SCOPED_TRACE(count);
            const std::vector<TokenId> tokens = someTokens(count);
            const auto weights = test::tinyWeights(options);
            EXPECT_TRUE(agrees(*session.run(tokens), test::referenceForward(weights, tokens)));
            EXPECT_TRUE(
                agrees(*session.run(tokens, &edits), test::referenceForward(weights, tokens, edits.edits())));
        }
    }
}

TEST(TileModel, FewerTermsAreWhatTheySay)
{
    ModelSession session(test::writeTinyModel(), kOnTiles);
    const std::vector<TokenId> tokens = someTokens(24);
    const auto exact = session.run(tokens);
    const auto largestDifference = [&](GemmPrecision precision) {
        session.gemm().setPrecision(precision);
        const auto pass = session.run(tokens);
        float largest = 0.0F;
        for (std::size_t at = 0; at < pass->logitsLast.size(); ++at)
            largest = std::max(largest, std::fabs(pass->logitsLast[at] - exact->logitsLast[at]));
        return largest;
    };
    // logits of size 5 or so, a product is off by 2^-17 (two terms) or 2^-9 (one), three layers grow that
    const float two = largestDifference(GemmPrecision::TwoTerms);
    EXPECT_GT(two, 0.0F);
    EXPECT_LT(two, 2e-3F);
    const float one = largestDifference(GemmPrecision::OneTerm);
    EXPECT_GT(one, 10.0F * two);
    EXPECT_LT(one, 0.5F);
    EXPECT_EQ(largestDifference(GemmPrecision::Exact), 0.0F); // nothing of the others stays
}

TEST(TileModel, TermsFollowFromTheStoredValues)
{
    for (const auto &[storage, terms] : {std::pair(TinyStorage::F16, 2), std::pair(TinyStorage::Q4_0, 2),
             std::pair(TinyStorage::Q4_1, 3), std::pair(TinyStorage::Q8_0, 3)}) {
        TinyModelOptions options;
        options.storage = storage;
        const std::string path = test::writeTinyModel(options);
        EXPECT_EQ(storedTileTerms(*openWeights(path)), terms);
        ModelSession session(path, kOnTiles);
        for (const LayerWeights &layer : session.model().weights.layers) {
            EXPECT_LE(layer.query.tileTerms, terms);
            EXPECT_LE(layer.down.tileTerms, terms);
        }
    }
}

TEST(TileModel, WithoutRoomForItsTilesAModelIsPreparedForThePackedKernel)
{
    const std::string path = test::writeTinyModel();
    ModelSession packed(path);
    const std::size_t tiles = planExpansion(packed.model().config, kOnTiles).bytes;
    const std::size_t panels = planExpansion(packed.model().config, {}).bytes;
    ASSERT_GT(tiles, panels); // three terms of 2 bytes against 4
    const ExpansionPlan plan =
        planExpansion(packed.model().config, {.backend = GemmBackend::Amx, .expandedBudgetBytes = tiles - 1});
    EXPECT_EQ(plan.backend, GemmBackend::Packed);
    EXPECT_EQ(plan.bytes, panels);
    ModelSession session(path, {.backend = GemmBackend::Amx, .expandedBudgetBytes = tiles - 1});
    EXPECT_EQ(preparedBackend(session.model()), GemmBackend::Packed);
    EXPECT_TRUE(test::sameBytes(*session.run(someTokens(9)), *packed.run(someTokens(9))));
    // weights of one term need a third of it
    const ExpansionPlan oneTerm = planExpansion(packed.model().config,
        {.backend = GemmBackend::Amx, .expandedBudgetBytes = tiles - 1, .tileTerms = 1});
    EXPECT_EQ(oneTerm.backend, GemmBackend::Amx);
    EXPECT_LT(oneTerm.bytes, panels);
}

} // namespace
} // namespace sinkscope
