// SPDX-License-Identifier: Apache-2.0
// The items of the curve panel: one Qt chart a panel, and over them the marks and the accent line.
#pragma once

#include "ui/theme/theme.h"
#include "ui/views/curve_data.h"
#include "ui/views/curve_labels.h"
#include "ui/views/curve_layout.h"

#include <QtCharts/QChart>
#include <QtCharts/QLineSeries>
#include <QtCharts/QValueAxis>
#include <QGraphicsScene>

#include <vector>

namespace sinkscope::ui {

class CurveMarks;

/// What a scene shows; the view owns it and outlives the scene.
struct CurvePicture {
    Theme theme;
    std::vector<CurveSeries> series;
    std::vector<CurveRange> ranges; ///< [series]
    std::vector<CurveLegend> legends; ///< [series]
    CurveLayout layout;
    double factor = 1.0;
    bool isMixed = false;
    bool isStale = false;
    QString progress; ///< of the points that are computed, after the first title; empty: all are

    CurvePanelPlace place(int panel) const;
    QColor ink(const CurveLine &line) const; ///< faded where stale
    QColor faded(const QColor &full) const; ///< `full`, paler where stale
};

/// How a line is dashed, in pen widths: solid (empty), dashed, dotted, dash-dotted.
QVector<qreal> dashOf(std::size_t line, const CurveLine &curve);

/// Owner: CurveView. Threads: GUI thread.
class CurveScene : public QGraphicsScene {
    Q_OBJECT
public:
    explicit CurveScene(const CurvePicture &picture);
    ~CurveScene() override;

    /// After a change of series, layout or theme.
    void rebuild();
    /// After a change of the factor only: moves the line and the rings.
    void moveLine();

private:
    /// A chart with its axes and as many line series as there are unbroken pieces.
    struct Panel {
        QtCharts::QChart *chart = nullptr;
        QtCharts::QValueAxis *xAxis = nullptr; ///< log10 of the factor
        QtCharts::QValueAxis *yAxis = nullptr; ///< share of the panel's range
        std::vector<QtCharts::QLineSeries *> pieces;
    };
    Panel makePanel();
    void updatePanel(int panel);
    void fillPieces(Panel &panel, const CurveSeries &series, const CurveRange &range);

    const CurvePicture &m_picture;
    std::vector<Panel> m_panels;
    CurveMarks *m_under; ///< dotted line at 1, off column: behind the charts
    CurveMarks *m_line; ///< accent line
    CurveMarks *m_over; ///< titles, labels, dots, rings
};

} // namespace sinkscope::ui
