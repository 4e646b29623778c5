// SPDX-License-Identifier: Apache-2.0
// The split softmax against a plain softmax in double, and where fp32 runs out.
#include "core/ops/softmax.h"

#include "core/base/random.h"
#include "tests/support/vector_targets.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <vector>

namespace sinkscope {
namespace {

// Scores are fp32 inputs on both sides; a weight then carries a few roundings of 6e-8.
constexpr double kWeightTolerance = 4e-7;
// An entropy sums n terms p ln p of such weights.
constexpr double kEntropyTolerance = 5e-6;

struct DoubleRow {
    std::vector<double> weights;
    double restMass = 0.0;
    double entropy = 0.0;
    double restEntropy = 0.0;
    double logOdds = 0.0;
};

DoubleRow softmaxInDouble(const std::vector<float> &scores, double gamma)
{
    DoubleRow row;
    const double largest = *std::max_element(scores.begin(), scores.end());
    double rest = 0.0;
    for (std::size_t key = 0; key < scores.size(); ++key) {
        row.weights.push_back(std::exp(static_cast<double>(scores[key]) - largest));
        if (key > 0)
            rest += row.weights.back();
    }
    row.logOdds = std::log(row.weights[0] / rest);
    for (std::size_t key = 1; key < scores.size(); ++key)
        if (row.weights[key] > 0.0)
            row.restEntropy -= row.weights[key] / rest * std::log(row.weights[key] / rest);
    row.weights[0] *= gamma;
    const double sum = row.weights[0] + rest;
    row.restMass = rest / sum;
    for (double &weight : row.weights) {
        weight /= sum;
        if (weight > 0.0)
            row.entropy -= weight * std::log(weight);
    }
    return row;
}

class SinkSplitSoftmax : public test::OnVectorTarget { };

TEST_P(SinkSplitSoftmax, AgreesWithDouble)
{
    Random random(3);
    for (const std::size_t length : {2U, 3U, 17U, 200U})
        for (const double spread : {0.1, 2.0, 8.0})
            for (const double gamma : {0.0, 0.3, 1.0, 2.5, 100.0}) {
                std::vector<float> row(length);
                for (float &score : row)
                    score = static_cast<float>(spread * random.normal());
                const DoubleRow expected = softmaxInDouble(row, gamma);
                const RowSummary summary = sinkSplitSoftmax(row, gamma);
                SCOPED_TRACE(
                    testing::Message() << length << " keys, spread " << spread << ", gamma " << gamma);
                for (std::size_t key = 0; key < length; ++key)
                    ASSERT_NEAR(row[key], expected.weights[key], kWeightTolerance) << "key " << key;
                EXPECT_NEAR(summary.sinkMass, expected.weights[0], kWeightTolerance);
                EXPECT_NEAR(summary.restMass, expected.restMass, kWeightTolerance);
                EXPECT_NEAR(summary.entropy, expected.entropy, kEntropyTolerance);
                EXPECT_NEAR(summary.restEntropy, expected.restEntropy, kEntropyTolerance);
                EXPECT_NEAR(summary.sinkLogOdds, expected.logOdds, 1e-5);
            }
}

TEST_P(SinkSplitSoftmax, RowOfOneKeyIsOneWhateverTheFactor)
{
    for (const float score : {-5.0F, 0.0F, 80.0F})
        for (const double gamma : {0.0, 0.5, 1.0, 10.0}) {
            std::vector<float> row {score};
            const RowSummary summary = sinkSplitSoftmax(row, gamma);
            EXPECT_EQ(row[0], 1.0F);
            EXPECT_EQ(summary.sinkMass, 1.0);
            EXPECT_EQ(summary.restMass, 0.0);
            EXPECT_EQ(summary.entropy, 0.0);
            EXPECT_EQ(summary.restEntropy, 0.0);
            EXPECT_EQ(summary.sinkLogOdds, std::numeric_limits<double>::infinity());
        }
}

TEST_P(SinkSplitSoftmax, SinkThatTookAllKeepsTheRestApart)
{
    // exp(-60): 1 - a0 is 0 in fp32 and in double; the log odds keep it, and gamma 0 brings the rest back.
    const std::vector<float> scores {60.0F, 0.0F, 0.0F};
    std::vector<float> row = scores;
    const RowSummary summary = sinkSplitSoftmax(row);
    EXPECT_EQ(row[0], 1.0F);
    EXPECT_NEAR(summary.restMass / (2.0 * std::exp(-60.0)), 1.0, 1e-5);
    EXPECT_NEAR(summary.sinkLogOdds, 60.0 - std::log(2.0), 1e-5);
    EXPECT_NEAR(summary.restEntropy, std::log(2.0), kEntropyTolerance);

    row = scores;
    const RowSummary off = sinkSplitSoftmax(row, 0.0);
    EXPECT_EQ(row[0], 0.0F);
    EXPECT_NEAR(row[1], 0.5F, kWeightTolerance);
    EXPECT_NEAR(row[2], 0.5F, kWeightTolerance);
    EXPECT_EQ(off.sinkMass, 0.0);
    EXPECT_NEAR(off.entropy, std::log(2.0), kEntropyTolerance);
}

TEST_P(SinkSplitSoftmax, HugeScoresStayFinite)
{
    for (const float scale : {1e4F, 1e20F})
        for (const double gamma : {0.0, 0.5, 1.0, 100.0}) {
            std::vector<float> row {scale, -scale, scale / 2.0F, -scale / 3.0F};
            const RowSummary summary = sinkSplitSoftmax(row, gamma);
            float sum = 0.0F;
            for (const float weight : row) {
                EXPECT_TRUE(std::isfinite(weight)) << "scale " << scale << " gamma " << gamma;
                sum += weight;
            }
            EXPECT_NEAR(sum, 1.0F, 1e-6F);
            EXPECT_TRUE(std::isfinite(summary.entropy));
            EXPECT_TRUE(std::isfinite(summary.restEntropy));
            EXPECT_FALSE(std::isnan(summary.sinkLogOdds));
        }
}

TEST_P(SinkSplitSoftmax, SinkOfNoMassLeavesTheRest)
{
    std::vector<float> row {-200.0F, 1.0F, 1.0F};
    const RowSummary summary = sinkSplitSoftmax(row, 100.0);
    EXPECT_NEAR(row[1], 0.5F, kWeightTolerance);
    EXPECT_LT(summary.sinkMass, 1e-60);
    EXPECT_NEAR(summary.entropy, std::log(2.0), kEntropyTolerance);
}

TEST_P(SinkSplitSoftmax, FactorOneIsBitEqualToNoFactor)
{
    Random random(11);
    std::vector<float> plain(50);
    for (float &score : plain)
        score = static_cast<float>(3.0 * random.normal());
    std::vector<float> edited = plain;
    sinkSplitSoftmax(plain);
    sinkSplitSoftmax(edited, 1.0);
    EXPECT_EQ(plain, edited);
}

INSTANTIATE_TEST_SUITE_P(
    Targets, SinkSplitSoftmax, testing::ValuesIn(test::vectorTargets()), test::NameOfVectorTarget());

} // namespace
} // namespace sinkscope
