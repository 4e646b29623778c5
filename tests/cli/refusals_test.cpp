// SPDX-License-Identifier: Apache-2.0
// What the model or a file cannot satisfy: exit code 1 and one sentence; malformed specs: exit code 2.
#include "tests/cli/cli_fixture.h"

#include "tests/support/tiny_model.h"

#include <filesystem>

namespace sinkscope::test {

namespace {

CliResult runWithEdit(const std::string &spec)
{
    return runCli({"run", tinyModel(), "--ids", "70,40", "--edit", spec});
}

CliResult runWithEdits(const std::string &text)
{
    return runCli({"run", tinyModel(), "--ids", "70,40", "--edits", writeTemporary("edits.json", text)});
}

} // namespace

TEST(CliRefusals, WrongPathNamesThePath)
{
    const std::string absent = temporaryPath("absent.gguf");
    expectSentence(runCli({"info", absent}), 1, {absent});
    expectSentence(runCli({"tokenize", absent, "--text", "a"}), 1, {absent});
    expectSentence(runCli({"run", absent, "--text", "a"}), 1, {absent});
    expectSentence(runCli({"generate", absent, "--text", "a"}), 1, {absent});
    expectSentence(runCli({"bench", absent}), 1, {absent});
    expectSentence(runCli({"run", std::filesystem::temp_directory_path().string(), "--text", "a"}), 1, {});
}

TEST(CliRefusals, DamagedFilesAreRefusedAtAnyLength)
{
    const std::string whole = readBytes(tinyModel());
    for (const std::size_t length :
        {std::size_t {0}, std::size_t {3}, std::size_t {24}, whole.size() / 2, whole.size() - 1}) {
        const std::string path = writeTemporary("damaged.gguf", whole.substr(0, length));
        expectSentence(runCli({"run", path, "--ids", "70,40"}), 1, {"damaged.gguf"});
    }
    expectSentence(
        runCli({"info", writeTemporary("text.gguf", "no model at all, just text")}), 1, {"text.gguf"});
}

TEST(CliRefusals, EmptyAndTooLongPrompts)
{
    expectSentence(runCli({"run", tinyModel(), "--text", ""}), 1, {"empty"});
    expectSentence(runCli({"run", tinyModel(), "--text", "", "--chat"}), 1, {"empty"});
    expectSentence(
        runCli({"run", tinyModel(), "--text", std::string(257, '7')}), 1, {"257 tokens", "256", "context"});
    EXPECT_EQ(runCli({"run", tinyModel(), "--text", std::string(256, '7'), "--json"}).code, 0);
}

TEST(CliRefusals, IdsOutsideTheVocabulary)
{
    expectSentence(runCli({"run", tinyModel(), "--ids", "1,320"}), 1, {"320", "0 to 319"});
}

TEST(CliRefusals, UnknownLayerOrHead)
{
    expectSentence(runWithEdit("L3H0=2"), 1, {"L3H0=2", "layer", "0 to 2"});
    expectSentence(runWithEdit("L0-5=2"), 1, {"L0-5=2", "0 to 2"});
    expectSentence(runWithEdit("L0H4=2"), 1, {"L0H4=2", "head", "0 to 3"});
    expectSentence(
        runWithEdits(R"([{"layer":7,"head":0,"gamma":2}])"), 1, {"edits.json", "layer 7", "0 to 2"});
    expectSentence(
        runWithEdits(R"([{"layer":0,"head":9,"gamma":2}])"), 1, {"edits.json", "head 9", "0 to 3"});
    expectSentence(
        runWithEdits(R"([{"layer":0,"head":0,"gamma":2,"key":2}])"), 1, {"key position", "2", "0 to 1"});
    expectSentence(runCli({"run", tinyModel(), "--ids", "70", "--export", temporaryPath("x.safetensors"),
                       "--patterns", "1-3"}),
        1, {"--patterns", "layer 3", "0 to 2"});
}

TEST(CliRefusals, MalformedSpecsAreUsageErrors)
{
    for (const char *spec : {"", "L", "L1", "L1=", "H1=2", "L1H=2", "L1H1=two", "L1H1=-1", "L1H1=nan",
             "L1H1=inf", "all", "L1H1 = 2", "L2-1=3", "L1,=2", "L1H1=2x", "some=2"})
        expectSentence(runWithEdit(spec), 2, {});
    expectSentence(runWithEdit("L1X3=2"), 2, {"L1X3=2", "L15H3=0.3", "all=1.5"});
}

TEST(CliRefusals, EditFilesNameFileEditAndField)
{
    expectSentence(runWithEdits(R"([{"baseline":"pasta"}])"), 1, {"edits.json", "edit 0", "span"});
    expectSentence(runWithEdits(R"([{"baseline":"act"}])"), 1, {"act", "3 layers"});
    expectSentence(runWithEdits(R"([{"baseline":"instaboost","multiplier":2,"span":[1,9]}])"), 1,
        {"instaboost", "key position 8", "0 to 1"});
    expectSentence(
        runWithEdits(
            R"([{"layer":0,"head":0,"kind":"keyShared","gamma":2},{"layer":0,"head":1,"kind":"keyShared","gamma":3}])"),
        1, {"heads 0 and 1", "gamma 2 and 3"});
    expectSentence(runWithEdits(R"([{"layer":0,"head":0,"gamma":0.3,"gamma":0.5}])"), 1,
        {"edits.json", "twice", "gamma"});
    expectSentence(runWithEdits("[{"), 1, {"edits.json", "JSON", "byte"});
    expectSentence(runWithEdits("{}"), 1, {"edits.json", "list"});
    expectSentence(runWithEdits(R"([{"layer":0,"head":0,"gamma":2},{"layer":0,"head":0,"gama":2}])"), 1,
        {"edit 1", "gama"});
    expectSentence(runWithEdits(R"([{"layer":0,"head":0}])"), 1, {"edit 0", "gamma"});
    expectSentence(runWithEdits(R"([{"layer":0,"head":0,"gamma":-1}])"), 1, {"edit 0", "gamma -1"});
    expectSentence(
        runWithEdits(R"([{"layer":0,"head":0,"gamma":2,"kind":"odd"}])"), 1, {"kind", "odd", "logit"});
    expectSentence(
        runWithEdits(R"([{"layer":0,"head":0,"gamma":2,"queries":[2,1]}])"), 1, {"queries", "[2,1]"});
    expectSentence(
        runWithEdits("[{\"layer\":0,\"head\":0,\"gamma\":2,\"kind\":\"\xFF\"}]"), 1, {"edits.json"});
    expectSentence(runCli({"run", tinyModel(), "--ids", "70", "--edits", temporaryPath("no-edits.json")}), 1,
        {"no-edits.json", "No such file"});
}

TEST(CliRefusals, EmptyEditListIsNoEdit)
{
    for (const char *text : {"[]", R"({"edits":[],"groups":{"up":[[0,1]]}})"}) {
        const std::string file = writeTemporary("none.json", text);
        const nlohmann::json result = runCliJson({"run", tinyModel(), "--ids", "70,40", "--edits", file});
        EXPECT_FALSE(result.contains("edited")) << text;
    }
    const std::string one = writeTemporary("one.json", R"([{"layer":1,"head":2,"gamma":1}])");
    const nlohmann::json result = runCliJson({"run", tinyModel(), "--ids", "70,40", "--edits", one});
    EXPECT_EQ(result.at("edited"), result.at("baseline"));
}

TEST(CliRefusals, FilesWithoutEndAreNotReadToTheirEnd)
{
    expectSentence(
        runCli({"run", tinyModel(), "--text-file", "/dev/zero"}), 1, {"/dev/zero", "too long", "268435456"});
}

TEST(CliRefusals, NameWhatWasGiven)
{
    expectSentence(runCli({"info", ""}), 1, {"path of the model is empty", "default"});
    expectSentence(runCli({"run", tinyModel(), "--text", ""}), 1, {"prompt is empty", "--text"});
    expectSentence(
        runCli({"run", tinyModel(), "--text", "a", "--answers", "\xFF"}), 1, {"--answers", "UTF-8"});
    expectSentence(runCli({"run", tinyModel(), "--text", "a", "--edit", "L99999999999999999999=1"}), 1,
        {"\"L99999999999999999999=1\"", "layer 99999999999999999999", "layers 0 to 2"});
}

TEST(CliRefusals, BenchLongerThanTheContext)
{
    expectSentence(runCli({"bench", tinyModel(), "--tokens", "16,300"}), 1, {"300", "256", "--tokens"});
}

} // namespace sinkscope::test
