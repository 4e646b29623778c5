// SPDX-License-Identifier: Apache-2.0
// From the points that the engine computed to the panels under the slider.
#pragma once

#include "ui/state/curve_feed.h"
#include "ui/theme/view_states.h"
#include "ui/views/curve_data.h"

#include <QtCore/QStringList>

#include <vector>

namespace sinkscope::ui {

/// What to draw of a curve.
struct CurveWish {
    const FactorCurve *curveOrNull = nullptr;
    std::vector<std::string> answers;
    HeadRef focus;
    Density density = Density::Full; ///< Compact: the answers' own panel is left out where there is a margin
};

/// Output entropy, answers, margin, attention entropy of the focus head.
std::vector<CurveSeries> curveSeries(const CurveWish &wish);

} // namespace sinkscope::ui
