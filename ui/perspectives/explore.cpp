// SPDX-License-Identifier: Apache-2.0
// Explore: which panels stand where.
#include "ui/perspectives/explore.h"

#include "ui/panels/panel_scroll.h"

#include <QtCore/QTimer>
#include <QtWidgets/QAction>
#include <QtWidgets/QLayout>
#include <QtWidgets/QTabBar>

#include <algorithm>
#include <utility>

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
constexpr int kLensWidth = 432; ///< px of the logit lens as a column of its own, at most
constexpr int kLensHeight = 256; ///< px of it below the centre, where the window has no room for a column
constexpr QSize kGenerationLeast {320, 224}; ///< px that the generated texts keep, whatever they need
constexpr int kHistoryShare = 30; ///< percent of its column at least when it is opened

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

/// px that the columns at both sides have and keep.
struct SideWidths {
    int left;
    int right;
};

/// Puts the logit lens into a column at the right, with all layers at a glance, or below the centre where the
/// window has no room for one.
void placeLens(QMainWindow &window, QDockWidget &lens, const SideWidths &sides)
{
    const int room = window.width() - sides.left - sides.right
        - window.centralWidget()->minimumSizeHint().width() - 3 * kSeparator;
    const bool isColumn = room >= lens.widget()->minimumSizeHint().width();
    const Qt::DockWidgetArea area = isColumn ? Qt::RightDockWidgetArea : Qt::BottomDockWidgetArea;
    const bool isOpen = !lens.isHidden();
    if (window.dockWidgetArea(&lens) != area) {
        window.addDockWidget(area, &lens, Qt::Horizontal);
        lens.setVisible(isOpen);
    }
    if (!isOpen)
        return;
    auto *output = window.findChild<QDockWidget *>(QStringLiteral("outputDock"));
    if (isColumn)
        window.resizeDocks({output, &lens}, {sides.right, std::min(room, kLensWidth)}, Qt::Horizontal);
    else {
        window.resizeDocks({&lens}, {kLensHeight}, Qt::Vertical);
        window.resizeDocks({output}, {sides.right}, Qt::Horizontal);
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
    , m_history(new HistoryPanel(bench))
    , m_historyDock(addDock("historyDock", m_history, tr("History"), Qt::LeftDockWidgetArea))
    , m_centre(new CentreSplit(bench.settings, &window))
    , m_prompt(new PromptPanel(bench, m_centre))
    , m_find(new TokenFind(bench, m_prompt))
    , m_headView(new HeadViewPanel(bench, m_centre))
    , m_output(new OutputPanel(bench))
    , m_outputDock(addDock("outputDock", m_output, tr("Output"), Qt::RightDockWidgetArea))
    , m_factor(new FactorPanel(bench))
    , m_factorDock(addDock("factorDock", m_factor, tr("Factor"), Qt::RightDockWidgetArea))
    , m_lens(new LensPanel(bench))
    , m_lensDock(addDock("lensDock", m_lens, tr("Logit lens"), Qt::RightDockWidgetArea))
    , m_generation(new GenerationPanel(bench))
    , m_generationDock(addDock("generationDock", m_generation, tr("Generation"), Qt::BottomDockWidgetArea))
{
    for (const auto &[corner, area] : {std::pair {Qt::BottomLeftCorner, Qt::LeftDockWidgetArea},
             {Qt::BottomRightCorner, Qt::RightDockWidgetArea}})
        m_window.setCorner(corner, area); // the columns at both sides keep their height
    m_window.addDockWidget(Qt::RightDockWidgetArea, m_lensDock, Qt::Horizontal); // a column of its own
    m_lensDock->hide();
    connect(m_lensDock->toggleViewAction(), &QAction::toggled, this, [this] {
        if (m_lensDock->isHidden()) // the dock follows: it takes its room from the right column first
            m_rightWithoutLens = m_outputDock->width();
    });
    connect(m_lensDock->toggleViewAction(), &QAction::triggered, this, [this](bool isOpen) {
        if (isOpen)
            openLens();
    });
    m_centre->setParts(m_prompt, m_headView);
    placeHistory();
    placeGeneration();
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

void Explore::openLens()
{
    const SideWidths sides {m_headDock->width(), m_rightWithoutLens};
    placeLens(m_window, *m_lensDock, sides);
    // Once more when the docks have told their least sizes, which comes as an event: before, the sizes do not
    // hold.
    QTimer::singleShot(0, this, [this, sides] { placeLens(m_window, *m_lensDock, sides); });
}

void Explore::placeHistory()
{
    m_historyDock->hide();
    // The tab that is not chosen lies outside the window: Tab must not go there.
    connect(m_editsDock, &QDockWidget::visibilityChanged, m_edits, &QWidget::setVisible);
    connect(m_historyDock, &QDockWidget::visibilityChanged, m_history, &QWidget::setVisible);
    connect(m_historyDock, &QDockWidget::visibilityChanged, this, &Explore::nameTabs);
    connect(m_historyDock->toggleViewAction(), &QAction::triggered, this, [this](bool isShown) {
        if (!isShown)
            return;
        m_window.setTabPosition(Qt::LeftDockWidgetArea, QTabWidget::North);
        m_window.tabifyDockWidget(m_editsDock, m_historyDock); // not before: an unused bar takes the focus
        m_historyDock->raise();
        const int column = m_headDock->height() + m_historyDock->height();
        const int wanted = std::max(m_historyDock->height(), column * kHistoryShare / 100);
        m_window.resizeDocks({m_headDock, m_historyDock}, {column - wanted, wanted}, Qt::Vertical);
    });
}

void Explore::placeGeneration()
{
    // In a window that is too small for it the panel scrolls.
    static_cast<PanelScroll *>(m_generationDock->widget())->setGreatestLeast(kGenerationLeast);
    m_generationDock->hide();
    connect(m_generationDock->toggleViewAction(), &QAction::triggered, this, [this](bool isOpen) {
        if (isOpen)
            shareBottom(*m_generationDock);
    });
    connect(m_lensDock->toggleViewAction(), &QAction::triggered, this, [this](bool isOpen) {
        if (isOpen)
            shareBottom(*m_lensDock);
    });
}

void Explore::shareBottom(QDockWidget &opened)
{
    QDockWidget &other = &opened == m_lensDock ? *m_generationDock : *m_lensDock;
    const auto isBelow = [this](QDockWidget &dock) {
        return !dock.isHidden() && m_window.dockWidgetArea(&dock) == Qt::BottomDockWidgetArea;
    };
    if (!isBelow(opened) || !isBelow(other))
        return;
    m_window.tabifyDockWidget(&other, &opened);
    opened.raise();
}

void Explore::nameTabs()
{
    for (QTabBar *bar : m_window.findChildren<QTabBar *>(QString(), Qt::FindDirectChildrenOnly))
        nameControl(
            bar, "editTabs", tr("Edits or history"), tr("The list of edits, or the steps of the session"));
}

void Explore::setTheme(const Theme &theme)
{
    for (Panel *panel : std::initializer_list<Panel *> {
             m_heads, m_edits, m_history, m_prompt, m_headView, m_output, m_factor, m_lens, m_generation})
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
    placeLens(m_window, *m_lensDock, {sizes.left, sizes.right});
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
    if (px > 0) {
        m_widthWithoutList = m_headDock->width();
        m_rightWithoutList = m_outputDock->width(); // which gives way where the window is small
    }
    const int right = px > 0 ? 0 : m_rightWithoutList;
    const int wanted = px > 0 ? m_widthWithoutList + px : m_widthWithoutList;
    // After the panel has told its new least size, which comes as an event.
    QTimer::singleShot(0, this, [this, wanted, right] {
        // A dock with a least width of its own keeps the greatest one that its layout ever gave it.
        m_headDock->setMinimumWidth(sizesFor(m_window.width()).leastLeft);
        measurePanels();
        m_window.resizeDocks({m_headDock}, {wanted}, Qt::Horizontal);
        if (right > 0)
            m_window.resizeDocks({m_outputDock}, {right}, Qt::Horizontal);
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
    return {m_heads->view(), m_headView->view(), m_headView->linesView(), m_prompt->view(),
        &m_factor->slider(), m_factor->curvesView()};
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
