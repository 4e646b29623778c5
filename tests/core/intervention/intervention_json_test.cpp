// SPDX-License-Identifier: Apache-2.0
// JSON and short specs: what is read, what is written, what is refused and how.
#include "core/base/error.h"
#include "core/intervention/intervention_json.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace sinkscope {
namespace {

const HeadGrid kGrid {30, 9};

std::string refusal(std::string_view json)
{
    try {
        interventionFromJson(json, "edits.json");
    } catch (const Error &error) {
        return error.what();
    }
    return "accepted";
}

std::string specRefusal(std::string_view spec)
{
    Intervention intervention;
    try {
        applyEditSpec(intervention, spec, kGrid);
    } catch (const Error &error) {
        EXPECT_TRUE(intervention.empty()) << "a refused spec changed the intervention";
        return error.what();
    }
    return "accepted";
}

TEST(InterventionJson, ReadsTheDocumentedForm)
{
    const Intervention read = interventionFromJson(
        R"([{"layer":15,"head":3,"gamma":0.3,"key":0,"kind":"probability","queries":"all"}])", "edits.json");
    ASSERT_EQ(read.edits().size(), 1U);
    const HeadEdit &edit = read.edits().front();
    EXPECT_EQ(edit.head.layer, LayerIndex(15));
    EXPECT_EQ(edit.head.head, HeadIndex(3));
    EXPECT_EQ(edit.gamma, 0.3);
    EXPECT_EQ(edit.kind, EditKind::Probability);
    EXPECT_EQ(edit.queries.kind, QuerySelection::Kind::All);
}

TEST(InterventionJson, MissingFieldsMeanThePlainEdit)
{
    EXPECT_EQ(interventionFromJson(R"([{"layer":1,"head":2,"gamma":0}])", "e"),
        interventionFromJson(
            R"([{"layer":1,"head":2,"gamma":0,"key":0,"kind":"probability","queries":"all"}])", "e"));
}

TEST(InterventionJson, ReadsEveryQuerySelection)
{
    const Intervention read = interventionFromJson(R"([
        {"layer":0,"head":0,"gamma":2,"queries":"last"},
        {"layer":1,"head":0,"gamma":2,"queries":{"from":3}},
        {"layer":2,"head":0,"gamma":2,"queries":[1,4]}])",
        "e");
    EXPECT_EQ(read.edits()[0].queries.kind, QuerySelection::Kind::Last);
    EXPECT_EQ(read.edits()[1].queries, (QuerySelection {QuerySelection::Kind::From, TokenPos(3), {}}));
    EXPECT_EQ(
        read.edits()[2].queries, (QuerySelection {QuerySelection::Kind::Span, TokenPos(1), TokenPos(4)}));
}

TEST(InterventionJson, WritesWhatItReads)
{
    const char *text = R"([
  {"layer":2,"head":1,"gamma":0.1,"key":0,"kind":"probability","queries":"all"},
  {"layer":15,"head":3,"gamma":2.5,"key":4,"kind":"key","queries":[1,4]}
]
)";
    EXPECT_EQ(interventionToJson(interventionFromJson(text, "e")), text);
}

TEST(InterventionJson, RefusalsNameFileEditAndField)
{
    EXPECT_NE(refusal("[{]").find("edits.json: byte 3: is not valid JSON"), std::string::npos)
        << refusal("[{]");
    EXPECT_NE(refusal("{}").find("list of edits"), std::string::npos);
    const std::string unknown =
        refusal(R"([{"layer":1,"head":2,"gamma":1},{"layer":1,"head":2,"gamma":1,"gama":2}])");
    EXPECT_NE(unknown.find("edits.json: edit 1: the field \"gama\" is not known"), std::string::npos)
        << unknown;
    for (const char *bad : {R"([5])", R"([{"head":2,"gamma":1}])", R"([{"layer":-1,"head":2,"gamma":1}])",
             R"([{"layer":1.5,"head":2,"gamma":1}])", R"([{"layer":"1","head":2,"gamma":1}])",
             R"([{"layer":99999999999,"head":2,"gamma":1}])", R"([{"layer":1,"head":2,"gamma":"1"}])",
             R"([{"layer":1,"head":2,"gamma":-1}])", R"([{"layer":1,"head":2,"gamma":1e999}])",
             R"([{"layer":1,"head":2,"gamma":1,"kind":"gian"}])",
             R"([{"layer":1,"head":2,"gamma":1,"queries":"first"}])",
             R"([{"layer":1,"head":2,"gamma":1,"queries":[4,4]}])",
             R"([{"layer":1,"head":2,"gamma":1,"queries":{"to":1}}])"})
        EXPECT_NE(refusal(bad), "accepted") << bad;
}

