// SPDX-License-Identifier: Apache-2.0
// The menu of curves.
#include "ui/panels/curve_menu.h"

#include "ui/panels/panel.h"

#include <QtGui/QKeyEvent>
#include <QtWidgets/QMenu>

#include <algorithm>

namespace sinkscope::ui {

namespace {

/// A menu of ticks: stays open while several of them are set, by click, Space or Enter.
class TickMenu : public QMenu {
public:
    using QMenu::QMenu;

protected:
    void mouseReleaseEvent(QMouseEvent *event) override
    {
        if (!tick(actionAt(event->pos())))
            QMenu::mouseReleaseEvent(event);
    }

    void keyPressEvent(QKeyEvent *event) override
    {
        const bool ticks =
            event->key() == Qt::Key_Space || event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
        if (!ticks || !tick(activeAction()))
            QMenu::keyPressEvent(event);
    }

private:
    static bool tick(QAction *actionOrNull)
    {
        if (!actionOrNull || !actionOrNull->isEnabled() || !actionOrNull->isCheckable())
            return false;
        actionOrNull->trigger();
        return true;
    }
};

} // namespace

QString curveKindName(CurveKind kind)
{
    switch (kind) {
    case CurveKind::OutputEntropy:
        return CurveMenu::tr("Output entropy");
    case CurveKind::Answers:
        return CurveMenu::tr("Probability of each answer");
    case CurveKind::Margin:
        return CurveMenu::tr("Margin of the first two answers");
    case CurveKind::AttentionEntropy:
        return CurveMenu::tr("Attention entropy, with and without key 0");
    case CurveKind::SinkMass:
        return CurveMenu::tr("Attention to key 0");
    case CurveKind::Divergence:
        break;
    }
    return CurveMenu::tr("KL divergence from baseline");
}

CurveMenu::CurveMenu(Settings &settings, QWidget *parent)
    : QToolButton(parent)
    , m_settings(settings)
    , m_kinds(curvesFromNames(settings.curves()))
{
    setText(tr("Curves"));
    setToolButtonStyle(Qt::ToolButtonTextOnly);
    setPopupMode(QToolButton::InstantPopup);
    setFocusPolicy(Qt::StrongFocus);
    nameControl(this, "curvesButton", tr("Curves under the slider"),
        tr("Which curves stand under the slider; those without room are reached by scrolling"));
    setMenu(new TickMenu(this));
    for (const CurveKind kind : kCurveKinds) {
        QAction *action = menu()->addAction(curveKindName(kind));
        action->setCheckable(true);
        action->setObjectName(QStringLiteral("curve_") + curveNames({kind}).front());
        connect(action, &QAction::triggered, this, [this, kind] { turn(kind); });
    }
    refresh();
}

void CurveMenu::turn(CurveKind kind)
{
    const auto shown = std::find(m_kinds.begin(), m_kinds.end(), kind);
    if (shown != m_kinds.end())
        m_kinds.erase(shown);
    else
        m_kinds.push_back(kind);
    m_kinds = curvesFromNames(curveNames(m_kinds)); // in their order
    m_settings.setCurves(curveNames(m_kinds));
    refresh();
    Q_EMIT kindsChanged();
}

void CurveMenu::refresh()
{
    const QList<QAction *> actions = menu()->actions();
    for (std::size_t place = 0; place < kCurveKinds.size(); ++place) {
        QAction *action = actions[int(place)];
        const bool isShown = std::find(m_kinds.begin(), m_kinds.end(), kCurveKinds[place]) != m_kinds.end();
        action->setChecked(isShown);
        action->setEnabled(!isShown || m_kinds.size() > 1); // the last one stays
    }
}

} // namespace sinkscope::ui
