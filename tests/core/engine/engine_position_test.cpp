// SPDX-License-Identifier: Apache-2.0
// The output at any position through the engine and its thread.
#include "core/engine/compute_worker.h"
#include "core/base/error.h"
#include "tests/core/engine/engine_fixture.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <mutex>

namespace sinkscope {
namespace {

class EnginePosition : public EngineFixture {
protected:
    PositionQuestion at(int position, LensLayers layers = LensLayers::Last) const
    {
        return {.pass = m_question.id, .position = TokenPos(position), .layers = layers};
    }

    static void expectSame(const std::vector<double> &got, const std::vector<double> &expected)
    {
        ASSERT_EQ(got.size(), expected.size());
        for (std::size_t id = 0; id < got.size(); ++id)
            ASSERT_NEAR(got[id], expected[id], kSamePass) << id;
    }
};

TEST_F(EnginePosition, TheLastPositionIsTheOutputOnBothSides)
{
    turn(1, 2, 0.2);
    const PassAnswer pass = ask(m_engine);
    const int last = static_cast<int>(pass.baseline->prompt->ids.size()) - 1;
    const auto answer = m_engine.position(at(last, LensLayers::All), {});
    ASSERT_TRUE(answer.has_value());
    // the packed backend repeats the very bytes
    EXPECT_EQ(*answer->baseline.logProbabilities, *pass.baseline->logProbabilities);
    EXPECT_EQ(*answer->edited.logProbabilities, *pass.edited->logProbabilities);
    EXPECT_EQ(answer->baseline.output().entropyNats, pass.baseline->output.entropyNats);
    EXPECT_EQ(answer->edited.output().entropyNats, pass.edited->output.entropyNats);
    EXPECT_EQ(answer->klFromBaselineNats, pass.edited->klFromBaselineNats);
    ASSERT_EQ(answer->edited.output().top.size(), pass.edited->output.top.size());
    for (std::size_t rank = 0; rank < pass.edited->output.top.size(); ++rank)
        EXPECT_EQ(answer->edited.output().top[rank].id, pass.edited->output.top[rank].id);
    EXPECT_FALSE(answer->next.has_value());
    ASSERT_EQ(answer->followed.size(), 2U);
    for (std::size_t one = 0; one < 2; ++one) {
        const AnswerScore &scored = pass.edited->output.answers[one];
        EXPECT_EQ(answer->followed[answer->firstAnswer() + one], scored.ids.front());
        EXPECT_EQ(answer->edited.output().followed[one].p,
            std::exp((*pass.edited->logProbabilities)[scored.ids.front().asSize()]));
    }
}

TEST_F(EnginePosition, APositionIsWhatAPromptThatEndsThereSays)
{
    // Attention is causal: a prompt of the text up to there gives the same output, edits on key 0 included.
    turn(1, 2, 0.2);
    turn(2, 0, 3.0);
    const PassAnswer whole = ask(m_engine);
    const std::vector<TokenId> ids = whole.baseline->prompt->ids;
    std::string text;
    int compared = 0;
    for (std::size_t position = 0; position + 1 < ids.size(); ++position) {
        text += whole.baseline->prompt->bytes[position];
        Engine other;
        other.loadModel(m_path, {}, {});
        PassQuestion shorter = m_question;
        shorter.prompt.text = text;
        const auto expected = other.preview(shorter, {});
        if (!std::ranges::equal(expected->baseline->prompt->ids, std::span(ids).first(position + 1)))
            continue; // the text up to there has other tokens
        const auto got = m_engine.position(at(static_cast<int>(position)), {});
        expectSame(*got->baseline.logProbabilities, *expected->baseline->logProbabilities);
        expectSame(*got->edited.logProbabilities, *expected->edited->logProbabilities);
        EXPECT_NEAR(got->klFromBaselineNats, expected->edited->klFromBaselineNats, kSamePass);
        EXPECT_EQ(got->next, ids[position + 1]);
        EXPECT_EQ(got->followed.front(), ids[position + 1]);
        EXPECT_EQ(got->edited.output().top.front().id, expected->edited->output.top.front().id);
        ++compared;
    }
    EXPECT_GT(compared, 3);
}

TEST_F(EnginePosition, LensRowsBelowTheLowestEditAreThoseOfTheBaseline)
{
    turn(1, 2, 0.2);
    ask(m_engine);
    const auto answer = m_engine.position(at(4, LensLayers::All), {});
    ASSERT_EQ(answer->edited.rows.size(), 4U);
    for (const std::size_t row : {0U, 1U}) // into layers 0 and 1
        EXPECT_EQ(answer->edited.rows[row].followed, answer->baseline.rows[row].followed);
    for (const std::size_t row : {2U, 3U})
        EXPECT_NE(answer->edited.rows[row].followed, answer->baseline.rows[row].followed);
}

TEST_F(EnginePosition, WithoutAnEffectiveEditBothSidesAreTheSame)
{
    turn(1, 2, 1.0);
    ask(m_engine);
    const auto answer = m_engine.position(at(2), {});
    EXPECT_EQ(*answer->edited.logProbabilities, *answer->baseline.logProbabilities);
    EXPECT_EQ(answer->klFromBaselineNats, 0.0);
}

TEST_F(EnginePosition, FirstTokenIsUnmovedByEveryFactor)
{
    // Row 0 of attention is [1] whatever gamma is (method 1.1).
    turn(0, 1, 0.0);
    turn(2, 3, 50.0);
    ask(m_engine);
    const auto answer = m_engine.position(at(0, LensLayers::All), {});
    EXPECT_EQ(*answer->edited.logProbabilities, *answer->baseline.logProbabilities);
    EXPECT_EQ(answer->klFromBaselineNats, 0.0);
}

TEST_F(EnginePosition, NeedsAPreviewAndAPositionOfThePrompt)
{
    EXPECT_THROW(m_engine.position(at(0), {}), RequestError);
    ask(m_engine);
    EXPECT_THROW(m_engine.position(at(100), {}), RequestError);
    EXPECT_THROW(m_engine.position(at(-1), {}), RequestError);
}

TEST_F(EnginePosition, CancelledGivesNothingAndTheNextOneComes)
{
    ask(m_engine);
    std::stop_source stop;
    stop.request_stop();
    EXPECT_FALSE(m_engine.position(at(1), stop.get_token()));
    EXPECT_TRUE(m_engine.position(at(1), {}));
}

/// Keeps the positions that the compute thread tells, and how far a curve was.
class PositionRecorder final : public EngineListener {
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
        if (answer.stage == SnapshotStage::Full)
            note([&] { shown = answer.id; });
    }
    void passFailed(RequestId, const ErrorParts &) override { }
    void curvePointComputed(const CurvePoint &point) override
    {
        note([&] { points.push_back(point.index); });
    }
    void sensitivityComputed(RequestId, std::shared_ptr<const Sensitivity>) override { }
    void sensitivityFailed(RequestId, const ErrorParts &) override { }
    void positionComputed(std::shared_ptr<const PositionAnswer> answer) override
    {
        note([&] {
            answers.push_back(std::move(answer));
            pointsBefore = points.size();
        });
    }
    void positionFailed(const PositionQuestion &question, const ErrorParts &) override
    {
        note([&] { refused.push_back(question); });
    }

