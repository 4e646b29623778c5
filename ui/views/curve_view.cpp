// SPDX-License-Identifier: Apache-2.0
// Implements the curves under the slider.
#include "ui/views/curve_view.h"

#include "ui/theme/focus_ring.h"
#include "ui/theme/proxy_style.h"
#include "ui/theme/tool_tip.h"
#include "ui/views/curve_labels.h"
#include "ui/views/curve_scene.h"
#include "ui/views/factor_keys.h"

#include <QApplication>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QScrollBar>
#include <QWheelEvent>

#include <algorithm>

namespace sinkscope::ui {
namespace {

constexpr int kLeastWidth = 264; ///< that of the answer bars, px at text scale 1

} // namespace

CurveView::CurveView(QWidget *parent)
    : QGraphicsView(parent)
    , m_picture(std::make_unique<CurvePicture>())
    , m_scene(std::make_unique<CurveScene>(*m_picture))
{
    setObjectName(QStringLiteral("curveView"));
    setScene(m_scene.get());
    setFrameShape(NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    setAlignment(Qt::AlignLeft | Qt::AlignTop);
    setRenderHint(QPainter::Antialiasing);
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    viewport()->setMouseTracking(true);
    setProperty(kOwnFocusRing, true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    setAccessibleName(tr("Curves over the factor"));
    setToolTip(inShortLines(tr("Drag the line as the handle above; dotted line: factor 1; ring at the left: "
                               "factor off; right click: which curves")));
    connect(&m_stale, &StaleDelay::dimmedChanged, this, [this] {
        m_picture->isStale = m_stale.isDimmed();
        m_scene->rebuild();
    });
    setTheme(Theme());
}

CurveView::~CurveView()
{
    setScene(nullptr);
}

void CurveView::setTheme(const Theme &theme)
{
    m_picture->theme = theme;
    setBackgroundBrush(theme.colours().window);
    updateGeometry();
    relayout();
}

void CurveView::setSeries(const std::vector<CurveSeries> &series)
{
    if (series == m_picture->series) {
        return;
    }
    const std::vector<int> rowsBefore = legendRows();
    std::vector<char> isKept(series.size(), 0);
    for (std::size_t place = 0; place < std::min(series.size(), m_picture->series.size()); ++place)
        isKept[place] = isFilledFurther(m_picture->series[place], series[place]) ? 1 : 0;
    m_picture->series = series;
    updateRanges(isKept);
    relayout();
    if (legendRows() != rowsBefore) {
        updateGeometry();
    }
    describe();
}

void CurveView::setProgress(const QString &progress)
{
    if (progress != m_picture->progress) {
        m_picture->progress = progress;
        m_scene->rebuild();
    }
}

const QString &CurveView::progress() const
{
    return m_picture->progress;
}

void CurveView::updateRanges(const std::vector<char> &isKept)
{
    std::vector<CurveRange> ranges;
    for (std::size_t place = 0; place < m_picture->series.size(); ++place) {
        CurveRange range = roundRange(m_picture->series[place]);
        const bool isFilling = place < isKept.size() && isKept[place];
        if ((m_held || isFilling) && place < m_picture->ranges.size()) {
            range = united(range, m_picture->ranges[place]);
        }
        ranges.push_back(range);
    }
    m_picture->ranges = ranges;
}

void CurveView::setFactor(double factor)
{
    if (m_picture->factor == factor && !m_picture->isMixed) {
        return;
    }
    m_picture->factor = factor;
    m_picture->isMixed = false;
    m_scene->moveLine();
    describe();
}

void CurveView::setMixed(double mean)
{
    m_picture->factor = mean;
    m_picture->isMixed = true;
    m_scene->moveLine();
    describe();
}

void CurveView::beginDrag()
{
    m_held = true;
}

void CurveView::endDrag()
{
    m_held = false;
    const std::vector<CurveRange> before = m_picture->ranges;
    updateRanges({});
    if (m_picture->ranges != before) {
        m_scene->rebuild();
    }
}

double CurveView::factor() const
{
    return m_picture->factor;
}

int CurveView::panelCount() const
{
    return int(m_picture->layout.panels.size());
}

int CurveView::panelsInSight() const
{
    const QRectF sight = mapToScene(viewport()->rect()).boundingRect();
    const auto &panels = m_picture->layout.panels;
    return int(std::count_if(panels.begin(), panels.end(), [&](const CurvePanelRects &panel) {
        return panel.title.top() >= sight.top() && panel.plot.bottom() <= sight.bottom();
    }));
}

CurveRange CurveView::range(int panel) const
{
    return m_picture->ranges[std::size_t(panel)];
}

const CurveLayout &CurveView::layoutForTest() const
{
    return m_picture->layout;
}

double CurveView::lineX() const
{
    return m_picture->layout.axis.xOf(m_picture->factor);
}

QSize CurveView::sizeHint() const
{
    std::vector<int> rows = legendRows();
    rows.resize(std::clamp<std::size_t>(rows.size(), 2, 4));
    return {448, curvesHeight(rows, Density::Full, m_picture->theme.type().scale)};
}

int CurveView::heightOfAll(Density density) const
{
    return heightOfFirst(int(m_picture->series.size()), density);
}

int CurveView::heightOfFirst(int panels, Density density) const
{
    std::vector<int> rows = legendRows();
    rows.resize(std::min(rows.size(), std::size_t(panels)));
    return curvesHeight(rows, density, m_picture->theme.type().scale);
}

std::vector<int> CurveView::legendRows() const
{
    std::vector<int> rows;
    for (const CurveLegend &legend : m_picture->legends) {
        rows.push_back(legend.rows);
    }
    return rows;
}

QSize CurveView::minimumSizeHint() const
{
    return {m_picture->theme.type().scaled(kLeastWidth),
        curvesHeight({0}, Density::Compact, m_picture->theme.type().scale)};
}

void CurveView::relayout()
{
    const double scale = m_picture->theme.type().scale;
    // A scroll bar stands in the margin at the right: the axis stays that of the slider above.
    const FactorAxis axis = FactorAxis::forPanel(width(), scale);
    const QFontMetricsF metrics(m_picture->theme.type().axis);
    m_picture->legends.clear();
    for (const CurveSeries &series : m_picture->series) {
        m_picture->legends.push_back(spreadLegend(series, {axis, metrics, kLegendRow * scale}));
    }
    m_picture->layout = CurveLayout(size(), axis, legendRows(), scale);
    const int height = std::max(viewport()->height(), m_picture->layout.height);
    m_scene->setSceneRect(QRectF(0, 0, viewport()->width(), height));
    m_scene->rebuild();
}

void CurveView::moveTo(double factor)
{
    if (factor == m_picture->factor && !m_picture->isMixed) {
        return;
    }
    if (m_picture->isMixed) {
        setMixed(factor); // the owner multiplies and tells the new mean
    } else {
        setFactor(factor);
    }
    Q_EMIT valueChanged(factor);
}

bool CurveView::isInPlots(const QPointF &position) const
{
    const CurveLayout &layout = m_picture->layout;
    const double y = mapToScene(position.toPoint()).y();
    return position.x() >= layout.axis.offX - 8 && position.x() <= layout.axis.highX + 8
        && y <= layout.bottom;
}

void CurveView::startAct()
{
    if (!m_dragging) {
        m_dragging = true;
        Q_EMIT dragStarted();
    }
}

void CurveView::finishAct()
{
    m_keyTurns = false;
    if (m_dragging) {
        m_dragging = false;
        Q_EMIT dragFinished();
    }
}

bool CurveView::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        showToolTip(*static_cast<QHelpEvent *>(event));
        return true;
    }
    return QGraphicsView::viewportEvent(event);
}

void CurveView::resizeEvent(QResizeEvent *)
{
    relayout();
}

void CurveView::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton || !isInPlots(event->localPos())) {
        event->ignore();
        return;
    }
    startAct();
    mouseMoveEvent(event);
}

