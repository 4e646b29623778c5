// SPDX-License-Identifier: Apache-2.0
// The two menus of the head's map.
#include "ui/panels/head_view_menu.h"

#include "ui/panels/panel.h"
#include "ui/views/head_map_view.h"

#include <QtWidgets/QActionGroup>
#include <QtWidgets/QMenu>

namespace sinkscope::ui {

namespace {

constexpr int kArrowPx = 32; ///< margins and the mark of a menu

/// An action that acts by its keys in the whole window, unless text is being written.
QAction *addAction(QMenu *menu, const QString &text, const char *objectName, const QList<QKeySequence> &keys)
{
    QAction *action = menu->addAction(text);
    action->setObjectName(QLatin1String(objectName));
    action->setShortcuts(keys);
    return action;
}

void makeMenuButton(QToolButton &button)
{
    button.setToolButtonStyle(Qt::ToolButtonTextOnly);
    button.setPopupMode(QToolButton::InstantPopup);
    button.setFocusPolicy(Qt::StrongFocus);
    button.setMenu(new QMenu(&button));
}

} // namespace

ZoomButton::ZoomButton(HeadMapView &view, QWidget *parent)
    : QToolButton(parent)
    , m_view(view)
{
    makeMenuButton(*this);
    nameControl(this, "zoomButton", tr("Zoom of the head's map"),
        tr("How large the tokens of the map are: + and - or Ctrl+wheel change it, Z shows all"));
    m_in = ui::addAction(
        menu(), tr("Zoom &in"), "zoomIn", {QKeySequence(Qt::Key_Plus), QKeySequence(Qt::Key_Equal)});
    m_out = ui::addAction(menu(), tr("Zoom &out"), "zoomOut", {QKeySequence(Qt::Key_Minus)});
    m_fit = ui::addAction(menu(), tr("Show &all"), "zoomFit",
        {QKeySequence(Qt::Key_Z), QKeySequence(int(Qt::CTRL) | int(Qt::Key_0))});
    for (QAction *action : menu()->actions())
        addAction(action);
    connect(m_in, &QAction::triggered, &view, &HeadMapView::zoomIn);
    connect(m_out, &QAction::triggered, &view, &HeadMapView::zoomOut);
    connect(m_fit, &QAction::triggered, &view, &HeadMapView::zoomToFit);
    connect(&view, &HeadMapView::zoomChanged, this, &ZoomButton::refresh);
    refresh();
}

QSize ZoomButton::sizeHint() const
{
    return {fontMetrics().horizontalAdvance(tr("1/%1 px").arg(QStringLiteral("8.8"))) + kArrowPx,
        QToolButton::sizeHint().height()};
}

void ZoomButton::refresh()
{
    const double px = m_view.layoutForTest().pxPerToken();
    const bool isZoomed = m_view.isZoomed();
    m_out->setEnabled(isZoomed);
    m_fit->setEnabled(isZoomed);
    setText(!isZoomed   ? tr("Fit")
            : px >= 1.0 ? tr("%1 px").arg(px, 0, 'g', 3)
                        : tr("1/%1 px").arg(1.0 / px, 0, 'g', 2));
    setAccessibleName(tr("Zoom of the head's map: %1").arg(m_view.zoomInWords()));
    setToolTip(tr("%1. + and - or Ctrl+wheel zoom, Z shows all").arg(m_view.zoomInWords()));
}

LookButton::LookButton(Selection &selection, QWidget *parent)
    : QToolButton(parent)
    , m_selection(selection)
{
    makeMenuButton(*this);
    nameControl(this, "lookButton", tr("View of the head's map"),
        tr("Filters of the cells, the figure below the map, and the table of cells"));
    auto *filters = new QActionGroup(this);
    addChoice(tr("All cells"), "filterNone", {});
    menu()->addSeparator();
    for (const double weight : {0.01, 0.05, 0.1})
        addChoice(tr("Attention of %1 and more").arg(weight), "filterLeast", {weight, 0});
    menu()->addSeparator();
    for (const int keys : {1, 3, 10})
        addChoice(keys == 1 ? tr("The strongest key of each row")
                            : tr("The %1 strongest keys of each row").arg(keys),
            "filterStrongest", {0.0, keys});
    for (const Choice &choice : m_filters)
        filters->addAction(choice.action);
    menu()->addSeparator();
    auto *figures = new QActionGroup(this);
    m_rowWeights = ui::addAction(menu(), tr("Below: weights of one row"), "columnRowWeights", {});
    m_received = ui::addAction(menu(), tr("Below: attention that keys receive"), "columnReceived", {});
    for (QAction *action : {m_rowWeights, m_received}) {
        action->setCheckable(true);
        figures->addAction(action);
    }
    auto *turn = new QAction(this);
    turn->setShortcut(Qt::Key_C);
    turn->setObjectName(QStringLiteral("columnFigureKey"));
    addAction(turn);
    const auto setFigure = [&selection](ColumnFigure figure) { selection.setColumnFigure(figure); };
    connect(m_rowWeights, &QAction::triggered, this, [setFigure] { setFigure(ColumnFigure::RowWeights); });
    connect(m_received, &QAction::triggered, this, [setFigure] { setFigure(ColumnFigure::Received); });
    connect(turn, &QAction::triggered, this, [this, setFigure] {
        const bool isReceived = m_selection.columnFigure() == ColumnFigure::Received;
        setFigure(isReceived ? ColumnFigure::RowWeights : ColumnFigure::Received);
    });
    menu()->addSeparator();
    m_cells = ui::addAction(menu(), tr("Table of cells"), "cellsAction", {QKeySequence(Qt::Key_T)});
    m_cells->setCheckable(true);
    addAction(m_cells);
    connect(&selection, &Selection::patternLookChanged, this, &LookButton::refresh);
    refresh();
}

QAction *LookButton::addChoice(const QString &text, const char *objectName, const PatternFilter &filter)
{
    QAction *action = ui::addAction(menu(), text, objectName, {});
    action->setCheckable(true);
    connect(action, &QAction::triggered, this, [this, filter] { m_selection.setFilter(filter); });
    m_filters.push_back({action, filter});
    return action;
}

void LookButton::refresh()
{
    for (const Choice &choice : m_filters)
        choice.action->setChecked(choice.filter == m_selection.filter());
    const bool isReceived = m_selection.columnFigure() == ColumnFigure::Received;
    m_rowWeights->setChecked(!isReceived);
    m_received->setChecked(isReceived);
    setText(m_selection.filter() == PatternFilter() ? tr("View") : tr("Filtered"));
}

} // namespace sinkscope::ui