    template <typename Condition> bool waitFor(const Condition &condition)
    {
        std::unique_lock lock(m_mutex);
        return m_changed.wait_for(lock, std::chrono::seconds(60), condition);
    }

    RequestId shown = 0;
    std::vector<std::size_t> points;
    std::vector<std::shared_ptr<const PositionAnswer>> answers;
    std::size_t pointsBefore = 0; ///< of a curve, when the last position came
    std::vector<PositionQuestion> refused;

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

class PositionThread : public ::testing::Test {
protected:
    void SetUp() override
    {
        m_worker.openModel(1, test::writeTinyModel());
        m_question.id = 2;
        m_question.prompt.text = "The cat sat on the mat";
        m_question.answers = {" a"};
        m_worker.ask(m_question);
        ASSERT_TRUE(m_recorder.waitFor([&] { return m_recorder.shown == 2; }));
    }
    bool waitForPosition(int position)
    {
        return m_recorder.waitFor([&] {
            return !m_recorder.answers.empty()
                && m_recorder.answers.back()->question.position == TokenPos(position);
        });
    }

    PositionRecorder m_recorder;
    PassQuestion m_question;
    ComputeWorker m_worker {m_recorder, {}};
};

TEST_F(PositionThread, TheNewestOfManyIsAnsweredLast)
{
    for (int position = 0; position < 6; ++position)
        m_worker.askPosition({.pass = 2, .position = TokenPos(position), .layers = LensLayers::All});
    ASSERT_TRUE(waitForPosition(5));
    m_worker.shutDown();
}

TEST_F(PositionThread, ComesInTheMiddleOfACurveWhichGoesOnToItsEnd)
{
    CurveQuestion curve;
    curve.id = 3;
    curve.scope = {{{LayerIndex(1), HeadIndex(0)}, 1.0}};
    curve.gammas.assign(3000, 0.5);
    m_worker.askCurve(curve);
    ASSERT_TRUE(m_recorder.waitFor([&] { return !m_recorder.points.empty(); }));
    m_worker.askPosition({.pass = 2, .position = TokenPos(3)});
    ASSERT_TRUE(waitForPosition(3));
    ASSERT_TRUE(m_recorder.waitFor([&] { return m_recorder.points.back() + 1 == curve.gammas.size(); }));
    EXPECT_LT(m_recorder.pointsBefore, curve.gammas.size());
    std::vector<std::size_t> points = m_recorder.points; // none is left out
    std::ranges::sort(points);
    points.erase(std::unique(points.begin(), points.end()), points.end());
    EXPECT_EQ(points.size(), curve.gammas.size());
    m_worker.shutDown();
}

TEST_F(PositionThread, OfAnEarlierQuestionNoneComesAndOneOutsideIsRefused)
{
    m_worker.askPosition({.pass = 1, .position = TokenPos(0)});
    m_worker.askPosition({.pass = 2, .position = TokenPos(99)});
    ASSERT_TRUE(m_recorder.waitFor([&] { return !m_recorder.refused.empty(); }));
    EXPECT_EQ(m_recorder.refused.front().position, TokenPos(99));
    EXPECT_TRUE(m_recorder.answers.empty());
    m_worker.shutDown();
}

} // namespace
} // namespace sinkscope
