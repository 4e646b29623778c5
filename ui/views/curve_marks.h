// SPDX-License-Identifier: Apache-2.0
// What stands around the curves: titles, value labels, off rings, extremes, the accent line.
#pragma once

#include "ui/views/curve_labels.h"
#include "ui/views/curve_scene.h"

#include <QGraphicsItem>

namespace sinkscope::ui {

/// One layer of marks over the whole view. Owner: the scene.
class CurveMarks : public QGraphicsItem {
public:
    enum class Layer { Under, Line, Over };
    CurveMarks(Layer layer, const CurvePicture &picture);

    /// After a change of what is shown; `size` is the view's.
    void refresh(const QSizeF &size);
    /// After a change of the factor only.
    void followLine();
    QRectF boundingRect() const override { return m_bounds; }
    void paint(QPainter *painter, const QStyleOptionGraphicsItem *option, QWidget *widget) override;

private:
    void paintUnder(QPainter &painter) const;
    void paintGaps(QPainter &painter, int panel) const; ///< dotted, over points not computed yet
    void paintLine(QPainter &painter) const;
    void paintWords(QPainter &painter, int panel) const;
    void paintOffRings(QPainter &painter, int panel) const;
    void paintExtremes(QPainter &painter, int panel) const;
    void paintRings(QPainter &painter, int panel) const;
    void paintLabel(QPainter &painter, const CurveSeries &series, const CurveLabel &label) const;
    void paintSample(QPainter &painter, const CurveSeries &series, const CurveLabel &label) const;
    /// A thin rim of the ground, so that the curve behind stays seen.
    void paintHaloed(QPainter &painter, const QRectF &rect, const QString &text, const QColor &ink) const;

    const Layer m_layer;
    const CurvePicture &m_picture;
    QRectF m_bounds;
    std::vector<std::vector<CurveLabel>> m_labels; ///< [panels]
};

} // namespace sinkscope::ui
