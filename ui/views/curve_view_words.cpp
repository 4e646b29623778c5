// SPDX-License-Identifier: Apache-2.0
// What the curves say in words: read-outs, tool tips, the text for assistive programs.
#include "ui/theme/number_format.h"
#include "ui/theme/tool_tip.h"
#include "ui/views/curve_scene.h"
#include "ui/views/curve_view.h"

#include <QHelpEvent>
#include <QToolTip>

namespace sinkscope::ui {

QString CurveView::panelInWords(int panel) const
{
    const CurveSeries &series = m_picture->series[std::size_t(panel)];
    QStringList parts;
    if (m_picture->isMixed) {
        parts += tr("no value while the factors of the heads differ");
    }
    for (const CurveLine &line : series.lines) {
        if (m_picture->isMixed) {
            continue;
        }
        const std::optional<double> value = valueAt(line, m_picture->factor);
        const QString number = value ? formatPrecise(*value) : tr("not computed yet");
        parts += line.label.isEmpty() ? number : tr("%1 %2").arg(line.label, number);
    }
    if (!series.lines.empty()) {
        if (const QString extremes = extremesInFull(series.lines.front(), series.extreme, series.scale);
            !extremes.isEmpty()) {
            parts += extremes;
        }
    }
    const QString title = series.unit.isEmpty() ? series.title : tr("%1, %2").arg(series.title, series.unit);
    return tr("%1: %2").arg(title, parts.join(QStringLiteral("; ")));
}

std::vector<CurveLabel> CurveView::wordsForTest(int panel) const
{
    return placeLabels(m_picture->place(panel), lineX(), QFontMetricsF(m_picture->theme.type().axis));
}

void CurveView::describe()
{
    QStringList parts {tr("Factor %1").arg(formatFactor(m_picture->factor))};
    for (int panel = 0; panel < panelCount(); ++panel) {
        parts += panelInWords(panel);
    }
    setAccessibleDescription(parts.join(QStringLiteral(". ")));
}

void CurveView::showToolTip(const QHelpEvent &help)
{
    const double y = mapToScene(help.pos()).y();
    QString text = toolTip();
    for (int panel = 0; panel < panelCount(); ++panel) {
        const CurvePanelRects &rects = m_picture->layout.panels[std::size_t(panel)];
        if (y >= rects.title.top() && y <= rects.plot.bottom()) {
            text = panelInWords(panel) + QLatin1Char('\n') + text;
        }
    }
    QToolTip::showText(help.globalPos(), inShortLines(text), this);
}

} // namespace sinkscope::ui
