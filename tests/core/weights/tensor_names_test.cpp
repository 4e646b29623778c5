// SPDX-License-Identifier: Apache-2.0
// Tensor names, compared with the GGUF specification and with the default model's table.
#include "core/weights/tensor_names.h"

#include "core/weights/open_weights.h"
#include "tests/support/model_paths.h"

#include <gtest/gtest.h>

#include <set>

namespace sinkscope {

TEST(TensorNames, AreThoseOfTheSpecification)
{
    EXPECT_EQ(ggufTensorName(TensorRole::TokenEmbedding), "token_embd.weight");
    EXPECT_EQ(ggufTensorName(TensorRole::Query, LayerIndex(0)), "blk.0.attn_q.weight");
    EXPECT_EQ(ggufTensorName(TensorRole::AttentionOutput, LayerIndex(12)), "blk.12.attn_output.weight");
    EXPECT_EQ(ggufTensorName(TensorRole::FinalNorm, LayerIndex(5)), "output_norm.weight");
    EXPECT_EQ(ggufTensorName(TensorRole::OutputHead), "output.weight");
    EXPECT_EQ(ggufTensorName(TensorRole::RotaryFactors), "rope_freqs.weight");
}

TEST(TensorNames, NameEveryTensorOfTheDefaultModelOnce)
{
    const auto path = test::defaultModelPath();
    if (!path)
        GTEST_SKIP() << "default model absent; obtain it with app/run --build-only";
    std::set<std::string> named {
        ggufTensorName(TensorRole::TokenEmbedding), ggufTensorName(TensorRole::FinalNorm)};
    for (LayerIndex layer; layer.value < 30; ++layer) {
        for (const TensorRole role : {TensorRole::AttentionNorm, TensorRole::Query, TensorRole::Key,
                 TensorRole::Value, TensorRole::AttentionOutput, TensorRole::FeedForwardNorm,
                 TensorRole::Gate, TensorRole::Up, TensorRole::Down})
            named.insert(ggufTensorName(role, layer));
    }
    std::set<std::string> present;
    const auto file = openWeights(*path);
    for (const TensorInfo &tensor : file->tensors())
        present.insert(tensor.name);
    EXPECT_EQ(named, present);
}

} // namespace sinkscope
