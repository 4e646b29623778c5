// SPDX-License-Identifier: Apache-2.0
// Data and painting of the head map; mouse and keys are in head_map_gestures.cpp, the parts paint themselves
// (head_map_parts.h).
#include "ui/views/head_map_view.h"

#include "ui/theme/proxy_style.h"
#include "ui/theme/tool_tip.h"
#include "ui/views/head_map_parts.h"
#include "ui/views/head_map_picture.h"
#include "ui/views/head_map_words.h"

#include <QFontMetrics>
#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>

namespace sinkscope::ui {

namespace {

constexpr int kLabelsMeasured = 2000; ///< longer prompts: enough tokens to know the widest label

int widestLabel(const std::vector<HeadMapToken> &tokens, const QFontMetrics &metrics)
{
    int widest = 0;
    for (std::size_t token = 0; token < std::min<std::size_t>(tokens.size(), kLabelsMeasured); ++token)
        widest = std::max(widest, metrics.horizontalAdvance(tokens[token].text));
    return widest;
}

bool haveSameLabels(const HeadMapData &first, const HeadMapData &second)
{
    return std::equal(first.tokens.begin(), first.tokens.end(), second.tokens.begin(), second.tokens.end(),
        [](const HeadMapToken &a, const HeadMapToken &b) { return a.text == b.text; });
}

} // namespace

HeadMapView::HeadMapView(QWidget *parent)
    : QAbstractScrollArea(parent)
{
    setObjectName(QStringLiteral("headMapView"));
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::StrongFocus);
    setProperty(kOwnFocusRing, true);
    viewport()->setMouseTracking(true);
    setToolTip(inShortLines(tr(
        "Click a cell to pin it, click again or Esc to release; Ctrl+click keeps several. Alt and arrow keys "
        "move the cell. Ctrl+wheel, + and - zoom, Z shows all.")));
    measureLabels();
    relayout();
    describeCurrent();
}

HeadMapView::~HeadMapView() = default;

void HeadMapView::setTheme(const Theme &theme)
{
    m_theme = theme;
    m_widestLabel = 0;
    measureLabels();
    relayout();
}

void HeadMapView::setTileBudget(std::size_t bytes)
{
    if (std::exchange(m_tileBudgetBytes, bytes) != bytes)
        refreshPicture();
}

void HeadMapView::measureLabels()
{
    // Grows with the prompts, never shrinks: the map's corner keeps its place where it can.
    const QFontMetrics metrics(m_theme.type().axisBold);
    m_widestLabel = std::max(m_widestLabel, widestLabel(m_data.tokens, metrics));
}

void HeadMapView::setData(const HeadMapData &data)
{
    const bool needsLayout = !haveSameLabels(data, m_data);
    m_data = data;
    if (!isCell(m_pinned))
        m_pinned.reset();
    if (m_masked && m_masked->key >= m_data.tokenCount())
        m_masked.reset();
    if (!isCell(m_hovered))
        m_hovered.reset();
    if (m_linkedKey && *m_linkedKey >= m_data.tokenCount())
        m_linkedKey.reset();
    std::erase_if(m_kept, [this](const HeadMapCell &cell) { return !isCell(cell); });
    if (needsLayout) { // another prompt
        m_zoom = HeadMapZoom();
        m_scroll = QPoint();
        m_pan.reset();
        measureLabels();
        relayout();
    } else {
        refreshPicture();
    }
    describeCurrent();
}

bool HeadMapView::isCell(std::optional<HeadMapCell> cell) const
{
    return cell && cell->query >= 0 && cell->query < m_data.tokenCount() && cell->key >= 0
        && cell->key <= cell->query;
}

void HeadMapView::setPinned(std::optional<HeadMapCell> cell)
{
    m_pinned = isCell(cell) ? cell : std::nullopt;
    describeCurrent();
    viewport()->update();
}

void HeadMapView::setLinkedKey(std::optional<int> key)
{
    if (key && (*key < 0 || *key >= m_data.tokenCount()))
        key.reset();
    if (key == m_linkedKey)
        return;
    m_linkedKey = key;
    viewport()->update();
}

void HeadMapView::setDefaultQuery(int query)
{
    m_defaultQuery = query;
    describeCurrent();
    viewport()->update();
}

std::optional<HeadMapCell> HeadMapView::currentCell() const
{
    return m_hovered ? m_hovered : m_pinned;
}

double HeadMapView::restMaximum() const
{
    return m_picture->scales().rest.maximum;
}

int HeadMapView::shownQuery() const
{
    if (const auto cell = currentCell())
        return cell->query;
    if (m_defaultQuery >= 0 && m_defaultQuery < m_data.tokenCount())
        return m_defaultQuery;
    return m_data.tokenCount() - 1;
}

void HeadMapView::setKept(const std::vector<HeadMapCell> &cells)
{
    m_kept = cells;
    std::erase_if(m_kept, [this](const HeadMapCell &cell) { return !isCell(cell); });
    viewport()->update();
}

void HeadMapView::setColumnFigure(HeadMapColumnFigure figure)
{
    m_columnFigure = figure;
    viewport()->update();
}

void HeadMapView::relayout()
{
    placeMap(m_zoom, m_scroll);
    refreshPicture();
    Q_EMIT zoomChanged();
}

