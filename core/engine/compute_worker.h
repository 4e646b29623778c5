// SPDX-License-Identifier: Apache-2.0
// The compute thread: takes the newest question, answers in stages; curves and derivatives when idle.
#pragma once

#include "core/engine/engine.h"
#include "core/engine/engine_backend.h"
#include "core/engine/latest_mailbox.h"

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace sinkscope {

/// EngineBackend on one thread of its own. Owner: the composition root. Threads: calls from one thread; the
/// listener is called on the compute thread and must outlive shutDown(). A running preview finishes unless
/// the prompt changed (cancelling each would starve the picture during a drag); a running completion or curve
/// gives way at once, all of them also to a position, derivatives also to a
/// curve (after which they begin anew), as does a step of a verification. A
/// generation goes on after what interrupted its token.
class ComputeWorker final : public EngineBackend {
public:
    ComputeWorker(EngineListener &listener, EngineOptions options);
    ~ComputeWorker() override;

    void openModel(RequestId id, const std::string &path) override;
    void cancelLoad() override;
    void setLimits(const EngineLimits &limits) override;
    void ask(const PassQuestion &question) override;
    void askCurve(const CurveQuestion &question) override;
    void askSensitivity(RequestId pass) override;
    void askHeadScores(const HeadScoreQuestion &question) override;
    void askPosition(const PositionQuestion &question) override;
    void askGeneration(const GenerationQuestion &question) override;
    void cancelGeneration() override;
    void verify(RequestId id) override;
    void cancelVerify() override;
    void cancelAll() override;
    void shutDown() override;

private:
    struct LoadOrder {
        RequestId id = 0;
        std::string path;
    };
    struct RunningCurve {
        CurveQuestion question;
        std::size_t next = 0;
    };

    void loop();
    void load(const LoadOrder &order, const StopToken &stop);
    void answer(const PassQuestion &question, const StopToken &previewStop, const StopToken &idleStop);
    void advanceCurve(RunningCurve &curve, const StopToken &stop);
    enum class Derived { Yes, Interrupted, Partly };
    Derived derive(RequestId pass, const StopToken &stop);
    void runCurve(std::unique_lock<std::mutex> &lock);
    void runSensitivity(std::unique_lock<std::mutex> &lock);
    Derived score(const HeadScoreQuestion &question, const StopToken &stop);
    void runHeadScores(std::unique_lock<std::mutex> &lock);
    Derived readOut(const PositionQuestion &question, const StopToken &stop);
    void runPosition(std::unique_lock<std::mutex> &lock);
    Derived generate(const GenerationQuestion &question, const StopToken &stop);
    void runGeneration(std::unique_lock<std::mutex> &lock);
    void endGeneration(); // of the former model
    void runVerification(std::unique_lock<std::mutex> &lock);
    /// One step; true when it was the last or failed.
    bool advanceVerification(RequestId id, const StopToken &stop);
    bool nothingWaits() const;
    void interruptIdleWork();

    EngineListener &m_listener;
    struct Verification {
        RequestId id = 0;
        std::unique_ptr<ModelVerifier> verifier;
    };

    Engine m_engine; // touched by the compute thread only
    RequestId m_answeredId = 0; // question of the engine's last preview; touched by the compute thread only
    Verification m_verification; // touched by the compute thread only
    std::mutex m_mutex; // guards all below
    std::condition_variable m_wake;
    LatestMailbox<EngineLimits> m_limits;
    LatestMailbox<LoadOrder> m_loads;
    LatestMailbox<PassQuestion> m_questions;
    LatestMailbox<CurveQuestion> m_curves;
    std::optional<RunningCurve> m_curve;
    std::optional<RequestId> m_sensitivity; // wanted at this question; stays until it is answered
    std::optional<HeadScoreQuestion> m_headScores; // the same
    std::optional<PositionQuestion> m_position; // the same
    std::optional<GenerationQuestion> m_generation; // stays until it is complete
    bool m_isDeriving = false; // derivatives, scores, a position or a token run
    RequestId m_verifyWanted = 0; // 0: none
    std::optional<PromptSpec> m_runningPrompt;
    std::stop_source m_loadStop;
    std::stop_source m_previewStop;
    std::stop_source m_idleStop; // of the completion or the idle work that runs
    std::stop_source m_verifyStop;
    bool m_stopping = false;
    std::thread m_thread;
};

} // namespace sinkscope
