// SPDX-License-Identifier: Apache-2.0
// Data and painting of the token strip; mouse and keys are in token_strip_view_input.cpp.
#include "ui/views/token_strip_view.h"

#include "ui/theme/number_format.h"
#include "ui/theme/proxy_style.h"
#include "ui/theme/tool_tip.h"

#include <QFontMetrics>
#include <QHelpEvent>
#include <QPainter>
#include <QScrollBar>
#include <QTextOption>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace sinkscope::ui {

namespace {

constexpr double kLeastContrast = 3.0; ///< of graphics, WCAG 2.1

bool haveSameTokens(const TokenStripData &first, const TokenStripData &second)
{
    return std::equal(first.tokens.begin(), first.tokens.end(), second.tokens.begin(), second.tokens.end(),
        [](const StripToken &a, const StripToken &b) {
            return a.text == b.text && a.endsLine == b.endsLine && a.id == b.id;
        });
}

void paintFrame(QPainter &painter, const QRect &rect, int px, const QColor &colour)
{
    painter.fillRect(rect.left(), rect.top(), rect.width(), px, colour);
    painter.fillRect(rect.left(), rect.bottom() - px + 1, rect.width(), px, colour);
    painter.fillRect(rect.left(), rect.top(), px, rect.height(), colour);
    painter.fillRect(rect.right() - px + 1, rect.top(), px, rect.height(), colour);
}

} // namespace

TokenStripView::TokenStripView(QWidget *parent)
    : QAbstractScrollArea(parent)
{
    setObjectName(QStringLiteral("tokenStripView"));
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setProperty(kOwnFocusRing, true);
    viewport()->setMouseTracking(true);
    setToolTip(inShortLines(tr("Click a token to see what it reads. Left and right move by one token.")));
    describeCurrent();
}

void TokenStripView::setTheme(const Theme &theme)
{
    m_theme = theme;
    prepareTexts();
    relayout();
}

void TokenStripView::setData(const TokenStripData &data)
{
    const bool isNewText = !haveSameTokens(data, m_data);
    const bool isNewQuery = isNewText || data.query != m_data.query;
    m_data = data;
    if (isNewText) {
        m_hovered = -1;
        if (m_linkedKey && *m_linkedKey >= int(m_data.tokens.size()))
            m_linkedKey.reset();
        prepareTexts();
        relayout();
    }
    if (isNewQuery && m_data.query >= 0)
        showToken(m_data.query);
    describeCurrent();
    viewport()->update();
}

void TokenStripView::setLinkedKey(std::optional<int> key)
{
    if (key && (*key < 0 || *key >= int(m_data.tokens.size())))
        key.reset();
    if (key == m_linkedKey)
        return;
    m_linkedKey = key;
    viewport()->update();
}

const QFont &TokenStripView::fontOf(int token) const
{
    return token == 0 ? m_theme.type().promptBold : m_theme.type().prompt;
}

void TokenStripView::prepareTexts()
{
    m_texts.clear();
    m_advances.clear();
    for (int token = 0; token < int(m_data.tokens.size()); ++token) {
        QStaticText text(m_data.tokens[std::size_t(token)].text);
        text.setTextFormat(Qt::PlainText);
        QTextOption inOrder(
            Qt::AlignLeft); // tokens stand in their order: a space before a word stays before it
        inOrder.setTextDirection(Qt::LeftToRight);
        inOrder.setWrapMode(QTextOption::NoWrap);
        text.setTextOption(inOrder);
        text.setPerformanceHint(QStaticText::AggressiveCaching);
        text.prepare(QTransform(), fontOf(token));
        m_advances.push_back(int(std::ceil(text.size().width())));
        m_texts.push_back(std::move(text));
    }
}

TokenStripLayout TokenStripView::layoutFor(int width) const
{
    TokenStripLayoutInput input;
    input.advances = m_advances;
    for (const StripToken &token : m_data.tokens)
        input.endsLine.push_back(token.endsLine);
    input.width = width;
    input.textHeight = std::max(m_theme.type().scaled(22), QFontMetrics(m_theme.type().prompt).height() + 2);
    return TokenStripLayout(input);
}

