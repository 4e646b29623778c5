// SPDX-License-Identifier: Apache-2.0
// Tool tips come in lines that are read at a glance.
#include "ui/theme/tool_tip.h"

#include <gtest/gtest.h>

namespace sinkscope::ui {
namespace {

std::string wrapped(const char *text)
{
    return inShortLines(QString::fromUtf8(text)).toStdString();
}

TEST(ToolTip, ShortTextStaysOneLine)
{
    EXPECT_EQ(
        wrapped("Factor 1 for every head of the scope (0)"), "Factor 1 for every head of the scope (0)");
    EXPECT_EQ(wrapped(""), "");
}

TEST(ToolTip, LongTextIsBrokenIntoLinesOfAboutEqualLength)
{
    // 86 characters: two lines at least, and neither is a leftover of a word or two.
    EXPECT_EQ(
        wrapped("Drag the line as the handle above; dotted line: factor 1; ring at the left: factor off"),
        "Drag the line as the handle above; dotted\nline: factor 1; ring at the left: factor off");
}

TEST(ToolTip, GivenLineEndsAndLongWordsStay)
{
    EXPECT_EQ(wrapped("one\ntwo"), "one\ntwo");
    const std::string word(80, 'x');
    EXPECT_EQ(wrapped((word + " y").c_str()), word + "\ny");
}

} // namespace
} // namespace sinkscope::ui
