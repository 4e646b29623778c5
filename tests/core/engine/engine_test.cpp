// SPDX-License-Identifier: Apache-2.0
// The engine on a tiny model: reuse changes nothing, curves equal single questions.
#include "core/base/error.h"
#include "tests/core/engine/engine_fixture.h"
#include "tests/support/model_session.h"

#include <gtest/gtest.h>

namespace sinkscope {
namespace {

using EngineTest = EngineFixture;

void expectSameFigures(const Snapshot &left, const Snapshot &right)
{
    EXPECT_NEAR(left.output.entropyNats, right.output.entropyNats, kSamePass);
    ASSERT_EQ(left.output.answers.size(), right.output.answers.size());
    for (std::size_t index = 0; index < left.output.answers.size(); ++index)
        EXPECT_NEAR(left.output.answers[index].logProb, right.output.answers[index].logProb, kSamePass);
    ASSERT_TRUE(left.heads && right.heads);
    for (std::size_t layer = 0; layer < left.heads->entropyLast.rows(); ++layer)
        for (std::size_t head = 0; head < left.heads->entropyLast.columns(); ++head)
            EXPECT_NEAR(
                left.heads->entropyLast.at(layer, head), right.heads->entropyLast.at(layer, head), kSamePass);
}

TEST_F(EngineTest, WithoutEditsEditedIsTheBaseline)
{
    const PassAnswer answer = ask(m_engine);
    EXPECT_EQ(answer.baseline, answer.edited);
    EXPECT_EQ(answer.stage, SnapshotStage::Full);
    EXPECT_EQ(answer.edited->klFromBaselineNats, 0.0);
    EXPECT_FALSE(answer.baseline->patternsLeftOut);
}

TEST_F(EngineTest, ReusedLayersGiveWhatAFreshEngineGives)
{
    ask(m_engine);
    for (const auto &[layer, head, gamma] :
        {std::tuple(1, 2, 0.2), std::tuple(2, 0, 4.0), std::tuple(1, 2, 0.0)}) {
        turn(layer, head, gamma);
        const PassAnswer reused = ask(m_engine);
        EXPECT_GT(reused.edited->pass->firstComputedLayer, LayerIndex(0));
        expectSameFigures(*reused.edited, *askAfresh().edited);
    }
}

TEST_F(EngineTest, EditsThatDependOnThePromptAreWorkedOutForIt)
{
    Baseline act;
    act.kind = BaselineKind::Act;
    act.amount = 0.4;
    act.threshold = 0.05;
    act.layers = LayerSpan {LayerIndex(1), LayerIndex(3)};
    HeadEdit first;
    first.head = {LayerIndex(2), HeadIndex(1)};
    first.gamma = 0.3;
    first.key = KeyTarget::firstNonPad();
    m_question.patternBudgetBytes = 0; // the baseline's patterns have to be computed for it
    ask(m_engine);
    m_question.intervention.add(act);
    const PassAnswer answer = ask(m_engine);
    EXPECT_GT(answer.edited->klFromBaselineNats, 0.0);
    EXPECT_EQ(answer.edited->intervention, m_question.intervention) << "a snapshot names what was asked for";
    EXPECT_EQ(answer.edited->pass->firstComputedLayer, LayerIndex(1));
    expectSameFigures(*answer.edited, *askAfresh().edited);
    m_question.intervention.set(first);
    const PassAnswer both = ask(m_engine);
    EXPECT_EQ(both.edited->pass->firstComputedLayer, LayerIndex(2));
    expectSameFigures(*both.edited, *askAfresh().edited);
    m_question.prompt.text = "Another prompt";
    expectSameFigures(*ask(m_engine).edited, *askAfresh().edited);
}

TEST_F(EngineTest, DerivativesAreThoseOfThePassUnderItsEdits)
{
    HeadEdit first;
    first.head = {LayerIndex(2), HeadIndex(1)};
    first.gamma = 0.3;
    first.key = KeyTarget::firstNonPad(); // depends on the prompt
    m_question.intervention.set(first);
    turn(1, 3, 2.0);
    const PassAnswer answer = ask(m_engine);
    const std::optional<Sensitivity> got = m_engine.sensitivity({});
    ASSERT_TRUE(got);

    // A session of its own, and the edits written out by hand: without padding the first token is key 0.
    test::ModelSession session(m_path);
    Intervention edits;
    edits.setFactor({LayerIndex(2), HeadIndex(1)}, 0.3);
    edits.setFactor({LayerIndex(1), HeadIndex(3)}, 2.0);
    const auto pass = session.run(answer.edited->prompt->ids, &edits);
    Gemm gemm(session.pool());
    BackwardPass backward(session.model(), gemm);
    SensitivityRequest request;
    request.pass = pass.get();
    request.intervention = &edits;
    request.answers = m_question.answers;
    const Sensitivity expected = deriveOutput(backward, request, {}).value();
    EXPECT_NEAR(*got->margin, *expected.margin, kSamePass);
    for (std::size_t at = 0; at < expected.dEntropy.values().size(); ++at) {
        EXPECT_NEAR(got->dEntropy.values()[at], expected.dEntropy.values()[at], kSamePass) << at;
        EXPECT_NEAR(got->dMargin->values()[at], expected.dMargin->values()[at], kSamePass) << at;
    }
    EXPECT_NE(expected.dEntropy.values()[0], 0.0F);
}

TEST_F(EngineTest, DerivativesNeedAPassAndGiveWay)
{
    EXPECT_THROW(m_engine.sensitivity({}), RequestError);
    ask(m_engine);
    std::stop_source stop;
    stop.request_stop();
    EXPECT_FALSE(m_engine.sensitivity(stop.get_token()).has_value());
    turn(1, 2, 0.5);
    EXPECT_FALSE(m_engine.preview(m_question, stop.get_token()).has_value());
    EXPECT_THROW(m_engine.sensitivity({}), RequestError) << "no pass of the newest question";
}

TEST_F(EngineTest, RowsBeforeTheEditAreKept)
{
    const PassAnswer plain = ask(m_engine);
    const int tokens = static_cast<int>(plain.baseline->prompt->ids.size());
    HeadEdit late;
    late.head = {LayerIndex(1), HeadIndex(2)};
    late.gamma = 0.1;
    late.queries.kind = QuerySelection::Kind::Last;
    m_question.intervention.set(late);
    const PassAnswer lastRow = ask(m_engine);
    EXPECT_EQ(lastRow.edited->pass->firstComputedRow, TokenPos(tokens - 1));
    EXPECT_GT(lastRow.edited->klFromBaselineNats, 0.0);
    expectSameFigures(*lastRow.edited, *askAfresh().edited);
    late.queries = {QuerySelection::Kind::From, TokenPos(tokens - 3), TokenPos(0)};
    m_question.intervention.set(late);
    const PassAnswer threeRows = ask(m_engine);
    EXPECT_EQ(threeRows.edited->pass->firstComputedRow, TokenPos(tokens - 3));
    expectSameFigures(*threeRows.edited, *askAfresh().edited);
    m_question.intervention.clear();
    EXPECT_EQ(ask(m_engine).edited, plain.edited);
}

TEST_F(EngineTest, APromptThatGrowsKeepsItsRows)
{
    turn(1, 2, 0.2);
    const PassAnswer before = ask(m_engine);
    m_question.prompt.text += " again and again";
    const PassAnswer after = ask(m_engine);
    EXPECT_GT(after.baseline->pass->firstComputedRow.value, 0);
    EXPECT_LE(after.baseline->pass->firstComputedRow.asSize(), before.baseline->prompt->ids.size());
    expectSameFigures(*after.baseline, *askAfresh().baseline);
    expectSameFigures(*after.edited, *askAfresh().edited);
}

TEST_F(EngineTest, LayersBelowTheEditAreSharedNotCopied)
{
    turn(2, 0, 0.5);
    const PassAnswer answer = ask(m_engine);
    EXPECT_EQ(answer.edited->pass->layers[1], answer.baseline->pass->layers[1]);
    EXPECT_NE(answer.edited->pass->layers[2], answer.baseline->pass->layers[2]);
}

TEST_F(EngineTest, AnEditChangesTheOutputAndUndoRestoresTheVeryBaselinePass)
{
    const PassAnswer before = ask(m_engine);
    turn(0, 1, 0.0);
    const PassAnswer edited = ask(m_engine);
    EXPECT_GT(std::abs(edited.edited->output.entropyNats - before.edited->output.entropyNats), 1e-6);
    EXPECT_GT(edited.edited->klFromBaselineNats, 0.0);
    turn(0, 1, 1.0);
    EXPECT_EQ(ask(m_engine).edited->pass, before.baseline->pass);
}

TEST_F(EngineTest, OtherAnswersNeedNoPass)
{
    const PassAnswer first = ask(m_engine);
    m_question.answers = {"x"};
    const PassAnswer second = ask(m_engine);
    EXPECT_EQ(first.baseline->pass, second.baseline->pass);
    EXPECT_EQ(second.baseline->output.answers.front().text, "x");
}

TEST_F(EngineTest, ANewPromptForgetsTheOldPasses)
{
    turn(1, 1, 3.0);
    ask(m_engine);
    m_question.prompt.text = "Another text";
    expectSameFigures(*ask(m_engine).edited, *askAfresh().edited);
}

TEST_F(EngineTest, PatternsOfTheShownLayerAreKeptPastTheBudget)
{
    m_question.patternBudgetBytes = 0;
    m_question.patternLayers = {LayerIndex(1)};
    const PassAnswer answer = ask(m_engine);
    EXPECT_TRUE(answer.baseline->patternsLeftOut);
    EXPECT_TRUE(answer.baseline->pass->layers[1]->hasPatterns());
    EXPECT_FALSE(answer.baseline->pass->layers[0]->hasPatterns());
    m_question.patternLayers = {LayerIndex(0)}; // the person selects another layer
    const PassAnswer other = ask(m_engine);
    EXPECT_TRUE(other.baseline->pass->layers[0]->hasPatterns());
    EXPECT_EQ(other.baseline->pass->layers[1], answer.baseline->pass->layers[1]) << "a pass was run";
    EXPECT_EQ(other.baseline->logProbabilities, answer.baseline->logProbabilities) << "logits were computed";
    expectSameFigures(*other.baseline, *answer.baseline);

    turn(2, 1, 0.3); // above the selected layer, whose patterns this pass takes over
    m_question.patternLayers = {LayerIndex(1)};
    const PassAnswer edited = ask(m_engine);
    EXPECT_EQ(edited.edited->pass->firstComputedLayer, LayerIndex(2));
    EXPECT_TRUE(edited.edited->pass->layers[1]->hasPatterns());
}

TEST_F(EngineTest, PatternsThatFitTheBudgetInHalfPrecisionOnlyAreKeptSo)
{
    const PassAnswer exact = ask(m_engine);
    EXPECT_FALSE(exact.baseline->patternsInHalf);
    const std::size_t tokens = exact.baseline->prompt->ids.size();
    Engine engine;
    engine.loadModel(m_path, {}, {});
    m_question.patternBudgetBytes = patternBytes(engine.model()->config, tokens, PatternPrecision::Half);
    m_question.patternLayers = {LayerIndex(1)};
    turn(1, 2, 0.3);
    const PassAnswer halved = ask(engine);
    for (const auto &snapshot : {halved.baseline, halved.edited}) {
        EXPECT_TRUE(snapshot->patternsInHalf);
        EXPECT_FALSE(snapshot->patternsLeftOut);
        for (const auto &layer : snapshot->pass->layers)
            EXPECT_EQ(layer->patternPrecision(), PatternPrecision::Half);
    }
    m_question.patternBudgetBytes = std::size_t {1} << 30;
    m_question.patternLayers.clear();
    expectSameFigures(*halved.edited, *askAfresh().edited);
}

// Points come stacked when every answer is one token, one by one when not: both equal single questions.
TEST_F(EngineTest, CurvePointsEqualSingleQuestions)
{
    const HeadRef moved {LayerIndex(1), HeadIndex(3)};
    const CurveQuestion curve {
        .id = 7, .scope = {{moved, 1.0}}, .gammas = {1.0, 0.1, 0.0, 10.0, 2.0, 3.0, 0.5}, .focus = moved};
    for (const char *secondAnswer : {"b", "bc"}) {
        SCOPED_TRACE(secondAnswer);
        m_question.answers = {"a", secondAnswer};
        m_question.intervention.clear();
        turn(0, 0, 2.0);
        ask(m_engine);
        std::vector<CurvePoint> points;
        while (points.size() < curve.gammas.size()) {
            const auto more = m_engine.curvePoints(curve, points.size(), {});
            ASSERT_FALSE(more.empty());
            points.insert(points.end(), more.begin(), more.end());
        }
        for (std::size_t index = 0; index < curve.gammas.size(); ++index) {
            SCOPED_TRACE(index);
            const CurvePoint &point = points[index];
            EXPECT_EQ(point.index, index);
            EXPECT_EQ(point.gamma, curve.gammas[index]);
            turn(1, 3, curve.gammas[index]);
            const PassAnswer single = askAfresh();
            EXPECT_NEAR(point.outputEntropyNats, single.edited->output.entropyNats, kSamePass);
            EXPECT_NEAR(point.klFromBaselineNats, single.edited->klFromBaselineNats, kSamePass);
            EXPECT_NEAR(*point.margin, *single.edited->output.margin(), kSamePass);
            EXPECT_NEAR(point.answerProbabilities[1], single.edited->output.answers[1].p, kSamePass);
            EXPECT_NEAR(point.focusSinkMass, single.edited->heads->sinkMassLast.at(1, 3), kSamePass);
            EXPECT_NEAR(point.focusEntropyNats, single.edited->heads->entropyLast.at(1, 3), kSamePass);
        }
    }
}

TEST_F(EngineTest, UndoAndAFormerPromptGiveTheVerySnapshot)
{
    turn(1, 1, 3.0);
    const PassAnswer first = ask(m_engine);
    turn(1, 1, 0.2);
    ask(m_engine);
    turn(1, 1, 3.0);
    EXPECT_EQ(ask(m_engine).edited, first.edited);
    const std::string text = m_question.prompt.text;
    m_question.prompt.text = "Another text";
    ask(m_engine);
    m_question.prompt.text = text;
    EXPECT_EQ(ask(m_engine).edited, first.edited);
    EXPECT_EQ(ask(m_engine).baseline, first.baseline);
}

TEST_F(EngineTest, RefusesWhatTheModelDoesNotHave)
{
    turn(3, 0, 0.5); // layers 0 to 2
    EXPECT_THROW(m_engine.preview(m_question, {}), RequestError);
    m_question.intervention.clear();
    m_question.prompt.text.clear();
    EXPECT_THROW(m_engine.preview(m_question, {}), RequestError);
    Engine empty;
    m_question.prompt.text = "x";
    EXPECT_THROW(empty.preview(m_question, {}), RequestError);
}

TEST_F(EngineTest, AFailedLoadKeepsTheFormerModel)
{
    const auto before = m_engine.model();
    EXPECT_THROW(m_engine.loadModel(m_path + ".absent", {}, {}), Error);
    EXPECT_EQ(m_engine.model(), before);
    EXPECT_TRUE(m_engine.preview(m_question, {}).has_value());
}

TEST_F(EngineTest, CancelledWorkGivesNothing)
{
    std::stop_source stopped;
    stopped.request_stop();
    EXPECT_FALSE(m_engine.preview(m_question, stopped.get_token()).has_value());
    EXPECT_EQ(m_engine.loadModel(m_path, {}, stopped.get_token()), nullptr);
    EXPECT_TRUE(m_engine.preview(m_question, {}).has_value());
}

} // namespace
} // namespace sinkscope
