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
    const FactorCurve *curveOrNull = nullptr; ///< answers and margin
    const FactorCurve *entropyCurveOrNull = nullptr; ///< what does not depend on the answers
    std::vector<std::string> answers;
    HeadRef focus;
    Density density = Density::Full; ///< Compact: the margin comes last, it is among the figures above
};

/// Output entropy, answers, margin, attention entropy of the focus head; the most important first.
std::vector<CurveSeries> curveSeries(const CurveWish &wish);

} // namespace sinkscope::ui
