// SPDX-License-Identifier: Apache-2.0
// Paints colour bars and hatching.
#include "ui/views/colour_bar.h"

#include <QFontMetrics>
#include <QImage>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace sinkscope::ui {

namespace {

constexpr int kTitleGap = 4;
constexpr int kTickPx = 4;
constexpr int kLabelGap = 6; ///< least room between two numbers

void paintTicks(QPainter &painter, const QRect &bar, const std::vector<ScaleTick> &ticks)
{
    const QFontMetrics metrics(painter.font());
    std::vector<QRect> taken;
    for (const ScaleTick &tick : ticks) {
        const int x = bar.left() + int(std::lround(tick.share * (bar.width() - 1)));
        const int width = metrics.horizontalAdvance(tick.text);
        int left = x - width / 2;
        left = std::clamp(left, bar.left(), std::max(bar.left(), bar.right() + 1 - width));
        const QRect label(left, bar.bottom() + 1 + kTickPx, width, metrics.height());
        const QRect room = label.adjusted(-kLabelGap / 2, 0, kLabelGap / 2, 0);
        if (std::any_of(
                taken.begin(), taken.end(), [&](const QRect &other) { return other.intersects(room); }))
            continue;
        taken.push_back(room);
        painter.fillRect(x, bar.bottom() + 1, 1, kTickPx, painter.pen().color());
        painter.drawText(label, Qt::AlignCenter | Qt::TextDontClip, tick.text);
    }
}

} // namespace

int colourBarHeight(int titleLines, int axisHeightPx)
{
    return titleLines * axisHeightPx + kTitleGap + kColourBarPx + kTickPx + axisHeightPx;
}

void paintColourBar(QPainter &painter, const QRect &rect, const ColourBar &bar, const Theme &theme)
{
    painter.save();
    painter.setFont(theme.type().axis);
    painter.setPen(theme.colours().secondaryText);
    const QFontMetrics metrics(theme.type().axis);
    const int titleHeight = (int(bar.title.count(QLatin1Char('\n'))) + 1) * metrics.height();
    painter.drawText(QRect(rect.left(), rect.top(), rect.width(), titleHeight),
        Qt::AlignLeft | Qt::AlignTop | Qt::TextDontClip, bar.title);
    const QRect strip(rect.left(), rect.top() + titleHeight + kTitleGap, rect.width(), kColourBarPx);
    QImage image(256, 1, QImage::Format_RGB32);
    for (int x = 0; x < 256; ++x)
        image.setPixel(x, 0, bar.map->rgb(x / 255.0));
    painter.setRenderHint(QPainter::SmoothPixmapTransform, true);
    painter.drawImage(strip, image);
    paintTicks(painter, strip, bar.ticks);
    painter.restore();
}

void paintHatched(QPainter &painter, const QRect &rect, const Theme &theme)
{
    painter.fillRect(rect, theme.colours().canvas);
    painter.fillRect(rect, QBrush(theme.colours().controlBorder, Qt::BDiagPattern));
}

} // namespace sinkscope::ui
