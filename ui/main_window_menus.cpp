// SPDX-License-Identifier: Apache-2.0
// The main window's menus, and the looks that are chosen there.
#include "ui/main_window.h"

#include "ui/dialogs/pages.h"
#include "ui/dialogs/preferences_dialog.h"
#include "ui/dialogs/trust_report_dialog.h"
#include "ui/theme/entropy_unit.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QFileInfo>
#include <QtGui/QIcon>
#include <QtWidgets/QActionGroup>
#include <QtWidgets/QApplication>
#include <QtWidgets/QMenu>
#include <QtWidgets/QMenuBar>

#include <array>

namespace sinkscope::ui {

namespace {

struct NamedMap {
    SequentialMap map;
    const char *name; ///< in the settings
    const char *text;
};

constexpr std::array kSequentialMaps {
    NamedMap {SequentialMap::Viridis, "viridis", QT_TRANSLATE_NOOP("MainWindow", "&Viridis")},
    NamedMap {SequentialMap::Magma, "magma", QT_TRANSLATE_NOOP("MainWindow", "&Magma")},
    NamedMap {SequentialMap::Cividis, "cividis", QT_TRANSLATE_NOOP("MainWindow", "&Cividis")},
    NamedMap {SequentialMap::Grey, "grey", QT_TRANSLATE_NOOP("MainWindow", "&Grey")},
};

SequentialMap chosenMap(const Preferences &preferences)
{
    const QString name = preferences.values().colourMap;
    for (const NamedMap &named : kSequentialMaps) {
        if (name == QLatin1String(named.name))
            return named.map;
    }
    return SequentialMap::Viridis;
}

} // namespace

void MainWindow::makeFileMenu()
{
    QMenu *menu = menuBar()->addMenu(tr("&File"));
    m_sessions->addTo(menu);
    menu->addSeparator();
    QAction *open = menu->addAction(tr("Open &model..."), this, &MainWindow::askForModel, QKeySequence::Open);
    open->setObjectName(QStringLiteral("openModelAction"));
    menu->addAction(tr("&Example model"), this, &MainWindow::openExample);
    menu->addSeparator();
    m_exports->addTo(menu);
    menu->addSeparator();
    menu->addAction(tr("&Quit"), this, &QWidget::close, QKeySequence(QStringLiteral("Ctrl+Q")));
}

void MainWindow::makeEditMenu()
{
    QMenu *menu = menuBar()->addMenu(tr("&Edit"));
    m_undo = m_bench.state.undoStack().createUndoAction(this, tr("Undo"));
    m_undo->setShortcut(QKeySequence(QStringLiteral("Ctrl+Z")));
    m_undo->setObjectName(QStringLiteral("undoAction"));
    m_redo = m_bench.state.undoStack().createRedoAction(this, tr("Redo"));
    m_redo->setShortcut(QKeySequence(QStringLiteral("Ctrl+Shift+Z")));
    m_redo->setObjectName(QStringLiteral("redoAction"));
    menu->addAction(m_undo);
    menu->addAction(m_redo);
    menu->addSeparator();
    menu->addAction(
        tr("Edit the &prompt"), this, [this] { m_explore->prompt().startEditing(); },
        QKeySequence(Qt::Key_F2));
    QAction *generate = menu->addAction(
        tr("&Generate text"), this,
        [this] {
            QDockWidget *dock = m_explore->generationDock();
            if (dock->isHidden())
                dock->toggleViewAction()->trigger();
            m_bench.generation.start();
        },
        QKeySequence(QStringLiteral("Ctrl+G")));
    generate->setObjectName(QStringLiteral("generateAction"));
    QAction *find =
        addViewAction(menu, tr("&Find a token"), Qt::Key_Slash, [this] { m_explore->find().open(); });
    find->setObjectName(QStringLiteral("findTokenAction"));
    find->setShortcuts({QKeySequence(Qt::Key_Slash), QKeySequence(QStringLiteral("Ctrl+F"))});
    menu->addAction(tr("&Reset all factors"), &m_bench.state, &AppState::resetAllEdits);
    menu->addAction(m_sessions->pinAction());
    menu->addSeparator();
    m_exports->addCopiesTo(menu);
    m_edits->addCopiesTo(menu);
    menu->addSeparator();
    QAction *preferences = menu->addAction(
        tr("Pre&ferences..."), this,
        [this] {
            showPreferences({m_bench.preferences, m_prompts, m_options.availableMemory}, m_theme, this);
        },
        QKeySequence(QStringLiteral("Ctrl+,")));
    preferences->setObjectName(QStringLiteral("preferencesAction"));
}

QAction *MainWindow::addViewAction(
    QMenu *menu, const QString &text, const QKeySequence &key, std::function<void()> act)
{
    // Letters act wherever no text is written: text fields take them first. Space presses a button that has
    // the focus, so it acts in the views only.
    auto *action = new QAction(text, this);
    action->setShortcut(key);
    connect(action, &QAction::triggered, this, [act = std::move(act)] { act(); });
    menu->addAction(action);
    if (key == QKeySequence(Qt::Key_Space)) {
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        for (QWidget *view : m_explore->keyViews() + m_perspectives->keyViews())
            view->addAction(action);
    }
    return action;
}

void MainWindow::makeViewMenu()
{
    QMenu *menu = menuBar()->addMenu(tr("&View"));
    menu->addActions(m_perspectives->actions());
    menu->addSeparator();
    Selection &selection = m_bench.selection;
    addViewAction(menu, tr("&Baseline or edited"), Qt::Key_Space, [&selection] { selection.toggleSide(); });
    QAction *pin = addViewAction(menu, tr("Pin the state as &A of a comparison"), Qt::Key_A, [this] {
        if (m_bench.reference.canPin())
            m_bench.reference.pin();
    });
    pin->setObjectName(QStringLiteral("pinReferenceAction"));
    addViewAction(menu, tr("&Difference"), Qt::Key_D, [&selection] {
        selection.setSide(selection.side() == Side::Difference ? Side::Edited : Side::Difference);
    });
    addViewAction(menu, tr("&Linear or log colours"), Qt::Key_L, [&selection] {
        selection.setScale(selection.scale() == PatternScale::Log ? PatternScale::Linear : PatternScale::Log);
    });
    addViewAction(menu, tr("&Key 0 on its own scale or on that of all"), Qt::Key_B, [&selection] {
        selection.setKeyZero(
            selection.keyZero() == KeyZeroScale::Apart ? KeyZeroScale::Shared : KeyZeroScale::Apart);
    });
    menu->addSeparator();
    QMenu *themes = menu->addMenu(tr("&Theme"));
    m_themes = new QActionGroup(this);
    const std::pair<ThemeChoice, QString> choices[] = {{ThemeChoice::System, tr("As the &system")},
        {ThemeChoice::Light, tr("&Light")}, {ThemeChoice::Dark, tr("&Dark")}};
    for (const auto &[choice, text] : choices) {
        QAction *action = m_themes->addAction(text);
        action->setCheckable(true);
        action->setData(static_cast<int>(choice));
        themes->addAction(action);
        connect(action, &QAction::triggered, this, [this, chosen = choice] {
            PreferenceValues values = m_bench.preferences.values();
            values.theme = chosen;
            m_bench.preferences.set(values);
            applyThemeChoice(chosen); // also where it was chosen before and the start said another
        });
    }
    makeColoursMenu(menu);
    menu->addSeparator();
    for (QDockWidget *dock : m_explore->docks())
        menu->addAction(dock->toggleViewAction());
}

void MainWindow::makeColoursMenu(QMenu *menu)
{
    QMenu *colours = menu->addMenu(tr("&Colours of the maps"));
    m_maps = new QActionGroup(this);
    for (const NamedMap &named : kSequentialMaps) {
        const QString name = QString::fromLatin1(named.name);
        QAction *action = m_maps->addAction(QCoreApplication::translate("MainWindow", named.text));
        action->setObjectName(QStringLiteral("colours-") + name);
        action->setCheckable(true);
        action->setData(static_cast<int>(named.map));
        colours->addAction(action);
        connect(action, &QAction::triggered, this, [this, name] {
            PreferenceValues values = m_bench.preferences.values();
            values.colourMap = name;
            m_bench.preferences.set(values);
        });
    }
}

void MainWindow::makeHeadsMenu()
{
    QMenu *menu = menuBar()->addMenu(tr("Hea&ds"));
    FactorSlider &slider = m_explore->factor().slider();
    const auto step = [&slider](int steps, StepSize size) {
        return [&slider, steps, size] { slider.step(steps, size); };
    };
    for (QWidget *view : m_explore->factorKeyViews())
        view->installEventFilter(this);
    addViewAction(menu, tr("Factor &down"), Qt::Key_BracketLeft, step(-1, StepSize::Normal));
    addViewAction(menu, tr("Factor &up"), Qt::Key_BracketRight, step(1, StepSize::Normal));
    addViewAction(menu, tr("Factor down, fine"), Qt::Key_BraceLeft, step(-1, StepSize::Fine));
    addViewAction(menu, tr("Factor up, fine"), Qt::Key_BraceRight, step(1, StepSize::Fine));
    addViewAction(menu, tr("Factor &1"), Qt::Key_0, [&slider] { slider.turnTo(1.0); });
    addViewAction(menu, tr("Factor &off"), Qt::Key_O, [&slider] { slider.turnTo(0.0); });
    menu->addSeparator();
    m_edits->addTo(menu);
    menu->addSeparator();
    addViewAction(menu, tr("&Next edited head"), Qt::Key_N, [this] { selectNextEdited(); });
    addViewAction(menu, tr("&Pin the cell under the pointer"), Qt::Key_P, [this] {
        const CellRef hovered = m_bench.selection.hovered();
        if (hovered.query >= 0 && hovered.key >= 0)
            m_bench.selection.setPinned(hovered);
    });
}

void MainWindow::makeHelpMenu()
{
    QMenu *menu = menuBar()->addMenu(tr("&Help"));
    menu->addAction(
        tr("&Keys"), this, [this] { m_prompts.showPage(this, tr("Keys"), keysPage()); },
        QKeySequence(Qt::Key_F1));
    m_trustReport =
        menu->addAction(tr("&Trust report"), this, [this] { showTrustReport(m_bench.trust, m_theme, this); });
    m_trustReport->setObjectName(QStringLiteral("trustReportAction"));
    m_trustReport->setToolTip(tr("Check the figures of this model on this computer"));
    m_trustReport->setEnabled(false); // until a model is open
    menu->addAction(tr("&About"), this, [this] { m_prompts.showPage(this, tr("About"), aboutPage()); });
}

void MainWindow::makeModelMenu()
{
    m_modelMenu = new QMenu(this);
    connect(m_modelMenu, &QMenu::aboutToShow, this, [this] {
        m_modelMenu->clear();
        for (const QString &path : m_bench.settings.recentModels())
            m_modelMenu->addAction(QFileInfo(path).fileName(), this, [this, path] { openModel(path); })
                ->setToolTip(path);
        m_modelMenu->addSeparator();
        m_modelMenu->addAction(tr("Open model..."), this, &MainWindow::askForModel);
        m_modelMenu->addAction(tr("Example model"), this, &MainWindow::openExample);
    });
}

void MainWindow::checkLookMenus()
{
    for (QAction *action : m_themes->actions())
        action->setChecked(action->data().toInt() == static_cast<int>(m_themeChoice));
    for (QAction *action : m_maps->actions())
        action->setChecked(action->data().toInt() == static_cast<int>(chosenMap(m_bench.preferences)));
}

void MainWindow::applyPreferences()
{
    const PreferenceValues &values = m_bench.preferences.values();
    setEntropyUnit(*qApp, values.entropyUnit == EntropyChoice::Bits ? EntropyUnit::Bits : EntropyUnit::Nats);
    const auto pictureBytes = std::size_t(values.pictureBytes.value_or(Preferences::kUsualPictureBytes));
    m_explore->headView().setTileBudget(pictureBytes);
    m_perspectives->setPictureBudget(pictureBytes);
}

void MainWindow::takePreferences(const PreferenceValues &before)
{
    const PreferenceValues &now = m_bench.preferences.values();
    applyPreferences();
    if (now.theme != before.theme || now.colourMap != before.colourMap)
        applyThemeChoice(now.theme != before.theme ? now.theme : m_themeChoice);
    if (now.entropyUnit == before.entropyUnit)
        return;
    m_explore->setTheme(m_theme); // what paints figures
    m_perspectives->setTheme(m_theme);
    m_bench.state.showAgain();
}

void MainWindow::applyThemeChoice(ThemeChoice choice)
{
    const bool isDark = choice == ThemeChoice::Dark || (choice == ThemeChoice::System && m_systemIsDark);
    m_themeChoice = choice;
    m_theme = Theme(isDark ? ThemeMode::Dark : ThemeMode::Light, chosenMap(m_bench.preferences),
        m_options.textScale > 0.0 ? m_options.textScale : userTextScale());
    applyTheme(*qApp, m_theme);
    m_explore->setTheme(m_theme);
    m_perspectives->setTheme(m_theme);
    m_startPage->setTheme(m_theme);
    m_loadPage->setTheme(m_theme);
    m_toolBar->setTheme(m_theme);
    m_status->setTheme(m_theme);
    m_exports->setTheme(m_theme);
    setTrustReportTheme(m_theme, this);
    setPreferencesTheme(m_theme, this);
    checkLookMenus();
    m_undo->setIcon(
        tintedIcon(QStringLiteral("undo"), m_theme.colours().text, m_theme.colours().disabledText));
    m_redo->setIcon(
        tintedIcon(QStringLiteral("redo"), m_theme.colours().text, m_theme.colours().disabledText));
}

} // namespace sinkscope::ui
