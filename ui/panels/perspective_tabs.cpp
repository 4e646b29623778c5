// SPDX-License-Identifier: Apache-2.0
// The tabs of the perspectives.
#include "ui/panels/perspective_tabs.h"

#include "ui/panels/panel.h"

#include <QtGui/QFontMetrics>
#include <QtGui/QPainter>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QAction>
#include <QtWidgets/QHBoxLayout>

namespace sinkscope::ui {

namespace {

constexpr int kSideRoom = 11; ///< px beside the words
constexpr int kUnderline = 3;
constexpr int kHeight = 40;

/// One tab. Owner: PerspectiveTabs. Threads: GUI thread.
class Tab : public QAbstractButton {
public:
    using QAbstractButton::QAbstractButton;

    void setTheme(const Theme &theme)
    {
        m_theme = theme;
        setFixedHeight(theme.type().scaled(kHeight) - 1); // above the line of the toolbar
        updateGeometry();
        update();
    }
    QSize sizeHint() const override // of bold words: nothing moves when another is chosen
    {
        const QFontMetrics bold(m_theme.type().title);
        return {bold.horizontalAdvance(text()) + 2 * kSideRoom, m_theme.type().scaled(kHeight) - 1};
    }
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        const ThemeColours &colours = m_theme.colours();
        painter.setFont(isChecked() ? m_theme.type().title : m_theme.type().text);
        painter.setPen(isChecked() || underMouse() ? colours.text : colours.secondaryText);
        painter.drawText(rect(), Qt::AlignCenter, text());
        if (isChecked())
            painter.fillRect(kSideRoom - 2, height() - kUnderline, width() - 2 * (kSideRoom - 2), kUnderline,
                colours.accent);
    }
    void enterEvent(QEvent *) override { update(); }
    void leaveEvent(QEvent *) override { update(); }

private:
    Theme m_theme;
};

} // namespace

PerspectiveTabs::PerspectiveTabs(const QList<QAction *> &actions, QWidget *parent)
    : QWidget(parent)
{
    setObjectName(QStringLiteral("perspectiveTabs"));
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(4);
    m_group.setExclusive(true);
    for (QAction *action : actions) {
        auto *tab = new Tab(this);
        tab->setText(action->iconText());
        tab->setCheckable(true);
        const QString name = action->objectName() + QStringLiteral("Tab");
        nameControl(tab, name.toLatin1().constData(), tr("Perspective %1").arg(action->iconText()),
            action->toolTip());
        m_group.addButton(tab);
        row->addWidget(tab);
        connect(tab, &QAbstractButton::clicked, action, &QAction::trigger);
        // Tab stops at the chosen one, the arrows move on from there; a click leaves the keys where they are.
        const auto follow = [tab](bool isChosen) {
            tab->setChecked(isChosen);
            tab->setFocusPolicy(isChosen ? Qt::TabFocus : Qt::NoFocus);
        };
        follow(action->isChecked());
        connect(action, &QAction::toggled, tab, follow);
    }
}

void PerspectiveTabs::setTheme(const Theme &theme)
{
    for (QAbstractButton *tab : m_group.buttons())
        static_cast<Tab *>(tab)->setTheme(theme);
}

} // namespace sinkscope::ui
