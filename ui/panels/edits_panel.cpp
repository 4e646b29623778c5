// SPDX-License-Identifier: Apache-2.0
// The list of edits in its dock.
#include "ui/panels/edits_panel.h"

#include <QtWidgets/QVBoxLayout>

namespace sinkscope::ui {

EditsPanel::EditsPanel(Workbench &bench, QWidget *parent)
    : Panel(parent)
    , m_bench(bench)
    , m_title(new PanelTitle(tr("Edits"), this))
    , m_list(new HeadList(bench, HeadList::Content::Edits, this))
    , m_empty(new QLabel(tr("No head is edited. Select a head in the map and turn its factor."), this))
{
    m_empty->setWordWrap(true);
    m_empty->setContentsMargins(16, 4, 16, 4);
    m_empty->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_title);
    column->addWidget(m_empty, 1);
    column->addWidget(m_list, 100);
    column->addStretch(1);
    connect(&m_bench.state, &AppState::editsChanged, this, &EditsPanel::refresh);
    connect(m_list, &HeadList::rowsChanged, this, &EditsPanel::refresh);
    refresh();
}

void EditsPanel::setTheme(const Theme &theme)
{
    m_title->setTheme(theme);
    m_list->setTheme(theme);
    QPalette quiet = m_empty->palette();
    quiet.setColor(QPalette::WindowText, theme.colours().secondaryText);
    m_empty->setPalette(quiet);
}

void EditsPanel::setDensity(Density density)
{
    m_list->setDensity(density);
    refresh();
}

void EditsPanel::refresh()
{
    const bool isEmpty = m_bench.state.edits().isEmpty();
    m_title->setRemark(isEmpty ? QString() : tr("curve: output entropy"));
    m_list->setVisible(!isEmpty);
    m_list->setMaximumHeight(m_list->lineCount() * m_list->lineHeight());
    m_empty->setVisible(isEmpty);
}

} // namespace sinkscope::ui
