// SPDX-License-Identifier: Apache-2.0
// Row profiles at the right of the head map, and the weights of one row below it.
#include "ui/theme/entropy_unit.h"
#include "ui/theme/number_format.h"
#include "ui/views/head_map_parts.h"

#include <QCoreApplication>
#include <QFontMetrics>
#include <QPainter>
#include <QPolygonF>

#include <algorithm>
#include <cmath>

namespace sinkscope::ui {

namespace {

class Words {
    Q_DECLARE_TR_FUNCTIONS(HeadMap)
};

enum class Figure { SinkMass, Entropy };

constexpr int kBarPx = 6;
constexpr int kTickHeight = 12;
constexpr int kTickPx = 2;
constexpr double kCurvePx = 4.0; ///< between two points of the limit's curve, where rows are closer
constexpr int kLeastTickPitch = 24; ///< px between two grid lines of an axis

struct Profile {
    QRect plot;
    Figure figure = Figure::SinkMass;
    double top = 1.0; ///< value at the right end
    std::vector<double> grid;
};

// The strongest value of the rows that one px stands for; NaN where nothing is known.
double valueOf(const HeadSide &side, TokenSpan queries, Figure figure)
{
    double greatest = std::nan("");
    for (int query = queries.first; query <= queries.last; ++query) {
        const SharedFloats &array = figure == Figure::SinkMass ? side.sinkMass : side.entropy;
        double value = std::nan("");
        if (std::size_t(query) < array.size())
            value = array[std::size_t(query)];
        else if (const auto figures = rowFigures(side, query))
            value = figure == Figure::SinkMass ? figures->sinkMass : figures->entropy;
        greatest = std::fmax(greatest, value);
    }
    return figure == Figure::Entropy ? inEntropyUnit(greatest) : greatest;
}

QString limitWords(const QFontMetrics &metrics, int room)
{
    const QString words = Words::tr("line: largest possible");
    return metrics.horizontalAdvance(words) <= room ? words : Words::tr("line: largest");
}

void paintProfileFrame(QPainter &painter, const HeadMapScene &scene, const Profile &profile)
{
    const ThemeColours &colours = scene.theme.colours();
    const QFontMetrics metrics(scene.theme.type().axis);
    const QRect &plot = profile.plot;
    const int line = metrics.height();
    const bool isSink = profile.figure == Figure::SinkMass;
    painter.setFont(scene.theme.type().axis);
    painter.setPen(colours.text);
    painter.drawText(plot.left(), plot.top() - 3 * line - 6, plot.width(), line,
        Qt::AlignLeft | Qt::TextDontClip,
        isSink ? Words::tr("attention to key 0") : inEntropyWords(Words::tr("entropy, nats")));
    painter.setPen(colours.secondaryText);
    painter.drawText(plot.left(), plot.top() - 2 * line - 6, plot.width(), line,
        Qt::AlignLeft | Qt::TextDontClip,
        isSink ? Words::tr("by query row") : limitWords(metrics, plot.width() + 14));
    for (const double value : profile.grid) {
        const int x = plot.left() + int(std::lround(value / profile.top * plot.width()));
        painter.fillRect(x, plot.top(), 1, plot.height(), colours.line);
        painter.drawText(QRect(x - 20, plot.top() - line - 2, 41, line), Qt::AlignCenter | Qt::TextDontClip,
            formatTick(value));
    }
}

void paintProfileRows(QPainter &painter, const HeadMapScene &scene, const Profile &profile)
{
    const HeadMapLayout &layout = scene.layout;
    const ThemeColours &colours = scene.theme.colours();
    const int rowPx = std::max(1, layout.cellPx());
    const int barPx = rowPx >= 9 ? std::min(kBarPx, rowPx - 3) : std::max(1, rowPx - 1);
    const int tickHeight = rowPx >= 9 ? std::min(kTickHeight, rowPx - 1) : rowPx;
    painter.save();
    painter.setClipRect(profile.plot.adjusted(0, 0, kTickPx, 0));
    // The rows in view: one at a time, or px by px where several share one.
    for (int y = layout.isPooled() ? 0 : -(layout.scroll().y() % rowPx); y < profile.plot.height();
         y += rowPx) {
        const TokenSpan queries = layout.rowSpan(std::max(0, y));
        const int middle2 = 2 * (profile.plot.top() + y) + rowPx;
        const double shown = valueOf(shownSide(scene.data), queries, profile.figure);
        if (shown > 0.0) {
            const int width = int(std::lround(std::min(1.0, shown / profile.top) * profile.plot.width()));
            painter.fillRect(profile.plot.left(), (middle2 - barPx) / 2, width, barPx, colours.accent);
        }
        if (!scene.data.hasEdit || scene.data.mode == HeadMapMode::Baseline)
            continue;
        const double before = valueOf(scene.data.baseline, queries, profile.figure);
        if (std::isnan(before))
            continue;
        const int x = int(std::lround(std::min(1.0, before / profile.top) * profile.plot.width()));
        painter.fillRect(profile.plot.left() + x - kTickPx / 2, (middle2 - tickHeight) / 2, kTickPx,
            tickHeight, colours.text);
    }
    painter.restore();
}

// ln(q + 1): what an even spread over all keys of row q gives.
void paintEntropyLimit(QPainter &painter, const HeadMapScene &scene, const Profile &profile)
{
    QPolygonF curve;
    const TokenSpan rows = scene.layout.rows().visibleTokens();
    const int step = std::max(1, int(kCurvePx / scene.layout.pxPerToken()));
    for (int query = rows.first; query <= rows.last; query += step) {
        const QRect row = scene.layout.cellRect({query, 0});
        const double y = row.top() + row.height() / 2.0;
        curve << QPointF(
            profile.plot.left() + inEntropyUnit(std::log(query + 1.0)) / profile.top * profile.plot.width(),
            y);
    }
    painter.save();
    painter.setClipRect(profile.plot.adjusted(0, 0, 1, 0));
    painter.setRenderHint(QPainter::Antialiasing, true);
    painter.setPen(QPen(scene.theme.colours().track, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawPolyline(curve);
    painter.restore();
}

Profile entropyProfile(const HeadMapScene &scene)
{
    Profile profile {scene.layout.entropyProfileRect(), Figure::Entropy, 1.0, {}};
    profile.top = std::max(inEntropyUnit(std::log(double(scene.data.tokenCount()))), 0.5);
    if (profile.top < 1.0) { // one or two tokens: no whole unit fits
        profile.grid = {0.0, 0.5};
        return profile;
    }
    int step = 1;
    while (profile.plot.width() * step / profile.top < kLeastTickPitch)
        ++step;
    for (int value = 0; value <= profile.top; value += step)
        profile.grid.push_back(value);
    return profile;
}

// One bar and its baseline tick in the weights' plot.
struct WeightPlot {
    const HeadMapScene &scene;
    QRect plot;

    int heightOf(double weight, double top) const
    {
        return int(std::lround(std::clamp(weight / top, 0.0, 1.0) * plot.height()));
    }

    void paint(QPainter &painter, const QRect &column, double shown, double before, double top) const
    {
        const ThemeColours &colours = scene.theme.colours();
        const int width = column.width() >= 6 ? column.width() / 2 : std::max(1, column.width() - 1);
        const int left = column.left() + (column.width() - width) / 2;
        if (shown > 0.0) {
            const int height = heightOf(shown, top);
            painter.fillRect(left, plot.bottom() + 1 - height, width, height, colours.accent);
        }
        if (std::isnan(before))
            return;
        const int tick = column.width() >= 6 ? column.width() - 2 : column.width();
        const int thick = column.width() >= 6 ? 2 : 1;
        painter.fillRect(column.left() + (column.width() - tick) / 2,
            plot.bottom() + 1 - std::max(thick, heightOf(before, top)), tick, thick, colours.text);
    }
};

// What stands below each key: the weights of a row, or what the key receives.
class ColumnFigures {
public:
    explicit ColumnFigures(const HeadMapScene &scene)
        : m_scene(scene)
        , m_received(scene.columnFigure == HeadMapColumnFigure::Received ? scene.received : nullptr)
        , m_hasBefore(scene.data.hasEdit && scene.data.mode != HeadMapMode::Baseline)
    {
    }
    double shown(int key) const
    {
        return m_received ? double(m_received->shown[std::size_t(key)])
                          : double(weightOf(shownSide(m_scene.data), {m_scene.shownQuery, key}));
    }
    double before(int key) const
    {
        if (!m_hasBefore)
            return std::nan("");
        return m_received ? double(m_received->baseline[std::size_t(key)])
                          : double(weightOf(m_scene.data.baseline, {m_scene.shownQuery, key}));
    }
    int lastKey() const { return m_received ? m_received->rows.last : m_scene.shownQuery; }

private:
    const HeadMapScene &m_scene;
    const ReceivedAttention *m_received;
    bool m_hasBefore;
};

void paintWeightColumns(QPainter &painter, const WeightPlot &weights, double keyZeroTop, double restTop)
{
    const HeadMapScene &scene = weights.scene;
    const HeadMapLayout &layout = scene.layout;
    const ColumnFigures figures(scene);
    weights.paint(painter, layout.sinkColumnRect(), figures.shown(0), figures.before(0), keyZeroTop);
    if (layout.columns().visible <= 0)
        return;
    painter.save();
    painter.setClipRect(QRect(layout.mapRect().left(), weights.plot.top() - kTickPx, layout.mapRect().width(),
        weights.plot.height() + 2 * kTickPx));
    const int columnPx = std::max(1, layout.cellPx());
    const int start = layout.isPooled() ? 0 : -(layout.scroll().x() % columnPx);
    for (int x = start; x < layout.columnPixels(); x += columnPx) {
        const TokenSpan keys = layout.columnSpan(std::max(0, x));
        if (keys.first > figures.lastKey())
            break;
        double shown = std::nan("");
        double former = std::nan("");
        for (int key = keys.first; key <= std::min(keys.last, figures.lastKey()); ++key) {
            shown = std::fmax(shown, figures.shown(key));
            former = std::fmax(former, figures.before(key));
        }
        weights.paint(painter, QRect(layout.mapRect().left() + x, 0, columnPx, 1), shown, former, restTop);
    }
    painter.restore();
}

bool showsReceived(const HeadMapScene &scene)
{
    return scene.columnFigure == HeadMapColumnFigure::Received && scene.received;
}

QString weightTitle(const HeadMapScene &scene)
{
    return showsReceived(scene) ? Words::tr("mean received")
                                : Words::tr("weights, row %1").arg(scene.shownQuery);
}

void paintWeightTitle(QPainter &painter, const HeadMapScene &scene)
{
    const QRect plot = scene.layout.weightsRect();
    const ThemeColours &colours = scene.theme.colours();
    const int line = QFontMetrics(scene.theme.type().axis).height();
    const int left = 16;
    const int width = plot.left() - 24 - left;
    painter.setPen(colours.secondaryText);
    // Beside the number at the top of the axis, or below it.
    const int titleEnd = left + QFontMetrics(scene.theme.type().axis).horizontalAdvance(weightTitle(scene));
    const int shift = titleEnd + 20 <= plot.left() - 4 ? 0 : line / 2 + 2;
    painter.drawText(
        left, plot.top() - 4 + shift, width, line, Qt::AlignLeft | Qt::TextDontClip, weightTitle(scene));
    const bool hasRoom = plot.height() + 12 >= 3 * line + shift;
    if (!hasRoom || !scene.data.hasEdit || scene.data.mode == HeadMapMode::Baseline)
        return;
    const int first = plot.top() + shift + line - 2;
    painter.fillRect(left, first + (line - 8) / 2, 10, 8, colours.accent);
    painter.drawText(left + 16, first, width, line, Qt::AlignLeft | Qt::AlignVCenter, Words::tr("edited"));
    const int second = first + line + 1;
    painter.fillRect(left, second + (line - 2) / 2, 10, 2, colours.text);
    painter.drawText(left + 16, second, width, line, Qt::AlignLeft | Qt::AlignVCenter, Words::tr("baseline"));
}

} // namespace

void paintHeadMapProfiles(QPainter &painter, const HeadMapScene &scene)
{
    if (!scene.layout.hasProfiles())
        return;
    const Profile sink {scene.layout.sinkProfileRect(), Figure::SinkMass, 1.0, {0.0, 0.5, 1.0}};
    const Profile entropy = entropyProfile(scene);
    paintProfileFrame(painter, scene, sink);
    paintProfileFrame(painter, scene, entropy);
    painter.setOpacity(scene.data.isStale ? kStaleShare : 1.0);
    paintProfileRows(painter, scene, sink);
    paintEntropyLimit(painter, scene, entropy);
    paintProfileRows(painter, scene, entropy);
    painter.setOpacity(1.0);
}

void paintHeadMapWeights(QPainter &painter, const HeadMapScene &scene)
{
    if (!scene.layout.hasWeights() || scene.shownQuery < 0)
        return;
    const QRect plot = scene.layout.weightsRect();
    const ThemeColours &colours = scene.theme.colours();
    const bool isReceived = showsReceived(scene);
    const double restTop = isReceived ? scene.received->restTop : rowWeightsTop(scene.data, scene.shownQuery);
    const double keyZeroTop = scene.data.keyZero == KeyZeroPlace::Apart ? 1.0 : restTop;
    painter.fillRect(plot.left(), plot.bottom() + 1, plot.width(), 1, colours.line);
    painter.setOpacity(scene.data.isStale ? kStaleShare : 1.0);
    paintWeightColumns(painter, {scene, plot}, keyZeroTop, restTop);
    painter.setOpacity(1.0);

    painter.setFont(scene.theme.type().axis);
    painter.setPen(colours.secondaryText);
    const int line = QFontMetrics(scene.theme.type().axis).height();
    const auto number = [&](int x, int y, int side, const QString &text) {
        painter.drawText(QRect(x, y - line / 2, 32, line), side | Qt::AlignVCenter, text);
    };
    const int left = plot.left() - 4 - 32;
    const int right = plot.right() + 1 + 6;
    number(left, plot.top(), Qt::AlignRight, formatTick(keyZeroTop));
    number(left, plot.bottom(), Qt::AlignRight, QStringLiteral("0"));
    if (scene.data.tokenCount() > 1 && hasShownPattern(scene.data)) {
        number(right, plot.top(), Qt::AlignLeft, formatTick(restTop));
        number(right, plot.bottom(), Qt::AlignLeft, QStringLiteral("0"));
    }
    paintWeightTitle(painter, scene);
}

} // namespace sinkscope::ui
