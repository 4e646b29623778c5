// SPDX-License-Identifier: Apache-2.0
// What a person takes out of the window: figures, tables, tensors, a page, a script, edits; and edits from
// other programs.
#pragma once

#include "core/analysis/snapshot_tables.h"
#include "ui/dialogs/file_prompts.h"
#include "ui/figure_export.h"
#include "ui/state/file_job.h"
#include "ui/state/workbench.h"

#include <QtWidgets/QMainWindow>

class QMenu;

namespace sinkscope::ui {

/// Parts of the window that become figures.
enum class FigureSubject { Heads, Grid, Map, Prompt, Output, Curves };
/// Tables of numbers.
enum class TableSubject { Heads, Attention, NextTokens, Answers };

/// Owner: MainWindow. Threads: GUI thread; large files are written beside it. Validity: workbench and prompts
/// must outlive it.
class ExportActions : public QObject {
    Q_OBJECT

public:
    ExportActions(Workbench &bench, FilePrompts &prompts, QMainWindow *window);

    void setTheme(const Theme &theme) { m_theme = theme; }
    /// Adds the menu of exports, and the import of edits.
    void addTo(QMenu *menu);
    /// Adds what is copied to the clipboard.
    void addCopiesTo(QMenu *menu);

Q_SIGNALS:
    void written(const QString &path);

private:
    /// The snapshots on screen; kept by whoever writes them elsewhere.
    struct Shown {
        std::shared_ptr<const Model> model;
        std::shared_ptr<const Snapshot> baseline;
        std::shared_ptr<const Snapshot> shown;
        SnapshotPair pair() const { return {*model, *baseline, *shown}; }
    };
    bool hasModelOrSay();
    std::optional<Shown> shownOrSay(); ///< says why not where there is nothing to take
    void addAction(QMenu *menu, const QString &text, const char *name, std::function<void()> act);
    std::unique_ptr<QWidget> figurePanel(FigureSubject subject) const;
    QString mapTitle() const; ///< of what the map is
    FigureCaption captionOf(FigureSubject subject, const Shown &shown) const;
    QString modelWords(const Shown &shown) const;
    QString editWords(const Shown &shown) const;
    QString suggestedPath(const QString &what, const QString &suffix) const;
    void exportFigure(FigureSubject subject);
    void exportTable(TableSubject subject);
    void exportTensors();
    void exportPage();
    void exportScript();
    void exportEdits();
    void importEdits();
    void takeEdits(const QString &path, std::optional<double> headConfigGamma);
    void copyValue();
    void copyRow();
    void copyFigure();
    void copyScript();
    std::string script(const Shown &shown) const;
    void ask(const QString &title, const QString &path, const QStringList &filters,
        std::function<void(const QString &path)> chosen);
    void writeText(const QString &path, std::string text);
    void copy(const QString &text, const QString &said);
    void say(const QString &text);
    void complain(const QString &title, const Error &error);

    Workbench &m_bench;
    FilePrompts &m_prompts;
    QMainWindow *m_window;
    Theme m_theme;
    FileJob m_files;
    QString m_folder; ///< where the last file went
};

} // namespace sinkscope::ui
