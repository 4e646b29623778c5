// SPDX-License-Identifier: Apache-2.0
// Painting of the badge of position 0.
#include "ui/views/initial_token_badge.h"

#include <QFontMetrics>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

namespace sinkscope::ui {

namespace {

constexpr int kPad = 8;
constexpr int kGap = 12;
constexpr int kHeight = 20;
constexpr int kLongestText = 160; ///< px; the badge cuts, the strip does not

} // namespace

InitialTokenBadge::InitialTokenBadge(QWidget *parent)
    : QWidget(parent)
{
    setObjectName(QStringLiteral("initialTokenBadge"));
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setVisible(false);
}

void InitialTokenBadge::setTheme(const Theme &theme)
{
    m_theme = theme;
    updateGeometry();
    update();
}

void InitialTokenBadge::setData(const InitialTokenBadgeData &data)
{
    m_data = data;
    const QString id = m_data.id >= 0 ? QString::number(m_data.id) : QStringLiteral("—");
    setAccessibleName(tr("Initial token '%1', id %2, %3").arg(m_data.text, id, noteText()));
    setToolTip(tr("%1. Click for more: other sinks, and another initial token").arg(accessibleName()));
    setVisible(!m_data.text.isEmpty());
    updateGeometry();
    update();
}

QString InitialTokenBadge::noteText() const
{
    switch (m_data.note) {
    case InitialTokenNote::NoBos:
        return tr("no BOS");
    case InitialTokenNote::FromTemplate:
        return tr("from template");
    case InitialTokenNote::AddedByTokenizer:
        return tr("added by tokenizer");
    case InitialTokenNote::FromText:
        return tr("from text");
    case InitialTokenNote::BosTwice:
        return tr("BOS twice");
    case InitialTokenNote::BosMissing:
        return tr("BOS missing");
    case InitialTokenNote::Padding:
        return tr("padding");
    }
    return {};
}

void InitialTokenBadge::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const ThemeColours &colours = m_theme.colours();
    const bool isWarning = m_data.note == InitialTokenNote::BosTwice
        || m_data.note == InitialTokenNote::BosMissing || m_data.note == InitialTokenNote::Padding;
    const QColor frame = isWarning ? colours.warning : colours.accent;
    const double pen = isWarning || hasFocus() ? 2.0 : 1.0;
    painter.setRenderHint(QPainter::Antialiasing, true);
    painter.setPen(QPen(frame, pen));
    painter.setBrush(colours.canvas);
    painter.drawRoundedRect(QRectF(rect()).adjusted(pen / 2, pen / 2, -pen / 2, -pen / 2), 2, 2);

    QFont bold = m_theme.type().status;
    bold.setBold(true);
    int x = kPad;
    const auto write = [&](const QFont &font, const QColor &colour, const QString &text, int gap) {
        const QFontMetrics metrics(font);
        painter.setFont(font);
        painter.setPen(colour);
        painter.drawText(
            QRect(x, 0, width() - x, height()), Qt::AlignLeft | Qt::AlignAbsolute | Qt::AlignVCenter, text);
        x += metrics.horizontalAdvance(text) + gap;
    };
    write(bold, frame, QStringLiteral("0"), kPad);
    write(bold, frame, QFontMetrics(bold).elidedText(m_data.text, Qt::ElideRight, kLongestText), kGap);
    const QString id = m_data.id >= 0 ? QString::number(m_data.id) : QStringLiteral("—");
    write(m_theme.type().status, colours.secondaryText, tr("id %1").arg(id), kGap);
    write(isWarning ? bold : m_theme.type().status, isWarning ? colours.warning : colours.text, noteText(),
        kPad);
}

QSize InitialTokenBadge::sizeHint() const
{
    QFont bold = m_theme.type().status;
    bold.setBold(true);
    const QFontMetrics boldMetrics(bold);
    const QFontMetrics metrics(m_theme.type().status);
    const QString id = m_data.id >= 0 ? QString::number(m_data.id) : QStringLiteral("—");
    const int text = std::min(boldMetrics.horizontalAdvance(m_data.text), kLongestText);
    const int note = boldMetrics.horizontalAdvance(noteText());
    const int width = kPad + boldMetrics.horizontalAdvance(QLatin1Char('0')) + kPad + text + kGap
        + metrics.horizontalAdvance(tr("id %1").arg(id)) + kGap + note + kPad;
    return {width, std::max(m_theme.type().scaled(kHeight), metrics.height() + 4)};
}

QSize InitialTokenBadge::minimumSizeHint() const
{
    return sizeHint();
}

void InitialTokenBadge::mouseReleaseEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton && rect().contains(event->pos()))
        Q_EMIT clicked();
}

void InitialTokenBadge::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Space || event->key() == Qt::Key_Return)
        Q_EMIT clicked();
    else
        QWidget::keyPressEvent(event);
}

} // namespace sinkscope::ui
