// SPDX-License-Identifier: Apache-2.0
// The loop of the compute thread and the rules of what interrupts what.
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
        && !m_sensitivity && !m_headScores && m_verifyWanted == 0;
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
        } else if (m_verifyWanted != 0) {
            const RequestId id = m_verifyWanted;
            m_verifyStop = {};
            const StopToken stop = m_verifyStop.get_token();
            lock.unlock();
            const bool ended = advanceVerification(id, stop);
            lock.lock();
            if (ended && m_verifyWanted == id)
                m_verifyWanted = 0;
        } else if (!m_curves.empty() || m_curve) {
            runCurve(lock);
        } else if (m_sensitivity) {
            runSensitivity(lock);
        } else {
            runHeadScores(lock);
        }
    }
}

void ComputeWorker::runCurve(std::unique_lock<std::mutex> &lock)
{
    if (const std::optional<CurveQuestion> curve = m_curves.take())
        m_curve = RunningCurve {*curve, 0};
    m_idleStop = {};
    const StopToken stop = m_idleStop.get_token();
    RunningCurve current = *m_curve;
    lock.unlock();
    advanceCurve(current, stop);
    lock.lock();
    if (stop.stop_requested()) // replaced or ended meanwhile
        return;
    if (current.next < current.question.gammas.size())
        m_curve = std::move(current);
    else
        m_curve.reset();
}

void ComputeWorker::runSensitivity(std::unique_lock<std::mutex> &lock)
{
    m_idleStop = {};
    const StopToken stop = m_idleStop.get_token();
    const RequestId pass = *m_sensitivity;
    m_isDeriving = true;
    lock.unlock();
    const Derived derived = derive(pass, stop);
    lock.lock();
    m_isDeriving = false;
    if (derived == Derived::Yes && m_sensitivity == pass)
        m_sensitivity.reset();
}

void ComputeWorker::runHeadScores(std::unique_lock<std::mutex> &lock)
{
    m_idleStop = {};
    const StopToken stop = m_idleStop.get_token();
    const HeadScoreQuestion question = *m_headScores;
    m_isDeriving = true;
    lock.unlock();
    const Derived scored = score(question, stop);
    lock.lock();
    m_isDeriving = false;
    if (scored == Derived::Yes && m_headScores == question)
        m_headScores.reset();
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

void ComputeWorker::advanceCurve(RunningCurve &curve, const StopToken &stop)
{
    if (curve.next >= curve.question.gammas.size())
        return;
    try {
        for (const CurvePoint &point : m_engine.curvePoints(curve.question, curve.next, stop)) {
            m_listener.curvePointComputed(point);
            ++curve.next;
        }
    } catch (const Error &error) {
        curve.next = curve.question.gammas.size();
        m_listener.passFailed(curve.question.id, error.parts());
    }
}

ComputeWorker::Derived ComputeWorker::derive(RequestId pass, const StopToken &stop)
{
    if (pass != m_answeredId) // the pass failed, was cancelled or belongs to a former model
        return Derived::Yes;
    try {
        std::optional<Sensitivity> sensitivity = m_engine.sensitivity(stop);
        if (!sensitivity)
            return Derived::Interrupted;
        m_listener.sensitivityComputed(pass, std::make_shared<const Sensitivity>(std::move(*sensitivity)));
    } catch (const Error &error) {
        m_listener.sensitivityFailed(pass, error.parts());
    } catch (const std::bad_alloc &) {
        m_listener.sensitivityFailed(
            pass, {.what = "there is not enough memory for the derivatives", .wayOut = "Shorten the prompt"});
    }
    return Derived::Yes;
}

ComputeWorker::Derived ComputeWorker::score(const HeadScoreQuestion &question, const StopToken &stop)
{
    if (question.pass != m_answeredId) // as in derive
        return Derived::Yes;
    try {
        std::optional<HeadScoreAnswer> answer = m_engine.headScores(question, stop);
        if (!answer)
            return Derived::Interrupted;
        const Derived scored = answer->isComplete ? Derived::Yes : Derived::Partly;
        m_listener.headScoresComputed(std::make_shared<const HeadScoreAnswer>(std::move(*answer)));
        return scored;
    } catch (const Error &error) {
        m_listener.headScoresFailed(question, error.parts());
    } catch (const std::bad_alloc &) {
        m_listener.headScoresFailed(question,
            {.what = "there is not enough memory for the scores of heads", .wayOut = "Shorten the prompt"});
    }
    return Derived::Yes;
}

bool ComputeWorker::advanceVerification(RequestId id, const StopToken &stop)
{
    try {
        if (!m_verification.verifier || m_verification.id != id)
            m_verification = {id, m_engine.makeVerifier()};
        ModelVerifier &verifier = *m_verification.verifier;
        m_listener.verifyProgressed(id, verifier.fraction(), verifier.stepName());
        if (verifier.advance(stop) == WorkStatus::Cancelled || !verifier.done())
            return false;
        m_listener.verified(id, std::make_shared<const VerifyReport>(verifier.report()));
    } catch (const Error &error) {
        m_listener.verifyFailed(id, error.parts());
    } catch (const std::bad_alloc &) {
        m_listener.verifyFailed(
            id, {.what = "there is not enough memory for the checks", .wayOut = "Close other programs"});
    }
    m_verification = {};
    return true;
}

} // namespace sinkscope
