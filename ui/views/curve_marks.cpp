// SPDX-License-Identifier: Apache-2.0
// Implements the marks around the curves.
#include "ui/views/curve_marks.h"

#include "ui/theme/number_format.h"

#include <QPainter>
#include <QPainterPath>

#include <array>
#include <cmath>

namespace sinkscope::ui {
namespace {

constexpr double kLineWidth = 2.0;
constexpr double kRingRadius = 4.0;
constexpr double kOffRingRadius = 3.0;
constexpr double kDotRadius = 3.0;
constexpr double kGapWidth = 1.5; ///< as the curves
constexpr double kHaloWidth = 3.0; ///< 1.5 px around the letters
constexpr double kSampleLineWidth = 1.5; ///< that of the curves
constexpr double kAfterSample = 4; ///< px between a sample and its name
constexpr double kClearOfLine = 3; ///< px beside titles and names where the accent line ends

double sharp(double position)
{
    return std::floor(position) + 0.5;
}

bool hasValues(const CurveSeries &series)
{
    for (const CurveLine &line : series.lines) {
        for (const PlottedPoint &point : line.points) {
            if (point.value) {
                return true;
            }
        }
    }
    return false;
}

} // namespace

CurveMarks::CurveMarks(Layer layer, const CurvePicture &picture)
    : m_layer(layer)
    , m_picture(picture)
{
}

void CurveMarks::refresh(const QSizeF &size)
{
    prepareGeometryChange();
    m_bounds = QRectF(QPointF(0, 0), size);
    followLine();
}

void CurveMarks::followLine()
{
    m_labels.clear();
    if (m_layer == Layer::Over) {
        const QFontMetricsF metrics(m_picture.theme.type().axis);
        const double lineX = m_picture.layout.axis.xOf(m_picture.factor);
        for (int panel = 0; panel < int(m_picture.layout.panels.size()); ++panel) {
            m_labels.push_back(placeLabels(m_picture.place(panel), lineX, metrics));
        }
    }
    update();
}

void CurveMarks::paint(QPainter *painter, const QStyleOptionGraphicsItem *, QWidget *)
{
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setFont(m_picture.theme.type().axis);
    if (m_layer == Layer::Under) {
        paintUnder(*painter);
        return;
    }
    if (m_layer == Layer::Line) {
        paintLine(*painter);
        return;
    }
    for (int panel = 0; panel < int(m_picture.layout.panels.size()); ++panel) {
        paintWords(*painter, panel);
        paintOffRings(*painter, panel);
        paintExtremes(*painter, panel);
        paintRings(*painter, panel);
    }
}

void CurveMarks::paintUnder(QPainter &painter) const
{
    const ThemeColours &colours = m_picture.theme.colours();
    for (int panel = 0; panel < int(m_picture.layout.panels.size()); ++panel) {
        paintGaps(painter, panel);
    }
    for (const CurvePanelRects &panel : m_picture.layout.panels) {
        painter.setPen(QPen(colours.line, 1.0));
        for (const double y : {panel.plot.top(), panel.plot.center().y(), panel.plot.bottom()}) {
            painter.drawLine(QPointF(panel.plot.left(), sharp(y)), QPointF(panel.plot.right(), sharp(y)));
        }
        const double off = sharp(m_picture.layout.axis.offX);
        painter.drawLine(QPointF(off, panel.plot.top()), QPointF(off, panel.plot.bottom()));
        QPen dotted(colours.disabledText, 1.0);
        dotted.setDashPattern({2, 2});
        painter.setPen(dotted);
        const double one = sharp(m_picture.layout.axis.xOf(1.0));
        painter.drawLine(QPointF(one, panel.plot.top()), QPointF(one, panel.plot.bottom()));
    }
}

void CurveMarks::paintGaps(QPainter &painter, int panel) const
{
    const CurveRange &range = m_picture.ranges[std::size_t(panel)];
    for (const CurveLine &line : m_picture.series[std::size_t(panel)].lines) {
        QPen dotted(m_picture.faded(m_picture.theme.colours().secondaryText), kGapWidth);
        dotted.setDashPattern({1, 3});
        painter.setPen(dotted);
        std::optional<QPointF> last;
        bool isGap = false;
        for (const PlottedPoint &point : line.points) {
            if (point.factor <= 0) {
                continue;
            }
            if (!point.value || !std::isfinite(*point.value)) {
                isGap = true;
                continue;
            }
            const QPointF place = m_picture.layout.point(panel, point.factor, *point.value, range);
            if (last && isGap) {
                painter.drawLine(*last, place);
            }
            last = place;
            isGap = false;
        }
    }
}

void CurveMarks::paintLine(QPainter &painter) const
{
    if (m_picture.layout.panels.empty()) {
        return;
    }
    const double x = std::round(m_picture.layout.axis.xOf(m_picture.factor));
    painter.fillRect(QRectF(x - kLineWidth / 2, 0, kLineWidth, m_picture.layout.bottom),
        m_picture.faded(m_picture.theme.colours().accent));
}

void CurveMarks::paintHaloed(
    QPainter &painter, const QRectF &rect, const QString &text, const QColor &ink) const
{
    const QFontMetricsF metrics(painter.font());
    QPainterPath letters;
    letters.addText(
        rect.left(), rect.center().y() + (metrics.ascent() - metrics.descent()) / 2, painter.font(), text);
    QPen halo(m_picture.theme.colours().window, kHaloWidth);
    halo.setJoinStyle(Qt::RoundJoin);
    painter.strokePath(letters, halo);
    painter.setPen(m_picture.faded(ink));
    painter.drawText(rect, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextDontClip, text);
}

void CurveMarks::paintSample(QPainter &painter, const CurveSeries &series, const CurveLabel &label) const
{
    const CurveLine &line = series.lines[std::size_t(label.line)];
    QPen pen(m_picture.ink(line), kSampleLineWidth);
    if (const QVector<qreal> dash = dashOf(std::size_t(label.line), line); !dash.isEmpty()) {
        pen.setDashPattern(dash);
    }
    pen.setCapStyle(Qt::FlatCap);
    const double y = sharp(label.rect.center().y());
    const double left = label.rect.left();
    painter.setPen(pen);
    painter.drawLine(QPointF(left, y), QPointF(left + kLineSampleWidth - kAfterSample, y));
}

void CurveMarks::paintLabel(QPainter &painter, const CurveSeries &series, const CurveLabel &label) const
{
    const ThemeColours &colours = m_picture.theme.colours();
    const bool isNote = label.kind == CurveLabel::Kind::Extreme || label.kind == CurveLabel::Kind::Border;
    if (!isNote) { // the accent line ends at these words: they can be read wherever it stands
        const bool isAfterTitle = label.kind == CurveLabel::Kind::Progress;
        painter.fillRect(
            label.rect.adjusted(isAfterTitle ? 0 : -kClearOfLine, 0, kClearOfLine, 0), colours.window);
    }
    QRectF text = label.rect;
    if (label.kind == CurveLabel::Kind::Line) {
        paintSample(painter, series, label);
        text.setLeft(text.left() + kLineSampleWidth);
    }
    const QColor &ink = label.kind == CurveLabel::Kind::Title ? colours.text
        : label.kind == CurveLabel::Kind::Border              ? colours.warning
                                                              : colours.secondaryText;
    paintHaloed(painter, text, label.text, ink);
}

void CurveMarks::paintWords(QPainter &painter, int panel) const
{
    const std::size_t place = std::size_t(panel);
    const ThemeColours &colours = m_picture.theme.colours();
    const CurvePanelRects &rects = m_picture.layout.panels[place];
    const QFontMetricsF metrics(painter.font());
    if (hasValues(m_picture.series[place])) {
        const CurveRange &range = m_picture.ranges[place];
        painter.setPen(m_picture.faded(colours.secondaryText));
        for (const double value : std::array {range.low, range.middle(), range.high}) {
            const double y = m_picture.layout.yOf(panel, value, range);
            const QRectF rect(0, y - metrics.height() / 2, rects.axisLabels.right(), metrics.height());
            painter.drawText(rect, Qt::AlignRight | Qt::AlignVCenter, axisLabel(range, value));
        }
    }
    for (const CurveLabel &label : m_labels[place]) {
        paintLabel(painter, m_picture.series[place], label);
    }
}

void CurveMarks::paintOffRings(QPainter &painter, int panel) const
{
    const std::size_t place = std::size_t(panel);
    painter.setBrush(m_picture.theme.colours().window);
    for (const CurveLine &line : m_picture.series[place].lines) {
        if (const std::optional<double> value = valueAt(line, kFactorOff)) {
            painter.setPen(QPen(m_picture.ink(line), 1.5));
            const QPointF centre = m_picture.layout.point(panel, kFactorOff, *value, m_picture.ranges[place]);
            painter.drawEllipse(QPointF(sharp(centre.x()), centre.y()), kOffRingRadius, kOffRingRadius);
        }
    }
}

void CurveMarks::paintExtremes(QPainter &painter, int panel) const
{
    const std::size_t place = std::size_t(panel);
    const CurveSeries &series = m_picture.series[place];
    if (series.lines.empty()) {
        return;
    }
    for (const CurveExtremePoint &extreme : findExtremes(series.lines.front(), series.extreme)) {
        const QPointF centre =
            m_picture.layout.point(panel, extreme.factor, extreme.value, m_picture.ranges[place]);
        if (extreme.place == CurveExtremePoint::Place::Inside) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(m_picture.ink(series.lines.front()));
            painter.drawEllipse(centre, kDotRadius, kDotRadius);
            continue;
        }
        // The arrow points where the line still goes; its tip stands at the end of the axis.
        const double back = extreme.place == CurveExtremePoint::Place::AtHighest ? -8 : 8;
        QPainterPath arrow(centre);
        arrow.lineTo(centre + QPointF(back, -5));
        arrow.lineTo(centre + QPointF(back, 5));
        arrow.closeSubpath();
        painter.setPen(QPen(m_picture.faded(m_picture.theme.colours().warning), 1.5));
        painter.setBrush(Qt::NoBrush);
        painter.drawPath(arrow);
    }
}

void CurveMarks::paintRings(QPainter &painter, int panel) const
{
    if (m_picture.isMixed) {
        return;
    }
    const std::size_t place = std::size_t(panel);
    painter.setPen(QPen(m_picture.faded(m_picture.theme.colours().accent), 2.0));
    painter.setBrush(m_picture.theme.colours().window);
    for (const CurveLine &line : m_picture.series[place].lines) {
        const std::optional<double> value = line.isReference ? std::nullopt : valueAt(line, m_picture.factor);
        if (value) {
            const QPointF centre =
                m_picture.layout.point(panel, m_picture.factor, *value, m_picture.ranges[place]);
            painter.drawEllipse(QPointF(std::round(centre.x()), centre.y()), kRingRadius, kRingRadius);
        }
    }
}

} // namespace sinkscope::ui