void TokenStripView::chooseBar()
{
    // Without its bar the text may need fewer lines: then there is none, rather than one that causes itself.
    const QSize whole = maximumViewportSize();
    const Qt::ScrollBarPolicy policy =
        heightFor(whole.width()) > whole.height() ? Qt::ScrollBarAsNeeded : Qt::ScrollBarAlwaysOff;
    if (policy != verticalScrollBarPolicy())
        setVerticalScrollBarPolicy(policy);
}

bool TokenStripView::event(QEvent *event)
{
    if (event->type() == QEvent::Resize) { // before the viewport gets its size
        fitWholeLines();
        chooseBar();
    }
    return QAbstractScrollArea::event(event);
}

void TokenStripView::fitWholeLines()
{
    const int rest = height() - m_layout.heightOfLines(m_layout.wholeLines(height()));
    setViewportMargins(0, 0, 0, std::max(0, rest));
}

void TokenStripView::relayout()
{
    m_layout = layoutFor(viewport()->width()); // how high a line is
    fitWholeLines();
    chooseBar(); // which takes width
    m_layout = layoutFor(viewport()->width());
    verticalScrollBar()->setSingleStep(m_layout.linePitch());
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setRange(0, std::max(0, m_layout.contentHeight() - viewport()->height()));
    horizontalScrollBar()->setPageStep(viewport()->width());
    horizontalScrollBar()->setRange(0, std::max(0, m_layout.contentWidth() - viewport()->width()));
    viewport()->update();
}

QPoint TokenStripView::scrolled() const
{
    const int pitch = std::max(1, m_layout.linePitch()); // by whole lines, wherever the bar stands
    return {horizontalScrollBar()->value(), (verticalScrollBar()->value() + pitch / 2) / pitch * pitch};
}

int TokenStripView::heightFor(int width) const
{
    return layoutFor(width).contentHeight();
}

QPoint TokenStripView::viewportPoint(int token) const
{
    return m_layout.hitRect(token).center() - scrolled();
}

bool TokenStripView::isMasked(int token) const
{
    return std::size_t(token) >= m_data.weights.size() || std::isnan(m_data.weights[std::size_t(token)]);
}

QColor TokenStripView::barColour(int token) const
{
    const ThemeColours &colours = m_theme.colours();
    if (isMasked(token))
        return colours.masked;
    const double weight = m_data.weights[std::size_t(token)];
    const bool isOnKeyZero = m_data.reading == StripReading::Paid ? token == 0 : m_data.query == 0;
    QColor full;
    if (m_data.isDifference)
        full = m_theme.diverging().colour(m_data.scale.share(weight));
    else if (isOnKeyZero && m_data.keyZeroApart)
        full = m_theme.sink().colour(weight);
    else
        full = m_theme.attentionMap().colour(m_data.scale.share(weight));
    return m_data.isStale ? blended(full, colours.canvas, kStaleShare) : full;
}

std::optional<QColor> TokenStripView::barRim(int token) const
{
    const ThemeColours &colours = m_theme.colours();
    if (isMasked(token) || contrastRatio(barColour(token), colours.canvas) >= kLeastContrast)
        return std::nullopt;
    return colours.track;
}

QString TokenStripView::tokenInWords(int token) const
{
    if (token < 0 || token >= int(m_data.tokens.size()))
        return tr("no token");
    const StripToken &shown = m_data.tokens[std::size_t(token)];
    QString words = tr("Token %1 '%2'").arg(token).arg(shown.text);
    if (shown.id >= 0)
        words += tr(", id %1").arg(shown.id);
    if (m_data.query < 0 || m_data.weights.size() <= std::size_t(m_data.query))
        return words;
    const bool isPaid = m_data.reading == StripReading::Paid;
    if (isMasked(token))
        return words
            + (isPaid ? tr(", comes after query %1") : tr(", comes before token %1")).arg(m_data.query);
    const double weight = m_data.weights[std::size_t(token)];
    const QString name = m_data.isDifference ? tr("change of weight") : tr("weight");
    if (!isPaid)
        return words + tr(", reads token %1: %2 %3").arg(m_data.query).arg(name, formatPrecise(weight));
    return words + tr(", read by query %1: %2 %3").arg(m_data.query).arg(name, formatPrecise(weight));
}

void TokenStripView::describeCurrent()
{
    setAccessibleName(
        m_data.query >= 0 ? tr("Prompt: query %1").arg(tokenInWords(m_data.query)) : tr("Prompt"));
}

