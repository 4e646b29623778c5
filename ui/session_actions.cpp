// SPDX-License-Identifier: Apache-2.0
// What a person does with sessions.
#include "ui/session_actions.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QLocale>
#include <QtWidgets/QAction>
#include <QtWidgets/QMenu>
#include <QtWidgets/QStatusBar>

namespace sinkscope::ui {

namespace {

constexpr int kSaidMs = 4000;

QString withSuffix(const QString &path)
{
    const QString suffix = QString::fromLatin1(kProjectSuffix);
    return path.endsWith(suffix) ? path : path + suffix;
}

} // namespace

SessionActions::SessionActions(Workbench &bench, FilePrompts &prompts, QMainWindow *window)
    : QObject(window)
    , m_bench(bench)
    , m_prompts(prompts)
    , m_window(window)
    , m_pin(new QAction(tr("P&in the figures on screen"), this))
{
    m_pin->setObjectName(QStringLiteral("pinFiguresAction"));
    m_pin->setShortcut(QKeySequence(QStringLiteral("Ctrl+P")));
    m_pin->setEnabled(false);
    m_pin->setToolTip(tr("Keep the figures in the session; sinkscope-cli replay compares them later"));
    connect(m_pin, &QAction::triggered, this, &SessionActions::pin);
    const auto showWhetherComplete = [this] { m_pin->setEnabled(m_bench.state.isComplete()); };
    connect(&bench.state, &AppState::completed, m_pin, showWhetherComplete);
    connect(&bench.state, &AppState::freshChanged, m_pin, showWhetherComplete);
    connect(&bench.sessions, &SessionStore::fileChanged, this, &SessionActions::remember);
    connect(&bench.sessions, &SessionStore::failed, this,
        [this](const UserMessage &message) { m_prompts.showSessionError(m_window, message); });
}

void SessionActions::addTo(QMenu *menu)
{
    const auto add = [this, menu](const QString &text, const char *name, const QString &key, auto act) {
        QAction *action = menu->addAction(text, this, act, QKeySequence(key));
        action->setObjectName(QLatin1String(name));
        return action;
    };
    add(tr("&New session"), "newSessionAction", QStringLiteral("Ctrl+N"),
        [this] { m_bench.sessions.startNew(); });
    add(tr("&Open session..."), "openSessionAction", QStringLiteral("Ctrl+Shift+O"),
        [this] { askAndOpen(); });
    m_recent = menu->addMenu(tr("&Recent sessions"));
    m_recent->setObjectName(QStringLiteral("recentSessionsMenu"));
    connect(m_recent, &QMenu::aboutToShow, this, &SessionActions::fillRecent);
    fillRecent();
    add(tr("&Save session"), "saveSessionAction", QStringLiteral("Ctrl+S"), [this] {
        save();
    })->setToolTip(tr("A session with a name is saved all the time; this says so"));
    add(tr("Save session &as..."), "saveSessionAsAction", QStringLiteral("Ctrl+Shift+S"),
        [this] { askAndSave(); });
}

void SessionActions::fillRecent()
{
    m_recent->clear();
    for (const QString &path : m_bench.settings.recentSessions())
        m_recent->addAction(QFileInfo(path).completeBaseName(), this, [this, path] { open(path); })
            ->setToolTip(path);
    m_recent->setEnabled(!m_recent->isEmpty());
}

void SessionActions::say(const QString &text)
{
    m_window->statusBar()->showMessage(text, kSaidMs);
}

void SessionActions::complain(const QString &title, const Error &error)
{
    m_prompts.showSessionError(m_window, userMessage(title, error.parts()));
}

void SessionActions::remember()
{
    if (m_bench.sessions.isNamed())
        m_bench.settings.addSession(m_bench.sessions.path());
    m_bench.settings.setSessionFile(m_bench.sessions.isNamed() ? m_bench.sessions.path() : QString());
    fillRecent();
}

void SessionActions::askAndOpen()
{
    const QString last = m_bench.settings.recentSessions().value(0);
    m_prompts.askSessionFile(m_window, SessionFileUse::Open,
        last.isEmpty() ? QDir::homePath() : QFileInfo(last).path(),
        [this](const QString &path) { open(path); });
}

void SessionActions::open(const QString &path)
{
    if (!path.isEmpty())
        openAs(QFileInfo(path).absoluteFilePath(), OpenManner::Own);
}

void SessionActions::openAs(const QString &path, OpenManner manner)
{
    if (m_bench.sessions.isNamed() && QFileInfo(m_bench.sessions.path()) == QFileInfo(path))
        return; // it is open
    const QString title = tr("The session cannot be opened");
    try {
        m_bench.sessions.open(path, manner);
    } catch (const ProjectNotWritable &error) {
        m_prompts.askOpenCopy(
            m_window, userMessage(title, error.parts()), [this, path] { openAs(path, OpenManner::Copy); });
    } catch (const Error &error) {
        complain(title, error);
    }
}

void SessionActions::save()
{
    if (!m_bench.sessions.isNamed()) {
        askAndSave();
        return;
    }
    saveAs(m_bench.sessions.path());
}

void SessionActions::askAndSave()
{
    const QString last =
        m_bench.sessions.isNamed() ? m_bench.sessions.path() : m_bench.settings.recentSessions().value(0);
    const QString folder = last.isEmpty() ? QDir::homePath() : QFileInfo(last).path();
    const std::shared_ptr<const Model> model = m_bench.state.model();
    const QString name =
        model ? QFileInfo(QString::fromStdString(model->path)).completeBaseName() : tr("session");
    const QString path =
        m_bench.sessions.isNamed() ? last : withSuffix(QStringLiteral("%1/%2").arg(folder, name));
    m_prompts.askSessionFile(
        m_window, SessionFileUse::Save, path, [this](const QString &chosen) { saveAs(chosen); });
}

void SessionActions::saveAs(QString path)
{
    path = withSuffix(QFileInfo(path).absoluteFilePath());
    try {
        m_bench.sessions.saveAs(path);
        say(tr("Saved as %1").arg(path));
    } catch (const Error &error) {
        complain(tr("The session cannot be saved"), error);
    }
}

void SessionActions::pin()
{
    const QString name = tr("%1, edits: %n", nullptr, m_bench.state.edits().editedHeadCount())
                             .arg(QLocale().toString(QDateTime::currentDateTime(), QLocale::ShortFormat));
    try {
        m_bench.sessions.pin(name);
        say(tr("Pinned: %1").arg(name));
    } catch (const Error &error) {
        complain(tr("The figures cannot be pinned"), error);
    }
}

void SessionActions::offerLeft()
{
    const std::vector<LeftSession> left = leftSessions(m_bench.sessions.autosaveFolder());
    if (!left.empty())
        offer(left.front());
}

void SessionActions::offer(const LeftSession &left)
{
    UserMessage message;
    message.title = tr("Work that has no name was left behind.");
    message.cause = tr("Last changed %1.").arg(QLocale().toString(left.changed, QLocale::ShortFormat));
    if (!left.prompt.isEmpty())
        message.cause += QLatin1Char('\n') + tr("Prompt: %1").arg(left.prompt);
    message.wayOut = tr("Recover goes on with it, Discard removes it.");
    message.details = left.path;
    m_prompts.askRecover(m_window, message, [this, path = left.path](LeftWork work) {
        try {
            if (work == LeftWork::Recover) {
                m_bench.sessions.recover(path);
            } else {
                removeProject(path.toStdString());
                offerLeft();
            }
        } catch (const Error &error) {
            complain(tr("The work cannot be recovered"), error);
        }
    });
}

} // namespace sinkscope::ui
