// SPDX-License-Identifier: Apache-2.0
// `run --json` on a tiny model against the slow forward pass in double precision.
#include "tests/cli/cli_fixture.h"

#include "core/base/random.h"
#include "tests/support/reference_forward.h"
#include "tests/support/tiny_model.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>

namespace sinkscope::test {

namespace {

using nlohmann::json;

// fp32 against double over three small layers; measured differences stay below a third of these.
constexpr double kProbabilityTolerance = 2e-5;
constexpr double kEntropyTolerance = 1e-4;

const std::vector<TokenId> kTokens {
    TokenId(70), TokenId(40), TokenId(90), TokenId(101), TokenId(40), TokenId(77)};
constexpr const char *kIds = "70,40,90,101,40,77";

std::vector<TokenId> idsOf(const json &array)
{
    std::vector<TokenId> ids;
    for (const auto &id : array)
        ids.emplace_back(id.get<std::int32_t>());
    return ids;
}

std::vector<std::pair<HeadRef, double>> everyHeadOf(int layer, double gamma)
{
    constexpr int kHeads = 4; // of the tiny model
    std::vector<std::pair<HeadRef, double>> factors;
    factors.reserve(kHeads);
    for (int head = 0; head < kHeads; ++head)
        factors.push_back({{LayerIndex(layer), HeadIndex(head)}, gamma});
    return factors;
}

std::vector<HeadEdit> plainEdits(const std::vector<std::pair<HeadRef, double>> &factors)
{
    Intervention intervention;
    for (const auto &[head, gamma] : factors)
        intervention.setFactor(head, gamma);
    return {intervention.edits().begin(), intervention.edits().end()};
}

void expectHeads(const json &heads, const ReferencePass &pass)
{
    const std::size_t last = pass.tokens - 1;
    ASSERT_EQ(heads.at("sinkMassLast").size(), pass.patterns.size());
    for (std::size_t layer = 0; layer < pass.patterns.size(); ++layer) {
        ASSERT_EQ(heads.at("entropyMean")[layer].size(), pass.heads);
        for (std::size_t head = 0; head < pass.heads; ++head) {
            const auto row = pass.patternRow(layer, head, last);
            const auto value = [&](const char *name) { return heads.at(name)[layer][head].get<double>(); };
            double sinkSum = 0.0;
            double entropySum = 0.0;
            for (std::size_t query = 0; query < pass.tokens; ++query) {
                sinkSum += query > 0 ? pass.patternRow(layer, head, query)[0] : 0.0;
                entropySum += referenceEntropy(pass.patternRow(layer, head, query));
            }
            EXPECT_NEAR(value("sinkMassLast"), row[0], kProbabilityTolerance);
            EXPECT_NEAR(value("sinkMassMean"), sinkSum / static_cast<double>(last), kProbabilityTolerance);
            EXPECT_NEAR(value("entropyLast"), referenceEntropy(row), kEntropyTolerance);
            EXPECT_NEAR(
                value("entropyMean"), entropySum / static_cast<double>(pass.tokens), kEntropyTolerance);
            EXPECT_NEAR(value("entropyWithoutSinkLast"), referenceRestEntropy(row), kEntropyTolerance);
        }
    }
}

void expectPass(const json &pass, const ReferencePass &reference)
{
    const std::vector<double> logP = referenceLogSoftmax(reference.logitsRow(reference.tokens - 1));
    double entropy = 0.0;
    for (const double value : logP)
        entropy -= std::exp(value) * value;
    EXPECT_NEAR(pass.at("outputEntropyNats").get<double>(), entropy, kEntropyTolerance);
    std::vector<std::size_t> order(logP.size());
    std::iota(order.begin(), order.end(), std::size_t {0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return logP[a] > logP[b]; });
    for (std::size_t rank = 0; rank < pass.at("top").size(); ++rank) {
        EXPECT_EQ(pass.at("top")[rank].at("id"), order[rank]);
        EXPECT_NEAR(
            pass.at("top")[rank].at("p").get<double>(), std::exp(logP[order[rank]]), kProbabilityTolerance);
    }
    expectHeads(pass.at("heads"), reference);
}

} // namespace

TEST(CliRun, KeysAreThoseOfTheContract)
{
    const json plain = runCliJson({"run", tinyModel(), "--ids", kIds});
    std::vector<std::string> keys;
    for (const auto &[key, value] : plain.items())
        keys.push_back(key);
    EXPECT_EQ(keys, (std::vector<std::string> {"baseline", "ids", "pieces"}));
    EXPECT_EQ(plain.at("ids"), json({70, 40, 90, 101, 40, 77}));
    EXPECT_EQ(plain.at("pieces").size(), 6U);
    EXPECT_EQ(plain.at("baseline").at("top").size(), 20U);
    EXPECT_EQ(plain.at("baseline").at("answers"), json::array());
    EXPECT_TRUE(plain.at("baseline").at("greedy").is_null());
}

TEST(CliRun, BaselineEqualsTheReference)
{
    const json result = runCliJson({"run", tinyModel(), "--ids", kIds, "--top", "5"});
    ASSERT_EQ(result.at("baseline").at("top").size(), 5U);
    expectPass(result.at("baseline"), referenceForward(tinyWeights(), kTokens));
}

TEST(CliRun, EditsEqualTheReferenceAndLaterSpecsOverride)
{
    const std::string file =
        writeTemporary("edits.json", R"([{"layer":1,"head":2,"gamma":7},{"layer":2,"head":0,"gamma":0.25}])");
    const json result = runCliJson({"run", tinyModel(), "--ids", kIds, "--edit", "L1-2H1,3=9", "--edits",
        file, "--edit", "L1H1=0.3", "--edit", "L1H2=0"});
    const auto edits = plainEdits({{{LayerIndex(1), HeadIndex(1)}, 0.3}, {{LayerIndex(1), HeadIndex(2)}, 0.0},
        {{LayerIndex(1), HeadIndex(3)}, 9.0}, {{LayerIndex(2), HeadIndex(0)}, 0.25},
        {{LayerIndex(2), HeadIndex(1)}, 9.0}, {{LayerIndex(2), HeadIndex(3)}, 9.0}});
    expectPass(result.at("baseline"), referenceForward(tinyWeights(), kTokens));
    expectPass(result.at("edited"), referenceForward(tinyWeights(), kTokens, edits));
}

TEST(CliRun, EveryKindOfEditEqualsTheReference)
{
    const std::string file = writeTemporary("edits.json", R"({"groups":{"up":[[0,1],[2,2]]},"edits":[
        {"layer":0,"head":0,"gamma":3,"keys":[1,4]},
        {"layer":0,"head":1,"kind":"bias","value":-1.5,"key":"firstNonPad","queries":"last"},
        {"layer":1,"head":2,"kind":"keyShared","gamma":0.5,"key":2},
        {"layer":1,"head":1,"kind":"gain","gamma":2.5},
        {"layer":2,"head":3,"kind":"ablate","queries":{"from":3}},
        {"baseline":"instaboost","multiplier":4,"span":[2,4],"heads":"up"}]})");
    const json result = runCliJson({"run", tinyModel(), "--ids", kIds, "--edits", file});
    const auto edit = [](int layer, int head, EditKind kind, double gamma) {
        HeadEdit made;
        made.head = {LayerIndex(layer), HeadIndex(head)};
        made.kind = kind;
        made.gamma = gamma;
        return made;
    };
    std::vector<HeadEdit> edits {edit(0, 0, EditKind::Probability, 3.0), edit(0, 1, EditKind::Bias, 1.0),
        edit(1, 2, EditKind::KeyShared, 0.5), edit(1, 1, EditKind::Gain, 2.5),
        edit(2, 3, EditKind::Ablate, 1.0), edit(0, 1, EditKind::Probability, 4.0),
        edit(2, 2, EditKind::Probability, 4.0)};
    edits[0].key = {TokenPos(1), TokenPos(4)};
    edits[1].value = -1.5;
    edits[1].queries.kind = QuerySelection::Kind::Last;
    edits[2].key = TokenPos(2);
    edits[4].queries = {QuerySelection::Kind::From, TokenPos(3), {}};
    edits[5].key = edits[6].key = {TokenPos(2), TokenPos(4)};
    expectPass(result.at("edited"), referenceForward(tinyWeights(), kTokens, edits));
    // Row 0 does not see [1, 4), rows 0 and 1 see neither key 2 nor, twice, [2, 4).
    EXPECT_EQ(result.at("rowsWithoutTarget"), 1 + 2 + 2 * 2);
}

