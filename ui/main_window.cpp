// SPDX-License-Identifier: Apache-2.0
// The main window.
#include "ui/main_window.h"

#include "ui/dialogs/pages.h"

#include <QtCore/QFileInfo>
#include <QtCore/QMimeData>
#include <QtCore/QTimer>
#include <QtCore/QUrl>
#include <QtGui/QDragEnterEvent>
#include <QtGui/QScreen>
#include <QtGui/QIcon>
#include <QtWidgets/QActionGroup>
#include <QtWidgets/QApplication>
#include <QtWidgets/QMenu>
#include <QtWidgets/QMenuBar>
#include <QtWidgets/QStackedWidget>

#include <utility>

namespace sinkscope::ui {

namespace {

constexpr int kLayoutVersion = 1; // raised when docks change, so that an older saved layout is left

QString droppedFile(const QMimeData *mime)
{
    const QList<QUrl> urls = mime->urls();
    return urls.size() == 1 && urls.front().isLocalFile() ? urls.front().toLocalFile() : QString();
}

} // namespace

MainWindow::MainWindow(Workbench &bench, FilePrompts &prompts, WindowOptions options)
    : m_bench(bench)
    , m_prompts(prompts)
    , m_options(std::move(options))
    , m_systemIsDark(QApplication::palette().color(QPalette::Window).lightness() < 128)
{
    setObjectName(QStringLiteral("mainWindow"));
    setWindowTitle(tr("Sinkscope"));
    setAcceptDrops(true);
    setDockNestingEnabled(false);
    setMinimumSize(960, 600);
    resize(QSize(1600, 1000).boundedTo(QGuiApplication::primaryScreen()->availableSize()));
    m_explore = new Explore(*this, bench);
    makeCentre();
    makeFileMenu();
    makeEditMenu();
    makeViewMenu();
    makeHeadsMenu();
    makeHelpMenu();
    makeModelMenu();
    makeToolBar();
    m_status = new StatusLine(bench, this);
    setStatusBar(m_status);
    connectEngine();
    connectStatus();
    applyThemeChoice(m_options.theme.value_or(bench.settings.theme()));
    if (m_options.keepsSession && restoreGeometry(bench.settings.windowGeometry()))
        m_isPlaced = restoreState(bench.settings.windowState(), kLayoutVersion);
    showCentre();
}

void MainWindow::makeCentre()
{
    m_centre = new QStackedWidget(this);
    m_startPage = new StartPage(m_centre);
    m_startPage->setRecent(m_bench.settings.recentModels());
    m_loadPage = new LoadPage(m_centre);
    m_centre->addWidget(m_startPage);
    m_centre->addWidget(m_loadPage);
    m_centre->addWidget(m_explore->centre());
    setCentralWidget(m_centre);
    connect(m_startPage, &StartPage::openRequested, this, &MainWindow::askForModel);
    connect(m_startPage, &StartPage::exampleRequested, this, [this] { openModel(m_options.exampleModel); });
    connect(m_startPage, &StartPage::recentRequested, this, &MainWindow::openModel);
    connect(m_loadPage, &LoadPage::cancelRequested, &m_bench.engine, &EngineController::cancelLoad);
}

void MainWindow::makeFileMenu()
{
    QMenu *menu = menuBar()->addMenu(tr("&File"));
    QAction *open = menu->addAction(tr("&Open model..."), this, &MainWindow::askForModel, QKeySequence::Open);
    open->setObjectName(QStringLiteral("openModelAction"));
    menu->addAction(tr("&Example model"), this, [this] { openModel(m_options.exampleModel); });
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
    menu->addAction(tr("&Reset all factors"), &m_bench.state, &AppState::resetAllEdits);
}

QAction *MainWindow::addViewAction(
    QMenu *menu, const QString &text, const QKeySequence &key, std::function<void()> act)
{
    // Single keys act in the views only, so that typing and buttons keep them elsewhere.
    auto *action = new QAction(text, this);
    action->setShortcut(key);
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(action, &QAction::triggered, this, [act = std::move(act)] { act(); });
    menu->addAction(action);
    for (QWidget *view : m_explore->keyViews())
        view->addAction(action);
    return action;
}

void MainWindow::makeViewMenu()
{
    QMenu *menu = menuBar()->addMenu(tr("&View"));
    Selection &selection = m_bench.selection;
    addViewAction(menu, tr("&Baseline or edited"), Qt::Key_Space, [&selection] { selection.toggleSide(); });
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
    auto *group = new QActionGroup(this);
    const std::pair<ThemeChoice, QString> choices[] = {{ThemeChoice::System, tr("As the &system")},
        {ThemeChoice::Light, tr("&Light")}, {ThemeChoice::Dark, tr("&Dark")}};
    for (const auto &[choice, text] : choices) {
        QAction *action = group->addAction(text);
        action->setCheckable(true);
        action->setChecked(choice == m_options.theme.value_or(m_bench.settings.theme()));
        themes->addAction(action);
        connect(action, &QAction::triggered, this, [this, chosen = choice] {
            m_bench.settings.setTheme(chosen);
            applyThemeChoice(chosen);
        });
    }
    menu->addSeparator();
    for (QDockWidget *dock : m_explore->docks())
        menu->addAction(dock->toggleViewAction());
}

void MainWindow::makeHeadsMenu()
{
    QMenu *menu = menuBar()->addMenu(tr("&Heads"));
    FactorSlider &slider = m_explore->factor().slider();
    const auto step = [&slider](int steps, StepSize size) {
        return [&slider, steps, size] { slider.step(steps, size); };
    };
    // The slider, its curves and the list of edits answer the factor keys themselves.
    const auto addFactorAction = [this, menu, &slider](
                                     const QString &text, const QKeySequence &key, auto act) {
        QAction *action = addViewAction(menu, text, key, act);
        slider.removeAction(action);
        m_explore->factor().curvesView()->removeAction(action);
    };
    addFactorAction(tr("Factor &down"), Qt::Key_BracketLeft, step(-1, StepSize::Normal));
    addFactorAction(tr("Factor &up"), Qt::Key_BracketRight, step(1, StepSize::Normal));
    addFactorAction(tr("Factor down, fine"), Qt::Key_BraceLeft, step(-1, StepSize::Fine));
    addFactorAction(tr("Factor up, fine"), Qt::Key_BraceRight, step(1, StepSize::Fine));
    addFactorAction(tr("Factor &1"), Qt::Key_0, [&slider] { slider.turnTo(1.0); });
    addFactorAction(tr("Factor &off"), Qt::Key_O, [&slider] { slider.turnTo(0.0); });
    addViewAction(
        menu, tr("Switch the &edit off or on"), Qt::Key_M, [this] { m_explore->factor().toggleMute(); });
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
        m_modelMenu->addAction(tr("Example model"), this, [this] { openModel(m_options.exampleModel); });
    });
}

