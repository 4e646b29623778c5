// SPDX-License-Identifier: Apache-2.0
// The forward pass on tiny models of several shapes against the slow reference in double.
#include "core/base/error.h"
#include "core/base/random.h"
#include "tests/core/model/test_edits.h"
#include "tests/support/model_session.h"
#include "tests/support/pass_comparison.h"
#include "tests/support/tiny_model.h"
#include "tests/support/test_values.h"

#include <gtest/gtest.h>

namespace sinkscope {
namespace {

using test::agrees;
using test::everyHead;
using test::headEdit;
using test::ModelSession;
using test::randomTokens;
using test::sameBytes;
using test::TinyModelOptions;
using test::withEdits;

struct Shape {
    std::string name;
    TinyModelOptions options;
    std::size_t tokens = 24;
    double widening = 1.0; ///< of the tolerances, with its reason where it is used
};

Shape shaped(std::string name, const std::function<void(TinyModelOptions &)> &change, std::size_t tokens = 24,
    double widening = 1.0)
{
    Shape shape {std::move(name), {}, tokens, widening};
    change(shape.options);
    return shape;
}

std::vector<Shape> shapes()
{
    using Storage = test::TinyStorage;
    const auto stored = [](Storage storage) {
        return [storage](TinyModelOptions &options) { options.storage = storage; };
    };
    return {
        shaped("Grouped", [](TinyModelOptions &) {}),
        shaped(
            "OneToken", [](TinyModelOptions &) {}, 1),
        shaped(
            "TwoTokens", [](TinyModelOptions &) {}, 2),
        shaped(
            "LongerThanABlockOfRows", [](TinyModelOptions &) {}, 133),
        shaped("OneKvHeadAHead",
            [](TinyModelOptions &options) {
                options.kvHeads = 4;
                options.tied = false;
            }),
        shaped("OneKvHeadForAllAndOddSizes",
            [](TinyModelOptions &options) {
                options.heads = 5;
                options.kvHeads = 1;
                options.headSize = 14;
                options.hidden = 27;
                options.feedForward = 41;
            }),
        shaped("OneLayerOneHead",
            [](TinyModelOptions &options) {
                options.layers = 1;
                options.heads = 1;
                options.kvHeads = 1;
            }),
        shaped("HeadsPartlyRotated",
            [](TinyModelOptions &options) {
                options.headSize = 16;
                options.rotarySize = 8;
            }),
        shaped("RotaryFactorsAndBase",
            [](TinyModelOptions &options) {
                options.rotaryFactors = true;
                options.rotaryBase = 500000.0;
            }),
        // Scores of size 16 instead of 2: the attention is almost hard, and rounding errors grow by the same
        // eight.
        shaped(
            "AlmostHardAttention", [](TinyModelOptions &options) { options.attentionGain = 4.0; }, 24, 10.0),
        shaped("StoredAsF16", stored(Storage::F16)),
        shaped("StoredAsQ8_0", stored(Storage::Q8_0)),
        shaped("StoredAsQ4_0", stored(Storage::Q4_0)),
        shaped("StoredAsQ4_1", stored(Storage::Q4_1)),
    };
}

test::PassTolerances widened(double factor)
{
    test::PassTolerances tolerances;
    tolerances.logits *= factor;
    tolerances.attention *= factor;
    tolerances.residual *= factor;
    tolerances.entropy *= factor;
    return tolerances;
}

class TransformerShapes : public testing::TestWithParam<Shape> { };

TEST_P(TransformerShapes, BaselineAgreesWithTheReference)
{
    const Shape &shape = GetParam();
    const std::vector<TokenId> tokens = randomTokens(shape.tokens);
    ModelSession session(test::writeTinyModel(shape.options));
    const auto pass = session.run(tokens);
    const auto reference = test::referenceForward(test::tinyWeights(shape.options), tokens);
    EXPECT_TRUE(agrees(*pass, reference, widened(shape.widening)));
}

TEST_P(TransformerShapes, EditOfEveryHeadAgreesWithTheReference)
{
    const Shape &shape = GetParam();
    const std::vector<TokenId> tokens = randomTokens(shape.tokens);
    ModelSession session(test::writeTinyModel(shape.options));
    for (const double gamma : {0.0, 0.3, 6.5}) {
        const Intervention edits =
            everyHead(shape.options.layers, shape.options.heads, headEdit(0, 0, gamma));
        const auto reference =
            test::referenceForward(test::tinyWeights(shape.options), tokens, edits.edits());
        EXPECT_TRUE(agrees(*session.run(tokens, &edits), reference, widened(shape.widening)))
            << "gamma " << gamma;
    }
}

INSTANTIATE_TEST_SUITE_P(Tiny, TransformerShapes, testing::ValuesIn(shapes()),
    [](const testing::TestParamInfo<Shape> &param) { return param.param.name; });

TEST(Reference, AttentionAndLogitsOfTheTinyModelAreLively)
{
    // Guards the other tests: with uniform attention or flat logits they could not fail.
    const auto reference = test::referenceForward(test::tinyWeights(), randomTokens(24));
    int strong = 0;
    for (std::size_t layer = 0; layer < 3; ++layer)
        for (std::size_t head = 0; head < 4; ++head)
            for (const double weight : reference.patternRow(layer, head, 23))
                strong += weight > 0.2 ? 1 : 0;
    EXPECT_GE(strong, 8);
    const auto row = reference.logitsRow(23);
    EXPECT_GT(*std::max_element(row.begin(), row.end()) - *std::min_element(row.begin(), row.end()), 5.0);
}

class TransformerEdits : public testing::Test {
protected:
    std::vector<TokenId> m_tokens = randomTokens(18);
    test::ReferenceWeights m_weights = test::tinyWeights();
    ModelSession m_session {test::writeTinyModel()};
};

TEST_F(TransformerEdits, EveryKindAgreesWithTheReference)
{
    const auto baseline = m_session.run(m_tokens);
    for (const test::NamedIntervention &named : test::manyInterventions()) {
        SCOPED_TRACE(named.name);
        const auto reference = test::referenceForward(m_weights, m_tokens, named.intervention.edits());
        const auto pass = m_session.run(m_tokens, &named.intervention);
        EXPECT_TRUE(agrees(*pass, reference));
        EXPECT_FALSE(sameBytes(*pass, *baseline)) << "the edit changed nothing";
    }
}

TEST_F(TransformerEdits, LogitEditEqualsProbabilityEdit)
{
    const Intervention probability = withEdits({headEdit(1, 0, 3.0)});
    const Intervention logit = withEdits({headEdit(1, 0, 3.0, 0, EditKind::Logit)});
    const auto left = m_session.run(m_tokens, &probability);
    const auto right = m_session.run(m_tokens, &logit);
    for (std::size_t at = 0; at < left->logitsLast.size(); ++at)
        EXPECT_NEAR(
            left->logitsLast[at], right->logitsLast[at], 1e-5); // the same value rounded in another order
}

TEST_F(TransformerEdits, FactorOneChangesNoBit)
{
    const auto baseline = m_session.run(m_tokens);
    for (const EditKind kind : {EditKind::Probability, EditKind::Logit, EditKind::Key, EditKind::KeyShared}) {
        const Intervention ones = everyHead(3, 4, headEdit(0, 0, 1.0, 2, kind));
        EXPECT_TRUE(sameBytes(*m_session.run(m_tokens, &ones), *baseline)) << kindName(kind);
        const Intervention spans = everyHead(3, 4, test::onKeys(headEdit(0, 0, 1.0, 0, kind), 0, 9));
        EXPECT_TRUE(sameBytes(*m_session.run(m_tokens, &spans), *baseline)) << kindName(kind);
    }
    const Intervention noBias = everyHead(3, 4, test::biasEdit(0, 0, 0.0));
    EXPECT_TRUE(sameBytes(*m_session.run(m_tokens, &noBias), *baseline));
    const Intervention noGain = everyHead(3, 4, headEdit(0, 0, 1.0, 0, EditKind::Gain));
    EXPECT_TRUE(sameBytes(*m_session.run(m_tokens, &noGain), *baseline));
    const Intervention none;
    EXPECT_TRUE(sameBytes(*m_session.run(m_tokens, &none), *baseline));
}

TEST_F(TransformerEdits, RowZeroNeverChanges)
{
    const auto baseline = m_session.run(m_tokens);
    const Intervention off = everyHead(3, 4, headEdit(0, 0, 0.0));
    const auto edited = m_session.run(m_tokens, &off);
    for (std::size_t layer = 0; layer < 3; ++layer) {
        for (std::size_t at = 0; at < 32; ++at)
            EXPECT_EQ(
                baseline->layers[layer]->residualIn.at(0, at), edited->layers[layer]->residualIn.at(0, at));
        for (std::size_t head = 0; head < 4; ++head) {
            EXPECT_EQ(edited->layers[layer]->sinkMass.at(head, 0), 1.0F);
            EXPECT_EQ(edited->layers[layer]->restMass.at(head, 0), 0.0F);
            EXPECT_EQ(edited->layers[layer]->restEntropy.at(head, 0), 0.0F);
        }
    }
}

TEST_F(TransformerEdits, LogOddsAreThoseBeforeTheProbabilityEdit)
{
    const Intervention edits = withEdits({headEdit(0, 2, 0.05), headEdit(0, 1, 0.0)});
    const auto reference =
        test::referenceForward(m_weights, m_tokens); // layer 0 sees the same input either way
    const auto pass = m_session.run(m_tokens, &edits);
    for (std::size_t head = 0; head < 4; ++head)
        for (std::size_t query = 1; query < m_tokens.size(); ++query) {
            const auto row = reference.patternRow(0, head, query);
            double rest = 0.0;
            for (const double p : row.subspan(1))
                rest += p;
            // a difference of fp32 scores of size 5
            EXPECT_NEAR(pass->layers[0]->sinkLogOdds.at(head, query), std::log(row[0] / rest), 1e-4);
        }
}

TEST_F(TransformerEdits, LosingEveryKeyLeavesNumbers)
{
    // Row 1 sees keys 0 and 1 only; both removed.
    const Intervention edits = withEdits({headEdit(0, 0, 0.0), headEdit(0, 0, 0.0, 1),
        headEdit(1, 0, 0.0, 0, EditKind::Logit), headEdit(1, 0, 0.0, 1)});
    const auto pass = m_session.run(m_tokens, &edits);
    for (const float logit : pass->logitsAll.values())
        ASSERT_TRUE(std::isfinite(logit));
    EXPECT_NEAR(pass->layers[0]->sinkMass.at(0, 1) + pass->layers[0]->restMass.at(0, 1), 1.0F, 1e-6F);
}

TEST_F(TransformerEdits, RestartFromEachLayerEqualsTheWholePass)
{
    const auto baseline = m_session.run(m_tokens);
    for (int lowest = 0; lowest < 3; ++lowest) {
        const Intervention edits = withEdits({headEdit(lowest, 1, 0.2), headEdit(2, 3, 4.0)});
        const auto whole = m_session.run(m_tokens, &edits);
        for (int restart = 0; restart <= lowest; ++restart) {
            PassRequest request;
            request.tokens = m_tokens;
            request.intervention = &edits;
            request.capture.logitRows = LogitRows::All;
            request.restartFrom = baseline;
            request.restartLayer = LayerIndex(restart);
            const auto restarted = m_session.transformer().run(request, {});
            SCOPED_TRACE(testing::Message() << "lowest edit " << lowest << ", restart " << restart);
            EXPECT_TRUE(sameBytes(*restarted, *whole));
            EXPECT_EQ(restarted->firstComputedLayer, LayerIndex(restart));
            for (std::size_t layer = 0; layer < static_cast<std::size_t>(restart); ++layer)
                EXPECT_EQ(restarted->layers[layer], baseline->layers[layer]) << "a record below was copied";
        }
    }
}

TEST_F(TransformerEdits, RestartFromTheLowestEditedLayerEqualsTheWholePassForEveryKind)
{
    const auto baseline = m_session.run(m_tokens);
    for (const test::NamedIntervention &named : test::manyInterventions()) {
        PassRequest request;
        request.tokens = m_tokens;
        request.intervention = &named.intervention;
        request.capture.logitRows = LogitRows::All;
        request.restartFrom = baseline;
        request.restartLayer = named.intervention.lowestLayer().value();
        EXPECT_TRUE(sameBytes(
            *m_session.transformer().run(request, {}), *m_session.run(m_tokens, &named.intervention)))
            << named.name;
    }
}

TEST_F(TransformerEdits, AnyNumberOfThreadsGivesTheSameBytes)
{
    const std::vector<TokenId> tokens = randomTokens(75);
    const std::string path = test::writeTinyModel();
    const Intervention edits = everyHead(3, 4, headEdit(0, 0, 0.4));
    ModelSession one(path, {}, 1);
    const auto expected = one.run(tokens, &edits);
    for (const int threads : {2, 3, 5}) {
        ModelSession several(path, {}, threads);
        EXPECT_TRUE(sameBytes(*several.run(tokens, &edits), *expected)) << threads << " threads";
    }
}

TEST_F(TransformerEdits, PatternBudgetKeepsTheLayersAskedFor)
{
    PassRequest request;
    request.tokens = m_tokens;
    request.capture.patternBudgetBytes = 0;
    request.capture.patternLayers = {LayerIndex(1)};
    const auto pass = m_session.transformer().run(request, {});
    EXPECT_FALSE(pass->layers[0]->hasPatterns());
    EXPECT_TRUE(pass->layers[1]->hasPatterns());
    EXPECT_FALSE(pass->layers[2]->hasPatterns());
    EXPECT_TRUE(pass->logitsAll.empty());
    EXPECT_TRUE(agrees(*pass, test::referenceForward(m_weights, m_tokens)));
}

TEST_F(TransformerEdits, PassesDoNotRememberEarlierOnes)
{
    const auto first = m_session.run(m_tokens);
    m_session.run(randomTokens(50, 7));
    const Intervention off = everyHead(3, 4, headEdit(0, 0, 0.0));
    m_session.run(randomTokens(3, 8), &off);
    EXPECT_TRUE(sameBytes(*m_session.run(m_tokens), *first));
}

TEST_F(TransformerEdits, CancelledPassGivesNothing)
{
    std::stop_source source;
    source.request_stop();
    PassRequest request;
    request.tokens = m_tokens;
    EXPECT_EQ(m_session.transformer().run(request, source.get_token()), nullptr);
    EXPECT_NE(m_session.run(m_tokens), nullptr) << "a later pass runs";
}

TEST_F(TransformerEdits, RefusesWhatDoesNotFit)
{
    const auto run = [&](const std::vector<TokenId> &tokens, const Intervention *edits = nullptr) {
        m_session.run(tokens, edits);
    };
    EXPECT_THROW(run({}), RequestError);
    EXPECT_THROW(run({TokenId(-1)}), RequestError);
    EXPECT_THROW(run({TokenId(320)}), RequestError);
    EXPECT_THROW(run(randomTokens(257)), RequestError);
    EXPECT_NO_THROW(run(randomTokens(256)));
    for (const HeadEdit &wrong : {headEdit(3, 0, 0.5), headEdit(0, 4, 0.5), headEdit(-1, 0, 0.5),
             headEdit(0, 0, 0.5, static_cast<int>(m_tokens.size()))}) {
        const Intervention edits = withEdits({wrong});
        EXPECT_THROW(run(m_tokens, &edits), RequestError);
    }
}

} // namespace
} // namespace sinkscope