TEST(CliRun, BaselinesThatReadAttentionAreFrozenForThePrompt)
{
    const auto editedWith = [](const std::string &text) {
        return runCliJson({"run", tinyModel(), "--ids", kIds, "--edits", writeTemporary("edits.json", text),
            "--greedy", "2"});
    };
    const ReferencePass plain = referenceForward(tinyWeights(), kTokens);
    FrozenEdit
        bias; // SpotLight on one head: ln(target / share) where the share of [1, 3) is below the target
    bias.kind = FrozenEdit::Kind::RowBias;
    bias.head = {LayerIndex(1), HeadIndex(2)};
    bias.keys = {TokenPos(1), TokenPos(3)};
    for (std::size_t query = 0; query < kTokens.size(); ++query) {
        const auto row = plain.patternRow(1, 2, query);
        const double share = (query >= 1 ? row[1] : 0.0) + (query >= 2 ? row[2] : 0.0);
        bias.rowValues.push_back(share > 0.0 && share < 0.9 ? std::log(0.9 / share) : 0.0);
    }
    const json spot = editedWith(R"([{"baseline":"spotlight","target":0.9,"span":[1,3],"heads":[[1,2]]}])");
    expectPass(spot.at("edited"), referenceForward(tinyWeights(), kTokens, {}, -1, std::span(&bias, 1)));
    EXPECT_NE(spot.at("edited").at("heads"), spot.at("baseline").at("heads"));
    const json act = editedWith(R"([{"baseline":"act","layers":[1,3]}])");
    EXPECT_NE(act.at("edited").at("heads"), act.at("baseline").at("heads"));
}

