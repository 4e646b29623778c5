// SPDX-License-Identifier: Apache-2.0
// Explore: which panels stand where.
#include "ui/perspectives/explore.h"

#include <QtWidgets/QVBoxLayout>

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

/// Works out the least sizes inside `widget` now, innermost first; Qt would do it with later events.
void activateLayouts(QWidget &widget)
{
    const QList<QWidget *> inner = widget.findChildren<QWidget *>();
    for (auto child = inner.rbegin(); child != inner.rend(); ++child) {
        if ((*child)->layout())
            (*child)->layout()->activate();
    }
    widget.layout()->activate();
}

} // namespace

Explore::Explore(QMainWindow &window, Workbench &bench)
    : QObject(&window)
    , m_window(window)
    , m_heads(new HeadPanel(bench))
    , m_headDock(addDock("headsDock", m_heads, tr("Heads"), Qt::LeftDockWidgetArea))
    , m_edits(new EditsPanel(bench))
    , m_editsDock(addDock("editsDock", m_edits, tr("Edits"), Qt::LeftDockWidgetArea))
    , m_centre(new QWidget(&window))
    , m_prompt(new PromptPanel(bench, m_centre))
    , m_headView(new HeadViewPanel(bench, m_centre))
    , m_output(new OutputPanel(bench))
    , m_outputDock(addDock("outputDock", m_output, tr("Output"), Qt::RightDockWidgetArea))
    , m_factor(new FactorPanel(bench))
    , m_factorDock(addDock("factorDock", m_factor, tr("Factor"), Qt::RightDockWidgetArea))
{
    auto *line = new QFrame(m_centre);
    line->setFrameShape(QFrame::HLine);
    line->setFrameShadow(QFrame::Plain);
    line->setForegroundRole(QPalette::Mid);
    line->setFixedHeight(1);
    auto *column = new QVBoxLayout(m_centre);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_prompt);
    column->addWidget(line);
    column->addWidget(m_headView, 1);
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
    dock->setWidget(panel);
    m_window.addDockWidget(area, dock);
    return dock;
}

void Explore::setTheme(const Theme &theme)
{
    for (Panel *panel :
        std::initializer_list<Panel *> {m_heads, m_edits, m_prompt, m_headView, m_output, m_factor})
        panel->setTheme(theme);
}

Density Explore::densityFor(const QSize &size)
{
    return size.width() < kCompactBelow ? Density::Compact : Density::Full;
}

void Explore::fit(const QSize &size)
{
    const Density density = densityFor(size);
    const DockSizes &sizes = density == Density::Compact ? kCompact : kWide;
    for (QDockWidget *dock : {m_headDock, m_editsDock})
        dock->setMinimumWidth(sizes.leastLeft);
    for (QDockWidget *dock : {m_outputDock, m_factorDock})
        dock->setMinimumWidth(sizes.leastRight);
    m_heads->setDensity(density);
    m_edits->setDensity(density);
    m_output->setDensity(density);
    m_factor->setDensity(density);
    for (QDockWidget *dock : docks())
        activateLayouts(*dock);
}

void Explore::placeDocks(const QSize &size)
{
    const Density density = densityFor(size);
    const DockSizes &sizes = density == Density::Compact ? kCompact : kWide;
    m_window.resizeDocks({m_headDock, m_outputDock}, {sizes.left, sizes.right}, Qt::Horizontal);
    const int height = size.height() - 88; // menu, toolbar and status bar
    const int heads = height * (density == Density::Compact ? 78 : 71) / 100;
    m_window.resizeDocks({m_headDock, m_editsDock}, {heads, height - heads}, Qt::Vertical);
    // One or two answers can come and go without moving the slider below them.
    const int wanted = std::max(height * 77 / 200, m_output->heightWithAnswers());
    const int output = std::min(wanted, greatestOutputHeight(height));
    m_window.resizeDocks({m_outputDock, m_factorDock}, {output, height - output}, Qt::Vertical);
}

int Explore::greatestOutputHeight(int columnHeight) const
{
    return std::max(columnHeight - m_factor->comfortableHeight() - 1, m_output->minimumSizeHint().height());
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
