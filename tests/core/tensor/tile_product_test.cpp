// SPDX-License-Identifier: Apache-2.0
// Products on the tile unit, the processor's and the model of it: errors, edges, and bytes that do not
// change.
#include "core/base/random.h"
#include "core/tensor/gemm.h"
#include "tests/support/software_tiles.h"

#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <limits>

namespace sinkscope {
namespace {

enum class Unit { Software, Hardware };

/// Kinds of weights by the bf16 terms they need.
enum class Values {
    Bf16, // one
    Half, // two: 11 bits, as F16
    Q4_1, // three: 4-bit codes times an F16 scale plus an F16 minimum, in fp32
};

double halfPrecision(double value)
{
    int exponent = 0;
    const double fraction = std::frexp(value, &exponent);
    return std::ldexp(std::nearbyint(std::ldexp(fraction, 11)), exponent - 11);
}

float bf16Of(double value)
{
    int exponent = 0;
    const double fraction = std::frexp(value, &exponent);
    return static_cast<float>(std::ldexp(std::nearbyint(std::ldexp(fraction, 8)), exponent - 8));
}

Matrix randomMatrix(std::size_t rows, std::size_t columns, std::uint64_t seed, float size = 1.0F)
{
    Matrix matrix(rows, columns);
    Random random(seed);
    for (float &value : matrix.values())
        value = size * static_cast<float>(random.normal());
    return matrix;
}

Matrix weightValues(Values kind, std::size_t outputs, std::size_t inputs)
{
    Matrix matrix = randomMatrix(outputs, inputs, 2);
    Random random(3);
    double scale = 0.0;
    double least = 0.0;
    for (std::size_t at = 0; at < matrix.values().size(); ++at) {
        float &value = matrix.values()[at];
        if (at % 32 == 0) {
            scale = halfPrecision(0.01 + 0.3 * random.uniform());
            least = halfPrecision(-2.0 * random.uniform());
        }
        if (kind == Values::Q4_1)
            value = static_cast<float>(static_cast<double>(random.next() % 16) * scale + least);
        else
            value = kind == Values::Half ? static_cast<float>(halfPrecision(value)) : bf16Of(value);
    }
    return matrix;
}

/// `values` in tiles; the matrix must live on.
WeightMatrix tileWeights(const Matrix &values)
{
    ThreadPool pool(2);
    WeightMatrix weights;
    weights.outputs = values.rows();
    weights.inputs = values.columns();
    weights.stored = std::as_bytes(values.values());
    EXPECT_TRUE(prepareWeights(weights, GemmBackend::Amx, pool));
    EXPECT_EQ(weights.layout, WeightLayout::Tiles);
    return weights;
}

bool sameBytes(std::span<const float> left, std::span<const float> right)
{
    return left.size() == right.size() && std::memcmp(left.data(), right.data(), left.size_bytes()) == 0;
}

/// A product in double, and the sum of the magnitudes of its terms.
struct ExactSum {
    double sum = 0.0;
    double size = 0.0;
};

ExactSum exactSum(std::span<const float> x, std::span<const float> weights)
{
    ExactSum exact;
    for (std::size_t input = 0; input < x.size(); ++input) {
        const double term = static_cast<double>(x[input]) * static_cast<double>(weights[input]);
        exact.sum += term;
        exact.size += std::fabs(term);
    }
    return exact;
}

/// Roundings to 2^-24 that an element of the product meets at most: in each sum over 512 inputs a chain of 16
/// multiply-adds and one addition, then for each step of 32 inputs up to 6 products of terms that join the
/// tile; the sums join one another; 2 for the products of terms left out, each below 2^-24 of x * w. For 1536
/// inputs 118: less than the 1535 of a plain fp32 sum, and than the 140 of the packed kernel.
double roundings(std::size_t inputs)
{
    const std::size_t steps = (std::min<std::size_t>(inputs, 512) + 31) / 32;
    const std::size_t sums = (inputs + 511) / 512;
    return static_cast<double>(17 + 6 * steps + sums + 2);
}

class TileProducts : public ::testing::TestWithParam<Unit> {
protected:
    void SetUp() override
    {
        if (GetParam() == Unit::Hardware && !amxKernelOrNull())
            GTEST_SKIP() << amxAbsence();
        m_kernel = GetParam() == Unit::Hardware ? amxKernelOrNull() : test::softwareTileKernel();
    }
    Matrix product(MatrixView x, const WeightMatrix &weights, int threads = 2,
        GemmPrecision precision = GemmPrecision::Exact) const
    {
        ThreadPool pool(threads);
        Gemm gemm(pool, m_kernel);
        gemm.setPrecision(precision);
        Matrix out(x.rows, weights.outputs);
        std::ranges::fill(out.values(), 7.0F); // what stood there does not matter
        EXPECT_EQ(gemm.multiply(x, weights, out.view(), {}), WorkStatus::Completed);
        return out;
    }
    void expectWithinBound(const Matrix &x, const Matrix &values) const
    {
        const Matrix out = product(x.view(), tileWeights(values));
        for (std::size_t row = 0; row < x.rows(); ++row)
            for (std::size_t output = 0; output < values.rows(); ++output) {
                const ExactSum exact = exactSum(x.row(row), values.row(output));
                ASSERT_NEAR(out.at(row, output), exact.sum, exact.size * roundings(x.columns()) * 0x1p-24)
                    << row << ' ' << output << " of " << x.rows() << 'x' << x.columns() << 'x'
                    << values.rows();
            }
    }
    /// Root mean square of the errors, relative to the root mean square of the products.
    double error(const Matrix &x, const Matrix &values, GemmPrecision precision) const
    {
        const Matrix out = product(x.view(), tileWeights(values), 2, precision);
        double errors = 0.0;
        double products = 0.0;
        for (std::size_t row = 0; row < x.rows(); ++row)
            for (std::size_t output = 0; output < values.rows(); ++output) {
                const ExactSum exact = exactSum(x.row(row), values.row(output));
                errors += std::pow(out.at(row, output) - exact.sum, 2);
                products += std::pow(exact.sum, 2);
            }
        return std::sqrt(errors / products);
    }