TEST(CliRun, EditsInOtherFormsSayTheSame)
{
    const auto edited = [](std::vector<std::string> args) {
        args.insert(args.begin(), {"run", tinyModel(), "--ids", kIds});
        return runCliJson(args).at("edited");
    };
    const json expected = edited({"--edit", "L1H2=0.5", "--edit", "L2H0=0.5"});
    EXPECT_EQ(edited({"--edits", writeTemporary("e.csv", "layer,head,gamma\n1,2,0.5\n2,0,0.5\n")}), expected);
    EXPECT_EQ(edited({"--edits", writeTemporary("e.py", "{1: {2: 0.5}, 2: {0: 0.5}}")}), expected);
    EXPECT_EQ(edited({"--edits", writeTemporary("h.json", R"({"1":[2],"2":[0]})"), "--edits-gamma", "0.5"}),
        expected);
}

TEST(CliEdits, WritesTheFormAskedFor)
{
    const auto written = [](std::vector<std::string> args) {
        args.insert(args.begin(), {"edits", tinyModel()});
        const CliResult result = runCli(args);
        EXPECT_EQ(result.code, 0) << result.err;
        return result.out;
    };
    EXPECT_EQ(written({"--edit", "L1H2,3=0.5", "--to", "csv"}),
        "layer,head,kind,key,queries,gamma\n1,2,probability,0,all,0.5\n1,3,probability,0,all,0.5\n");
    EXPECT_EQ(written({"--edit", "L1H2,3=0.5", "--to", "python"}), "{1: {2: 0.5, 3: 0.5}}\n");
    EXPECT_EQ(written({"--edit", "L1H2,3=0.5", "--to", "head-config"}), "{\"1\":[2,3]}\n");
    const std::string file = writeTemporary("h.json", R"({"1":[2]})");
    EXPECT_EQ(written({"--edits", file, "--edits-gamma", "2"}),
        "[\n  "
        "{\"layer\":1,\"head\":2,\"gamma\":2.0,\"key\":0,\"kind\":\"probability\",\"queries\":\"all\"}\n]\n");
    expectSentence(runCli({"edits", tinyModel(), "--edits", file}), 2, {"head_config", "--edits-gamma"});
    expectSentence(runCli({"edits", tinyModel()}), 2, {"no edits", "--edit"});
    expectSentence(
        runCli({"edits", tinyModel(), "--edit", "all=2", "--to", "xml"}), 2, {"xml", "head-config"});
    expectSentence(
        runCli({"edits", tinyModel(), "--edit", "all=2", "--edits-gamma", "2"}), 2, {"--edits-gamma"});
    expectSentence(
        runCli({"edits", tinyModel(), "--edits", writeTemporary("e.csv", "layer,head,gamma\n9,0,1\n")}), 1,
        {"e.csv", "layer 9", "0 to 2"});
}

