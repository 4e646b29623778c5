// SPDX-License-Identifier: Apache-2.0
// Colour maps as tables of stops, interpolated in sRGB, with 256-entry lookups.
#pragma once

#include "ui/theme/palette.h"

#include <QColor>
#include <QVector>

#include <array>
#include <vector>

namespace sinkscope::ui {

enum class SequentialMap { Viridis, Magma, Cividis, Grey };

/// A colour for each value of 0..1. A value type; copying is cheap enough for a theme (1 KiB).
class ColourMap {
public:
    ColourMap() = default;
    /// `stops` are spread evenly over 0..1; at least two.
    explicit ColourMap(const std::vector<QRgb> &stops);

    /// Colour at `share`, clamped to 0..1; NaN gives the first colour.
    QRgb rgb(double share) const { return m_table[static_cast<std::size_t>(index(share))]; }
    QColor colour(double share) const { return QColor::fromRgb(rgb(share)); }
    /// Entry of the lookup for `share`, 0..255.
    static int index(double share);
    /// The map with `share` of each colour left over `under`.
    ColourMap dimmed(const QColor &under, double share) const;
    /// The lookup, for Indexed8 images.
    QVector<QRgb> table() const;

private:
    std::array<QRgb, 256> m_table {};
};

ColourMap sequentialMap(SequentialMap map);
/// Attention to key 0, always 0..1.
ColourMap sinkRamp(ThemeMode mode);
/// Differences and ln gamma; the middle is zero.
ColourMap divergingMap(ThemeMode mode);

} // namespace sinkscope::ui
