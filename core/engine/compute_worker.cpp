// SPDX-License-Identifier: Apache-2.0
// The loop of the compute thread and the rules of what interrupts what; compute_worker_jobs.cpp has what it
// runs when no question waits.
#include "core/engine/compute_worker.h"

namespace sinkscope {

ComputeWorker::ComputeWorker(EngineListener &listener, EngineOptions options)
    : m_listener(listener)
    , m_engine(options)
    , m_thread([this] { loop(); })
{
}

ComputeWorker::~ComputeWorker()
{
    shutDown();
}

void ComputeWorker::openModel(RequestId id, const std::string &path)
{
    const std::lock_guard lock(m_mutex);
    m_loads.put({id, path});
    m_verifyWanted = 0;
    m_loadStop.request_stop();
    m_previewStop.request_stop();
    interruptIdleWork();
    m_wake.notify_one();
}

void ComputeWorker::cancelLoad()
{
    const std::lock_guard lock(m_mutex);
    m_loads.clear();
    m_loadStop.request_stop();
}

void ComputeWorker::setLimits(const EngineLimits &limits)
{
    const std::lock_guard lock(m_mutex);
    m_limits.put(limits);
    m_wake.notify_one();
}

void ComputeWorker::ask(const PassQuestion &question)
{
    const std::lock_guard lock(m_mutex);
    if (m_runningPrompt && *m_runningPrompt != question.prompt)
        m_previewStop.request_stop();
    m_questions.put(question);
    m_curves.clear();
    m_sensitivity.reset();
    m_headScores.reset();
    m_position.reset();
    interruptIdleWork();
    m_wake.notify_one();
}

void ComputeWorker::askCurve(const CurveQuestion &question)
{
    const std::lock_guard lock(m_mutex);
    m_curves.put(question);
    if (m_curve || m_isDeriving)
        interruptIdleWork();
    m_wake.notify_one();
}

void ComputeWorker::askSensitivity(RequestId pass)
{
    const std::lock_guard lock(m_mutex);
    m_sensitivity = pass;
    m_wake.notify_one();
}

void ComputeWorker::askHeadScores(const HeadScoreQuestion &question)
{
    const std::lock_guard lock(m_mutex);
    m_headScores = question;
    m_wake.notify_one();
}

void ComputeWorker::askPosition(const PositionQuestion &question)
{
    const std::lock_guard lock(m_mutex);
    m_position = question;
    if (m_curve || m_isDeriving) // a curve goes on where it was, the others begin anew
        m_idleStop.request_stop();
    m_verifyStop.request_stop(); // its step is run again
    m_wake.notify_one();
}

void ComputeWorker::askGeneration(const GenerationQuestion &question)
{
    const std::lock_guard lock(m_mutex);
    m_generation = question;
    if (m_curve || m_isDeriving) // as in askPosition
        m_idleStop.request_stop();
    m_verifyStop.request_stop();
    m_wake.notify_one();
}

void ComputeWorker::cancelGeneration()
{
    const std::lock_guard lock(m_mutex);
    m_generation.reset();
    if (m_isDeriving)
        m_idleStop.request_stop();
    m_wake.notify_one();
}

void ComputeWorker::verify(RequestId id)
{
    const std::lock_guard lock(m_mutex);
    m_verifyWanted = id;
    m_verifyStop.request_stop();
    m_wake.notify_one();
}

void ComputeWorker::cancelVerify()
{
    const std::lock_guard lock(m_mutex);
    m_verifyWanted = 0;
    m_verifyStop.request_stop();
}

void ComputeWorker::cancelAll()
{
    const std::lock_guard lock(m_mutex);
    m_loads.clear();
    m_questions.clear();
    m_curves.clear();
    m_sensitivity.reset();
    m_headScores.reset();
    m_position.reset();
    m_loadStop.request_stop();
    m_previewStop.request_stop();
    interruptIdleWork();
}

void ComputeWorker::shutDown()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true; // first, so that nothing begins between
    }
    cancelAll();
    m_wake.notify_one();
    if (m_thread.joinable())
        m_thread.join();
}

