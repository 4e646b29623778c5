// SPDX-License-Identifier: Apache-2.0
// Implements geometry and painting of factor sliders.
#include "ui/views/factor_slider_layout.h"

#include "ui/theme/number_format.h"
#include "ui/theme/proxy_style.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainterPath>

#include <algorithm>
#include <array>
#include <cmath>

namespace sinkscope::ui {
namespace {

constexpr std::array kDecades {0.01, 0.1, 1.0, 10.0, 100.0};
constexpr double kRadius = 2.0;

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(FactorSlider)
};

/// Lines of 1 px are sharp when they run through the middle of a px.
double sharp(double position)
{
    return std::floor(position) + 0.5;
}

struct CurveExtent {
    double low = 0, high = 0;
    QPointF lowest; ///< factor and value; only among factors above off
    bool isKnown = false;
};

CurveExtent extentOf(const SliderCurve &curve)
{
    CurveExtent extent;
    for (const QPointF &point : curve) {
        if (point.x() <= 0 || std::isnan(point.y())) {
            continue;
        }
        if (!extent.isKnown || point.y() < extent.low) {
            extent.low = point.y();
            extent.lowest = point;
        }
        extent.high = extent.isKnown ? std::max(extent.high, point.y()) : point.y();
        extent.isKnown = true;
    }
    return extent;
}

void paintCurve(
    QPainter &painter, const FactorSliderLayout &layout, const SliderCurve &curve, const QColor &ink)
{
    const CurveExtent extent = extentOf(curve);
    if (!extent.isKnown) {
        return;
    }
    QPainterPath path;
    bool isPenDown = false;
    for (const QPointF &point : curve) {
        if (point.x() <= 0) {
            continue;
        }
        if (std::isnan(point.y())) {
            isPenDown = false; // not computed yet: a gap
            continue;
        }
        const QPointF place = layout.curvePoint(point.x(), point.y(), extent.low, extent.high);
        isPenDown ? path.lineTo(place) : path.moveTo(place);
        isPenDown = true;
    }
    painter.setPen(QPen(ink, 1.0));
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(path);
    painter.setPen(Qt::NoPen);
    painter.setBrush(ink);
    const QPointF lowest = layout.curvePoint(extent.lowest.x(), extent.low, extent.low, extent.high);
    painter.drawEllipse(lowest, 2.0, 2.0);
}

/// Where the curve will stand: a dotted line through the middle of its band.
void paintComing(QPainter &painter, const FactorSliderLayout &layout, const QColor &ink)
{
    const double y = sharp((layout.curveTop + layout.curveBottom) / 2);
    QPen pen(ink, 1.0);
    pen.setDashPattern({1, 3});
    pen.setCapStyle(Qt::FlatCap);
    painter.setPen(pen);
    painter.drawLine(QPointF(layout.axis.lowX, y), QPointF(layout.axis.highX, y));
}

/// The tick at 1: taller than those of the decades.
void paintOne(QPainter &painter, const FactorSliderLayout &layout, const QColor &ink)
{
    const double half = layout.size == SliderSize::Large ? 7 : 6;
    const double one = std::round(layout.axis.xOf(1.0));
    painter.fillRect(QRectF(one - 1, layout.trackY - half, 2, 2 * half), ink);
}

/// From the handle to the lower edge, into the curves.
void paintLineBelow(QPainter &painter, const FactorSliderLayout &layout, double factor, const QColor &ink)
{
    const double top = layout.handleRect(factor).bottom();
    const double x = std::round(layout.axis.xOf(factor));
    painter.fillRect(QRectF(x - 1, top, 2, layout.area.bottom() - top), ink);
}

void paintTrack(
    QPainter &painter, const FactorSliderLayout &layout, const FactorSliderState &state, const Theme &theme)
{
    const ThemeColours &colours = theme.colours();
    const bool isActive = state.activity == SliderActivity::Active;
    const bool isLarge = layout.size == SliderSize::Large;
    const QColor track = isActive ? colours.track : colours.controlBorder;
    const double y = layout.trackY;
    painter.fillRect(QRectF(layout.axis.lowX, y - 1, layout.axis.highX - layout.axis.lowX, 2), track);
    for (const double decade : kDecades) {
        if (decade != 1.0) {
            painter.setPen(QPen(colours.track, 1.0));
            const double x = sharp(layout.axis.xOf(decade));
            painter.drawLine(QPointF(x, y - 3), QPointF(x, y + 3));
        }
    }
    if (state.scale == AxisScale::Additive) {
        return; // nothing is off
    }
    // The off stop: a mark of its own, behind a gap.
    const double offHeight = isLarge ? 12 : 8;
    painter.fillRect(QRectF(std::round(layout.axis.offX) - 1, y - offHeight / 2, 2, offHeight),
        isActive ? colours.secondaryText : colours.controlBorder);
    if (isLarge) {
        painter.setPen(QPen(colours.controlBorder, 1.0));
        const double middle = (layout.axis.offX + layout.axis.lowX) / 2;
        for (const double x : {middle - 4, middle}) {
            painter.drawLine(QPointF(x, y + 4), QPointF(x + 4, y - 4));
        }
    }
}

void paintLabels(
    QPainter &painter, const FactorSliderLayout &layout, const FactorSliderState &state, const Theme &theme)
{
    const bool isActive = state.activity != SliderActivity::Disabled;
    const double lineX = layout.axis.xOf(state.factor);
    painter.setFont(theme.type().axis);
    painter.setPen(isActive ? theme.colours().secondaryText : theme.colours().disabledText);
    const QFontMetricsF metrics(theme.type().axis);
    const auto draw = [&](double x, const QString &text) {
        const double width = metrics.horizontalAdvance(text);
        const double left = std::min(x - width / 2, layout.area.right() - width - 1);
        if (state.lineBelow && lineX > left - 4 && lineX < left + width + 4) {
            // The accent line passes behind the label.
            painter.fillRect(
                QRectF(left - 2, layout.labelBaseline - metrics.ascent(), width + 4, metrics.height()),
                theme.colours().window);
        }
        painter.drawText(QPointF(std::round(left), layout.labelBaseline), text);
    };
    for (const double decade : kDecades) {
        draw(layout.axis.xOf(decade), tickText(decade, state.scale));
    }
    if (state.scale != AxisScale::Additive)
        draw(layout.axis.offX, Texts::tr("off"));
}

void paintHandle(
    QPainter &painter, const FactorSliderLayout &layout, const FactorSliderState &state, const Theme &theme)
{
    const ThemeColours &colours = theme.colours();
    const QRectF handle = layout.handleRect(state.factor);
    const bool isHollow = state.factor == 1.0 && !state.span;
    if (state.activity != SliderActivity::Active) {
        painter.setPen(QPen(colours.disabledText, 1.0));
        painter.setBrush(colours.window);
        painter.drawRoundedRect(handle.adjusted(0.5, 0.5, -0.5, -0.5), kRadius, kRadius);
    } else if (isHollow) {
        painter.setPen(QPen(colours.secondaryText, 1.0));
        painter.setBrush(colours.base);
        painter.drawRoundedRect(handle.adjusted(0.5, 0.5, -0.5, -0.5), kRadius, kRadius);
    } else {
        painter.setPen(Qt::NoPen);
        painter.setBrush(colours.accent);
        painter.drawRoundedRect(handle, kRadius, kRadius);
    }
    if (state.hasFocus) {
        drawFocusRing(painter, handle, colours);
    }
}

} // namespace

