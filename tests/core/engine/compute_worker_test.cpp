// SPDX-License-Identifier: Apache-2.0
// The compute thread: newest question wins, stages in order, nothing after the end.
#include "core/engine/compute_worker.h"
#include "tests/support/tiny_model.h"

#include <chrono>
#include <gtest/gtest.h>

namespace sinkscope {
namespace {

/// Collects what the worker says and lets the test wait for it.
class Recorder final : public EngineListener {
public:
    void loadProgressed(RequestId, double fraction, const std::string &) override
    {
        note([&] { loadProgress = fraction; });
    }
    void modelLoaded(RequestId id, std::shared_ptr<const Model>) override
    {
        note([&] { loadedId = id; });
    }
    void loadFailed(RequestId id, const ErrorParts &error) override
    {
        note([&] { failedLoadId = id, errorText = error.file; });
    }
    void loadCancelled(RequestId id) override
    {
        note([&] { cancelledLoadId = id; });
    }
    void passStarted(RequestId id) override
    {
        note([&] { startedIds.push_back(id); });
    }
    void promptTokenized(RequestId, std::shared_ptr<const TokenizedPrompt> prompt) override
    {
        note([&] { prompts.push_back(std::move(prompt)); });
    }
    void passProgressed(RequestId, double fraction) override
    {
        note([&] { fractions.push_back(fraction); });
    }
    void passAnswered(const PassAnswer &answer) override
    {
        note([&] { answers.push_back(answer); });
        if (answer.stage == SnapshotStage::Full)
            waitFor([this] { return !holdsAtFull; });
    }
    void letGo()
    {
        note([&] { holdsAtFull = false; });
    }
    void passFailed(RequestId id, const ErrorParts &error) override
    {
        note([&] { failedId = id, errorText = error.what; });
    }
    void curvePointComputed(const CurvePoint &point) override
    {
        note([&] { points.push_back(point); });
    }
    void sensitivityComputed(RequestId id, std::shared_ptr<const Sensitivity> sensitivity) override
    {
        note([&] {
            derivedIds.push_back(id);
            derived = std::move(sensitivity);
            pointsBeforeDerived = points.size();
        });
    }
    void sensitivityFailed(RequestId id, const ErrorParts &error) override
    {
        note([&] { refusedSensitivityId = id, errorText = error.what; });
    }
    void verifyProgressed(RequestId, double fraction, const std::string &) override
    {
        note([&] { verifyFractions.push_back(fraction); });
    }
    void verified(RequestId id, std::shared_ptr<const VerifyReport> report) override
    {
        note([&] { verifiedId = id, verifyReport = std::move(report); });
    }
    void verifyFailed(RequestId id, const ErrorParts &error) override
    {
        note([&] { failedVerifyId = id, errorText = error.what; });
    }

    template <typename Condition> bool waitFor(Condition condition)
    {
        std::unique_lock lock(m_mutex);
        // generous: only a hang reaches it
        return m_changed.wait_for(lock, std::chrono::seconds(60), condition);
    }
    bool waitForFull(RequestId id)
    {
        return waitFor([this, id] {
            return !answers.empty() && answers.back().id == id && answers.back().stage == SnapshotStage::Full;
        });
    }

    RequestId verifiedId = 0;
    RequestId failedVerifyId = 0;
    std::vector<double> verifyFractions;
    std::shared_ptr<const VerifyReport> verifyReport;
    RequestId loadedId = 0;
    RequestId failedLoadId = 0;
    RequestId cancelledLoadId = 0;
    RequestId failedId = 0;
    double loadProgress = 0.0;
    std::string errorText;
    std::vector<RequestId> startedIds;
    std::vector<std::shared_ptr<const TokenizedPrompt>> prompts;
    std::vector<double> fractions;
    std::vector<PassAnswer> answers;
    std::vector<CurvePoint> points;
    std::vector<RequestId> derivedIds;
    std::shared_ptr<const Sensitivity> derived;
    std::size_t pointsBeforeDerived = 0;
    RequestId refusedSensitivityId = 0;
    bool holdsAtFull = false; // the compute thread waits there until letGo()

private:
    template <typename Change> void note(Change change)
    {
        {
            const std::lock_guard lock(m_mutex);
            change();
        }
        m_changed.notify_all();
    }
    std::mutex m_mutex;
    std::condition_variable m_changed;
};

PassQuestion questionOf(RequestId id, double gamma)
{
    PassQuestion question;
    question.id = id;
    question.prompt.text = "The cat sat on the mat";
    question.answers = {" a", " b"};
    question.intervention.setFactor({LayerIndex(1), HeadIndex(0)}, gamma);
    return question;
}

class ComputeWorkerTest : public ::testing::Test {
protected:
    void openTinyModel()
    {
        m_worker.openModel(1, test::writeTinyModel());
        ASSERT_TRUE(m_recorder.waitFor([this] { return m_recorder.loadedId == 1; }));
    }

