// SPDX-License-Identifier: Apache-2.0
// Products of every backend against a plain double loop, and the bit-equalities the packed kernel promises.
#include "core/base/random.h"
#include "core/tensor/gemm.h"
#include "tests/support/software_tiles.h"
#include "tests/support/test_values.h"
#include "tests/support/vector_targets.h"

#include <cmath>
#include <bit>
#include <cstring>
#include <gtest/gtest.h>
#include <limits>

namespace sinkscope {
namespace {

using test::randomMatrix;

/// `values` [outputs, inputs] as weights that lie in memory as a file would hold them.
WeightMatrix storedWeights(const Matrix &values)
{
    WeightMatrix weights;
    weights.outputs = values.rows();
    weights.inputs = values.columns();
    weights.stored = std::as_bytes(values.values());
    return weights;
}

Matrix product(const Matrix &x, const WeightMatrix &weights, int threads)
{
    ThreadPool pool(threads);
    Gemm gemm(pool, test::anyTileKernel());
    Matrix out(x.rows(), weights.outputs);
    EXPECT_EQ(gemm.multiply(x.view(), weights, out.view(), {}), WorkStatus::Completed);
    return out;
}

void expectNearDoubleLoop(const Matrix &x, const Matrix &values, const Matrix &out)
{
    for (std::size_t row = 0; row < x.rows(); ++row)
        for (std::size_t output = 0; output < values.rows(); ++output) {
            double sum = 0.0;
            double size = 0.0;
            for (std::size_t input = 0; input < x.columns(); ++input) {
                const double term =
                    static_cast<double>(x.at(row, input)) * static_cast<double>(values.at(output, input));
                sum += term;
                size += std::abs(term);
            }
            // fp32 summation: at most inputs * 2^-24 of the sum of magnitudes; 2^-18 of it is far above what
            // is met
            ASSERT_NEAR(out.at(row, output), sum, size * 0x1.0p-18) << row << ' ' << output;
        }
}

class GemmBackends : public ::testing::TestWithParam<GemmBackend> {
protected:
    WeightMatrix prepared(const Matrix &values)
    {
        ThreadPool pool(2);
        WeightMatrix weights = storedWeights(values);
        EXPECT_TRUE(prepareWeights(weights, GetParam(), pool));
        return weights;
    }
};

/// `prepare` makes weights of a backend; the products are compared at shapes around its tiles and panels.
template <typename Prepare> void expectPlainLoopAtAllShapes(const Prepare &prepare)
{
    for (const auto &[rows, inputs, outputs] :
        {std::tuple(1, 1, 1), std::tuple(1, 576, 192), std::tuple(5, 64, 63), std::tuple(6, 64, 64),
            std::tuple(7, 64, 65), std::tuple(48, 96, 130), std::tuple(97, 1536, 200)}) {
        const Matrix x = randomMatrix(rows, inputs, 1);
        const Matrix values = randomMatrix(outputs, inputs, 2);
        expectNearDoubleLoop(x, values, product(x, prepare(values), 2));
    }
}

TEST_P(GemmBackends, EqualAPlainLoopAtAllShapes)
{
    expectPlainLoopAtAllShapes([this](const Matrix &values) { return prepared(values); });
}

TEST_P(GemmBackends, GiveTheSameBytesForAnyNumberOfThreads)
{
    const Matrix x = randomMatrix(33, 96, 1);
    const Matrix values = randomMatrix(300, 96, 2);
    const WeightMatrix weights = prepared(values);
    const Matrix one = product(x, weights, 1);
    for (const int threads : {2, 3, 7}) {
        const Matrix many = product(x, weights, threads);
        EXPECT_EQ(std::memcmp(one.values().data(), many.values().data(), one.byteSize()), 0) << threads;
    }
}

TEST_P(GemmBackends, MultiplyNoRows)
{
    const Matrix values = randomMatrix(70, 32, 2);
    EXPECT_TRUE(product(Matrix(0, 32), prepared(values), 2).empty());
    EXPECT_TRUE(product(Matrix(0, 32), storedWeights(values), 2).empty());
}

TEST_P(GemmBackends, RefuseWeightsThatAreNotNumbers)
{
    ThreadPool pool(1);
    Matrix values = randomMatrix(70, 32, 2);
    values.at(69, 31) = std::numeric_limits<float>::quiet_NaN();
    WeightMatrix weights = storedWeights(values);
    EXPECT_FALSE(prepareWeights(weights, GetParam(), pool));
    values.at(69, 31) = std::numeric_limits<float>::infinity();
    EXPECT_FALSE(prepareWeights(weights, GetParam(), pool));
}

TEST_P(GemmBackends, PassTheSelfTestOnThisProcessor)
{
    if (GetParam() == GemmBackend::Amx && !amxAbsence().empty())
        GTEST_SKIP() << amxAbsence();
    const std::vector<GemmBackend> usable = usableGemmBackends();
    EXPECT_EQ(std::count(usable.begin(), usable.end(), GetParam()), 1);
}

TEST_P(GemmBackends, AreFoundByName)
{
    EXPECT_EQ(gemmBackendByName(gemmBackendName(GetParam())), GetParam());
    EXPECT_EQ(gemmBackendByName("gpu"), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(All, GemmBackends,
    ::testing::Values(GemmBackend::Blas, GemmBackend::Packed, GemmBackend::Amx),
    [](const auto &backend) { return std::string(gemmBackendName(backend.param)); });

TEST(Gemm, TheTileUnitIsUsableOnlyWhereItIsPresent)
{
    const std::vector<GemmBackend> usable = usableGemmBackends();
    EXPECT_EQ(std::count(usable.begin(), usable.end(), GemmBackend::Amx), amxAbsence().empty() ? 1 : 0);
    EXPECT_EQ(amxKernelOrNull() != nullptr, amxAbsence().empty());
}

class PackedProduct : public test::OnVectorTarget { };

TEST_P(PackedProduct, EqualsAPlainLoopAtAllShapes)
{
    ThreadPool pool(2);
    expectPlainLoopAtAllShapes([&](const Matrix &values) {
        WeightMatrix weights = storedWeights(values);
        EXPECT_TRUE(prepareWeights(weights, GemmBackend::Packed, pool));
        return weights;
    });
}

TEST_P(PackedProduct, Bf16WeightsTakeHalfTheMemoryAndGiveTheBytesOfFp32)
{
    ThreadPool pool(2);
    for (const auto &[rows, inputs, outputs] :
        {std::tuple(1, 3, 1), std::tuple(7, 65, 130), std::tuple(97, 576, 64), std::tuple(193, 33, 200)}) {
        const Matrix x = randomMatrix(rows, inputs, 1);
        Matrix values = randomMatrix(outputs, inputs, 2);
        std::vector<std::uint16_t> halves;
        for (float &value : values.values()) {
            halves.push_back(static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(value) >> 16U));
            value = std::bit_cast<float>(static_cast<std::uint32_t>(halves.back()) << 16U);
        }
        WeightMatrix single = storedWeights(values);
        ASSERT_TRUE(prepareWeights(single, GemmBackend::Packed, pool));
        WeightMatrix half = storedWeights(values);
        half.dtype = DType::BF16;
        half.stored = std::as_bytes(std::span(halves));
        ASSERT_TRUE(prepareWeights(half, GemmBackend::Packed, pool, PanelValues::Bf16));
        EXPECT_EQ(half.layout, WeightLayout::HalfPanels);
        EXPECT_EQ(2 * half.bf16.size() * sizeof(std::uint16_t), single.prepared.size() * sizeof(float));
        EXPECT_TRUE(half.prepared.empty());
        const Matrix expected = product(x, single, 2);
        const Matrix got = product(x, half, 2);
        EXPECT_EQ(std::memcmp(expected.values().data(), got.values().data(), expected.byteSize()), 0)
            << rows << ' ' << inputs << ' ' << outputs;
    }
}

TEST_P(PackedProduct, ARowOfALargeProductEqualsTheProductOfThatRow)
{
    ThreadPool pool(2);
    const Matrix x = randomMatrix(53, 200, 1);
    const Matrix values = randomMatrix(150, 200, 2);
    WeightMatrix weights = storedWeights(values);
    ASSERT_TRUE(prepareWeights(weights, GemmBackend::Packed, pool));
    const Matrix all = product(x, weights, 2);
    for (std::size_t row = 0; row < x.rows(); ++row) {
        Matrix single(1, x.columns());
        std::ranges::copy(x.row(row), single.row(0).begin());
        const Matrix one = product(single, weights, 2);
        EXPECT_EQ(std::memcmp(one.values().data(), all.row(row).data(), one.byteSize()), 0) << row;
    }
}

TEST_P(PackedProduct, MappedWeightsGiveTheBytesOfPackedOnes)
{
    ThreadPool pool(2);
    const Matrix x = randomMatrix(20, 96, 1);
    const Matrix values = randomMatrix(150, 96, 2);
    const WeightMatrix mapped = storedWeights(values);
    WeightMatrix weights = storedWeights(values);
    ASSERT_TRUE(prepareWeights(weights, GemmBackend::Packed, pool));
    const Matrix left = product(x, mapped, 2);
    const Matrix right = product(x, weights, 2);
    EXPECT_EQ(std::memcmp(left.values().data(), right.values().data(), left.byteSize()), 0);
}

TEST(Gemm, SeveralTargetsEqualSingleProducts)
{
    ThreadPool pool(2);
    Gemm gemm(pool);
    const Matrix x = randomMatrix(9, 64, 1);
    const Matrix first = randomMatrix(100, 64, 2);
    const Matrix second = randomMatrix(30, 64, 3);
    const WeightMatrix a = storedWeights(first);
    const WeightMatrix b = storedWeights(second);
    Matrix outA(9, 100);
    Matrix outB(9, 30);
    const GemmTarget targets[] = {{&a, outA.view()}, {&b, outB.view()}};
    ASSERT_EQ(gemm.multiply(x.view(), targets, {}), WorkStatus::Completed);
    EXPECT_EQ(std::memcmp(outA.values().data(), product(x, a, 1).values().data(), outA.byteSize()), 0);
    EXPECT_EQ(std::memcmp(outB.values().data(), product(x, b, 1).values().data(), outB.byteSize()), 0);
}

TEST(Gemm, StopsBetweenPanels)
{
    ThreadPool pool(2);
    Gemm gemm(pool);
    const Matrix x = randomMatrix(2, 32, 1);
    const Matrix values = randomMatrix(100, 32, 2);
    Matrix out(2, 100);
    std::stop_source source;
    source.request_stop();
    EXPECT_EQ(gemm.multiply(x.view(), storedWeights(values), out.view(), source.get_token()),
        WorkStatus::Cancelled);
}

INSTANTIATE_TEST_SUITE_P(
    Targets, PackedProduct, testing::ValuesIn(test::vectorTargets()), test::NameOfVectorTarget());

} // namespace
} // namespace sinkscope
