// SPDX-License-Identifier: Apache-2.0
// An engine that computes nothing: it keeps what was asked, and answers when the test says so.
#pragma once

#include "core/engine/engine_backend.h"

#include <memory>
#include <string>
#include <vector>

namespace sinkscope::test {

/// A model of 2 layers, 4 heads and 2 KV heads, without weights.
std::shared_ptr<Model> modelWithoutWeights();
/// A snapshot of no prompt and no layers.
std::shared_ptr<Snapshot> snapshotOf(const Intervention &intervention = {});

/// Owner: the test. Threads: one; answers reach the listener at once.
class FakeEngine : public EngineBackend {
public:
    explicit FakeEngine(EngineListener &listener)
        : m_listener(listener)
    {
    }

    void openModel(RequestId id, const std::string &path) override;
    void cancelLoad() override;
    void ask(const PassQuestion &question) override;
    void askCurve(const CurveQuestion &question) override;
    void askSensitivity(RequestId pass) override;
    void askHeadScores(const HeadScoreQuestion &question) override { scoreQuestions.push_back(question); }
    void askPosition(const PositionQuestion &question) override { positionQuestions.push_back(question); }
    void askGeneration(const GenerationQuestion &question) override
    {
        generationQuestions.push_back(question);
    }
    void cancelGeneration() override { ++cancelledGenerations; }
    void verify(RequestId id) override { verifyIds.push_back(id); }
    void cancelVerify() override { ++cancelledVerifies; }
    void cancelAll() override;
    void shutDown() override { }

    EngineListener &listener() { return m_listener; }
    /// Both stages of an answer to the question `id`.
    void answerPreview(
        RequestId id, std::shared_ptr<const Snapshot> baseline, std::shared_ptr<const Snapshot> edited);
    void answerFull(
        RequestId id, std::shared_ptr<const Snapshot> baseline, std::shared_ptr<const Snapshot> edited);
    /// Every point of the newest curve, with its gamma as entropy.
    void answerCurve();

    RequestId loadId = 0;
    std::string loadPath;
    int cancelledLoads = 0;
    int cancelledAll = 0;
    std::vector<PassQuestion> questions;
    std::vector<CurveQuestion> curves;
    std::vector<RequestId> sensitivities; ///< questions whose derivatives were asked for
    std::vector<HeadScoreQuestion> scoreQuestions;
    std::vector<PositionQuestion> positionQuestions;
    std::vector<GenerationQuestion> generationQuestions;
    int cancelledGenerations = 0;
    std::vector<RequestId> verifyIds;
    int cancelledVerifies = 0;

private:
    EngineListener &m_listener;
};

} // namespace sinkscope::test