void MainWindow::makeToolBar()
{
    m_toolBar = new MainToolBar(m_bench, {m_modelMenu, m_undo, m_redo}, this);
    addToolBar(Qt::TopToolBarArea, m_toolBar);
}

void MainWindow::connectEngine()
{
    EngineController &engine = m_bench.engine;
    connect(&engine, &EngineController::loadStarted, this, [this](const QString &path) {
        m_loadingPath = path;
        m_loadPage->begin(
            QFileInfo(path).fileName(), QString::fromStdString(m_bench.state.session().prompt.text));
        showCentre();
    });
    connect(&engine, &EngineController::modelLoading, m_loadPage, &LoadPage::setProgress);
    connect(&engine, &EngineController::modelLoaded, this, [this] {
        m_bench.settings.addModel(m_loadingPath);
        setWindowTitle(tr("%1 - Sinkscope").arg(QFileInfo(m_loadingPath).fileName()));
        showCentre();
    });
    connect(&engine, &EngineController::loadCancelled, this, &MainWindow::showCentre);
    connect(&engine, &EngineController::loadFailed, this, &MainWindow::showLoadError);
}

void MainWindow::connectStatus()
{
    const auto refresh = [this] { m_status->setCellText(m_explore->headView().cellInWords()); };
    connect(&m_bench.selection, &Selection::hoveredChanged, this, refresh);
    connect(&m_bench.selection, &Selection::pinnedChanged, this, refresh);
    connect(&m_bench.selection, &Selection::headChanged, this, refresh);
    connect(&m_bench.state, &AppState::snapshotsChanged, this, refresh);
}

void MainWindow::openModel(const QString &path)
{
    m_bench.engine.openModel(path);
}

void MainWindow::askForModel()
{
    const QString last =
        m_bench.settings.lastModel().isEmpty() ? m_options.exampleModel : m_bench.settings.lastModel();
    m_prompts.askModelFile(this, QFileInfo(last).path(), [this](const QString &path) { openModel(path); });
}

