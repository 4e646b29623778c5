// SPDX-License-Identifier: Apache-2.0
// Generated texts through the engine and its thread.
#include "core/base/error.h"
#include "core/engine/compute_worker.h"
#include "core/model/beam_search.h"
#include "core/model/generate.h"
#include "core/model/prepare_edits.h"
#include "tests/core/engine/engine_fixture.h"
#include "tests/support/model_session.h"

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace sinkscope {
namespace {

std::vector<TokenId> idsOf(const GeneratedText &text)
{
    std::vector<TokenId> ids;
    for (const GeneratedToken &token : text.tokens)
        ids.push_back(token.id);
    return ids;
}

class EngineGeneration : public EngineFixture {
protected:
    GenerationAnswer finish(const GenerationQuestion &question)
    {
        auto answer = m_engine.generation(question, {});
        while (!answer->isComplete())
            answer = m_engine.generation(question, {});
        return *answer;
    }

    /// What `generate` of the command line does.
    std::vector<TokenId> alone(const Intervention &asked, const SamplingOptions &options) const
    {
        test::ModelSession session(m_path);
        const TokenizedPrompt prompt = tokenizePrompt(session.model(), m_question.prompt);
        const Intervention edits =
            prepareEdits(session.transformer(), asked, prompt.ids, nullptr, {}).value();
        const auto pass = session.run(prompt.ids, &edits);
        return generate(session.transformer(), *pass, &edits, options, {});
    }
};

TEST_F(EngineGeneration, BothTextsAreThoseOfTheCommandLine)
{
    turn(1, 2, 0.0);
    turn(0, 1, 20.0);
    ask(m_engine);
    GenerationQuestion question {.id = 1, .maxNewTokens = 10};
    GenerationAnswer answer = finish(question);
    EXPECT_EQ(idsOf(answer.baseline), alone({}, {.maxNewTokens = 10}));
    EXPECT_EQ(idsOf(answer.edited), alone(m_question.intervention, {.maxNewTokens = 10}));
    EXPECT_EQ(answer.edits, m_question.intervention);
    EXPECT_EQ(answer.prompt->text, m_question.prompt.text);
    question = {.id = 2,
        .method = GenerationMethod::Sample,
        .maxNewTokens = 10,
        .temperature = 1.5,
        .topK = 40,
        .topP = 0.9,
        .seed = 11};
    const SamplingOptions sampling {
        .maxNewTokens = 10, .temperature = 1.5, .topK = 40, .topP = 0.9, .seed = 11};
    answer = finish(question);
    EXPECT_EQ(idsOf(answer.baseline), alone({}, sampling));
    EXPECT_EQ(idsOf(answer.edited), alone(m_question.intervention, sampling));
    question.id = 3; // the same seed, the same text
    EXPECT_EQ(finish(question).edited, answer.edited);
}

TEST_F(EngineGeneration, BeamsAreThoseOfASearchOfItsOwn)
{
    turn(1, 2, 0.0);
    ask(m_engine);
    const GenerationAnswer answer =
        finish({.id = 1, .method = GenerationMethod::Beam, .maxNewTokens = 5, .beams = 3});
    test::ModelSession session(m_path);
    const auto pass = session.run(answer.prompt->ids, &m_question.intervention);
    BeamSearch search(
        session.transformer(), *pass, &m_question.intervention, {.maxNewTokens = 5, .beams = 3});
    while (!search.done())
        search.advance({});
    EXPECT_EQ(answer.edited.tokens.size(), search.tokens().size());
    for (std::size_t token = 0; token < search.tokens().size(); ++token)
        EXPECT_EQ(answer.edited.tokens[token].id, search.tokens()[token].id);
}

TEST_F(EngineGeneration, TextsGrowInTurnByOneTokenACall)
{
    turn(1, 2, 0.0);
    ask(m_engine);
    const GenerationQuestion question {.id = 1, .maxNewTokens = 4};
    std::vector<std::pair<std::size_t, std::size_t>> sizes;
    for (int call = 0; call < 4; ++call) {
        const auto answer = m_engine.generation(question, {});
        sizes.emplace_back(answer->baseline.tokens.size(), answer->edited.tokens.size());
    }
    const std::vector<std::pair<std::size_t, std::size_t>> expected {{1, 0}, {1, 1}, {2, 1}, {2, 2}};
    EXPECT_EQ(sizes, expected);
}

TEST_F(EngineGeneration, WithoutAnEffectiveEditBothAreTheSame)
{
    turn(1, 2, 1.0);
    ask(m_engine);
    const GenerationAnswer answer = finish({.id = 1, .maxNewTokens = 6});
    EXPECT_EQ(answer.edited, answer.baseline);
    EXPECT_FALSE(firstDifference(answer.baseline, answer.edited));
}

TEST_F(EngineGeneration, KeepsTheEditsItBeganWithWhatEverIsAskedInBetween)
{
    turn(1, 2, 0.0);
    ask(m_engine);
    const Intervention began = m_question.intervention;
    const GenerationQuestion question {.id = 1, .maxNewTokens = 8};
    auto answer = m_engine.generation(question, {});
    for (int step = 0; !answer->isComplete(); ++step) {
        turn(1, 2, 0.1 * step);
        m_question.prompt.text += " a";
        ask(m_engine);
        answer = m_engine.generation(question, {});
    }
    m_question.prompt.text = "The cat sat on the mat";
    EXPECT_EQ(answer->edits, began);
    EXPECT_EQ(idsOf(answer->edited), alone(began, {.maxNewTokens = 8}));
    EXPECT_EQ(idsOf(answer->baseline), alone({}, {.maxNewTokens = 8}));
}

TEST_F(EngineGeneration, NeedsAPreviewAndOptionsInRangeAndGoesOnAfterACancel)
{
    GenerationQuestion question {.id = 1, .method = GenerationMethod::Sample, .maxNewTokens = 3};
    EXPECT_THROW(m_engine.generation(question, {}), RequestError);
    ask(m_engine);
    question.topP = 0.0;
    EXPECT_THROW(m_engine.generation(question, {}), RequestError);
    question.topP = 1.0;
    const GenerationAnswer whole = finish(question);
    question.id = 2;
    ASSERT_TRUE(m_engine.generation(question, {}));
    std::stop_source stop;
    stop.request_stop();
    EXPECT_FALSE(m_engine.generation(question, stop.get_token()));
    EXPECT_EQ(finish(question).baseline, whole.baseline);
}

TEST(FirstDifference, IsTheFirstTokenThatIsNotTheSame)
{
    const auto text = [](std::vector<std::int32_t> ids, std::optional<GenerationEnd> end = {}) {
        GeneratedText made;
        for (const std::int32_t id : ids)
            made.tokens.push_back({.id = TokenId(id)});
        made.end = end;
        return made;
    };
    EXPECT_EQ(firstDifference(text({1, 2, 3}), text({1, 5, 3})), 1U);
    EXPECT_FALSE(firstDifference(text({1, 2}), text({1, 2, 3}))) << "the shorter one may go on so";
    EXPECT_EQ(firstDifference(text({1, 2}, GenerationEnd::EndToken), text({1, 2, 3})), 2U);
    EXPECT_EQ(firstDifference(text({1, 2, 3}), text({1, 2}, GenerationEnd::EndToken)), 2U);
    EXPECT_FALSE(firstDifference(text({1, 2, 3}, GenerationEnd::TokenLimit), text({1, 2})));
    EXPECT_FALSE(firstDifference(text({}), text({})));
}

/// Keeps what the compute thread tells of texts, and which questions were answered.
class GenerationRecorder final : public EngineListener {
public:
    void loadProgressed(RequestId, double, const std::string &) override { }
    void modelLoaded(RequestId id, std::shared_ptr<const Model>) override
    {
        note([&] { loaded = id; });
    }
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
    void curvePointComputed(const CurvePoint &) override { }
    void sensitivityComputed(RequestId, std::shared_ptr<const Sensitivity>) override { }
    void sensitivityFailed(RequestId, const ErrorParts &) override { }
    void generationAdvanced(std::shared_ptr<const GenerationAnswer> answer) override
    {
        note([&] {
            answers.push_back(std::move(answer));
            shownBefore = shown;
        });
    }
    void generationFailed(RequestId id, const ErrorParts &) override
    {
        note([&] { refused = id; });
    }

    template <typename Condition> bool waitFor(const Condition &condition)
    {
        std::unique_lock lock(m_mutex);
        return m_changed.wait_for(lock, std::chrono::seconds(60), condition);
    }
    std::size_t count()
    {
        const std::lock_guard lock(m_mutex);
        return answers.size();
    }

    RequestId loaded = 0;
    RequestId shown = 0;
    RequestId shownBefore = 0; ///< the question answered before the newest token
    RequestId refused = 0;
    std::vector<std::shared_ptr<const GenerationAnswer>> answers;

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

class GenerationThread : public ::testing::Test {
protected:
    void SetUp() override
    {
        test::TinyModelOptions options;
        options.contextLength = 2048; // room for a text that is still on its way when it is looked at
        m_path = test::writeTinyModel(options);
        m_worker.openModel(1, m_path);
        m_question.id = 2;
        m_question.prompt.text = "The cat sat on the mat";
        m_worker.ask(m_question);
        ASSERT_TRUE(m_recorder.waitFor([&] { return m_recorder.shown == 2; }));
    }
    static GenerationQuestion longText(RequestId id)
    {
        return {.id = id, .method = GenerationMethod::Beam, .maxNewTokens = 1500, .beams = 1};
    }
    bool waitForToken(RequestId id)
    {
        return m_recorder.waitFor(
            [&] { return !m_recorder.answers.empty() && m_recorder.answers.back()->question.id == id; });
    }

    std::string m_path;
    GenerationRecorder m_recorder;
    PassQuestion m_question;
    ComputeWorker m_worker {m_recorder, {}};
};

TEST_F(GenerationThread, TellsEachTokenUpToTheEnd)
{
    m_worker.askGeneration({.id = 3, .maxNewTokens = 5});
    ASSERT_TRUE(m_recorder.waitFor(
        [&] { return !m_recorder.answers.empty() && m_recorder.answers.back()->isComplete(); }));
    for (std::size_t token = 0; token < m_recorder.answers.size(); ++token)
        EXPECT_EQ(m_recorder.answers[token]->baseline.tokens.size(), token + 1);
    m_worker.shutDown();
}

TEST_F(GenerationThread, StopEndsItBetweenTokensAndTheNewestIsTold)
{
    m_worker.askGeneration(longText(3));
    ASSERT_TRUE(waitForToken(3));
    m_worker.cancelGeneration();
    m_question.id = 4; // answered after what ran
    m_question.answers = {" a"};
    m_worker.ask(m_question);
    ASSERT_TRUE(m_recorder.waitFor([&] { return m_recorder.shown == 4; }));
    const std::size_t told = m_recorder.count();
    EXPECT_FALSE(m_recorder.answers.back()->isComplete());
    m_worker.askGeneration({.id = 5, .maxNewTokens = 2});
    m_worker.askGeneration({.id = 6, .maxNewTokens = 3});
    ASSERT_TRUE(m_recorder.waitFor([&] {
        return m_recorder.answers.back()->question.id == 6 && m_recorder.answers.back()->isComplete();
    }));
    for (std::size_t later = told; later < m_recorder.answers.size(); ++later)
        EXPECT_NE(m_recorder.answers[later]->question.id, 3U);
    m_worker.shutDown();
}

TEST_F(GenerationThread, AQuestionIsAnsweredInBetweenAndTheTextGoesOn)
{
    m_worker.askGeneration(longText(3));
    ASSERT_TRUE(waitForToken(3));
    m_question.id = 4;
    m_question.intervention.setFactor({LayerIndex(1), HeadIndex(0)}, 0.2);
    m_worker.ask(m_question);
    EXPECT_TRUE(m_recorder.waitFor([&] { return m_recorder.shownBefore == 4; }));
    m_worker.shutDown(); // while it runs
    EXPECT_TRUE(m_recorder.answers.back()->edits.empty()) << "it keeps the edits it began with";
}

TEST_F(GenerationThread, ANewModelEndsItAndWithoutAPromptNoneBegins)
{
    m_worker.askGeneration(longText(3));
    ASSERT_TRUE(waitForToken(3));
    m_worker.openModel(4, m_path);
    ASSERT_TRUE(m_recorder.waitFor([&] { return m_recorder.loaded == 4; }));
    m_worker.askGeneration({.id = 5, .maxNewTokens = 2});
    ASSERT_TRUE(m_recorder.waitFor([&] { return m_recorder.refused != 0; }));
    EXPECT_EQ(m_recorder.refused, 5U);
    m_worker.shutDown();
}

} // namespace
} // namespace sinkscope
