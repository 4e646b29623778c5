// SPDX-License-Identifier: Apache-2.0
// Forms of other programs: what is read, what is written, what is refused.
#include "core/base/error.h"
#include "core/intervention/interop.h"
#include "core/intervention/intervention_json.h"

#include <gtest/gtest.h>

namespace sinkscope {
namespace {

const HeadGrid kGrid {12, 4, 2};

HeadRef head(int layer, int index)
{
    return {LayerIndex(layer), HeadIndex(index)};
}

template <typename Action> std::string refusal(const Action &action)
{
    try {
        action();
    } catch (const Error &error) {
        return error.what();
    }
    return "accepted";
}

TEST(HeadConfig, ReadsLayersAsNamesOrAsAList)
{
    EXPECT_EQ(headsFromHeadConfig(R"({"3": [1, 0], "0": [2]})", "h.json", kGrid),
        (std::vector<HeadRef> {head(0, 2), head(3, 0), head(3, 1)}));
    EXPECT_EQ(headsFromHeadConfig("{3: [1], 0: [2]}", "h.json", kGrid),
        (std::vector<HeadRef> {head(0, 2), head(3, 1)}));
    EXPECT_EQ(headsFromHeadConfig(R"(["7"])", "h.json", kGrid),
        (std::vector<HeadRef> {head(7, 0), head(7, 1), head(7, 2), head(7, 3)}));
}

TEST(HeadConfig, WritesWhatItReads)
{
    const std::string text = "{\"0\":[2],\"3\":[0,1],\"11\":[3]}\n";
    EXPECT_EQ(headConfigOf(headsFromHeadConfig(text, "h.json", kGrid)), text);
    EXPECT_EQ(headConfigOf({}), "{}\n");
}

TEST(HeadConfig, TakesItsFactorFromBeside)
{
    const Intervention edits = interventionFromAnyForm(R"({"3":[1]})", "h.json", kGrid, 0.5);
    EXPECT_EQ(edits.factor(head(3, 1)), 0.5);
    EXPECT_EQ(edits.edits().size(), 1U);
    EXPECT_EQ(interventionToHeadConfig(edits), "{\"3\":[1]}\n");
    Intervention withBaseline = edits;
    withBaseline.add(Baseline {});
    EXPECT_THROW(interventionToHeadConfig(withBaseline), RequestError);
    Intervention ablated = edits;
    HeadEdit ablate;
    ablate.kind = EditKind::Ablate;
    ablated.set(ablate);
    EXPECT_THROW(interventionToHeadConfig(ablated), RequestError);
    EXPECT_NE(refusal([] {
        interventionFromAnyForm(R"({"3":[1]})", "h.json", kGrid, std::nullopt);
    }).find("factor"),
        std::string::npos);
    EXPECT_NE(refusal([] { interventionFromAnyForm("[]", "e.json", kGrid, 0.5); }).find("its own factors"),
        std::string::npos);
}

TEST(HeadConfig, RefusesOtherThings)
{
    for (const char *bad : {"{", R"({"a":[1]})", R"({"3":1})", R"({"3":["x"]})", R"({"3":[-1]})",
             R"({"3":[1.5]})", R"({"99999999999":[1]})", R"([["3"]])", "7", "[[[[[[[[[["})
        EXPECT_NE(refusal([&] { headsFromHeadConfig(bad, "h.json", kGrid); }), "accepted") << bad;
}

TEST(PythonForm, ReadsAndWritesADictionary)
{
    const std::string text = "{2: {1: 0.5, 3: 0.0}, 10: {0: 2.5}}\n";
    const Intervention edits = interventionFromPython(text, "e.py");
    EXPECT_EQ(edits.factor(head(2, 1)), 0.5);
    EXPECT_EQ(edits.factor(head(2, 3)), 0.0);
    EXPECT_EQ(edits.factor(head(10, 0)), 2.5);
    EXPECT_EQ(edits.edits().size(), 3U);
    EXPECT_EQ(interventionToPython(edits), text);
    EXPECT_EQ(interventionFromPython(R"({"2": {"1": 0.5}})", "e.json").factor(head(2, 1)), 0.5);
    EXPECT_EQ(interventionToPython({}), "{}\n");
}

TEST(PythonForm, ReadsWhatPythonReads)
{
    const Intervention edits = interventionFromPython("{15: {3: 0.3}}", "e.py");
    for (const char *text : {"{15: {3: 0.3,}}", "{15: {3: 0.3,},\n}\n", "{'15': {'3': 0.3}}",
             "{\"15\": {'3': 0.3}, }", "\xEF\xBB\xBF{15: {3: 0.3}}"}) {
        EXPECT_EQ(interventionFromPython(text, "e.py"), edits) << text;
        EXPECT_EQ(editsFormOf(text), EditsForm::Python) << text;
    }
    for (const char *bad : {"{15: {3: 0.3,,}}", "{15: {'3: 0.3}}", "{15: {3', 0.3}}"})
        EXPECT_NE(refusal([&] { interventionFromPython(bad, "e.py"); }), "accepted") << bad;
}

TEST(PythonForm, HoldsPlainEditsOnly)
{
    Intervention edits;
    HeadEdit edit;
    edit.gamma = 2.0;
    edit.key = TokenPos(3);
    edits.set(edit);
    EXPECT_THROW(interventionToPython(edits), RequestError);
    for (const char *bad :
        {"{2: 0.5}", "{2: {1: '0.5'}}", "{2: {a: 1}}", "{2: {1: -1}}", "{-2: {1: 1}}", "[1]"})
        EXPECT_NE(refusal([&] { interventionFromPython(bad, "e.py"); }), "accepted") << bad;
}

TEST(Csv, ReadsEveryColumnInAnyOrder)
{
    const Intervention edits = interventionFromCsv("gamma,head,layer\r\n0.5,1,2\r\n\r\n", "e.csv");
    ASSERT_EQ(edits.edits().size(), 1U);
    EXPECT_EQ(edits.factor(head(2, 1)), 0.5);
    EXPECT_EQ(interventionFromCsv("\"layer\",\"head\",\"gamma\"\n\"2\",\"1\",\"0.5\"\n", "e.csv"), edits);
}

TEST(Csv, HoldsWhatJsonHolds)
{
    const char *csv = "layer,head,kind,key,queries,gamma\n"
                      "0,0,probability,2:5,last,0\n"
                      "0,1,probability,firstNonPad,all,0.25\n"
                      "1,0,bias,3,from:2,-1.5\n"
                      "1,1,gain,,1:4,2\n"
                      "1,2,ablate,,all,\n"
                      "1,3,keyShared,0,all,1.5\n";
    const Intervention fromJson = interventionFromJson(R"([
        {"layer":0,"head":0,"gamma":0,"keys":[2,5],"queries":"last"},
        {"layer":0,"head":1,"gamma":0.25,"key":"firstNonPad"},
        {"layer":1,"head":0,"kind":"bias","value":-1.5,"key":3,"queries":{"from":2}},
        {"layer":1,"head":1,"kind":"gain","gamma":2,"queries":[1,4]},
        {"layer":1,"head":2,"kind":"ablate"},
        {"layer":1,"head":3,"kind":"keyShared","gamma":1.5}])",
        "e.json");
    EXPECT_EQ(interventionFromCsv(csv, "e.csv"), fromJson);
    EXPECT_EQ(interventionToCsv(fromJson), csv);
}

