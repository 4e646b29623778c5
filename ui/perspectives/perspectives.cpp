// SPDX-License-Identifier: Apache-2.0
// The perspectives of the window.
#include "ui/perspectives/perspectives.h"

#include "ui/panels/compare_panel.h"
#include "ui/panels/head_grid_panel.h"

#include <QtWidgets/QAction>

#include <algorithm>

namespace sinkscope::ui {

Perspectives::Perspectives(Explore &explore, Workbench &bench, QWidget *parent)
    : QStackedWidget(parent)
    , m_bench(bench)
    , m_explore(explore)
    , m_headGrid(makeHeadGrid())
    , m_compare(makeCompare())
    , m_entries(makeEntries())
    , m_actions(new QActionGroup(this))
{
    setObjectName(QStringLiteral("perspectives"));
    m_actions->setExclusive(true);
    for (const Entry &entry : m_entries) {
        addWidget(entry.centre);
        addAction(entry);
    }
    placeInTabOrder(*m_compare);
    placeInTabOrder(*m_headGrid);
    connect(&bench.selection, &Selection::perspectiveChanged, this, &Perspectives::show);
    bench.selection.setPerspective(bench.settings.perspective());
    show(bench.selection.perspective());
}

/// In the order of their tabs and of Ctrl+1, Ctrl+2...; the first one where nothing was chosen.
std::vector<Perspectives::Entry> Perspectives::makeEntries()
{
    return {
        {"explore", tr("&Explore"), tr("One head: the prompt and its map"), m_explore.centre(),
            m_explore.headView().view(), [this] { return m_explore.headView().cellInWords(); }},
        {"heads", tr("&Heads"), tr("All heads side by side"), m_headGrid, m_headGrid->view(),
            [this] { return m_headGrid->words(); }},
        {"compare", tr("&Compare"), tr("Two states side by side"), m_compare, m_compare->view(),
            [this] { return m_compare->words(); }},
    };
}

HeadGridPanel *Perspectives::makeHeadGrid()
{
    auto *panel = new HeadGridPanel(m_bench, HeadGridPanel::Use::Screen, this);
    connect(&m_explore.heads(), &HeadPanel::measured, panel, &HeadGridPanel::setMeasured);
    panel->setMeasured(m_explore.heads().map());
    connect(panel, &HeadGridPanel::wordsChanged, this, &Perspectives::wordsChanged);
    connect(panel, &HeadGridPanel::headOpened, this, [this] {
        m_bench.selection.setPerspective(QLatin1String(m_entries.front().name));
        keyView()->setFocus(Qt::OtherFocusReason);
    });
    return panel;
}

ComparePanel *Perspectives::makeCompare()
{
    auto *panel = new ComparePanel(m_bench, this);
    connect(panel, &ComparePanel::wordsChanged, this, &Perspectives::wordsChanged);
    return panel;
}

void Perspectives::addAction(const Entry &entry)
{
    QAction *action = m_actions->addAction(entry.title);
    const int number = m_actions->actions().size();
    action->setObjectName(QLatin1String(entry.name));
    action->setCheckable(true);
    action->setShortcut(QKeySequence(QStringLiteral("Ctrl+%1").arg(number)));
    action->setToolTip(tr("%1 (Ctrl+%2)").arg(entry.toolTip).arg(number));
    connect(action, &QAction::triggered, this,
        [this, name = entry.name] { m_bench.selection.setPerspective(QLatin1String(name)); });
}

/// Where its panel was used first, so that Tab goes left, centre, right.
void Perspectives::placeInTabOrder(QWidget &panel)
{
    const QWidget &former = m_explore.headView();
    QWidget *before = &m_explore.headView();
    while (former.isAncestorOf(before->nextInFocusChain()))
        before = before->nextInFocusChain();
    QList<QWidget *> own {&panel};
    while (panel.isAncestorOf(own.back()->nextInFocusChain()))
        own << own.back()->nextInFocusChain();
    for (QWidget *widget : own) {
        setTabOrder(before, widget);
        before = widget;
    }
}

void Perspectives::show(const QString &name)
{
    const auto found = std::find_if(m_entries.begin(), m_entries.end(),
        [&name](const Entry &entry) { return name == QLatin1String(entry.name); });
    const auto index =
        found == m_entries.end() ? 0 : static_cast<int>(std::distance(m_entries.begin(), found));
    const bool hadFocus = currentWidget() && currentWidget()->isAncestorOf(focusWidget());
    m_actions->actions().at(index)->setChecked(true);
    setCurrentIndex(index);
    if (found != m_entries.end())
        m_bench.settings.setPerspective(name);
    if (hadFocus)
        keyView()->setFocus(Qt::OtherFocusReason);
    Q_EMIT wordsChanged();
}

void Perspectives::setTheme(const Theme &theme)
{
    m_headGrid->setTheme(theme);
    m_compare->setTheme(theme);
}

void Perspectives::setPictureBudget(std::size_t bytes)
{
    m_headGrid->setPictureBudget(bytes);
    m_compare->setTileBudget(bytes);
}

QStringList Perspectives::names() const
{
    QStringList names;
    for (const Entry &entry : m_entries)
        names << QLatin1String(entry.name);
    return names;
}

QWidget *Perspectives::keyView() const
{
    return m_entries[static_cast<std::size_t>(currentIndex())].view;
}

QList<QWidget *> Perspectives::keyViews() const
{
    return {m_headGrid->view()};
}

QString Perspectives::words() const
{
    return m_entries[static_cast<std::size_t>(currentIndex())].words();
}

} // namespace sinkscope::ui
