// SPDX-License-Identifier: Apache-2.0
// The list of the ten strongest heads.
#include "ui/panels/strongest_heads.h"

#include "ui/panels/panel.h"
#include "ui/theme/number_format.h"
#include "ui/theme/tool_tip.h"

namespace sinkscope::ui {

std::optional<Effect> effectOf(HeadMeasure measure)
{
    if (measure == HeadMeasure::MarginEffect)
        return Effect::Margin;
    if (measure == HeadMeasure::EntropyEffect)
        return Effect::Entropy;
    return std::nullopt;
}

StrongestHeads::StrongestHeads(Workbench &bench, QWidget *parent)
    : QToolButton(parent)
    , m_bench(bench)
    , m_menu(new QMenu(this))
{
    setText(tr("Ten &strongest heads ▾"));
    setToolButtonStyle(Qt::ToolButtonTextOnly);
    setFocusPolicy(Qt::TabFocus);
    nameControl(this, "strongestHeads", tr("Ten strongest heads"),
        tr("Lists the heads whose factor is predicted to move the output most, either way (Alt+S). "
           "Choosing one selects it; its slider is then in the factor panel."));
    m_menu->setObjectName(QStringLiteral("strongestHeadsMenu"));
    m_menu->setAccessibleName(tr("Ten strongest heads"));
    m_menu->setToolTipsVisible(true);
    connect(this, &QToolButton::clicked, this, &StrongestHeads::open);
    connect(m_menu, &QMenu::aboutToHide, this, &StrongestHeads::noteClosed);
    connect(&bench.effects, &SensitivityFeed::changed, this, [this] {
        if (m_isOpen)
            fill();
    });
    connect(&bench.curves, &CurveFeed::factorCurveChanged, this, [this] {
        if (m_isOpen && m_waiting)
            m_waiting->setText(waitingText());
    });
}

void StrongestHeads::open()
{
    if (!std::exchange(m_isOpen, true))
        Q_EMIT openChanged();
    fill();
    m_menu->popup(mapToGlobal(QPoint(0, height())));
}

void StrongestHeads::noteClosed()
{
    if (std::exchange(m_isOpen, false))
        Q_EMIT openChanged();
}

Effect StrongestHeads::effect() const
{
    return effectOf(m_bench.selection.measure()).value_or(m_bench.effects.mainEffect());
}

void StrongestHeads::fill()
{
    m_menu->clear();
    m_waiting = nullptr;
    const Effect shown = effect();
    addRemark(shown == Effect::Margin ? tr("Predicted effect on margin\tnats per ln γ")
                                      : tr("Predicted effect on entropy\tnats per ln γ"));
    const Matrix *derivatives = m_bench.effects.effectOrNull(shown);
    if (!derivatives) {
        m_menu->addSeparator();
        if (m_bench.effects.isBeingComputed(shown))
            m_waiting = addRemark(waitingText());
        else
            addRemark(inShortLines(m_bench.effects.missingReason(shown)));
        return;
    }
    if (m_bench.effects.isOld())
        m_waiting = addRemark(waitingText());
    m_menu->addSeparator();
    std::size_t rank = 0;
    for (const HeadRef head : strongestHeads(*derivatives, kListed))
        addHead(++rank, head, derivatives->at(head.layer.asSize(), head.head.asSize()));
}

QString StrongestHeads::waitingText() const
{
    // The effects come after the curves, all heads at once.
    if (const std::optional<CurveProgress> curve = m_bench.curves.factorProgress())
        return tr("computing: first the curve, %1 of %2 points").arg(curve->known).arg(curve->wanted);
    const HeadGrid grid = m_bench.state.grid();
    return tr("computing: all %1 heads in one pass").arg(grid.layerCount * grid.headCount);
}

QAction *StrongestHeads::addRemark(const QString &text)
{
    QAction *remark = m_menu->addAction(text);
    remark->setEnabled(false);
    return remark;
}

void StrongestHeads::addHead(std::size_t rank, HeadRef head, float derivative)
{
    // 1 to 9, then 0, choose by keyboard.
    const QString number =
        rank < 10 ? QStringLiteral("\u2007&%1").arg(rank) : QStringLiteral("1&0") /* figure space */;
    QAction *action = m_menu->addAction(tr("%1   L%2 H%3\t%4")
                                            .arg(number)
                                            .arg(head.layer.value)
                                            .arg(head.head.value)
                                            .arg(formatChange(double(derivative), 3)));
    const double factor = m_bench.state.edits().effectiveFactor(head);
    action->setToolTip(inShortLines(tr("Layer %1 head %2, factor %3: to first order, a factor e times as "
                                       "large changes it by %4 nats.")
                                        .arg(head.layer.value)
                                        .arg(head.head.value)
                                        .arg(formatFactor(factor), formatChange(double(derivative), 3))));
    action->setObjectName(QStringLiteral("strongestHead%1").arg(rank));
    if (head == m_bench.selection.head()) {
        QFont selected = m_menu->font();
        selected.setBold(true);
        action->setFont(selected);
    }
    connect(action, &QAction::triggered, this, [this, head] {
        m_bench.selection.setScope(FactorScope::Head);
        m_bench.selection.setHead(head);
    });
}

} // namespace sinkscope::ui
