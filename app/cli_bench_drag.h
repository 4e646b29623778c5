// SPDX-License-Identifier: Apache-2.0
// A slider dragged through the real engine: pictures per second and their age.
#pragma once

#include "app/cli_bench_sample.h"
#include "core/engine/engine.h"

#include <string>
#include <vector>

namespace sinkscope {

/// One replayed drag: 2 s of mouse moves at 60 Hz, a question each.
struct DragResult {
    int tokens = 0;
    int layer = 0; ///< of the dragged head: the middle one
    int pictures = 0; ///< finished previews during the drag
    double seconds = 0.0;
    Sample age; ///< at each mouse move, of the question whose answer is on screen

    double picturesPerSecond() const { return pictures / seconds; }
};

/// A step of the slider alone: from the question to its finished preview, all figures true.
struct SliderStepResult {
    int layer = 0;
    GemmPrecision precision = GemmPrecision::Exact; ///< of the shown figures
    Sample step;
    Sample closedForm; ///< the picture and entropies of the dragged head without a pass
};

/// The first points of the curve under a slider of the middle layer, one stack, as after its touch.
struct CurveStartResult {
    int tokens = 0;
    int layer = 0;
    int points = 0;
    Sample elapsed;
};

/// What a drag is replayed on.
struct DragSubject {
    std::string modelPath;
    EngineOptions engine;
    std::vector<TokenId> tokens;
};

/// Replays the drag on a compute thread of its own. Throws Error when the model cannot be loaded.
DragResult replayDrag(const DragSubject &subject);

/// `runs` steps at the middle and at the last layer, in turn.
std::vector<SliderStepResult> measureSliderSteps(const DragSubject &subject, int runs);

/// `runs` times the first points of a curve, each time of other factors.
CurveStartResult measureCurveStart(const DragSubject &subject, int runs);

} // namespace sinkscope
