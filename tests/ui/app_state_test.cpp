// SPDX-License-Identifier: Apache-2.0
// Undo, staleness and what is asked, over an engine that answers when told to.
#include "tests/ui/fake_engine.h"

#include "core/base/error.h"
#include "ui/state/answers_line.h"
#include "ui/state/app_state.h"
#include "ui/state/factor_scope.h"
#include "ui/state/session_content.h"
#include "ui/state/settings.h"
#include "ui/state/start_session.h"

#include <QCoreApplication>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <gtest/gtest.h>

#include <cmath>

using namespace sinkscope;
using namespace sinkscope::ui;
using namespace sinkscope::test;

namespace {

constexpr HeadRef kHead {LayerIndex(1), HeadIndex(2)};
constexpr HeadRef kOther {LayerIndex(0), HeadIndex(3)};

/// State over a fake engine with a model of 2 layers and 4 heads.
struct StateBench {
    ResultRelay relay;
    FakeEngine engine {relay};
    EngineController controller {engine, relay};
    AppState state {controller};
    const QString target = QStringLiteral("L1 H2");

    StateBench()
    {
        controller.openModel(QStringLiteral("x"));
        engine.listener().modelLoaded(engine.loadId, modelWithoutWeights());
        QCoreApplication::processEvents();
    }
    void answer()
    {
        const PassQuestion &question = engine.questions.back();
        engine.answerFull(question.id, snapshotOf(), snapshotOf(question.intervention));
        QCoreApplication::processEvents();
    }
};

TEST(AppState, AModelIsAskedAtOnce)
{
    StateBench bench;
    ASSERT_EQ(bench.engine.questions.size(), 1U);
    bench.answer();
    EXPECT_TRUE(bench.state.isComplete());
}

TEST(AppState, AFirstPromptThatIsRefusedGoesBackToTheLastStepThatRunsBeforeAnyExample)
{
    StateBench bench;
    takeExampleWhenRefused(bench.state);
    bench.state.setPrompt(PromptSpec {"mine"});
    bench.state.setPrompt(PromptSpec {"too long"});
    const auto refuse = [&bench] {
        bench.engine.listener().passFailed(
            bench.engine.questions.back().id, {.what = "the prompt is too long"});
        QCoreApplication::processEvents(); // the answer
        QCoreApplication::processEvents(); // what follows from it
    };
    refuse();
    EXPECT_EQ(bench.state.session().prompt.text, "mine")
        << "nothing of a person's work is left for the example";
    EXPECT_EQ(bench.engine.questions.back().prompt.text, "mine");
    bench.answer();
    EXPECT_TRUE(bench.state.isComplete());
}

TEST(AppState, LimitsHoldFromTheNextQuestion)
{
    StateBench bench;
    bench.answer();
    PassLimits limits;
    limits.dragPrecision = DragPrecision::Exact;
    bench.state.setPassLimits(limits);
    EXPECT_EQ(bench.engine.questions.size(), 1U) << "what is on screen stays as it is";
    limits.patternBudgetBytes = 12345;
    bench.state.setPassLimits(limits);
    ASSERT_EQ(bench.engine.questions.size(), 2U) << "another budget: asked again at once";
    EXPECT_EQ(bench.engine.questions.back().patternBudgetBytes, 12345U);
    bench.state.beginDrag();
    bench.state.setFactors({{kHead, 2.0}}, bench.target);
    EXPECT_EQ(bench.engine.questions.back().previewPrecision, GemmPrecision::Exact);
    EXPECT_EQ(bench.engine.questions.back().patternBudgetBytes, 12345U);
}

TEST(AppState, ADragIsOneUndoStepAndAsksAtEachMove)
{
    StateBench bench;
    bench.state.beginDrag();
    for (const double gamma : {1.2, 1.7, 2.5})
        bench.state.setFactors({{kHead, gamma}}, bench.target);
    bench.state.endDrag(bench.target);
    EXPECT_EQ(bench.engine.questions.size(), 4U);
    EXPECT_EQ(bench.engine.questions.back().intervention.factor(kHead), 2.5);
    EXPECT_EQ(bench.state.undoStack().count(), 1);
    bench.state.undoStack().undo();
    EXPECT_TRUE(bench.state.edits().isEmpty());
    EXPECT_TRUE(bench.engine.questions.back().intervention.empty());
    bench.state.undoStack().redo();
    EXPECT_EQ(bench.state.edits().effectiveFactor(kHead), 2.5);
}

TEST(AppState, OnlyTheMovesOfADragMayBePreviewedWithFewerTerms)
{
    StateBench bench;
    bench.state.beginDrag();
    bench.state.setFactors({{kHead, 1.2}}, bench.target);
    EXPECT_EQ(bench.engine.questions.back().previewPrecision, GemmPrecision::TwoTerms);
    bench.state.endDrag(bench.target);
    bench.state.setFactors({{kHead, 1.4}}, bench.target);
    EXPECT_EQ(bench.engine.questions.back().previewPrecision, GemmPrecision::Exact);
}

TEST(AppState, ADragThatEndsWhereItBeganLeavesNoStep)
{
    StateBench bench;
    bench.state.beginDrag();
    bench.state.setFactors({{kHead, 2.0}}, bench.target);
    bench.state.setFactors({{kHead, 1.0}}, bench.target);
    EXPECT_EQ(bench.state.edits().entries().size(), 1U); // the row stays while the hand is on it
    bench.state.endDrag(bench.target);
    EXPECT_TRUE(bench.state.edits().isEmpty());
    EXPECT_EQ(bench.state.undoStack().count(), 0);
}

TEST(AppState, QuickStepsOnOneSliderMergeOthersDoNot)
{
    StateBench bench;
    bench.state.setFactors({{kHead, 1.5}}, bench.target);
    bench.state.setFactors({{kHead, 1.6}}, bench.target);
    EXPECT_EQ(bench.state.undoStack().count(), 1);
    bench.state.setFactors({{kOther, 0.5}}, QStringLiteral("L0 H3"));
    EXPECT_EQ(bench.state.undoStack().count(), 2);
    bench.state.undoStack().undo();
    EXPECT_EQ(bench.state.edits().effectiveFactor(kHead), 1.6);
}

TEST(AppState, ResetAllCanBeUndone)
{
    StateBench bench;
    bench.state.setFactors({{kHead, 2.0}, {kOther, 0.0}}, bench.target);
    bench.state.resetAllEdits();
    EXPECT_TRUE(bench.state.intervention().empty());
    bench.state.undoStack().undo();
    EXPECT_EQ(bench.state.edits().editedHeadCount(), 2);
    EXPECT_EQ(bench.state.intervention().factor(kOther), 0.0);
}

TEST(AppState, ASwitchedOffEditHasNoEffectAndKeepsItsFactor)
{
    StateBench bench;
    bench.state.setFactors({{kHead, 2.0}}, bench.target);
    bench.state.switchEdits({kHead}, EditSwitch::Off);
    EXPECT_TRUE(bench.engine.questions.back().intervention.changesNothing());
    EXPECT_EQ(bench.state.edits().listedFactor(kHead), 2.0);
    EXPECT_EQ(bench.state.edits().editedHeadCount(), 0);
    bench.state.undoStack().undo();
    EXPECT_EQ(bench.engine.questions.back().intervention.factor(kHead), 2.0);
}

TEST(AppState, ValuesAreStaleAfterADelayAndFreshWithTheAnswer)
{
    StateBench bench;
    bench.answer();
    QSignalSpy stale(&bench.state, &AppState::staleChanged);
    QSignalSpy fresh(&bench.state, &AppState::freshChanged);
    bench.state.setFactors({{kHead, 2.0}}, bench.target);
    EXPECT_FALSE(bench.state.isFresh());
    EXPECT_FALSE(bench.state.isStale()); // quick answers do not flicker
    EXPECT_EQ(fresh.count(), 1); // views that wait by themselves are told at once
    ASSERT_TRUE(QTest::qWaitFor([&bench] { return bench.state.isStale(); }, 5000));
    bench.answer();
    EXPECT_FALSE(bench.state.isStale());
    EXPECT_EQ(stale.count(), 2);
}

TEST(AppState, APromptOnTheWayIsKnownBeforeItsPassAndProgressOnlyWhenItIsSlow)
{
    StateBench bench;
    auto prompt = std::make_shared<TokenizedPrompt>();
    const RequestId first = bench.engine.questions.back().id; // of the start: there is no snapshot yet
    bench.engine.listener().promptTokenized(first, prompt);
    bench.engine.listener().passProgressed(first, 0.25);
    QCoreApplication::processEvents();
    EXPECT_EQ(bench.state.pendingPrompt(), prompt);
    EXPECT_FALSE(bench.state.progress().has_value());
    ASSERT_TRUE(QTest::qWaitFor([&bench] { return bench.state.progress().has_value(); }, 5000));
    EXPECT_EQ(*bench.state.progress(), 0.25);
    bench.answer();
    EXPECT_EQ(bench.state.pendingPrompt(), nullptr);
    EXPECT_FALSE(bench.state.progress().has_value());
}

TEST(AppState, CancelReturnsToWhatWasAnsweredWithoutAskingAgain)
{
    StateBench bench;
    bench.answer();
    const PromptSpec former = bench.state.session().prompt;
    PromptSpec prompt;
    prompt.text = "long";
    bench.state.setPrompt(prompt);
    EXPECT_TRUE(bench.state.isOfFormerPrompt());
    const std::size_t asked = bench.engine.questions.size();
    bench.state.cancelPass();
    EXPECT_EQ(bench.engine.cancelledAll, 1);
    EXPECT_TRUE(bench.state.isCancelled());
    EXPECT_EQ(bench.state.session().prompt, former);
    EXPECT_FALSE(bench.state.isOfFormerPrompt());
    EXPECT_EQ(bench.engine.questions.size(), asked);
    bench.state.undoStack().undo(); // the cancelled prompt can be taken up again
    EXPECT_EQ(bench.engine.questions.back().prompt.text, "long");
    EXPECT_FALSE(bench.state.isCancelled());
}

TEST(AppState, ACancelledFirstPromptRunsWhenItIsGivenAgain)
{
    StateBench bench;
    bench.state.cancelPass();
    const std::size_t asked = bench.engine.questions.size();
    bench.state.setPrompt(bench.state.session().prompt);
    EXPECT_EQ(bench.engine.questions.size(), asked + 1);
}

TEST(AppState, PromptAndAnswersAreUndoable)
{
    StateBench bench;
    PromptSpec prompt;
    prompt.text = "one";
    bench.state.setPrompt(prompt);
    bench.state.setAnswers({" a", "b"});
    EXPECT_EQ(bench.engine.questions.back().answers, (std::vector<std::string> {" a", "b"}));
    bench.state.undoStack().undo();
    bench.state.undoStack().undo();
    EXPECT_EQ(bench.engine.questions.back().prompt.text, "");
}

TEST(EditListFromEdits, HoldsEveryKindAndRefusesBaselines)
{
    Intervention intervention;
    intervention.setFactor(kHead, 0.3);
    EXPECT_EQ(EditList::fromIntervention(intervention).entries().size(), 1U);
    HeadEdit lastRow;
    lastRow.head = kHead;
    lastRow.gamma = 2.0;
    lastRow.queries.kind = QuerySelection::Kind::Last;
    intervention.set(lastRow);
    EditList list = EditList::fromIntervention(intervention);
    EXPECT_EQ(list.entries().size(), 1U);
    ASSERT_EQ(list.others().size(), 1U);
    EXPECT_EQ(list.others().front().edit, lastRow);
    EXPECT_EQ(list.intervention(), intervention);
    EXPECT_EQ(list.editedHeadCount(), 1) << "two edits of one head";
    list.setSwitch(lastRow, EditSwitch::Off);
    EXPECT_EQ(list.intervention().edits().size(), 1U);
    EXPECT_EQ(list.effectiveFactor(kHead), 0.3);
    Baseline uniform;
    uniform.kind = BaselineKind::Uniform;
    uniform.amount = 2.0;
    intervention.add(uniform);
    EXPECT_THROW(EditList::fromIntervention(intervention), Error);
}

TEST(Settings, EditsOfOtherKindsComeBackWithTheirSwitches)
{
    SavedSession saved;
    saved.session.prompt.text = "x";
    HeadEdit bias;
    bias.head = kHead;
    bias.kind = EditKind::Bias;
    bias.value = -1.25;
    bias.key = KeyTarget(TokenPos(1), TokenPos(3));
    HeadEdit ablation;
    ablation.head = kOther;
    ablation.kind = EditKind::Ablate;
    saved.session.edits.setEdit(bias);
    saved.session.edits.setEdit(ablation);
    saved.session.edits.setSwitch(ablation, EditSwitch::Off);
    const auto read = sessionFromJson(sessionToJson(saved));
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->session.edits, saved.session.edits) << sessionToJson(saved).toStdString();
    EXPECT_EQ(*read, saved);
    EXPECT_EQ(sessionOf(contentOf(saved.session)), saved.session) << "a session file has them too";
}

