// SPDX-License-Identifier: Apache-2.0
// Cells, crosshair and axis labels of the head map.
#include "ui/views/colour_bar.h"
#include "ui/views/head_map_parts.h"

#include <QCoreApplication>
#include <QFontMetrics>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>

namespace sinkscope::ui {

namespace {

class Words {
    Q_DECLARE_TR_FUNCTIONS(HeadMap)
};

constexpr int kOverhang = 4; ///< px by which the row's lines reach out to the labels
constexpr int kMarkPx = 4; ///< width of the bars that say which part is in view
constexpr int kMarkGap = 4; ///< between these and the map
constexpr int kLeastMark = 16; ///< length
constexpr int kLeastForInside = 6; ///< smaller cells keep the white lines outside

// The lines of a crosshair stand on both sides of a band of `size` px: black outside, white next to it
// inside.
struct LineOffsets {
    int white = 0; ///< px outwards from the band's edge; 0 = just outside, -1 = just inside
    int black = 1;
};

LineOffsets offsetsFor(int cellPx)
{
    return cellPx >= kLeastForInside ? LineOffsets {-1, 0} : LineOffsets {0, 1};
}

void paintHorizontalPair(QPainter &painter, const QRect &band, int cellPx)
{
    const LineOffsets at = offsetsFor(cellPx);
    for (const auto &[offset, colour] : {std::pair(at.white, Qt::white), std::pair(at.black, Qt::black)}) {
        painter.fillRect(band.left(), band.top() - 1 - offset, band.width(), 1, colour);
        painter.fillRect(band.left(), band.bottom() + 1 + offset, band.width(), 1, colour);
    }
}

void paintVerticalPair(QPainter &painter, const QRect &band, int cellPx)
{
    const LineOffsets at = offsetsFor(cellPx);
    for (const auto &[offset, colour] : {std::pair(at.white, Qt::white), std::pair(at.black, Qt::black)}) {
        painter.fillRect(band.left() - 1 - offset, band.top(), 1, band.height(), colour);
        painter.fillRect(band.right() + 1 + offset, band.top(), 1, band.height(), colour);
    }
}

void paintFrame(QPainter &painter, const QRect &rect, int px, const QColor &colour)
{
    painter.fillRect(rect.left(), rect.top(), rect.width(), px, colour);
    painter.fillRect(rect.left(), rect.bottom() - px + 1, rect.width(), px, colour);
    painter.fillRect(rect.left(), rect.top(), px, rect.height(), colour);
    painter.fillRect(rect.right() - px + 1, rect.top(), px, rect.height(), colour);
}

// Index at the right end of its column, then the text, cut where it is too long.
void paintLabel(QPainter &painter, const HeadMapScene &scene, const QRect &rect, int token, const QColor &ink)
{
    const QFontMetrics metrics(painter.font());
    const int indexPx = scene.layout.indexPx();
    painter.setPen(ink == scene.theme.colours().accent || !painter.font().bold()
            ? scene.theme.colours().secondaryText
            : ink);
    painter.drawText(QRect(rect.left(), rect.top(), indexPx, rect.height()),
        Qt::AlignRight | Qt::AlignVCenter | Qt::TextDontClip, QString::number(token));
    painter.setPen(ink);
    const int left = rect.left() + indexPx + 4;
    const QRect place(left, rect.top(), rect.right() + 1 - left, rect.height());
    const QString shown =
        metrics.elidedText(scene.data.tokens[std::size_t(token)].text, Qt::ElideRight, place.width());
    painter.drawText(place,
        Qt::AlignLeft | Qt::AlignAbsolute | Qt::AlignVCenter | Qt::TextDontClip | Qt::TextSingleLine, shown);
}

// The labels to show: the marked ones first, then every n-th that does not touch a marked one.
struct ShownLabel {
    int token = 0;
    bool isMarked = false;
};

std::vector<ShownLabel> labelsToShow(const HeadMapScene &scene, const std::vector<int> &marked, bool isRow)
{
    const auto place = [&](int token) {
        return isRow ? scene.layout.rowLabelRect(token).top() : scene.layout.columnLabelRect(token).left();
    };
    std::vector<ShownLabel> shown;
    const int pitch = scene.layout.labelPitch();
    const auto touches = [&](int token) {
        return std::any_of(shown.begin(), shown.end(), [&](const ShownLabel &other) {
            return other.isMarked && std::abs(place(other.token) - place(token)) < pitch;
        });
    };
    const auto isInView = [&](int token) {
        return isRow ? scene.layout.isRowInView(token) : scene.layout.isColumnInView(token);
    };
    for (const int token : marked) {
        if (token >= 0 && token < scene.data.tokenCount() && isInView(token) && !touches(token))
            shown.push_back({token, true});
    }
    const int step = scene.layout.labelStep();
    const HeadMapAxis &axis = isRow ? scene.layout.rows() : scene.layout.columns();
    if (!isRow && !touches(0)) // stands apart, whatever is scrolled
        shown.push_back({0, false});
    if (axis.visible <= 0)
        return shown;
    const TokenSpan tokens = axis.visibleTokens();
    const int first = std::max(isRow ? 0 : 1, tokens.first);
    for (int token = (first + step - 1) / step * step; token <= tokens.last; token += step) {
        if (isInView(token) && !touches(token))
            shown.push_back({token, false});
    }
    return shown;
}

void paintColumnLabel(QPainter &painter, const HeadMapScene &scene, const ShownLabel &label)
{
    const QRect rect = scene.layout.columnLabelRect(label.token);
    const ThemeColours &colours = scene.theme.colours();
    painter.save();
    painter.setFont(label.isMarked ? scene.theme.type().axisBold : scene.theme.type().axis);
    painter.translate(rect.left(), rect.bottom() + 1);
    painter.rotate(-90);
    paintLabel(painter, scene, QRect(0, 0, rect.height(), rect.width()), label.token,
        label.token == 0 ? colours.accent : colours.text);
    painter.restore();
}

// Which part of the prompt is in view: a thin bar along the lower and the right edge of the map.
void paintScrollMarks(QPainter &painter, const HeadMapScene &scene)
{
    const HeadMapLayout &layout = scene.layout;
    const QRect map = layout.mapRect();
    const auto mark = [&](const HeadMapAxis &axis, const QRect &track, Qt::Orientation orientation) {
        if (axis.maximumOffset() == 0)
            return;
        painter.fillRect(track, scene.theme.colours().line);
        const bool isAcross = orientation == Qt::Horizontal;
        const int length = isAcross ? track.width() : track.height();
        const double share = double(length) / axis.content;
        const int at = int(std::lround(axis.offset * share));
        const int size = std::max(kLeastMark, int(std::lround(axis.visible * share)));
        const int start = std::min(at, length - size);
        painter.fillRect(isAcross ? QRect(track.left() + start, track.top(), size, track.height())
                                  : QRect(track.left(), track.top() + start, track.width(), size),
            scene.theme.colours().track);
    };
    mark(layout.columns(), {map.left(), map.bottom() + 1 + kMarkGap, map.width(), kMarkPx}, Qt::Horizontal);
    mark(layout.rows(), {map.right() + 1 + kMarkGap, map.top(), kMarkPx, map.height()}, Qt::Vertical);
}

} // namespace

void paintHeadMapCells(QPainter &painter, const HeadMapScene &scene)
{
    const HeadMapLayout &layout = scene.layout;
    const QRect map = layout.mapRect();
    painter.save();
    painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
    painter.setClipRect(layout.sinkColumnRect());
    painter.drawImage(scene.picture.sinkTarget(), scene.picture.sinkImage());
    if (!map.isEmpty() && !scene.picture.mapImage().isNull()) {
        painter.setClipRect(map);
        painter.drawImage(scene.picture.mapTarget(), scene.picture.mapImage());
    }
    painter.restore();
    paintScrollMarks(painter, scene);
    if (map.isEmpty() || !scene.picture.mapImage().isNull())
        return;
    paintHatched(painter, map, scene.theme);
    if (scene.data.notCapturedReason.isEmpty())
        return;
    painter.setFont(scene.theme.type().text);
    painter.setPen(scene.theme.colours().text);
    const QRect room = map.adjusted(24, 24, -24, -24);
    QRect box = painter.boundingRect(room, Qt::AlignCenter | Qt::TextWordWrap, scene.data.notCapturedReason);
    painter.fillRect(box.adjusted(-8, -8, 8, 8), scene.theme.colours().canvas);
    painter.drawText(room, Qt::AlignCenter | Qt::TextWordWrap, scene.data.notCapturedReason);
}

void paintHeadMapLabels(QPainter &painter, const HeadMapScene &scene)
{
    const ThemeColours &colours = scene.theme.colours();
    std::vector<int> rows;
    std::vector<int> columns;
    for (const auto &cell : {scene.hovered, scene.pinned}) {
        if (cell) {
            rows.push_back(cell->query);
            columns.push_back(cell->key);
        }
    }
    if (scene.linkedKey)
        columns.insert(columns.begin(), *scene.linkedKey);
    if (rows.empty())
        rows.push_back(scene.shownQuery);
    for (const HeadMapCell &cell : scene.kept) {
        rows.push_back(cell.query);
        columns.push_back(cell.key);
    }
    for (const ShownLabel &label : labelsToShow(scene, rows, true)) {
        painter.setFont(label.isMarked ? scene.theme.type().axisBold : scene.theme.type().axis);
        paintLabel(painter, scene, scene.layout.rowLabelRect(label.token), label.token, colours.text);
    }
    for (const ShownLabel &label : labelsToShow(scene, columns, false))
        paintColumnLabel(painter, scene, label);
    painter.setFont(scene.theme.type().axis);
    painter.setPen(colours.secondaryText);
    painter.drawText(scene.layout.axisNamesRect(), Qt::AlignLeft | Qt::AlignTop | Qt::TextDontClip,
        Words::tr("key (is read) →\nquery (reads) ↓"));
    if (scene.linkedKey && *scene.linkedKey < scene.data.tokenCount()
        && scene.layout.isColumnInView(*scene.linkedKey)) {
        const QRect column = scene.layout.cellRect({0, *scene.linkedKey});
        painter.fillRect(column.left(), scene.layout.mapRect().top() - 2, column.width(), 2, colours.accent);
    }
}

void paintHeadMapCrosshair(QPainter &painter, const HeadMapScene &scene)
{
    const HeadMapLayout &layout = scene.layout;
    const int cellPx = layout.cellPx();
    const QRect map = layout.mapRect();
    const QRect sink = layout.sinkColumnRect();
    const int end = std::max(map.right(), sink.right());
    // What is scrolled out has no lines; those in view end where the map does.
    const QRect rows(QPoint(0, map.top() - 1), QPoint(end + 2, sink.bottom() + kOverhang));
    painter.save();
    if (const auto cell = scene.current()) {
        const QRect rect = layout.cellRect(*cell);
        const QRect rowDiagonal = layout.cellRect({cell->query, cell->query});
        const QRect columnDiagonal = layout.cellRect({cell->key, cell->key});
        const QRect &column = cell->key == 0 ? sink : map;
        painter.setClipRect(QRect(column.left() - 2, rows.top(), column.width() + 4, rows.height()));
        paintVerticalPair(painter,
            QRect(QPoint(rect.left(), columnDiagonal.top()), QPoint(rect.right(), sink.bottom() + 3)),
            cellPx);
        painter.setClipRect(rows);
        if (layout.isRowInView(cell->query))
            paintHorizontalPair(painter,
                QRect(QPoint(sink.left() - kOverhang, rect.top()),
                    QPoint(cell->query == 0 ? sink.right() : std::max(rowDiagonal.right(), sink.right()),
                        rect.bottom())),
                cellPx);
    }
    const auto ring = [&](HeadMapCell cell, int white) {
        const QRect rect = layout.cellRect(cell);
        const int inner = cellPx >= kLeastForInside ? 1 : 0;
        const QRect whiteFrame = rect.adjusted(inner - white, inner - white, white - inner, white - inner);
        paintFrame(painter, whiteFrame, white, Qt::white);
        paintFrame(painter, whiteFrame.adjusted(-1, -1, 1, 1), 1, Qt::black);
    };
    const auto isInView = [&](HeadMapCell cell) {
        return layout.isRowInView(cell.query) && layout.isColumnInView(cell.key);
    };
    painter.setClipRect(rows);
    // A ring says pinned; the hovered cell has the thin lines only.
    for (const HeadMapCell &cell : scene.kept) {
        if (isInView(cell))
            ring(cell, 1);
    }
    if (scene.pinned && isInView(*scene.pinned))
        ring(*scene.pinned, 2);
    painter.restore();
}

} // namespace sinkscope::ui
