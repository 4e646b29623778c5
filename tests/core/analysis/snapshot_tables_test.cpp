// SPDX-License-Identifier: Apache-2.0
// Tables, tensors and the script of a pass, read back and compared with the slow pass in double.
#include "core/analysis/snapshot_tables.h"

#include "core/analysis/python_script.h"
#include "core/analysis/snapshot_tensors.h"
#include "core/base/error.h"
#include "tests/support/model_session.h"
#include "tests/support/reference_forward.h"
#include "tests/support/tiny_model.h"

#include <cmath>
#include <gtest/gtest.h>
#include <map>

namespace sinkscope {
namespace {

// fp32 passes of a model this small drift by some 1e-6 of a value.
constexpr double kOfDouble = 1e-5;

std::vector<std::vector<std::string>> rowsOf(const std::string &csv)
{
    std::vector<std::vector<std::string>> rows(1, {""});
    bool isQuoted = false;
    for (std::size_t at = 0; at < csv.size(); ++at) {
        std::string &cell = rows.back().back();
        if (isQuoted && csv[at] == '"' && at + 1 < csv.size() && csv[at + 1] == '"')
            cell += csv[++at];
        else if (csv[at] == '"')
            isQuoted = !isQuoted;
        else if (!isQuoted && csv[at] == ',')
            rows.back().emplace_back();
        else if (!isQuoted && csv[at] == '\n')
            rows.push_back({""});
        else if (isQuoted || csv[at] != '\r')
            cell += csv[at];
    }
    rows.pop_back(); // what follows the last line break
    return rows;
}

/// A prompt of the tiny model before and after one edit, with the slow pass beside it.
class SnapshotTables : public testing::Test {
protected:
    SnapshotTables()
    {
        edits.set(editOf(0.25));
        baseline = snapshotOf(nullptr);
        shown = snapshotOf(&edits);
        slow = test::referenceForward(test::tinyWeights(), tokens, edits.edits());
        slowBaseline = test::referenceForward(test::tinyWeights(), tokens, {});
    }

    static HeadEdit editOf(double gamma)
    {
        HeadEdit edit;
        edit.head = kHead;
        edit.gamma = gamma;
        return edit;
    }
    Snapshot snapshotOf(const Intervention *intervention)
    {
        Snapshot snapshot;
        auto prompt = std::make_shared<TokenizedPrompt>();
        prompt->ids = tokens;
        prompt->pieces = {"a", " b,", "\"c\"", "d\n", "e"};
        prompt->text = "a b,\"c\"d\ne";
        snapshot.prompt = prompt;
        snapshot.stage = SnapshotStage::Full;
        snapshot.pass = session.run(tokens, intervention);
        if (intervention)
            snapshot.intervention = *intervention;
        snapshot.heads = headMetrics(snapshot.pass->layers);
        snapshot.logProbabilities =
            std::make_shared<const std::vector<double>>(logSoftmax(snapshot.pass->logitsLast));
        snapshot.output.entropyNats = entropyNats(*snapshot.logProbabilities);
        const double logProb = (*snapshot.logProbabilities)[7];
        snapshot.output.answers = {{" it's", {TokenId(7)}, logProb, std::exp(logProb), false}};
        return snapshot;
    }
    SnapshotPair pair() const { return {session.model(), baseline, shown}; }
    template <typename Write> std::vector<std::vector<std::string>> written(const Write &write) const
    {
        std::string text;
        write([&text](std::string_view piece) { text += piece; });
        return rowsOf(text);
    }