TEST(FactorScope, LayerAllAndEdited)
{
    EditList edits;
    edits.set({kHead, 4.0});
    edits.set({kOther, 0.0});
    const HeadGrid grid {2, 4};
    EXPECT_EQ(readScope(FactorScope::Layer, {kHead}, edits, grid).heads.size(), 4U);
    EXPECT_EQ(readScope(FactorScope::All, {kHead}, edits, grid).heads.size(), 8U);
    const ScopeReading edited = readScope(FactorScope::Edited, {kHead}, edits, grid);
    ASSERT_EQ(edited.heads.size(), 2U);
    EXPECT_EQ(edited.gamma, 4.0); // the mean of those that are not off
    EXPECT_EQ(edited.lowest, 0.0);
}

TEST(FactorScope, AMixedRangeIsMultipliedAndStaysOnTheAxis)
{
    EditList edits;
    edits.set({{LayerIndex(0), HeadIndex(0)}, 4.0});
    edits.set({{LayerIndex(0), HeadIndex(1)}, 0.0});
    edits.set({{LayerIndex(0), HeadIndex(2)}, 60.0});
    const ScopeReading scope = readScope(FactorScope::Edited, {HeadRef()}, edits, {1, 3});
    EXPECT_NEAR(scope.gamma, std::sqrt(4.0 * 60.0), 1e-9); // geometric mean, rounding of exp and log
    const std::vector<HeadFactor> doubled = multipliedScope(scope, 2.0);
    EXPECT_EQ(doubled[0].gamma, 8.0);
    EXPECT_EQ(doubled[1].gamma, 0.0);
    EXPECT_EQ(doubled[2].gamma, 100.0);
}

