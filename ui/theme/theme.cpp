// SPDX-License-Identifier: Apache-2.0
// Puts the parts of a theme together and hands them to the application.
#include "ui/theme/theme.h"

#include "ui/theme/focus_ring.h"
#include "ui/theme/proxy_style.h"

#include <QApplication>
#include <QToolTip>

namespace sinkscope::ui {

Theme::Theme()
    : Theme(ThemeMode::Light, SequentialMap::Viridis, 1.0)
{
}

Theme::Theme(ThemeMode mode, SequentialMap map, double textScale)
    : m_mode(mode)
    , m_mapChoice(map)
    , m_colours(themeColours(mode))
    , m_attention(sequentialMap(map))
    , m_sink(sinkRamp(mode))
    , m_diverging(divergingMap(mode))
    , m_type(makeTypeSizes(textScale))
{
}

void applyTheme(QApplication &application, const Theme &theme)
{
    auto *style = qobject_cast<SinkscopeStyle *>(application.style());
    if (!style) {
        style = new SinkscopeStyle;
        application.setStyle(style); // the application owns it
        new FocusRing(application);
    }
    style->setColours(theme.colours());
    application.setFont(theme.type().text);
    application.setPalette(theme.palette());
    QToolTip::setPalette(theme.palette());
    QToolTip::setFont(theme.type().text);
    for (QWidget *widget : application.allWidgets())
        widget->update();
}

} // namespace sinkscope::ui