TEST(Csv, RefusalsNameTheLine)
{
    const std::string head = "layer,head,kind,key,queries,gamma\n";
    for (const std::string &bad : {std::string(""), std::string("\n"), std::string("layer,head\n1,2\n"),
             std::string("layer,head,gamma,colour\n"), std::string("layer,head,gamma,head\n"), head + "1,2\n",
             head + "x,2,,,,1\n", head + "1,2,gian,,,1\n", head + "1,2,,5:3,,1\n", head + "1,2,,,x,1\n",
             head + "1,2,,,3:3,1\n", head + "1,2,,,,\n", head + "1,2,,,,-1\n", head + "1,2,,,,1x\n",
             head + "1,2,ablate,,,1\n", head + "1,2,gain,3,,1\n", head + "1,2,keyShared,0,last,1\n",
             head + "1,2147483647,,2147483647,,1\n"}) {
        const std::string message = refusal([&] { interventionFromCsv(bad, "e.csv"); });
        EXPECT_NE(message.find("e.csv: line "), std::string::npos) << bad << " -> " << message;
    }
    const std::string second = refusal([&] { interventionFromCsv(head + "1,2,,,,1\n1,2,,,,-1\n", "e.csv"); });
    EXPECT_NE(second.find("line 3"), std::string::npos) << second;
    Intervention withBaseline;
    withBaseline.add(Baseline {});
    EXPECT_THROW(interventionToCsv(withBaseline), RequestError);
}

TEST(AnyForm, IsRecognisedByItsContent)
{
    const std::vector<std::pair<const char *, EditsForm>> texts {{"[]", EditsForm::Json},
        {R"([{"layer":1}])", EditsForm::Json}, {R"({"edits":[],"groups":{}})", EditsForm::Json},
        {"{}", EditsForm::Json}, {"", EditsForm::Json}, {"nonsense", EditsForm::Json},
        {"[{", EditsForm::Json}, {R"({"3":[1]})", EditsForm::HeadConfig}, {" [3, 4]", EditsForm::HeadConfig},
        {"{3: {1: 0.5}}", EditsForm::Python}, {"\n{\"3\": {\"1\": 0.5}}", EditsForm::Python},
        {"\xEF\xBB\xBF[{\"layer\":1}]", EditsForm::Json}, {"layer,head,gamma\n", EditsForm::Csv},
        {"head,layer,gamma", EditsForm::Csv}};
    for (const auto &[text, form] : texts)
        EXPECT_EQ(editsFormOf(text), form) << text;
    EXPECT_EQ(interventionFromAnyForm("layer,head,gamma\n1,2,0.5\n", "e.csv", kGrid, std::nullopt),
        interventionFromAnyForm("{1: {2: 0.5}}", "e.py", kGrid, std::nullopt));
}

} // namespace
} // namespace sinkscope
