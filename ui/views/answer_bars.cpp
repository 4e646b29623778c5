// SPDX-License-Identifier: Apache-2.0
// Implements the answer bars.
#include "ui/views/answer_bars.h"

#include "ui/theme/entropy_unit.h"
#include "ui/theme/number_format.h"
#include "ui/theme/proxy_style.h"
#include "ui/theme/tool_tip.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>

#include <algorithm>
#include <array>
#include <cmath>

namespace sinkscope::ui {
namespace {

constexpr int kRowsWithoutScrolling = 6;
constexpr int kFewestRows = 2;
constexpr int kWholeRows = 3; ///< so many answers are never scrolled: their notes give way first
constexpr int kTickWidth = 2;
constexpr int kLeastWidth = 264; ///< names are cut from here down, px at text scale 1

} // namespace

AnswerBars::AnswerBars(QWidget *parent)
    : QAbstractScrollArea(parent)
{
    setObjectName(QStringLiteral("answerBars"));
    setFrameShape(NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::TabFocus);
    setProperty(kOwnFocusRing, true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Maximum);
    setAccessibleName(tr("Answers"));
    setToolTip(tr("Bar: probability of the answer now; tick: without edits"));
    connect(&m_stale, &StaleDelay::dimmedChanged, viewport(), [this] { viewport()->update(); });
    setTheme(Theme());
}

void AnswerBars::setTheme(const Theme &theme)
{
    m_theme = theme;
    relayout();
    updateGeometry();
}

void AnswerBars::setAnswers(const std::vector<AnswerBar> &answers)
{
    m_answers = answers;
    updateScale();
    QStringList words;
    for (int row = 0; row < int(m_answers.size()); ++row) {
        words += answerInWords(row);
    }
    setAccessibleDescription(words.join(QStringLiteral("; ")));
    relayout();
    updateGeometry();
}

void AnswerBars::beginDrag()
{
    m_held = true;
}

void AnswerBars::endDrag()
{
    m_held = false;
    updateScale();
    viewport()->update();
}

void AnswerBars::updateScale()
{
    const double wanted = answerScaleMaximum(m_answers);
    m_maximum = m_held ? std::max(m_maximum, wanted) : wanted;
}

QString AnswerBars::answerInWords(int row) const
{
    const AnswerBar &answer = m_answers[std::size_t(row)];
    QString words = tr("%1: probability %2").arg(answer.text, formatPrecise(answer.p));
    if (answer.baselineP) {
        words += tr(", %1 without edits").arg(formatPrecise(*answer.baselineP));
    }
    if (answer.logOdds) {
        words += inEntropyWords(tr(", log-odds against the other answers %1 nats"))
                     .arg(formatEntropy(*answer.logOdds));
    }
    if (answer.logOdds && answer.baselineLogOdds) {
        words += tr(", %1 without edits").arg(formatEntropy(*answer.baselineLogOdds));
    }
    if (answer.tokenCount > 1) {
        words += tr(", %n tokens", nullptr, answer.tokenCount);
    }
    if (answer.tokenisesDifferentlyInContext) {
        words += tr(", tokenises differently in context");
    }
    return words;
}

QSize AnswerBars::sizeHint() const
{
    return {448, m_answers.empty() ? 0 : heightFor(std::min(int(m_answers.size()), kRowsWithoutScrolling))};
}

int AnswerBars::heightFor(int rows) const
{
    // Answers that are not there yet count as lines without a note.
    const int known = std::min(rows, int(m_answers.size()));
    const auto withNotes = int(std::count_if(m_answers.begin(), m_answers.begin() + known,
        [](const AnswerBar &answer) { return answer.hasNote(); }));
    return heightOf(rows - withNotes, withNotes);
}

int AnswerBars::heightOf(int ofOneToken, int ofSeveral) const
{
    const double rows = (ofOneToken + ofSeveral) * m_layout.lineHeight + ofSeveral * m_layout.noteHeight;
    return int(std::ceil(rows + m_layout.headingsHeight));
}

QSize AnswerBars::minimumSizeHint() const
{
    const int count = int(m_answers.size());
    const int rows = count <= kWholeRows ? count : kFewestRows;
    return {m_theme.type().scaled(kLeastWidth), rows > 0 ? heightOf(rows, 0) : 0};
}

void AnswerBars::relayout()
{
    const bool isShort =
        int(m_answers.size()) <= kWholeRows && viewport()->height() < heightFor(int(m_answers.size()));
    m_layout = AnswerBarsLayout(m_answers, viewport()->width(), m_theme.type().scale,
        isShort ? AnswerNotes::Marks : AnswerNotes::Below);
    const int page = viewport()->height() - int(m_layout.headingsHeight);
    const int content = int(std::ceil(m_layout.rowTops.back()));
    verticalScrollBar()->setRange(0, std::max(0, content - page));
    verticalScrollBar()->setPageStep(std::max(1, page));
    verticalScrollBar()->setSingleStep(int(m_layout.lineHeight));
    viewport()->update();
}

bool AnswerBars::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        auto *help = static_cast<QHelpEvent *>(event);
        const double y = help->pos().y() + verticalScrollBar()->value();
        for (int row = 0; row < int(m_answers.size()); ++row) {
            if (m_layout.rowRect(row).contains(1, y)) {
                QToolTip::showText(help->globalPos(), inShortLines(answerInWords(row)), this);
                return true;
            }
        }
        QToolTip::showText(help->globalPos(), toolTip(), this);
        return true;
    }
    return QAbstractScrollArea::viewportEvent(event);
}

