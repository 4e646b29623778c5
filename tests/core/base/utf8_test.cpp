// SPDX-License-Identifier: Apache-2.0
// UTF-8 against the tables of the Unicode standard.
#include "core/base/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace sinkscope {

namespace {

constexpr auto kValid = std::string_view::npos;
const std::string kReplacement = "\xEF\xBF\xBD";

std::string replacements(int count)
{
    std::string text;
    for (int time = 0; time < count; ++time)
        text += kReplacement;
    return text;
}

TEST(Utf8Escape, WritesOnlyBytesThatAreNoTextAsHex)
{
    EXPECT_EQ(escapeInvalidUtf8("caf\xC3\xA9"), "caf\xC3\xA9");
    EXPECT_EQ(escapeInvalidUtf8(" \xD7"), " \\xD7");
    EXPECT_EQ(escapeInvalidUtf8("\xF0\x9F\x98"), "\\xF0\\x9F\\x98");
    EXPECT_EQ(escapeInvalidUtf8(""), "");
}

} // namespace

TEST(Utf8, ValidTextIsAccepted)
{
    EXPECT_EQ(firstInvalidUtf8(""), kValid);
    EXPECT_EQ(firstInvalidUtf8("plain"), kValid);
    EXPECT_EQ(firstInvalidUtf8(std::string_view("a\0b", 3)), kValid);
    EXPECT_EQ(firstInvalidUtf8("gr\xC3\xBC\xC3\x9F \xE2\x82\xAC \xF0\x9F\x8C\x8A"), kValid);
}

// Unicode 15, table 3-7: first and last sequence of each row.
TEST(Utf8, LimitsOfTheWellFormedTable)
{
    for (const char *text : {"\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xE0\xBF\xBF", "\xE1\x80\x80",
             "\xEC\xBF\xBF", "\xED\x80\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBF",
             "\xF0\x90\x80\x80", "\xF0\xBF\xBF\xBF", "\xF1\x80\x80\x80", "\xF3\xBF\xBF\xBF",
             "\xF4\x80\x80\x80", "\xF4\x8F\xBF\xBF"})
        EXPECT_EQ(firstInvalidUtf8(text), kValid) << text;
    for (const char *text : {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80",
             "\xED\xBF\xBF", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFE", "\xFF",
             "\xC2", "\xE2\x82", "\xF0\x9F\x8C"})
        EXPECT_EQ(firstInvalidUtf8(text), 0U) << text;
}

TEST(Utf8, OffsetOfTheFirstInvalidSequence)
{
    EXPECT_EQ(firstInvalidUtf8("ab\xC3\xBC\xFFx"), 4U);
    EXPECT_EQ(firstInvalidUtf8("abc\xE2\x82"), 3U);
    EXPECT_EQ(firstInvalidUtf8("\xC3\xBC\xC3("), 2U);
}

// Unicode 15, section 3.9, tables 3-8 to 3-11 (U+FFFD for each maximal subpart).
TEST(Utf8, RepairReplacesMaximalSubparts)
{
    EXPECT_EQ(repairUtf8("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41"), replacements(8) + "A");
    EXPECT_EQ(repairUtf8("\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41"), replacements(8) + "A");
    EXPECT_EQ(
        repairUtf8("\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42"), replacements(5) + "A" + replacements(2) + "B");
    EXPECT_EQ(repairUtf8("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41"), replacements(4) + "A");
}

TEST(Utf8, RepairKeepsValidText)
{
    EXPECT_EQ(repairUtf8(""), "");
    EXPECT_EQ(repairUtf8("gr\xC3\xBC\xC3\x9F"), "gr\xC3\xBC\xC3\x9F");
    EXPECT_EQ(repairUtf8("end\xF0\x9F\x8C"), "end" + kReplacement) << "one for an incomplete tail";
}

TEST(Utf8, CompletePrefixLeavesOnlyAnIncompleteTailOut)
{
    EXPECT_EQ(completeUtf8Prefix(""), 0U);
    EXPECT_EQ(completeUtf8Prefix("abc"), 3U);
    EXPECT_EQ(completeUtf8Prefix("abc\xC3"), 3U);
    EXPECT_EQ(completeUtf8Prefix("abc\xC3\xBC"), 5U);
    EXPECT_EQ(completeUtf8Prefix("a\xF0\x9F\x8C"), 1U);
    EXPECT_EQ(completeUtf8Prefix("a\xF0\x9F\x8C\x8A"), 5U);
    // Bytes that no further byte can make valid are not waited for.
    EXPECT_EQ(completeUtf8Prefix("a\xFF"), 2U);
    EXPECT_EQ(completeUtf8Prefix("a\xED\xA0"), 3U);
    EXPECT_EQ(completeUtf8Prefix("\xC3(\xE2"), 2U);
}

TEST(Utf8, AppendWritesTheStandardsExamples)
{
    std::string text;
    for (const char32_t codePoint : {U'M', U'\u0430', U'\u4E8C', U'\U00010302'}) // Unicode 15, table 3-3
        appendUtf8(text, codePoint);
    EXPECT_EQ(text, "M\xD0\xB0\xE4\xBA\x8C\xF0\x90\x8C\x82");
}

TEST(Utf8, EveryScalarValueIsWrittenValidAndOfTheRightLength)
{
    for (char32_t codePoint = 0; codePoint <= 0x10FFFF; ++codePoint) {
        if (codePoint >= 0xD800 && codePoint <= 0xDFFF)
            continue;
        std::string text;
        appendUtf8(text, codePoint);
        const std::size_t length = codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
        ASSERT_EQ(text.size(), length) << static_cast<std::uint32_t>(codePoint);
        ASSERT_EQ(firstInvalidUtf8(text), kValid) << static_cast<std::uint32_t>(codePoint);
    }
}

} // namespace sinkscope
