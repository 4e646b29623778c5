// SPDX-License-Identifier: Apache-2.0
// The operator and its closed forms against the published examples and against plain double loops.
#include "core/ops/sink_scaling.h"

#include "core/base/random.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <numeric>
#include <vector>

namespace sinkscope {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
// One rounding of a result near 1 in fp32 is 6e-8; a weight passes a product, a sum and a division.
constexpr double kFloatTolerance = 3e-7;

std::vector<float> scaled(std::vector<float> row, double gamma)
{
    scaleSink(row, gamma);
    return row;
}

// Method 1.1 in double, from the definition.
std::vector<double> scaledInDouble(const std::vector<float> &row, double gamma)
{
    std::vector<double> result(row.begin(), row.end());
    result[0] *= gamma;
    const double sum = std::accumulate(result.begin(), result.end(), 0.0);
    for (double &weight : result)
        weight /= sum;
    return result;
}

double entropyOf(const std::vector<double> &weights)
{
    double entropy = 0.0;
    for (const double p : weights)
        if (p > 0.0)
            entropy -= p * std::log(p);
    return entropy;
}

// Poster examples (method 1.3); the figures are printed with four decimals.
TEST(ScaleSink, PosterExampleOneSmoothing)
{
    const std::vector<float> row {0.40F, 0.18F, 0.15F, 0.05F, 0.06F, 0.07F, 0.09F};
    const std::vector<float> result = scaled(row, 3.0);
    const std::vector<double> expected {0.6667, 0.1000, 0.0833, 0.0278, 0.0333, 0.0389, 0.0500};
    for (std::size_t key = 0; key < expected.size(); ++key)
        EXPECT_NEAR(result[key], expected[key], 5e-5) << "key " << key;
}

TEST(ScaleSink, PosterExampleTwoSharpening)
{
    const std::vector<float> row {0.20F, 0.05F, 0.065F, 0.685F};
    const std::vector<float> result = scaled(row, 0.4);
    EXPECT_NEAR(result[0], 0.0909, 5e-5);
    EXPECT_NEAR(result[1], 0.0568, 5e-5);
    EXPECT_NEAR(result[2], 0.0739, 5e-5);
}

TEST(ScaleSink, CurveOfPairDifferences)
{
    // a0 = .8, |ai - aj| = .1: off -> .5, 10 -> .0122 remains; the change is the difference to .1.
    EXPECT_NEAR(0.1 + pairDifferenceChange(0.15, 0.05, 0.8, 0.0), 0.5, 1e-12);
    EXPECT_NEAR(0.1 - pairDifferenceChange(0.15, 0.05, 0.8, 10.0), 0.0122, 5e-5);
    EXPECT_DOUBLE_EQ(pairDifferenceChange(0.15, 0.05, 0.8, 1.0), 0.0);
    EXPECT_DOUBLE_EQ(pairDifferenceChange(0.05, 0.15, 0.8, 3.0), pairDifferenceChange(0.15, 0.05, 0.8, 3.0));
}

TEST(ScaleSink, AgreesWithTheDefinitionAndKeepsRatios)
{
    Random random(7);
    for (const double gamma : {0.0, 0.01, 0.3, 0.9999, 1.5, 6.5, 100.0}) {
        std::vector<float> row(37);
        double sum = 0.0;
        for (float &weight : row)
            sum += weight = static_cast<float>(std::exp(2.0 * random.normal()));
        for (float &weight : row)
            weight = static_cast<float>(weight / sum);
        const std::vector<double> expected = scaledInDouble(row, gamma);
        const std::vector<float> result = scaled(row, gamma);
        for (std::size_t key = 0; key < row.size(); ++key)
            EXPECT_NEAR(result[key], expected[key], kFloatTolerance) << "gamma " << gamma << " key " << key;
        for (std::size_t key = 2; key < row.size(); ++key)
            EXPECT_NEAR(result[key] / result[1], row[key] / row[1], 1e-5 * row[key] / row[1]);
    }
}

TEST(ScaleSink, FactorOneChangesNoBit)
{
    // Does not sum to 1: a renormalisation would show.
    const std::vector<float> row {0.3F, 0.3F, 0.3F};
    EXPECT_EQ(scaled(row, 1.0), row);
}

TEST(ScaleSink, RowOfOneKeyStays)
{
    for (const double gamma : {0.0, 0.3, 1.0, 7.0})
        EXPECT_EQ(scaled({1.0F}, gamma), std::vector<float> {1.0F});
}

TEST(ScaleSink, RemovingTheOnlyMassLeavesTheRow)
{
    const std::vector<float> row {1.0F, 0.0F, 0.0F};
    EXPECT_EQ(scaled(row, 0.0), row);
}

TEST(ScaledSinkMass, SurvivesASinkThatTookAllInSinglePrecision)
{
    // 1 - 1e-12 is 1 in fp32; the rest kept as its own sum still decides.
    EXPECT_NEAR(scaledSinkMass(1.0, 1e-12, 1e-12), 0.5, 1e-12);
    EXPECT_DOUBLE_EQ(scaledSinkMass(1.0, 1e-300, 0.0), 0.0);
    EXPECT_DOUBLE_EQ(scaledSinkMass(1.0, 0.0, 0.0), 1.0);
    EXPECT_DOUBLE_EQ(scaledSinkMass(0.0, 1.0, 50.0), 0.0);
    EXPECT_NEAR(scaledSinkMass(0.4, 0.6, 3.0), 1.2 / 1.8, 1e-15);
}

TEST(ScaledHeadOutput, EqualsTheWeightedSumOfTheScaledRow)
{
    // a = (.5, .3, .2), v0 = (1, -2), v1 = (4, 0), v2 = (0, 5): rest output (1.2, 1), gamma 3: D = 2.
    const std::vector<float> sinkValue {1.0F, -2.0F};
    const std::vector<float> rest {1.2F, 1.0F};
    std::vector<float> out(2);
    scaledHeadOutput({0.5, 0.5, sinkValue, rest}, 3.0, out);
    EXPECT_NEAR(out[0], (1.5 * 1.0 + 1.2) / 2.0, kFloatTolerance);
    EXPECT_NEAR(out[1], (1.5 * -2.0 + 1.0) / 2.0, kFloatTolerance);
    scaledHeadOutput({0.5, 0.5, sinkValue, rest}, 0.0, out);
    EXPECT_NEAR(out[0], 2.4, kFloatTolerance * 2.4);
    EXPECT_NEAR(out[1], 2.0, kFloatTolerance * 2.0);
}

TEST(ScaledHeadOutput, RemovingTheOnlyKeyLeavesItsValue)
{
    const std::vector<float> sinkValue {1.5F};
    const std::vector<float> rest {0.0F};
    std::vector<float> out(1);
    scaledHeadOutput({1.0, 0.0, sinkValue, rest}, 0.0, out);
    EXPECT_FLOAT_EQ(out[0], 1.5F);
}

// Method 1.4, T = 10, a0 = .716, H_r = 1.908: not monotone in gamma. Inputs and results carry three decimals,
// and dH/dH_r <= 1, so that 1e-3 bounds both roundings.
TEST(EntropyFromLogOdds, PublishedCurve)
{
    const double logOdds = std::log(0.716 / 0.284);
    const std::vector<std::pair<double, double>> curve {
        {0.05, 2.045}, {0.1, 2.026}, {0.5, 1.530}, {1.0, 1.138}, {2.0, 0.764}, {4.0, 0.475}};
    for (const auto &[gamma, entropy] : curve)
        EXPECT_NEAR(entropyFromLogOdds(scaledLogOdds(logOdds, gamma), 1.908), entropy, 1e-3)
            << "gamma " << gamma;
}

TEST(EntropyFromLogOdds, PeaksWhereTheSinkMassIsOneOverOnePlusExpOfTheRest)
{
    const double logOdds = std::log(0.716 / 0.284);
    double best = 0.0;
    double bestGamma = 0.0;
    for (int step = 10; step < 200; ++step) {
        const double gamma = step * 1e-3;
        const double entropy = entropyFromLogOdds(scaledLogOdds(logOdds, gamma), 1.908);
        if (entropy > best) {
            best = entropy;
            bestGamma = gamma;
        }
    }
    EXPECT_NEAR(bestGamma, 0.059, 1e-3);
    EXPECT_NEAR(best, std::log(1.0 + std::exp(1.908)), 1e-6);
}

TEST(EntropyFromLogOdds, EqualsTheEntropyOfTheWholeRow)
{
    const std::vector<float> row {0.55F, 0.2F, 0.15F, 0.07F, 0.03F};
    std::vector<double> rest;
    for (std::size_t key = 1; key < row.size(); ++key)
        rest.push_back(row[key] / 0.45);
    const double restEntropy = entropyOf(rest);
    for (const double gamma : {0.0, 0.2, 1.0, 8.0}) {
        const double logOdds = scaledLogOdds(std::log(0.55 / 0.45), gamma);
        // The row is fp32 (6e-8 relative), entropies are of order 1.
        EXPECT_NEAR(entropyFromLogOdds(logOdds, restEntropy), entropyOf(scaledInDouble(row, gamma)), 1e-6)
            << gamma;
    }
}

TEST(EntropyFromLogOdds, BothEnds)
{
    EXPECT_DOUBLE_EQ(entropyFromLogOdds(kInfinity, 1.9), 0.0);
    EXPECT_DOUBLE_EQ(entropyFromLogOdds(-kInfinity, 1.9), 1.9);
    // a0 = 1 - 1e-18: (1 - a0) (H_r + 1 + ln 1e18) = 1e-18 (1.9 + 1 + 41.446...), lost by any subtraction.
    const double tiny = std::exp(-41.446531673892822); // 1e-18
    EXPECT_NEAR(
        entropyFromLogOdds(41.446531673892822, 1.9) / (tiny * (1.9 + 1.0 + 41.446531673892822)), 1.0, 1e-9);
}

TEST(LogOdds, MassOfBothSides)
{
    EXPECT_DOUBLE_EQ(sinkMassFromLogOdds(0.0), 0.5);
    EXPECT_DOUBLE_EQ(sinkMassFromLogOdds(kInfinity), 1.0);
    EXPECT_DOUBLE_EQ(sinkMassFromLogOdds(-kInfinity), 0.0);
    EXPECT_NEAR(sinkMassFromLogOdds(-100.0) / std::exp(-100.0), 1.0, 1e-12);
    EXPECT_NEAR(sinkMassFromLogOdds(std::log(3.0)), 0.75, 1e-15);
}

TEST(LogOdds, FactorIsAShift)
{
    EXPECT_NEAR(scaledLogOdds(0.25, 3.0), 0.25 + std::log(3.0), 1e-15);
    EXPECT_EQ(scaledLogOdds(0.25, 1.0), 0.25);
    EXPECT_EQ(scaledLogOdds(5.0, 0.0), -kInfinity);
    for (const double gamma : {0.0, 0.5, 4.0})
        EXPECT_EQ(scaledLogOdds(kInfinity, gamma), kInfinity) << "row of key 0 alone, gamma " << gamma;
}

} // namespace
} // namespace sinkscope
