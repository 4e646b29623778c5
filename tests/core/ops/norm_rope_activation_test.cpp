// SPDX-License-Identifier: Apache-2.0
// Normalisation, rotary embedding and the gated activation against their formulas in double.
#include "core/base/random.h"
#include "core/ops/norm.h"
#include "core/ops/row_kernels.h"
#include "core/ops/rope.h"
#include "tests/support/vector_targets.h"

#include <cmath>
#include <gtest/gtest.h>
#include <vector>

namespace sinkscope {
namespace {

std::vector<float> randomVector(std::uint64_t seed, std::size_t count, double deviation)
{
    Random random(seed);
    std::vector<float> values(count);
    for (float &value : values)
        value = static_cast<float>(deviation * random.normal());
    return values;
}

TEST(RmsNorm, HandComputed)
{
    // mean(3^2, 4^2) = 12.5; 3 / sqrt(12.5) = 0.848528, 4 / sqrt(12.5) = 1.131371.
    const std::vector<float> x {3.0F, 4.0F};
    const std::vector<float> weight {1.0F, -2.0F};
    std::vector<float> out(2);
    rmsNorm(x, weight, 0.0, out);
    EXPECT_NEAR(out[0], 0.848528, 1e-6);
    EXPECT_NEAR(out[1], -2.262742, 1e-6);
}

TEST(RmsNorm, EpsilonStandsInsideTheRoot)
{
    const std::vector<float> x {0.01F, 0.01F};
    const std::vector<float> weight {1.0F, 1.0F};
    std::vector<float> out(2);
    rmsNorm(x, weight, 3e-4, out);
    EXPECT_NEAR(out[0], 0.01 / std::sqrt(1e-4 + 3e-4), 1e-6);
}

TEST(RmsNorm, ZeroVectorStaysZero)
{
    const std::vector<float> x(4, 0.0F);
    std::vector<float> out(4, 1.0F);
    rmsNorm(x, std::vector<float>(4, 2.0F), 1e-5, out);
    EXPECT_EQ(out, x);
}

TEST(RmsNorm, LargeOutliersDoNotLoseTheOthers)
{
    // Sink tokens carry a few very large elements; the mean square must not lose precision.
    std::vector<float> x = randomVector(2, 576, 1.0);
    x[17] = 3000.0F;
    const std::vector<float> weight = randomVector(4, 576, 1.0);
    double squares = 0.0;
    for (const float value : x)
        squares += static_cast<double>(value) * value;
    const double scale = 1.0 / std::sqrt(squares / 576.0 + 1e-5);
    std::vector<float> out(x.size());
    rmsNorm(x, weight, 1e-5, out);
    for (std::size_t at = 0; at < x.size(); ++at) {
        const double expected = x[at] * scale * weight[at];
        EXPECT_NEAR(out[at], expected, 3e-7 * std::fabs(expected)) << at; // a few fp32 roundings
    }
}

class SwiGlu : public test::OnVectorTarget { };

TEST_P(SwiGlu, AgreesWithDoubleAlsoFarOut)
{
    std::vector<float> gate = randomVector(6, 300, 4.0);
    gate[0] = 200.0F; // exp(-200) underflows
    gate[1] = -200.0F; // exp(200) overflows fp32: the result is 0
    gate[2] = 0.0F;
    const std::vector<float> up = randomVector(8, 300, 2.0);
    const std::vector<float> before = gate;
    swiGlu(gate, up);
    for (std::size_t at = 0; at < gate.size(); ++at) {
        const double x = before[at];
        const double expected = x / (1.0 + std::exp(-x)) * up[at];
        EXPECT_NEAR(gate[at], expected, 1e-6 * std::fabs(expected) + 1e-30) << "x " << x;
    }
}

// The angle of pair i at position t: t base^(-2i/n) / divisor_i.
void expectRotated(const std::vector<float> &before, const std::vector<float> &after, std::size_t position,
    RotaryLayout layout, std::size_t rotarySize, double base, const std::vector<float> &divisors)
{
    // Angles are fp32: their error grows with the position (half a unit in the last place of t and of the
    // frequency).
    const double tolerance = 4e-7 + 2e-7 * static_cast<double>(position);
    const std::size_t pairs = rotarySize / 2;
    for (std::size_t pair = 0; pair < pairs; ++pair) {
        const std::size_t first = layout == RotaryLayout::Interleaved ? 2 * pair : pair;
        const std::size_t second = layout == RotaryLayout::Interleaved ? 2 * pair + 1 : pair + pairs;
        const double divisor = divisors.empty() ? 1.0 : static_cast<double>(divisors[pair]);
        const double angle = static_cast<double>(position)
            * std::pow(base, -2.0 * static_cast<double>(pair) / static_cast<double>(rotarySize)) / divisor;
        const double a = before[first];
        const double b = before[second];
        EXPECT_NEAR(after[first], a * std::cos(angle) - b * std::sin(angle), tolerance) << "pair " << pair;
        EXPECT_NEAR(after[second], a * std::sin(angle) + b * std::cos(angle), tolerance) << "pair " << pair;
    }
    for (std::size_t at = rotarySize; at < before.size(); ++at)
        EXPECT_EQ(after[at], before[at]) << "element " << at << " is not rotated";
}

TEST(RotaryTable, BothLayoutsFollowTheFormula)
{
    const std::vector<float> before = randomVector(9, 16, 1.0);
    const std::vector<float> divisors {1.0F, 1.5F, 2.0F, 8.0F, 1.0F, 3.0F};
    for (const RotaryLayout layout : {RotaryLayout::Interleaved, RotaryLayout::Halves})
        for (const bool divided : {false, true}) {
            const std::vector<float> used = divided ? divisors : std::vector<float> {};
            RotaryTable table(12, 10000.0, used);
            table.reserve(600);
            for (const std::size_t position : {1U, 7U, 100U, 599U}) {
                std::vector<float> after = before;
                table.rotate(after, position, layout);
                SCOPED_TRACE(testing::Message() << "position " << position << " divided " << divided);
                expectRotated(before, after, position, layout, 12, 10000.0, used);
            }
        }
}

TEST(RotaryTable, PositionZeroChangesNothingAndGrowingKeepsOldPositions)
{
    const std::vector<float> before = randomVector(10, 8, 1.0);
    RotaryTable table(8, 100000.0, {});
    table.reserve(4);
    std::vector<float> atZero = before;
    table.rotate(atZero, 0, RotaryLayout::Interleaved);
    EXPECT_EQ(atZero, before);
    std::vector<float> small = before;
    table.rotate(small, 3, RotaryLayout::Interleaved);
    table.reserve(300);
    std::vector<float> grown = before;
    table.rotate(grown, 3, RotaryLayout::Interleaved);
    EXPECT_EQ(small, grown);
}

INSTANTIATE_TEST_SUITE_P(
    Targets, SwiGlu, testing::ValuesIn(test::vectorTargets()), test::NameOfVectorTarget());

} // namespace
} // namespace sinkscope