TEST(CliRun, SpecFormsAddressTheHeadsTheyName)
{
    const auto editedWith = [](const std::string &spec) {
        return runCliJson({"run", tinyModel(), "--ids", kIds, "--edit", spec}).at("edited");
    };
    std::vector<std::pair<HeadRef, double>> all;
    for (int layer = 0; layer < 3; ++layer)
        std::ranges::copy(everyHeadOf(layer, 1.5), std::back_inserter(all));
    expectPass(editedWith("all=1.5"), referenceForward(tinyWeights(), kTokens, plainEdits(all)));
    expectPass(
        editedWith("L2=0.5"), referenceForward(tinyWeights(), kTokens, plainEdits(everyHeadOf(2, 0.5))));
    expectPass(editedWith("L0H3=4"),
        referenceForward(tinyWeights(), kTokens, plainEdits({{{LayerIndex(0), HeadIndex(3)}, 4.0}})));
}

TEST(CliRun, GammaOneIsGivenAndChangesNoBit)
{
    const json result = runCliJson({"run", tinyModel(), "--ids", kIds, "--edit", "all=1", "--greedy", "4"});
    EXPECT_EQ(result.at("baseline"), result.at("edited"));
}

TEST(CliRun, AnswersAreWholeStringsWithTheirSpaces)
{
    const json result = runCliJson({"run", tinyModel(), "--text", "ab", "--answers", " 12||-1||c"});
    const json &answers = result.at("baseline").at("answers");
    ASSERT_EQ(answers.size(), 3U);
    EXPECT_EQ(answers[0].at("text"), " 12");
    EXPECT_EQ(answers[1].at("text"), "-1");
    for (const json &answer : answers) {
        const std::string text = answer.at("text");
        EXPECT_EQ(answer.at("ids"), runCliJson({"tokenize", tinyModel(), "--text", text}).at("ids")) << text;
        std::vector<TokenId> tokens = idsOf(result.at("ids"));
        double logProb = 0.0;
        for (const TokenId id : idsOf(answer.at("ids"))) {
            const ReferencePass pass = referenceForward(tinyWeights(), tokens);
            logProb += referenceLogSoftmax(pass.logitsRow(tokens.size() - 1))[id.asSize()];
            tokens.push_back(id);
        }
        EXPECT_NEAR(answer.at("logProb").get<double>(), logProb, kEntropyTolerance) << text;
        EXPECT_NEAR(answer.at("p").get<double>(), std::exp(logProb), kProbabilityTolerance) << text;
        EXPECT_TRUE(answer.at("tokenisesDifferentlyInContext").is_boolean());
    }
}

TEST(CliRun, GreedyEqualsRunningTheWholeForwardEachStep)
{
    const json result = runCliJson({"run", tinyModel(), "--ids", kIds, "--greedy", "12", "--edit", "L1=3"});
    // End tokens of the tiny tokenizer: <|endoftext|> and <|im_end|>.
    const std::vector<TokenId> ends {TokenId(0), TokenId(2)};
    EXPECT_EQ(idsOf(result.at("baseline").at("greedy").at("ids")),
        referenceGreedy(tinyWeights(), kTokens, {}, 12, ends));
    EXPECT_EQ(idsOf(result.at("edited").at("greedy").at("ids")),
        referenceGreedy(tinyWeights(), kTokens, plainEdits(everyHeadOf(1, 3.0)), 12, ends));
    EXPECT_TRUE(result.at("edited").at("greedy").at("text").is_string());
}

TEST(CliRun, OneTokenHasNoMeanSinkMass)
{
    const json result = runCliJson({"run", tinyModel(), "--ids", "70", "--edit", "all=3"});
    for (const char *pass : {"baseline", "edited"}) {
        EXPECT_TRUE(result.at(pass).at("heads").at("sinkMassMean").is_null());
        EXPECT_EQ(result.at(pass).at("heads").at("sinkMassLast")[0][0], 1.0);
    }
}

TEST(CliRun, JsonHoldsNoSpecialNumbers)
{
    // A factor of 1e30 drives the other weights to zero: logarithms of zero must not reach the JSON.
    const CliResult result = runCli({"run", tinyModel(), "--ids", kIds, "--edit", "all=1e30", "--json"});
    EXPECT_EQ(result.code, 0) << result.err;
    for (const char *word : {"nan", "NaN", "inf", "Infinity"})
        EXPECT_EQ(result.out.find(word), std::string::npos) << word;
    EXPECT_TRUE(result.json().contains("edited"));
}

