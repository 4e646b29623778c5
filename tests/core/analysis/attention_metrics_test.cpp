// SPDX-License-Identifier: Apache-2.0
// Per-head figures from a record written by hand, and the entropy of hand-computed rows.
#include "core/analysis/attention_metrics.h"

#include <cmath>
#include <gtest/gtest.h>

namespace sinkscope {
namespace {

Matrix filled(std::size_t rows, std::size_t columns, std::vector<float> values)
{
    Matrix matrix(rows, columns);
    std::copy(values.begin(), values.end(), matrix.values().begin());
    return matrix;
}

// One layer, two heads, three tokens.
std::shared_ptr<const LayerRecord> record(float offset)
{
    auto layer = std::make_shared<LayerRecord>();
    layer->residualIn = Matrix(3, 4);
    layer->sinkMass = filled(2, 3, {1.0F, 0.5F + offset, 0.25F, 1.0F, 0.75F, 0.125F});
    layer->restMass = filled(2, 3, {0.0F, 0.5F, 0.75F, 0.0F, 0.25F, 0.875F});
    layer->entropy = filled(2, 3, {0.0F, 0.6F, 0.9F, 0.0F, 0.3F, 0.6F});
    layer->restEntropy = filled(2, 3, {0.0F, 0.0F, 0.5F, 0.0F, 0.0F, 0.625F});
    layer->sinkLogOdds = Matrix(2, 3);
    layer->lastRow = Matrix(2, 3);
    return layer;
}

TEST(HeadMetrics, LastRowsAndMeans)
{
    const HeadMetrics metrics = headMetrics({record(0.0F), record(0.25F)});
    EXPECT_FLOAT_EQ(metrics.sinkMassLast.at(0, 0), 0.25F);
    EXPECT_FLOAT_EQ(metrics.sinkMassLast.at(1, 1), 0.125F);
    ASSERT_TRUE(metrics.sinkMassMean.has_value());
    EXPECT_FLOAT_EQ(metrics.sinkMassMean->at(0, 0), 0.375F) << "rows 1 and 2; row 0 is 1 by definition";
    EXPECT_FLOAT_EQ(metrics.sinkMassMean->at(1, 0), 0.5F);
    EXPECT_FLOAT_EQ(metrics.sinkMassMean->at(0, 1), 0.4375F);
    EXPECT_FLOAT_EQ(metrics.entropyLast.at(0, 0), 0.9F);
    EXPECT_FLOAT_EQ(metrics.entropyMean.at(0, 0), 0.5F) << "over all three rows";
    EXPECT_FLOAT_EQ(metrics.entropyMean.at(1, 1), 0.3F);
    EXPECT_FLOAT_EQ(metrics.entropyWithoutSinkLast.at(0, 0), 0.5F);
    EXPECT_FLOAT_EQ(metrics.entropyWithoutSinkLast.at(0, 1), 0.625F);
}

TEST(HeadMetrics, OneTokenHasNoMeanSinkMass)
{
    auto layer = std::make_shared<LayerRecord>();
    layer->residualIn = Matrix(1, 4);
    layer->sinkMass = filled(1, 1, {1.0F});
    layer->restMass = Matrix(1, 1);
    layer->entropy = Matrix(1, 1);
    layer->restEntropy = Matrix(1, 1);
    const HeadMetrics metrics = headMetrics({layer});
    EXPECT_FALSE(metrics.sinkMassMean.has_value());
    EXPECT_FLOAT_EQ(metrics.sinkMassLast.at(0, 0), 1.0F);
    EXPECT_FLOAT_EQ(metrics.entropyMean.at(0, 0), 0.0F);
}

TEST(RowEntropy, HandComputed)
{
    EXPECT_DOUBLE_EQ(rowEntropy(std::vector<float> {1.0F}), 0.0);
    EXPECT_NEAR(rowEntropy(std::vector<float> {0.25F, 0.25F, 0.25F, 0.25F}), std::log(4.0), 1e-15);
    EXPECT_NEAR(rowEntropy(std::vector<float> {0.5F, 0.25F, 0.25F}), 1.5 * std::log(2.0), 1e-15);
    EXPECT_NEAR(rowEntropy(std::vector<float> {0.0F, 0.5F, 0.5F}), std::log(2.0), 1e-15) << "0 ln 0 is 0";
}

} // namespace
} // namespace sinkscope