TEST(InterventionJson, EveryKindAndTargetIsReadAndWritten)
{
    const char *text = R"([
  {"baseline":"uniform","gamma":1.5,"layers":[0,4]},
  {"baseline":"otherToken","gamma":2.0,"token":"middle"},
  {"baseline":"otherToken","gamma":2.0,"token":7,"heads":[[0,1],[2,3]]},
  {"baseline":"act","beta":0.4,"threshold":0.1,"heads":"up"},
  {"baseline":"pasta","alpha":0.01,"span":[4,9]},
  {"baseline":"instaboost","multiplier":5.0,"span":[4,9]},
  {"baseline":"spotlight","target":0.2,"span":[0,3]},
  {"layer":0,"head":0,"gamma":0.5,"key":"firstNonPad","kind":"probability","queries":"all"},
  {"layer":0,"head":0,"gamma":2.0,"keys":[2,5],"kind":"logit","queries":"last"},
  {"layer":1,"head":1,"gamma":1.5,"key":3,"kind":"keyShared","queries":"all"},
  {"layer":1,"head":1,"value":-2.5,"keys":[0,3],"kind":"bias","queries":{"from":2}},
  {"layer":1,"head":1,"gamma":3.0,"kind":"gain","queries":[1,4]},
  {"layer":1,"head":1,"kind":"ablate","queries":"all"}
])";
    const std::string withGroups = fmt::format("{{\"edits\":{},\n\"groups\":{}}}\n", text,
        R"({"down":[[1,1]],"mine too":[[0,0],[2,3]],"up":[[0,1],[2,0]]})");
    const Intervention read = interventionFromJson(withGroups, "e");
    EXPECT_EQ(read.edits().size(), 6U);
    EXPECT_EQ(read.baselines().size(), 7U);
    EXPECT_EQ(read.groups().at("up"),
        (std::vector<HeadRef> {{LayerIndex(0), HeadIndex(1)}, {LayerIndex(2), HeadIndex(0)}}));
    EXPECT_EQ(read.edits()[3].value, -2.5);
    EXPECT_EQ(read.edits()[1].key, KeyTarget(TokenPos(2), TokenPos(5)));
    EXPECT_EQ(interventionToJson(read), withGroups);
}

TEST(InterventionJson, BaselinesTakeTheirPublishedDefaults)
{
    const Intervention read = interventionFromJson(
        R"([{"baseline":"act"},{"baseline":"pasta","span":[1,2]},{"baseline":"spotlight","span":[1,2]}])",
        "e");
    EXPECT_EQ(read.baselines()[0].amount, 0.4);
    EXPECT_EQ(read.baselines()[0].threshold, 0.1);
    EXPECT_EQ(read.baselines()[1].amount, 0.01);
    EXPECT_EQ(read.baselines()[2].amount, 0.2);
}

TEST(InterventionJson, AKeyOfOneSpanIsThatKey)
{
    EXPECT_EQ(interventionFromJson(R"([{"layer":1,"head":2,"gamma":0,"keys":[3,4]}])", "e"),
        interventionFromJson(R"([{"layer":1,"head":2,"gamma":0,"key":3}])", "e"));
    EXPECT_EQ(
        interventionFromJson(R"([{"layer":1,"head":2,"kind":"ablate","key":0}])", "e").edits().size(), 1U);
}

TEST(InterventionJson, RefusesFieldsOfOtherKinds)
{
    for (const char *bad : {R"({"layer":1,"head":2})", R"({"layer":1,"head":2,"gamma":1,"value":1})",
             R"({"layer":1,"head":2,"kind":"bias","gamma":1})", R"({"layer":1,"head":2,"kind":"bias"})",
             R"({"layer":1,"head":2,"kind":"bias","value":"1"})",
             R"({"layer":1,"head":2,"kind":"bias","value":1e9})",
             R"({"layer":1,"head":2,"kind":"ablate","gamma":0})",
             R"({"layer":1,"head":2,"kind":"ablate","key":3})",
             R"({"layer":1,"head":2,"kind":"gain","gamma":2,"keys":[0,3]})",
             R"({"layer":1,"head":2,"kind":"gain","gamma":2,"key":"firstNonPad"})",
             R"({"layer":1,"head":2,"kind":"keyShared","gamma":2,"queries":"last"})",
             R"({"layer":1,"head":2,"gamma":1,"key":0,"keys":[0,3]})",
             R"({"layer":1,"head":2,"gamma":1,"keys":[3,3]})", R"({"layer":1,"head":2,"gamma":1,"keys":[3]})",
             R"({"layer":1,"head":2,"gamma":1,"key":"last"})",
             R"({"layer":1,"head":2,"gamma":1,"key":2147483647})",
             R"({"layer":1,"head":2,"gamma":1,"kind":7})", R"({"baseline":"acts"})", R"({"baseline":5})",
             R"({"baseline":"uniform"})", R"({"baseline":"uniform","gamma":2,"beta":0.4})",
             R"({"baseline":"act","gamma":2})", R"({"baseline":"act","beta":"0.4"})",
             R"({"baseline":"otherToken","gamma":2})",
             R"({"baseline":"otherToken","gamma":2,"token":"fourth"})", R"({"baseline":"pasta"})",
             R"({"baseline":"pasta","span":[4]})", R"({"baseline":"pasta","span":[4,4]})",
             R"({"baseline":"uniform","gamma":2,"layers":[4,2]})",
             R"({"baseline":"uniform","gamma":2,"heads":[]})",
             R"({"baseline":"uniform","gamma":2,"heads":[[1]]})",
             R"({"baseline":"uniform","gamma":2,"layers":[0,1],"heads":[[0,0]]})"})
        EXPECT_NE(refusal(fmt::format("[{}]", bad)).find("edits.json: edit 0: "), std::string::npos) << bad;
}

