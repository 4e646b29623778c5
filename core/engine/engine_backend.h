// SPDX-License-Identifier: Apache-2.0
// What the interface needs of a compute engine, and what it is told.
#pragma once

#include "core/analysis/sensitivity.h"
#include "core/analysis/verify_report.h"
#include "core/base/error.h"
#include "core/engine/generation_job.h"
#include "core/engine/head_score_job.h"
#include "core/engine/position_job.h"
#include "core/engine/request.h"

namespace sinkscope {

/// Receives answers on the compute thread; must return quickly and not call back into the backend.
class EngineListener {
public:
    virtual ~EngineListener() = default;
    virtual void loadProgressed(RequestId id, double fraction, const std::string &step) = 0;
    virtual void modelLoaded(RequestId id, std::shared_ptr<const Model> model) = 0;
    /// The former model stays usable.
    virtual void loadFailed(RequestId id, const ErrorParts &error) = 0;
    virtual void loadCancelled(RequestId id) = 0;
    virtual void passStarted(RequestId id) = 0;
    /// The tokens of a new prompt, before its first pass.
    virtual void promptTokenized(RequestId id, std::shared_ptr<const TokenizedPrompt> prompt) = 0;
    /// Share of the layers of the question's passes that are done, 0..1; after each layer.
    virtual void passProgressed(RequestId id, double fraction) = 0;
    virtual void passAnswered(const PassAnswer &answer) = 0;
    virtual void passFailed(RequestId id, const ErrorParts &error) = 0;
    virtual void curvePointComputed(const CurvePoint &point) = 0;
    /// Derivatives at the edits of the PassQuestion `id`.
    virtual void sensitivityComputed(RequestId id, std::shared_ptr<const Sensitivity> sensitivity) = 0;
    virtual void sensitivityFailed(RequestId id, const ErrorParts &error) = 0;
    /// Scores of heads; of an ablation after each stack. A listener that asks for none leaves them.
    // NOLINTNEXTLINE(performance-unnecessary-value-param): overrides keep the answer
    virtual void headScoresComputed(std::shared_ptr<const HeadScoreAnswer> /*answer*/) { }
    virtual void headScoresFailed(const HeadScoreQuestion & /*question*/, const ErrorParts & /*error*/) { }
    /// The output at a position. A listener that asks for none leaves them.
    // NOLINTNEXTLINE(performance-unnecessary-value-param): overrides keep the answer
    virtual void positionComputed(std::shared_ptr<const PositionAnswer> /*answer*/) { }
    virtual void positionFailed(const PositionQuestion & /*question*/, const ErrorParts & /*error*/) { }
    /// Both texts so far, after each token. A listener that asks for none leaves them.
    // NOLINTNEXTLINE(performance-unnecessary-value-param): overrides keep the answer
    virtual void generationAdvanced(std::shared_ptr<const GenerationAnswer> /*answer*/) { }
    virtual void generationFailed(RequestId /*id*/, const ErrorParts & /*error*/) { }
    /// Of a verification; a listener that asks for none leaves them.
    virtual void verifyProgressed(RequestId /*id*/, double /*fraction*/, const std::string & /*step*/) { }
    // NOLINTNEXTLINE(performance-unnecessary-value-param): overrides keep the report
    virtual void verified(RequestId /*id*/, std::shared_ptr<const VerifyReport> /*report*/) { }
    virtual void verifyFailed(RequestId /*id*/, const ErrorParts & /*error*/) { }
};

/// An engine as the interface sees it. Calls return at once; answers come to the listener with the id of
/// their question, and what is no longer wanted is dropped. Threads: all calls from one thread.
class EngineBackend {
public:
    virtual ~EngineBackend() = default;

    virtual void openModel(RequestId id, const std::string &path) = 0;
    virtual void cancelLoad() = 0;
    /// Holds from the next work on; what runs is finished as it began. An engine without limits leaves it.
    virtual void setLimits(const EngineLimits & /*limits*/) { }
    /// Needs a model; without one passFailed answers.
    virtual void ask(const PassQuestion &question) = 0;
    /// Curve of the newest PassQuestion, computed after it.
    virtual void askCurve(const CurveQuestion &question) = 0;
    /// Derivatives by every head at the PassQuestion `pass`, computed after its Full answer and the curves
    /// that are wanted. A new question ends it; of another question than the newest answered one none come.
    virtual void askSensitivity(RequestId pass) = 0;
    /// Scores of all heads at the PassQuestion `question.pass`, under the same rules, after the derivatives.
    /// Replaces those asked for before.
    virtual void askHeadScores(const HeadScoreQuestion &question) = 0;
    /// The output at a position at the PassQuestion `question.pass`, after its Full answer and before all
    /// that is computed ahead: someone looks at it. A new question ends it; of another question than the
    /// newest answered one none comes. Replaces the one asked for before.
    virtual void askPosition(const PositionQuestion &question) = 0;
    /// Text after the prompt of the newest answered PassQuestion, a token at a time, before all that is
    /// computed ahead. It keeps the edits it began with: questions and positions are answered between two
    /// tokens and do not end it. Replaces one that runs; a new model ends it without an answer.
    virtual void askGeneration(const GenerationQuestion &question) = 0;
    /// Ends the generation without another answer.
    virtual void cancelGeneration() = 0;
    /// The trust report of the loaded model, in steps between which questions are answered. Replaces one that
    /// runs; a new model ends it without an answer. Without a model verifyFailed answers.
    virtual void verify(RequestId id) = 0;
    /// Ends the verification without an answer.
    virtual void cancelVerify() = 0;
    /// Ends the running pass, the position, the curve, the derivatives, the scores and what waits; a
    /// generation and a verification go on.
    virtual void cancelAll() = 0;
    /// Ends all work and the thread; no listener call after it returns.
    virtual void shutDown() = 0;
};

} // namespace sinkscope