    TileKernel m_kernel = nullptr;
};

/// The same error of plain fp32 sums over the inputs in order.
double plainError(const Matrix &x, const Matrix &values)
{
    double errors = 0.0;
    double products = 0.0;
    for (std::size_t row = 0; row < x.rows(); ++row)
        for (std::size_t output = 0; output < values.rows(); ++output) {
            float sum = 0.0F;
            for (std::size_t input = 0; input < x.columns(); ++input)
                sum += x.at(row, input) * values.at(output, input);
            const ExactSum exact = exactSum(x.row(row), values.row(output));
            errors += std::pow(static_cast<double>(sum) - exact.sum, 2);
            products += std::pow(exact.sum, 2);
        }
    return std::sqrt(errors / products);
}

TEST_P(TileProducts, StayWithinTheirBoundAtAllEdges)
{
    for (const std::size_t rows : {1U, 15U, 16U, 17U, 32U, 33U, 129U})
        expectWithinBound(randomMatrix(rows, 45, 1), weightValues(Values::Q4_1, 33, 45));
    for (const std::size_t inputs : {1U, 2U, 31U, 32U, 33U, 511U, 512U, 513U, 1100U})
        expectWithinBound(randomMatrix(3, inputs, 1), weightValues(Values::Q4_1, 17, inputs));
    for (const std::size_t outputs : {1U, 15U, 16U, 17U, 31U, 32U, 33U, 100U})
        expectWithinBound(randomMatrix(18, 64, 1), weightValues(Values::Q4_1, outputs, 64));
}

TEST_P(TileProducts, AreAsExactAsPlainSumsForEveryKindOfWeights)
{
    for (const auto &[kind, terms] :
        {std::pair(Values::Bf16, 1), std::pair(Values::Half, 2), std::pair(Values::Q4_1, 3)})
        for (const std::size_t inputs : {576U, 1536U}) {
            SCOPED_TRACE(testing::Message() << terms << " terms, " << inputs << " inputs");
            const Matrix x = randomMatrix(20, inputs, 1);
            const Matrix values = weightValues(kind, 40, inputs);
            EXPECT_EQ(tileWeights(values).tileTerms, terms);
            expectWithinBound(x, values);
            EXPECT_LE(error(x, values, GemmPrecision::Exact), plainError(x, values));
        }
}

TEST_P(TileProducts, FewerTermsAreLessExactByTheirBits)
{
    for (const Values kind : {Values::Bf16, Values::Q4_1}) {
        const Matrix x = randomMatrix(20, 576, 1);
        const Matrix values = weightValues(kind, 40, 576);
        // a term more holds 8 or 9 bits more; one value is off by up to 2^-9, 2^-17, and often by a third of
        // it
        const double one = error(x, values, GemmPrecision::OneTerm);
        EXPECT_GT(one, 0x1p-12);
        EXPECT_LT(one, 0x1p-7);
        const double two = error(x, values, GemmPrecision::TwoTerms);
        EXPECT_GT(two, 0x1p-21);
        EXPECT_LT(two, 0x1p-15);
        EXPECT_LT(error(x, values, GemmPrecision::Exact), two / 8.0);
    }
}

TEST_P(TileProducts, ARowEqualsTheProductOfThatRow)
{
    const Matrix x = randomMatrix(150, 545, 1);
    const WeightMatrix weights = tileWeights(weightValues(Values::Q4_1, 70, 545));
    for (const GemmPrecision precision :
        {GemmPrecision::OneTerm, GemmPrecision::TwoTerms, GemmPrecision::Exact}) {
        const Matrix all = product(x.view(), weights, 2, precision);
        for (const std::size_t row : {0U, 1U, 15U, 16U, 31U, 32U, 127U, 128U, 149U}) {
            const MatrixView alone(x.row(row).data(), 1, x.columns());
            EXPECT_TRUE(sameBytes(product(alone, weights, 1, precision).row(0), all.row(row))) << row;
        }
        const MatrixView part(x.row(40).data(), 50, x.columns()); // a restart, or a variant of a stack
        const Matrix rows = product(part, weights, 2, precision);
        for (std::size_t row = 0; row < rows.rows(); ++row)
            EXPECT_TRUE(sameBytes(rows.row(row), all.row(40 + row))) << row;
    }
}

TEST_P(TileProducts, AnyNumberOfThreadsGivesTheSameBytes)
{
    const Matrix x = randomMatrix(140, 96, 1);
    const WeightMatrix weights = tileWeights(weightValues(Values::Q4_1, 300, 96));
    const Matrix one = product(x.view(), weights, 1);
    for (const int threads : {2, 3, 7})
        EXPECT_TRUE(sameBytes(product(x.view(), weights, threads).values(), one.values())) << threads;
}

TEST_P(TileProducts, SeveralTargetsOfDifferentTermsEqualSingleProducts)
{
    ThreadPool pool(2);
    Gemm gemm(pool, m_kernel);
    const Matrix x = randomMatrix(33, 64, 1);
    const Matrix first = weightValues(Values::Bf16, 40, 64);
    const Matrix second = weightValues(Values::Q4_1, 70, 64);
    const WeightMatrix a = tileWeights(first);
    const WeightMatrix b = tileWeights(second);
    Matrix outA(33, 40);
    Matrix outB(33, 70);
    const GemmTarget targets[] = {{&a, outA.view()}, {&b, outB.view()}};
    ASSERT_EQ(gemm.multiply(x.view(), targets, {}), WorkStatus::Completed);
    EXPECT_TRUE(sameBytes(outA.values(), product(x.view(), a).values()));
    EXPECT_TRUE(sameBytes(outB.values(), product(x.view(), b).values()));
}

TEST_P(TileProducts, WriteNothingBesideTheirOutput)
{
    ThreadPool pool(2);
    Gemm gemm(pool, m_kernel);
    const Matrix x = randomMatrix(20, 600, 1);
    const Matrix values = weightValues(Values::Half, 50, 600);
    const WeightMatrix weights = tileWeights(values);
    Matrix wide(20, 60);
    std::ranges::fill(wide.values(), 7.0F);
    ASSERT_EQ(
        gemm.multiply(x.view(), weights, {wide.values().data() + 4, 20, 50, 60}, {}), WorkStatus::Completed);
    const Matrix expected = product(x.view(), weights);
    for (std::size_t row = 0; row < 20; ++row) {
        EXPECT_TRUE(sameBytes(wide.row(row).subspan(4, 50), expected.row(row)));
        for (const std::size_t column : {0U, 3U, 54U, 59U})
            EXPECT_EQ(wide.at(row, column), 7.0F);
    }
}

TEST_P(TileProducts, HoldForHugeAndSmallMagnitudes)
{
    for (const float size : {1e-20F, 1e20F, 1e30F})
        expectWithinBound(randomMatrix(5, 200, 1, size), weightValues(Values::Q4_1, 20, 200));
    Matrix largest(1, 32);
    largest.at(0, 0) = std::numeric_limits<float>::max(); // would round up to infinity
    Matrix weight(1, 32);
    weight.at(0, 0) = -0.5F;
    EXPECT_EQ(
        product(largest.view(), tileWeights(weight)).at(0, 0), -0.5F * std::numeric_limits<float>::max());
    EXPECT_EQ(
        product(weight.view(), tileWeights(largest)).at(0, 0), -0.5F * std::numeric_limits<float>::max());
}

// The unit takes terms and sums below 2^-126 for 0: of each product at most the third terms of both factors
// or more, 2^-126 of the other factor each, and every rounding may lose 2^-126.
TEST_P(TileProducts, LoseDenormalsAndNoMore)
{
    const std::size_t inputs = 100;
    const Matrix x = randomMatrix(4, inputs, 1, 0x1p-118F);
    const Matrix values = weightValues(Values::Q4_1, 20, inputs);
    const Matrix out = product(x.view(), tileWeights(values));
    for (std::size_t row = 0; row < x.rows(); ++row)
        for (std::size_t output = 0; output < values.rows(); ++output) {
            const ExactSum exact = exactSum(x.row(row), values.row(output));
            double weightSum = 0.0;
            for (const float weight : values.row(output))
                weightSum += std::fabs(static_cast<double>(weight));
            const double lost = (3.0 * weightSum + 6.0 * static_cast<double>(inputs)) * 0x1p-126;
            ASSERT_NEAR(out.at(row, output), exact.sum, lost + exact.size * roundings(inputs) * 0x1p-24);
        }
    const Matrix denormal = randomMatrix(2, 32, 4, 0x1p-130F);
    const Matrix none = product(denormal.view(), tileWeights(weightValues(Values::Bf16, 8, 32)));
    for (const float value : none.values())
        EXPECT_EQ(value, 0.0F);
}

TEST_P(TileProducts, ARowThatIsNotFiniteTouchesNoOther)
{
    Matrix x = randomMatrix(18, 64, 1);
    const WeightMatrix weights = tileWeights(weightValues(Values::Q4_1, 40, 64));
    const Matrix before = product(x.view(), weights);
    x.at(3, 5) = std::numeric_limits<float>::quiet_NaN();
    x.at(17, 0) = std::numeric_limits<float>::infinity();
    const Matrix after = product(x.view(), weights);
    for (std::size_t row = 0; row < 18; ++row) {
        if (row != 3 && row != 17) {
            EXPECT_TRUE(sameBytes(after.row(row), before.row(row))) << row;
            continue;
        }
        for (const float value : after.row(row))
            EXPECT_FALSE(std::isfinite(value)) << row;
    }
}

INSTANTIATE_TEST_SUITE_P(Units, TileProducts, ::testing::Values(Unit::Software, Unit::Hardware),
    [](const auto &unit) { return unit.param == Unit::Software ? "Software" : "Hardware"; });

TEST(TileWeights, WithoutAUnitAreReadFromTheFile)
{
    ThreadPool pool(2);
    Gemm gemm(pool, nullptr);
    const Matrix x = randomMatrix(20, 96, 1);
    const Matrix values = weightValues(Values::Q4_1, 150, 96);
    WeightMatrix packed = tileWeights(values);
    ASSERT_TRUE(prepareWeights(packed, GemmBackend::Packed, pool));
    EXPECT_TRUE(packed.bf16.empty());
    Matrix left(20, 150);
    Matrix right(20, 150);
    ASSERT_EQ(gemm.multiply(x.view(), tileWeights(values), left.view(), {}), WorkStatus::Completed);
    ASSERT_EQ(gemm.multiply(x.view(), packed, right.view(), {}), WorkStatus::Completed);
    EXPECT_TRUE(sameBytes(left.values(), right.values()));
}

TEST(TileWeights, TakeNoMoreThanIsPlanned)
{
    const Matrix values = weightValues(Values::Q4_1, 100, 70);
    const WeightMatrix weights = tileWeights(values);
    EXPECT_LE(weights.bf16.size() * sizeof(std::uint16_t), preparedBytes(100, 70, GemmBackend::Amx));
    // 4 panels of 3 steps, 3 terms, 2 tiles of 1 KiB
    EXPECT_EQ(weights.bf16.size() * sizeof(std::uint16_t), 4U * 3 * 3 * 2 * 1024);
}

} // namespace
} // namespace sinkscope