void AnswerBars::paintEvent(QPaintEvent *)
{
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), m_theme.colours().window);
    if (m_answers.empty()) {
        return;
    }
    painter.save();
    painter.setClipRect(QRectF(0, 0, viewport()->width(), viewport()->height() - m_layout.headingsHeight));
    painter.translate(0, -verticalScrollBar()->value());
    const double end = verticalScrollBar()->value() + viewport()->height() - m_layout.headingsHeight;
    for (int row = 0; row < int(m_answers.size()); ++row) {
        if (m_layout.rowRect(row).bottom() <= end + 1) { // the next one comes whole with scrolling
            paintRow(painter, row);
        }
    }
    painter.restore();
    paintHeadings(painter);
    if (m_focus.isVisible()) {
        drawFocusRing(painter, QRectF(viewport()->rect()).adjusted(8, 4, -8, -4), m_theme.colours());
    }
}

void AnswerBars::paintRow(QPainter &painter, int row) const
{
    const AnswerBar &answer = m_answers[std::size_t(row)];
    const ThemeColours &colours = m_theme.colours();
    const auto faded = [&](const QColor &ink) {
        return m_stale.isDimmed() ? blended(ink, colours.window, kStaleShare) : ink;
    };
    const QRectF label = m_layout.labelRect(row);
    painter.setFont(m_theme.type().text);
    const QFontMetricsF metrics(painter.font());
    const bool isMarked = answer.hasNote() && !m_layout.hasNote[std::size_t(row)];
    const QString mark = isMarked ? tr("(!) ") : QString(); // the tool tip has the note
    const double markRoom = metrics.horizontalAdvance(mark);
    const QString name = metrics.elidedText(answer.text, Qt::ElideMiddle, label.width() - markRoom);
    painter.setPen(colours.text);
    painter.drawText(label, Qt::AlignRight | Qt::AlignVCenter, name);
    painter.setPen(answer.tokenisesDifferentlyInContext ? colours.warning : colours.secondaryText);
    painter.drawText(
        label.adjusted(0, 0, -metrics.horizontalAdvance(name), 0), Qt::AlignRight | Qt::AlignVCenter, mark);

    const QRectF track = m_layout.barRect(row);
    painter.fillRect(track, colours.masked);
    QRectF bar = track;
    bar.setRight(m_layout.xOf(answer.p, m_maximum));
    painter.fillRect(bar, faded(colours.accent));
    if (answer.baselineP) {
        const double x = std::round(m_layout.xOf(*answer.baselineP, m_maximum)) - kTickWidth / 2.0;
        painter.fillRect(QRectF(x, track.top() - 4, kTickWidth, track.height() + 8), colours.text);
    }

    const QRectF line(0, label.top(), m_layout.valueRight, m_layout.lineHeight);
    painter.setPen(faded(colours.text));
    painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, formatProbability(answer.p));
    if (answer.baselineP) {
        painter.setPen(faded(colours.secondaryText));
        painter.drawText(QRectF(line.topLeft(), QSizeF(m_layout.changeRight, line.height())),
            Qt::AlignRight | Qt::AlignVCenter, formatChange(answer.p - *answer.baselineP, 4));
    }
    if (m_layout.hasNote[std::size_t(row)]) {
        QStringList notes;
        if (answer.tokenCount > 1) {
            notes += tr("%n tokens", nullptr, answer.tokenCount);
        }
        if (answer.tokenisesDifferentlyInContext) {
            notes += tr("tokenises differently in context");
        }
        painter.setFont(m_theme.type().axis);
        painter.setPen(answer.tokenisesDifferentlyInContext ? colours.warning : colours.secondaryText);
        const QString note = notes.join(QStringLiteral("; "));
        QRectF place = m_layout.noteRect(row);
        if (painter.fontMetrics().horizontalAdvance(note) > place.width()) {
            place.setLeft(label.left()); // too long to begin under the bar: ends at the last column instead
        }
        const bool isLong = place.left() < m_layout.barLeft;
        painter.drawText(place, (isLong ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter, note);
    }
}

