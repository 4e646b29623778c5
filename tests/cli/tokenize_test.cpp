// SPDX-License-Identifier: Apache-2.0
// `tokenize`: bytes reach the tokenizer verbatim, whichever way the text comes.
#include "tests/cli/cli_fixture.h"
#include "tests/support/model_paths.h"

#include "tests/support/tiny_model.h"

#include <algorithm>
#include <map>

namespace sinkscope::test {

namespace {

std::string joinedPieces(const nlohmann::json &json)
{
    std::string text;
    for (const auto &piece : json.at("pieces"))
        text += piece.get<std::string>();
    return text;
}

// Texts that shells, editors and option parsers like to change.
const std::map<std::string, std::string> kDelicateTexts {
    {"dash", "-5 degrees"},
    {"option", "--json"},
    {"equals", "a=b"},
    {"brackets", "[1,2]"},
    {"final newline", "line\n"},
    {"carriage return", "one\r\ntwo\r"},
    {"byte order mark", "\xEF\xBB\xBFtext"},
    {"spaces", "  two  "},
    {"quotes", "\"quoted\" 'too'"},
    {"unicode", "na\xC3\xAFve \xE6\xBC\xA2 \xF0\x9F\x99\x82"},
    {"control", std::string("a\x01\x02\x03\x7F b", 7)},
    {"nul", std::string("a\0b", 3)},
};

} // namespace

TEST(CliTokenize, TextAndTextFileAreAlikeAndVerbatim)
{
    for (const auto &[name, text] : kDelicateTexts) {
        SCOPED_TRACE(name);
        const std::string file = writeTemporary("prompt.txt", text);
        const nlohmann::json typed = runCliJson({"tokenize", tinyModel(), "--text", text});
        const nlohmann::json joined = runCliJson({"tokenize", tinyModel(), "--text=" + text});
        const nlohmann::json read = runCliJson({"tokenize", tinyModel(), "--text-file", file});
        EXPECT_EQ(typed, read);
        EXPECT_EQ(typed, joined);
        const bool ascii = std::none_of(text.begin(), text.end(), [](char c) { return (c & 0x80) != 0; });
        if (ascii) { // the tiny vocabulary splits other characters into bytes, whose pieces are U+FFFD
            EXPECT_EQ(joinedPieces(typed), text);
        }
        EXPECT_EQ(typed.at("ids").size(), typed.at("pieces").size());
    }
}

TEST(CliTokenize, ByteOrderMarkIsKept)
{
    const std::string file = writeTemporary("bom.txt",
        "\xEF\xBB\xBF"
        "7");
    EXPECT_EQ(
        runCliJson({"tokenize", tinyModel(), "--text-file", file}).at("ids").size(), 4U); // three bytes and 7
}

TEST(CliTokenize, PiecesOfSplitLettersAreReplacementCharacters)
{
    const nlohmann::json json = runCliJson({"tokenize", tinyModel(), "--text", "\xC3\xAF"});
    EXPECT_EQ(json.at("pieces"), nlohmann::json({"\xEF\xBF\xBD", "\xEF\xBF\xBD"}));
}

TEST(CliTokenize, SpecialTokensInTheTextAreRecognised)
{
    const nlohmann::json json = runCliJson({"tokenize", tinyModel(), "--text", "<|im_start|>a<|im_end|>"});
    ASSERT_EQ(json.at("ids").size(), 3U);
    EXPECT_EQ(json.at("ids")[0], 1);
    EXPECT_EQ(json.at("ids")[2], 2);
    EXPECT_EQ(json.at("pieces")[0], "<|im_start|>");
}

TEST(CliTokenize, ChatWrapsTheTextAndOpensTheAssistantTurn)
{
    const nlohmann::json json =
        runCliJson({"tokenize", tinyModel(), "--text", "-hi", "--chat", "--system", "--be brief"});
    EXPECT_EQ(joinedPieces(json),
        "<|im_start|>system\n--be brief<|im_end|>\n<|im_start|>user\n-hi<|im_end|>\n<|im_start|>assistant\n");
    EXPECT_EQ(json.at("ids")[0], 1);
}

TEST(CliTokenize, TextLongerThanTheContextIsTokenised)
{
    const nlohmann::json json = runCliJson({"tokenize", tinyModel(), "--text", std::string(1000, '7')});
    EXPECT_EQ(json.at("ids").size(), 1000U); // each digit alone; the context is 256
}

TEST(CliTokenize, PlainFormIsATable)
{
    const CliResult result = runCli({"tokenize", tinyModel(), "--text", "7\n"});
    EXPECT_EQ(result.code, 0) << result.err;
    EXPECT_NE(result.out.find("position"), std::string::npos);
    EXPECT_NE(result.out.find("\"7\""), std::string::npos);
    EXPECT_NE(result.out.find("\"\\n\""), std::string::npos);
}

TEST(CliTokenize, InvalidUtf8IsRefusedWithItsPlace)
{
    const std::string broken = "abc\xFF"
                               "def";
    expectSentence(runCli({"tokenize", tinyModel(), "--text", broken}), 1, {"UTF-8", "byte 3", "0xFF"});
    const std::string file = writeTemporary("broken.txt", broken);
    expectSentence(
        runCli({"tokenize", tinyModel(), "--text-file", file}), 1, {"UTF-8", "byte 3", "0xFF", "broken.txt"});
}

TEST(CliTokenize, EmptyTextAndUnreadableFilesAreRefused)
{
    expectSentence(runCli({"tokenize", tinyModel(), "--text", ""}), 1, {"empty"});
    expectSentence(
        runCli({"tokenize", tinyModel(), "--text-file", writeTemporary("empty.txt", "")}), 1, {"empty"});
    expectSentence(runCli({"tokenize", tinyModel(), "--text-file", temporaryPath("nowhere.txt")}), 1,
        {"nowhere.txt", "cannot be read", "No such file"});
    expectSentence(runCli({"tokenize", tinyModel(), "--text-file", "/"}), 1, {"folder"});
}

TEST(CliTokenize, AFileWithAVocabularyAloneIsEnough)
{
    const auto vocabulary = sharedDataPath("tokenizers/gpt-2/ggml-vocab-gpt-2.gguf");
    if (!vocabulary)
        GTEST_SKIP() << "reference data absent";
    // ids of the GPT-2 vocabulary as published: "Hello" 15496, " world" 995
    EXPECT_EQ(runCliJson({"tokenize", *vocabulary, "--text", "Hello world"}).at("ids"),
        nlohmann::json({15496, 995}));
    expectSentence(runCli({"run", *vocabulary, "--text", "Hello"}), 1, {"ggml-vocab-gpt-2.gguf"});
}

} // namespace sinkscope::test
