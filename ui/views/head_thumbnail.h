// SPDX-License-Identifier: Apache-2.0
// One head as a small picture: key 0 apart, then the lower triangle, the strongest cell of each px.
#pragma once

#include "ui/theme/theme.h"
#include "ui/views/head_map_values.h"

#include <QImage>

namespace sinkscope::ui {

/// Sizes of a thumbnail in px.
struct ThumbnailSize {
    int map = 96; ///< a side of the triangle
    int sink = 8; ///< width of key 0
    int gap = 3; ///< between both

    int width() const { return sink + gap + map; }
    QSize whole() const { return {width(), map}; }
    QRect mapRect() const { return {sink + gap, 0, map, map}; }
    bool operator==(const ThumbnailSize &) const = default;
};

/// The picture of `data` in the colours of `scales`; hatched where the pattern was not captured. Where a
/// token fills several px they are alike, where several share one the strongest is seen.
QImage headThumbnail(
    const HeadMapData &data, const HeadMapScales &scales, const ThumbnailSize &size, const Theme &theme);

} // namespace sinkscope::ui
