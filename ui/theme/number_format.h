// SPDX-License-Identifier: Apache-2.0
// How numbers and tokens are written everywhere in the window.
#pragma once

#include <QString>

#include <cstdint>
#include <string_view>

namespace sinkscope::ui {

inline constexpr QChar kMinus(0x2212); ///< true minus sign

/// Fixed decimals with a true minus sign; "−0.00" is written "0.00"; NaN is a dash, infinity "∞".
QString formatFixed(double value, int decimals);
/// 4 decimals; below 0.001 three digits and a power of ten ("1.24·10⁻⁶").
QString formatProbability(double value);
/// Nats in the unit of the window (entropy_unit.h), 3 decimals; margins too.
QString formatEntropy(double nats);
/// 1 decimal from 10 up, 2 from 0.1, 3 below; 0 is "off".
QString formatFactor(double gamma);
/// ln gamma with a sign, 3 decimals; "−∞" for 0.
QString formatLnFactor(double gamma);
/// A figure that is small at times (KL, a mass): fixed decimals, but a power of ten instead of a false zero.
QString formatFigure(double value, int decimals);
/// A change: always a sign ("+0.0224", "−0.1000"). One that these decimals would round to zero is written
/// with a power of ten ("+6.3·10⁻⁵"), none at all as "±0.0000".
QString formatChange(double value, int decimals);
/// Tooltips and copies: 4 significant digits at least, a power of ten below 0.0001 and from a million up.
QString formatPrecise(double value);
/// "2.44 %" with 4 significant digits at most.
QString formatPercent(double share);
/// Milliseconds: "8.4 ms", "124 ms", "1.2 s".
QString formatMilliseconds(double ms);
/// "512 MiB", "2.1 GiB".
QString formatBytes(std::uint64_t bytes);
/// A short number for an axis: no trailing zeros, true minus sign.
QString formatTick(double value);
QString formatPowerOfTen(int exponent); ///< "10⁻⁷"

/// A token as shown: spaces in front, and of white space alone, as raised dots, newline as an arrow, tab as
/// an arrow to the bar, control characters as \x07. `piece` is UTF-8. Never strips; an empty piece gives "∅".
QString visibleToken(std::string_view piece);
/// The same, every space visible (for a token of spaces only, or where the exact text matters).
QString visibleText(const QString &text);
/// True when the token ends a line of the prompt.
bool endsLine(std::string_view piece);

} // namespace sinkscope::ui
