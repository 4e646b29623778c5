// SPDX-License-Identifier: Apache-2.0
// Implements the scene of the curves.
#include "ui/views/curve_scene.h"

#include "ui/views/curve_marks.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace sinkscope::ui {
namespace {

constexpr double kCurveWidth = 1.5;
constexpr double kLongerThanAnyLine = 1e5; ///< pen widths
constexpr double kUnderZ = -1, kLineZ = 1, kOverZ = 2; // charts are at 0

/// The unbroken runs of computed points above off, as (log10 factor, share of the range): Qt Charts draws
/// nothing on an axis as short as 1e-12.
std::vector<QVector<QPointF>> piecesOf(const CurveLine &line, const CurveRange &range)
{
    std::vector<QVector<QPointF>> pieces;
    bool isPenDown = false;
    for (const PlottedPoint &point : line.points) {
        if (point.factor <= 0) {
            continue;
        }
        if (!point.value || !std::isfinite(*point.value)) {
            isPenDown = false;
            continue;
        }
        if (!isPenDown) {
            pieces.emplace_back();
        }
        const double share = (*point.value - range.low) / (range.high - range.low);
        pieces.back().append({std::log10(point.factor), share});
        isPenDown = true;
    }
    return pieces;
}

} // namespace

QVector<qreal> dashOf(std::size_t line, const CurveLine &curve)
{
    static const std::array<QVector<qreal>, 4> kDashes {
        QVector<qreal> {}, QVector<qreal> {4, 2}, QVector<qreal> {1, 2}, QVector<qreal> {6, 2, 1, 2}};
    return curve.isReference ? kDashes[1] : kDashes[line % kDashes.size()];
}

CurvePanelPlace CurvePicture::place(int panel) const
{
    const std::size_t index = std::size_t(panel);
    return {layout, panel, series[index], legends[index], ranges[index], panel == 0 ? progress : QString()};
}

QColor CurvePicture::ink(const CurveLine &line) const
{
    const ThemeColours &colours = theme.colours();
    return faded(line.isReference ? colours.secondaryText : colours.text);
}

QColor CurvePicture::faded(const QColor &full) const
{
    return isStale ? blended(full, theme.colours().window, kStaleShare) : full;
}

CurveScene::CurveScene(const CurvePicture &picture)
    : m_picture(picture)
    , m_under(new CurveMarks(CurveMarks::Layer::Under, picture))
    , m_line(new CurveMarks(CurveMarks::Layer::Line, picture))
    , m_over(new CurveMarks(CurveMarks::Layer::Over, picture))
{
    setItemIndexMethod(NoIndex); // few items, all large
    m_under->setZValue(kUnderZ);
    m_line->setZValue(kLineZ);
    m_over->setZValue(kOverZ);
    for (CurveMarks *marks : {m_under, m_line, m_over}) {
        addItem(marks);
    }
}

CurveScene::~CurveScene() = default;

CurveScene::Panel CurveScene::makePanel()
{
    Panel panel;
    panel.chart = new QtCharts::QChart;
    panel.chart->legend()->hide();
    panel.chart->setBackgroundVisible(false);
    panel.chart->setMargins({});
    panel.chart->setAcceptedMouseButtons(Qt::NoButton);
    panel.xAxis = new QtCharts::QValueAxis;
    panel.yAxis = new QtCharts::QValueAxis;
    panel.xAxis->setRange(std::log10(kLowestFactor), std::log10(kHighestFactor));
    panel.yAxis->setRange(0.0, 1.0);
    panel.xAxis->setVisible(false); // the slider above is the x axis
    panel.yAxis->setVisible(
        false); // labels stand left of the off stop, grid lines end with the slider's track
    panel.chart->addAxis(panel.xAxis, Qt::AlignBottom);
    panel.chart->addAxis(panel.yAxis, Qt::AlignLeft);
    addItem(panel.chart);
    return panel;
}

void CurveScene::fillPieces(Panel &panel, const CurveSeries &series, const CurveRange &range)
{
    std::size_t used = 0;
    for (std::size_t line = 0; line < series.lines.size(); ++line) {
        QPen pen(m_picture.ink(series.lines[line]), kCurveWidth);
        const QVector<qreal> dash = dashOf(line, series.lines[line]);
        // Qt Charts draws a solid pen piece by piece, which beads at every point; a dash longer than the line
        // does not.
        pen.setDashPattern(dash.isEmpty() ? QVector<qreal> {kLongerThanAnyLine, 1} : dash);
        pen.setCapStyle(Qt::FlatCap);
        pen.setJoinStyle(Qt::RoundJoin);
        for (const QVector<QPointF> &points : piecesOf(series.lines[line], range)) {
            if (used == panel.pieces.size()) {
                auto *piece = new QtCharts::QLineSeries;
                panel.chart->addSeries(piece);
                piece->attachAxis(panel.xAxis);
                piece->attachAxis(panel.yAxis);
                panel.pieces.push_back(piece);
            }
            panel.pieces[used]->setPen(pen);
            panel.pieces[used]->replace(points);
            ++used;
        }
    }
    for (std::size_t spare = used; spare < panel.pieces.size(); ++spare) {
        panel.chart->removeSeries(panel.pieces[spare]);
        delete panel.pieces[spare];
    }
    panel.pieces.resize(used);
}

void CurveScene::updatePanel(int index)
{
    Panel &panel = m_panels[std::size_t(index)];
    const CurveRange &range = m_picture.ranges[std::size_t(index)];
    panel.chart->setGeometry(QRectF(QPointF(0, 0), sceneRect().size()));
    panel.chart->setPlotArea(m_picture.layout.panels[std::size_t(index)].plot);
    fillPieces(panel, m_picture.series[std::size_t(index)], range);
}

void CurveScene::rebuild()
{
    const std::size_t count = m_picture.layout.panels.size();
    while (m_panels.size() > count) {
        delete m_panels.back().chart; // with its axes and series
        m_panels.pop_back();
    }
    while (m_panels.size() < count) {
        m_panels.push_back(makePanel());
    }
    for (int panel = 0; panel < int(count); ++panel) {
        updatePanel(panel);
    }
    for (CurveMarks *marks : {m_under, m_line, m_over}) {
        marks->refresh(sceneRect().size());
    }
}

void CurveScene::moveLine()
{
    m_line->followLine();
    m_over->followLine();
}

} // namespace sinkscope::ui
