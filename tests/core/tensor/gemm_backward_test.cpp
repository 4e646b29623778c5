// SPDX-License-Identifier: Apache-2.0
// Products the other way round in every layout of the weights, against a plain double loop.
#include "core/base/random.h"
#include "core/tensor/gemm.h"
#include "tests/support/test_values.h"
#include "tests/support/vector_targets.h"

#include <cmath>
#include <cstring>
#include <functional>
#include <gtest/gtest.h>
#include <limits>

namespace sinkscope {
namespace {

using test::randomMatrix;

/// `values` [outputs, inputs] as weights in `layout`; the matrix must live on.
WeightMatrix weightsIn(WeightLayout layout, const Matrix &values)
{
    WeightMatrix weights;
    weights.outputs = values.rows();
    weights.inputs = values.columns();
    weights.stored = std::as_bytes(values.values());
    if (layout != WeightLayout::Stored) {
        ThreadPool pool(2);
        const GemmBackend backend = layout == WeightLayout::Panels ? GemmBackend::Packed
            : layout == WeightLayout::Tiles                        ? GemmBackend::Amx
                                                                   : GemmBackend::Blas;
        EXPECT_TRUE(prepareWeights(weights, backend, pool));
    }
    EXPECT_EQ(weights.layout, layout);
    return weights;
}

Matrix backward(const Matrix &gradOut, const WeightMatrix &weights, int threads)
{
    ThreadPool pool(threads);
    Gemm gemm(pool);
    Matrix gradIn(gradOut.rows(), weights.inputs);
    std::ranges::fill(gradIn.values(), 3.0F); // what stood there does not matter
    const GemmSource source {&weights, gradOut.view()};
    EXPECT_EQ(gemm.multiplyBackward(std::span(&source, 1), gradIn.view(), {}), WorkStatus::Completed);
    return gradIn;
}

bool sameBytes(std::span<const float> left, std::span<const float> right)
{
    return left.size() == right.size() && std::memcmp(left.data(), right.data(), left.size_bytes()) == 0;
}

void expectPlainLoopAtAllShapes(WeightLayout layout)
{
    // rows, inputs, outputs: around the tiles (6 rows, 4 inputs), the panels (64) and the groups of them
    // (1024)
    for (const auto &[rows, inputs, outputs] : {std::tuple(1, 1, 1), std::tuple(2, 576, 192),
             std::tuple(5, 63, 64), std::tuple(3, 65, 65), std::tuple(4, 6, 1023), std::tuple(3, 201, 100),
             std::tuple(49, 50, 130), std::tuple(97, 96, 1100)}) {
        const Matrix gradOut = randomMatrix(rows, outputs, 1);
        const Matrix values = randomMatrix(outputs, inputs, 2);
        const Matrix gradIn = backward(gradOut, weightsIn(layout, values), 2);
        for (std::size_t row = 0; row < gradIn.rows(); ++row)
            for (std::size_t input = 0; input < gradIn.columns(); ++input) {
                double sum = 0.0;
                double size = 0.0;
                for (std::size_t output = 0; output < values.rows(); ++output) {
                    const double term = static_cast<double>(gradOut.at(row, output))
                        * static_cast<double>(values.at(output, input));
                    sum += term;
                    size += std::abs(term);
                }
                // fp32 summation, as in the forward products: 2^-18 of the sum of magnitudes is far above
                // what is met
                ASSERT_NEAR(gradIn.at(row, input), sum, size * 0x1.0p-18) << row << ' ' << input;
            }
    }
}

class BackwardLayouts : public ::testing::TestWithParam<WeightLayout> { };

TEST_P(BackwardLayouts, EqualAPlainLoopAtAllShapes)
{
    expectPlainLoopAtAllShapes(GetParam());
}

TEST_P(BackwardLayouts, GiveTheSameBytesForAnyNumberOfThreads)
{
    const Matrix gradOut = randomMatrix(101, 300, 1);
    const Matrix values = randomMatrix(300, 97, 2);
    const WeightMatrix weights = weightsIn(GetParam(), values);
    const Matrix one = backward(gradOut, weights, 1);
    for (const int threads : {2, 3, 7})
        EXPECT_TRUE(sameBytes(one.values(), backward(gradOut, weights, threads).values())) << threads;
}

TEST_P(BackwardLayouts, SeveralSourcesAreSummed)
{
    const Matrix first = randomMatrix(100, 40, 3);
    const Matrix second = randomMatrix(30, 40, 4);
    const WeightMatrix a = weightsIn(GetParam(), first);
    const WeightMatrix b = weightsIn(GetParam(), second);
    const Matrix gradA = randomMatrix(9, 100, 5);
    const Matrix gradB = randomMatrix(9, 30, 6);
    ThreadPool pool(2);
    Gemm gemm(pool);
    Matrix gradIn(9, 40);
    const GemmSource sources[] = {{&a, gradA.view()}, {&b, gradB.view()}};
    ASSERT_EQ(gemm.multiplyBackward(sources, gradIn.view(), {}), WorkStatus::Completed);
    const Matrix left = backward(gradA, a, 1);
    const Matrix right = backward(gradB, b, 1);
    for (std::size_t at = 0; at < gradIn.values().size(); ++at) // one fp32 addition apart, values of some 10
        EXPECT_NEAR(gradIn.values()[at], left.values()[at] + right.values()[at], 2e-5);
}

TEST_P(BackwardLayouts, ReadNothingBesideTheGradients)
{
    const Matrix values = randomMatrix(100, 32, 2);
    const WeightMatrix weights = weightsIn(GetParam(), values);
    for (const std::size_t rows : {2U, 9U}) {
        const Matrix gradOut = randomMatrix(rows, 100, 1);
        Matrix wide(rows, 180);
        std::ranges::fill(wide.values(), std::numeric_limits<float>::quiet_NaN());
        for (std::size_t row = 0; row < rows; ++row)
            std::ranges::copy(gradOut.row(row), wide.row(row).begin());
        ThreadPool pool(2);
        Gemm gemm(pool);
        Matrix gradIn(rows, 32);
        const GemmSource source {&weights, MatrixView(wide.values().data(), rows, 100, 180)};
        ASSERT_EQ(gemm.multiplyBackward(std::span(&source, 1), gradIn.view(), {}), WorkStatus::Completed);
        EXPECT_TRUE(sameBytes(gradIn.values(), backward(gradOut, weights, 2).values()));
    }
}

TEST_P(BackwardLayouts, StopBetweenBlocks)
{
    const Matrix gradOut = randomMatrix(2, 100, 1);
    const Matrix values = randomMatrix(100, 32, 2);
    const WeightMatrix weights = weightsIn(GetParam(), values);
    ThreadPool pool(2);
    Gemm gemm(pool);
    Matrix gradIn(2, 32);
    std::stop_source stop;
    stop.request_stop();
    const GemmSource source {&weights, gradOut.view()};
    EXPECT_EQ(
        gemm.multiplyBackward(std::span(&source, 1), gradIn.view(), stop.get_token()), WorkStatus::Cancelled);
}

INSTANTIATE_TEST_SUITE_P(All, BackwardLayouts,
    ::testing::Values(WeightLayout::Stored, WeightLayout::Rows, WeightLayout::Panels, WeightLayout::Tiles),
    [](const auto &layout) {
        switch (layout.param) {
        case WeightLayout::Stored:
            return std::string("Stored");
        case WeightLayout::Rows:
            return std::string("Rows");
        case WeightLayout::Panels:
            return std::string("Panels");
        case WeightLayout::HalfPanels:
            return std::string("HalfPanels");
        case WeightLayout::Tiles:
            return std::string("Tiles");
        }
        return std::string();
    });

TEST(BackwardProduct, Bf16PanelsGiveTheBytesOfTheFile)
{
    ThreadPool pool(2);
    const Matrix gradOut = randomMatrix(20, 1100, 1);
    const std::vector<std::uint16_t> ones(1100 * 50, 0x3F81); // 1 + 2^-7
    WeightMatrix stored;
    stored.dtype = DType::BF16;
    stored.outputs = 1100;
    stored.inputs = 50;
    stored.stored = std::as_bytes(std::span(ones));
    WeightMatrix panels;
    panels.dtype = stored.dtype;
    panels.outputs = stored.outputs;
    panels.inputs = stored.inputs;
    panels.stored = stored.stored;
    ASSERT_TRUE(prepareWeights(panels, GemmBackend::Packed, pool, PanelValues::Bf16));
    ASSERT_EQ(panels.layout, WeightLayout::HalfPanels);
    const Matrix got = backward(gradOut, panels, 2);
    EXPECT_TRUE(sameBytes(got.values(), backward(gradOut, stored, 2).values()));
    double sum = 0.0;
    for (const float value : gradOut.row(0))
        sum += static_cast<double>(value) * (1.0 + 0x1p-7);
    EXPECT_NEAR(got.at(0, 0), sum, 1100 * 0x1p-22); // 1100 fp32 additions of values below 1
}

class PackedBackward : public test::OnVectorTarget { };

TEST_P(PackedBackward, EqualsAPlainLoopAtAllShapes)
{
    expectPlainLoopAtAllShapes(WeightLayout::Panels);
}

TEST_P(PackedBackward, MappedWeightsGiveTheBytesOfPackedOnes)
{
    const Matrix gradOut = randomMatrix(20, 1100, 1); // more than one group of panels, the last not whole
    const Matrix values = randomMatrix(1100, 50, 2);
    EXPECT_TRUE(sameBytes(backward(gradOut, weightsIn(WeightLayout::Stored, values), 2).values(),
        backward(gradOut, weightsIn(WeightLayout::Panels, values), 2).values()));
}

TEST_P(PackedBackward, ARowOfALargeProductEqualsTheProductOfThatRow)
{
    const Matrix gradOut = randomMatrix(53, 200, 1);
    const Matrix values = randomMatrix(200, 65, 2);
    const WeightMatrix weights = weightsIn(WeightLayout::Panels, values);
    const Matrix all = backward(gradOut, weights, 2);
    for (std::size_t row = 0; row < gradOut.rows(); ++row) {
        Matrix single(1, gradOut.columns());
        std::ranges::copy(gradOut.row(row), single.row(0).begin());
        EXPECT_TRUE(sameBytes(backward(single, weights, 2).row(0), all.row(row))) << row;
    }
}

TEST(TransposedProduct, IsAdded)
{
    // [1 2; 3 4; 5 6]^T [1; 10; 100] = [531; 642], added to [1; 2]
    const Matrix a = [] {
        Matrix values(3, 2);
        std::ranges::copy(std::vector<float> {1, 2, 3, 4, 5, 6}, values.values().begin());
        return values;
    }();
    Matrix b(3, 1);
    std::ranges::copy(std::vector<float> {1, 10, 100}, b.values().begin());
    Matrix out(2, 1);
    std::ranges::copy(std::vector<float> {1, 2}, out.values().begin());
    addTransposedProduct(a.view(), static_cast<const Matrix &>(b).view(), out.view());
    EXPECT_EQ(out.at(0, 0), 532.0F);
    EXPECT_EQ(out.at(1, 0), 644.0F);
}

INSTANTIATE_TEST_SUITE_P(
    Targets, PackedBackward, testing::ValuesIn(test::vectorTargets()), test::NameOfVectorTarget());

} // namespace
} // namespace sinkscope