    Recorder m_recorder;
    ComputeWorker m_worker {m_recorder, EngineOptions {}};
};

TEST_F(ComputeWorkerTest, AnswersInStagesWithTheIdOfTheQuestion)
{
    openTinyModel();
    EXPECT_EQ(m_recorder.loadProgress, 1.0);
    m_worker.ask(questionOf(5, 0.3));
    ASSERT_TRUE(m_recorder.waitForFull(5));
    ASSERT_EQ(m_recorder.answers.size(), 2U);
    EXPECT_EQ(m_recorder.answers[0].stage, SnapshotStage::Preview);
    EXPECT_FALSE(m_recorder.answers[0].edited->heads.has_value());
    EXPECT_TRUE(m_recorder.answers[1].edited->heads.has_value());
}

TEST_F(ComputeWorkerTest, TellsTheTokensOfANewPromptOnceAndTheShareOfEachPass)
{
    openTinyModel();
    m_worker.ask(questionOf(5, 0.3));
    ASSERT_TRUE(m_recorder.waitForFull(5));
    m_worker.ask(questionOf(6, 0.4));
    ASSERT_TRUE(m_recorder.waitForFull(6));
    ASSERT_EQ(m_recorder.prompts.size(), 1U);
    EXPECT_EQ(m_recorder.prompts[0], m_recorder.answers.back().baseline->prompt);
    // three layers: the baseline's three, then layers 1 and 2 of each edited pass
    const std::vector<double> expected {1.0 / 3, 2.0 / 3, 1.0, 2.0 / 3, 1.0, 2.0 / 3, 1.0};
    EXPECT_EQ(m_recorder.fractions, expected);
}

TEST_F(ComputeWorkerTest, TheNewestOfManyQuestionsIsAnsweredLastAndOthersMayBeSkipped)
{
    openTinyModel();
    for (RequestId id = 10; id < 60; ++id)
        m_worker.ask(questionOf(id, static_cast<double>(id) / 10.0));
    ASSERT_TRUE(m_recorder.waitForFull(59));
    for (std::size_t index = 1; index < m_recorder.startedIds.size(); ++index)
        EXPECT_LT(m_recorder.startedIds[index - 1], m_recorder.startedIds[index]);
    EXPECT_EQ(m_recorder.answers.back().edited->intervention.factor({LayerIndex(1), HeadIndex(0)}), 5.9);
}

TEST_F(ComputeWorkerTest, FillsACurveWhenIdleAndDropsItForANewQuestion)
{
    openTinyModel();
    m_worker.ask(questionOf(2, 0.5));
    ASSERT_TRUE(m_recorder.waitForFull(2));
    const HeadRef head {LayerIndex(1), HeadIndex(0)};
    m_worker.askCurve({.id = 3, .scope = {{head, 1.0}}, .gammas = {1.0, 0.5, 2.0}, .focus = head});
    ASSERT_TRUE(m_recorder.waitFor([this] { return m_recorder.points.size() == 3; }));
    EXPECT_EQ(m_recorder.points[1].gamma, 0.5);
    EXPECT_NEAR(m_recorder.points[1].outputEntropyNats, m_recorder.answers.back().edited->output.entropyNats,
        1e-5); // the same edit; see kSamePass of engine_test
    m_worker.askCurve(
        {.id = 4, .scope = {{head, 1.0}}, .gammas = std::vector<double>(100000, 0.7), .focus = head});
    m_worker.ask(questionOf(6, 0.9));
    ASSERT_TRUE(m_recorder.waitForFull(6));
    EXPECT_LT(m_recorder.points.size(), 100000U);
}

TEST_F(ComputeWorkerTest, DerivesAfterTheCurveThatIsWanted)
{
    openTinyModel();
    const HeadRef head {LayerIndex(1), HeadIndex(0)};
    m_recorder.holdsAtFull = true;
    m_worker.ask(questionOf(2, 0.5));
    m_worker.askSensitivity(2);
    m_worker.askCurve({.id = 3, .scope = {{head, 1.0}}, .gammas = {1.0, 0.5, 2.0}, .focus = head});
    m_recorder.letGo();
    ASSERT_TRUE(m_recorder.waitFor([this] { return !m_recorder.derivedIds.empty(); }));
    EXPECT_EQ(m_recorder.derivedIds, std::vector<RequestId> {2});
    EXPECT_EQ(m_recorder.pointsBeforeDerived, 3U);
    EXPECT_EQ(m_recorder.answers.back().stage, SnapshotStage::Full);
    EXPECT_TRUE(m_recorder.derived->margin.has_value());
}

TEST_F(ComputeWorkerTest, ACurveInterruptsDerivativesAndTheyStillCome)
{
    openTinyModel();
    const HeadRef head {LayerIndex(1), HeadIndex(0)};
    m_worker.ask(questionOf(2, 0.5));
    ASSERT_TRUE(m_recorder.waitForFull(2));
    m_worker.askSensitivity(2);
    for (RequestId id = 3; id < 40; ++id)
        m_worker.askCurve({.id = id, .scope = {{head, 1.0}}, .gammas = {1.0, 0.5}, .focus = head});
    ASSERT_TRUE(m_recorder.waitFor([this] {
        return !m_recorder.derivedIds.empty() && !m_recorder.points.empty()
            && m_recorder.points.back().id == 39 && m_recorder.points.back().index == 1;
    }));
    EXPECT_EQ(m_recorder.derivedIds, std::vector<RequestId> {2}) << "once, however often it was interrupted";
}

TEST_F(ComputeWorkerTest, ANewQuestionInterruptsDerivatives)
{
    test::TinyModelOptions deep; // deep and with a long prompt: hundreds of milliseconds
    deep.layers = 24;
    m_worker.openModel(1, test::writeTinyModel(deep));
    ASSERT_TRUE(m_recorder.waitFor([this] { return m_recorder.loadedId == 1; }));
    constexpr RequestId kAttempts = 10; // a thread that is held up once shall not fail the test
    PassQuestion question = questionOf(2, 0.5);
    question.prompt.text = std::string(240, 'x');
    m_worker.ask(question);
    ASSERT_TRUE(m_recorder.waitForFull(2));
    for (RequestId id = 2; id < 2 + kAttempts; ++id) {
        m_worker.askSensitivity(id);
        std::this_thread::sleep_for(std::chrono::milliseconds(5)); // lets the thread begin
        question.id = id + 1;
        question.intervention.setFactor({LayerIndex(1), HeadIndex(0)}, static_cast<double>(id));
        m_worker.ask(question);
        ASSERT_TRUE(m_recorder.waitForFull(id + 1));
    }
    EXPECT_LT(m_recorder.derivedIds.size(), kAttempts);
}

TEST_F(ComputeWorkerTest, DerivativesOfAnEarlierQuestionNeverCome)
{
    openTinyModel();
    m_worker.ask(questionOf(2, 0.5));
    ASSERT_TRUE(m_recorder.waitForFull(2));
    m_worker.ask(questionOf(3, 0.7));
    ASSERT_TRUE(m_recorder.waitForFull(3));
    m_worker.askSensitivity(2);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    m_worker.askSensitivity(3);
    ASSERT_TRUE(m_recorder.waitFor([this] { return !m_recorder.derivedIds.empty(); }));
    EXPECT_EQ(m_recorder.derivedIds, std::vector<RequestId> {3});
}

TEST_F(ComputeWorkerTest, DerivesThroughTheBaselineAct)
{
    openTinyModel();
    PassQuestion question = questionOf(2, 0.5);
    Baseline act;
    act.kind = BaselineKind::Act;
    act.amount = 0.4;
    act.threshold = 0.05;
    act.layers = LayerSpan {LayerIndex(1), LayerIndex(3)};
    question.intervention.add(act);
    m_worker.ask(question);
    m_worker.askSensitivity(2);
    ASSERT_TRUE(m_recorder.waitFor([this] { return !m_recorder.derivedIds.empty(); }));
    EXPECT_EQ(m_recorder.derivedIds, std::vector<RequestId> {2});
    EXPECT_EQ(m_recorder.refusedSensitivityId, 0U);
}

TEST_F(ComputeWorkerTest, SaysWhyAQuestionCannotBeAnswered)
{
    m_worker.ask(questionOf(2, 0.5));
    ASSERT_TRUE(m_recorder.waitFor([this] { return m_recorder.failedId == 2; }));
    EXPECT_EQ(m_recorder.errorText, "no model is loaded");
    m_worker.openModel(3, "/nowhere/absent.gguf");
    ASSERT_TRUE(m_recorder.waitFor([this] { return m_recorder.failedLoadId == 3; }));
    EXPECT_EQ(m_recorder.errorText, "/nowhere/absent.gguf");
}

TEST_F(ComputeWorkerTest, VerifiesInStepsAndAnswersQuestionsMeanwhile)
{
    openTinyModel();
    m_worker.verify(4);
    for (RequestId id = 10; id < 30; ++id) // each interrupts the step that runs
        m_worker.ask(questionOf(id, static_cast<double>(id) / 10.0));
    ASSERT_TRUE(m_recorder.waitForFull(29));
    ASSERT_TRUE(m_recorder.waitFor([this] { return m_recorder.verifiedId == 4; }));
    EXPECT_TRUE(m_recorder.verifyReport->ok());
    EXPECT_GE(m_recorder.verifyReport->checks.size(), 9U);
    ASSERT_GE(m_recorder.verifyFractions.size(), 5U);
    EXPECT_EQ(m_recorder.verifyFractions.front(), 0.0);
    for (std::size_t at = 1; at < m_recorder.verifyFractions.size(); ++at)
        EXPECT_GE(m_recorder.verifyFractions[at], m_recorder.verifyFractions[at - 1]);
}

TEST_F(ComputeWorkerTest, ACancelledVerificationSaysNothingAndANewOneAnswers)
{
    openTinyModel();
    m_worker.verify(4);
    m_worker.cancelVerify();
    m_worker.verify(5);
    ASSERT_TRUE(m_recorder.waitFor([this] { return m_recorder.verifiedId == 5; }));
    EXPECT_TRUE(m_recorder.verifyReport->ok());
    m_worker.openModel(6, test::writeTinyModel({.seed = 7}));
    ASSERT_TRUE(m_recorder.waitFor([this] { return m_recorder.loadedId == 6; }));
    m_worker.verify(7);
    ASSERT_TRUE(m_recorder.waitFor([this] { return m_recorder.verifiedId == 7; }));
    EXPECT_TRUE(m_recorder.verifyReport->ok());
}

TEST_F(ComputeWorkerTest, WithoutAModelThereIsNothingToVerify)
{
    m_worker.verify(3);
    ASSERT_TRUE(m_recorder.waitFor([this] { return m_recorder.failedVerifyId == 3; }));
    EXPECT_EQ(m_recorder.errorText, "no model is loaded");
}

TEST_F(ComputeWorkerTest, NothingIsSaidAfterShutDown)
{
    openTinyModel();
    for (RequestId id = 10; id < 20; ++id)
        m_worker.ask(questionOf(id, 0.1 * static_cast<double>(id)));
    m_worker.shutDown();
    const std::size_t said = m_recorder.answers.size();
    m_worker.ask(questionOf(99, 2.0));
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    EXPECT_EQ(m_recorder.answers.size(), said);
}

} // namespace
} // namespace sinkscope
