// SPDX-License-Identifier: Apache-2.0
// Attention as lines: painting and words.
#include "ui/views/attention_lines_view.h"

#include "ui/theme/number_format.h"
#include "ui/theme/proxy_style.h"
#include "ui/views/head_map_words.h"

#include <QFontMetrics>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace sinkscope::ui {

namespace {

constexpr int kFaintest = 10; ///< of 255: what is in the list is to be seen
constexpr int kNamedKeys = 3; ///< of a row in words

int digitsOf(int tokens)
{
    return int(QString::number(std::max(0, tokens - 1)).size());
}

} // namespace

QColor AttentionLinesView::colourOf(const AttentionLine &line) const
{
    const bool isApart = line.key == 0 && m_data.keyZero == KeyZeroPlace::Apart;
    const double share = (isApart ? m_scales.keyZero : m_scales.rest).share(double(line.value));
    const ThemeColours &colours = m_theme.colours();
    // Key 0 has the colour of the initial token wherever it is; changes those of "less" and "more".
    QColor colour = m_scales.diverges ? (line.value < 0.0F ? colours.less : colours.more)
        : line.key == 0               ? colours.accent
                                      : colours.text;
    const double strength = m_scales.diverges ? std::abs(2.0 * share - 1.0) : share;
    const double shown = m_data.isStale ? strength * kStaleShare : strength;
    colour.setAlpha(std::clamp(int(std::lround(255.0 * shown)), kFaintest, 255));
    return colour;
}

void AttentionLinesView::paintLines(QPainter &painter, const std::vector<AttentionLine> &lines) const
{
    painter.save();
    painter.setClipRect(m_layout.bodyRect());
    painter.setRenderHint(QPainter::Antialiasing);
    const double width = m_theme.type().scaled(isolated() ? 2 : 1) * 1.2;
    for (const AttentionLine &line : lines) {
        painter.setPen(QPen(colourOf(line), width));
        painter.drawLine(m_layout.lineStart(line.query), m_layout.lineEnd(line.key));
    }
    painter.restore();
}

