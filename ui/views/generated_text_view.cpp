// SPDX-License-Identifier: Apache-2.0
// Implements the text as wrapped tokens.
#include "ui/views/generated_text_view.h"

#include "ui/theme/proxy_style.h"

#include <QKeyEvent>
#include <QPainter>
#include <QStyledItemDelegate>

#include <algorithm>

namespace sinkscope::ui {

namespace {

constexpr double kFullTint = 0.34; ///< of the accent on the window, as in tables: ink keeps its contrast
constexpr int kPad = 3; ///< px before and after the text
constexpr int kLineHeight = 24; ///< px
constexpr int kMarkWidth = 3; ///< px of the line before what differs, a gap included
constexpr int kEmptyMargin = 4;

} // namespace

/// Paints one token.
class GeneratedTextView::TokenDelegate : public QStyledItemDelegate {
public:
    TokenDelegate(const TextViewRoles &tokenRoles, QObject *parent)
        : QStyledItemDelegate(parent)
        , roles(tokenRoles)
    {
    }

    bool isMarked(const QModelIndex &index) const { return index.data(roles.mark).toBool(); }

    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &index) const override
    {
        const QFontMetrics metrics(theme.type().prompt);
        const int text = std::max(4, metrics.horizontalAdvance(index.data().toString()));
        return {text + 2 * kPad + (isMarked(index) ? kMarkWidth : 0),
            std::max(theme.type().scaled(kLineHeight), metrics.height() + 4)};
    }

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const ThemeColours &colours = theme.colours();
        const double share = isDimmed ? kStaleShare : 1.0;
        painter->save();
        QRect place = option.rect.adjusted(0, 1, 0, -1);
        if (isMarked(index)) {
            painter->fillRect(QRect(place.left(), place.top(), kMarkWidth - 1, place.height()),
                blended(colours.text, colours.window, share));
            place.setLeft(place.left() + kMarkWidth);
        }
        const double tint = std::clamp(index.data(roles.tint).toDouble(), 0.0, 1.0);
        const QRect chip = place.adjusted(0, 0, -1, 0);
        painter->fillRect(chip, blended(colours.accent, colours.window, kFullTint * tint * share));
        const QColor ink = index.data(roles.emphasis).toInt() == 0 ? colours.text : colours.secondaryText;
        painter->setFont(theme.type().prompt);
        painter->setPen(blended(ink, colours.window, share));
        painter->setLayoutDirection(Qt::LeftToRight); // tokens stand in their order
        painter->drawText(
            place.adjusted(kPad, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, index.data().toString());
        if (option.state & QStyle::State_Selected) {
            painter->setPen(colours.text);
            painter->drawRect(chip.adjusted(0, 0, -1, -1));
            if (hasRing)
                drawFocusRing(*painter, chip.adjusted(1, 1, -1, -1), colours);
        }
        painter->restore();
    }

    TextViewRoles roles;
    Theme theme;
    bool isDimmed = false;
    bool hasRing = false;
};

GeneratedTextView::GeneratedTextView(const TextViewRoles &roles, QWidget *parent)
    : QListView(parent)
    , m_delegate(new TokenDelegate(roles, this))
{
    setItemDelegate(m_delegate);
    setFlow(LeftToRight);
    setWrapping(true);
    setResizeMode(Adjust);
    setMovement(Static);
    setUniformItemSizes(false);
    setFrameShape(NoFrame);
    setSelectionMode(SingleSelection);
    setEditTriggers(NoEditTriggers);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollMode(ScrollPerItem); // whole lines
    setTabKeyNavigation(false);
    setProperty(kOwnFocusRing, true);
    connect(&m_stale, &StaleDelay::dimmedChanged, this, [this] {
        m_delegate->isDimmed = m_stale.isDimmed();
        viewport()->update();
    });
}

void GeneratedTextView::setTheme(const Theme &theme)
{
    m_theme = theme;
    m_delegate->theme = theme;
    QPalette colours = palette();
    colours.setColor(QPalette::Base, theme.colours().window);
    setPalette(colours);
    doItemsLayout();
    updateGeometry();
}

void GeneratedTextView::setEmptyText(const QString &text)
{
    if (m_emptyText == text)
        return;
    m_emptyText = text;
    viewport()->update();
}

int GeneratedTextView::heightOfLines(int lines) const
{
    return lines * m_theme.type().scaled(kLineHeight) + 2;
}

void GeneratedTextView::setModel(QAbstractItemModel *model)
{
    QListView::setModel(model);
    // A token that is marked is wider; the end of a text that grows stays in view.
    connect(model, &QAbstractItemModel::dataChanged, this, [this] { scheduleDelayedItemsLayout(); });
    connect(model, &QAbstractItemModel::rowsInserted, this, [this] {
        if (!currentIndex().isValid())
            scrollToBottom();
    });
    connect(model, &QAbstractItemModel::rowsRemoved, this, [this] { viewport()->update(); });
}

void GeneratedTextView::paintEvent(QPaintEvent *event)
{
    QListView::paintEvent(event);
    if (!model() || model()->rowCount() > 0 || m_emptyText.isEmpty())
        return;
    QPainter painter(viewport());
    painter.setFont(m_theme.type().text);
    painter.setPen(m_theme.colours().secondaryText);
    painter.drawText(viewport()->rect().adjusted(0, kEmptyMargin, 0, 0),
        Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap, m_emptyText);
}

void GeneratedTextView::keyPressEvent(QKeyEvent *event)
{
    m_focus.keyUsed();
    m_delegate->hasRing = m_focus.isVisible();
    viewport()->update();
    const bool isEnter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (isEnter && event->modifiers() == Qt::NoModifier && currentIndex().isValid()) {
        Q_EMIT opened(currentIndex());
        return;
    }
    switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Right:
    case Qt::Key_Up:
    case Qt::Key_Down:
    case Qt::Key_Home:
    case Qt::Key_End:
    case Qt::Key_PageUp:
    case Qt::Key_PageDown:
        QListView::keyPressEvent(event);
        return;
    default: // letters are keys of the window, not a search in the list
        event->ignore();
    }
}

void GeneratedTextView::mouseDoubleClickEvent(QMouseEvent *event)
{
    const QModelIndex index = indexAt(event->pos());
    if (event->button() == Qt::LeftButton && index.isValid())
        Q_EMIT opened(index);
}

void GeneratedTextView::focusInEvent(QFocusEvent *event)
{
    QListView::focusInEvent(event);
    m_focus.focusIn(*event);
    if (!currentIndex().isValid() && model() && model()->rowCount() > 0
        && event->reason() != Qt::MouseFocusReason)
        setCurrentIndex(model()->index(0, 0));
    m_delegate->hasRing = m_focus.isVisible();
    viewport()->update();
}

void GeneratedTextView::focusOutEvent(QFocusEvent *event)
{
    QListView::focusOutEvent(event);
    m_focus.focusOut();
    m_delegate->hasRing = false;
    viewport()->update();
}

void GeneratedTextView::currentChanged(const QModelIndex &current, const QModelIndex &previous)
{
    QListView::currentChanged(current, previous);
    Q_EMIT currentMoved(current);
}

} // namespace sinkscope::ui
