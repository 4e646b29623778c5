// SPDX-License-Identifier: Apache-2.0
// Sinks of a pass whose patterns are written by hand.
#include "core/analysis/sink_columns.h"

#include <gtest/gtest.h>

namespace sinkscope {
namespace {

constexpr std::size_t kTokens = 6;

/// Two heads of six tokens: head 0 gives key 0 0.75 and key 1 0.25 from everywhere, head 1 reads its own
/// token.
std::shared_ptr<LayerRecord> twoHeads()
{
    auto layer = std::make_shared<LayerRecord>();
    layer->residualIn = Matrix(kTokens, 2);
    layer->sinkMass = Matrix(2, kTokens);
    const std::size_t triangle = LayerRecord::triangleSize(kTokens);
    layer->patterns.assign(2 * triangle, 0.0F);
    for (std::size_t query = 0; query < kTokens; ++query) {
        float *reader = layer->patterns.data() + LayerRecord::triangleSize(query);
        reader[0] = query == 0 ? 1.0F : 0.75F;
        if (query > 0)
            reader[1] = 0.25F;
        layer->sinkMass.row(0)[query] = reader[0];
        float *own = layer->patterns.data() + triangle + LayerRecord::triangleSize(query);
        own[query] = 1.0F;
        layer->sinkMass.row(1)[query] = query == 0 ? 1.0F : 0.0F;
    }
    return layer;
}

TEST(SinkColumns, CountsHeadsByTheMeanOfLaterRowsWithoutTheKeysOwn)
{
    PassResult pass;
    pass.layers = {twoHeads(), twoHeads()};
    const auto sinks = sinkColumns(pass, {}, {});
    ASSERT_TRUE(sinks);
    ASSERT_EQ(sinks->size(), 2U) << "a token that reads itself alone is no sink";
    EXPECT_EQ((*sinks)[0].key.value, 0);
    EXPECT_EQ((*sinks)[0].heads, 2U); // one in each layer
    EXPECT_DOUBLE_EQ((*sinks)[0].mass, 0.375); // 0.75 in half of the heads
    EXPECT_EQ((*sinks)[1].key.value, 1);
    EXPECT_DOUBLE_EQ((*sinks)[1].mass, 0.125);
}

TEST(SinkColumns, ObeysEachPartOfTheRule)
{
    PassResult pass;
    pass.layers = {twoHeads()};
    EXPECT_EQ(sinkColumns(pass, {.leastMass = 0.25}, {})->size(), 1U) << "greater, not equal";
    EXPECT_EQ(sinkColumns(pass, {.leastShareOfHeads = 0.6}, {})->size(), 0U) << "one of two heads";
    EXPECT_EQ(sinkColumns(pass, {.leastRows = 5}, {})->size(), 1U) << "key 1 has four later rows";
    EXPECT_EQ(sinkColumns(pass, {.leastRows = 6}, {})->size(), 0U);
}

TEST(SinkColumns, SaysNothingWithoutPatternsOrWhenStopped)
{
    PassResult pass;
    EXPECT_FALSE(sinkColumns(pass, {}, {}));
    const auto bare = twoHeads();
    bare->patterns.clear();
    pass.layers = {bare};
    EXPECT_FALSE(sinkColumns(pass, {}, {}));
    pass.layers = {twoHeads()};
    std::stop_source stop;
    stop.request_stop();
    EXPECT_FALSE(sinkColumns(pass, {}, stop.get_token()));
}

} // namespace
} // namespace sinkscope
