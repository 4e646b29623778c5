// SPDX-License-Identifier: Apache-2.0
// The menus of the head's map.
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

PictureButton::PictureButton(Selection &selection, QWidget *parent)
    : QToolButton(parent)
    , m_selection(selection)
{
    makeMenuButton(*this);
    menu()->setToolTipsVisible(true);
    addHeads();
    menu()->addSeparator();
    addTokens();
    connect(&selection, &Selection::patternLookChanged, this, &PictureButton::refresh);
    refresh();
}

QAction *PictureButton::addChoice(
    QActionGroup &group, const QString &text, const char *objectName, const QString &toolTip)
{
    QAction *action = ui::addAction(menu(), text, objectName, {});
    action->setCheckable(true);
    action->setToolTip(toolTip);
    group.addAction(action);
    return action;
}

void PictureButton::addHeads()
{
    auto *group = new QActionGroup(this);
    const auto add = [&](const QString &text, const char *objectName, const QString &toolTip) {
        QAction *action = addChoice(*group, text, objectName, toolTip);
        const auto of = static_cast<PatternOf>(m_heads.size());
        connect(action, &QAction::triggered, this, [this, of] { m_selection.setPatternOf(of); });
        m_heads.push_back(action);
    };
    // In the order of PatternOf.
    add(tr("This &head"), "pictureOfHead", tr("Attention of the head that is selected"));
    add(tr("&Mean of the selected heads"), "pictureOfMean",
        tr("Cell by cell; select several heads by a box or with Ctrl+click"));
    add(tr("Ma&ximum of the selected heads"), "pictureOfMaximum",
        tr("The greatest weight of each cell: what any of them reads"));
    add(tr("Mean of the &layer"), "pictureOfLayer", tr("Of all heads of the selected head's layer"));
    add(tr("&Rollout to this layer"), "pictureOfRollout",
        tr("Product over layers 0 to this one of 0.5 W + 0.5 I, W the mean of a layer's heads "
           "(Abnar and Zuidema 2020): attention followed down to the prompt"));
}

void PictureButton::addTokens()
{
    auto *group = new QActionGroup(this);
    const auto add = [&](const QString &text, const char *objectName, const QString &toolTip) {
        QAction *action = addChoice(*group, text, objectName, toolTip);
        const auto tokens = static_cast<PatternTokens>(m_tokens.size());
        connect(action, &QAction::triggered, this, [this, tokens] { m_selection.setPatternTokens(tokens); });
        m_tokens.push_back(action);
    };
    // In the order of PatternTokens.
    add(tr("Single &tokens"), "pictureTokens", tr("Each row and column is a token"));
    add(tr("&Words"), "pictureWords",
        tr("Summed over the keys of a word, mean over its queries; the initial token stays alone"));
    add(tr("L&ines of text"), "pictureLines",
        tr("Summed over the keys of a line, mean over its queries; the initial token stays alone"));
}

namespace {

QString nameOf(PatternOf of)
{
    switch (of) {
    case PatternOf::ThisHead:
        break;
    case PatternOf::MeanOfSelected:
        return PictureButton::tr("Mean");
    case PatternOf::MaximumOfSelected:
        return PictureButton::tr("Maximum");
    case PatternOf::MeanOfLayer:
        return PictureButton::tr("Layer");
    case PatternOf::Rollout:
        return PictureButton::tr("Rollout");
    }
    return PictureButton::tr("Head");
}

} // namespace

void PictureButton::refresh()
{
    const auto of = static_cast<std::size_t>(m_selection.patternOf());
    const auto tokens = static_cast<std::size_t>(m_selection.patternTokens());
    m_heads[of]->setChecked(true);
    m_tokens[tokens]->setChecked(true);
    setText(nameOf(m_selection.patternOf()));
    const auto plain = [](const QAction *action) { return action->text().remove(QLatin1Char('&')); };
    nameControl(this, "pictureButton",
        tr("Heads and tokens of the map: %1, %2").arg(plain(m_heads[of]), plain(m_tokens[tokens])),
        tr("Of which heads the map is (this one, several as one, rollout), and whether its rows and columns "
           "are tokens, words or lines"));
}

LookButton::LookButton(Selection &selection, QWidget *parent)
    : QToolButton(parent)
    , m_selection(selection)
{
    makeMenuButton(*this);
    nameControl(this, "lookButton", tr("View of the head's map"),
        tr("Map or lines, filters of the cells, the figure below the map, and the table of cells"));
    auto *pictures = new QActionGroup(this);
    m_map = ui::addAction(menu(), tr("&Map"), "pictureMap", {});
    m_linesPicture = ui::addAction(menu(), tr("&Lines between tokens"), "pictureAsLines", {});
    for (QAction *action : {m_map, m_linesPicture}) {
        action->setCheckable(true);
        pictures->addAction(action);
    }
    connect(m_map, &QAction::triggered, this, [&selection] { selection.setPicture(PatternPicture::Map); });
    connect(m_linesPicture, &QAction::triggered, this,
        [&selection] { selection.setPicture(PatternPicture::Lines); });
    menu()->addSeparator();
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
    const bool isLines = m_selection.picture() == PatternPicture::Lines;
    m_map->setChecked(!isLines);
    m_linesPicture->setChecked(isLines);
    m_rowWeights->setEnabled(!isLines); // they stand below the map
    m_received->setEnabled(!isLines);
    setText(m_selection.filter() == PatternFilter() ? tr("View") : tr("Filtered"));
}

} // namespace sinkscope::ui