void CurveView::mouseMoveEvent(QMouseEvent *event)
{
    if (!m_dragging || !(event->buttons() & Qt::LeftButton)) {
        viewport()->setCursor(isInPlots(event->localPos()) ? Qt::SizeHorCursor : Qt::ArrowCursor);
        return;
    }
    const bool isReleased = event->modifiers() & Qt::AltModifier || m_picture->isMixed;
    moveTo(m_picture->layout.axis.factorAt(
        event->localPos().x(), isReleased ? SnapAtOne::Released : SnapAtOne::On));
}

void CurveView::mouseReleaseEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton) {
        finishAct();
    }
}

void CurveView::mouseDoubleClickEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton && isInPlots(event->localPos())) {
        finishAct();
        startAct();
        moveTo(1.0);
        finishAct();
    }
}

void CurveView::keyPressEvent(QKeyEvent *event)
{
    const std::optional<double> next = factorAfterKey(*event, m_picture->factor);
    if (!next) {
        // NOLINTNEXTLINE(bugprone-parent-virtual-call): past QGraphicsView, for its scene takes no keys.
        QAbstractScrollArea::keyPressEvent(event);
        return;
    }
    m_ringShown = true;
    m_keyTurns = true;
    startAct();
    moveTo(*next);
    event->accept();
}

void CurveView::keyReleaseEvent(QKeyEvent *event)
{
    if (m_keyTurns && !event->isAutoRepeat()) {
        finishAct();
        event->accept();
        return;
    }
    // NOLINTNEXTLINE(bugprone-parent-virtual-call): as for a key press.
    QAbstractScrollArea::keyReleaseEvent(event);
}

void CurveView::wheelEvent(QWheelEvent *event)
{
    if (verticalScrollBar()->maximum() > 0) {
        QApplication::sendEvent(verticalScrollBar(), event);
    } else {
        event->ignore();
    }
}

void CurveView::drawForeground(QPainter *painter, const QRectF &)
{
    if (hasFocus() && m_ringShown) {
        drawFocusRing(*painter, mapToScene(viewport()->rect()).boundingRect().adjusted(5, 5, -5, -5),
            m_picture->theme.colours());
    }
}

void CurveView::focusInEvent(QFocusEvent *event)
{
    m_ringShown = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason
        || event->reason() == Qt::ShortcutFocusReason;
    viewport()->update();
}

void CurveView::focusOutEvent(QFocusEvent *)
{
    if (m_keyTurns) {
        finishAct(); // the release of the key goes elsewhere
    }
    viewport()->update();
}

void CurveView::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::FontChange && m_scene) {
        relayout();
    }
    QGraphicsView::changeEvent(event);
}

} // namespace sinkscope::ui
