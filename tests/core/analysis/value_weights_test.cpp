// SPDX-License-Identifier: Apache-2.0
// Lengths of values and contributions against plain loops over the model's weights, and scores against the
// slow pass in double.
#include "core/analysis/value_weights.h"

#include "tests/core/model/test_edits.h"
#include "tests/support/model_session.h"
#include "tests/support/test_values.h"
#include "tests/support/tiny_model.h"

#include <cmath>
#include <gtest/gtest.h>

namespace sinkscope {
namespace {

// fp32 records of a pass whose layers below ran in fp32 too, as closed_form_test: relative to the length.
constexpr double kOfLength = 1e-5;
// Scores of up to some 10: 32 products of queries that carry the roundings of the layers below.
constexpr double kOfScore = 5e-5;

struct Shape {
    const char *name;
    test::TinyModelOptions options;
};

class ValueWeights : public testing::TestWithParam<Shape> {
protected:
    double element(const LayerRecord &record, std::size_t token, HeadRef head, std::size_t index) const
    {
        const std::size_t group = m_weights.heads / m_weights.kvHeads;
        return record.values.row(token)[head.head.asSize() / group * m_weights.headSize + index];
    }

    std::vector<TokenId> m_tokens = test::someTokens(19);
    test::ModelSession m_session {test::writeTinyModel(GetParam().options)};
    test::ReferenceWeights m_weights = test::tinyWeights(GetParam().options);
    std::shared_ptr<const PassResult> m_pass = m_session.run(m_tokens);
};

TEST_P(ValueWeights, ValueNormsEqualAPlainLoop)
{
    for (const HeadRef head :
        {HeadRef {LayerIndex(0), HeadIndex(3)}, HeadRef {LayerIndex(2), HeadIndex(0)}}) {
        const LayerRecord &record = *m_pass->layers[head.layer.asSize()];
        const auto &config = m_session.model().config;
        const std::vector<float> norms = valueNorms(record, config.kvHeadOf(head.head), config.headSize);
        ASSERT_EQ(norms.size(), m_tokens.size());
        for (std::size_t token = 0; token < norms.size(); ++token) {
            double sum = 0.0;
            for (std::size_t index = 0; index < m_weights.headSize; ++index)
                sum += std::pow(element(record, token, head, index), 2);
            EXPECT_NEAR(norms[token], std::sqrt(sum), kOfLength * std::sqrt(sum)) << token;
        }
    }
}

TEST_P(ValueWeights, ContributionNormsEqualTheProductWithTheOutputProjection)
{
    for (const HeadRef head :
        {HeadRef {LayerIndex(1), HeadIndex(1)}, HeadRef {LayerIndex(2), HeadIndex(2)}}) {
        const LayerRecord &record = *m_pass->layers[head.layer.asSize()];
        const std::vector<float> norms = contributionNorms(m_session.model(), head, record);
        ASSERT_EQ(norms.size(), m_tokens.size());
        const std::vector<double> &output = m_weights.layers[head.layer.asSize()].attentionOutput;
        const std::size_t inputs = m_weights.heads * m_weights.headSize;
        for (std::size_t token = 0; token < norms.size(); ++token) {
            double sum = 0.0;
            for (std::size_t row = 0; row < m_weights.hidden; ++row) {
                double added = 0.0;
                for (std::size_t index = 0; index < m_weights.headSize; ++index)
                    added += output[row * inputs + head.head.asSize() * m_weights.headSize + index]
                        * element(record, token, head, index);
                sum += added * added;
            }
            EXPECT_NEAR(norms[token], std::sqrt(sum), kOfLength * std::sqrt(sum)) << token;
        }
    }
}

TEST_P(ValueWeights, ScoresEqualThoseOfTheSlowPass)
{
    const std::vector<HeadEdit> heads {test::headEdit(0, 1, 3.0), test::headEdit(1, 2, 0.2)};
    const Intervention edits = test::withEdits(heads);
    const test::ReferencePass reference = test::referenceForward(m_weights, m_tokens, heads);
    const auto pass = m_session.run(m_tokens, &edits);
    // The edit of head 2 in layer 1 acts after its scores; that of layer 0 acts on them.
    for (const HeadRef head :
        {HeadRef {LayerIndex(1), HeadIndex(2)}, HeadRef {LayerIndex(2), HeadIndex(3)}}) {
        const auto scores =
            attentionScores(m_session.model(), head, *pass->layers[head.layer.asSize()], StopToken());
        ASSERT_TRUE(scores);
        const std::size_t tokens = m_tokens.size();
        ASSERT_EQ(scores->size(), tokens * (tokens + 1) / 2);
        for (std::size_t query = 0, at = 0; query < tokens; ++query) {
            for (std::size_t key = 0; key <= query; ++key, ++at)
                EXPECT_NEAR((*scores)[at],
                    reference
                        .scores[head.layer.asSize()][(head.head.asSize() * tokens + query) * tokens + key],
                    kOfScore)
                    << query << ", " << key;
        }
    }
}

TEST_P(ValueWeights, StoppedScoresAreNone)
{
    std::stop_source source;
    source.request_stop();
    EXPECT_FALSE(attentionScores(m_session.model(), {}, *m_pass->layers[0], source.get_token()));
}

INSTANTIATE_TEST_SUITE_P(Shapes, ValueWeights,
    testing::Values(Shape {"plain", {}}, Shape {"fourBits", {.storage = test::TinyStorage::Q4_1}},
        Shape {"wideRows", {.heads = 6, .kvHeads = 2, .headSize = 12, .hidden = 40, .rotarySize = 8}}),
    [](const auto &shape) { return std::string(shape.param.name); });

} // namespace
} // namespace sinkscope
