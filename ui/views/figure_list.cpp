// SPDX-License-Identifier: Apache-2.0
// Implements the list of single figures.
#include "ui/views/figure_list.h"

#include "ui/theme/number_format.h"
#include "ui/theme/tool_tip.h"
#include "ui/views/answer_bars_layout.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>

namespace sinkscope::ui {
namespace {

constexpr int kRow = 20;
constexpr int kLeftMargin = 16;
constexpr int kValueRoom = 54; ///< "−12.345" and a gap

} // namespace

FigureList::FigureList(QWidget *parent)
    : QWidget(parent)
{
    setObjectName(QStringLiteral("figureList"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Figures of the output"));
    connect(&m_stale, &StaleDelay::dimmedChanged, this, [this] { update(); });
}

void FigureList::setTheme(const Theme &theme)
{
    m_theme = theme;
    updateGeometry();
    update();
}

void FigureList::setFigures(const std::vector<Figure> &figures)
{
    const bool isSameCount = figures.size() == m_figures.size();
    m_figures = figures;
    QStringList words;
    for (int row = 0; row < int(m_figures.size()); ++row) {
        words += QStringList {m_figures[std::size_t(row)].label, valueText(row), changeText(row)}.join(
            QLatin1Char(' '));
    }
    setAccessibleDescription(words.join(QStringLiteral("; ")));
    if (!isSameCount) {
        updateGeometry();
    }
    update();
}

QString FigureList::valueText(int row) const
{
    const Figure &figure = m_figures[std::size_t(row)];
    return figure.value ? formatFigure(*figure.value, figure.decimals) : QStringLiteral("—");
}

QString FigureList::changeText(int row) const
{
    const Figure &figure = m_figures[std::size_t(row)];
    return figure.change ? formatChange(*figure.change, figure.decimals) : QString();
}

int FigureList::rowHeight() const
{
    return m_theme.type().scaled(kRow);
}

QSize FigureList::sizeHint() const
{
    return {448, int(m_figures.size()) * rowHeight()};
}

QSize FigureList::minimumSizeHint() const
{
    return {240, sizeHint().height()};
}

QString FigureList::labelText(int row) const
{
    const Figure &figure = m_figures[std::size_t(row)];
    const QFontMetricsF metrics(m_theme.type().text);
    const double room = labelRight() - kLeftMargin;
    if (figure.shorter.isEmpty() || metrics.horizontalAdvance(figure.label) <= room) {
        return metrics.elidedText(figure.label, Qt::ElideRight, room);
    }
    return fitted(figure.shorter, metrics, room);
}

double FigureList::labelRight() const
{
    // At the end of the bars; where a label is too long for that, as far as these values let them, which have
    // fewer digits than those of the bars.
    const AnswerBarsLayout columns({}, width(), m_theme.type().scale);
    const QFontMetricsF metrics(m_theme.type().text);
    const bool isRoomy = std::all_of(m_figures.begin(), m_figures.end(), [&](const Figure &figure) {
        return kLeftMargin + metrics.horizontalAdvance(figure.label) <= columns.barRight;
    });
    const double furthest = columns.valueRight - m_theme.type().scaled(kValueRoom);
    return isRoomy ? columns.barRight : std::max(columns.barRight, furthest);
}

bool FigureList::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        auto *help = static_cast<QHelpEvent *>(event);
        const int row = help->pos().y() / rowHeight();
        if (row >= 0 && row < int(m_figures.size())) {
            const Figure &figure = m_figures[std::size_t(row)];
            QStringList lines {figure.label};
            if (figure.value) {
                lines[0] += QStringLiteral(": ") + formatPrecise(*figure.value);
            }
            if (!figure.toolTip.isEmpty()) {
                lines += figure.toolTip;
            }
            QToolTip::showText(help->globalPos(), inShortLines(lines.join(QLatin1Char('\n'))), this);
            return true;
        }
    }
    return QWidget::event(event);
}

void FigureList::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const ThemeColours &colours = m_theme.colours();
    const auto faded = [&](const QColor &ink) {
        return m_stale.isDimmed() ? blended(ink, colours.window, kStaleShare) : ink;
    };
    const AnswerBarsLayout columns({}, width(), m_theme.type().scale);
    painter.setFont(m_theme.type().text);
    const auto draw = [&](double left, double right, int row, const QString &text) {
        painter.drawText(QRectF(left, row * rowHeight(), right - left, rowHeight()),
            int(Qt::AlignRight) | Qt::AlignVCenter, text);
    };
    for (int row = 0; row < int(m_figures.size()); ++row) {
        painter.setPen(colours.secondaryText);
        draw(kLeftMargin, labelRight(), row, labelText(row));
        painter.setPen(faded(colours.text));
        draw(kLeftMargin, columns.valueRight, row, valueText(row));
        painter.setPen(faded(colours.secondaryText));
        draw(columns.valueRight, columns.changeRight, row, changeText(row));
    }
}

} // namespace sinkscope::ui
