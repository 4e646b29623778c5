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
        note([&] { m_progress = fraction; });
    }
    void modelLoaded(RequestId id, std::shared_ptr<const Model>) override
    {
        note([&] { m_loaded = id; });
    }
    void loadFailed(RequestId id, const ErrorParts &error) override
    {
        note([&] { m_loadFailed = id, m_error = error.file; });
    }
    void loadCancelled(RequestId id) override
    {
        note([&] { m_loadCancelled = id; });
    }
    void passStarted(RequestId id) override
    {
        note([&] { m_started.push_back(id); });
    }
    void promptTokenized(RequestId, std::shared_ptr<const TokenizedPrompt> prompt) override
    {
        note([&] { m_prompts.push_back(std::move(prompt)); });
    }
    void passProgressed(RequestId, double fraction) override
    {
        note([&] { m_fractions.push_back(fraction); });
    }
    void passAnswered(const PassAnswer &answer) override
    {
        note([&] { m_answers.push_back(answer); });
    }
    void passFailed(RequestId id, const ErrorParts &error) override
    {
        note([&] { m_failed = id, m_error = error.what; });
    }
    void curvePointComputed(const CurvePoint &point) override
    {
        note([&] { m_points.push_back(point); });
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
            return !m_answers.empty() && m_answers.back().id == id
                && m_answers.back().stage == SnapshotStage::Full;
        });
    }

    RequestId m_loaded = 0;
    RequestId m_loadFailed = 0;
    RequestId m_loadCancelled = 0;
    RequestId m_failed = 0;
    double m_progress = 0.0;
    std::string m_error;
    std::vector<RequestId> m_started;
    std::vector<std::shared_ptr<const TokenizedPrompt>> m_prompts;
    std::vector<double> m_fractions;
    std::vector<PassAnswer> m_answers;
    std::vector<CurvePoint> m_points;

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
        ASSERT_TRUE(m_recorder.waitFor([this] { return m_recorder.m_loaded == 1; }));
    }

    Recorder m_recorder;
    ComputeWorker m_worker {m_recorder, EngineOptions {}};
};

TEST_F(ComputeWorkerTest, AnswersInStagesWithTheIdOfTheQuestion)
{
    openTinyModel();
    EXPECT_EQ(m_recorder.m_progress, 1.0);
    m_worker.ask(questionOf(5, 0.3));
    ASSERT_TRUE(m_recorder.waitForFull(5));
    ASSERT_EQ(m_recorder.m_answers.size(), 2U);
    EXPECT_EQ(m_recorder.m_answers[0].stage, SnapshotStage::Preview);
    EXPECT_FALSE(m_recorder.m_answers[0].edited->heads.has_value());
    EXPECT_TRUE(m_recorder.m_answers[1].edited->heads.has_value());
}

TEST_F(ComputeWorkerTest, TellsTheTokensOfANewPromptOnceAndTheShareOfEachPass)
{
    openTinyModel();
    m_worker.ask(questionOf(5, 0.3));
    ASSERT_TRUE(m_recorder.waitForFull(5));
    m_worker.ask(questionOf(6, 0.4));
    ASSERT_TRUE(m_recorder.waitForFull(6));
    ASSERT_EQ(m_recorder.m_prompts.size(), 1U);
    EXPECT_EQ(m_recorder.m_prompts[0], m_recorder.m_answers.back().baseline->prompt);
    // three layers: the baseline's three, then layers 1 and 2 of each edited pass
    const std::vector<double> expected {1.0 / 3, 2.0 / 3, 1.0, 2.0 / 3, 1.0, 2.0 / 3, 1.0};
    EXPECT_EQ(m_recorder.m_fractions, expected);
}

TEST_F(ComputeWorkerTest, TheNewestOfManyQuestionsIsAnsweredLastAndOthersMayBeSkipped)
{
    openTinyModel();
    for (RequestId id = 10; id < 60; ++id)
        m_worker.ask(questionOf(id, static_cast<double>(id) / 10.0));
    ASSERT_TRUE(m_recorder.waitForFull(59));
    for (std::size_t index = 1; index < m_recorder.m_started.size(); ++index)
        EXPECT_LT(m_recorder.m_started[index - 1], m_recorder.m_started[index]);
    EXPECT_EQ(m_recorder.m_answers.back().edited->intervention.factor({LayerIndex(1), HeadIndex(0)}), 5.9);
}

TEST_F(ComputeWorkerTest, FillsACurveWhenIdleAndDropsItForANewQuestion)
{
    openTinyModel();
    m_worker.ask(questionOf(2, 0.5));
    ASSERT_TRUE(m_recorder.waitForFull(2));
    const HeadRef head {LayerIndex(1), HeadIndex(0)};
    m_worker.askCurve({.id = 3, .scope = {{head, 1.0}}, .gammas = {1.0, 0.5, 2.0}, .focus = head});
    ASSERT_TRUE(m_recorder.waitFor([this] { return m_recorder.m_points.size() == 3; }));
    EXPECT_EQ(m_recorder.m_points[1].gamma, 0.5);
    EXPECT_NEAR(m_recorder.m_points[1].outputEntropyNats,
        m_recorder.m_answers.back().edited->output.entropyNats,
        1e-5); // the same edit; see kSamePass of engine_test
    m_worker.askCurve(
        {.id = 4, .scope = {{head, 1.0}}, .gammas = std::vector<double>(100000, 0.7), .focus = head});
    m_worker.ask(questionOf(6, 0.9));
    ASSERT_TRUE(m_recorder.waitForFull(6));
    EXPECT_LT(m_recorder.m_points.size(), 100000U);
}

TEST_F(ComputeWorkerTest, SaysWhyAQuestionCannotBeAnswered)
{
    m_worker.ask(questionOf(2, 0.5));
    ASSERT_TRUE(m_recorder.waitFor([this] { return m_recorder.m_failed == 2; }));
    EXPECT_EQ(m_recorder.m_error, "no model is loaded");
    m_worker.openModel(3, "/nowhere/absent.gguf");
    ASSERT_TRUE(m_recorder.waitFor([this] { return m_recorder.m_loadFailed == 3; }));
    EXPECT_EQ(m_recorder.m_error, "/nowhere/absent.gguf");
}

TEST_F(ComputeWorkerTest, NothingIsSaidAfterShutDown)
{
    openTinyModel();
    for (RequestId id = 10; id < 20; ++id)
        m_worker.ask(questionOf(id, 0.1 * static_cast<double>(id)));
    m_worker.shutDown();
    const std::size_t said = m_recorder.m_answers.size();
    m_worker.ask(questionOf(99, 2.0));
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    EXPECT_EQ(m_recorder.m_answers.size(), said);
}

} // namespace
} // namespace sinkscope