TEST(CliRun, LessMemoryForWeightsGivesTheSameFigures)
{
    // Panels expanded in each product hold the values of prepared ones: the same bytes on the packed backend.
    const std::vector<std::string> run {"run", tinyModel(), "--ids", kIds, "--backend", "packed", "--json"};
    std::vector<std::string> little = run;
    little.insert(little.end(), {"--memory", "0"});
    const CliResult all = runCli(run);
    const CliResult none = runCli(little);
    EXPECT_EQ(none.code, 0) << none.err;
    EXPECT_EQ(all.out, none.out);
    const json mapped = runCliJson({"info", tinyModel(), "--memory", "0"});
    const json prepared = runCliJson({"info", tinyModel()});
    EXPECT_EQ(mapped["memory"]["weightBytes"], 0);
    EXPECT_GT(prepared["memory"]["weightBytes"], 0);
}

TEST(CliRun, AMemoryThatIsNoAmountIsRefused)
{
    const CliResult refused = runCli({"run", tinyModel(), "--ids", kIds, "--memory", "lots"});
    EXPECT_EQ(refused.code, 2);
    EXPECT_NE(refused.err.find("--memory is no amount of memory"), std::string::npos) << refused.err;
}

TEST(CliRun, ThreadsDoNotChangeTheResult)
{
    const CliResult one = runCli({"run", tinyModel(), "--ids", kIds, "--threads", "1", "--json"});
    const CliResult two = runCli({"run", tinyModel(), "--ids", kIds, "--threads", "2", "--json"});
    EXPECT_EQ(one.code, 0) << one.err;
    EXPECT_EQ(one.out, two.out);
}

TEST(CliRun, InitialTokenTwiceIsNotedOnTheErrorStream)
{
    TinyModelOptions options;
    options.addBos = true;
    const std::string model = writeTinyModel(options);
    const CliResult twice = runCli({"run", model, "--text", "<|im_start|>a", "--json"});
    EXPECT_EQ(twice.code, 0);
    EXPECT_NE(twice.err.find("initial token twice"), std::string::npos) << twice.err;
    EXPECT_EQ(runCli({"run", model, "--text", "a", "--json"}).err, "");
}

TEST(CliRun, PlainFormShowsTheSameFigures)
{
    const json figures = runCliJson({"run", tinyModel(), "--ids", kIds});
    const CliResult result =
        runCli({"run", tinyModel(), "--ids", kIds, "--edit", "L0=2", "--answers", "a||b", "--greedy", "3"});
    ASSERT_EQ(result.code, 0) << result.err;
    char entropy[32];
    std::snprintf(
        entropy, sizeof entropy, "%.4f", figures.at("baseline").at("outputEntropyNats").get<double>());
    for (const std::string &part : {std::string("6 tokens"), std::string(entropy), std::string("edited"),
             std::string("greedy continuation, edited"), std::string("answers"), std::string("H3"),
             std::string("L2")})
        EXPECT_NE(result.out.find(part), std::string::npos) << part << "\n" << result.out;
    EXPECT_EQ(result.out.find('{'), std::string::npos);
}

TEST(CliRun, GreedySaysWhyItEnded)
{
    const auto finish = [](const char *count) {
        return runCliJson({"run", tinyModel(), "--ids", kIds, "--greedy", count})
            .at("baseline")
            .at("greedy")
            .at("finish");
    };
    EXPECT_EQ(finish("1"), "length");
    EXPECT_TRUE(finish("400") == "context" || finish("400") == "end-token"); // the context holds 256 tokens
}

TEST(CliRun, SaysWhichHeadsAStoredKeyMoves)
{
    const std::string edits = writeTemporary("shared_key.json",
        R"([{"layer":1,"head":2,"kind":"keyShared","gamma":0.5},{"layer":0,"head":1,"gamma":0.5}])");
    const CliResult result = runCli({"run", tinyModel(), "--ids", kIds, "--edits", edits});
    EXPECT_EQ(result.code, 0) << result.err;
    EXPECT_NE(result.err.find("L1H2 it moves the heads 2, 3 together"), std::string::npos) << result.err;
    EXPECT_EQ(result.err.find("L0H1"), std::string::npos) << result.err;
}

} // namespace sinkscope::test
