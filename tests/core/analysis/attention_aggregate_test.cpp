// SPDX-License-Identifier: Apache-2.0
// Mean, maximum and rollout of attention: a pass written by hand, and the slow pass in double.
#include "core/analysis/attention_aggregate.h"

#include "core/ops/row_kernels.h"
#include "tests/core/model/test_edits.h"
#include "tests/support/model_session.h"
#include "tests/support/reference_forward.h"
#include "tests/support/test_values.h"
#include "tests/support/tiny_model.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace sinkscope {
namespace {

// fp32 patterns of a pass of three layers against fp64 (tests/core/model), through at most three products of
// rows that sum to 1: nothing grows.
constexpr double kOfWeight = 2e-5;

constexpr HeadRef headAt(int layer, int head)
{
    return {LayerIndex(layer), HeadIndex(head)};
}

/// Two heads of three tokens. Head 0 of the layer gives key 0 `sink` and the rest to the query itself; head 1
/// reads the token before.
std::shared_ptr<LayerRecord> layerOf(float sink)
{
    auto layer = std::make_shared<LayerRecord>();
    layer->residualIn = Matrix(3, 2);
    layer->sinkMass = Matrix(2, 3);
    const float rest = 1.0F - sink;
    layer->patterns = {1.0F, sink, rest, sink, 0.0F, rest, //
        1.0F, 1.0F, 0.0F, 0.0F, 1.0F, 0.0F};
    const std::vector<float> first {1.0F, sink, sink};
    const std::vector<float> second {1.0F, 1.0F, 0.0F};
    std::ranges::copy(first, layer->sinkMass.row(0).begin());
    std::ranges::copy(second, layer->sinkMass.row(1).begin());
    return layer;
}

PassResult handPass()
{
    PassResult pass;
    pass.layers = {layerOf(0.5F), layerOf(0.75F)};
    return pass;
}

TEST(AggregateHeads, MeanAndMaximumOfHeadsOfSeveralLayers)
{
    const PassResult pass = handPass();
    const std::vector<HeadRef> heads {headAt(0, 0), headAt(1, 0)};
    EXPECT_EQ(aggregateHeads(pass, heads, HeadAggregate::Mean, {}),
        (std::vector<float> {1.0F, 0.625F, 0.375F, 0.625F, 0.0F, 0.375F}));
    EXPECT_EQ(aggregateHeads(pass, heads, HeadAggregate::Maximum, {}),
        (std::vector<float> {1.0F, 0.75F, 0.5F, 0.75F, 0.0F, 0.5F}));
    const std::vector<HeadRef> one {headAt(1, 1)};
    EXPECT_EQ(aggregateHeads(pass, one, HeadAggregate::Mean, {}),
        (std::vector<float> {1.0F, 1.0F, 0.0F, 0.0F, 1.0F, 0.0F}));
}

TEST(AttentionRollout, OfTwoLayersByHand)
{
    // Means: W_0 = [1; .75 .25; .25 .5 .25], W_1 = [1; .875 .125; .375 .5 .125].
    // A_0 = [1; .375 .625; .125 .25 .625], A_1 = [1; .4375 .5625; .1875 .25 .5625].
    const PassResult pass = handPass();
    EXPECT_EQ(attentionRollout(pass, LayerIndex(0), {}),
        (std::vector<float> {1.0F, 0.375F, 0.625F, 0.125F, 0.25F, 0.625F}));
    // Row 1: .4375 + .5625 * .375, .5625 * .625.
    // Row 2: .1875 + .25 * .375 + .5625 * .125, .25 * .625 + .5625 * .25, .5625 * .625.
    EXPECT_EQ(attentionRollout(pass, LayerIndex(1), {}),
        (std::vector<float> {1.0F, 0.6484375F, 0.3515625F, 0.3515625F, 0.296875F, 0.3515625F}));
}

TEST(AttentionRollout, RowsThatDoNotSumToOneAreNormalised)
{
    PassResult pass;
    auto layer = std::make_shared<LayerRecord>();
    layer->residualIn = Matrix(2, 2);
    layer->sinkMass = Matrix(1, 2);
    layer->patterns = {1.0F, 0.25F, 0.25F}; // half of row 1 lies on a learned sink
    pass.layers = {layer};
    // 0.5 W + 0.5 I = [.125 .625], divided by .75.
    const auto rollout = attentionRollout(pass, LayerIndex(0), {});
    ASSERT_TRUE(rollout);
    EXPECT_FLOAT_EQ((*rollout)[1], 1.0F / 6.0F);
    EXPECT_FLOAT_EQ((*rollout)[2], 5.0F / 6.0F);
}

TEST(AttentionAggregate, ReadsPatternsInHalfPrecision)
{
    const PassResult single = handPass();
    PassResult half;
    for (const auto &layer : single.layers) {
        auto copy = std::make_shared<LayerRecord>(*layer);
        copy->halfPatterns.resize(copy->patterns.size());
        toHalf(copy->patterns, copy->halfPatterns.data());
        copy->patterns.clear();
        half.layers.push_back(copy);
    }
    // All weights above are exact in fp16.
    EXPECT_EQ(attentionRollout(half, LayerIndex(1), {}), attentionRollout(single, LayerIndex(1), {}));
    const std::vector<HeadRef> heads {headAt(0, 0), headAt(1, 1)};
    EXPECT_EQ(aggregateHeads(half, heads, HeadAggregate::Mean, {}),
        aggregateHeads(single, heads, HeadAggregate::Mean, {}));
}

TEST(AttentionAggregate, SaysNothingWithoutPatternsOrWhenStopped)
{
    PassResult pass = handPass();
    auto bare = layerOf(0.5F);
    bare->patterns.clear();
    pass.layers.back() = bare;
    const std::vector<HeadRef> heads {headAt(0, 0), headAt(1, 0)};
    EXPECT_EQ(firstLayerWithoutPatterns(pass, LayerIndex(0), LayerIndex(1)), LayerIndex(1));
    EXPECT_FALSE(firstLayerWithoutPatterns(pass, LayerIndex(0), LayerIndex(0)));
    EXPECT_FALSE(aggregateHeads(pass, heads, HeadAggregate::Mean, {}));
    EXPECT_FALSE(attentionRollout(pass, LayerIndex(1), {}));
    EXPECT_TRUE(attentionRollout(pass, LayerIndex(0), {})) << "the layers that it needs are there";
    std::stop_source stop;
    stop.request_stop();
    const PassResult whole = handPass();
    EXPECT_FALSE(attentionRollout(whole, LayerIndex(1), stop.get_token()));
    EXPECT_FALSE(aggregateHeads(whole, heads, HeadAggregate::Maximum, stop.get_token()));
}

/// The whole product of whole matrices [T, T], from the definition.
std::vector<double> slowRollout(const test::ReferencePass &pass, std::size_t layers)
{
    const std::size_t tokens = pass.tokens;
    std::vector<double> rollout(tokens * tokens, 0.0);
    for (std::size_t token = 0; token < tokens; ++token)
        rollout[token * tokens + token] = 1.0;
    for (std::size_t layer = 0; layer < layers; ++layer) {
        std::vector<double> mixed(tokens * tokens, 0.0);
        for (std::size_t query = 0; query < tokens; ++query) {
            double sum = 0.0;
            for (std::size_t key = 0; key < tokens; ++key) {
                double &cell = mixed[query * tokens + key];
                for (std::size_t head = 0; head < pass.heads; ++head)
                    cell += pass.patterns[layer][(head * tokens + query) * tokens + key] / double(pass.heads);
                cell = 0.5 * cell + (key == query ? 0.5 : 0.0);
                sum += cell;
            }
            for (std::size_t key = 0; key < tokens; ++key)
                mixed[query * tokens + key] /= sum;
        }
        std::vector<double> product(tokens * tokens, 0.0);
        for (std::size_t query = 0; query < tokens; ++query)
            for (std::size_t key = 0; key < tokens; ++key)
                for (std::size_t middle = 0; middle < tokens; ++middle)
                    product[query * tokens + key] +=
                        mixed[query * tokens + middle] * rollout[middle * tokens + key];
        rollout = std::move(product);
    }
    return rollout;
}

TEST(AttentionAggregate, AgreesWithTheSlowPassInDouble)
{
    const test::TinyModelOptions options;
    test::ModelSession session {test::writeTinyModel(options)};
    const std::vector<TokenId> tokens = test::someTokens(17);
    const std::vector<HeadEdit> edits {test::headEdit(0, 1, 3.0), test::headEdit(1, 2, 0.0)};
    const Intervention intervention = test::withEdits(edits);
    const auto pass = session.run(tokens, &intervention);
    const test::ReferencePass slow = test::referenceForward(test::tinyWeights(options), tokens, edits);
    const std::vector<HeadRef> heads {headAt(0, 1), headAt(1, 2), headAt(2, 0)};
    const auto mean = aggregateHeads(*pass, heads, HeadAggregate::Mean, {});
    const auto maximum = aggregateHeads(*pass, heads, HeadAggregate::Maximum, {});
    const auto rollout = attentionRollout(*pass, LayerIndex(2), {});
    const std::vector<double> slowProduct = slowRollout(slow, 3);
    ASSERT_TRUE(mean && maximum && rollout);
    for (std::size_t query = 0, at = 0; query < tokens.size(); ++query) {
        for (std::size_t key = 0; key <= query; ++key, ++at) {
            double sum = 0.0;
            double greatest = 0.0;
            for (const HeadRef head : heads) {
                const double weight = slow.patternRow(head.layer.asSize(), head.head.asSize(), query)[key];
                sum += weight;
                greatest = std::max(greatest, weight);
            }
            EXPECT_NEAR((*mean)[at], sum / 3.0, kOfWeight) << query << ", " << key;
            EXPECT_NEAR((*maximum)[at], greatest, kOfWeight) << query << ", " << key;
            EXPECT_NEAR((*rollout)[at], slowProduct[query * tokens.size() + key], kOfWeight)
                << query << ", " << key;
        }
    }
}

} // namespace
} // namespace sinkscope
