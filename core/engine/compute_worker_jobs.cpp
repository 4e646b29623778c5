// SPDX-License-Identifier: Apache-2.0
// What the compute thread runs when no question waits: positions, texts, checks, curves, derivatives, scores.
#include "core/engine/compute_worker.h"

namespace sinkscope {

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
    if (stop.stop_requested()) // replaced, ended or interrupted meanwhile
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

void ComputeWorker::runPosition(std::unique_lock<std::mutex> &lock)
{
    m_idleStop = {};
    const StopToken stop = m_idleStop.get_token();
    const PositionQuestion question = *m_position;
    m_isDeriving = true;
    lock.unlock();
    const Derived read = readOut(question, stop);
    lock.lock();
    m_isDeriving = false;
    if (read == Derived::Yes && m_position == question)
        m_position.reset();
}

void ComputeWorker::runGeneration(std::unique_lock<std::mutex> &lock)
{
    m_idleStop = {};
    const StopToken stop = m_idleStop.get_token();
    const GenerationQuestion question = *m_generation;
    m_isDeriving = true;
    lock.unlock();
    const Derived generated = generate(question, stop);
    lock.lock();
    m_isDeriving = false;
    if (generated == Derived::Yes && m_generation == question)
        m_generation.reset();
}

void ComputeWorker::endGeneration()
{
    const std::lock_guard lock(m_mutex);
    m_generation.reset();
}

void ComputeWorker::runVerification(std::unique_lock<std::mutex> &lock)
{
    const RequestId id = m_verifyWanted;
    m_verifyStop = {};
    const StopToken stop = m_verifyStop.get_token();
    lock.unlock();
    const bool ended = advanceVerification(id, stop);
    lock.lock();
    if (ended && m_verifyWanted == id)
        m_verifyWanted = 0;
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

ComputeWorker::Derived ComputeWorker::readOut(const PositionQuestion &question, const StopToken &stop)
{
    if (question.pass != m_answeredId) // as in derive
        return Derived::Yes;
    try {
        std::optional<PositionAnswer> answer = m_engine.position(question, stop);
        if (!answer)
            return Derived::Interrupted;
        m_listener.positionComputed(std::make_shared<const PositionAnswer>(std::move(*answer)));
    } catch (const Error &error) {
        m_listener.positionFailed(question, error.parts());
    } catch (const std::bad_alloc &) {
        m_listener.positionFailed(question,
            {.what = "there is not enough memory for the logit lens", .wayOut = "Shorten the prompt"});
    }
    return Derived::Yes;
}

ComputeWorker::Derived ComputeWorker::generate(const GenerationQuestion &question, const StopToken &stop)
{
    try {
        std::optional<GenerationAnswer> answer = m_engine.generation(question, stop);
        if (!answer)
            return Derived::Interrupted;
        const Derived generated = answer->isComplete() ? Derived::Yes : Derived::Partly;
        m_listener.generationAdvanced(std::make_shared<const GenerationAnswer>(std::move(*answer)));
        if (generated == Derived::Partly)
            return generated;
    } catch (const Error &error) {
        m_listener.generationFailed(question.id, error.parts());
    } catch (const std::bad_alloc &) {
        m_listener.generationFailed(question.id,
            {.what = "there is not enough memory to generate text",
                .wayOut = "Shorten the prompt or take fewer beams"});
    }
    m_engine.endGeneration();
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
