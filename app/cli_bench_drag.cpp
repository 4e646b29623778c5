// SPDX-License-Identifier: Apache-2.0
// The drag replay and the slider step of `bench`.
#include "app/cli_bench_drag.h"

#include "core/analysis/closed_form.h"
#include "core/base/error.h"
#include "core/engine/compute_worker.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace sinkscope {

namespace {

constexpr int kMovesPerSecond = 60;
constexpr double kSeconds = 2.0;
constexpr int kCurvePoints = 42; // of the window's curves: "off" and 41 factors
constexpr RequestId kLoadId = 1;
constexpr RequestId kBaselineId = 2;
constexpr RequestId kFirstMoveId = 3;

/// The factor at a mouse move: from 0.1 up to 10 and back, never twice the same in a row.
double gammaAt(int move)
{
    const double phase = static_cast<double>(move % 120) / 60.0;
    return std::pow(10.0, phase < 1.0 ? 2.0 * phase - 1.0 : 3.0 - 2.0 * phase);
}

PassQuestion questionOf(const DragSubject &subject, RequestId id)
{
    PassQuestion question;
    question.id = id;
    question.prompt.ids = subject.tokens;
    question.answers = {" negative", " positive"};
    return question;
}

/// Notes when previews arrive.
class Stopwatch final : public EngineListener {
public:
    void loadProgressed(RequestId, double, const std::string &) override { }
    void modelLoaded(RequestId, std::shared_ptr<const Model> model) override
    {
        const std::lock_guard lock(m_mutex);
        m_model = std::move(model);
        m_changed.notify_all();
    }
    void loadFailed(RequestId, const ErrorParts &error) override { fail(error); }
    void loadCancelled(RequestId) override { }
    void passStarted(RequestId) override { }
    void promptTokenized(RequestId, std::shared_ptr<const TokenizedPrompt>) override { }
    void passProgressed(RequestId, double) override { }
    void passAnswered(const PassAnswer &answer) override
    {
        const std::lock_guard lock(m_mutex);
        if (answer.stage == SnapshotStage::Preview && answer.id >= kFirstMoveId)
            ++m_pictures;
        m_shown = answer.id;
        m_stage = answer.stage;
        m_changed.notify_all();
    }
    void passFailed(RequestId, const ErrorParts &error) override { fail(error); }
    void curvePointComputed(const CurvePoint &) override { }
    void sensitivityComputed(RequestId, std::shared_ptr<const Sensitivity>) override { }
    void sensitivityFailed(RequestId, const ErrorParts &error) override { fail(error); }

    std::shared_ptr<const Model> waitForModel()
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [this] { return m_model || m_error; });
        throwIfFailed();
        return m_model;
    }
    void waitForFull(RequestId id)
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [&] { return m_error || (m_shown == id && m_stage == SnapshotStage::Full); });
        throwIfFailed();
    }
    RequestId shown()
    {
        const std::lock_guard lock(m_mutex);
        return m_shown;
    }
    int pictures()
    {
        const std::lock_guard lock(m_mutex);
        return m_pictures;
    }

private:
    void fail(const ErrorParts &error)
    {
        const std::lock_guard lock(m_mutex);
        m_error = error;
        m_changed.notify_all();
    }
    void throwIfFailed() const
    {
        if (m_error)
            throw Error(*m_error);
    }

    std::mutex m_mutex; // guards all below
    std::condition_variable m_changed;
    std::shared_ptr<const Model> m_model;
    std::optional<ErrorParts> m_error;
    RequestId m_shown = 0;
    SnapshotStage m_stage = SnapshotStage::Preview;
    int m_pictures = 0;
};

} // namespace

