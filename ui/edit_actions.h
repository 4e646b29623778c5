// SPDX-License-Identifier: Apache-2.0
// What a person does with edits as a whole: solo and mute, copying, groups, presets, the random control.
#pragma once

#include "ui/dialogs/file_prompts.h"
#include "ui/perspectives/explore.h"
#include "ui/state/copied_edits.h"
#include "ui/state/random_control.h"
#include "ui/state/workbench.h"

#include <QtWidgets/QMainWindow>

class QAction;
class QMenu;

namespace sinkscope::ui {

/// Each of them is one step. What cannot be done is said in the status bar. Owner: MainWindow. Threads: GUI
/// thread. Validity: workbench, prompts and panel must outlive it.
class EditActions : public QObject {
    Q_OBJECT

public:
    EditActions(Workbench &bench, FilePrompts &prompts, EditsPanel &panel, QMainWindow *window);

    /// Adds copy and paste of factors.
    void addCopiesTo(QMenu *menu);
    /// Adds solo, mute, groups, presets and the control.
    void addTo(QMenu *menu);

private:
    QAction *addAction(QMenu *menu, const QString &text, const char *name, std::function<void()> act);
    std::vector<HeadRef> chosenHeads() const; ///< of the row in hand, else those selected
    void sayIf(const std::optional<QString> &refusal);
    void say(const QString &text);
    void tryOrSay(const QString &title, const std::function<void()> &act);
    void copy();
    enum class PasteTo { Selection, NamedHeads };
    void paste(PasteTo where);
    void drawControl();
    void fillGroups();
    void addGroupMenu(const std::string &name, const std::vector<HeadRef> &heads);
    void setGroup(const QString &name, const std::vector<HeadRef> &heads, const QString &step);
    void askGroupName();
    void askNewName(const std::string &name, const std::vector<HeadRef> &heads);
    void fillPresets();
    void apply(const QString &name, const EditList &edits);
    void applyByEffect();
    void askPresetName();

    Workbench &m_bench;
    FilePrompts &m_prompts;
    EditsPanel &m_panel;
    QMainWindow *m_window;
    QMenu *m_groups;
    QMenu *m_presets;
    QAction *m_solo;
    ControlDraw m_control;
    QString m_copiedText; ///< as it was put on the clipboard
    std::optional<CopiedEdits> m_copied; ///< what that text stands for, with the switches
};

} // namespace sinkscope::ui
