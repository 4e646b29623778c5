// SPDX-License-Identifier: Apache-2.0
// Colour bars side by side.
#include "ui/panels/scale_bars.h"

#include <QtGui/QFontMetrics>
#include <QtGui/QPainter>

#include <algorithm>

namespace sinkscope::ui {

namespace {

constexpr int kBar = 144; ///< px at text scale 1
constexpr int kLeastBar = 64;
constexpr int kGap = 16;

} // namespace

ScaleBars::ScaleBars(QWidget *parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void ScaleBars::setTheme(const Theme &theme)
{
    m_theme = theme;
    updateGeometry();
    update();
}

void ScaleBars::setBars(const std::vector<ColourBar> &bars)
{
    m_maps.clear();
    for (const ColourBar &bar : bars)
        m_maps.push_back(*bar.map);
    m_bars = bars;
    QStringList titles;
    for (std::size_t bar = 0; bar < bars.size(); ++bar) {
        m_bars[bar].map = &m_maps[bar];
        titles << bars[bar].title;
    }
    setAccessibleName(tr("Colours: %1").arg(titles.join(QStringLiteral("; "))));
    updateGeometry();
    update();
}

int ScaleBars::titleWidth(const ColourBar &bar) const
{
    return QFontMetrics(m_theme.type().axis).horizontalAdvance(bar.title);
}

QSize ScaleBars::sizeWith(int leastBar) const
{
    int width = 0;
    for (const ColourBar &bar : m_bars)
        width += std::max(m_theme.type().scaled(leastBar), titleWidth(bar)) + (width > 0 ? kGap : 0);
    return {width, colourBarHeight(1, QFontMetrics(m_theme.type().axis).height())};
}

QSize ScaleBars::sizeHint() const
{
    return sizeWith(kBar);
}

QSize ScaleBars::minimumSizeHint() const
{
    return sizeWith(kLeastBar);
}

void ScaleBars::paintEvent(QPaintEvent *)
{
    if (m_bars.empty())
        return;
    const int count = static_cast<int>(m_bars.size());
    const int lacking = std::max(0, sizeHint().width() - width()) / count;
    const int least = std::max(m_theme.type().scaled(kLeastBar), m_theme.type().scaled(kBar) - lacking);
    QPainter painter(this);
    int right = width();
    for (auto bar = m_bars.rbegin(); bar != m_bars.rend(); ++bar) {
        const int wide = std::max(least, titleWidth(*bar));
        paintColourBar(painter, {right - wide, 0, wide, height()}, *bar, m_theme);
        right -= wide + kGap;
    }
}

} // namespace sinkscope::ui
