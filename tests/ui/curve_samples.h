// SPDX-License-Identifier: Apache-2.0
// Curves to look at in tests: on the engine's grid of factors, with a known lowest point.
#pragma once

#include "ui/views/curve_data.h"

#include <cmath>
#include <functional>

namespace sinkscope::ui {

/// 41 factors from 0.01 to 100 and off, as the engine's grid.
inline CurveLine lineOf(const std::function<double(double)> &ofLog, const QString &label = {})
{
    CurveLine line;
    line.label = label;
    line.points.push_back({0.0, ofLog(-2.0)});
    for (int step = 0; step <= 40; ++step) {
        const double log = -2.0 + step * 0.1;
        line.points.push_back({std::pow(10.0, log), ofLog(log)});
    }
    return line;
}

inline CurveSeries bowl() // lowest at log10 factor = 0.6
{
    return {QStringLiteral("Output entropy"), QStringLiteral("nats"),
        {lineOf([](double log) { return 3.0 + 0.1 * (log - 0.6) * (log - 0.6); })}, CurveExtreme::Lowest};
}

inline CurveSeries falling()
{
    return {
        QStringLiteral("p"), {}, {lineOf([](double log) { return 0.3 - 0.1 * log; })}, CurveExtreme::Lowest};
}

} // namespace sinkscope::ui
