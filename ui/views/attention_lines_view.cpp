// SPDX-License-Identifier: Apache-2.0
// Attention as lines: data, mouse and keys.
#include "ui/views/attention_lines_view.h"

#include "ui/theme/proxy_style.h"
#include "ui/theme/tool_tip.h"

#include <QFontMetrics>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QScrollBar>
#include <QToolTip>

#include <algorithm>
#include <utility>

namespace sinkscope::ui {

namespace {

constexpr int kRowPx = 20;
constexpr int kLabelsMeasured = 2000;

int digitsOf(int tokens)
{
    return int(QString::number(std::max(0, tokens - 1)).size());
}

} // namespace

AttentionLinesView::AttentionLinesView(QWidget *parent)
    : QAbstractScrollArea(parent)
{
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::StrongFocus);
    setProperty(kOwnFocusRing, true);
    viewport()->setMouseTracking(true);
    setToolTip(inShortLines(tr("Point at a token to see its lines alone; click a query to keep them, click "
                               "again or Esc to let go. Alt and the up and down keys move the query.")));
    describe();
}

void AttentionLinesView::setTheme(const Theme &theme)
{
    m_theme = theme;
    relayout();
}

void AttentionLinesView::setData(const HeadMapData &map)
{
    m_data = map;
    m_scales = headMapScales(map);
    m_thresholds = filterThresholds(map);
    const int tokens = m_data.tokenCount();
    if (m_hovered && m_hovered->token >= tokens)
        m_hovered.reset();
    if (m_pinned && *m_pinned >= tokens)
        m_pinned.reset();
    relayout();
    describe();
}

void AttentionLinesView::setPinned(std::optional<int> query)
{
    if (query && (*query < 0 || *query >= m_data.tokenCount()))
        query.reset();
    if (query && query != m_pinned && !m_hovered)
        verticalScrollBar()->setValue(m_layout.scrollShowing(*query));
    m_pinned = query;
    describe();
    viewport()->update();
}

std::optional<LineEnd> AttentionLinesView::isolated() const
{
    if (m_hovered || !m_pinned)
        return m_hovered;
    return LineEnd {LineEnd::Column::Query, *m_pinned};
}

std::vector<AttentionLine> AttentionLinesView::lines() const
{
    return attentionLines(m_data, m_thresholds, m_layout.visibleTokens(), isolated());
}

void AttentionLinesView::relayout()
{
    const QFontMetrics metrics(m_theme.type().axisBold);
    AttentionLinesInput input;
    input.tokens = m_data.tokenCount();
    input.area = viewport()->size();
    input.rowPx = std::max(m_theme.type().scaled(kRowPx), metrics.height() + 2);
    for (std::size_t token = 0; token < std::min<std::size_t>(m_data.tokens.size(), kLabelsMeasured); ++token)
        input.labelPx = std::max(input.labelPx, metrics.horizontalAdvance(m_data.tokens[token].text));
    input.labelPx += metrics.horizontalAdvance(QString(digitsOf(input.tokens) + 2, QLatin1Char('0')));
    input.numberPx = metrics.horizontalAdvance(QStringLiteral("   0.00·10⁻⁰⁰"));
    input.headerPx = metrics.height() + m_theme.type().scaled(18);
    input.footerPx = 2 * metrics.height() + m_theme.type().scaled(16);
    input.widestPx = m_theme.type().scaled(AttentionLinesInput().widestPx);
    input.scroll = verticalScrollBar()->value();
    m_layout = AttentionLinesLayout(input);
    verticalScrollBar()->setPageStep(m_layout.bodyRect().height());
    verticalScrollBar()->setSingleStep(3 * input.rowPx);
    verticalScrollBar()->setRange(0, m_layout.maximumScroll());
    viewport()->update();
}

void AttentionLinesView::describe()
{
    const QString words = isolatedInWords();
    setAccessibleName(m_data.tokenCount() == 0 ? tr("Lines of attention: no model")
            : words.isEmpty()
            ? tr("Lines of attention, %1 tokens: click a query to keep its lines").arg(m_data.tokenCount())
            : tr("Lines of attention: %1").arg(words));
}

void AttentionLinesView::setHovered(std::optional<LineEnd> end)
{
    if (end == m_hovered)
        return;
    const std::optional<LineEnd> before = std::exchange(m_hovered, end);
    describe();
    viewport()->update();
    if (end && end->column == LineEnd::Column::Query)
        Q_EMIT queryHovered(end->token);
    else if (end || (before && before->column == LineEnd::Column::Key))
        Q_EMIT keyHovered(end ? end->token : -1);
    else
        Q_EMIT queryHovered(-1);
}

void AttentionLinesView::pin(std::optional<int> query)
{
    setPinned(query);
    Q_EMIT queryPinned(m_pinned.value_or(-1));
}

bool AttentionLinesView::event(QEvent *event)
{
    if (event->type() == QEvent::ShortcutOverride) {
        const auto &key = static_cast<QKeyEvent &>(*event);
        if (key.key() == Qt::Key_Escape && m_pinned) {
            event->accept(); // before the window's own use of it
            return true;
        }
    }
    return QAbstractScrollArea::event(event);
}

bool AttentionLinesView::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::Leave)
        setHovered(std::nullopt);
    if (event->type() == QEvent::ToolTip && m_hovered) {
        QToolTip::showText(
            static_cast<QHelpEvent *>(event)->globalPos(), inShortLines(isolatedInWords()), viewport());
        return true;
    }
    return QAbstractScrollArea::viewportEvent(event);
}

void AttentionLinesView::resizeEvent(QResizeEvent *)
{
    relayout();
}

void AttentionLinesView::scrollContentsBy(int, int)
{
    relayout();
}

void AttentionLinesView::mousePressEvent(QMouseEvent *event)
{
    const std::optional<LineEnd> end = m_layout.endAt(event->pos());
    if (event->button() != Qt::LeftButton || !end || end->column != LineEnd::Column::Query)
        return;
    pin(m_pinned == end->token ? std::nullopt : std::optional(end->token));
}

void AttentionLinesView::mouseMoveEvent(QMouseEvent *event)
{
    setHovered(m_layout.endAt(event->pos()));
}

bool AttentionLinesView::moveByKey(const QKeyEvent &event)
{
    if (!(event.modifiers() & Qt::AltModifier) || m_data.tokenCount() == 0)
        return false;
    const int last = m_data.tokenCount() - 1;
    int query = m_pinned.value_or(last);
    switch (event.key()) {
    case Qt::Key_Up:
        query -= m_pinned ? 1 : 0;
        break;
    case Qt::Key_Down:
        query += m_pinned ? 1 : 0;
        break;
    case Qt::Key_Home:
        query = 0;
        break;
    case Qt::Key_End:
        query = last;
        break;
    default:
        return false;
    }
    m_hovered.reset();
    m_focus.keyUsed();
    pin(std::clamp(query, 0, last));
    return true;
}

void AttentionLinesView::keyPressEvent(QKeyEvent *event)
{
    const bool isPlain = !(event->modifiers() & ~Qt::KeypadModifier);
    if (moveByKey(*event))
        return;
    if (isPlain && event->key() == Qt::Key_Escape && m_pinned)
        pin(std::nullopt);
    else
        event->ignore();
}

void AttentionLinesView::focusInEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusInEvent(event);
    m_focus.focusIn(*event);
    viewport()->update();
}

void AttentionLinesView::focusOutEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusOutEvent(event);
    m_focus.focusOut();
    viewport()->update();
}

} // namespace sinkscope::ui
