// SPDX-License-Identifier: Apache-2.0
// The value axes of the curves: round ranges, labels that can be told apart, titles with the power of ten.
#include "ui/views/curve_data.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace sinkscope::ui;

TEST(CurveAxes, RoundRanges)
{
    const auto rangeOf = [](double low, double high) {
        CurveSeries series;
        series.lines.push_back({{}, {{0.1, low}, {1.0, high}}, false});
        return roundRange(series);
    };
    // The ranges of explore-light.png.
    EXPECT_EQ(rangeOf(0.117, 0.448), (CurveRange {0.0, 0.5}));
    EXPECT_EQ(rangeOf(-1.36, -0.14), (CurveRange {-1.5, 0.0}));
    EXPECT_EQ(rangeOf(0.1, 2.95), (CurveRange {0.0, 3.0}));
    EXPECT_NEAR(rangeOf(2.968, 3.738).low, 2.8, 1e-9);
    EXPECT_NEAR(rangeOf(2.968, 3.738).high, 3.8, 1e-9);
    EXPECT_EQ(labelDecimals({0.0, 0.5}), 2);
    EXPECT_EQ(labelDecimals({0.0, 3.0}), 1);
    for (const auto &[low, high] : {std::pair {3.0, 3.0}, {0.0, 0.0}, {1e-7, 2e-7}, {-5.0, 120.0}}) {
        const CurveRange range = rangeOf(low, high);
        EXPECT_LT(range.low, range.high);
        EXPECT_LE(range.low, low);
        EXPECT_GE(range.high, high);
    }
}

TEST(CurveAxes, TinyChangesHaveAWideAxis)
{
    CurveSeries entropy {QStringLiteral("Output entropy"), QStringLiteral("nats"),
        {{{}, {{0.1, 2.80}, {1.0, 2.8000001}}, false}}, CurveExtreme::None};
    const CurveRange range = roundRange(entropy);
    EXPECT_GE(range.high - range.low, 0.2 - 1e-9);
    entropy.lines[0].points = {{0.1, 0.0}, {1.0, 0.0}}; // one token
    EXPECT_EQ(roundRange(entropy), (CurveRange {0.0, 0.2}));
    CurveSeries share {QStringLiteral("p"), {}, {{{}, {{1.0, 1e-6}}, false}}, CurveExtreme::None};
    const CurveRange small = roundRange(share); // a probability as small as that has its own axis
    EXPECT_LE(small.low, 1e-6);
    EXPECT_GE(small.high, 1e-6 * (1 - 1e-9)); // powers of ten are not exact
    EXPECT_LE(small.high - small.low, 1e-6);
}

TEST(CurveAxes, SmallSharesAreReadOffTheAxis)
{
    CurveSeries share {QStringLiteral("p"), {}, {{{}, {{0.1, 2e-8}, {1.0, 1.6e-7}}, false}}, {}};
    const CurveRange range = roundRange(share);
    EXPECT_GE(range.high, 1.6e-7);
    EXPECT_LE(range.high, 2 * 1.6e-7); // the curve fills half of the height at least
    EXPECT_EQ(axisLabel({0.0, 2e-7}, 2e-7), QStringLiteral("2.0"));
    EXPECT_EQ(axisLabel({0.0, 2e-7}, 0.0), QStringLiteral("0.0"));
    EXPECT_EQ(curveTitle({QStringLiteral("Answer probability"), {}, {}, CurveExtreme::None}, {0.0, 2e-7}),
        QStringLiteral("Answer probability, ×10⁻⁷"));
    EXPECT_EQ(axisLabel({0.0, 0.5}, 0.25), QStringLiteral("0.25"));
}

TEST(CurveAxes, LabelsOfAnAxisDiffer)
{
    for (const CurveRange &range : {CurveRange {1.15e-7, 1.3e-7}, CurveRange {1.2e-7, 1.3e-7}, {0.0, 5e-12},
             {3.12e-5, 3.13e-5}, {-2.5e-6, -1e-6}, {0.3, 0.5}, {2.75, 3.25}, {0.4999, 0.5001}}) {
        const QString low = axisLabel(range, range.low);
        const QString middle = axisLabel(range, range.middle());
        const QString high = axisLabel(range, range.high);
        EXPECT_NE(low, middle) << range.low;
        EXPECT_NE(middle, high) << range.low;
        const double unit = std::pow(10.0, axisPower(range));
        const double read = QString(middle).replace(QChar(0x2212), QLatin1Char('-')).toDouble() * unit;
        EXPECT_NEAR(read, range.middle(), 1e-3 * std::abs(range.high - range.low)) << qPrintable(middle);
    }
}