FactorSliderLayout::FactorSliderLayout(
    const QRectF &given, SliderSize sliderSize, const FactorAxis &givenAxis, double textScale)
    : size(sliderSize)
    , area(given)
    , axis(givenAxis)
{
    if (size == SliderSize::Large) {
        trackY = std::round(area.top() + 16);
        labelBaseline = std::round(trackY + 16 + 10 * textScale);
    } else {
        // The track lies below the middle: the curve needs the room above.
        const double middle = area.center().y();
        trackY = std::round(middle + std::min(6.0, area.height() * 0.15));
        curveTop = area.top() + std::max(4.0, (area.height() - 32) / 2);
        curveBottom = trackY - 6;
    }
}

QRectF FactorSliderLayout::handleRect(double factor) const
{
    const double width = size == SliderSize::Large ? 10 : 8;
    const double height = size == SliderSize::Large ? 24 : 16;
    return QRectF(std::round(axis.xOf(factor)) - width / 2, trackY - height / 2, width, height);
}

QRectF FactorSliderLayout::spanRect(const FactorSpan &span) const
{
    const double left = axis.xOf(span.lowest);
    const double right = axis.xOf(span.highest);
    return QRectF(left, trackY - 2, std::max(1.0, right - left), 4);
}

QRectF FactorSliderLayout::segmentRect(double factor) const
{
    if (factor == 1.0) {
        return {};
    }
    const double one = std::round(axis.xOf(1.0));
    const double end = factor <= 0 ? axis.lowX : std::round(axis.xOf(factor));
    return QRectF(QPointF(std::min(one, end), trackY - 2), QPointF(std::max(one, end), trackY + 2));
}

