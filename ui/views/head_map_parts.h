// SPDX-License-Identifier: Apache-2.0
// The painted parts of the head map, one function each.
#pragma once

#include "ui/theme/theme.h"
#include "ui/views/head_map_data.h"
#include "ui/views/head_map_layout.h"
#include "ui/views/head_map_picture.h"
#include "ui/views/head_map_received.h"

#include <optional>
#include <span>

class QPainter;

namespace sinkscope::ui {

/// What a part is painted from. Validity: for one paint event; refers to the view's members.
struct HeadMapScene {
    const HeadMapData &data;
    const Theme &theme;
    const HeadMapLayout &layout;
    const HeadMapPicture &picture;
    std::optional<HeadMapCell> hovered;
    std::optional<HeadMapCell> pinned;
    std::optional<int> linkedKey; ///< pointed at elsewhere
    int shownQuery = -1; ///< whose weights stand below
    std::span<const HeadMapCell> kept = {}; ///< pinned beside the one the read-out speaks of
    HeadMapColumnFigure columnFigure = HeadMapColumnFigure::RowWeights;
    const ReceivedAttention *received = nullptr; ///< of the rows in view, for columnFigure Received

    std::optional<HeadMapCell> current() const { return hovered ? hovered : pinned; }
    QColor textColour() const { return data.isStale ? theme.colours().dimmedText : theme.colours().text; }
};

void paintHeadMapCells(QPainter &painter, const HeadMapScene &scene);
void paintHeadMapLabels(QPainter &painter, const HeadMapScene &scene);
void paintHeadMapCrosshair(QPainter &painter, const HeadMapScene &scene);
void paintHeadMapReadOut(QPainter &painter, const HeadMapScene &scene);
void paintHeadMapProfiles(QPainter &painter, const HeadMapScene &scene);
void paintHeadMapWeights(QPainter &painter, const HeadMapScene &scene);
void paintHeadMapBars(QPainter &painter, const HeadMapScene &scene);

/// Width the read-out asks for.
int readOutWidth(const Theme &theme);
/// The least room that every read-out with all its lines fits into.
QSize leastReadOut(const Theme &theme);
/// Where the read-out of the current cell stands with all its lines; empty: some find no room.
QRect readOutBox(const HeadMapScene &scene);
/// Whether the read-out of the current cell finds room in the picture.
bool showsReadOut(const HeadMapScene &scene);

} // namespace sinkscope::ui
