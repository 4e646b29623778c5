// SPDX-License-Identifier: Apache-2.0
// Solo, mute, copying of factors and the random control.
#include "ui/edit_actions.h"

#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtWidgets/QAction>
#include <QtWidgets/QMenu>
#include <QtWidgets/QStatusBar>

namespace sinkscope::ui {

namespace {

constexpr int kSaidMs = 8000;

} // namespace

EditActions::EditActions(Workbench &bench, FilePrompts &prompts, EditsPanel &panel, QMainWindow *window)
    : QObject(window)
    , m_bench(bench)
    , m_prompts(prompts)
    , m_panel(panel)
    , m_window(window)
    , m_groups(new QMenu(tr("&Groups"), window))
    , m_presets(new QMenu(tr("&Presets"), window))
    , m_solo(new QAction(tr("&Solo: these edits act alone"), this))
{
    m_groups->setObjectName(QStringLiteral("groupsMenu"));
    m_presets->setObjectName(QStringLiteral("presetsMenu"));
    m_presets->setToolTipsVisible(true);
    connect(m_groups, &QMenu::aboutToShow, this, &EditActions::fillGroups);
    connect(m_presets, &QMenu::aboutToShow, this, &EditActions::fillPresets);
    m_panel.setMenus(m_groups, m_presets);
    connect(&m_panel, &EditsPanel::controlRequested, this, &EditActions::drawControl);
    m_solo->setCheckable(true);
    const auto showSolo = [this] { m_solo->setChecked(!m_bench.solo.heads().empty()); };
    connect(&bench.state, &AppState::editsChanged, m_solo, showSolo);
    connect(m_solo, &QAction::triggered, this, [this, showSolo] {
        sayIf(m_bench.solo.toggle(chosenHeads()));
        showSolo();
    });
}

QAction *EditActions::addAction(QMenu *menu, const QString &text, const char *name, std::function<void()> act)
{
    QAction *action = menu->addAction(text);
    action->setObjectName(QLatin1String(name));
    connect(action, &QAction::triggered, this, [act = std::move(act)] { act(); });
    return action;
}

void EditActions::addCopiesTo(QMenu *menu)
{
    addAction(menu, tr("Copy &factors"), "copyFactors", [this] {
        copy();
    })->setShortcut(QKeySequence(QStringLiteral("Ctrl+Shift+F")));
    addAction(menu, tr("Paste factors &to the selected heads"), "pasteFactors", [this] {
        paste(PasteTo::Selection);
    })->setShortcut(QKeySequence(QStringLiteral("Ctrl+Shift+V")));
    addAction(menu, tr("Paste factors to the heads they &name"), "pasteFactorsBack", [this] {
        paste(PasteTo::NamedHeads);
    })->setShortcut(QKeySequence(QStringLiteral("Ctrl+Shift+B")));
}

void EditActions::addTo(QMenu *menu)
{
    // Letters act wherever no text is written: text fields take them first.
    m_solo->setObjectName(QStringLiteral("soloAction"));
    m_solo->setShortcut(Qt::Key_S);
    menu->addAction(m_solo);
    QAction *mute = addAction(menu, tr("&Mute: switch these edits off or on"), "muteAction",
        [this] { sayIf(m_bench.solo.toggleMute(chosenHeads())); });
    mute->setShortcut(Qt::Key_M);
    menu->addMenu(m_groups);
    menu->addMenu(m_presets);
    addAction(menu, tr("Ra&ndom control"), "randomControlAction", [this] {
        drawControl();
    })->setShortcut(QKeySequence(QStringLiteral("Ctrl+Shift+R")));
    m_panel.list().addMenuAction(m_solo);
    m_panel.list().addMenuAction(mute);
}

std::vector<HeadRef> EditActions::chosenHeads() const
{
    const std::vector<HeadRef> inHand = m_panel.list().headsInHand();
    return inHand.empty() ? m_bench.selection.heads() : inHand;
}

void EditActions::say(const QString &text)
{
    m_window->statusBar()->showMessage(text, kSaidMs);
}

void EditActions::sayIf(const std::optional<QString> &refusal)
{
    if (refusal)
        say(*refusal);
}

void EditActions::tryOrSay(const QString &title, const std::function<void()> &act)
{
    if (!m_bench.state.model()) {
        say(tr("Open a model first"));
        return;
    }
    try {
        act();
    } catch (const Error &error) {
        say(userMessage(title, error.parts()).oneLine());
    }
}

void EditActions::copy()
{
    m_copied = copyEdits(m_bench.state.edits(), chosenHeads());
    m_copiedText = QString::fromStdString(copiedText(*m_copied));
    QGuiApplication::clipboard()->setText(m_copiedText);
    say(tr("Copied: the edits of %1").arg(headsName(m_copied->heads)));
}

void EditActions::paste(PasteTo where)
{
    tryOrSay(tr("Not pasted"), [this, where] {
        const AppState &state = m_bench.state;
        const QString text = QGuiApplication::clipboard()->text();
        const bool isOwn = m_copied && text == m_copiedText;
        const CopiedEdits copied = isOwn ? *m_copied : editsFromText(text.toStdString(), state.grid());
        const bool isBack = where == PasteTo::NamedHeads;
        const std::vector<HeadRef> targets = isBack ? copied.heads : m_bench.selection.heads();
        const EditList after = isBack ? editsPutBack(state.edits(), copied, state.grid())
                                      : pastedEdits(state.edits(), copied, targets, state.grid());
        m_bench.state.replaceEdits(after, tr("paste to %1").arg(headsName(targets)));
        say(tr("Pasted: the edits of %1 to %2").arg(headsName(copied.heads), headsName(targets)));
    });
}

void EditActions::drawControl()
{
    tryOrSay(tr("No control was drawn"), [this] {
        const EditList control = m_control.next(m_bench.state.edits(), m_bench.state.grid());
        const std::uint64_t seed = controlSeed(control).value_or(0);
        m_bench.state.replaceEdits(
            control, tr("random control, seed %1: %2").arg(seed).arg(headsName(control.heads())));
        say(tr("Random control, seed %1: the same factors on %2 that were not edited")
                .arg(seed)
                .arg(headsName(control.heads())));
    });
}

} // namespace sinkscope::ui