QPointF FactorSliderLayout::curvePoint(double factor, double value, double low, double high) const
{
    const double share = high > low ? (value - low) / (high - low) : 0.0;
    return QPointF(axis.xOf(factor), curveBottom - share * (curveBottom - curveTop));
}

bool FactorSliderLayout::hitsTrack(const QPointF &position) const
{
    const double half = size == SliderSize::Large ? 14 : 10;
    return std::abs(position.y() - trackY) <= half && position.x() >= axis.offX - 8
        && position.x() <= axis.highX + 8;
}

QColor factorColour(double factor, const Theme &theme)
{
    // From the map's second stop on, so that a small change keeps 3:1 against the window.
    const double away = factor <= 0 ? 1.0 : std::abs(std::log(factor) / std::log(kHighestFactor));
    const double share = std::min(1.0, 2.0 / 3.0 + away / 3.0);
    return theme.diverging().colour(factor < 1 ? 0.5 - share / 2 : 0.5 + share / 2);
}

void paintFactorSlider(
    QPainter &painter, const FactorSliderLayout &layout, const FactorSliderState &state, const Theme &theme)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const ThemeColours &colours = theme.colours();
    const bool isActive = state.activity == SliderActivity::Active;
    if (layout.size == SliderSize::Small && state.activity != SliderActivity::Disabled) {
        if (state.curve.isEmpty() && state.curveState == RowCurve::Computing) {
            paintComing(painter, layout, colours.track);
        }
        const bool isOld = state.curveState == RowCurve::Old;
        paintCurve(painter, layout, state.curve,
            isOld ? blended(colours.track, colours.window, kStaleShare) : colours.track);
    }
    paintTrack(painter, layout, state, theme);
    if (isActive && !state.span) {
        painter.fillRect(layout.segmentRect(state.factor), factorColour(state.factor, theme));
    }
    const bool isDisabled = state.activity == SliderActivity::Disabled;
    paintOne(painter, layout, isDisabled ? colours.track : colours.secondaryText);
    if (state.span) {
        painter.fillRect(layout.spanRect(*state.span), blended(colours.accent, colours.window, 0.5));
    }
    if (state.lineBelow && isActive) {
        paintLineBelow(painter, layout, state.factor, colours.accent);
    }
    if (layout.size == SliderSize::Large) {
        paintLabels(painter, layout, state, theme);
    }
    paintHandle(painter, layout, state, theme);
    painter.restore();
}

} // namespace sinkscope::ui
