// SPDX-License-Identifier: Apache-2.0
// From the points that the engine computed to the panels under the slider.
#pragma once

#include "ui/state/curve_feed.h"
#include "ui/state/curve_kinds.h"
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
    std::vector<CurveKind> kinds = usualCurves();
    AxisScale scale = AxisScale::Factor; ///< of the slider above
};

/// The curves asked for, in the order of kCurveKinds whatever the size of the window; those of answers only
/// where there are enough.
std::vector<CurveSeries> curveSeries(const CurveWish &wish);

} // namespace sinkscope::ui
