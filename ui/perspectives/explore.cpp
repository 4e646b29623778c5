// SPDX-License-Identifier: Apache-2.0
// Explore: which panels stand where.
#include "ui/perspectives/explore.h"

#include "ui/panels/panel_scroll.h"

#include <QtCore/QTimer>
#include <QtWidgets/QLayout>

namespace sinkscope::ui {

namespace {

/// Sizes of the design in px.
struct DockSizes {
    int left;
    int right;
    int leastLeft;
    int leastRight;
};
constexpr int kCompactBelow = 1500; ///< px of window width
constexpr DockSizes kWide {304, 448, 232, 312};
constexpr DockSizes kCompact {248, 328, 232, 312};
constexpr int kNarrowBelow = 1000; ///< px of window width: a small screen whose text is large
constexpr DockSizes kNarrow {216, 296, 212, 280};
constexpr int kSeparator = 1;

const DockSizes &sizesFor(int width)
{
    return width < kNarrowBelow ? kNarrow : width < kCompactBelow ? kCompact : kWide;
}

/// Works out the least sizes inside `widget` now, innermost first; Qt would do it with later events.
void activateLayouts(QWidget &widget)
{
    const QList<QWidget *> inner = widget.findChildren<QWidget *>();
    for (auto child = inner.rbegin(); child != inner.rend(); ++child) {
        if ((*child)->layout())
            (*child)->layout()->activate();
    }
}

} // namespace

Explore::Explore(QMainWindow &window, Workbench &bench)
    : QObject(&window)
    , m_window(window)
    , m_heads(new HeadPanel(bench))
    , m_headDock(addDock("headsDock", m_heads, tr("Heads"), Qt::LeftDockWidgetArea))
    , m_edits(new EditsPanel(bench))
    , m_editsDock(addDock("editsDock", m_edits, tr("Edits"), Qt::LeftDockWidgetArea))
    , m_centre(new CentreSplit(bench.settings, &window))
    , m_prompt(new PromptPanel(bench, m_centre))
    , m_find(new TokenFind(bench, m_prompt))
    , m_headView(new HeadViewPanel(bench, m_centre))
    , m_output(new OutputPanel(bench))
    , m_outputDock(addDock("outputDock", m_output, tr("Output"), Qt::RightDockWidgetArea))
    , m_factor(new FactorPanel(bench))
    , m_factorDock(addDock("factorDock", m_factor, tr("Factor"), Qt::RightDockWidgetArea))
{
    m_centre->setParts(m_prompt, m_headView);
    connect(m_heads, &HeadPanel::listToggled, this, &Explore::makeRoomForList);
    // Once their bars say how high they are.
    connect(m_output, &OutputPanel::answersShown, this, &Explore::makeRoomForAnswers);
}

QDockWidget *Explore::addDock(
    const char *objectName, Panel *panel, const QString &title, Qt::DockWidgetArea area)
{
    auto *dock = new QDockWidget(title, &m_window);
    dock->setObjectName(QLatin1String(objectName));
    dock->setTitleBarWidget(new QWidget(dock)); // the panel brings its own flat title
    dock->setFeatures(QDockWidget::DockWidgetClosable);
    dock->setWidget(new PanelScroll(panel, dock));
    m_window.addDockWidget(area, dock);
    return dock;
}

void Explore::setTheme(const Theme &theme)
{
    for (Panel *panel :
        std::initializer_list<Panel *> {m_heads, m_edits, m_prompt, m_headView, m_output, m_factor})
        panel->setTheme(theme);
    m_centre->setTheme(theme);
    m_find->setTheme(theme);
}

Density Explore::densityFor(const QSize &size)
{
    return size.width() < kCompactBelow ? Density::Compact : Density::Full;
}

void Explore::fit(const QSize &size)
{
    const Density density = densityFor(size);
    m_edits->setDensity(density);
    m_output->setDensity(density);
    m_factor->setDensity(density);
    measurePanels();
}

void Explore::measurePanels()
{
    for (QDockWidget *dock : docks()) {
        activateLayouts(*dock->widget());
        dock->widget()->updateGeometry(); // its panel would tell it with a later event
        dock->layout()->activate();
    }
}

void Explore::shareRoom(const QSize &room)
{
    const DockSizes &sizes = sizesFor(room.width());
    const bool isNarrow = room.width() < kNarrowBelow;
    struct Column {
        QDockWidget *above;
        QDockWidget *below;
        int leastWidth;
    };
    for (const Column &column : {Column {m_headDock, m_editsDock, sizes.leastLeft},
             Column {m_outputDock, m_factorDock, sizes.leastRight}}) {
        auto *above = static_cast<PanelScroll *>(column.above->widget());
        auto *below = static_cast<PanelScroll *>(column.below->widget());
        const int first = above->widget()->minimumSizeHint().height();
        const int second = below->widget()->minimumSizeHint().height();
        const int width = isNarrow ? column.leastWidth : QWIDGETSIZE_MAX;
        // Both have what they need at least, or less by the same share.
        const int height = room.height() - kSeparator;
        const bool isEnough = first + second <= height;
        const int share = height * first / (first + second);
        above->setGreatestLeast({width, isEnough ? QWIDGETSIZE_MAX : share});
        below->setGreatestLeast({width, isEnough ? QWIDGETSIZE_MAX : height - share});
        for (QDockWidget *dock : {column.above, column.below})
            dock->setMinimumWidth(column.leastWidth);
    }
}

void Explore::placeDocks(const QSize &size)
{
    measurePanels();
    const Density density = densityFor(size);
    const DockSizes &sizes = sizesFor(size.width());
    m_window.resizeDocks({m_headDock, m_outputDock}, {sizes.left, sizes.right}, Qt::Horizontal);
    const int height = size.height() - 88; // menu, toolbar and status bar
    const int heads = height * (density == Density::Compact ? 78 : 71) / 100;
    m_window.resizeDocks({m_headDock, m_editsDock}, {heads, height - heads}, Qt::Vertical);
    // One or two answers can come and go without moving the slider below them.
    const int wanted = std::max(height * 77 / 200, m_output->heightWithAnswers());
    const int output = std::min(wanted, greatestOutputHeight(height));
    m_window.resizeDocks({m_outputDock, m_factorDock}, {output, height - output}, Qt::Vertical);
}

void Explore::makeRoomForList(int px)
{
    if (px > 0)
        m_widthWithoutList = m_headDock->width();
    const int wanted = px > 0 ? m_widthWithoutList + px : m_widthWithoutList;
    // After the panel has told its new least size, which comes as an event.
    QTimer::singleShot(0, this, [this, wanted] {
        // A dock with a least width of its own keeps the greatest one that its layout ever gave it.
        m_headDock->setMinimumWidth(sizesFor(m_window.width()).leastLeft);
        measurePanels();
        m_window.resizeDocks({m_headDock}, {wanted}, Qt::Horizontal);
    });
}

int Explore::greatestOutputHeight(int columnHeight) const
{
    // Three answers stand beside some heads of a layer; more of them scroll before any head does.
    using Comfort = CurvesAndHeads::Comfort;
    const int besideSome = columnHeight - m_factor->comfortableHeight(Comfort::SomeHeads) - kSeparator;
    const int besideAll = columnHeight - m_factor->comfortableHeight(Comfort::AllHeads) - kSeparator;
    return std::max(
        {besideAll, std::min(besideSome, m_output->usualHeight()), m_output->minimumSizeHint().height()});
}

void Explore::makeRoomForAnswers()
{
    const int height = m_outputDock->height() + m_factorDock->height();
    const int output = std::min(m_output->heightWithAnswers(), greatestOutputHeight(height));
    if (m_outputDock->isVisible() && m_factorDock->isVisible() && output > m_outputDock->height())
        m_window.resizeDocks({m_outputDock, m_factorDock}, {output, height - output}, Qt::Vertical);
}

QList<QWidget *> Explore::keyViews() const
{
    return {
        m_heads->view(), m_headView->view(), m_prompt->view(), &m_factor->slider(), m_factor->curvesView()};
}

QList<QWidget *> Explore::factorKeyViews() const
{
    QList<QWidget *> views {&m_factor->slider(), m_factor->curvesView()};
    for (const char *list : {"editList", "layerList"}) {
        for (QWidget *panel : std::initializer_list<QWidget *> {m_edits, m_factor})
            views += panel->findChildren<QWidget *>(QLatin1String(list));
    }
    return views;
}

} // namespace sinkscope::ui