TEST(InterventionJson, RefusesOtherObjectsAndGroups)
{
    for (const char *bad : {R"({"edits":{}})", R"({"edits":[],"colour":1})", R"({"edits":[],"groups":[]})",
             R"({"edits":[],"groups":{"up":[]}})", R"({"edits":[],"groups":{"":[[0,1]]}})",
             R"({"edits":[],"groups":{"up":[[0]]}})", R"({"edits":[],"groups":{"up":[[0,-1]]}})", R"(7)"})
        EXPECT_NE(refusal(bad), "accepted") << bad;
    EXPECT_NE(refusal(std::string(100000, '[')).find("nested too deeply"), std::string::npos);
    EXPECT_THROW(interventionFromJson(R"({"edits":[],"groups":{"up":[[40,1]]}})", "e").validate({30, 9}),
        RequestError);
}

TEST(EditSpec, OneHead)
{
    Intervention intervention;
    applyEditSpec(intervention, "L15H3=0.3", kGrid);
    ASSERT_EQ(intervention.edits().size(), 1U);
    EXPECT_EQ(intervention.factor({LayerIndex(15), HeadIndex(3)}), 0.3);
}

TEST(EditSpec, WholeLayerRangesAndAll)
{
    Intervention layer;
    applyEditSpec(layer, "L15=2", kGrid);
    EXPECT_EQ(layer.editedHeadCount(), 9);
    Intervention ranges;
    applyEditSpec(ranges, "L10-19H0,4=0.5", kGrid);
    EXPECT_EQ(ranges.editedHeadCount(), 20);
    EXPECT_EQ(ranges.factor({LayerIndex(19), HeadIndex(4)}), 0.5);
    EXPECT_EQ(ranges.factor({LayerIndex(20), HeadIndex(4)}), 1.0);
    Intervention all;
    Intervention off;
    applyEditSpec(off, "L2H1=off", kGrid);
    EXPECT_EQ(off.factor({LayerIndex(2), HeadIndex(1)}), 0.0);
    EXPECT_THROW(applyEditSpec(off, "L2H1=offs", kGrid), SyntaxError);
    applyEditSpec(all, "all=1.5", kGrid);
    EXPECT_EQ(all.editedHeadCount(), 270);
}

TEST(EditSpec, LaterSpecsOverrideEarlierOnes)
{
    Intervention intervention;
    applyEditSpec(intervention, "all=2", kGrid);
    applyEditSpec(intervention, "L0H0=0", kGrid);
    EXPECT_EQ(intervention.factor({LayerIndex(0), HeadIndex(0)}), 0.0);
    EXPECT_EQ(intervention.factor({LayerIndex(0), HeadIndex(1)}), 2.0);
}

TEST(EditSpec, RefusalsQuoteTheSpec)
{
    for (const char *bad : {"", "L", "L30H0=1", "L0H9=1", "L0H0", "L0H0=", "L0H0=x", "L0H0=1x", "L5-3H0=1",
             "H0=1", "L0H0=-1", "L0H0=nan", "L0H0=inf", "allH0=1", "L0,H0=1", "L0H0=1 "}) {
        const std::string message = specRefusal(bad);
        EXPECT_NE(message, "accepted") << bad;
    }
    EXPECT_NE(specRefusal("L30H0=1").find("layers 0 to 29"), std::string::npos) << specRefusal("L30H0=1");
    EXPECT_NE(specRefusal("L0H0=x").find("\"L0H0=x\""), std::string::npos);
}

TEST(EditSpec, SaysWhetherTheFormOrTheAddressIsWrong)
{
    Intervention intervention;
    for (const char *form : {"L5-3H0=1", "L99", "L0H0=1e400", "L0H0=-1"})
        EXPECT_THROW(applyEditSpec(intervention, form, kGrid), SyntaxError) << form;
    for (const char *address : {"L30=1", "L0H9=1", "L0-99999999999=1"})
        EXPECT_THROW(applyEditSpec(intervention, address, kGrid), RequestError) << address;
}

TEST(EditSpec, LongSpecsAreReadOrRefusedWithoutHarm)
{
    std::string longList = "L0";
    for (int count = 0; count < 60000; ++count)
        longList += ",0";
    Intervention intervention;
    EXPECT_THROW(applyEditSpec(intervention, longList + "H9=2", kGrid), RequestError);
    EXPECT_LT(specRefusal(longList).size(), 300U);
    applyEditSpec(intervention, longList + "H8=2", kGrid);
    EXPECT_EQ(intervention.editedHeadCount(), 1);
}

} // namespace
} // namespace sinkscope