TEST(AnswersLine, KeepsSpacesAndDropsEmptyOnes)
{
    const std::vector<std::string> answers = answersFromLine(QStringLiteral(" a|| b c||||d"));
    EXPECT_EQ(answers, (std::vector<std::string> {" a", " b c", "d"}));
    EXPECT_EQ(answersToLine(answers), QStringLiteral(" a|| b c||d"));
}

TEST(Settings, SessionModelsAndThemeComeBack)
{
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("settings.ini"));
    SavedSession saved;
    saved.session.prompt.text = " spaces kept \nand a line";
    saved.session.prompt.form = PromptForm::Chat;
    saved.session.prompt.system = "";
    saved.session.answers = {" yes", "no"};
    saved.session.edits.set({kHead, 0.0});
    saved.session.edits.set({kOther, 0.123456789012345});
    saved.session.edits.setSwitch(kOther, EditSwitch::Off);
    saved.head = kHead;
    PreferenceValues chosen;
    chosen.theme = ThemeChoice::Dark;
    chosen.colourMap = QStringLiteral("magma");
    chosen.entropyUnit = EntropyChoice::Bits;
    chosen.threads = 3;
    chosen.captureBytes = std::uint64_t {5} << 30; // more than 32 bits count
    chosen.pictureBytes = 1 << 20;
    chosen.dragPrecision = DragPrecision::Exact;
    chosen.modelFolder = QStringLiteral("/a folder");
    {
        Settings settings(path);
        EXPECT_FALSE(settings.session().has_value());
        EXPECT_EQ(settings.preferences(), PreferenceValues());
        settings.setSession(saved);
        settings.setPreferences(chosen);
        settings.addModel(QStringLiteral("/a.gguf"));
        settings.addModel(QStringLiteral("/b.gguf"));
        settings.addModel(QStringLiteral("/a.gguf"));
    }
    const Settings settings(path);
    ASSERT_TRUE(settings.session().has_value());
    EXPECT_EQ(*settings.session(), saved);
    EXPECT_EQ(settings.preferences(), chosen);
    EXPECT_EQ(settings.recentModels(), (QStringList {QStringLiteral("/a.gguf"), QStringLiteral("/b.gguf")}));
}

TEST(Settings, WhatCannotBeReadIsLeft)
{
    EXPECT_FALSE(sessionFromJson("not json").has_value());
    const auto session = sessionFromJson(R"({"prompt":"x","edits":[{"layer":-1,"head":0,"gamma":2},
        {"layer":1,"head":0,"gamma":-2},{"layer":1,"head":1,"gamma":2}]})");
    ASSERT_TRUE(session.has_value());
    EXPECT_EQ(session->session.edits.entries().size(), 1U);
}

} // namespace
