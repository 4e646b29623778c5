// SPDX-License-Identifier: Apache-2.0
// Which weights are expanded in memory, and that no figure changes by it.
#include "tests/core/model/test_edits.h"
#include "tests/support/model_session.h"
#include "tests/support/pass_comparison.h"
#include "tests/support/tiny_model.h"
#include "tests/support/test_values.h"

#include <gtest/gtest.h>

namespace sinkscope {
namespace {

using test::everyHead;
using test::headEdit;
using test::ModelSession;
using test::randomTokens;
using test::sameBytes;
using test::TinyModelOptions;

class WeightExpansion : public testing::Test {
protected:
    std::vector<TokenId> m_tokens = randomTokens(18);
};

TEST_F(WeightExpansion, MappedWeightsGiveTheSameAsExpandedOnes)
{
    for (const test::TinyStorage storage :
        {test::TinyStorage::F32, test::TinyStorage::F16, test::TinyStorage::Q4_1}) {
        TinyModelOptions options;
        options.storage = storage;
        const std::string path = test::writeTinyModel(options);
        ModelSession expanded(path);
        ModelSession mapped(path, {.expandedBudgetBytes = 0});
        EXPECT_TRUE(mapped.model().weights.layers[0].query.prepared.empty());
        EXPECT_FALSE(expanded.model().weights.layers[0].query.prepared.empty());
        EXPECT_TRUE(sameBytes(*mapped.run(m_tokens), *expanded.run(m_tokens)));
    }
}

// A budget one byte short of everything: the head and the layers above the first, with room to spare, are
// expanded, and no figure changes by it.
TEST_F(WeightExpansion, WeightsExpandedInPartGiveTheSameBytes)
{
    const std::string path = test::writeTinyModel();
    ModelSession expanded(path);
    const std::size_t all = planExpansion(expanded.model().config, {}).bytes;
    ModelSession partly(path, {.expandedBudgetBytes = all - 1});
    const ModelWeights &weights = partly.model().weights;
    EXPECT_TRUE(weights.layers.front().query.prepared.empty());
    EXPECT_FALSE(weights.layers.back().query.prepared.empty());
    EXPECT_FALSE(weights.unembedding().prepared.empty());
    const Intervention edits = everyHead(3, 4, headEdit(0, 0, 0.4));
    EXPECT_TRUE(sameBytes(*partly.run(m_tokens, &edits), *expanded.run(m_tokens, &edits)));
}

// What does not fit in fp32 but is stored in bf16 is packed as it is.
TEST_F(WeightExpansion, Bf16WeightsArePackedInHalfTheMemoryWhereFp32DoesNotFit)
{
    TinyModelOptions options;
    options.storage = test::TinyStorage::BF16;
    const std::string path = test::writeTinyModel(options);
    ModelSession expanded(path);
    const std::size_t all = planExpansion(expanded.model().config, {}).bytes;
    EXPECT_EQ(expanded.model().weights.layers[0].query.layout, WeightLayout::Panels);
    ModelSession halved(path, {.expandedBudgetBytes = all / 2});
    for (const LayerWeights &layer : halved.model().weights.layers)
        EXPECT_EQ(layer.down.layout, WeightLayout::HalfPanels);
    EXPECT_EQ(halved.model().weights.unembedding().layout, WeightLayout::HalfPanels);
    ModelSession partly(path, {.expandedBudgetBytes = all / 2 - 1});
    EXPECT_EQ(partly.model().weights.layers.front().down.layout, WeightLayout::Stored);
    EXPECT_EQ(partly.model().weights.layers.back().down.layout, WeightLayout::HalfPanels);
    const Intervention edits = everyHead(3, 4, headEdit(0, 0, 0.4));
    const auto expected = expanded.run(m_tokens, &edits);
    EXPECT_TRUE(sameBytes(*halved.run(m_tokens, &edits), *expected));
    EXPECT_TRUE(sameBytes(*partly.run(m_tokens, &edits), *expected));
}

TEST_F(WeightExpansion, UppermostLayersAreExpandedWithinTheirBudget)
{
    ModelSession session(test::writeTinyModel());
    const ModelConfig &config = session.model().config;
    const std::size_t all = planExpansion(config, {}).bytes;
    for (const std::size_t budget : {all / 2, all / 4, std::size_t {0}}) {
        const ExpansionPlan plan =
            planExpansion(config, {.expandedBudgetBytes = all - 1, .uppermostBudgetBytes = budget});
        EXPECT_LE(plan.bytes, budget);
        EXPECT_EQ(plan.bytes > 0, plan.outputHead);
    }
    const ExpansionPlan blas =
        planExpansion(config, {.backend = GemmBackend::Blas, .expandedBudgetBytes = 1});
    EXPECT_EQ(blas.bytes, 0U);
    EXPECT_EQ(blas.firstLayer, config.layerCount);
}

} // namespace
} // namespace sinkscope