DragResult replayDrag(const DragSubject &subject)
{
    Stopwatch stopwatch;
    ComputeWorker worker(stopwatch, subject.engine);
    worker.openModel(kLoadId, subject.modelPath);
    const int layerCount = stopwatch.waitForModel()->config.layerCount;
    worker.ask(questionOf(subject, kBaselineId));
    stopwatch.waitForFull(kBaselineId);

    DragResult result;
    result.tokens = static_cast<int>(subject.tokens.size());
    result.layer = layerCount / 2;
    const int moves = static_cast<int>(kSeconds * kMovesPerSecond);
    std::vector<BenchClock::time_point> asked;
    const auto start = BenchClock::now();
    for (int move = 0; move < moves; ++move) {
        std::this_thread::sleep_until(start + std::chrono::microseconds(1'000'000 / kMovesPerSecond * move));
        asked.push_back(BenchClock::now());
        PassQuestion question = questionOf(subject, kFirstMoveId + static_cast<RequestId>(move));
        question.intervention.setFactor({LayerIndex(result.layer), HeadIndex(0)}, gammaAt(move));
        question.previewPrecision = GemmPrecision::TwoTerms; // as the window asks while a slider moves
        worker.ask(question);
        // Until the first picture the screen shows what was true before the drag.
        const RequestId shown = stopwatch.shown();
        const auto since = shown < kFirstMoveId ? start : asked[shown - kFirstMoveId];
        result.age.elapsedMs.push_back(millisecondsBetween(since, BenchClock::now()));
    }
    std::this_thread::sleep_until(start + std::chrono::duration<double>(kSeconds));
    result.pictures = stopwatch.pictures();
    result.seconds = millisecondsBetween(start, BenchClock::now()) / 1000.0;
    worker.shutDown();
    return result;
}

std::vector<SliderStepResult> measureSliderSteps(const DragSubject &subject, int runs)
{
    Engine engine(subject.engine);
    const auto model = engine.loadModel(subject.modelPath, {}, StopToken {});
    const int layerCount = model->config.layerCount;
    std::vector<SliderStepResult> results(2);
    results[0].layer = layerCount / 2;
    results[1].layer = layerCount - 1;
    const std::optional<PassAnswer> baseline = engine.preview(questionOf(subject, kBaselineId), StopToken {});
    for (int run = 0; run < runs + 1; ++run)
        for (SliderStepResult &result : results) {
            const double gamma = gammaAt(7 * run + 3);
            const HeadRef head {LayerIndex(result.layer), HeadIndex(0)};
            PassQuestion question = questionOf(subject, kFirstMoveId);
            question.intervention.setFactor(head, gamma);
            question.previewPrecision = GemmPrecision::TwoTerms;
            std::optional<PassAnswer> answer;
            result.step.time([&] { answer = engine.preview(question, StopToken {}); });
            result.precision = answer->edited->precision;
            const LayerRecord &record = *baseline->baseline->pass->layers[head.layer.asSize()];
            result.closedForm.time([&] {
                scaledPattern(record, head.head, gamma);
                for (std::size_t query = 0; query < record.tokenCount(); ++query)
                    scaledRow(record, head.head, TokenPos(static_cast<std::int32_t>(query)), gamma);
            });
        }
    for (SliderStepResult &result : results) // the first run warms up
        for (Sample *sample : {&result.step, &result.closedForm})
            sample->elapsedMs.erase(sample->elapsedMs.begin());
    return results;
}

CurveStartResult measureCurveStart(const DragSubject &subject, int runs)
{
    Engine engine(subject.engine);
    const auto model = engine.loadModel(subject.modelPath, {}, StopToken {});
    CurveStartResult result;
    result.tokens = static_cast<int>(subject.tokens.size());
    result.layer = model->config.layerCount / 2;
    engine.preview(questionOf(subject, kBaselineId), StopToken {});
    CurveQuestion curve;
    curve.focus = {LayerIndex(result.layer), HeadIndex(0)};
    curve.scope = {{.head = curve.focus}};
    curve.gammas.resize(kCurvePoints);
    for (int run = 0; run < runs + 1; ++run) {
        for (int point = 0; point < kCurvePoints; ++point)
            curve.gammas[static_cast<std::size_t>(point)] = gammaAt(kCurvePoints * run + point);
        result.elapsed.time(
            [&] { result.points = static_cast<int>(engine.curvePoints(curve, 0, StopToken {}).size()); });
    }
    result.elapsed.elapsedMs.erase(result.elapsed.elapsedMs.begin()); // the first run warms up
    return result;
}

} // namespace sinkscope
