// SPDX-License-Identifier: Apache-2.0
// `edits`: what a form cannot hold is refused or named; and edits of a file beside those of the command line.
#include "tests/cli/cli_fixture.h"

namespace sinkscope::test {

TEST(CliEditsCommand, GroupsThatAFormLeavesOutAreNamed)
{
    const std::string file = writeTemporary("groups.json",
        R"({"groups":{"up":[[0,1]],"down":[[2,2]]},"edits":[{"layer":1,"head":2,"gamma":0.5}]})");
    for (const char *form : {"csv", "python", "head-config"}) {
        const CliResult result = runCli({"edits", tinyModel(), "--edits", file, "--to", form});
        EXPECT_EQ(result.code, 0) << result.err;
        EXPECT_NE(result.err.find("left out: down, up"), std::string::npos) << form << ": " << result.err;
    }
    EXPECT_EQ(runCli({"edits", tinyModel(), "--edits", file}).err, "");
}

TEST(CliEditsCommand, HeadConfigHoldsPlainEditsOnly)
{
    for (const char *edit :
        {R"({"layer":1,"head":2,"kind":"ablate"})", R"({"layer":1,"head":2,"gamma":0.5,"key":5})",
            R"({"layer":1,"head":2,"gamma":0.5,"kind":"logit"})",
            R"({"layer":1,"head":2,"gamma":0.5,"queries":"last"})"}) {
        const std::string file = writeTemporary("e.json", std::string("[") + edit + "]");
        expectSentence(runCli({"edits", tinyModel(), "--edits", file, "--to", "head-config"}), 1,
            {"head_config", "layer 1 head 2", "key 0"});
    }
}

TEST(CliEditsCommand, JsonMayBeginWithAByteOrderMark)
{
    const std::string text = R"([{"layer":1,"head":2,"gamma":0.5}])";
    EXPECT_EQ(
        runCli({"edits", tinyModel(), "--edits", writeTemporary("bom.json", "\xEF\xBB\xBF" + text)}).out,
        runCli({"edits", tinyModel(), "--edits", writeTemporary("plain.json", text)}).out);
}

TEST(CliEditsCommand, ASpecReplacesThePlainEditAndNoOther)
{
    const std::string file = writeTemporary("rows.json",
        R"([{"layer":1,"head":2,"gamma":0.5},{"layer":1,"head":2,"gamma":0.5,"queries":"last"}])");
    EXPECT_EQ(runCli({"edits", tinyModel(), "--edits", file, "--edit", "L1H2=3", "--to", "csv"}).out,
        "layer,head,kind,key,queries,gamma\n1,2,probability,0,all,3\n1,2,probability,0,last,0.5\n");
}

TEST(CliEditsCommand, ARefusalNamesTheEdit)
{
    const std::string file =
        writeTemporary("layers.json", R"([{"layer":1,"head":2,"gamma":2},{"layer":30,"head":3,"gamma":2}])");
    expectSentence(runCli({"edits", tinyModel(), "--edits", file}), 1,
        {"layers.json", "the edit of layer 30 head 3", "0 to 2"});
    expectSentence(runCli({"edits", tinyModel(), "--edit", "L99999999999999999999=1"}), 1,
        {"\"L99999999999999999999=1\"", "layer 99999999999999999999", "layers 0 to 2"});
}

} // namespace sinkscope::test
