// SPDX-License-Identifier: Apache-2.0
// Shares and ticks of colour scales.
#include "ui/views/colour_scale.h"

#include "ui/theme/number_format.h"

#include <algorithm>
#include <cmath>

namespace sinkscope::ui {

namespace {

QString signedTick(double value)
{
    return value > 0.0 ? QLatin1Char('+') + formatTick(value) : formatTick(value);
}

std::vector<ScaleTick> logTicks(const ColourScale &scale)
{
    std::vector<ScaleTick> ticks {
        {0.0, QStringLiteral("≤ ") + formatTick(scale.minimum)}, {1.0, formatTick(scale.maximum)}};
    const int first = int(std::floor(std::log10(scale.minimum) + 1e-9)) + 1;
    const int last = int(std::ceil(std::log10(scale.maximum) - 1e-9)) - 1;
    for (int exponent = first; exponent <= last; ++exponent) {
        const double value = std::pow(10.0, exponent);
        ticks.push_back({scale.share(value), formatTick(value)});
    }
    return ticks;
}

} // namespace

double ColourScale::share(double value) const
{
    if (!(maximum > minimum))
        return 0.0;
    double place = (value - minimum) / (maximum - minimum);
    if (form == ScaleForm::Log)
        place = value > minimum ? std::log(value / minimum) / std::log(maximum / minimum) : 0.0;
    return place > 0.0 ? std::min(place, 1.0) : 0.0;
}

std::vector<ScaleTick> ColourScale::ticks() const
{
    if (form == ScaleForm::Log)
        return logTicks(*this);
    if (isSymmetric())
        return {{0.0, signedTick(minimum)}, {1.0, signedTick(maximum)}, {0.5, QStringLiteral("0")}};
    return {
        {0.0, formatTick(minimum)}, {1.0, formatTick(maximum)}, {0.5, formatTick(0.5 * (minimum + maximum))}};
}

ColourScale ColourScale::logarithmic(double maximum, int decades)
{
    const double top = maximum > 0.0 ? maximum : 1.0;
    const double floorExponent = std::ceil(std::log10(top) - 1e-9) - decades;
    return {std::pow(10.0, floorExponent), top, ScaleForm::Log};
}

double niceCeiling(double value)
{
    if (!(value > 0.0) || !std::isfinite(value))
        return 1.0;
    const double decade = std::pow(10.0, std::floor(std::log10(value)));
    for (const double step : {1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0}) {
        if (value <= step * decade * (1.0 + 1e-6))
            return step * decade;
    }
    return 10.0 * decade;
}

} // namespace sinkscope::ui
