// SPDX-License-Identifier: Apache-2.0
// From a value to a share of a colour map: linear, logarithmic or symmetric about zero; and the ticks of its
// bar.
#pragma once

#include <QString>

#include <vector>

namespace sinkscope::ui {

enum class ScaleForm { Linear, Log };

/// One number below a colour bar.
struct ScaleTick {
    double share = 0.0; ///< 0..1 along the bar
    QString text;
};

/// How values become shares of a colour map.
struct ColourScale {
    double minimum = 0.0;
    double maximum = 1.0;
    ScaleForm form =
        ScaleForm::Linear; ///< Log needs 0 < minimum < maximum; values below the minimum get its colour

    /// 0..1, clamped.
    double share(double value) const;
    /// Numbers for a bar: both ends first, then the ones between; a bar drops those between that would touch.
    std::vector<ScaleTick> ticks() const;
    bool isSymmetric() const { return minimum < 0.0 && minimum == -maximum; }
    bool operator==(const ColourScale &) const = default;

    static ColourScale unit() { return {}; }
    static ColourScale symmetric(double limit) { return {-limit, limit, ScaleForm::Linear}; }
    static ColourScale linear(double minimum, double maximum)
    {
        return {minimum, maximum, ScaleForm::Linear};
    }
    /// The floor at a power of ten, `decades` below the one that `maximum` reaches.
    static ColourScale logarithmic(double maximum, int decades = 3);
};

/// `value` rounded up to 1, 1.5, 2, 3, 4, 5, 6 or 8 times a power of ten: a calm end of a range.
double niceCeiling(double value);

} // namespace sinkscope::ui
