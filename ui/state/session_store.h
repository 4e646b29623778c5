// SPDX-License-Identifier: Apache-2.0
// The session file of the window: what is open, and that it always holds what was done.
#pragma once

#include "core/project/project_file.h"
#include "ui/state/model_hash.h"
#include "ui/state/selection.h"
#include "ui/state/session_history.h"

#include <QtCore/QTimer>

#include <map>
#include <memory>

namespace sinkscope::ui {

/// Whether a session goes on in its own file, or as work without a name that leaves the file as it is.
enum class OpenManner { Own, Copy };

/// Owner of the open file. What is done is in it within kDelayMs: in the session's own file, or before it has
/// a name in one of the autosave folder, made at the first change. Writes are short (ui/README.md),
/// so they are done here. Owner: Workbench. Threads: GUI thread.
class SessionStore : public QObject {
    Q_OBJECT

public:
    SessionStore(AppState &state, Selection &selection, EngineController &engine, QObject *parent = nullptr);
    ~SessionStore() override;

    /// Where work without a name is kept; empty (as at first): nowhere.
    void setAutosaveFolder(const QString &folder) { m_folder = folder; }
    const QString &autosaveFolder() const { return m_folder; }
    /// Goes on with work of that folder. Throws Error.
    void recover(const QString &path);

    bool isNamed() const { return m_isNamed; }
    QString path() const; ///< of the open file; empty while there is none
    /// For the title: the file's name without its end; empty without a name.
    QString name() const;
    /// sha256 of the open model's file; empty while it is not known.
    const std::string &modelHash() const { return m_hash.sha256(); }

    /// Work without a name that was open stays in the autosave folder.
    void startNew();
    /// Opens a session; asks for its model where another one is open (modelWanted). Throws
    /// ProjectNotWritable, Error; nothing has changed then.
    void open(const QString &path, OpenManner manner = OpenManner::Own);
    /// Names the session: it goes on in `path`. Throws Error.
    void saveAs(const QString &path);
    /// Writes what has not been written. A failure is told by failed() and tried again with the next change.
    void flush();
    /// The program ends: work without a name goes unless it has pinned figures or notes.
    void close();

    /// Keeps the figures on screen under `name`. Throws Error while they are not complete.
    EntryId pin(const QString &name);
    void removePin(EntryId id);
    const std::map<EntryId, PinnedSnapshot> &pins() const { return m_pins; }
    /// Adds a note, or changes the one of that id; an empty text removes it. The id of a new one is 0.
    EntryId setNote(HeadNote note);
    const std::map<EntryId, HeadNote> &notes() const { return m_notes; }
    /// Goes to a state of the history; a state that the window cannot show is told by failed().
    void goTo(EntryId id);
    const SessionHistory &history() const { return m_history; }

    static constexpr int kDelayMs = 250; ///< changes are collected so long, a drag is written as often

Q_SIGNALS:
    void fileChanged(); ///< path or name
    void modelWanted(const QString &path);
    void failed(const UserMessage &message);
    void pinsChanged();
    void notesChanged();

private:
    struct Opening {
        std::unique_ptr<ProjectFile> file;
        Project project;
        bool isNamed = true;
    };
    void begin(std::unique_ptr<Opening> opening);
    void adopt(std::unique_ptr<Opening> opening);
    void leaveFile();
    void forget();
    void takeModel();
    void takeHash(const QString &sha256);
    void touch();
    void touchLook();
    void makeFile(const QString &folder);
    void write();
    void dropUnlessNamed();
    void dropUnlessKept();
    bool hasModelOf(const ModelReference &model) const;
    bool hasChanges() const;
    ModelReference modelReference() const;

    AppState &m_state;
    Selection &m_selection;
    SessionHistory m_history;
    ModelHash m_hash;
    QString m_folder;
    std::unique_ptr<ProjectFile> m_file;
    std::unique_ptr<Opening> m_opening; // waits for its model
    ModelReference m_model; // as the open file has it
    std::map<EntryId, PinnedSnapshot> m_pins;
    std::map<EntryId, HeadNote> m_notes;
    ProjectChange m_pending; // pins and notes
    bool m_isNamed = false;
    bool m_isUnwritten = false;
    bool m_isAdopting = false;
    bool m_isFailing = false; // the last write failed
    bool m_isClosed = false;
    QTimer m_timer;
};

} // namespace sinkscope::ui
