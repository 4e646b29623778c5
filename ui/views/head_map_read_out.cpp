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

constexpr int kMostLines = 8; ///< title in two lines, column heads, five figures
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

// How the read-out is set: roomy, or closer where room is short.
struct ReadOutForm {
    QFont font;
    int lineHeight = 0;
    int width = 0; ///< 0: the usual one
    int numberPx = 0;
    int titleLines = 1;
    int figures = 0; ///< lines that follow title and column heads; 0: none fits

    int lines(const ReadOut &readOut) const { return titleLines + (readOut.hasBefore ? 1 : 0) + figures; }
    QRect box(const HeadMapScene &scene, const ReadOut &readOut) const
    {
        const int count = lines(readOut);
        return width == 0 ? scene.layout.readOutRect(count, lineHeight)
                          : scene.layout.readOutRect(count, lineHeight, width);
    }
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
ReadOutForm closeForm(const ReadOut &readOut, const QFont &font)
{
    const QFontMetrics metrics(font);
    ReadOutForm form {font, metrics.height(), 0, widestNumber(readOut, metrics) + kNumberGap / 2};
    for (const ReadOutLine &line : readOut.lines)
        form.width = std::max(form.width, metrics.horizontalAdvance(line.label));
    form.width += form.numberPx * (readOut.hasBefore ? 2 : 1);
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

QSize leastReadOut(const Theme &theme)
{
    const QFontMetrics metrics(theme.type().axis);
    const int label = metrics.horizontalAdvance(Words::tr("row: attention to key 0"));
    const int number = metrics.horizontalAdvance(QStringLiteral("9.99·10⁻⁹")) + kNumberGap / 2;
    return {label + 2 * number, kMostLines * metrics.height()};
}

namespace {

// The row of the title may reach further left than the box: at the top the diagonal is far away, and right of
// the map nothing else stands beside it.
QRect titleRowOf(const HeadMapScene &scene, const QRect &box, int height)
{
    const QRect &map = scene.layout.mapRect();
    const int end = std::max(map.left() + map.width(), scene.layout.sinkColumnRect().right() + 1);
    const int start = map.contains(box) ? map.left() + 2 * height : end + height;
    const int reach = box.left() - start;
    return QRect(box.left(), box.top(), box.width(), height).adjusted(-std::max(0, reach), 0, 0, 0);
}

// Whether all lines of `form` find room, the title uncut where it is in one line.
bool isWhole(const HeadMapScene &scene, const ReadOut &readOut, const ReadOutForm &form)
{
    const QRect box = form.box(scene, readOut);
    const int title = QFontMetrics(scene.theme.type().title).horizontalAdvance(readOut.title);
    return !box.isEmpty()
        && (form.titleLines > 1 || title <= titleRowOf(scene, box, form.lineHeight).width());
}

// The roomy form if all lines fit, else a closer one, else as many lines as there is room for.
ReadOutForm formFor(const HeadMapScene &scene, const ReadOut &readOut)
{
    const TypeSizes &type = scene.theme.type();
    ReadOutForm form {type.text, lineHeight(scene.theme), 0, numberColumnPx(scene, readOut)};
    for (ReadOutForm next : {form, closeForm(readOut, type.text), closeForm(readOut, type.axis)}) {
        next.figures = int(readOut.lines.size());
        for (next.titleLines = 1; next.titleLines <= readOut.titleLines.size(); ++next.titleLines) {
            if (isWhole(scene, readOut, next))
                return next;
        }
        next.titleLines = 1;
        form = next;
    }
    while (form.figures > 0 && form.box(scene, readOut).isEmpty())
        --form.figures;
    return form;
}

} // namespace

bool showsReadOut(const HeadMapScene &scene)
{
    const ReadOut readOut = makeReadOut(scene.data, scene.current(), scene.shownQuery);
    return !readOut.lines.empty() && formFor(scene, readOut).figures > 0;
}

QRect readOutBox(const HeadMapScene &scene)
{
    const ReadOut readOut = makeReadOut(scene.data, scene.current(), scene.shownQuery);
    const ReadOutForm form = formFor(scene, readOut);
    return form.figures == int(readOut.lines.size()) ? form.box(scene, readOut) : QRect();
}

void paintHeadMapReadOut(QPainter &painter, const HeadMapScene &scene)
{
    const ReadOut readOut = makeReadOut(scene.data, scene.current(), scene.shownQuery);
    const ReadOutForm form = formFor(scene, readOut);
    if (readOut.lines.empty() || form.figures == 0)
        return;
    const ThemeColours &colours = scene.theme.colours();
    const int height = form.lineHeight;
    const QRect box = form.box(scene, readOut);
    const int numberPx = form.numberPx;
    if (!hasShownPattern(scene.data))
        painter.fillRect(box.adjusted(-8, -8, 8, 8), colours.canvas);

    painter.setFont(scene.theme.type().title);
    painter.setPen(scene.textColour());
    const QFontMetrics titleMetrics(scene.theme.type().title);
    QRect titleRow = titleRowOf(scene, box, height);
    const QStringList titles = form.titleLines > 1 ? readOut.titleLines : QStringList {readOut.title};
    for (const QString &title : titles) {
        painter.drawText(titleRow, Qt::AlignRight | Qt::AlignAbsolute | Qt::AlignVCenter,
            titleMetrics.elidedText(title, Qt::ElideMiddle, titleRow.width()));
        titleRow.translate(0, height);
    }
    QRect row(box.left(), titleRow.top(), box.width(), height);

    painter.setFont(form.font);
    const int right = Qt::AlignRight | Qt::AlignVCenter;
    if (readOut.hasBefore) {
        const ReadOutColumns columns = columnsOf(row, true, numberPx);
        painter.setPen(colours.secondaryText);
        painter.drawText(columns.before, right, Words::tr("baseline"));
        painter.drawText(columns.after, right, Words::tr("edited"));
        row.translate(0, height);
    }
    for (int position = 0; position < form.figures; ++position) {
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
            {restBarTitle(scene.data, form), &picture.restMap(), restTicks(picture.scales())},
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
    constexpr int kTextIndent = 18;
    QString masked = Words::tr("masked (later key)");
    if (isBeside || painter.fontMetrics().horizontalAdvance(masked) > legend.width() - kTextIndent)
        masked = Words::tr("masked");
    painter.drawText(legend.adjusted(kTextIndent, 0, 40, 0), Qt::AlignLeft | Qt::AlignVCenter,
        isCaptured ? masked : Words::tr("not captured"));
}

} // namespace sinkscope::ui
