// SPDX-License-Identifier: Apache-2.0
// The read-out in the masked half, and the colour bars.
#include "ui/views/colour_bar.h"
#include "ui/views/head_map_parts.h"
#include "ui/views/head_map_words.h"

#include <QCoreApplication>
#include <QFontMetrics>
#include <QPainter>

#include <algorithm>

namespace sinkscope::ui {

namespace {

class Words {
    Q_DECLARE_TR_FUNCTIONS(HeadMap)
};

constexpr int kLeastLines = 2; ///< title and weight
constexpr int kNumberPx = 80; ///< a column of numbers
constexpr int kCloseNumberPx = 64; ///< in a small view
constexpr int kNumberGap = 12;

int lineHeight(const Theme &theme)
{
    return std::max(QFontMetrics(theme.type().text).height() + 1, theme.type().scaled(20));
}

struct ReadOutColumns {
    QRect label;
    QRect before;
    QRect after;
};

ReadOutColumns columnsOf(const QRect &row, bool hasBefore, int numberPx)
{
    ReadOutColumns columns;
    columns.after = QRect(row.right() + 1 - numberPx, row.top(), numberPx, row.height());
    columns.before = hasBefore ? columns.after.translated(-numberPx, 0) : QRect();
    const int right = hasBefore ? columns.before.left() : columns.after.left();
    columns.label = QRect(row.left(), row.top(), right - row.left(), row.height());
    return columns;
}

// How the read-out is set: roomy, or closer where the masked half is small.
struct ReadOutForm {
    QFont font;
    int lineHeight = 0;
    int lines = 0; ///< title and column heads included; 0: none fits
    int width = 0; ///< 0: the usual one
    int numberPx = 0;
};

int widestNumber(const ReadOut &readOut, const QFontMetrics &metrics)
{
    int px = readOut.hasBefore ? metrics.horizontalAdvance(Words::tr("baseline")) : 0;
    for (const ReadOutLine &line : readOut.lines) {
        for (const QString &number : {line.before, line.after})
            px = std::max(px, metrics.horizontalAdvance(number));
    }
    return px;
}

// The closer form in `font`: columns as wide as their words, the line as high as the font.
ReadOutForm closeForm(const HeadMapScene &scene, const ReadOut &readOut, const QFont &font, int wanted)
{
    const QFontMetrics metrics(font);
    ReadOutForm form {font, metrics.height(), 0, 0, widestNumber(readOut, metrics) + kNumberGap / 2};
    for (const ReadOutLine &line : readOut.lines)
        form.width = std::max(form.width, metrics.horizontalAdvance(line.label));
    form.width += form.numberPx * (readOut.hasBefore ? 2 : 1);
    for (int lines = wanted; lines >= kLeastLines && form.lines == 0; --lines) {
        if (!scene.layout.readOutRect(lines, form.lineHeight, form.width).isEmpty())
            form.lines = lines;
    }
    return form;
}

// Wide enough for every number.
int numberColumnPx(const HeadMapScene &scene, const ReadOut &readOut)
{
    const QFontMetrics metrics(scene.theme.type().text);
    int px = scene.theme.type().scaled(scene.layout.hasProfiles() ? kNumberPx : kCloseNumberPx);
    for (const ReadOutLine &line : readOut.lines) {
        for (const QString &number : {line.before, line.after})
            px = std::max(px, metrics.horizontalAdvance(number) + kNumberGap);
    }
    return px;
}

void paintBar(
    QPainter &painter, const HeadMapScene &scene, QRect rect, ColourBar bar, const QString &twoLines)
{
    const QFontMetrics metrics(scene.theme.type().axis);
    const bool isTwoLine = bar.title.contains(QLatin1Char('\n'));
    if (!isTwoLine && metrics.horizontalAdvance(bar.title) > rect.width()) {
        bar.title = twoLines;
        rect.translate(0, -metrics.height());
    }
    paintColourBar(painter, rect, bar, scene.theme);
}

} // namespace

int readOutWidth(const Theme &theme)
{
    const QFontMetrics metrics(theme.type().text);
    const int label = metrics.horizontalAdvance(Words::tr("row: attention to key 0"));
    return label + 2 * theme.type().scaled(kNumberPx) + 8;
}

int readOutLines(const HeadMapScene &scene, int wanted)
{
    for (int lines = wanted; lines >= kLeastLines; --lines) {
        if (!scene.layout.readOutRect(lines, lineHeight(scene.theme)).isEmpty())
            return lines;
    }
    return 0;
}

namespace {

// The roomy form if all lines fit, else the closer one that shows most.
ReadOutForm formFor(const HeadMapScene &scene, const ReadOut &readOut, int wanted)
{
    ReadOutForm best {scene.theme.type().text, lineHeight(scene.theme), readOutLines(scene, wanted), 0,
        numberColumnPx(scene, readOut)};
    for (const QFont &font : {scene.theme.type().text, scene.theme.type().axis}) {
        const ReadOutForm close = closeForm(scene, readOut, font, wanted);
        if (best.lines < wanted && close.lines > best.lines)
            best = close;
    }
    return best;
}

} // namespace

bool showsReadOut(const HeadMapScene &scene)
{
    const ReadOut readOut = makeReadOut(scene.data, scene.current(), scene.shownQuery);
    const int heads = readOut.hasBefore ? 2 : 1;
    return !readOut.lines.empty() && formFor(scene, readOut, heads + int(readOut.lines.size())).lines > heads;
}

void paintHeadMapReadOut(QPainter &painter, const HeadMapScene &scene)
{
    const ReadOut readOut = makeReadOut(scene.data, scene.current(), scene.shownQuery);
    const int heads = readOut.hasBefore ? 2 : 1; // title, column heads
    const ReadOutForm form = formFor(scene, readOut, heads + int(readOut.lines.size()));
    const int lines = form.lines;
    if (readOut.lines.empty() || lines <= heads)
        return;
    const ThemeColours &colours = scene.theme.colours();
    const int height = form.lineHeight;
    const QRect box = form.width == 0 ? scene.layout.readOutRect(lines, height)
                                      : scene.layout.readOutRect(lines, height, form.width);
    const int numberPx = form.numberPx;
    QRect row(box.left(), box.top(), box.width(), height);
    if (!hasShownPattern(scene.data))
        painter.fillRect(box.adjusted(-8, -8, 8, 8), colours.canvas);

    painter.setFont(scene.theme.type().title);
    painter.setPen(scene.textColour());
    const QFontMetrics titleMetrics(scene.theme.type().title);
    // The title may reach further left than the box: at the top the diagonal is far away.
    const int reach =
        scene.layout.mapRect().contains(box) ? box.left() - scene.layout.mapRect().left() - 2 * height : 0;
    const QRect titleRow = row.adjusted(-std::max(0, reach), 0, 0, 0);
    painter.drawText(titleRow, Qt::AlignRight | Qt::AlignAbsolute | Qt::AlignVCenter,
        titleMetrics.elidedText(readOut.title, Qt::ElideMiddle, titleRow.width()));
    row.translate(0, height);

    painter.setFont(form.font);
    const int right = Qt::AlignRight | Qt::AlignVCenter;
    if (readOut.hasBefore) {
        const ReadOutColumns columns = columnsOf(row, true, numberPx);
        painter.setPen(colours.secondaryText);
        painter.drawText(columns.before, right, Words::tr("baseline"));
        painter.drawText(columns.after, right, Words::tr("edited"));
        row.translate(0, height);
    }
    for (int position = 0; position < lines - heads; ++position) {
        const ReadOutLine &line = readOut.lines[std::size_t(position)];
        const ReadOutColumns columns = columnsOf(row, readOut.hasBefore, numberPx);
        painter.setPen(colours.secondaryText);
        painter.drawText(columns.label, right | Qt::TextDontClip, line.label);
        painter.drawText(columns.before, right, line.before);
        painter.setPen(scene.textColour());
        painter.drawText(columns.after, right, line.after);
        row.translate(0, height);
    }
}

void paintHeadMapBars(QPainter &painter, const HeadMapScene &scene)
{
    const HeadMapLayout &layout = scene.layout;
    const bool isBeside = !layout.hasProfiles() && layout.sinkBarRect().top() == layout.mapRect().top();
    const BarTitleForm form = isBeside ? BarTitleForm::TwoLines : BarTitleForm::OneLine;
    const HeadMapPicture &picture = scene.picture;
    if (scene.data.keyZero == KeyZeroPlace::Apart) {
        paintBar(painter, scene, layout.sinkBarRect(),
            {keyZeroBarTitle(scene.data, form), &picture.keyZeroMap(), picture.scales().keyZero.ticks()},
            keyZeroBarTitle(scene.data, BarTitleForm::TwoLines));
    }
    const bool isCaptured = hasShownPattern(scene.data);
    const bool hasRest = scene.data.tokenCount() > 1 || scene.data.keyZero == KeyZeroPlace::InScale;
    if (!hasRest)
        return;
    if (isCaptured)
        paintBar(painter, scene, layout.mapBarRect(),
            {restBarTitle(scene.data, form), &picture.restMap(), picture.scales().rest.ticks()},
            restBarTitle(scene.data, BarTitleForm::TwoLines));
    const QRect legend = layout.legendRect();
    if (legend.isEmpty())
        return;
    const QRect swatch(legend.left(), legend.top() + (legend.height() - 12) / 2, 12, 12);
    if (isCaptured)
        painter.fillRect(swatch, scene.theme.colours().masked);
    else
        paintHatched(painter, swatch, scene.theme);
    painter.setFont(scene.theme.type().axis);
    painter.setPen(scene.theme.colours().secondaryText);
    const QString masked = isBeside ? Words::tr("masked") : Words::tr("masked (later key)");
    painter.drawText(legend.adjusted(18, 0, 40, 0), Qt::AlignLeft | Qt::AlignVCenter,
        isCaptured ? masked : Words::tr("not captured"));
}

} // namespace sinkscope::ui
