// SPDX-License-Identifier: Apache-2.0
// An engine that computes nothing.
#include "tests/ui/fake_engine.h"

namespace sinkscope::test {

std::shared_ptr<Model> modelWithoutWeights()
{
    auto model = std::make_shared<Model>();
    model->config.layerCount = 2;
    model->config.headCount = 4;
    model->config.kvHeadCount = 2;
    return model;
}

std::shared_ptr<Snapshot> snapshotOf(const Intervention &intervention)
{
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->intervention = intervention;
    snapshot->pass = std::make_shared<PassResult>();
    return snapshot;
}

void FakeEngine::openModel(RequestId id, const std::string &path)
{
    loadId = id;
    loadPath = path;
}

void FakeEngine::cancelLoad()
{
    ++cancelledLoads;
}

void FakeEngine::ask(const PassQuestion &question)
{
    questions.push_back(question);
}

void FakeEngine::askCurve(const CurveQuestion &question)
{
    curves.push_back(question);
}

void FakeEngine::askSensitivity(RequestId pass)
{
    sensitivities.push_back(pass);
}

void FakeEngine::cancelAll()
{
    ++cancelledAll;
}

void FakeEngine::answerPreview(
    RequestId id, std::shared_ptr<const Snapshot> baseline, std::shared_ptr<const Snapshot> edited)
{
    m_listener.passAnswered({id, SnapshotStage::Preview, std::move(baseline), std::move(edited)});
}

void FakeEngine::answerFull(
    RequestId id, std::shared_ptr<const Snapshot> baseline, std::shared_ptr<const Snapshot> edited)
{
    m_listener.passAnswered({id, SnapshotStage::Full, std::move(baseline), std::move(edited)});
}

void FakeEngine::answerCurve()
{
    const CurveQuestion curve = curves.back();
    for (std::size_t index = 0; index < curve.gammas.size(); ++index) {
        CurvePoint point;
        point.id = curve.id;
        point.index = index;
        point.gamma = curve.gammas[index];
        point.outputEntropyNats = curve.gammas[index];
        m_listener.curvePointComputed(point);
    }
}

} // namespace sinkscope::test
