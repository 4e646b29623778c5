// SPDX-License-Identifier: Apache-2.0
// The main window.
#include "ui/main_window.h"

#include "ui/bridge/memory_warning.h"
#include "ui/panels/panel_scroll.h"
#include "ui/views/factor_keys.h"

#include <QtCore/QFileInfo>
#include <QtCore/QMimeData>
#include <QtCore/QTimer>
#include <QtCore/QUrl>
#include <QtGui/QDragEnterEvent>
#include <QtGui/QScreen>
#include <QtGui/QIcon>
#include <QtWidgets/QApplication>
#include <QtWidgets/QMenu>
#include <QtWidgets/QMenuBar>
#include <QtWidgets/QStackedWidget>

#include <algorithm>
#include <utility>

namespace sinkscope::ui {

namespace {

constexpr QSize kFrameRoom {16, 48}; ///< px that the window manager's frame may take; it is not known yet
constexpr int kLayoutVersion = 3; // raised when docks change, so that an older saved layout is left

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
    const QSize room = QGuiApplication::primaryScreen()->availableSize() - kFrameRoom;
    setMinimumSize(kSmallestSize.boundedTo(room));
    resize(QSize(1600, 1000).boundedTo(room));
    // Before the panels connect: what they read in the same event holds already.
    connect(&bench.preferences, &Preferences::changed, this, &MainWindow::takePreferences);
    m_explore = new Explore(*this, bench);
    bench.sessions.setAutosaveFolder(m_options.autosaveFolder);
    m_sessions = new SessionActions(bench, prompts, this);
    m_exports = new ExportActions(bench, prompts, this);
    m_edits = new EditActions(bench, prompts, m_explore->edits(), this);
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
    applyPreferences();
    applyThemeChoice(m_options.theme.value_or(bench.preferences.values().theme));
    if (m_options.keepsSession && restoreGeometry(bench.settings.windowGeometry()))
        m_isPlaced = restoreState(bench.settings.windowState(), kLayoutVersion);
    showCentre();
}

void MainWindow::makeCentre()
{
    m_centre = new QStackedWidget(this);
    m_startPage = new StartPage(m_centre);
    m_startPage->setRecent(m_bench.settings.recentModels());
    m_startPage->setExample(m_options.exampleModel);
    m_loadPage = new LoadPage(m_centre);
    m_centre->addWidget(m_startPage);
    m_centre->addWidget(m_loadPage);
    m_perspectives = new Perspectives(*m_explore, m_bench, m_centre);
    m_centre->addWidget(m_perspectives);
    setCentralWidget(m_centre);
    const auto showPrompt = [this] {
        m_startPage->setPrompt(QString::fromStdString(m_bench.state.session().prompt.text));
    };
    connect(&m_bench.state, &AppState::promptChanged, m_startPage, showPrompt);
    showPrompt();
    connect(m_startPage, &StartPage::openRequested, this, &MainWindow::askForModel);
    connect(m_startPage, &StartPage::exampleRequested, this, &MainWindow::openExample);
    connect(m_startPage, &StartPage::recentRequested, this, &MainWindow::openModel);
    connect(m_loadPage, &LoadPage::cancelRequested, &m_bench.engine, &EngineController::cancelLoad);
}

void MainWindow::makeToolBar()
{
    m_toolBar = new MainToolBar(m_bench, {m_perspectives->actions(), m_modelMenu, m_undo, m_redo}, this);
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
        m_modelName = QFileInfo(m_loadingPath).fileName();
        showTitle();
        showCentre();
    });
    connect(&engine, &EngineController::loadCancelled, this, &MainWindow::showCentre);
    connect(&engine, &EngineController::loadFailed, this, &MainWindow::showLoadError);
    connect(&m_bench.sessions, &SessionStore::modelWanted, this, &MainWindow::openModel);
    connect(&m_bench.sessions, &SessionStore::fileChanged, this, &MainWindow::showTitle);
}

void MainWindow::connectStatus()
{
    const auto refresh = [this] { m_status->setCellText(m_perspectives->words()); };
    connect(m_status, &StatusLine::trustReportRequested, m_trustReport, &QAction::trigger);
    connect(m_perspectives, &Perspectives::wordsChanged, this, refresh);
    connect(&m_bench.selection, &Selection::hoveredChanged, this, refresh);
    connect(&m_explore->headView(), &HeadViewPanel::cellWordsChanged, this, refresh);
    connect(&m_bench.selection, &Selection::pinnedChanged, this, refresh);
    connect(&m_bench.selection, &Selection::headChanged, this, refresh);
    connect(&m_bench.state, &AppState::snapshotsChanged, this, refresh);
    const auto refreshLater = [this, refresh] { QTimer::singleShot(0, this, refresh); }; // after the map
    connect(&m_bench.selection, &Selection::sideChanged, this, refreshLater);
    connect(&m_bench.state, &AppState::editsChanged, this, refreshLater);
}

