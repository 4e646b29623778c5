// SPDX-License-Identifier: Apache-2.0
// Derivatives of norm, gated activation, softmax, rotary embedding and attention against central differences
// of their formulas in double.
#include "core/ops/gradients.h"

#include "core/base/random.h"
#include "core/ops/attention_gradient.h"
#include "core/ops/rope.h"
#include "core/ops/row_edits.h"

#include <cmath>
#include <functional>
#include <gtest/gtest.h>
#include <numeric>
#include <vector>

namespace sinkscope {
namespace {

using Doubles = std::vector<double>;

// fp32 inputs of size 1 and sums of up to a hundred terms: some 1e-6; a wrong term is off by 0.01 or more.
constexpr double kTolerance = 2e-5;
// Central differences in double: h^2 of truncation and 1e-16 / h of rounding, both below 1e-9.
constexpr double kStep = 1e-5;

std::vector<float> randomVector(std::uint64_t seed, std::size_t count)
{
    Random random(seed);
    std::vector<float> values(count);
    for (float &value : values)
        value = static_cast<float>(random.normal());
    return values;
}

Doubles asDoubles(std::span<const float> values)
{
    return {values.begin(), values.end()};
}

/// Derivative of `scalar` by each element of `at`.
Doubles centralDifferences(Doubles at, const std::function<double(const Doubles &)> &scalar)
{
    Doubles derivatives;
    for (double &element : at) {
        const double middle = element;
        element = middle + kStep;
        const double above = scalar(at);
        element = middle - kStep;
        derivatives.push_back((above - scalar(at)) / (2.0 * kStep));
        element = middle;
    }
    return derivatives;
}

void expectNear(std::span<const float> got, const Doubles &expected)
{
    ASSERT_EQ(got.size(), expected.size());
    for (std::size_t at = 0; at < got.size(); ++at)
        EXPECT_NEAR(got[at], expected[at], kTolerance) << "element " << at;
}

double dot(const Doubles &left, std::span<const float> right)
{
    return std::inner_product(left.begin(), left.end(), right.begin(), 0.0);
}

Doubles softmax(const Doubles &scores)
{
    Doubles weights;
    double sum = 0.0;
    for (const double score : scores)
        sum += weights.emplace_back(std::exp(score));
    for (double &weight : weights)
        weight /= sum;
    return weights;
}

TEST(RmsNormGradient, EqualsCentralDifferencesAndIsAdded)
{
    constexpr double kEpsilon = 1e-2; // large enough to be seen
    const std::vector<float> x = randomVector(1, 70);
    const std::vector<float> weight = randomVector(2, 70);
    const std::vector<float> gradOut = randomVector(3, 70);
    Doubles expected = centralDifferences(asDoubles(x), [&](const Doubles &at) {
        double squares = 0.0;
        for (const double value : at)
            squares += value * value;
        const double root = std::sqrt(squares / static_cast<double>(at.size()) + kEpsilon);
        double sum = 0.0;
        for (std::size_t element = 0; element < at.size(); ++element)
            sum += at[element] / root * static_cast<double>(weight[element] * gradOut[element]);
        return sum;
    });
    for (double &value : expected)
        value += 1.0;
    std::vector<float> gradIn(70, 1.0F);
    addRmsNormGradient({x, weight, kEpsilon}, gradOut, gradIn);
    expectNear(gradIn, expected);
}

TEST(SwiGluGradient, EqualsCentralDifferences)
{
    const std::vector<float> gate = randomVector(1, 70);
    const std::vector<float> up = randomVector(2, 70);
    const std::vector<float> gradOut = randomVector(3, 70);
    const auto scalar = [&](const Doubles &gates, const Doubles &ups) {
        double sum = 0.0;
        for (std::size_t at = 0; at < gates.size(); ++at)
            sum += gates[at] / (1.0 + std::exp(-gates[at])) * ups[at] * static_cast<double>(gradOut[at]);
        return sum;
    };
    std::vector<float> grad = gradOut;
    std::vector<float> gradUp(70);
    swiGluGradient(gate, up, grad, gradUp);
    expectNear(grad,
        centralDifferences(asDoubles(gate), [&](const Doubles &at) { return scalar(at, asDoubles(up)); }));
    expectNear(gradUp,
        centralDifferences(asDoubles(up), [&](const Doubles &at) { return scalar(asDoubles(gate), at); }));
}

TEST(SwiGluGradient, StaysFiniteAtLargeGates)
{
    const std::vector<float> gate {-200.0F, 200.0F};
    const std::vector<float> up {1.0F, 1.0F};
    std::vector<float> grad {1.0F, 1.0F};
    std::vector<float> gradUp(2);
    swiGluGradient(gate, up, grad, gradUp);
    EXPECT_EQ(grad, (std::vector<float> {0.0F, 1.0F})); // silu is 0 far below and the identity far above
    EXPECT_EQ(gradUp, (std::vector<float> {0.0F, 200.0F}));
}

TEST(SoftmaxGradient, EqualsCentralDifferences)
{
    const std::vector<float> scores = randomVector(1, 30);
    const std::vector<float> gradOut = randomVector(2, 30);
    const Doubles exact = softmax(asDoubles(scores));
    const std::vector<float> weights(exact.begin(), exact.end());
    std::vector<float> grad = gradOut;
    softmaxGradient(weights, grad);
    expectNear(grad,
        centralDifferences(asDoubles(scores), [&](const Doubles &at) { return dot(softmax(at), gradOut); }));
}

TEST(SoftmaxGradient, DoesNotCancelWhereKeyZeroTakesAll)
{
    // a = (1 - 1e-9, 1e-9): a_0 is 1 in fp32. By hand: dS_0 = a_0 a_1 (g_0 - g_1), dS_1 = -dS_0.
    std::vector<float> grad {1000.0F, 1003.0F};
    softmaxGradient(std::vector<float> {1.0F, 1e-9F}, grad);
    EXPECT_NEAR(grad[0], -3e-9, 1e-14);
    EXPECT_NEAR(grad[1], 3e-9, 1e-14);
}

TEST(RedistributeGradient, EqualsCentralDifferencesOfTheDefinition)
{
    const Doubles exact = softmax(asDoubles(randomVector(1, 9)));
    const std::vector<float> weights(exact.begin(), exact.end());
    const std::vector<float> gradOut = randomVector(2, 9);
    const std::vector<TokenPos> keys {TokenPos(0), TokenPos(3), TokenPos(4), TokenPos(20)};
    for (const double keep : {0.0, 0.4, 1.0}) {
        SCOPED_TRACE(keep);
        const auto scalar = [&](const Doubles &at) { // method 7.1: A_k *= keep, the others get the loss
            const double chosen = at[0] + at[3] + at[4];
            const double others = std::accumulate(at.begin(), at.end(), 0.0) - chosen;
            Doubles row = at;
            for (std::size_t key = 0; key < row.size(); ++key)
                row[key] *= key == 0 || key == 3 || key == 4 ? keep : 1.0 + (1.0 - keep) * chosen / others;
            return dot(row, gradOut);
        };
        std::vector<float> grad = gradOut;
        redistributeGradient(weights, {keys, keep}, grad);
        expectNear(grad, centralDifferences(asDoubles(weights), scalar));
    }
}

TEST(RedistributeGradient, ARowThatStaysPassesOn)
{
    const std::vector<TokenPos> keys {TokenPos(0), TokenPos(1)};
    std::vector<float> grad {1.0F, 2.0F, 3.0F};
    redistributeGradient(std::vector<float> {0.25F, 0.75F, 0.0F}, {keys, 0.4}, grad); // no others
    redistributeGradient(std::vector<float> {0.0F, 0.0F, 1.0F}, {keys, 0.4}, grad); // nothing to take
    EXPECT_EQ(grad, (std::vector<float> {1.0F, 2.0F, 3.0F}));
}

TEST(Rotary, RotateBackIsTheInverseAndTheTranspose)
{
    for (const RotaryLayout layout : {RotaryLayout::Interleaved, RotaryLayout::Halves}) {
        RotaryTable table(8, 10000.0, {});
        table.reserve(20);
        const std::vector<float> x = randomVector(1, 12); // four elements are not rotated
        const std::vector<float> y = randomVector(2, 12);
        std::vector<float> forward = x;
        table.rotate(forward, 17, layout);
        std::vector<float> there = forward;
        table.rotateBack(there, 17, layout);
        expectNear(there, asDoubles(x));
        std::vector<float> back = y;
        table.rotateBack(back, 17, layout);
        EXPECT_NEAR(dot(asDoubles(forward), y), dot(asDoubles(x), back), kTolerance); // (R x) y = x (R^T y)
    }
}

/// One head in double: rows `firstQuery`.. of causal attention, a bias on the score of key 0 from row 1 on.
struct PlainHead {
    std::size_t rows;
    std::size_t keys;
    std::size_t size;
    double scale;