void HeadMapView::placeMap(HeadMapZoom zoom, QPoint scroll)
{
    const QFontMetrics metrics(m_theme.type().axis);
    HeadMapLayoutInput input;
    input.tokens = m_data.tokenCount();
    input.area = viewport()->size();
    input.axisHeightPx = metrics.height();
    input.digitPx = metrics.horizontalAdvance(QLatin1Char('0'));
    input.labelPx = m_widestLabel;
    input.readOutPx = readOutWidth(m_theme);
    input.leastReadOut = leastReadOut(m_theme);
    input.scale = m_theme.type().scale;
    input.zoom = zoom;
    input.scroll = scroll;
    m_layout = HeadMapLayout(input);
    m_scroll = m_layout.scroll();
}

void HeadMapView::refreshPicture()
{
    m_picture = std::make_unique<HeadMapPicture>(m_data, m_theme, m_tileBudgetBytes);
    m_received.reset();
    viewport()->update();
}

HeadMapScene HeadMapView::scene() const
{
    return {m_data, m_theme, m_layout, *m_picture, m_hovered, m_pinned, m_linkedKey, shownQuery(), m_kept,
        m_columnFigure, m_received.get()};
}

QString HeadMapView::cellInWords(HeadMapCell cell) const
{
    return headMapCellInWords(m_data, cell);
}

QString HeadMapView::pointedInWords() const
{
    if (m_masked)
        return maskedInWords(m_data.unit, *m_masked);
    const std::optional<HeadMapCell> cell = currentCell();
    return cell ? cellInWords(*cell) : QString();
}

QPoint HeadMapView::viewportPoint(HeadMapCell cell) const
{
    return m_layout.cellRect(cell).center();
}

QColor HeadMapView::cellColour(HeadMapCell cell) const
{
    if (cell.key > cell.query)
        return m_theme.colours().masked;
    return QColor::fromRgb(m_picture->colourOf(cell));
}

void HeadMapView::describeCurrent()
{
    const auto cell = currentCell();
    if (m_data.tokenCount() == 0)
        setAccessibleName(tr("Head map: no model"));
    else if (cell)
        setAccessibleName(tr("Head map: %1").arg(cellInWords(*cell)));
    else
        setAccessibleName(
            (m_data.unit == HeadMapUnit::Words          ? tr("Head map, %1 words: click a cell to pin it")
                    : m_data.unit == HeadMapUnit::Lines ? tr("Head map, %1 lines: click a cell to pin it")
                                                        : tr("Head map, %1 tokens: click a cell to pin it"))
                .arg(m_data.tokenCount()));
}

void HeadMapView::setHovered(std::optional<HeadMapCell> cell)
{
    if (cell == m_hovered)
        return;
    m_hovered = cell;
    viewport()->update();
    describeCurrent();
    Q_EMIT cellHovered(cell ? cell->query : -1, cell ? cell->key : -1);
}

void HeadMapView::showToolTip(QPoint point)
{
    const auto cell = m_layout.cellAt(point);
    const QString missing = makeReadOut(m_data, currentCell(), shownQuery()).toolTip;
    if (!isCell(cell) && !missing.isEmpty() && readOutBox(scene()).contains(point)) {
        QToolTip::showText(viewport()->mapToGlobal(point), inShortLines(missing), viewport());
        return;
    }
    if (!cell) {
        QToolTip::hideText();
        return;
    }
    const QRect rect = m_layout.cellRect(*cell);
    QToolTip::showText(viewport()->mapToGlobal(rect.bottomRight() + QPoint(4, 4)),
        headMapCellLines(m_data, *cell).join(QLatin1Char('\n')), viewport(), rect);
}

bool HeadMapView::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::Leave && !m_pan)
        pointAt(std::nullopt);
    if (event->type() == QEvent::ToolTip) {
        showToolTip(static_cast<QHelpEvent *>(event)->pos());
        return true;
    }
    return QAbstractScrollArea::viewportEvent(event);
}

void HeadMapView::paintEvent(QPaintEvent *)
{
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), m_theme.colours().canvas);
    if (m_layout.isEmpty())
        return;
    m_picture->show(m_layout);
    const TokenSpan rows = m_layout.rows().visibleTokens();
    if (m_columnFigure == HeadMapColumnFigure::Received && (!m_received || m_received->rows != rows))
        m_received = std::make_unique<ReceivedAttention>(receivedAttention(m_data, rows));
    const HeadMapScene painted = scene();
    paintHeadMapCells(painter, painted);
    paintHeadMapReadOut(painter, painted);
    paintHeadMapLabels(painter, painted);
    paintHeadMapProfiles(painter, painted);
    paintHeadMapWeights(painter, painted);
    paintHeadMapBars(painter, painted);
    paintHeadMapCrosshair(painter, painted);
    if (m_focus.isVisible()) {
        const QRect map(m_layout.sinkColumnRect().topLeft(),
            m_layout.mapRect().isEmpty() ? m_layout.sinkColumnRect().bottomRight()
                                         : m_layout.mapRect().bottomRight());
        drawFocusRing(painter, map, m_theme.colours());
    }
}

void HeadMapView::resizeEvent(QResizeEvent *)
{
    relayout();
}

void HeadMapView::focusInEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusInEvent(event);
    m_focus.focusIn(*event);
    viewport()->update();
}

void HeadMapView::focusOutEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusOutEvent(event);
    m_focus.focusOut();
    m_space = SpaceKey::Up;
    endPan();
    viewport()->update();
}

void HeadMapView::changeEvent(QEvent *event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::EnabledChange || event->type() == QEvent::LanguageChange)
        viewport()->update();
}

QSize HeadMapView::sizeHint() const
{
    return {1100, 800};
}

QSize HeadMapView::minimumSizeHint() const
{
    return {280, 260};
}

} // namespace sinkscope::ui