void MainWindow::showTitle()
{
    QStringList parts {m_bench.sessions.name(), m_modelName, tr("Sinkscope")};
    parts.removeAll(QString());
    setWindowTitle(parts.join(QStringLiteral(" - ")));
}

void MainWindow::openModel(const QString &path)
{
    if (const auto warning = memoryWarningOrNull(path, m_options.availableMemory()))
        m_prompts.askLoadAnyway(this, *warning, [this, path] { m_bench.engine.openModel(path); });
    else
        m_bench.engine.openModel(path);
}

bool MainWindow::choosePerspective(const QString &name)
{
    const bool isKnown = perspectiveNames().contains(name);
    if (isKnown)
        m_bench.selection.setPerspective(name);
    return isKnown;
}

void MainWindow::openExample()
{
    if (QFileInfo::exists(m_options.exampleModel)) {
        openModel(m_options.exampleModel);
        return;
    }
    showLoadError(userMessage(tr("The example model is not there"),
        {.what = "there is no such file",
            .file = m_options.exampleModel.toStdString(),
            .wayOut = m_options.exampleModel.toStdString()
                + " is put in place by app/run --build-only. Run it once, or open another GGUF file"}));
}

void MainWindow::askForModel()
{
    const QString last =
        m_bench.settings.lastModel().isEmpty() ? m_options.exampleModel : m_bench.settings.lastModel();
    const QString chosen = m_bench.preferences.values().modelFolder;
    m_prompts.askModelFile(this, chosen.isEmpty() ? QFileInfo(last).path() : chosen,
        [this](const QString &path) { openModel(path); });
}

void MainWindow::showCentre()
{
    const bool isUsable = m_bench.state.model() && !m_bench.engine.isLoading();
    m_trustReport->setEnabled(isUsable);
    for (QDockWidget *dock : m_explore->docks()) {
        dock->widget()->setEnabled(isUsable);
        // Without a model there is nothing to be shown, and no head to be named.
        static_cast<PanelScroll *>(dock->widget())->viewport()->setVisible(m_bench.state.model() != nullptr);
    }
    if (isUsable && isVisible() && !focusWidget()) // a disabled view could not take it
        m_explore->keyViews().front()->setFocus(Qt::OtherFocusReason);
    if (m_bench.engine.isLoading())
        m_centre->setCurrentWidget(m_loadPage);
    else if (m_bench.state.model())
        m_centre->setCurrentWidget(m_perspectives);
    else
        m_centre->setCurrentWidget(m_startPage);
}

void MainWindow::showLoadError(const UserMessage &message)
{
    showCentre();
    if (m_options.showsLoadErrors)
        m_prompts.showLoadError(this, message, [this] { askForModel(); });
}

void MainWindow::selectNextEdited()
{
    const std::vector<HeadRef> heads = m_bench.state.edits().heads();
    if (heads.empty())
        return;
    const auto next = std::upper_bound(heads.begin(), heads.end(), m_bench.selection.head());
    m_bench.selection.setHead(next != heads.end() ? *next : heads.front());
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
    m_bench.sessions.close();
    QMainWindow::closeEvent(event);
}

void MainWindow::resizeEvent(QResizeEvent *event)
{
    QMainWindow::resizeEvent(event);
    const int bars =
        menuBar()->sizeHint().height() + m_toolBar->sizeHint().height() + m_status->sizeHint().height();
    const Density density = Explore::densityFor(size());
    if (density != m_density || !event->oldSize().isValid())
        m_explore->fit(size());
    m_explore->shareRoom({width(), height() - bars});
    if (density == m_density && event->oldSize().isValid())
        return;
    m_density = density;
    m_toolBar->setDensity(density);
    m_status->setDensity(density);
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

bool MainWindow::eventFilter(QObject *watched, QEvent *event)
{
    // These answer the factor keys themselves: the shortcuts leave the keys to them.
    if (event->type() == QEvent::ShortcutOverride) {
        if (factorAfterKey(*static_cast<QKeyEvent *>(event), 1.0)) {
            event->accept();
            return true;
        }
    }
    return QMainWindow::eventFilter(watched, event);
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
    if (path.endsWith(QLatin1String(kProjectSuffix)))
        m_sessions->open(path);
    else
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
