// SPDX-License-Identifier: Apache-2.0
// Stops of the colour maps. Viridis, ramps and diverging maps: the design's tables; magma and cividis: ten
// even samples of the maps of matplotlib (CC0) and Nunez, Anderton and Renslow 2018.
#include "ui/theme/colour_maps.h"

#include <algorithm>
#include <cmath>

namespace sinkscope::ui {

namespace {

constexpr int kLast = 255;

QRgb between(QRgb from, QRgb to, double share)
{
    const auto channel = [share](int a, int b) { return int(std::lround(a + share * (b - a))); };
    return qRgb(
        channel(qRed(from), qRed(to)), channel(qGreen(from), qGreen(to)), channel(qBlue(from), qBlue(to)));
}

} // namespace

ColourMap::ColourMap(const std::vector<QRgb> &stops)
{
    const int segments = int(stops.size()) - 1;
    for (int entry = 0; entry <= kLast; ++entry) {
        const double place = double(entry) / kLast * segments;
        const int segment = std::min(int(place), segments - 1);
        m_table[std::size_t(entry)] =
            between(stops[std::size_t(segment)], stops[std::size_t(segment) + 1], place - segment);
    }
}

int ColourMap::index(double share)
{
    if (!(share > 0.0))
        return 0;
    // NOLINTNEXTLINE(bugprone-incorrect-roundings): positive here, and asked for once a pixel.
    return share >= 1.0 ? kLast : int(share * kLast + 0.5);
}

ColourMap ColourMap::dimmed(const QColor &under, double share) const
{
    ColourMap result;
    for (std::size_t entry = 0; entry < m_table.size(); ++entry)
        result.m_table[entry] = blended(QColor::fromRgb(m_table[entry]), under, share).rgb();
    return result;
}

QVector<QRgb> ColourMap::table() const
{
    return QVector<QRgb>(m_table.begin(), m_table.end());
}

ColourMap sequentialMap(SequentialMap map)
{
    switch (map) {
    case SequentialMap::Magma:
        return ColourMap({0xFF000004, 0xFF180F3E, 0xFF451077, 0xFF721F81, 0xFF9F2F7F, 0xFFCD4071, 0xFFF1605D,
            0xFFFD9567, 0xFFFEC98D, 0xFFFCFDBF});
    case SequentialMap::Cividis:
        return ColourMap({0xFF00204D, 0xFF00336F, 0xFF39486B, 0xFF575C6D, 0xFF707173, 0xFF8A8779, 0xFFA69D75,
            0xFFC4B56C, 0xFFE4CF5B, 0xFFFFEA46});
    case SequentialMap::Grey:
        return ColourMap({0xFF000000, 0xFFFFFFFF});
    case SequentialMap::Viridis:
        break;
    }
    return ColourMap({0xFF440154, 0xFF482878, 0xFF3E4A89, 0xFF31688E, 0xFF26828E, 0xFF1F9E89, 0xFF35B779,
        0xFF6DCD59, 0xFFB4DE2C, 0xFFFDE725});
}

ColourMap sinkRamp(ThemeMode mode)
{
    if (mode == ThemeMode::Dark)
        return ColourMap({0xFF20262F, 0xFF29405F, 0xFF35619B, 0xFF4C86D6, 0xFF72ABFF, 0xFFB7D4FF});
    return ColourMap({0xFFEDF3FC, 0xFFBBD2F4, 0xFF7FA9E6, 0xFF3F79D1, 0xFF1357BE, 0xFF0A2F73});
}

ColourMap divergingMap(ThemeMode mode)
{
    if (mode == ThemeMode::Dark)
        return ColourMap(
            {0xFFCDBDF7, 0xFF9A86D6, 0xFF655699, 0xFF1C1E21, 0xFF9C6420, 0xFFDE8B2C, 0xFFFFC684});
    return ColourMap({0xFF4B1F82, 0xFF7A68AE, 0xFFB5ADD3, 0xFFFBFBFB, 0xFFF6BE78, 0xFFD97A0E, 0xFF9A4803});
}

} // namespace sinkscope::ui