    std::vector<Doubles> weights(const Doubles &q, const Doubles &k, double bias) const
    {
        std::vector<Doubles> found;
        for (std::size_t row = 0; row < rows; ++row) {
            const std::size_t query = keys - rows + row;
            Doubles scores;
            for (std::size_t key = 0; key <= query; ++key) {
                double sum = 0.0;
                for (std::size_t e = 0; e < size; ++e)
                    sum += q[row * size + e] * k[key * size + e];
                scores.push_back(scale * sum + (key == 0 && query > 0 ? bias : 0.0));
            }
            found.push_back(softmax(scores));
        }
        return found;
    }
    double scalar(const Doubles &q, const Doubles &k, const Doubles &v, double bias,
        std::span<const float> gradOut) const
    {
        double sum = 0.0;
        const auto all = weights(q, k, bias);
        for (std::size_t row = 0; row < rows; ++row)
            for (std::size_t key = 0; key < all[row].size(); ++key)
                for (std::size_t e = 0; e < size; ++e)
                    sum += all[row][key] * v[key * size + e] * static_cast<double>(gradOut[row * size + e]);
        return sum;
    }
};

class HeadGradient : public testing::TestWithParam<std::size_t> { };

TEST_P(HeadGradient, EqualsCentralDifferences)
{
    const PlainHead head {.rows = 5, .keys = 5 + GetParam(), .size = 6, .scale = 0.4};
    const std::vector<float> q = randomVector(1, head.rows * head.size);
    const std::vector<float> k = randomVector(2, head.keys * head.size);
    const std::vector<float> v = randomVector(3, head.keys * head.size);
    const std::vector<float> gradOut = randomVector(4, head.rows * head.size);
    const Doubles qd = asDoubles(q);
    const Doubles kd = asDoubles(k);
    const Doubles vd = asDoubles(v);
    Matrix weights(head.rows, head.keys);
    const auto exact = head.weights(qd, kd, 0.0);
    for (std::size_t row = 0; row < head.rows; ++row)
        std::ranges::copy(exact[row], weights.row(row).begin());
    Matrix scratch(head.rows, head.keys);
    Matrix gradQ(head.rows, head.size);
    Matrix gradK(head.keys, head.size);
    Matrix gradV(head.keys, head.size);
    HeadGradientBlock block;
    block.queries = {q.data(), head.rows, head.size};
    block.keys = {k.data(), head.keys, head.size};
    block.values = {v.data(), head.keys, head.size};
    block.weights = weights.view();
    block.gradOut = {gradOut.data(), head.rows, head.size};
    block.firstQuery = head.keys - head.rows;
    block.scale = static_cast<float>(head.scale);
    block.scratch = scratch.view();
    const double alone = attendBlockGradient(block, {});
    block.gradQueries = gradQ.view();
    block.gradKeys = gradK.view();
    block.gradValues = gradV.view();
    const double byBias = attendBlockGradient(block, {});
    EXPECT_EQ(alone, byBias);
    EXPECT_NEAR(byBias,
        centralDifferences(
            {0.0}, [&](const Doubles &at) { return head.scalar(qd, kd, vd, at[0], gradOut); })[0],
        kTolerance);
    expectNear(gradQ.values(),
        centralDifferences(qd, [&](const Doubles &at) { return head.scalar(at, kd, vd, 0.0, gradOut); }));
    expectNear(gradK.values(),
        centralDifferences(kd, [&](const Doubles &at) { return head.scalar(qd, at, vd, 0.0, gradOut); }));
    expectNear(gradV.values(),
        centralDifferences(vd, [&](const Doubles &at) { return head.scalar(qd, kd, at, 0.0, gradOut); }));
}

INSTANTIATE_TEST_SUITE_P(FirstQuery, HeadGradient, testing::Values(0, 7));

} // namespace
} // namespace sinkscope