void TokenStripView::showToken(int token)
{
    if (token >= m_layout.tokenCount())
        return;
    const QRect rect = m_layout.hitRect(token).translated(-scrolled());
    QScrollBar *bar = verticalScrollBar();
    const int pitch = m_layout.linePitch();
    if (rect.top() < 0)
        bar->setValue((scrolled().y() + rect.top()) / pitch * pitch);
    else if (rect.bottom() >= viewport()->height())
        bar->setValue((scrolled().y() + rect.bottom() - viewport()->height() + pitch) / pitch * pitch);
}

void TokenStripView::paintToken(QPainter &painter, int token) const
{
    const ThemeColours &colours = m_theme.colours();
    const QRect place = m_layout.textRect(token);
    QColor ink = token == 0 ? colours.accent : colours.text;
    if (m_data.tokens[std::size_t(token)].endsLine)
        ink = colours.secondaryText;
    painter.setFont(fontOf(token));
    painter.setPen(ink);
    const QStaticText &text = m_texts[std::size_t(token)];
    const QPoint origin = m_layout.textOrigin(token);
    painter.drawStaticText(
        QPointF(origin.x(), origin.y() + std::floor((place.height() - text.size().height()) / 2.0)), text);
    if (m_data.weights.size() > std::size_t(std::max(0, m_data.query)) && m_data.query >= 0)
        paintBar(painter, token);
}

void TokenStripView::paintBar(QPainter &painter, int token) const
{
    const QRect bar = m_layout.barRect(token);
    painter.fillRect(bar, barColour(token));
    if (const std::optional<QColor> rim = barRim(token))
        paintFrame(painter, bar, 1, *rim);
}

void TokenStripView::paintEvent(QPaintEvent *event)
{
    QPainter painter(viewport());
    painter.fillRect(event->rect(), m_theme.colours().canvas);
    painter.translate(-scrolled());
    const QRect dirty = event->rect().translated(scrolled());
    const auto [first, end] = m_layout.tokensBetween(dirty.top(), dirty.bottom());
    for (int token = first; token < end; ++token)
        paintToken(painter, token);
    const ThemeColours &colours = m_theme.colours();
    const int count = m_layout.tokenCount();
    if (m_hovered >= 0 && m_hovered < count)
        paintFrame(painter, m_layout.textRect(m_hovered), 1, colours.controlBorder);
    if (m_linkedKey)
        paintFrame(painter, m_layout.textRect(*m_linkedKey), 2, colours.accent);
    if (m_data.query < 0 || m_data.query >= count)
        return;
    paintFrame(painter,
        m_layout.textRect(m_data.query).adjusted(0, m_linkedKey == m_data.query ? -2 : 0, 0, 0), 1,
        colours.text);
    if (m_focus.isVisible())
        drawFocusRing(painter, m_layout.textRect(m_data.query).adjusted(1, 1, -1, -1), colours);
}

void TokenStripView::setHovered(int token)
{
    if (token == m_hovered)
        return;
    m_hovered = token;
    viewport()->update();
    Q_EMIT tokenHovered(token);
}

bool TokenStripView::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::Leave)
        setHovered(-1);
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        const int token = m_layout.tokenAt(help->pos() + scrolled());
        if (token < 0) {
            QToolTip::hideText();
            return true;
        }
        const QRect rect = m_layout.hitRect(token).translated(-scrolled());
        QToolTip::showText(viewport()->mapToGlobal(rect.bottomLeft() + QPoint(0, 2)),
            inShortLines(tokenInWords(token)), viewport(), rect);
        return true;
    }
    return QAbstractScrollArea::viewportEvent(event);
}

void TokenStripView::resizeEvent(QResizeEvent *)
{
    relayout();
    if (m_data.query >= 0)
        showToken(m_data.query);
}

void TokenStripView::changeEvent(QEvent *event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::EnabledChange || event->type() == QEvent::LanguageChange)
        viewport()->update();
}

QSize TokenStripView::sizeHint() const
{
    return {600, std::max(m_layout.contentHeight(), m_layout.linePitch())};
}

QSize TokenStripView::minimumSizeHint() const
{
    return {200, std::max(32, m_layout.linePitch()) + 4};
}

} // namespace sinkscope::ui
