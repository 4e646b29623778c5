// SPDX-License-Identifier: Apache-2.0
// The list of edits in its dock.
#include "ui/panels/edits_panel.h"

#include "ui/state/random_control.h"

#include <QtWidgets/QMenu>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

namespace sinkscope::ui {

namespace {

constexpr int kMargin = 16;
constexpr int kLeastLines = 2;

} // namespace

EditsPanel::EditsPanel(Workbench &bench, QWidget *parent)
    : Panel(parent)
    , m_bench(bench)
    , m_title(new PanelTitle(tr("Edits"), this))
    , m_groups(menuButton("groupsButton", tr("Groups"),
          tr("Named groups of heads: make one of the selected heads, select one to turn it")))
    , m_presets(menuButton("presetsButton", tr("Presets"),
          tr("Edits under a name, for every session: apply them, keep the present ones")))
    , m_note(new ElidedLabel(this))
    , m_list(new HeadList(bench, HeadList::Content::Edits, this))
    , m_empty(new QLabel(tr("No head is edited. Select a head in the map and turn its factor."), this))
    , m_control(new QPushButton(tr("Random control"), this))
{
    m_title->addControl(m_groups);
    m_title->addYieldingControl(m_presets); // it stands in the menu Heads as well
    m_note->setObjectName(QStringLiteral("editsNote"));
    m_note->setContentsMargins(kMargin, 0, kMargin, 4);
    m_empty->setWordWrap(true);
    m_empty->setContentsMargins(kMargin, 4, kMargin, 4);
    m_empty->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    nameControl(m_control, "controlButton", tr("Random heads of equal count"),
        tr("A control: the same factors on as many heads drawn at random, none of them edited before; each "
           "press draws anew. What these heads do as well is no effect of the chosen ones"));
    m_control->setFocusPolicy(Qt::TabFocus);
    auto *foot = new QHBoxLayout;
    foot->setContentsMargins(kMargin, 4, kMargin, 4);
    foot->addWidget(m_control);
    foot->addStretch(1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_title);
    column->addWidget(m_note);
    column->addWidget(m_empty, 1);
    column->addWidget(m_list, 100);
    column->addLayout(foot);
    column->addStretch(1);
    connect(m_control, &QPushButton::clicked, this, &EditsPanel::controlRequested);
    connect(&m_bench.state, &AppState::editsChanged, this, &EditsPanel::refresh);
    connect(m_list, &HeadList::rowsChanged, this, &EditsPanel::refresh);
    refresh();
}

QToolButton *EditsPanel::menuButton(const char *objectName, const QString &text, const QString &toolTip)
{
    auto *button = new QToolButton(this);
    button->setText(text);
    button->setToolButtonStyle(Qt::ToolButtonTextOnly);
    button->setPopupMode(QToolButton::InstantPopup);
    button->setFocusPolicy(Qt::TabFocus);
    nameControl(button, objectName, text, toolTip);
    return button;
}

void EditsPanel::setMenus(QMenu *groups, QMenu *presets)
{
    m_groups->setMenu(groups);
    m_presets->setMenu(presets);
}

void EditsPanel::setTheme(const Theme &theme)
{
    m_title->setTheme(theme);
    m_list->setTheme(theme);
    QPalette quiet = m_empty->palette();
    quiet.setColor(QPalette::WindowText, theme.colours().secondaryText);
    m_empty->setPalette(quiet);
    m_note->setFont(theme.type().axis);
}

void EditsPanel::setDensity(Density density)
{
    m_density = density;
    m_list->setDensity(density);
    refresh();
}

/// What the switches or the heads of the list are, where they are something.
QString EditsPanel::note() const
{
    const std::vector<HeadRef> solo = m_bench.solo.heads();
    QStringList notes;
    if (!solo.empty())
        notes << tr("Solo: %1 alone (S ends it)").arg(headsName(solo));
    if (const auto seed = controlSeed(m_bench.state.edits()))
        notes << tr("Random control, seed %1: %2").arg(*seed).arg(headsName(m_bench.state.edits().heads()));
    return notes.join(QStringLiteral(". "));
}

void EditsPanel::refresh()
{
    const bool isEmpty = m_bench.state.edits().isEmpty();
    const QString words = note();
    m_note->setWholeText(words);
    m_note->setVisible(!words.isEmpty());
    m_list->setVisible(!isEmpty);
    m_list->setMaximumHeight(m_list->lineCount() * m_list->lineHeight());
    m_list->setMinimumHeight(std::min(m_list->lineCount(), kLeastLines) * m_list->lineHeight());
    m_empty->setVisible(isEmpty);
    m_control->setVisible(!isEmpty && m_density == Density::Full); // else in the menus
}

} // namespace sinkscope::ui
