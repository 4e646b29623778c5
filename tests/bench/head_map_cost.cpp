// SPDX-License-Identifier: Apache-2.0
// Milliseconds a frame of the head's map, painted offscreen while it is hovered, scrolled and zoomed:
// head_map_cost [TOKENS], 1,024 when not given.
#include "ui/views/head_map_view.h"

#include <fmt/core.h>

#include <QApplication>
#include <QImage>
#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <random>
#include <string>
#include <vector>

namespace sinkscope::ui {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kFrames = 200;
constexpr QSize kArea(1167, 830); // the centre of the window at 1920 x 1080

// Rows of random weights that sum to 1, a third of each on key 0.
HeadSide randomSide(int tokens, unsigned seed)
{
    std::mt19937 random(seed);
    std::exponential_distribution<float> weight;
    std::vector<float> pattern;
    std::vector<float> sinkMass;
    std::vector<float> entropy;
    for (int query = 0; query < tokens; ++query) {
        const std::size_t start = pattern.size();
        float sum = 0.0F;
        for (int key = 0; key <= query; ++key) {
            pattern.push_back(std::pow(weight(random), 3.0F));
            sum += pattern.back();
        }
        pattern[start] = 0.5F * sum;
        for (std::size_t at = start; at < pattern.size(); ++at)
            pattern[at] /= 1.5F * sum;
        sinkMass.push_back(pattern[start]);
        entropy.push_back(0.8F * std::log(float(query) + 1.0F));
    }
    return {SharedFloats(std::move(pattern)), SharedFloats(std::move(sinkMass)), SharedFloats(entropy),
        SharedFloats(entropy), {}, {}};
}

HeadMapData randomHead(int tokens)
{
    HeadMapData data;
    for (int token = 0; token < tokens; ++token)
        data.tokens.push_back({QStringLiteral("·word%1").arg(token % 97), token});
    data.baseline = randomSide(tokens, 1);
    data.edited = randomSide(tokens, 2);
    data.hasEdit = true;
    return data;
}

struct Bench {
    HeadMapView view;
    QImage target {kArea, QImage::Format_RGB32};

    // Milliseconds of `act` and the frame that follows.
    double frameAfter(const std::function<void()> &act)
    {
        const auto start = Clock::now();
        act();
        QPainter painter(&target);
        view.viewport()->render(&painter, QPoint(), QRegion(), {});
        return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
    }
    void hover(QPoint at)
    {
        QMouseEvent event(QEvent::MouseMove, at, Qt::NoButton, Qt::NoButton, Qt::NoModifier);
        QCoreApplication::sendEvent(view.viewport(), &event);
    }
    void turnWheel(QPoint at, int angle, Qt::KeyboardModifiers modifiers)
    {
        QWheelEvent event(at, at, {}, QPoint(0, angle), Qt::NoButton, modifiers, Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(view.viewport(), &event);
    }
    void measure(const char *name, const std::function<void(int frame)> &act)
    {
        std::vector<double> times;
        times.reserve(kFrames);
        for (int frame = 0; frame < kFrames; ++frame)
            times.push_back(frameAfter([&] { act(frame); }));
        std::sort(times.begin(), times.end());
        fmt::print(
            "{:<28} median {:6.2f} ms, worst {:6.2f} ms\n", name, times[times.size() / 2], times.back());
    }
};

// A point of the unmasked half, another one each frame.
QPoint pointAt(const HeadMapView &view, int frame)
{
    const QRect map = view.layoutForTest().mapRect();
    const double y = 0.3 + 0.6 * (frame * 37 % kFrames) / kFrames;
    const double x = y * 0.9 * (frame * 61 % kFrames) / kFrames;
    return map.topLeft() + QPoint(int(x * map.width()), int(y * map.height()));
}

void measureAll(int tokens)
{
    Bench bench;
    HeadMapView &view = bench.view;
    view.resize(kArea);
    view.show();
    const HeadMapData data = randomHead(tokens);
    fmt::print("{} tokens, {} x {} px, median and worst of {} frames\n", tokens, kArea.width(),
        kArea.height(), kFrames);
    fmt::print("{:<28} {:6.2f} ms\n", "first picture", bench.frameAfter([&] { view.setData(data); }));
    bench.measure("hover, all in view", [&](int frame) { bench.hover(pointAt(view, frame)); });
    bench.measure("other values (a slider)", [&](int) { view.setData(data); });
    bench.measure("zoom in and out", [&](int frame) {
        bench.turnWheel(pointAt(view, 50), frame / 10 % 2 == 0 ? 120 : -120, Qt::ControlModifier);
    });
    for (const int cell : {1, 4, 16}) {
        view.zoomToFit();
        while (view.layoutForTest().cellPx() < cell)
            view.zoomIn();
        const std::string size = fmt::format(", {} px a token", cell);
        view.showCell({tokens / 2, tokens / 4});
        bench.measure(("scroll" + size).c_str(), [&](int frame) {
            bench.turnWheel(view.layoutForTest().mapRect().center(), frame / 50 % 2 == 0 ? -120 : 120,
                frame % 2 == 0 ? Qt::ShiftModifier : Qt::NoModifier);
        });
        bench.measure(("hover" + size).c_str(), [&](int frame) { bench.hover(pointAt(view, frame)); });
    }
    view.zoomToFit();
    view.setColumnFigure(HeadMapColumnFigure::Received);
    bench.measure("hover, attention received", [&](int frame) { bench.hover(pointAt(view, frame)); });
    HeadMapData filtered = data;
    filtered.filter.strongestInRow = 3;
    bench.measure("filter of 3 keys a row", [&](int) { view.setData(filtered); });
}

} // namespace
} // namespace sinkscope::ui

int main(int count, char **arguments)
{
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    const QApplication application(count, arguments);
    const int tokens = count > 1 ? std::atoi(arguments[1]) : 1024;
    if (tokens < 2) {
        fmt::print(stderr, "Usage: head_map_cost [TOKENS], at least 2\n");
        return 2;
    }
    sinkscope::ui::measureAll(tokens);
    return 0;
}
