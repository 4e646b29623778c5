// SPDX-License-Identifier: Apache-2.0
// The divider between prompt and map.
#include "ui/perspectives/centre_split.h"

#include "ui/theme/tool_tip.h"

#include <QtCore/QEvent>
#include <QtGui/QResizeEvent>

#include <algorithm>

namespace sinkscope::ui {

namespace {

constexpr int kUsualLines = 3;
constexpr int kGreatestShare = 60; ///< percent that a double click gives the prompt

} // namespace

CentreSplit::CentreSplit(Settings &settings, QWidget *parent)
    : QSplitter(Qt::Vertical, parent)
    , m_settings(settings)
    , m_dragged(settings.promptHeight())
{
    setObjectName(QStringLiteral("centreSplit"));
    setChildrenCollapsible(false);
    connect(this, &QSplitter::splitterMoved, this, [this] { keep(sizes().front()); });
}

void CentreSplit::setParts(PromptPanel *prompt, QWidget *map)
{
    m_prompt = prompt;
    addWidget(prompt);
    addWidget(map);
    setStretchFactor(0, 0);
    setStretchFactor(1, 1);
    QSplitterHandle *divider = handle(1);
    divider->setObjectName(QStringLiteral("promptDivider"));
    divider->setAccessibleName(tr("Height of the prompt"));
    divider->setToolTip(inShortLines(tr("Drag for more or fewer lines; double-click for all of them")));
    divider->installEventFilter(this);
    place();
}

void CentreSplit::setTheme(const Theme &theme)
{
    setFont(theme.type().text);
    place();
}

void CentreSplit::place()
{
    const int prompt = m_dragged > 0 ? m_dragged : m_prompt->heightOfLines(kUsualLines);
    setSizes({prompt, std::max(1, height() - handleWidth() - prompt)});
}

void CentreSplit::keep(int promptHeight)
{
    m_dragged = promptHeight;
    m_settings.setPromptHeight(promptHeight);
}

void CentreSplit::showWholePrompt()
{
    const int greatest = height() * kGreatestShare / 100;
    keep(std::min(m_prompt->heightOfAll(), greatest));
    place();
}

void CentreSplit::resizeEvent(QResizeEvent *event)
{
    QSplitter::resizeEvent(event);
    place();
}

bool CentreSplit::eventFilter(QObject *watched, QEvent *event)
{
    if (watched != handle(1) || event->type() != QEvent::MouseButtonDblClick)
        return QSplitter::eventFilter(watched, event);
    showWholePrompt();
    return true;
}

} // namespace sinkscope::ui