void ComputeWorker::interruptIdleWork()
{
    m_idleStop.request_stop();
    m_verifyStop.request_stop(); // its step is run again
    m_curve.reset();
}

bool ComputeWorker::nothingWaits() const
{
    return m_limits.empty() && m_loads.empty() && m_questions.empty() && m_curves.empty() && !m_curve
        && !m_position && !m_generation && !m_sensitivity && !m_headScores && m_verifyWanted == 0;
}

void ComputeWorker::loop()
{
    std::unique_lock lock(m_mutex);
    for (;;) {
        m_wake.wait(lock, [this] { return m_stopping || !nothingWaits(); });
        if (m_stopping)
            return;
        if (const std::optional<EngineLimits> limits = m_limits.take()) {
            lock.unlock();
            m_engine.setLimits(*limits);
            lock.lock();
        } else if (const std::optional<LoadOrder> order = m_loads.take()) {
            m_loadStop = {};
            const StopToken stop = m_loadStop.get_token();
            lock.unlock();
            load(*order, stop);
            lock.lock();
        } else if (const std::optional<PassQuestion> question = m_questions.take()) {
            m_previewStop = {};
            m_idleStop = {};
            m_runningPrompt = question->prompt;
            const StopToken previewStop = m_previewStop.get_token();
            const StopToken idleStop = m_idleStop.get_token();
            lock.unlock();
            answer(*question, previewStop, idleStop);
            lock.lock();
            m_runningPrompt.reset();
        } else if (m_position) {
            runPosition(lock);
        } else if (m_generation) {
            runGeneration(lock);
        } else if (m_verifyWanted != 0) {
            runVerification(lock);
        } else if (!m_curves.empty() || m_curve) {
            runCurve(lock);
        } else if (m_sensitivity) {
            runSensitivity(lock);
        } else {
            runHeadScores(lock);
        }
    }
}

void ComputeWorker::load(const LoadOrder &order, const StopToken &stop)
{
    m_verification = {}; // of the former model
    try {
        const ProgressFn progress = [&](double fraction, const std::string &step) {
            m_listener.loadProgressed(order.id, fraction, step);
        };
        if (auto model = m_engine.loadModel(order.path, progress, stop)) {
            m_answeredId = 0;
            endGeneration();
            m_listener.modelLoaded(order.id, std::move(model));
        } else {
            m_listener.loadCancelled(order.id);
        }
    } catch (const Error &error) {
        m_listener.loadFailed(order.id, error.parts());
    } catch (const std::bad_alloc &) {
        m_listener.loadFailed(order.id,
            {.what = "there is not enough memory for this model",
                .file = order.path,
                .wayOut = "Close other programs or choose a smaller model"});
    }
}

void ComputeWorker::answer(
    const PassQuestion &question, const StopToken &previewStop, const StopToken &idleStop)
{
    m_answeredId = 0;
    try {
        m_listener.passStarted(question.id);
        const PassObserver observer {.promptTokenized =
                                         [&](std::shared_ptr<const TokenizedPrompt> prompt) {
                                             m_listener.promptTokenized(question.id, std::move(prompt));
                                         },
            .progressed = [&](double fraction) { m_listener.passProgressed(question.id, fraction); }};
        const std::optional<PassAnswer> preview = m_engine.preview(question, previewStop, observer);
        if (!preview)
            return;
        m_answeredId = question.id;
        m_listener.passAnswered(*preview);
        if (const std::optional<PassAnswer> full = m_engine.complete(*preview, idleStop))
            m_listener.passAnswered(*full);
    } catch (const Error &error) {
        m_listener.passFailed(question.id, error.parts());
    } catch (const std::bad_alloc &) {
        m_listener.passFailed(question.id,
            {.what = "there is not enough memory for this prompt", .wayOut = "Shorten the prompt"});
    }
}

} // namespace sinkscope
