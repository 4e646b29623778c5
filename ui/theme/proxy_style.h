// SPDX-License-Identifier: Apache-2.0
// Fusion made flat: 2 px focus ring 2 px away, radius 2, splitters of 1 px, joined segments.
#pragma once

#include "ui/theme/palette.h"

#include <QProxyStyle>

namespace sinkscope::ui {

/// Where a tool button stands in a row of joined segments; kept in the dynamic property "segment".
enum class SegmentPlace { Alone = 0, First, Middle, Last };

/// The style of all widgets. Owner: QApplication. Threads: GUI thread.
class SinkscopeStyle : public QProxyStyle {
    Q_OBJECT
public:
    SinkscopeStyle();

    void setColours(const ThemeColours &colours) { m_colours = colours; }

    void drawPrimitive(PrimitiveElement element, const QStyleOption *option, QPainter *painter,
        const QWidget *widget = nullptr) const override;
    void drawControl(ControlElement element, const QStyleOption *option, QPainter *painter,
        const QWidget *widget = nullptr) const override;
    void drawComplexControl(ComplexControl control, const QStyleOptionComplex *option, QPainter *painter,
        const QWidget *widget = nullptr) const override;
    QRect subControlRect(ComplexControl control, const QStyleOptionComplex *option, SubControl subControl,
        const QWidget *widget = nullptr) const override;
    QSize sizeFromContents(ContentsType type, const QStyleOption *option, const QSize &size,
        const QWidget *widget) const override;
    int pixelMetric(PixelMetric metric, const QStyleOption *option = nullptr,
        const QWidget *widget = nullptr) const override;
    int styleHint(StyleHint hint, const QStyleOption *option = nullptr, const QWidget *widget = nullptr,
        QStyleHintReturn *returnData = nullptr) const override;

private:
    void drawButton(const QStyleOption &option, QPainter &painter, const QWidget *widget) const;
    void drawField(const QRect &rect, QStyle::State state, QPainter &painter) const;
    void drawCheckBox(const QStyleOption &option, QPainter &painter) const;
    void drawChevron(const QRect &rect, QStyle::State state, QPainter &painter) const;
    void drawComboBox(const QStyleOptionComplex &option, QPainter &painter) const;
    void drawScrollBar(const QStyleOptionComplex &option, QPainter &painter, const QWidget *widget) const;

    ThemeColours m_colours;
};

/// Marks the buttons of `row`, left to right, as one joined segment control; put them in a layout with
/// spacing 0.
void joinSegments(const QList<QWidget *> &row);

/// The focus ring painted views share: 2 px accent, 2 px outside of `target`.
void drawFocusRing(QPainter &painter, const QRectF &target, const ThemeColours &colours);

} // namespace sinkscope::ui
