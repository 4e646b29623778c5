// SPDX-License-Identifier: Apache-2.0
// Milliseconds a frame of the grid of thumbnails, painted offscreen while it is scrolled and hovered:
// head_grid_cost [TOKENS [LAYERS [HEADS]]], 1,024 tokens and 32 x 32 heads when not given.
#include "ui/views/head_grid_view.h"

#include <fmt/core.h>

#include <QApplication>
#include <QImage>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <random>
#include <vector>

namespace sinkscope::ui {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kFrames = 200;
constexpr int kPatterns = 64; ///< different ones in memory, 2 MiB each at 1,024 tokens: more than caches hold
constexpr QSize kArea(1167, 760); // of the window at 1920 x 1080

struct Shape {
    int tokens = 1024;
    int layers = 32;
    int heads = 32;
};

// Rows of random weights that sum to 1, a third of each on key 0.
HeadSide randomSide(int tokens, unsigned seed)
{
    std::mt19937 random(seed);
    std::exponential_distribution<float> weight;
    std::vector<float> pattern;
    std::vector<float> sinkMass;
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
    }
    return {SharedFloats(std::move(pattern)), SharedFloats(std::move(sinkMass)), {}, {}, {}, {}};
}

HeadGridData randomGrid(const Shape &shape)
{
    std::vector<HeadSide> sides;
    for (unsigned seed = 1; seed <= kPatterns; ++seed)
        sides.push_back(randomSide(shape.tokens, seed));
    HeadGridData grid;
    grid.layers = shape.layers;
    grid.heads = shape.heads;
    grid.groupSize = 4;
    grid.tokens = shape.tokens;
    const auto cells = std::size_t(grid.cellCount());
    grid.versions.assign(cells, 1);
    grid.lastSinkMass.assign(cells, 0.33F);
    grid.gammas.assign(cells, 1.0F);
    grid.captured.assign(cells, true);
    grid.read = [sides, heads = shape.heads](HeatmapCell cell) {
        const HeadSide &side = sides[std::size_t(cell.layer * heads + cell.head) % sides.size()];
        return HeadGridReading {side, side};
    };
    return grid;
}

struct Bench {
    HeadGridView view;
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
    // All that is made while nothing else is to do.
    void rest()
    {
        for (int round = 0; round < 50; ++round)
            QCoreApplication::processEvents();
    }
    void measure(const char *name, const std::function<void(int frame)> &act)
    {
        std::vector<double> times;
        times.reserve(kFrames);
        for (int frame = 0; frame < kFrames; ++frame)
            times.push_back(frameAfter([&] { act(frame); }));
        std::sort(times.begin(), times.end());
        fmt::print(
            "{:<44} median {:6.2f} ms, worst {:6.2f} ms\n", name, times[times.size() / 2], times.back());
    }
    // Down and up again, `px` a frame.
    void scroll(QScrollBar *bar, int px, int frame)
    {
        const int length = std::max(1, bar->maximum());
        const int way = px * frame % (2 * length);
        bar->setValue(way <= length ? way : 2 * length - way);
    }
};

void measureAll(const Shape &shape)
{
    Bench bench;
    HeadGridView &view = bench.view;
    view.resize(kArea);
    view.show();
    HeadGridData data = randomGrid(shape);
    fmt::print("{} tokens, {} x {} heads, {} x {} px, median and worst of {} frames\n", shape.tokens,
        shape.layers, shape.heads, kArea.width(), kArea.height(), kFrames);
    fmt::print("{:<44} {:6.2f} ms\n", "first frame", bench.frameAfter([&] { view.setData(data); }));
    const auto start = Clock::now();
    int frames = 1;
    for (; !view.isComplete(); ++frames)
        bench.frameAfter([] {});
    fmt::print("{:<44} {:6.2f} ms more, {} frames\n", "all pictures in view",
        std::chrono::duration<double, std::milli>(Clock::now() - start).count(), frames);
    auto *down = view.verticalScrollBar();
    bench.measure("scroll, 30 px a frame", [&](int frame) { bench.scroll(down, 30, frame); });
    bench.measure("scroll, 130 px a frame", [&](int frame) { bench.scroll(down, 130, frame); });
    bench.measure("scroll, a page a frame", [&](int frame) { bench.scroll(down, 700, frame); });
    bench.measure("scroll sideways, 30 px a frame",
        [&](int frame) { bench.scroll(view.horizontalScrollBar(), 30, frame); });
    bench.rest();
    bench.measure("hover", [&](int frame) {
        const QPoint at(100 + frame * 37 % 1000, 60 + frame * 61 % 600);
        QMouseEvent event(QEvent::MouseMove, at, Qt::NoButton, Qt::NoButton, Qt::NoModifier);
        QCoreApplication::sendEvent(view.viewport(), &event);
    });
    bench.measure("all values replaced (a slider)", [&](int) {
        for (unsigned &version : data.versions)
            ++version;
        view.setData(data);
    });
    bench.measure("12 heads replaced (a slider)", [&](int) {
        for (int head = 0; head < 12; ++head)
            ++data.versions[data.at({view.visibleHeads().front().layer, head % shape.heads})];
        view.setData(data);
    });
    data.range = HeadMapRange::ThisHead;
    view.setData(data);
    bench.measure("scroll, 30 px, ranges of each head", [&](int frame) { bench.scroll(down, 30, frame); });
    fmt::print("pictures kept: {:.1f} MiB\n", double(view.picturesForTest().bytes()) / (1 << 20));
}

} // namespace
} // namespace sinkscope::ui

int main(int count, char **arguments)
{
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    const QApplication application(count, arguments);
    sinkscope::ui::Shape shape;
    int *const sizes[] = {&shape.tokens, &shape.layers, &shape.heads};
    for (int place = 1; place < count && place <= 3; ++place)
        *sizes[place - 1] = std::atoi(arguments[place]);
    if (shape.tokens < 2 || shape.layers < 1 || shape.heads < 1) {
        fmt::print(stderr, "Usage: head_grid_cost [TOKENS [LAYERS [HEADS]]], at least 2 tokens\n");
        return 2;
    }
    sinkscope::ui::measureAll(shape);
    return 0;
}