void AttentionLinesView::paintLabel(QPainter &painter, const LineEnd &end) const
{
    const bool isQuery = end.column == LineEnd::Column::Query;
    const bool isMarked = isolated() == end;
    const bool isPinned = isQuery && m_pinned == end.token;
    const ThemeColours &colours = m_theme.colours();
    const QRect rect = isQuery ? m_layout.queryRect(end.token) : m_layout.keyRect(end.token);
    painter.setFont(isMarked || isPinned ? m_theme.type().axisBold : m_theme.type().axis);
    const QFontMetrics metrics(painter.font());
    const QString index = QString::number(end.token);
    const int indexPx =
        metrics.horizontalAdvance(QString(digitsOf(m_data.tokenCount()) + 1, QLatin1Char('0')));
    // The index stands outside, the text beside its lines.
    const QRect indexRect(
        isQuery ? rect.left() : rect.right() + 1 - indexPx, rect.top(), indexPx, rect.height());
    const QRect textRect = isQuery ? rect.adjusted(indexPx, 0, 0, 0) : rect.adjusted(0, 0, -indexPx, 0);
    const Qt::Alignment side = (isQuery ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignAbsolute;
    painter.setPen(colours.secondaryText);
    painter.drawText(indexRect,
        int((isQuery ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignAbsolute | Qt::AlignVCenter), index);
    painter.setPen(end.token == 0 ? colours.accent : colours.text);
    painter.drawText(textRect, int(side | Qt::AlignVCenter) | Qt::TextSingleLine,
        metrics.elidedText(m_data.tokens[std::size_t(end.token)].text, Qt::ElideRight, textRect.width()));
}

void AttentionLinesView::paintLabels(QPainter &painter, const std::vector<AttentionLine> &lines) const
{
    painter.save();
    painter.setClipRect(m_layout.bodyRect());
    const TokenSpan tokens = m_layout.visibleTokens();
    for (int token = tokens.first; token <= tokens.last; ++token) {
        paintLabel(painter, {LineEnd::Column::Query, token});
        paintLabel(painter, {LineEnd::Column::Key, token});
    }
    const std::optional<LineEnd> alone = isolated();
    if (alone && alone->column == LineEnd::Column::Query) {
        painter.setFont(m_theme.type().axis);
        painter.setPen(m_theme.colours().secondaryText);
        for (const AttentionLine &line : lines)
            painter.drawText(m_layout.numberRect(line.key), Qt::AlignRight | Qt::AlignVCenter,
                m_scales.diverges ? formatChange(line.value, 3) : formatProbability(line.value));
    }
    painter.restore();
}

QString AttentionLinesView::limitsInWords() const
{
    QString words = tr("Opacity: %1, to %2")
                        .arg(restBarTitle(m_data, BarTitleForm::OneLine), formatTick(m_scales.rest.maximum));
    if (m_data.keyZero == KeyZeroPlace::Apart)
        words +=
            tr("; %1, to %2")
                .arg(keyZeroBarTitle(m_data, BarTitleForm::OneLine), formatTick(m_scales.keyZero.maximum));
    if (const auto alone = isolated())
        words += alone->column == LineEnd::Column::Query ? tr("\nAll keys of the query")
                                                         : tr("\nAll rows in view that see the key");
    else if (!m_thresholds.empty())
        words += tr("\nRows in view, lines that pass the filter");
    else if (m_data.tokenCount() > kLinesOfRow)
        words += tr("\nRows in view, the %1 strongest keys of each%2; point at a token for all of its lines")
                     .arg(kLinesOfRow)
                     .arg(m_data.keyZero == KeyZeroPlace::Apart ? tr(" and key 0") : QString());
    return words;
}

void AttentionLinesView::paintWords(QPainter &painter) const
{
    painter.setFont(m_theme.type().axis);
    painter.setPen(m_theme.colours().secondaryText);
    const QRect header = m_layout.headerRect();
    const QRect query = m_layout.queryRect(0);
    const QRect key = m_layout.keyRect(0);
    const int top = header.top() + (header.height() - painter.fontMetrics().height()) / 2;
    const int height = painter.fontMetrics().height();
    painter.drawText(
        QRect(0, top, query.right() + 1, height), Qt::AlignRight | Qt::TextDontClip, tr("query (reads) →"));
    painter.drawText(QRect(key.left(), top, header.width() - key.left(), height),
        Qt::AlignLeft | Qt::TextDontClip, tr("→ key (is read)"));
    const QRect footer = m_layout.footerRect().adjusted(0, m_theme.type().scaled(8), 0, 0);
    const QStringList lines = limitsInWords().split(QLatin1Char('\n'));
    for (int line = 0; line < lines.size(); ++line)
        painter.drawText(footer.adjusted(0, line * height, 0, 0), Qt::AlignHCenter | Qt::AlignTop,
            painter.fontMetrics().elidedText(lines[line], Qt::ElideRight, footer.width()));
}

void AttentionLinesView::paintEvent(QPaintEvent *)
{
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), m_theme.colours().canvas);
    if (m_data.tokenCount() == 0)
        return;
    const std::vector<AttentionLine> shown = lines();
    paintLines(painter, shown);
    paintLabels(painter, shown);
    paintWords(painter);
    if (!hasShownPattern(m_data)) {
        painter.setFont(m_theme.type().text);
        painter.setPen(m_theme.colours().text);
        const QRect room = m_layout.bodyRect().adjusted(24, 24, -24, -24);
        const int flags = int(Qt::AlignCenter) | Qt::TextWordWrap;
        const QRect box = painter.boundingRect(room, flags, m_data.notCapturedReason);
        painter.fillRect(box.adjusted(-8, -8, 8, 8), m_theme.colours().canvas);
        painter.drawText(room, flags, m_data.notCapturedReason);
    }
    if (m_focus.isVisible())
        drawFocusRing(painter, viewport()->rect().adjusted(2, 2, -2, -2), m_theme.colours());
}

QString AttentionLinesView::isolatedInWords() const
{
    const std::optional<LineEnd> alone = isolated();
    if (!alone || !hasShownPattern(m_data))
        return {};
    if (alone->column == LineEnd::Column::Key) {
        const int last = m_data.tokenCount() - 1;
        return tr("%1, last row").arg(headMapCellInWords(m_data, {last, alone->token}));
    }
    QString words = makeReadOut(m_data, std::nullopt, alone->token).title;
    std::vector<AttentionLine> read = lines();
    for (int place = 0; place < kNamedKeys && place < int(read.size()); ++place) {
        const AttentionLine &line = read[read.size() - 1 - std::size_t(place)];
        words += (place == 0 ? tr(" reads %1 '%2' %3") : tr(", %1 '%2' %3"))
                     .arg(line.key)
                     .arg(m_data.tokens[std::size_t(line.key)].text,
                         m_scales.diverges ? formatChange(line.value, 4) : formatPrecise(line.value));
    }
    return m_data.pictured.isEmpty() ? words : words + tr(", %1").arg(m_data.pictured);
}

} // namespace sinkscope::ui
