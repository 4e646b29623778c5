// SPDX-License-Identifier: Apache-2.0
// Ids of questions and answers: what is stale never reaches the window.
#include "tests/ui/fake_engine.h"

#include "ui/bridge/engine_controller.h"

#include <QCoreApplication>
#include <QSignalSpy>
#include <QTest>

#include <gtest/gtest.h>

#include <thread>

using namespace sinkscope;
using namespace sinkscope::ui;
using namespace sinkscope::test;
using Supersede = EngineController::Supersede;

namespace {

struct ControllerBench {
    ResultRelay relay;
    FakeEngine engine {relay};
    std::unique_ptr<EngineController> controller = std::make_unique<EngineController>(engine, relay);
    std::vector<RequestId> previews;
    std::vector<RequestId> fulls;
    int curvePoints = 0;
    QStringList errors;

    ControllerBench()
    {
        QObject::connect(controller.get(), &EngineController::previewReady,
            [this](const PassAnswer &answer) { previews.push_back(answer.id); });
        QObject::connect(controller.get(), &EngineController::fullReady,
            [this](const PassAnswer &answer) { fulls.push_back(answer.id); });
        QObject::connect(controller.get(), &EngineController::curvePointReady,
            [this](const sinkscope::CurvePoint &) { ++curvePoints; });
        QObject::connect(controller.get(), &EngineController::passFailed,
            [this](const UserMessage &message) { errors << message.oneLine(); });
        QObject::connect(controller.get(), &EngineController::loadFailed,
            [this](const UserMessage &message) { errors << message.oneLine(); });
    }
    void deliver() { QCoreApplication::processEvents(); }
};

TEST(EngineController, AnswersToAnEarlierPromptAreDropped)
{
    ControllerBench bench;
    const RequestId first = bench.controller->ask({}, Supersede::EarlierAnswers);
    const RequestId second = bench.controller->ask({}, Supersede::EarlierAnswers);
    ASSERT_NE(first, second);
    bench.engine.answerPreview(first, nullptr, nullptr);
    bench.engine.answerPreview(second, nullptr, nullptr);
    bench.deliver();
    EXPECT_EQ(bench.previews, std::vector<RequestId> {second});
}

TEST(EngineController, StepsOfOneDragAreShownButNeverBackwards)
{
    ControllerBench bench;
    const RequestId first = bench.controller->ask({}, Supersede::EarlierAnswers);
    const RequestId second = bench.controller->ask({}, Supersede::OnlyEarlierWaiting);
    const RequestId third = bench.controller->ask({}, Supersede::OnlyEarlierWaiting);
    bench.engine.answerPreview(second, nullptr, nullptr);
    bench.engine.answerPreview(first, nullptr, nullptr);
    bench.engine.answerFull(third, nullptr, nullptr);
    bench.deliver();
    EXPECT_EQ(bench.previews, std::vector<RequestId> {second});
    EXPECT_EQ(bench.fulls, std::vector<RequestId> {third});
    EXPECT_FALSE(bench.controller->isPassRunning());
}

TEST(EngineController, ErrorsOfEarlierQuestionsAreDropped)
{
    ControllerBench bench;
    const RequestId first = bench.controller->ask({}, Supersede::OnlyEarlierWaiting);
    const RequestId second = bench.controller->ask({}, Supersede::OnlyEarlierWaiting);
    ErrorParts error;
    error.what = "the prompt is empty";
    bench.engine.listener().passFailed(first, error);
    bench.deliver();
    EXPECT_TRUE(bench.errors.isEmpty());
    bench.engine.listener().passFailed(second, error);
    bench.deliver();
    ASSERT_EQ(bench.errors.size(), 1);
    EXPECT_TRUE(bench.errors.front().contains(QStringLiteral("The prompt is empty.")));
}

TEST(EngineController, ANewPassEndsTheCurve)
{
    ControllerBench bench;
    CurveQuestion curve;
    curve.gammas = {1.0, 2.0};
    bench.controller->askCurve(curve);
    bench.engine.answerCurve();
    bench.deliver();
    EXPECT_EQ(bench.curvePoints, 2);
    bench.controller->ask({}, Supersede::OnlyEarlierWaiting);
    bench.engine.answerCurve();
    bench.deliver();
    EXPECT_EQ(bench.curvePoints, 2);
}

TEST(EngineController, AnswersFromAnotherThreadArriveHereInOrder)
{
    ControllerBench bench;
    const RequestId id = bench.controller->ask({}, Supersede::EarlierAnswers);
    std::thread compute([&bench, id] {
        bench.engine.answerPreview(id, nullptr, nullptr);
        bench.engine.answerFull(id, nullptr, nullptr);
    });
    compute.join();
    EXPECT_TRUE(bench.previews.empty()); // nothing before the event loop turns
    bench.deliver();
    EXPECT_EQ(bench.previews.size(), 1U);
    EXPECT_EQ(bench.fulls.size(), 1U);
}

TEST(EngineController, NothingArrivesAfterItIsGone)
{
    ControllerBench bench;
    const RequestId id = bench.controller->ask({}, Supersede::EarlierAnswers);
    bench.engine.answerPreview(id, nullptr, nullptr);
    bench.controller.reset();
    bench.engine.answerFull(id, nullptr, nullptr);
    bench.deliver();
    EXPECT_TRUE(bench.previews.empty());
    EXPECT_TRUE(bench.fulls.empty());
}

TEST(EngineController, ALoadThatWasReplacedSaysNothing)
{
    ControllerBench bench;
    int loaded = 0;
    QObject::connect(bench.controller.get(), &EngineController::modelLoaded, [&loaded] { ++loaded; });
    bench.controller->openModel(QStringLiteral("first.gguf"));
    const RequestId first = bench.engine.loadId;
    bench.controller->openModel(QStringLiteral("second.gguf"));
    bench.engine.listener().modelLoaded(first, nullptr);
    bench.deliver();
    EXPECT_EQ(loaded, 0);
    EXPECT_TRUE(bench.controller->isLoading());
    bench.engine.listener().loadCancelled(bench.engine.loadId);
    bench.deliver();
    EXPECT_FALSE(bench.controller->isLoading());
}

TEST(UserMessage, SaysFilePlaceCauseAndWayOut)
{
    ErrorParts error;
    error.what = "the tensor runs past the end of the file";
    error.file = "/models/a.gguf";
    error.place = "tensor 'x'";
    error.given = "offset 10";
    error.expected = "at most 5";
    error.wayOut = "download it again";
    const UserMessage message = userMessage(QStringLiteral("This file cannot be opened"), error);
    EXPECT_EQ(message.title, QStringLiteral("This file cannot be opened."));
    EXPECT_EQ(message.cause,
        QStringLiteral("a.gguf, tensor 'x': The tensor runs past the end of the file. Given: offset 10. "
                       "Expected: at most 5."));
    EXPECT_EQ(message.wayOut, QStringLiteral("Download it again."));
    EXPECT_TRUE(message.details.contains(QStringLiteral("File: /models/a.gguf")));
    EXPECT_FALSE(message.oneLine().contains(QLatin1Char('\n')));
}

} // namespace
