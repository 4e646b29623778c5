// SPDX-License-Identifier: Apache-2.0
// The number and token rules of the design (window.md sections 4 and 8).
#include "ui/theme/number_format.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

namespace sinkscope::ui {
namespace {

std::string utf8(const QString &text)
{
    return text.toStdString();
}

TEST(NumberFormat, ProbabilitiesHaveFourDecimalsAndEntropiesThree)
{
    EXPECT_EQ(utf8(formatProbability(0.24923)), "0.2492");
    EXPECT_EQ(utf8(formatProbability(1.0)), "1.0000");
    EXPECT_EQ(utf8(formatProbability(1.23e-6)), "1.23\u00B710\u207B\u2076");
    EXPECT_EQ(utf8(formatProbability(4.0e-12)), "4.00\u00B710\u207B\u00B9\u00B2");
    EXPECT_EQ(utf8(formatProbability(4.0e-4)), "4.00\u00B710\u207B\u2074"); // "0.0004" has one digit
    EXPECT_EQ(utf8(formatProbability(9.996e-4)), "0.0010");
    EXPECT_EQ(utf8(formatProbability(0.0)), "0.0000");
    EXPECT_EQ(utf8(formatTick(2.5e-6)), "2.5\u00B710\u207B\u2076");
    EXPECT_EQ(utf8(formatTick(1e-5)), "1\u00B710\u207B\u2075");
    EXPECT_EQ(utf8(formatEntropy(3.4479)), "3.448");
    EXPECT_EQ(utf8(formatEntropy(-0.351)), "\u22120.351");
}

TEST(NumberFormat, NoMinusZeroAndNoUnreadableNumbers)
{
    EXPECT_EQ(utf8(formatEntropy(-0.0001)), "0.000");
    EXPECT_EQ(utf8(formatProbability(std::nan(""))), "\u2014");
    EXPECT_EQ(utf8(formatEntropy(-std::numeric_limits<double>::infinity())), "\u2212\u221E");
}

TEST(NumberFormat, FactorsChangeDecimalsAtTheBorders)
{
    EXPECT_EQ(utf8(formatFactor(2.5)), "2.50");
    EXPECT_EQ(utf8(formatFactor(0.3)), "0.30");
    EXPECT_EQ(utf8(formatFactor(0.1)), "0.10");
    EXPECT_EQ(utf8(formatFactor(0.016)), "0.016");
    EXPECT_EQ(utf8(formatFactor(0.09999)), "0.10");
    EXPECT_EQ(utf8(formatFactor(10.0)), "10.0");
    EXPECT_EQ(utf8(formatFactor(9.999)), "10.0");
    EXPECT_EQ(utf8(formatFactor(9.99)), "9.99");
    EXPECT_EQ(utf8(formatFactor(100.0)), "100.0");
    EXPECT_EQ(utf8(formatFactor(0.0)), "off");
}

TEST(NumberFormat, LogarithmOfTheFactorHasASign)
{
    EXPECT_EQ(utf8(formatLnFactor(2.5)), "+0.916"); // ln 2.5 = 0.91629
    EXPECT_EQ(utf8(formatLnFactor(0.3)), "\u22121.204"); // ln 0.3 = -1.20397
    EXPECT_EQ(utf8(formatLnFactor(1.0)), "0.000");
    EXPECT_EQ(utf8(formatLnFactor(0.0)), "\u2212\u221E");
}

TEST(NumberFormat, ChangesAlwaysHaveASign)
{
    EXPECT_EQ(utf8(formatChange(0.0224, 4)), "+0.0224");
    EXPECT_EQ(utf8(formatChange(-0.1, 4)), "\u22120.1000");
    EXPECT_EQ(utf8(formatChange(0.0, 4)), "\u00B10.0000");
    EXPECT_EQ(utf8(formatChange(0.0, 3)), "\u00B10.000");
}

TEST(NumberFormat, AChangeTooSmallForItsDecimalsKeepsItsSignAndSize)
{
    EXPECT_EQ(utf8(formatChange(0.00001, 4)), "+1.0\u00B710\u207B\u2075");
    EXPECT_EQ(utf8(formatChange(-0.000049, 4)), "\u22124.9\u00B710\u207B\u2075");
    EXPECT_EQ(utf8(formatChange(0.00005, 4)), "+0.0001"); // half a step rounds up
    EXPECT_EQ(utf8(formatChange(-0.0004, 3)), "\u22124.0\u00B710\u207B\u2074");
    EXPECT_EQ(utf8(formatChange(3e-10, 3)), "+3.0\u00B710\u207B\u00B9\u2070");
    EXPECT_EQ(utf8(formatFigure(0.00021, 3)), "2.1\u00B710\u207B\u2074");
    EXPECT_EQ(utf8(formatFigure(0.0, 3)), "0.000");
    EXPECT_EQ(utf8(formatFigure(0.461, 3)), "0.461");
    EXPECT_EQ(utf8(formatPrecise(2.5e6)), "2.500\u00B710\u2076");
}

TEST(NumberFormat, PreciseNumbersKeepFourSignificantDigits)
{
    EXPECT_EQ(utf8(formatPrecise(0.0244)), "0.02440");
    EXPECT_EQ(utf8(formatPrecise(0.61563)), "0.6156");
    EXPECT_EQ(utf8(formatPrecise(0.00012345)), "0.0001234");
    EXPECT_EQ(utf8(formatPrecise(12.5)), "12.5000");
    EXPECT_EQ(utf8(formatPrecise(5.589e-5)), "5.589\u00B710\u207B\u2075");
    EXPECT_EQ(utf8(formatPrecise(0.0)), "0");
}

TEST(NumberFormat, PercentMillisecondsAndTicks)
{
    EXPECT_EQ(utf8(formatPercent(0.0244)), "2.44 %");
    EXPECT_EQ(utf8(formatPercent(1.0)), "100.0 %");
    EXPECT_EQ(utf8(formatMilliseconds(8.42)), "8.4 ms");
    EXPECT_EQ(utf8(formatMilliseconds(124.2)), "124 ms");
    EXPECT_EQ(utf8(formatMilliseconds(1240.0)), "1.2 s");
    EXPECT_EQ(utf8(formatTick(0.5)), "0.5");
    EXPECT_EQ(utf8(formatTick(0.15)), "0.15");
    EXPECT_EQ(utf8(formatTick(0.001)), "0.001");
    EXPECT_EQ(utf8(formatTick(-0.1)), "\u22120.1");
    EXPECT_EQ(utf8(formatTick(100.0)), "100");
}

TEST(TokenText, SpacesInFrontAreDotsAndLineEndsArrows)
{
    EXPECT_EQ(utf8(visibleToken(" the")), "\u00B7the");
    EXPECT_EQ(utf8(visibleToken("  x y")), "\u00B7\u00B7x y");
    EXPECT_EQ(utf8(visibleToken("\n")), "\u21B5");
    EXPECT_EQ(utf8(visibleToken("\n\n  ")), "\u21B5\u21B5\u00B7\u00B7");
    EXPECT_EQ(utf8(visibleToken(".\n\n")), ".\u21B5\u21B5");
    EXPECT_EQ(utf8(visibleToken("\t")), "\u21E5");
    EXPECT_EQ(utf8(visibleToken(" ")), "\u00B7");
    EXPECT_EQ(utf8(visibleToken("")), "\u2205");
}

TEST(TokenText, ControlBytesAreHexAndOtherTextStaysWhole)
{
    EXPECT_EQ(utf8(visibleToken("\x07")), "\\x07");
    EXPECT_EQ(utf8(visibleToken("a\rb")), "a\\x0Db");
    EXPECT_EQ(utf8(visibleToken("\x7F")), "\\x7F");
    EXPECT_EQ(utf8(visibleToken("\xE2\x80\xA8")), "\\u2028");
    EXPECT_EQ(utf8(visibleToken(" \u05E9\u05DC\u05D5\u05DD")), "\u00B7\u05E9\u05DC\u05D5\u05DD");
    EXPECT_EQ(utf8(visibleToken("\U0001F600")), "\U0001F600");
}

TEST(TokenText, EverySpaceCanBeShown)
{
    EXPECT_EQ(utf8(visibleText(QStringLiteral("a b "))), "a\u00B7b\u00B7");
}

TEST(TokenText, OnlyAFinalNewlineEndsTheLine)
{
    EXPECT_TRUE(endsLine(".\n"));
    EXPECT_FALSE(endsLine("\nx"));
    EXPECT_FALSE(endsLine(""));
}

TEST(VisibleToken, SaysWhatOneCouldNotSee)
{
    EXPECT_EQ(visibleToken("\u00A0x").toStdString(), "\\xA0x"); // a hard space
    EXPECT_EQ(visibleToken("\u3000").toStdString(), "\\u3000");
    EXPECT_EQ(visibleToken("\u200B").toStdString(), "\\u200B");
    EXPECT_EQ(visibleToken("\u202Eabc").toStdString(), "\\u202Eabc"); // would turn the line round
    EXPECT_EQ(visibleToken("\u200D").toStdString(), "\\u200D"); // a joiner alone
    EXPECT_EQ(visibleToken(" \uFE0F").toStdString(), "·\\uFE0F");
    EXPECT_EQ(visibleToken("\u05B8").toStdString(), "◌\u05B8"); // a Hebrew vowel sign without its letter
}

TEST(VisibleToken, LeavesWordsOfAnyScriptAndEmojiWhole)
{
    EXPECT_EQ(visibleToken(" שלום").toStdString(), "·שלום");
    EXPECT_EQ(visibleToken("می‌خواهم").toStdString(), "می‌خواهم"); // with its non-joiner
    EXPECT_EQ(visibleToken("❤️").toStdString(), "❤️");
    EXPECT_EQ(visibleToken("👩‍👧").toStdString(), "👩‍👧");
    EXPECT_EQ(visibleToken("नि").toStdString(), "नि");
}
} // namespace
} // namespace sinkscope::ui
