// SPDX-License-Identifier: Apache-2.0
// Scores of heads through the engine and its thread.
#include "core/engine/compute_worker.h"
#include "core/base/error.h"
#include "tests/support/tiny_model.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <gtest/gtest.h>
#include <mutex>

namespace sinkscope {
namespace {

PassQuestion usualQuestion()
{
    PassQuestion question;
    question.id = 1;
    question.prompt.text = "The cat sat on the mat";
    question.answers = {"a", "b"}; // of one token each
    question.intervention.setFactor({LayerIndex(1), HeadIndex(2)}, 0.3);
    return question;
}

HeadScoreQuestion asked(HeadScoreKind kind)
{
    return {.pass = 1, .kind = kind, .attributed = {}};
}

class EngineScoresTest : public ::testing::Test {
protected:
    void SetUp() override
    {
        m_engine.loadModel(test::writeTinyModel(), {}, {});
        m_answer = m_engine.preview(m_question, {}).value();
    }

    Engine m_engine;
    PassQuestion m_question = usualQuestion();
    PassAnswer m_answer;
};

TEST_F(EngineScoresTest, WhatHeadsWriteIsScoredOnBothSides)
{
    const auto scores = m_engine.headScores(asked(HeadScoreKind::Written), {});
    ASSERT_TRUE(scores && scores->baseline && scores->edited);
    EXPECT_TRUE(scores->isComplete);
    // The margin of the answers by their first tokens.
    ASSERT_TRUE(scores->attributed && scores->attributed->against);
    EXPECT_EQ(scores->attributed->token, m_answer.baseline->output.answers[0].ids.front());
    EXPECT_EQ(*scores->attributed->against, m_answer.baseline->output.answers[1].ids.front());
    EXPECT_EQ(scores->baseline->outputNormLast.at(0, 0), scores->edited->outputNormLast.at(0, 0));
    EXPECT_NE(scores->baseline->outputNormLast.at(1, 2), scores->edited->outputNormLast.at(1, 2));
}

TEST_F(EngineScoresTest, TheLogitOfAnyTokenIsAttributed)
{
    HeadScoreQuestion question = asked(HeadScoreKind::Written);
    question.attributed = TokenId(9);
    const auto scores = m_engine.headScores(question, {});
    EXPECT_EQ(scores->attributed->token, TokenId(9));
    EXPECT_FALSE(scores->attributed->against);
    question.attributed = TokenId(100'000);
    EXPECT_THROW(m_engine.headScores(question, {}), RequestError);
}

TEST_F(EngineScoresTest, WithoutTwoAnswersTheMostLikelyTokenIsAttributed)
{
    m_question.answers = {" a"};
    m_answer = m_engine.preview(m_question, {}).value();
    const auto scores = m_engine.headScores(asked(HeadScoreKind::Written), {});
    EXPECT_EQ(scores->attributed->token, m_answer.baseline->output.top.front().id);
    EXPECT_FALSE(scores->attributed->against);
}

TEST_F(EngineScoresTest, RemovingAHeadEqualsAskingForThatEdit)
{
    std::optional<HeadScoreAnswer> scores;
    do {
        scores = m_engine.headScores(asked(HeadScoreKind::Ablation), {});
        ASSERT_TRUE(scores && scores->ablation);
    } while (!scores->isComplete);
    HeadEdit ablate;
    ablate.head = {LayerIndex(2), HeadIndex(1)};
    ablate.kind = EditKind::Ablate;
    m_question.intervention.set(ablate);
    const auto without = m_engine.preview(m_question, {}).value().edited;
    EXPECT_NEAR(scores->ablation->entropy.at(2, 1),
        without->output.entropyNats - m_answer.edited->output.entropyNats, 1e-5); // kSamePass of engine_test
    for (const AnswerScore &answer :
        without->output.answers) // the margin of first tokens is that of the answers
        ASSERT_EQ(answer.ids.size(), 1U);
    EXPECT_NEAR(scores->ablation->margin->at(2, 1),
        *without->output.margin() - *m_answer.edited->output.margin(), 1e-5);
}

TEST_F(EngineScoresTest, RepeatedTokensAreScoredOnceAModel)
{
    const auto scores = m_engine.headScores(asked(HeadScoreKind::Repetition), {});
    ASSERT_TRUE(scores && scores->repetition);
    for (const float value : scores->repetition->previousToken.values()) {
        EXPECT_GE(value, 0.0F);
        EXPECT_LE(value, 1.0F);
    }
    std::stop_source stop;
    stop.request_stop();
    EXPECT_TRUE(m_engine.headScores(asked(HeadScoreKind::Repetition), stop.get_token())); // no pass any more
}

TEST(EngineScores, NeedAPreview)
{
    Engine engine;
    EXPECT_THROW(engine.headScores(asked(HeadScoreKind::Written), {}), RequestError);
    engine.loadModel(test::writeTinyModel(), {}, {});
    EXPECT_THROW(engine.headScores(asked(HeadScoreKind::Ablation), {}), RequestError);
}

/// Keeps the scores that the compute thread tells.
class ScoreRecorder final : public EngineListener {
public:
    void loadProgressed(RequestId, double, const std::string &) override { }
    void modelLoaded(RequestId, std::shared_ptr<const Model>) override { }
    void loadFailed(RequestId, const ErrorParts &) override { }
    void loadCancelled(RequestId) override { }
    void passStarted(RequestId) override { }
    void promptTokenized(RequestId, std::shared_ptr<const TokenizedPrompt>) override { }
    void passProgressed(RequestId, double) override { }
    void passAnswered(const PassAnswer &answer) override
    {
        note([&] { shown = answer.id; });
    }
    void passFailed(RequestId, const ErrorParts &) override { }
    void curvePointComputed(const CurvePoint &) override { }
    void sensitivityComputed(RequestId, std::shared_ptr<const Sensitivity>) override { }
    void sensitivityFailed(RequestId, const ErrorParts &) override { }
    void headScoresComputed(std::shared_ptr<const HeadScoreAnswer> answer) override
    {
        note([&] { answers.push_back(std::move(answer)); });
    }

    template <typename Condition> bool waitFor(const Condition &condition)
    {
        std::unique_lock lock(m_mutex);
        return m_changed.wait_for(lock, std::chrono::seconds(60), condition);
    }

    RequestId shown = 0;
    std::vector<std::shared_ptr<const HeadScoreAnswer>> answers;

private:
    template <typename Change> void note(const Change &change)
    {
        const std::lock_guard lock(m_mutex);
        change();
        m_changed.notify_all();
    }
    std::mutex m_mutex;
    std::condition_variable m_changed;
};

TEST(EngineScores, TheThreadTellsAnAblationUntilItIsComplete)
{
    ScoreRecorder recorder;
    ComputeWorker worker(recorder, {});
    worker.openModel(1, test::writeTinyModel());
    PassQuestion question = usualQuestion();
    question.prompt.text.clear();
    for (int word = 0; word < 40; ++word)
        question.prompt.text += "the cat sat "; // long enough for several stacks of heads
    worker.ask(question);
    ASSERT_TRUE(recorder.waitFor([&] { return recorder.shown == 1; }));
    worker.askHeadScores(asked(HeadScoreKind::Ablation));
    ASSERT_TRUE(
        recorder.waitFor([&] { return !recorder.answers.empty() && recorder.answers.back()->isComplete; }));
    EXPECT_GT(recorder.answers.size(), 1U);
    EXPECT_FALSE(recorder.answers.front()->isComplete);
    EXPECT_TRUE(std::ranges::is_sorted(
        recorder.answers, {}, [](const auto &answer) { return answer->ablation->measured; }));
    worker.shutDown();
}

TEST(EngineScores, ScoresOfAnEarlierQuestionDoNotCome)
{
    ScoreRecorder recorder;
    ComputeWorker worker(recorder, {});
    worker.openModel(1, test::writeTinyModel());
    PassQuestion question = usualQuestion();
    worker.ask(question);
    worker.askHeadScores({.pass = 7, .kind = HeadScoreKind::Written, .attributed = {}});
    question.id = 2;
    worker.ask(question);
    ASSERT_TRUE(recorder.waitFor([&] { return recorder.shown == 2; }));
    worker.askHeadScores({.pass = 2, .kind = HeadScoreKind::Repetition, .attributed = {}});
    ASSERT_TRUE(recorder.waitFor([&] { return !recorder.answers.empty(); }));
    EXPECT_EQ(recorder.answers.front()->question.pass, 2U);
    worker.shutDown();
}

} // namespace
} // namespace sinkscope
