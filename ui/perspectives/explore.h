// SPDX-License-Identifier: Apache-2.0
// Explore: heads and edits at the left, prompt and map in the centre, output and factor at the right.
#pragma once

#include "ui/panels/edits_panel.h"
#include "ui/panels/factor_panel.h"
#include "ui/panels/generation_panel.h"
#include "ui/panels/head_panel.h"
#include "ui/panels/head_view_panel.h"
#include "ui/panels/lens_panel.h"
#include "ui/panels/history_panel.h"
#include "ui/panels/output_panel.h"
#include "ui/panels/prompt_panel.h"
#include "ui/panels/token_find.h"
#include "ui/perspectives/centre_split.h"

#include <QtWidgets/QDockWidget>
#include <QtWidgets/QMainWindow>

namespace sinkscope::ui {

/// Says which panels stand where, nothing else. Owner: the window (also of the docks). Threads: GUI thread.
class Explore : public QObject {
    Q_OBJECT

public:
    Explore(QMainWindow &window, Workbench &bench);

    QWidget *centre() const { return m_centre; }
    void setTheme(const Theme &theme);
    /// Sizes for a window of `size`: those of 1280 x 800 or of 1920 x 1080.
    void fit(const QSize &size);
    void placeDocks(const QSize &size);
    /// Least sizes of the docks where `room` is for docks and centre: less than the panels need where it
    /// lacks.
    void shareRoom(const QSize &room);
    /// More room for the answers where they need it, as long as slider and curves keep theirs.
    void makeRoomForAnswers();
    static Density densityFor(const QSize &size);
    QList<QDockWidget *> docks() const
    {
        return {
            m_headDock, m_editsDock, m_historyDock, m_outputDock, m_factorDock, m_lensDock, m_generationDock};
    }
    /// Views in which Space acts on the selection.
    QList<QWidget *> keyViews() const;
    /// Views that turn factors by keys themselves.
    QList<QWidget *> factorKeyViews() const;
    HeadPanel &heads() { return *m_heads; }
    EditsPanel &edits() { return *m_edits; }
    HeadViewPanel &headView() { return *m_headView; }
    TokenFind &find() { return *m_find; }
    QDockWidget *generationDock() const { return m_generationDock; }
    PromptPanel &prompt() { return *m_prompt; }
    FactorPanel &factor() { return *m_factor; }

private:
    void makeRoomForList(int px); ///< less than 0: the list is closed
    int greatestOutputHeight(int columnHeight) const;
    void openLens();
    void measurePanels(); ///< their least sizes, now
    void placeHistory(); ///< closed at first, later beside the edits
    void placeGeneration(); ///< closed at first, below the centre
    void shareBottom(QDockWidget &opened); ///< tabs where lens and generation stand below the centre
    void nameTabs();
    QDockWidget *addDock(const char *objectName, Panel *panel, const QString &title, Qt::DockWidgetArea area);

    QMainWindow &m_window;
    int m_rightWithoutLens = 0; ///< px of the docks at the right before the logit lens was opened
    int m_rightWithoutList = 0; ///< px of the docks at the right then
    int m_widthWithoutList = 0; ///< px of the heads' dock before the list was opened
    // In the order in which Tab goes through them: they are made so.
    HeadPanel *m_heads;
    QDockWidget *m_headDock;
    EditsPanel *m_edits;
    QDockWidget *m_editsDock;
    HistoryPanel *m_history;
    QDockWidget *m_historyDock;
    CentreSplit *m_centre;
    PromptPanel *m_prompt;
    TokenFind *m_find;
    HeadViewPanel *m_headView;
    OutputPanel *m_output;
    QDockWidget *m_outputDock;
    FactorPanel *m_factor;
    QDockWidget *m_factorDock;
    LensPanel *m_lens;
    QDockWidget *m_lensDock; // beside output and factor; closed at first
    GenerationPanel *m_generation;
    QDockWidget *m_generationDock;
};

} // namespace sinkscope::ui
