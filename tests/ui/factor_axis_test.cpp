// SPDX-License-Identifier: Apache-2.0
// The factor axis: places, snapping, steps, and what may be typed.
#include "ui/views/factor_axis.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace sinkscope::ui;

namespace {

const FactorAxis kAxis {62, 92, 432}; // the design's axis in a dock of 448 px: 85 px a decade

double typed(const char *text, double present = 1.0)
{
    const ParsedFactor parsed = parseFactor(QString::fromUtf8(text));
    if (!parsed.entry) {
        return -1;
    }
    const ParsedFactor value = resolveFactor(*parsed.entry, present);
    return value.entry ? value.entry->number : -1;
}

QString refusal(const char *text)
{
    return parseFactor(QString::fromUtf8(text)).message;
}

} // namespace

TEST(FactorAxis, DesignPlaces)
{
    EXPECT_EQ(FactorAxis::forPanel(448, 1.0), kAxis);
    // window.md: explore-small.png has its axis from 93 to 312 in a dock of 328.
    EXPECT_NEAR(FactorAxis::forPanel(328, 1.0).lowX, 93, 1.0);
    EXPECT_NEAR(FactorAxis::forPanel(328, 1.0).highX, 312, 1.0);
}

TEST(FactorAxis, DecadesAreEvenlySpaced)
{
    EXPECT_DOUBLE_EQ(kAxis.xOf(0.01), 92);
    EXPECT_DOUBLE_EQ(kAxis.xOf(0.1), 177);
    EXPECT_DOUBLE_EQ(kAxis.xOf(1.0), 262);
    EXPECT_DOUBLE_EQ(kAxis.xOf(10.0), 347);
    EXPECT_DOUBLE_EQ(kAxis.xOf(100.0), 432);
    EXPECT_DOUBLE_EQ(kAxis.xOf(0.0), 62);
    EXPECT_DOUBLE_EQ(kAxis.xOf(1e-9), 92);
    EXPECT_DOUBLE_EQ(kAxis.xOf(1e9), 432);
}

TEST(FactorAxis, FactorAtIsTheInverse)
{
    for (const double factor : {0.01, 0.016, 0.3, 2.5, 40.0, 100.0}) {
        EXPECT_NEAR(kAxis.factorAt(kAxis.xOf(factor), SnapAtOne::On), factor, factor * 1e-12);
    }
    EXPECT_EQ(kAxis.factorAt(62, SnapAtOne::On), 0.0);
    EXPECT_EQ(kAxis.factorAt(76.9, SnapAtOne::On), 0.0); // left of the middle of the gap
    EXPECT_EQ(kAxis.factorAt(77.1, SnapAtOne::On), 0.01);
    EXPECT_EQ(kAxis.factorAt(-500, SnapAtOne::On), 0.0);
    EXPECT_EQ(kAxis.factorAt(5000, SnapAtOne::On), 100.0);
}

// 54 px, as the slider of a head in the list of a layer at 1280 x 800: with 6 px a third of a decade either
// way would be out of reach.
TEST(FactorAxis, AShortAxisSnapsWithinThreeHundredthsOfIt)
{
    FactorAxis axis = kAxis;
    axis.lowX = 100;
    axis.highX = 154;
    EXPECT_EQ(axis.factorAt(127 + 1, SnapAtOne::On), 1.0);
    EXPECT_NEAR(axis.factorAt(127 + 2, SnapAtOne::On), std::pow(10.0, 2 * 4.0 / 54), 1e-9);
}

TEST(FactorAxis, SnapsAtOneWithinSixPx)
{
    EXPECT_EQ(kAxis.factorAt(262 + 6, SnapAtOne::On), 1.0);
    EXPECT_EQ(kAxis.factorAt(262 - 6, SnapAtOne::On), 1.0);
    EXPECT_NE(kAxis.factorAt(262 + 6.5, SnapAtOne::On), 1.0);
    EXPECT_NE(kAxis.factorAt(262 + 3, SnapAtOne::Released), 1.0);
}

TEST(FactorAxis, StepsAreFortiethsAndTwoHundredthsOfADecade)
{
    EXPECT_NEAR(steppedFactor(2.0, 40, StepSize::Normal), 20.0, 1e-12);
    EXPECT_NEAR(steppedFactor(2.0, 1, StepSize::Normal), 2.0 * std::pow(10.0, 0.025), 1e-12);
    EXPECT_NEAR(steppedFactor(2.0, -1, StepSize::Fine), 2.0 * std::pow(10.0, -0.005), 1e-12);
}

TEST(FactorAxis, StepsThereAndBackMeetAtExactlyOne)
{
    double factor = 1.0;
    for (int step = 0; step < 17; ++step) {
        factor = steppedFactor(factor, 1, StepSize::Normal);
    }
    for (int step = 0; step < 17; ++step) {
        factor = steppedFactor(factor, -1, StepSize::Normal);
    }
    EXPECT_EQ(factor, 1.0);
    EXPECT_EQ(steppedFactor(1.01, -1, StepSize::Normal), 1.0); // never jumped over
    EXPECT_EQ(steppedFactor(0.99, 3, StepSize::Normal), 1.0);
}

TEST(FactorAxis, StepsAtTheEnds)
{
    EXPECT_EQ(steppedFactor(0.0101, -1, StepSize::Normal), 0.01);
    EXPECT_EQ(steppedFactor(0.01, -1, StepSize::Normal), 0.0);
    EXPECT_EQ(steppedFactor(0.0, -1, StepSize::Normal), 0.0);
    EXPECT_EQ(steppedFactor(0.0, 1, StepSize::Normal), 0.01);
    EXPECT_EQ(steppedFactor(99.0, 5, StepSize::Normal), 100.0);
}

TEST(FactorAxis, ReadsWhatTheDesignLists)
{
    EXPECT_DOUBLE_EQ(typed("2.5"), 2.5);
    EXPECT_DOUBLE_EQ(typed(" 1e-2 "), 0.01);
    EXPECT_EQ(typed("off"), 0.0);
    EXPECT_EQ(typed("OFF"), 0.0);
    EXPECT_EQ(typed("0"), 0.0);
    EXPECT_DOUBLE_EQ(typed("ln 0.9"), std::exp(0.9));
    EXPECT_DOUBLE_EQ(typed("ln -1.2"), std::exp(-1.2));
    EXPECT_DOUBLE_EQ(typed("ln \xE2\x88\x92"
                           "1.2"),
        std::exp(-1.2)); // true minus sign
    EXPECT_DOUBLE_EQ(typed("/2", 3.0), 1.5);
    EXPECT_DOUBLE_EQ(typed("* 2", 3.0), 6.0);
    EXPECT_EQ(typed("*2", 0.0), 0.0); // off stays off
}

TEST(FactorAxis, RefusesWithAReason)
{
    EXPECT_TRUE(refusal("2,5").contains(QStringLiteral("decimal point")));
    EXPECT_TRUE(refusal("-1").contains(QStringLiteral("negative")));
    EXPECT_TRUE(refusal("200").contains(QStringLiteral("0.01 to 100")));
    EXPECT_TRUE(refusal("0.001").contains(QStringLiteral("0.01 to 100")));
    for (const char *text : {"", "abc", "ln", "/", "*x", "nan", "inf", "2.5 3", "0x10"}) {
        EXPECT_FALSE(refusal(text).isEmpty()) << text;
    }
    EXPECT_FALSE(refusal("/0").isEmpty());
    EXPECT_EQ(typed("*2", 60.0), -1); // 120 is beyond the axis
}