void AnswerBars::paintHeadings(QPainter &painter) const
{
    const double content = m_layout.rowTops.back() - verticalScrollBar()->value();
    const double top = std::min(content, viewport()->height() - m_layout.headingsHeight);
    painter.setFont(m_theme.type().axis);
    painter.setPen(m_theme.colours().secondaryText);
    const QFontMetricsF metrics(painter.font());
    const double height = m_layout.headingsHeight;
    // The ends stand inside the bar's width as in the design: 0 at its left, the maximum at its right.
    const double room = m_layout.barRight - m_layout.barLeft;
    constexpr double kLabelSpace = 6;
    double words = 2 * kLabelSpace;
    for (const double share : std::array {0.0, 0.5, 1.0}) {
        words += metrics.horizontalAdvance(formatTick(share * m_maximum));
    }
    const bool hasMiddle = words <= room;
    const double middle = metrics.horizontalAdvance(formatTick(0.5 * m_maximum)) + kLabelSpace;
    const bool hasZero = hasMiddle || words - middle <= room; // the greatest value says what the bar means
    for (const double share : std::array {0.0, 0.5, 1.0}) {
        if ((share == 0.5 && !hasMiddle) || (share == 0.0 && !hasZero)) {
            continue;
        }
        const QString text = formatTick(share * m_maximum);
        const double width = metrics.horizontalAdvance(text);
        const double left = m_layout.barLeft + share * (room - width);
        painter.drawText(QRectF(left, top, width + 1, height), Qt::AlignLeft | Qt::AlignVCenter, text);
    }
    const auto heading = [&](double right, const QString &text) {
        painter.drawText(QRectF(0, top, right, height), Qt::AlignRight | Qt::AlignVCenter, text);
    };
    heading(m_layout.valueRight, tr("p"));
    const bool hasChange = std::any_of(m_answers.begin(), m_answers.end(),
        [](const AnswerBar &answer) { return answer.baselineP.has_value(); });
    if (hasChange) {
        heading(m_layout.changeRight, tr("change"));
    }
}

void AnswerBars::resizeEvent(QResizeEvent *)
{
    relayout();
}

void AnswerBars::keyPressEvent(QKeyEvent *event)
{
    const int step = event->key() == Qt::Key_Down ? 1 : event->key() == Qt::Key_Up ? -1 : 0;
    if (step == 0 || verticalScrollBar()->maximum() == 0) {
        event->ignore(); // the arrows belong to the window: head and layer
        return;
    }
    verticalScrollBar()->setValue(verticalScrollBar()->value() + step * verticalScrollBar()->singleStep());
}

void AnswerBars::focusInEvent(QFocusEvent *event)
{
    m_focus.focusIn(*event);
    viewport()->update();
}

void AnswerBars::focusOutEvent(QFocusEvent *)
{
    m_focus.focusOut();
    viewport()->update();
}

void AnswerBars::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::FontChange) {
        relayout();
    }
    QAbstractScrollArea::changeEvent(event);
}

} // namespace sinkscope::ui