    static constexpr HeadRef kHead {LayerIndex(1), HeadIndex(2)};
    mutable test::ModelSession session {test::writeTinyModel()};
    std::vector<TokenId> tokens {TokenId(3), TokenId(9), TokenId(4), TokenId(12), TokenId(7)};
    Intervention edits;
    Snapshot baseline;
    Snapshot shown;
    test::ReferencePass slow;
    test::ReferencePass slowBaseline;
};

TEST(CsvCell, IsQuotedWhereAReaderWouldPartOrTrimIt)
{
    EXPECT_EQ(csvCell("plain"), "plain");
    EXPECT_EQ(csvCell(""), "");
    EXPECT_EQ(csvCell("a,b"), "\"a,b\"");
    EXPECT_EQ(csvCell("say \"no\""), "\"say \"\"no\"\"\"");
    EXPECT_EQ(csvCell(" front"), "\" front\"");
    EXPECT_EQ(csvCell("two\nlines"), "\"two\nlines\"");
}

TEST_F(SnapshotTables, CellsOfAHeadAreTheSlowPass)
{
    const auto rows = written(
        [this](const TextSink &sink) { writeAttentionTable(pair(), std::vector<HeadRef> {kHead}, sink); });
    ASSERT_EQ(rows.size(), 1U + 15U);
    EXPECT_EQ(rows[0],
        (std::vector<std::string> {
            "layer", "head", "query", "query_token", "key", "key_token", "baseline", "shown"}));
    std::size_t line = 1;
    for (std::size_t query = 0; query < tokens.size(); ++query)
        for (std::size_t key = 0; key <= query; ++key, ++line) {
            EXPECT_EQ(rows[line][2], std::to_string(query));
            EXPECT_EQ(rows[line][3], shown.prompt->pieces[query]);
            EXPECT_EQ(rows[line][4], std::to_string(key));
            EXPECT_NEAR(std::stod(rows[line][6]), slowBaseline.patternRow(1, 2, query)[key], kOfDouble);
            EXPECT_NEAR(std::stod(rows[line][7]), slow.patternRow(1, 2, query)[key], kOfDouble);
        }
}

TEST_F(SnapshotTables, NineDigitsBringEveryWeightBack)
{
    const auto rows = written(
        [this](const TextSink &sink) { writeAttentionTable(pair(), std::vector<HeadRef> {kHead}, sink); });
    const std::vector<float> weights = shown.pass->layers[1]->patternTriangle(kHead.head);
    for (std::size_t at = 0; at < weights.size(); ++at)
        EXPECT_EQ(std::stof(rows[at + 1][7]), weights[at]);
}

TEST_F(SnapshotTables, HeadsHaveTheirFactorAndTheirFigures)
{
    const auto rows = written([this](const TextSink &sink) { writeHeadsTable(pair(), sink); });
    const HeadGrid grid = session.model().config.headGrid();
    ASSERT_EQ(rows.size(), 1U + static_cast<std::size_t>(grid.layerCount * grid.headCount));
    const std::vector<std::string> &edited =
        rows[1U + static_cast<std::size_t>(grid.headCount) * kHead.layer.asSize() + kHead.head.asSize()];
    EXPECT_EQ(edited[0], "1");
    EXPECT_EQ(edited[1], "2");
    EXPECT_EQ(edited[2], std::to_string(2 / grid.groupSize()));
    EXPECT_EQ(edited[3], "0.25");
    EXPECT_NEAR(std::stod(edited[4]), slowBaseline.patternRow(1, 2, 4)[0], kOfDouble);
    EXPECT_NEAR(std::stod(edited[9]), slow.patternRow(1, 2, 4)[0], kOfDouble);
    shown.heads.reset();
    EXPECT_THROW(written([this](const TextSink &sink) { writeHeadsTable(pair(), sink); }), RequestError);
}

TEST_F(SnapshotTables, EveryTokenOfTheVocabularyIsRanked)
{
    const auto rows = written([this](const TextSink &sink) { writeNextTokensTable(pair(), sink); });
    ASSERT_EQ(rows.size(), 1U + shown.logProbabilities->size());
    double sum = 0.0;
    double former = 2.0;
    for (std::size_t line = 1; line < rows.size(); ++line) {
        EXPECT_EQ(rows[line][0], std::to_string(line));
        const std::size_t id = std::stoul(rows[line][1]);
        const double p = std::stod(rows[line][5]);
        EXPECT_LE(p, former);
        former = p;
        sum += p;
        EXPECT_NEAR(
            std::stod(rows[line][4]), std::exp((*baseline.logProbabilities)[id]), 1e-9); // nine digits
        EXPECT_EQ(std::stoi(rows[line][3]),
            tokenRank(*baseline.logProbabilities, TokenId(static_cast<std::int32_t>(id))));
    }
    EXPECT_NEAR(sum, 1.0, 1e-6); // nine digits of each
}

TEST_F(SnapshotTables, AnswersHaveTheirTokens)
{
    const auto rows = written([this](const TextSink &sink) { writeAnswersTable(pair(), sink); });
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[1][0], " it's");
    EXPECT_EQ(rows[1][1], "7");
    EXPECT_NEAR(std::stod(rows[1][3]), (*shown.logProbabilities)[7], 1e-8); // nine digits
}

TEST_F(SnapshotTables, ALayerWithoutPatternsIsNamed)
{
    auto pass = std::make_shared<PassResult>(*shown.pass);
    auto record = std::make_shared<LayerRecord>(*pass->layers[1]);
    record->reservePatterns(PatternPrecision::None);
    pass->layers[1] = record;
    shown.pass = pass;
    try {
        (void)hookTensors(pair(), std::vector<LayerIndex> {LayerIndex(1)});
        FAIL() << "nothing was thrown";
    } catch (const RequestError &error) {
        EXPECT_NE(std::string(error.what()).find("layer 1"), std::string::npos) << error.what();
    }
}

TEST_F(SnapshotTables, TensorsHaveTheNamesOfTransformerLens)
{
    const auto entries = hookTensors(pair(), std::vector<LayerIndex> {LayerIndex(1)});
    std::map<std::string, std::vector<float>> values;
    for (const SafetensorsEntry &entry : entries)
        entry.write([&](std::span<const float> piece) {
            values[entry.name].insert(values[entry.name].end(), piece.begin(), piece.end());
        });
    const std::vector<float> &pattern = values.at("blocks.1.attn.hook_pattern");
    const std::size_t count = tokens.size();
    ASSERT_EQ(pattern.size(), static_cast<std::size_t>(session.model().config.headCount) * count * count);
    for (std::size_t query = 0; query < count; ++query)
        for (std::size_t key = 0; key < count; ++key)
            EXPECT_NEAR(pattern[(2 * count + query) * count + key],
                key <= query ? slow.patternRow(1, 2, query)[key] : 0.0, kOfDouble);
    EXPECT_NEAR(values.at("baseline.blocks.1.attn.hook_pattern")[2 * count * count + count],
        slowBaseline.patternRow(1, 2, 1)[0], kOfDouble);
    EXPECT_EQ(values.at("blocks.1.hook_resid_pre").size(), slow.residuals[1].size());
    EXPECT_EQ(values.at("logits_last").size(), shown.pass->logitsLast.size());
}

// Whether it computes the same with transformers is tried by hand (tests/README.md); here: what it is given.
TEST_F(SnapshotTables, TheScriptHoldsTokensEditsAndFigures)
{
    HeadEdit bias = editOf(1.0);
    bias.kind = EditKind::Bias;
    bias.queries.kind = QuerySelection::Kind::Last;
    bias.value = -1.5;
    shown.intervention.set(bias);
    const std::string text = pythonScript({session.model(), baseline, shown, "abc123"});
    EXPECT_NE(text.find("TOKENS = [3, 9, 4, 12, 7]"), std::string::npos);
    EXPECT_NE(text.find("SHA256 = \"abc123\""), std::string::npos);
    EXPECT_NE(text.find("(\" it's\", [7])"), std::string::npos);
    EXPECT_NE(
        text.find(
            R"({"layer": 1, "head": 2, "kind": "probability", "keys": (0, 1), "rows": None, "number": 0.25})"),
        std::string::npos);
    EXPECT_NE(text.find(R"("kind": "bias", "keys": (0, 1), "rows": (4, None), "number": -1.5})"),
        std::string::npos);
    EXPECT_NE(text.find("attn_implementation=\"eager\""), std::string::npos);
    EXPECT_NE(text.find(kTriedTransformers), std::string::npos);
}

TEST_F(SnapshotTables, AScriptOfWhatDependsOnThePromptIsRefused)
{
    HeadEdit edit = editOf(0.5);
    edit.key = KeyTarget::firstNonPad();
    shown.intervention.set(edit);
    EXPECT_THROW((void)pythonScript({session.model(), baseline, shown, {}}), RequestError);
}

} // namespace
} // namespace sinkscope