void MainWindow::showCentre()
{
    const bool isUsable = m_bench.state.model() && !m_bench.engine.isLoading();
    for (QDockWidget *dock : m_explore->docks())
        dock->widget()->setEnabled(isUsable);
    if (isUsable && isVisible() && !focusWidget()) // a disabled view could not take it
        m_explore->keyViews().front()->setFocus(Qt::OtherFocusReason);
    if (m_bench.engine.isLoading())
        m_centre->setCurrentWidget(m_loadPage);
    else if (m_bench.state.model())
        m_centre->setCurrentWidget(m_explore->centre());
    else
        m_centre->setCurrentWidget(m_startPage);
}

void MainWindow::showLoadError(const UserMessage &message)
{
    showCentre();
    if (m_options.showsLoadErrors)
        m_prompts.showLoadError(this, message, [this] { askForModel(); });
}

void MainWindow::applyThemeChoice(ThemeChoice choice)
{
    const bool isDark = choice == ThemeChoice::Dark || (choice == ThemeChoice::System && m_systemIsDark);
    m_theme = Theme(isDark ? ThemeMode::Dark : ThemeMode::Light, SequentialMap::Viridis,
        m_options.textScale > 0.0 ? m_options.textScale : userTextScale());
    applyTheme(*qApp, m_theme);
    m_explore->setTheme(m_theme);
    m_startPage->setTheme(m_theme);
    m_loadPage->setTheme(m_theme);
    m_toolBar->setTheme(m_theme);
    m_status->setTheme(m_theme);
    m_undo->setIcon(
        tintedIcon(QStringLiteral("undo"), m_theme.colours().text, m_theme.colours().disabledText));
    m_redo->setIcon(
        tintedIcon(QStringLiteral("redo"), m_theme.colours().text, m_theme.colours().disabledText));
}

void MainWindow::selectNextEdited()
{
    const std::vector<EditEntry> &entries = m_bench.state.edits().entries();
    if (entries.empty())
        return;
    for (const EditEntry &entry : entries) {
        if (entry.head > m_bench.selection.head()) {
            m_bench.selection.setHead(entry.head);
            return;
        }
    }
    m_bench.selection.setHead(entries.front().head);
}

void MainWindow::saveSession()
{
    if (!m_options.keepsSession)
        return;
    m_bench.settings.setWindow(saveGeometry(), saveState(kLayoutVersion));
    if (!m_bench.state.isRefused() || m_bench.state.isOfFormerPrompt()) // else nothing ran that could be kept
        m_bench.settings.setSession({m_bench.state.sessionThatRan(), m_bench.selection.head()});
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    saveSession();
    QMainWindow::closeEvent(event);
}

void MainWindow::resizeEvent(QResizeEvent *event)
{
    QMainWindow::resizeEvent(event);
    const Density density = Explore::densityFor(size());
    if (density == m_density && event->oldSize().isValid())
        return;
    m_density = density;
    m_explore->fit(size());
    m_toolBar->setDensity(density);
    if (m_isPlaced && event->oldSize().isValid())
        placeDocksSoon();
}

void MainWindow::placeDocksSoon()
{
    // After the panels have told the layout their new least sizes, which comes as an event.
    QTimer::singleShot(0, this, [this] { m_explore->placeDocks(size()); });
}

void MainWindow::showEvent(QShowEvent *event)
{
    QMainWindow::showEvent(event);
    if (m_isPlaced)
        return;
    m_isPlaced = true;
    placeDocksSoon();
    m_explore->keyViews().front()->setFocus(Qt::OtherFocusReason);
}

void MainWindow::dragEnterEvent(QDragEnterEvent *event)
{
    if (!droppedFile(event->mimeData()).isEmpty())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent *event)
{
    const QString path = droppedFile(event->mimeData());
    if (path.isEmpty())
        return;
    event->acceptProposedAction();
    openModel(path);
}

void MainWindow::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape && m_bench.engine.isLoading()) {
        m_bench.engine.cancelLoad();
        return;
    }
    if (event->key() == Qt::Key_Escape && m_bench.state.progress()) {
        m_bench.state.cancelPass();
        return;
    }
    if (event->key() == Qt::Key_Escape && m_bench.state.isRefused()) {
        m_bench.state.returnToAnsweredPrompt();
        return;
    }
    QMainWindow::keyPressEvent(event);
}

} // namespace sinkscope::ui
