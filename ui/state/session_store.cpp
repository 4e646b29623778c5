// SPDX-License-Identifier: Apache-2.0
// The session file of the window.
#include "ui/state/session_store.h"

#include "ui/state/session_content.h"
#include "ui/state/session_look.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDateTime>
#include <QtCore/QDir>
#include <QtCore/QFileInfo>

#include <utility>

namespace sinkscope::ui {

namespace {

std::string freshPath(const QString &folder)
{
    QDir().mkpath(folder);
    const QString stem =
        QStringLiteral("%1/%2-%3")
            .arg(folder, QDateTime::currentDateTime().toString(QStringLiteral("yyyyMMdd-HHmmss")))
            .arg(QCoreApplication::applicationPid());
    const QString suffix = QString::fromLatin1(kProjectSuffix);
    QString path = stem + suffix;
    for (int number = 2; QFileInfo::exists(path); ++number)
        path = QStringLiteral("%1-%2%3").arg(stem).arg(number).arg(suffix);
    return path.toStdString();
}

bool isSameFile(const std::string &left, const std::string &right)
{
    return left == right
        || (!left.empty()
            && QFileInfo(QString::fromStdString(left)) == QFileInfo(QString::fromStdString(right)));
}

template <typename Entry> std::map<EntryId, Entry> byId(const std::vector<Entry> &entries)
{
    std::map<EntryId, Entry> map;
    for (const Entry &entry : entries)
        map.emplace(entry.id, entry);
    return map;
}

} // namespace

SessionStore::SessionStore(AppState &state, Selection &selection, EngineController &engine, QObject *parent)
    : QObject(parent)
    , m_state(state)
    , m_selection(selection)
    , m_history(state)
{
    m_timer.setSingleShot(true);
    m_timer.setInterval(kDelayMs);
    connect(&m_timer, &QTimer::timeout, this, &SessionStore::flush);
    for (const auto changed : {&AppState::promptChanged, &AppState::answersChanged, &AppState::editsChanged})
        connect(&state, changed, this, &SessionStore::touch);
    connect(&m_history, &SessionHistory::changed, this, &SessionStore::touch);
    connect(&selection, &Selection::headsChanged, this, &SessionStore::touchLook);
    connect(&selection, &Selection::sideChanged, this, &SessionStore::touchLook);
    connect(&selection, &Selection::pinnedChanged, this, &SessionStore::touchLook);
    connect(&selection, &Selection::keptChanged, this, &SessionStore::touchLook);
    connect(&selection, &Selection::measureChanged, this, &SessionStore::touchLook);
    connect(&selection, &Selection::scopeChanged, this, &SessionStore::touchLook);
    connect(&selection, &Selection::patternLookChanged, this, &SessionStore::touchLook);
    connect(&selection, &Selection::perspectiveChanged, this, &SessionStore::touchLook);
    connect(
        &engine, &EngineController::loadStarted, this, &SessionStore::flush); // it ends the steps of before
    connect(&engine, &EngineController::loadFailed, this, [this] { m_opening.reset(); });
    connect(&engine, &EngineController::loadCancelled, this, [this] { m_opening.reset(); });
    connect(&state, &AppState::modelChanged, this, &SessionStore::takeModel);
    connect(&m_hash, &ModelHash::found, this, &SessionStore::takeHash);
}

SessionStore::~SessionStore()
{
    close();
}

QString SessionStore::path() const
{
    return m_file ? QString::fromStdString(m_file->path()) : QString();
}

QString SessionStore::name() const
{
    return m_isNamed ? QFileInfo(path()).completeBaseName() : QString();
}

bool SessionStore::hasModelOf(const ModelReference &model) const
{
    if (!m_state.model())
        return false;
    return isSameFile(m_state.model()->path, model.path)
        || (!model.sha256.empty() && m_hash.sha256() == model.sha256);
}

void SessionStore::recover(const QString &path)
{
    auto opening = std::make_unique<Opening>();
    opening->file = ProjectFile::open(path.toStdString());
    opening->isNamed = false;
    begin(std::move(opening));
}

void SessionStore::open(const QString &path, OpenManner manner)
{
    auto opening = std::make_unique<Opening>();
    if (manner == OpenManner::Own) {
        opening->file = ProjectFile::open(path.toStdString());
    } else {
        const std::string copy = freshPath(m_folder.isEmpty() ? QDir::tempPath() : m_folder);
        ProjectFile::open(path.toStdString(), {.access = ProjectAccess::ReadOnly})->saveCopy(copy);
        opening->file = ProjectFile::open(copy);
        opening->isNamed = false;
    }
    begin(std::move(opening));
}

void SessionStore::begin(std::unique_ptr<Opening> opening)
{
    opening->project = opening->file->read();
    const ModelReference &model = opening->project.model;
    sessionOf(opening->project.session); // what the window cannot show is refused before a long load
    flush();
    if (hasModelOf(model)) {
        adopt(std::move(opening));
        return;
    }
    const QString modelPath = QString::fromStdString(model.path);
    if (!QFileInfo::exists(modelPath))
        throw Error({.what = "the model of the session is not where it was",
            .file = opening->file->path(),
            .given = model.path,
            .expected = model.name + ", sha256 " + model.sha256,
            .wayOut = "Put the file there again"});
    m_opening = std::move(opening);
    Q_EMIT modelWanted(modelPath);
}

void SessionStore::adopt(std::unique_ptr<Opening> opening)
{
    const Project &project = opening->project;
    m_isAdopting = true;
    try {
        m_history.restore(project);
    } catch (const Error &error) {
        m_isAdopting = false;
        Q_EMIT failed(userMessage(tr("The session cannot be opened"), error.parts()));
        return;
    }
    leaveFile();
    m_file = std::move(opening->file);
    m_isNamed = opening->isNamed;
    m_model = project.model;
    m_pins = byId(project.snapshots);
    m_notes = byId(project.notes);
    takeLook(m_selection, m_state.grid(), project.windowState);
    m_isAdopting = false;
    m_hash.begin(m_state.model()->path);
    if (!(contentOf(m_state.session()) == project.session))
        touch(); // a drag that was killed became a step
    Q_EMIT fileChanged();
    Q_EMIT pinsChanged();
    Q_EMIT notesChanged();
}

void SessionStore::startNew()
{
    flush();
    leaveFile();
    forget();
    SessionValue session = m_state.session();
    session.edits = EditList();
    m_state.restoreSession(session);
    m_history.begin();
    Q_EMIT fileChanged();
}

void SessionStore::leaveFile()
{
    m_timer.stop();
    m_file.reset();
    m_isNamed = false;
    m_isUnwritten = false;
    m_pending = {};
    m_model = {};
}

void SessionStore::forget()
{
    m_pins.clear();
    m_notes.clear();
    Q_EMIT pinsChanged();
    Q_EMIT notesChanged();
}

void SessionStore::takeModel()
{
    if (m_opening && hasModelOf(m_opening->project.model)) {
        adopt(std::move(m_opening));
        return;
    }
    m_opening.reset();
    if (m_file && hasModelOf(m_model))
        return;
    if (!m_file) { // nothing was done that is kept
        m_history.begin();
        return;
    }
    // Figures and notes are of the model that was open: the session ends as it was before.
    dropUnlessKept();
    leaveFile();
    forget();
    m_history.begin();
    Q_EMIT fileChanged();
}

void SessionStore::takeHash(const QString &sha256)
{
    if (!m_file || !m_state.model())
        return;
    const std::string found = sha256.toStdString();
    if (!m_model.sha256.empty() && m_model.sha256 != found) {
        const ErrorParts parts {.what = "the model file is not the one that the session was made with",
            .file = m_state.model()->path,
            .given = "sha256 " + found,
            .expected = "sha256 " + m_model.sha256,
            .wayOut = "What is on screen is a session without a name; the file stays as it is"};
        leaveFile();
        forget();
        m_history.setNothingWritten();
        Q_EMIT fileChanged();
        Q_EMIT failed(userMessage(tr("This is another model file"), parts));
        return;
    }
    if (m_model.sha256.empty())
        touch();
}

void SessionStore::touch()
{
    if (m_isAdopting || m_isClosed)
        return;
    m_isUnwritten = true;
    if (!m_timer.isActive())
        m_timer.start();
}

void SessionStore::goTo(EntryId id)
{
    try {
        m_history.goTo(id);
    } catch (const Error &error) {
        Q_EMIT failed(userMessage(tr("This state cannot be shown"), error.parts()));
    }
}

void SessionStore::touchLook()
{
    if (m_file) // looking at another head is no work to be kept
        touch();
}

bool SessionStore::hasChanges() const
{
    return m_state.undoStack().count() > 0 || m_state.isDragging() || m_history.nodes().size() > 1
        || !m_pins.empty() || !m_notes.empty();
}

ModelReference SessionStore::modelReference() const
{
    const std::string &path = m_state.model()->path;
    ModelReference model {
        path, m_hash.sha256(), QFileInfo(QString::fromStdString(path)).completeBaseName().toStdString()};
    if (model.sha256.empty())
        model.sha256 = m_model.sha256;
    return model;
}

void SessionStore::makeFile(const QString &folder)
{
    m_file = ProjectFile::create(freshPath(folder));
    m_history.setNothingWritten();
    m_model = {};
    m_pending = {};
    for (const auto &[id, pin] : m_pins)
        m_pending.snapshots.push_back(pin);
    for (const auto &[id, note] : m_notes)
        m_pending.notes.push_back(note);
}

void SessionStore::write()
{
    m_timer.stop();
    m_hash.begin(m_state.model()->path);
    ProjectChange change = m_pending;
    const ModelReference model = modelReference();
    if (!(model == m_model))
        change.model = model;
    change.session = contentOf(m_state.session());
    change.windowState = lookOf(m_selection);
    m_history.addTo(change);
    m_file->write(change);
    m_history.setWritten();
    m_pending = {};
    m_model = model;
    m_isUnwritten = false;
    m_isFailing = false;
}

void SessionStore::flush()
{
    if (!m_isUnwritten || m_isClosed || !m_state.model()
        || (!m_file && (m_folder.isEmpty() || !hasChanges())))
        return;
    try {
        if (!m_file)
            makeFile(m_folder);
        write();
    } catch (const Error &error) {
        if (!std::exchange(m_isFailing, true)) // once, not at each step of a drag
            Q_EMIT failed(userMessage(tr("The session cannot be saved"), error.parts()));
    }
}

void SessionStore::saveAs(const QString &path)
{
    if (!m_state.model())
        throw Error({.what = "there is nothing to save yet", .wayOut = "Open a model first"});
    if (m_file && isSameFile(m_file->path(), path.toStdString())) {
        write();
        return;
    }
    if (!m_file)
        makeFile(m_folder.isEmpty() ? QDir::tempPath() : m_folder);
    write();
    const std::string target = path.toStdString();
    m_file->saveCopy(target);
    auto next = ProjectFile::open(target);
    dropUnlessNamed();
    m_file = std::move(next);
    m_isNamed = true;
    Q_EMIT fileChanged();
}

void SessionStore::dropUnlessNamed()
{
    if (!m_file || m_isNamed)
        return;
    const QString path = this->path();
    m_file.reset();
    try {
        removeProject(path.toStdString());
    } catch (const Error &) {
        return; // it is offered at the next start
    }
}

void SessionStore::dropUnlessKept()
{
    if (m_pins.empty() && m_notes.empty())
        dropUnlessNamed();
}

void SessionStore::close()
{
    if (m_isClosed)
        return;
    flush();
    m_isClosed = true;
    dropUnlessKept();
    m_file.reset();
}

} // namespace sinkscope::ui
