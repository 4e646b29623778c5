// SPDX-License-Identifier: Apache-2.0
// The main window: menus, toolbar, status bar, the centre's pages, and the perspective.
#pragma once

#include "core/base/free_memory.h"
#include "ui/dialogs/file_prompts.h"
#include "ui/edit_actions.h"
#include "ui/export_actions.h"
#include "ui/panels/main_tool_bar.h"
#include "ui/panels/start_page.h"
#include "ui/panels/status_line.h"
#include "ui/perspectives/perspectives.h"
#include "ui/session_actions.h"

#include <QtWidgets/QMainWindow>

class QActionGroup;
class QStackedWidget;

namespace sinkscope::ui {

/// What the window is started with.
struct WindowOptions {
    QString exampleModel; ///< path of the example model
    std::optional<ThemeChoice> theme; ///< instead of the saved one, and not saved
    bool keepsSession = true; ///< saves session and geometry when closed, takes the saved geometry
    QString autosaveFolder; ///< for work without a name; empty: it is not kept
    double textScale = 0.0; ///< of all sizes; 0: as the user's font asks
    bool showsLoadErrors = true; ///< in a box; otherwise the owner says them
    /// Bytes of free memory, asked before each load.
    std::function<std::optional<std::uint64_t>()> availableMemory = [] {
        return sinkscope::availableMemory();
    };
};

/// Owner: the composition root. Threads: GUI thread; it never waits for the engine.
/// Validity: workbench and prompts must outlive it.
class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    MainWindow(Workbench &bench, FilePrompts &prompts, WindowOptions options);

    void openModel(const QString &path);
    SessionActions &sessions() { return *m_sessions; }
    const Theme &theme() const { return m_theme; }
    QStringList perspectiveNames() const { return m_perspectives->names(); }
    bool choosePerspective(const QString &name); ///< false: there is none of that name

    /// In px: the least size at which no panel paints over another.
    static constexpr QSize kSmallestSize {1024, 680};

protected:
    void closeEvent(QCloseEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override; // of the views with factor keys of their own

private:
    void makeCentre();
    void makeFileMenu();
    void makeEditMenu();
    void makeViewMenu();
    void makeColoursMenu(QMenu *menu);
    void makeHeadsMenu();
    void makeHelpMenu();
    void makeModelMenu();
    void makeToolBar();
    QAction *addViewAction(
        QMenu *menu, const QString &text, const QKeySequence &key, std::function<void()> act);
    void connectEngine();
    void connectStatus();
    void askForModel();
    void openExample();
    void showCentre();
    void placeDocksSoon();
    void showLoadError(const UserMessage &message);
    void applyThemeChoice(ThemeChoice choice);
    void takePreferences(const PreferenceValues &before);
    void checkLookMenus();
    void applyPreferences(); ///< what is no colour
    void selectNextEdited();
    void saveSession();
    void showTitle();

    Workbench &m_bench;
    FilePrompts &m_prompts;
    WindowOptions m_options;
    Theme m_theme;
    ThemeChoice m_themeChoice = ThemeChoice::System;
    bool m_systemIsDark;
    bool m_isPlaced = false; // docks have their sizes
    Density m_density = Density::Full;
    QString m_loadingPath;
    QString m_modelName; // of the open model's file
    SessionActions *m_sessions = nullptr;
    ExportActions *m_exports = nullptr;
    EditActions *m_edits = nullptr;
    Explore *m_explore = nullptr;
    Perspectives *m_perspectives = nullptr;
    QStackedWidget *m_centre = nullptr;
    StartPage *m_startPage = nullptr;
    LoadPage *m_loadPage = nullptr;
    MainToolBar *m_toolBar = nullptr;
    StatusLine *m_status = nullptr;
    QMenu *m_modelMenu = nullptr;
    QActionGroup *m_themes = nullptr;
    QActionGroup *m_maps = nullptr;
    QAction *m_undo = nullptr;
    QAction *m_redo = nullptr;
    QAction *m_trustReport = nullptr;
};

} // namespace sinkscope::ui
