// SPDX-License-Identifier: Apache-2.0
// The axis of factors: off at the far left, a gap, then 0.01 to 100 on a log scale; steps and typed numbers
// on it.
#pragma once

#include <QString>

#include <optional>

namespace sinkscope::ui {

inline constexpr double kFactorOff = 0.0;
inline constexpr double kLowestFactor = 0.01;
inline constexpr double kHighestFactor = 100.0;

/// What the places of the axis are called: the factor, its logarithm, or a number that is added, from -10 at
/// 0.01 to +10 at 100, which has no "off".
enum class AxisScale { Factor, LnFactor, Additive };
inline constexpr double kGreatestAdditive = 10.0;

enum class SnapAtOne { On, Released };
enum class StepSize {
    Coarse, ///< 1/4 decade
    Normal, ///< 1/40 decade
    Fine, ///< 1/200 decade
};

/// Where the axis lies, in px of the widget. The slider and the curves under it use one value.
struct FactorAxis {
    double offX = 0; ///< the off stop
    double lowX = 0; ///< factor 0.01
    double highX = 0; ///< factor 100

    /// Axis of the factor panel: `width` is that of the whole dock, its 16 px margins included.
    static FactorAxis forPanel(int width, double textScale);
    /// Axis of a small slider that fills `width` px.
    static FactorAxis forSmall(int width);

    /// Factors beyond the axis lie on its ends; off (0) lies on the off stop.
    double xOf(double factor) const;
    /// Factor under `x`: off left of the middle of the gap, exactly 1 within 6 px of it unless released.
    double factorAt(double x, SnapAtOne snap) const;
    /// What an offset of `dx` px multiplies a factor by.
    double ratioOf(double dx) const;
    bool operator==(const FactorAxis &) const = default;
};

/// `steps` away from `factor` (down when negative). 1 is never jumped over; below 0.01 comes off, above off
/// 0.01.
double steppedFactor(double factor, int steps, StepSize size);

/// What a typed text asks for.
struct FactorEntry {
    enum class Kind {
        Value, ///< the factor itself
        Ratio, ///< the present factor times `number` (from "/2", "*2")
    };
    Kind kind = Kind::Value;
    double number = 1.0;
};

struct ParsedFactor {
    std::optional<FactorEntry> entry; ///< absent: the text is not a factor
    QString message; ///< then: what was expected, in one sentence
};

/// Reads "2.5", "off", "ln 0.9" (ln gamma = 0.9), "/2", "*2".
ParsedFactor parseFactor(const QString &text);

/// The factor `entry` gives when the present one is `factor`, or why it does not lie on the axis.
ParsedFactor resolveFactor(const FactorEntry &entry, double factor);

/// The same for what is typed on another scale: "1.1" is ln gamma, or the number that is added.
ParsedFactor parseOnScale(const QString &text, AxisScale scale);

/// The value at a place, as written: "2.50", "+0.916", "+1.99".
QString valueText(double place, AxisScale scale);
/// The same for a label of the axis.
QString tickText(double place, AxisScale scale);

} // namespace sinkscope::ui
