// SPDX-License-Identifier: Apache-2.0
// Geometry of the grid of thumbnails: a row a layer with KV groups apart, or one after the other.
#pragma once

#include "ui/views/head_grid_data.h"
#include "ui/views/head_thumbnail.h"

#include <QPoint>
#include <QRect>

#include <optional>
#include <vector>

namespace sinkscope::ui {

/// Where a thumbnail stands among the others.
struct GridPlace {
    int row = 0;
    int column = 0;
    bool operator==(const GridPlace &) const = default;
};

/// What the layout depends on.
struct HeadGridLayoutInput {
    HeadGridForm form = HeadGridForm::Layers;
    int layers = 0; ///< rows of form Layers
    int heads = 0; ///< columns of it
    int groupSize = 1;
    int count = 0; ///< thumbnails of form Flow
    QSize area; ///< px of the viewport
    ThumbnailSize thumbnail;
    int lineHeight = 14; ///< of the axis font
    int labelWidth = 24; ///< px of the longest label of a row
    double textScale = 1.0;
};

/// Where each thumbnail and label stands, in content coordinates (before scrolling). Thumbnails are counted
/// row by row. Validity: a value; pure geometry without painting.
class HeadGridLayout {
public:
    HeadGridLayout() = default;
    explicit HeadGridLayout(const HeadGridLayoutInput &input);

    /// px of a map with which all heads of a layer stand side by side on `width` px.
    static int fittingMap(HeadGridLayoutInput input, int width);

    int count() const { return m_count; }
    int rows() const { return m_rows; }
    int columns() const { return m_columns; }
    QRect cellRect(int index) const; ///< thumbnail, name and caption with a little room around
    QRect thumbnailRect(int index) const;
    QRect nameRect(int index) const; ///< of form Flow, above the thumbnail
    QRect captionRect(int index) const;
    QRect rowLabelRect(int row) const;
    QRect columnLabelRect(int column) const;
    QRect groupTitleRect(int group) const;
    bool showsGroupTitles() const { return m_groupTitles; }
    int groupCount() const;
    /// The frozen part above the thumbnails and the one at their left.
    int headerHeight() const { return m_top; }
    int labelsWidth() const { return m_left; }
    QSize contentSize() const { return m_content; }
    QSize pitch() const { return {m_pitchX, m_pitchY}; }

    std::optional<int> indexAt(QPoint content) const; ///< gaps belong to the thumbnail before
    GridPlace placeOf(int index) const { return {index / m_columns, index % m_columns}; }
    int indexOf(GridPlace place) const { return place.row * m_columns + place.column; }
    /// The one so many rows and columns away; stays inside.
    int step(int index, int rows, int columns) const;
    /// Those of the box between two of them, row by row.
    std::vector<int> box(int first, int second) const;
    QRect boxRect(int first, int second) const;
    /// Those that `content` touches, row by row.
    std::vector<int> indicesIn(const QRect &content) const;

private:
    int layerGap(int room) const;
    int columnX(int column) const;
    int columnAt(int x) const;
    int scaled(int px) const;

    HeadGridLayoutInput m_in;
    int m_count = 0;
    int m_rows = 0;
    int m_columns = 1;
    int m_left = 0;
    int m_top = 0;
    int m_nameHeight = 0;
    int m_pitchX = 1;
    int m_pitchY = 1;
    int m_groupGap = 0;
    bool m_groupTitles = false;
    QSize m_content;
};

} // namespace sinkscope::ui
